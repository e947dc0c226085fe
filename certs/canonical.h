// One unambiguous string of octets for any spec value: equal octets mean an equal value. For keys of maps and for
// hashing, never for people, and not stable across versions.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "certs/bytes.h"
#include "certs/members.h"

namespace certs {

// Where the octets go. A vector's push_back() is too much code for the compiler to set it in place some forty times a
// certificate, and nearly every member is one octet.
class Canonical {
 public:
  explicit Canonical(size_t expected) : room_(expected) {}

  // Seven bits an octet, all but the last with the high bit: one octet for most numbers, and no number's octets are the
  // beginning of another's.
  void Number(uint64_t value) {
    if (value < 0x80 && used_ < room_.size()) {
      room_[used_++] = static_cast<uint8_t>(value);
    } else {
      LargeNumber(value);
    }
  }
  // Every variable-length value carries its length in front, so that no content can imitate structure.
  void Content(ByteView octets) {
    Number(octets.size());
    Finished(octets);
  }
  // What is canonical already.
  void Finished(ByteView octets) {
    MakeRoom(octets.size());
    std::copy_n(octets.data(), octets.size(), room_.data() + used_);
    used_ += octets.size();
  }

  size_t size() const { return used_; }
  ByteView octets() const { return ByteView(room_).first(used_); }
  void Clear() { used_ = 0; }

 private:
  void LargeNumber(uint64_t value) {
    MakeRoom(10);
    for (; value >= 0x80; value >>= 7) {
      room_[used_++] = static_cast<uint8_t>(value | 0x80);
    }
    room_[used_++] = static_cast<uint8_t>(value);
  }
  void MakeRoom(size_t more) {
    if (room_.size() - used_ < more) {
      room_.resize(2 * room_.size() + more);
    }
  }

  Bytes room_;
  size_t used_ = 0;
};

template <typename T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
void AppendCanonical(Canonical& out, T value) {
  out.Number(static_cast<uint64_t>(value));
}

inline void AppendCanonical(Canonical& out, const std::string& value) {
  out.Content(ByteView(reinterpret_cast<const uint8_t*>(value.data()), value.size()));
}

inline void AppendCanonical(Canonical& out, const Bytes& value) { out.Content(value); }

template <typename Rep, typename Period>
void AppendCanonical(Canonical& out, std::chrono::duration<Rep, Period> value) {
  AppendCanonical(out, value.count());
}

template <HasMembers T>
void AppendCanonical(Canonical& out, const T& value);
template <typename T>
void AppendCanonical(Canonical& out, const std::optional<T>& value);

template <typename T>
void AppendCanonical(Canonical& out, const std::vector<T>& values) {
  AppendCanonical(out, values.size());
  for (const T& value : values) {
    AppendCanonical(out, value);
  }
}

template <typename T>
void AppendCanonical(Canonical& out, const std::optional<T>& value) {
  AppendCanonical(out, value.has_value());
  if (value) {
    AppendCanonical(out, *value);
  }
}

template <HasMembers T>
void AppendCanonical(Canonical& out, const T& value) {
  ForEachMember(value, [&](std::string_view, const auto& member) { AppendCanonical(out, member); });
}

}  // namespace certs
