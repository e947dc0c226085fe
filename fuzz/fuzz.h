// What every target says its property with, and how the small ones cut their input up.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "certs/bytes.h"

namespace fuzz {

// Ends the program with the sentence unless the law holds.
inline void Require(bool law, const char* sentence) {
  if (!law) {
    std::fprintf(stderr, "\nbroken: %s\n", sentence);
    std::abort();
  }
}

// A copy in a buffer that ends where the octets end: AddressSanitizer sees whoever reads one more.
class Exact {
 public:
  explicit Exact(std::string_view octets) : octets_(std::make_unique<char[]>(octets.size())), size_(octets.size()) {
    std::ranges::copy(octets, octets_.get());
  }
  std::string_view text() const { return {octets_.get(), size_}; }
  certs::ByteView bytes() const { return {reinterpret_cast<const uint8_t*>(octets_.get()), size_}; }

 private:
  std::unique_ptr<char[]> octets_;
  size_t size_;
};

// Takes an input apart from the front. At its end there are zeros and empty strings.
class Reader {
 public:
  Reader(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  uint8_t Octet() {
    const uint8_t octet = rest_.empty() ? 0 : static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
    return octet;
  }
  uint16_t Number() {
    const int high = Octet();
    return static_cast<uint16_t>(high << 8 | Octet());
  }
  // One of `count` things.
  size_t Choice(size_t count) { return Octet() % count; }
  bool Flag() { return (Octet() & 1) != 0; }
  std::string_view Take(size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // Up to the separator, which goes too.
  std::string_view Until(char separator) {
    const std::string_view taken = rest_.substr(0, rest_.find(separator));
    rest_.remove_prefix(std::min(rest_.size(), taken.size() + 1));
    return taken;
  }
  // Everything that is left; it ends where the input ends.
  std::string_view Rest() { return Take(rest_.size()); }

 private:
  std::string_view rest_;
};

inline certs::ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace fuzz
