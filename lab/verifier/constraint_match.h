// One name against one constraint of the same form (RFC 5280 4.2.1.10).
#pragma once

#include "certs/bytes.h"

namespace verifier {

using certs::ByteView;

enum class Fit : uint8_t {
  kOutside,
  kInside,         // permitted: wholly inside; excluded: some of what the name stands for is inside
  kBadName,        // the presented name is malformed, so nobody can say where it lies
  kBadConstraint,  // the constraint is malformed
};

// Whether the subtree is one that permits or one that excludes: a wildcard name must lie wholly inside the first and
// must not meet the second.
enum class Subtree : uint8_t { kPermitted, kExcluded };

// How the local part of a mailbox compares: exactly (RFC 5280 7.5), or, for the emailAddress attribute of a subject,
// whose values are "not case-sensitive" (RFC 5280 4.1.2.6), without regard to case.
enum class LocalPart : uint8_t { kExact, kAnyCase };

Fit FitDns(ByteView name, ByteView constraint, Subtree subtree, bool leading_dot_allowed);
Fit FitIp(ByteView address, ByteView address_and_mask);
Fit FitEmail(ByteView mailbox, ByteView constraint, LocalPart local_part = LocalPart::kExact);
Fit FitUri(ByteView uri, ByteView constraint);
Fit FitDirectory(ByteView name, ByteView constraint);  // both with tag and length

// Whether a constraint of that form (NameTag) is well-formed; of a form that is not processed: true.
bool IsConstraint(int tag, ByteView constraint, bool leading_dot_allowed);

// Whether a dNSName or rfc822Name can be placed inside or outside of a constraint at all; other forms: true.
bool IsPlaceable(int tag, ByteView name);

}  // namespace verifier
