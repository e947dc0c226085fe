// The part of describe.h that puts extensions and OIDs into words.
#pragma once

#include <openssl/bytestring.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "certs/bytes.h"

namespace certs::describe_internal {

// The most elements of any list that are shown: names, purposes, extensions.
inline constexpr size_t kMaxItems = 40;

// What `cbs` still holds; borrows from what it reads.
ByteView View(const CBS& cbs);

// Takes BOOLEAN DEFAULT FALSE off the front of `from`; false if there is one that does not parse.
bool TakeBoolean(CBS& from, bool& value);

// Dotted decimal digits, or hexadecimal where the octets are no OID. Bounded.
std::string OidText(const CBS& oid);
// A friendly name where the lab has one, otherwise the digits.
std::string OidName(const CBS& oid);

struct ExtensionWords {
  std::string_view label;  // static
  std::string text;        // escaped
};
// What an extension says. A value that does not parse is shown as hexadecimal and called malformed.
ExtensionWords ExtensionInWords(const CBS& oid, const CBS& value);

}  // namespace certs::describe_internal
