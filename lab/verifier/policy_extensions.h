// The extensions that certificate policies live in (RFC 5280 4.2.1.4, .5, .11, .14); policy.h processes them.
#pragma once

#include <string>

#include "lab/verifier/certificate.h"

namespace verifier {

// What is wrong with an extension, or an empty string.
using Complaint = std::string;
inline constexpr char kSyntax[] = "does not parse";

Complaint CertificatePolicies(const ExtensionView& extension, Certificate* c);
Complaint PolicyMappings(const ExtensionView& extension, Certificate* c);
Complaint PolicyConstraints(const ExtensionView& extension, Certificate* c);
Complaint InhibitAnyPolicy(const ExtensionView& extension, Certificate* c);

}  // namespace verifier
