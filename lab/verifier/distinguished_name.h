// Distinguished names: compared as RFC 5280 7.1 says, shown so that they cannot hurt.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"

namespace verifier {

using certs::Bytes;
using certs::ByteView;

// The canonical form of a Name (tag and length included): PrintableString, UTF8String and IA5String values compare
// without regard to ASCII case and to the amount of white space, others octet for octet. One name is above another in
// the directory exactly if its canonical form is a prefix of the other's. Nothing if `name` is not a Name by DER.
std::optional<Bytes> CanonicalName(ByteView name);

// Whether the Name has no RDN.
bool IsEmptyName(ByteView name);

// The values (content octets) of all attributes of that type; `oid` is content octets. Borrowed from `name`.
std::vector<ByteView> AttributeValues(ByteView name, ByteView oid);

// "CN=Lab Root, O=...", escaped, at most some 500 characters; "(empty)" for the empty name.
std::string NameText(ByteView name);

}  // namespace verifier
