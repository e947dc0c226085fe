// Property: a date of a certificate is read if and only if a calendar that counts days one by one knows it, and as the
// second that calendar says; and every date that is written (by the generator or for people) is read back as it was.
//
// Input: a digit, then the content octets: 0 = UTCTime, 1 = GeneralizedTime, 2 = RFC 3339 (round trip only), 3 = the
// rest is a number of seconds (up to eight octets, the first the highest).
#include <optional>

#include "certs/der.h"
#include "fuzz/fuzz.h"
#include "lab/verifier/time_parse.h"

namespace {

using fuzz::Require;

// --- The model: RFC 5280 4.1.2.5, and a calendar without formulas. ---

bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysIn(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && IsLeap(year) ? 1 : 0);
}

int64_t DaysSince1970(int year, int month, int day) {
  int64_t days = day - 1;
  for (int m = 1; m < month; ++m) {
    days += DaysIn(year, m);
  }
  for (int y = 1970; y < year; ++y) {
    days += IsLeap(y) ? 366 : 365;
  }
  for (int y = year; y < 1970; ++y) {
    days -= IsLeap(y) ? 366 : 365;
  }
  return days;
}

std::optional<int64_t> Model(std::string_view text, size_t year_digits) {
  if (text.size() != year_digits + 11 || text.back() != 'Z' ||
      text.substr(0, text.size() - 1).find_first_not_of("0123456789") != text.npos) {
    return std::nullopt;
  }
  const auto number = [&](size_t at, size_t digits) { return std::stoi(std::string(text.substr(at, digits))); };
  int year = number(0, year_digits);
  if (year_digits == 2) {
    year += year >= 50 ? 1900 : 2000;
  }
  const size_t at = year_digits;
  const int month = number(at, 2), day = number(at + 2, 2);
  const int hour = number(at + 4, 2), minute = number(at + 6, 2), second = number(at + 8, 2);
  if (month < 1 || month > 12 || day < 1 || day > DaysIn(year, month) || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return ((DaysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

// --- Laws. ---

constexpr int64_t kYear0 = -62167219200, kYear1950 = -631152000, kYear2050 = 2524608000, kYear10000 = 253402300800;

void CheckWritten(int64_t time) {
  const std::string text = verifier::FormatTime(time);
  const bool in_calendar = time >= kYear0 && time < kYear10000;
  const std::optional<int64_t> read = verifier::ParseRfc3339(text);
  Require(in_calendar ? read == time : !read, "a date for people is read back, and only a date is written as one");
  const std::optional<certs::der::Civil> civil = certs::der::ToCivil(time);
  Require(civil.has_value() == in_calendar, "the generator's calendar has the years 0 to 9999");
  if (!civil) {
    return;
  }
  Require(certs::der::ToSeconds(*civil) == time, "the generator's calendar goes both ways");
  const std::string generalized = certs::der::GeneralizedTimeText(*civil);
  Require(verifier::ParseGeneralizedTime(fuzz::AsBytes(generalized)) == time, "a GeneralizedTime is read back");
  if (time >= kYear1950 && time < kYear2050) {
    const std::string utc = certs::der::UtcTimeText(*civil);
    Require(verifier::ParseUtcTime(fuzz::AsBytes(utc)) == time, "a UTCTime of 1950 to 2049 is read back");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const int form = input.Octet() & 3;
  const std::string_view text = input.Rest();
  std::optional<int64_t> time;
  if (form == 0) {
    time = verifier::ParseUtcTime(fuzz::AsBytes(text));
    Require(time == Model(text, 2), "a UTCTime is what the calendar says");
  } else if (form == 1) {
    time = verifier::ParseGeneralizedTime(fuzz::AsBytes(text));
    Require(time == Model(text, 4), "a GeneralizedTime is what the calendar says");
  } else if (form == 2) {
    time = verifier::ParseRfc3339(text);
  } else {
    uint64_t number = 0;
    for (const char c : text.substr(0, 8)) {
      number = number << 8 | static_cast<uint8_t>(c);
    }
    time = static_cast<int64_t>(number);
  }
  if (time) {
    CheckWritten(*time);
  }
  return 0;
}
