// DER encoders (X.690) as pure functions from values to bytes. Every one of them tells the truth about its length,
// except TlvWithClaimedLength. They write what they are given: whether a PrintableString holds printable characters, or
// a date exists, is the caller's choice, because a test lab needs both.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.h"

namespace certs::der {

// Identifier octets of the universal types used here.
enum Tag : uint8_t {
  kBoolean = 0x01,
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kNull = 0x05,
  kOid = 0x06,
  kEnumerated = 0x0a,
  kUtf8String = 0x0c,
  kPrintableString = 0x13,
  kT61String = 0x14,
  kIa5String = 0x16,
  kUtcTime = 0x17,
  kGeneralizedTime = 0x18,
  kBmpString = 0x1e,
  kSequence = 0x30,
  kSet = 0x31,
};

// ------------------------------------------------------------------------------------------------ the frame

// One element: identifier octet, the shortest definite length, the content.
Bytes Tlv(uint8_t tag, ByteView content);
// The only liar: writes `claimed_length` (in its shortest form) whatever the length of `content` is.
Bytes TlvWithClaimedLength(uint8_t tag, uint64_t claimed_length, ByteView content);

// The parts one after the other, without a frame.
Bytes Concat(std::initializer_list<ByteView> parts);

Bytes Sequence(std::initializer_list<ByteView> elements);
Bytes Sequence(ByteView content);
// SET OF: the elements in DER's ascending order (X.690 11.6), whatever order they are given in.
Bytes SetOf(std::vector<Bytes> elements);

// [number] with a primitive or a constructed encoding; `number` is 0..30 (asserted).
Bytes Context(unsigned number, ByteView content);
Bytes ContextConstructed(unsigned number, ByteView content);

// Parts of elements, behind what is in `out` (der_writer.h): identifier octet and the shortest length; the content of
// an INTEGER; that of an OBJECT IDENTIFIER, or nothing and false if `dotted` is none.
void AppendHeader(Bytes& out, uint8_t tag, uint64_t length);
void AppendSigned(Bytes& out, int64_t value);
bool AppendOidContent(Bytes& out, std::string_view dotted);

// ------------------------------------------------------------------------------------------------ primitive types

Bytes Boolean(bool value);
Bytes Null();
Bytes Integer(int64_t value);
// INTEGER with these content octets, unchanged: negative, zero, padded or empty if they are.
Bytes IntegerWithContent(ByteView content);
Bytes Enumerated(int64_t value);

// The content octets of an OBJECT IDENTIFIER given as dotted decimal text ("2.5.4.3"); nothing if the text is none: at
// least two arcs, the first at most 2, the second at most 39 below 2, no arc beyond 63 bits, no leading zeros.
std::optional<Bytes> OidContent(std::string_view dotted);
bool IsOid(std::string_view dotted);  // whether OidContent would say something
// OBJECT IDENTIFIER; asserts that `dotted` is one.
Bytes Oid(std::string_view dotted);

// BIT STRING of whole octets, or with `unused` bits (0..7) left out at the end.
Bytes BitString(ByteView octets, uint8_t unused = 0);
// A BIT STRING with named bits: bit n of `bits` is named bit n; trailing zero bits are left out (X.690 11.2.2).
Bytes NamedBits(uint16_t bits);
Bytes OctetString(ByteView octets);

Bytes Utf8String(ByteView octets);
Bytes PrintableString(ByteView octets);
Bytes T61String(ByteView octets);
Bytes Ia5String(ByteView octets);
Bytes BmpString(ByteView octets);  // UCS-2, most significant octet first, as given
Bytes Utf8String(std::string_view text);
Bytes PrintableString(std::string_view text);
Bytes Ia5String(std::string_view text);

// ------------------------------------------------------------------------------------------------ time

// A point in time of the proleptic Gregorian calendar, UTC, without leap seconds.
struct Civil {
  int year = 1970;  // 0..9999
  int month = 1;    // 1..12
  int day = 1;      // 1..31
  int hour = 0;
  int minute = 0;
  int second = 0;

  bool operator==(const Civil&) const = default;
};

// Seconds since 1970-01-01T00:00:00Z to a date; nothing outside the years 0..9999.
std::optional<Civil> ToCivil(int64_t seconds_since_epoch);
// The inverse, for any fields (they are not checked against the calendar).
int64_t ToSeconds(const Civil& civil);

std::string UtcTimeText(const Civil& civil);          // "YYMMDDhhmmssZ": the century is lost, whatever it was
std::string GeneralizedTimeText(const Civil& civil);  // "YYYYMMDDhhmmssZ"

// The element with this text, well-formed or not.
Bytes UtcTime(std::string_view text);
Bytes GeneralizedTime(std::string_view text);

}  // namespace certs::der
