#include "certs/der_writer.h"

#include <array>

namespace certs::der {

void Writer::WriteLength(size_t start) {
  const size_t length = out_.size() - start;
  if (length < 0x80) {
    out_[start - 1] = static_cast<uint8_t>(length);
    return;
  }
  std::array<uint8_t, sizeof(length)> octets;
  size_t first = octets.size();
  for (size_t rest = length; rest != 0; rest >>= 8) {
    octets[--first] = static_cast<uint8_t>(rest);
  }
  out_[start - 1] = static_cast<uint8_t>(0x80 | (octets.size() - first));
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start), octets.begin() + static_cast<std::ptrdiff_t>(first),
              octets.end());
}

void Writer::Element(uint8_t tag, ByteView content) {
  AppendHeader(out_, tag, content.size());
  Append(out_, content);
}

void Writer::Boolean(bool value) { out_.insert(out_.end(), {kBoolean, 1, static_cast<uint8_t>(value ? 0xff : 0x00)}); }

void Writer::Integer(int64_t value, uint8_t tag) {
  Element(tag, [&] { AppendSigned(out_, value); });
}

void Writer::Oid(std::string_view dotted) {
  Element(kOid, [&] { oids_valid_ = AppendOidContent(out_, dotted) && oids_valid_; });
}

}  // namespace certs::der
