// SMTP replies (RFC 5321 4.2), parsed octet by octet: however the bytes are cut, the answer is the same. What is not a
// reply is an error value, noticed at the first octet that makes it impossible; memory is bounded.
//
//   Reply-line  = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
//   Reply-code  = %x32-35 2DIGIT          ; the second digit is not limited: unknown codes act by their first
//   textstring  = 1*( %d09 / %d32-126 )
//
// Read liberally in one point only: RFC 5321 4.2.1 has clients accept a last line without text and without SP
// ("250<CRLF>").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"

namespace verifier {

// RFC 5321 4.5.3.1.5 promises that 512 octets are enough for a line (CRLF included). Twice that is let pass, because
// such servers exist and a bound is all the client needs.
inline constexpr size_t kMaxReplyLine = 1000;
inline constexpr size_t kMaxReplyLines = 128;
inline constexpr size_t kMaxReply = size_t{64} * 1024;  // the whole reply, every CRLF included

// Why bytes are not a reply.
enum class ReplyError : uint8_t {
  kNone,
  kBadCode,        // not three digits, or the first is not 2..5
  kBadSeparator,   // the code is followed by something other than SP, "-" or CRLF
  kCodesDisagree,  // the lines of one reply carry different codes
  kBareCr,         // a CR that no LF follows
  kBareLf,         // an LF without its CR
  kBadOctet,       // a control character, NUL, or anything above 126
  kLineTooLong,
  kTooManyLines,
  kTooLong,
};
std::string_view Sentence(ReplyError error);  // for people

// One reply. `lines` are the texts behind code and separator, without CRLF; never empty for a complete reply.
struct Reply {
  int code = 0;
  std::vector<std::string> lines;

  int FirstDigit() const { return code / 100; }
  bool operator==(const Reply&) const = default;
};

// Takes one reply at a time. A value; no allocation beyond the reply's own text.
class ReplyParser {
 public:
  enum class State : uint8_t { kIncomplete, kComplete, kMalformed };

  // Takes octets up to the end of the reply, or up to the one that makes it malformed, and returns how many were taken.
  // Takes nothing unless state() is kIncomplete.
  size_t Consume(certs::ByteView bytes);

  State state() const { return state_; }
  ReplyError error() const { return error_; }
  // True if part of a reply has been seen, but not all.
  bool midway() const { return state_ == State::kIncomplete && total_ > 0; }
  // The reply; valid in kComplete.
  const Reply& reply() const { return reply_; }
  // Returns the complete reply and starts over.
  Reply Take();

 private:
  void TakeOctet(uint8_t octet);
  void TakeCodeOctet(uint8_t octet);
  void TakeTextOctet(uint8_t octet);
  void EndLine();
  void Fail(ReplyError error);

  State state_ = State::kIncomplete;
  ReplyError error_ = ReplyError::kNone;
  Reply reply_;
  size_t total_ = 0;      // octets of the reply so far
  size_t column_ = 0;     // octets of the line so far
  int line_code_ = 0;     // of the current line
  bool last_ = false;     // the current line ends the reply
  bool in_text_ = false;  // the separator has been seen
  bool cr_ = false;       // the octet before was CR
};

}  // namespace verifier
