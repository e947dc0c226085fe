#include "lab/verifier/time_parse.h"

#include <fmt/format.h>

#include <chrono>

namespace verifier {
namespace {

constexpr int64_t kDay = 86400;

// Reads `count` decimal digits at the front of `text`; -1 if they are not there.
int TakeDigits(std::string_view* text, size_t count) {
  if (text->size() < count) {
    return -1;
  }
  int value = 0;
  for (const char c : text->substr(0, count)) {
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(count);
  return value;
}

bool Take(std::string_view* text, char wanted) {
  if (!text->starts_with(wanted)) {
    return false;
  }
  text->remove_prefix(1);
  return true;
}

std::optional<int64_t> Seconds(int year, int month, int day, int hour, int minute, int second) {
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 59) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * kDay + hour * 3600 + minute * 60 + second;
}

// MMDDHHMMSSZ, and nothing behind it.
std::optional<int64_t> Rest(int year, std::string_view text) {
  constexpr std::string_view kForm = "MMDDHHMMSSZ";
  if (text.size() != kForm.size() || !text.ends_with('Z')) {
    return std::nullopt;
  }
  const auto two_digits = [text](size_t at) {
    const unsigned tens = static_cast<uint8_t>(text[at]) - unsigned{'0'};
    const unsigned ones = static_cast<uint8_t>(text[at + 1]) - unsigned{'0'};
    return tens <= 9 && ones <= 9 ? static_cast<int>(tens * 10 + ones) : -1;
  };
  return Seconds(year, two_digits(0), two_digits(2), two_digits(4), two_digits(6), two_digits(8));
}

// The offset of an RFC 3339 date: "Z", "+HH:MM", "-HH:MM", nothing behind it.
std::optional<int64_t> Offset(std::string_view text) {
  if (text == "Z" || text == "z") {
    return 0;
  }
  const int sign = text.starts_with('+') ? 1 : -1;
  if (!text.starts_with('+') && !text.starts_with('-')) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  const int hour = TakeDigits(&text, 2);
  const bool colon = Take(&text, ':');
  const int minute = TakeDigits(&text, 2);
  if (!colon || hour < 0 || hour > 23 || minute < 0 || minute > 59 || !text.empty()) {
    return std::nullopt;
  }
  return sign * (hour * int64_t{3600} + minute * 60);
}

}  // namespace

std::optional<int64_t> ParseUtcTime(certs::ByteView content) {
  std::string_view text = certs::AsText(content);
  const int year = TakeDigits(&text, 2);
  if (year < 0) {
    return std::nullopt;
  }
  return Rest(year < 50 ? 2000 + year : 1900 + year, text);
}

std::optional<int64_t> ParseGeneralizedTime(certs::ByteView content) {
  std::string_view text = certs::AsText(content);
  const int year = TakeDigits(&text, 4);
  return Rest(year, text);
}

std::optional<int64_t> ParseRfc3339(std::string_view text) {
  const int year = TakeDigits(&text, 4);
  bool shape = Take(&text, '-');
  const int month = TakeDigits(&text, 2);
  shape = shape && Take(&text, '-');
  const int day = TakeDigits(&text, 2);
  shape = shape && (Take(&text, 'T') || Take(&text, 't') || Take(&text, ' '));
  const int hour = TakeDigits(&text, 2);
  shape = shape && Take(&text, ':');
  const int minute = TakeDigits(&text, 2);
  shape = shape && Take(&text, ':');
  const int second = TakeDigits(&text, 2);
  if (!shape) {
    return std::nullopt;
  }
  if (Take(&text, '.')) {
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) {
      return std::nullopt;
    }
    text.remove_prefix(digits);
  }
  const std::optional<int64_t> local = Seconds(year, month, day, hour, minute, second);
  const std::optional<int64_t> offset = Offset(text);
  if (!local || !offset) {
    return std::nullopt;
  }
  return *local - *offset;
}

std::string FormatTime(int64_t seconds) {
  const int64_t days = seconds / kDay - (seconds % kDay < 0 ? 1 : 0);  // rounded down
  if (days < -719528 || days > 2932896) {  // 0000-01-01 to 9999-12-31
    return fmt::format("{} s", seconds);
  }
  const int64_t rest = seconds - days * kDay;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3600,
                     rest % 3600 / 60, rest % 60);
}

}  // namespace verifier
