// The productions of RFC 5280 4.1 and 4.2: members of a spec to DER. Pure. What a spec cannot say in ASN.1 at all (an
// OID that is none, a year beyond 9999) is an error that names the member; everything else is written as it stands.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "certs/spec.h"

namespace certs {

// Name (RFC 5280 4.1.2.4), one RDN an attribute. An attribute whose OID is none gets an empty OBJECT IDENTIFIER; use
// CheckSpec to refuse it first.
Bytes EncodeName(const DistinguishedName& name);

// GeneralName (RFC 5280 4.2.1.6).
Bytes EncodeGeneralName(const GeneralName& name);

}  // namespace certs
