#include <algorithm>
#include <optional>

#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::Reason;
using certs::TimeForm;
using certs::TimeSpec;

bool IsLeapYear(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysIn(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && IsLeapYear(year) ? 1 : 0);
}

// RFC 5280 4.1.2.5.1: YYMMDDHHMMSSZ, years from 50 on are 19YY; 4.1.2.5.2: YYYYMMDDHHMMSSZ, no fractions. Returns
// seconds since 1970, counted day by day.
std::optional<int64_t> ReadDate(std::string_view text, bool generalized) {
  const size_t year_digits = generalized ? 4 : 2;
  if (text.size() != year_digits + 11 || text.back() != 'Z' ||
      !std::ranges::all_of(text.substr(0, text.size() - 1), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  const auto number = [&](size_t at, size_t digits) {
    int value = 0;
    for (const char c : text.substr(at, digits)) {
      value = value * 10 + (c - '0');
    }
    return value;
  };
  int year = number(0, year_digits);
  if (!generalized) {
    year += year >= 50 ? 1900 : 2000;
  }
  const int month = number(year_digits, 2), day = number(year_digits + 2, 2);
  const int hour = number(year_digits + 4, 2), minute = number(year_digits + 6, 2), second = number(year_digits + 8, 2);
  if (month < 1 || month > 12 || day < 1 || day > DaysIn(year, month) || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  int64_t days = day - 1;
  for (int m = 1; m < month; ++m) {
    days += DaysIn(year, m);
  }
  for (int y = 1970; y < year; ++y) {
    days += IsLeapYear(y) ? 366 : 365;
  }
  for (int y = year; y < 1970; ++y) {
    days -= IsLeapYear(y) ? 366 : 365;
  }
  return days * 86400 + hour * 3600 + minute * 60 + second;
}

// Between these, whether a written date lies ahead depends on when the lab runs.
constexpr int64_t kSurelyPast = 1704067200;    // 2024-01-01
constexpr int64_t kSurelyFuture = 2208988800;  // 2040-01-01
constexpr int64_t kNominalNow = (kSurelyPast + kSurelyFuture) / 2;

}  // namespace

std::optional<int64_t> SecondsFromNow(const TimeSpec& time, Findings& findings) {
  if (!time.raw) {
    return time.from_now.count();
  }
  constexpr size_t kUtcTimeLength = 13;
  const bool generalized =
      time.form == TimeForm::kGeneralized || (time.form == TimeForm::kAuto && time.raw->size() != kUtcTimeLength);
  const std::optional<int64_t> date = ReadDate(*time.raw, generalized);
  if (date && *date > kSurelyPast && *date < kSurelyFuture) {
    findings.Doubt("a written date that the run may overtake");
  }
  return date ? std::optional(*date - kNominalNow) : std::nullopt;
}

void JudgeDates(const certs::CertSpec& cert, int depth, Findings& findings) {
  const std::optional<int64_t> begin = SecondsFromNow(cert.not_before, findings),
                               end = SecondsFromNow(cert.not_after, findings);
  if (!begin || !end) {
    findings.Add(Reason::kMalformedTime, depth);
  } else if (*begin > *end) {
    findings.Add(Reason::kInvalidValidity, depth);
  } else if (*end < 0) {  // RFC 5280 4.1.2.5: "inclusive"
    findings.Add(Reason::kExpired, depth);
  } else if (*begin > 0) {
    findings.Add(Reason::kNotYetValid, depth);
  }
}

}  // namespace lab::oracle
