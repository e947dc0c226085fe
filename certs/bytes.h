// Owned and borrowed byte strings: the vocabulary every layer speaks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certs {

// An owned byte string. Compares by value.
using Bytes = std::vector<uint8_t>;

// Borrowed bytes; the owner must outlive the view.
using ByteView = std::span<const uint8_t>;

// Returns the bytes of `text` unchanged (no terminator is added).
Bytes ToBytes(std::string_view text);

// Returns the bytes as characters. The view borrows from `bytes`.
std::string_view AsText(ByteView bytes);

// Appends `tail` to `head`.
void Append(Bytes& head, ByteView tail);

// Returns lower-case hexadecimal, two digits an octet, no separators.
std::string ToHex(ByteView bytes);

// Returns `bytes` fit for a terminal, a log or a report: octets 0x21..0x7e except '\' stand for themselves, a space
// stays a space, everything else (NUL, ESC, CR, LF, 0x80..0xff, the backslash) becomes \xNN. At most `limit` input
// octets are shown; what was cut is said as "...(+N)". Everything hostile goes through here before a person sees it.
std::string Escaped(ByteView bytes, size_t limit = 4096);
std::string Escaped(std::string_view text, size_t limit = 4096);

}  // namespace certs
