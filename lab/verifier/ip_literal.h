// IP addresses as text, read strictly, so that every part of the program classifies one configured name the same way
// (RFC 9525 7.4). Own code: the C library's readers accept octal, hexadecimal, missing parts and zone ids.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.h"

namespace verifier {

// An IPv4 or IPv6 address in network order.
struct IpAddress {
  std::array<uint8_t, 16> octets{};
  uint8_t length = 0;  // 4 or 16: how many of the octets count

  certs::ByteView View() const { return {octets.data(), length}; }
  bool operator==(const IpAddress&) const = default;
};

// Reads one address, or nothing:
// - IPv4: four decimal numbers 0..255 without leading zeros, three dots;
// - IPv6 by RFC 4291 2.2: eight groups of one to four hexadecimal digits; one "::" for one or more groups of zeros; the
//   last two groups may be dotted decimal. No brackets, no zone id, no prefix length.
// Never allocates; linear.
std::optional<IpAddress> ParseIpAddress(std::string_view text);

// Whether a text that ParseIpAddress refuses was meant as an IPv6 address: brackets, or two colons among hexadecimal
// digits with or without a zone id. (IPv4 attempts are caught by the rule that a host name's last label is not all
// digits.)
bool LooksLikeIpAddress(std::string_view text);

// The IPv4 address inside an IPv4-mapped IPv6 address (::ffff:0:0/96, RFC 4291 2.5.5.2); any other address as it is.
certs::ByteView WithoutV4Mapping(certs::ByteView octets);

// Writes the address for people: dotted decimal, or eight groups of hexadecimal digits without leading zeros.
std::string FormatIp(certs::ByteView octets);

}  // namespace verifier
