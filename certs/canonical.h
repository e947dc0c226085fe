// One unambiguous text for any spec value: equal text means equal value. For keys of maps and for hashing, never for
// people, and not stable across versions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "certs/bytes.h"
#include "certs/members.h"

namespace certs {

// Seven bits a character, all but the last with the high bit: one character for most numbers, and no number's text is
// the beginning of another's.
template <typename T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
void AppendCanonical(std::string& text, T value) {
  auto rest = static_cast<uint64_t>(value);
  for (; rest >= 0x80; rest >>= 7) {
    text.push_back(static_cast<char>(rest | 0x80));
  }
  text.push_back(static_cast<char>(rest));
}

// Every variable-length value carries its length in front, so that no content can imitate structure.
inline void AppendCanonical(std::string& text, const std::string& value) {
  AppendCanonical(text, value.size());
  text += value;
}

inline void AppendCanonical(std::string& text, const Bytes& value) {
  AppendCanonical(text, value.size());
  text += AsText(value);
}

template <typename Rep, typename Period>
void AppendCanonical(std::string& text, std::chrono::duration<Rep, Period> value) {
  AppendCanonical(text, value.count());
}

template <HasMembers T>
void AppendCanonical(std::string& text, const T& value);
template <typename T>
void AppendCanonical(std::string& text, const std::optional<T>& value);

template <typename T>
void AppendCanonical(std::string& text, const std::vector<T>& values) {
  AppendCanonical(text, values.size());
  for (const T& value : values) {
    AppendCanonical(text, value);
  }
}

template <typename T>
void AppendCanonical(std::string& text, const std::optional<T>& value) {
  AppendCanonical(text, value.has_value());
  if (value) {
    AppendCanonical(text, *value);
  }
}

template <HasMembers T>
void AppendCanonical(std::string& text, const T& value) {
  ForEachMember(value, [&](std::string_view, const auto& member) { AppendCanonical(text, member); });
}

}  // namespace certs
