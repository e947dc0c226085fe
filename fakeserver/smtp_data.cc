#include "fakeserver/smtp_data.h"

namespace fakeserver {

size_t DataReader::Take(ByteView bytes) {
  size_t taken = 0;
  while (taken < bytes.size() && !done_) {
    Octet(bytes[taken++]);
  }
  return taken;
}

void DataReader::Keep(uint8_t octet) {
  ++size_;
  ++line_;
  if (text_.size() < kKept) {
    text_.push_back(static_cast<char>(octet));
  }
  const bool line_feed = octet == '\n', after_cr = previous_ == '\r';
  long_line_ = long_line_ || line_ > kMaxTextLine;
  bare_line_end_ = bare_line_end_ || line_feed != after_cr;
  bare_lf_dot_ = bare_lf_dot_ || (smuggling_ == Smuggling::kDot && (line_feed || octet == '\r'));
  if (line_feed && !after_cr) {
    smuggling_ = Smuggling::kBareLf;
  } else {
    smuggling_ = smuggling_ == Smuggling::kBareLf && octet == '.' ? Smuggling::kDot : Smuggling::kNone;
  }
  if (line_feed && after_cr) {
    line_ = 0;
  }
  previous_ = octet;
}

void DataReader::Octet(uint8_t octet) {
  switch (at_) {
    case At::kDotCr:
      if (octet == '\n') {
        done_ = true;
        return;
      }
      // Not the end after all: the dot was a transparency dot, and the CR stands alone.
      Keep('\r');
      at_ = At::kCr;
      break;
    case At::kDot:
      if (octet == '\r') {
        at_ = At::kDotCr;
        return;
      }
      at_ = At::kText;
      // The dot is gone from the message, but "CRLF . LF" is still what a smuggler sends.
      bare_lf_dot_ = bare_lf_dot_ || octet == '\n';
      break;
    case At::kLineStart:
      if (octet == '.') {
        at_ = At::kDot;
        return;
      }
      break;
    case At::kText:
    case At::kCr:
      break;
  }
  const bool ends_line = at_ == At::kCr && octet == '\n';
  Keep(octet);
  at_ = ends_line ? At::kLineStart : octet == '\r' ? At::kCr : At::kText;
}

}  // namespace fakeserver
