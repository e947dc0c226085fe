// Dates of certificates, and of the command line. Seconds since 1970-01-01T00:00:00Z, no leap seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.h"

namespace verifier {

// UTCTime as RFC 5280 4.1.2.5.1 has it: YYMMDDHHMMSSZ, years 1950 to 2049, a date that exists. Anything else: nothing.
std::optional<int64_t> ParseUtcTime(certs::ByteView content);

// GeneralizedTime as RFC 5280 4.1.2.5.2 has it: YYYYMMDDHHMMSSZ, no fraction, a date that exists.
std::optional<int64_t> ParseGeneralizedTime(certs::ByteView content);

// RFC 3339: "2024-03-01T00:00:00Z", with an offset or a fraction if need be; a fraction is cut off (towards the past).
std::optional<int64_t> ParseRfc3339(std::string_view text);

// "2024-03-01T00:00:00Z"; years 0 to 9999, beyond that the number of seconds.
std::string FormatTime(int64_t seconds);

}  // namespace verifier
