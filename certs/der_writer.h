// DER (X.690) written front to back into one buffer, for what is made of many small elements: none of them costs an
// allocation of its own. Like der.h it writes what it is given.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

#include "certs/bytes.h"
#include "certs/der.h"

namespace certs::der {

// The identifier octets of [number], primitive and constructed; `number` is 0..30, more bits are cut off.
constexpr uint8_t ContextTag(unsigned number) { return static_cast<uint8_t>(0x80 | (number & 0x1f)); }
constexpr uint8_t ContextConstructedTag(unsigned number) { return static_cast<uint8_t>(0xa0 | (number & 0x1f)); }

// Appends to `out`, which must outlive it.
class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  // One element around everything that `content()` writes with this writer. Its length is known only then, so one octet
  // is left for it, and the content moves up where that is too few.
  template <std::invocable Content>
  void Element(uint8_t tag, Content&& content) {
    out_.push_back(tag);
    out_.push_back(0);
    const size_t start = out_.size();
    std::forward<Content>(content)();
    WriteLength(start);
  }
  // One element with these content octets.
  void Element(uint8_t tag, ByteView content);
  // Finished elements, or any other octets.
  void Raw(ByteView octets) { Append(out_, octets); }

  void Boolean(bool value);
  void Integer(int64_t value, uint8_t tag = kInteger);
  // OBJECT IDENTIFIER; an empty one if `dotted` is none, which oids_valid() tells from then on.
  void Oid(std::string_view dotted);
  bool oids_valid() const { return oids_valid_; }

 private:
  void WriteLength(size_t start);

  Bytes& out_;
  bool oids_valid_ = true;
};

}  // namespace certs::der
