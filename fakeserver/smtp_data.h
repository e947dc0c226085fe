// The body of a message as DATA carries it: finds its end, and takes the transparency dots out (RFC 5321 4.5.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "fakeserver/byte_stream.h"

namespace fakeserver {

// Reads one message octet by octet. Only CRLF ends a line (RFC 5321 2.3.8), so nothing but CRLF.CRLF ends the message.
class DataReader {
 public:
  static constexpr size_t kKept = 64 * 1024;    // octets of the message that are kept
  static constexpr size_t kMaxTextLine = 1000;  // with its CRLF (RFC 5321 4.5.3.1.6)

  // Takes the octets up to the end of the message and returns how many those were; `done` then tells whether the end
  // was among them.
  size_t Take(ByteView bytes);
  bool done() const { return done_; }

  const std::string& text() const { return text_; }      // the message without dots, at most kKept octets of it
  size_t size() const { return size_; }                  // of the whole message
  bool long_line() const { return long_line_; }          // a text line was longer than kMaxTextLine
  bool bare_line_end() const { return bare_line_end_; }  // a CR or LF stood alone
  bool bare_lf_dot() const { return bare_lf_dot_; }  // LF . LF and its kin: what ends a message for a careless server

 private:
  void Octet(uint8_t octet);
  void Keep(uint8_t octet);

  // Where in CRLF . CRLF the next octet stands.
  enum class At : uint8_t { kLineStart, kText, kCr, kDot, kDotCr };
  At at_ = At::kLineStart;
  // How much of LF . LF, with a bare LF in front, the last octets were.
  enum class Smuggling : uint8_t { kNone, kBareLf, kDot };
  Smuggling smuggling_ = Smuggling::kNone;
  bool done_ = false, long_line_ = false, bare_line_end_ = false, bare_lf_dot_ = false;
  uint8_t previous_ = 0;
  size_t size_ = 0, line_ = 0;
  std::string text_;
};

}  // namespace fakeserver
