// What is inside the extensions: each by its ASN.1 of RFC 5280 4.2, values and criticality.
#pragma once

#include <openssl/bytestring.h>

#include <string>

#include "lab/verifier/certificate.h"

namespace verifier {

// Interprets one extension into the certificate's members. Whatever breaks the extension's own rules becomes a note
// (kMalformedExtension); a critical extension that the verifier does not process becomes kUnknownCriticalExtension.
void InterpretExtension(const ExtensionView& extension, Certificate* certificate);

// Reads one Extension (RFC 5280 4.1) of a CRL or an OCSP response; false unless it is DER throughout.
bool ReadExtension(CBS* list, ExtensionView* extension);

// "basicConstraints", or the dotted OID of an extension without a name here.
std::string ExtensionName(ByteView oid);

}  // namespace verifier
