#include "fakeserver/smtp_reply.h"

#include <fmt/format.h>

#include <iterator>

namespace fakeserver {

Bytes Encode(const Reply& reply) {
  if (reply.raw) {
    return *reply.raw;
  }
  Bytes bytes;
  if (reply.lines.empty()) {
    fmt::format_to(std::back_inserter(bytes), "{:03}\r\n", reply.code);
    return bytes;
  }
  for (size_t i = 0; i < reply.lines.size(); ++i) {
    const char separator = i + 1 < reply.lines.size() ? '-' : ' ';
    fmt::format_to(std::back_inserter(bytes), "{:03}{}{}\r\n", reply.code, separator, reply.lines[i]);
  }
  return bytes;
}

}  // namespace fakeserver
