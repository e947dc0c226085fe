#include "lab/verifier/smtp_reply.h"

#include <utility>

namespace verifier {
namespace {

constexpr size_t kCodeLength = 3;

}  // namespace

std::string_view Sentence(ReplyError error) {
  switch (error) {
    case ReplyError::kNone:
      return "nothing is wrong";
    case ReplyError::kBadCode:
      return "a reply line does not begin with a code from 200 to 599";
    case ReplyError::kBadSeparator:
      return "the reply code is followed by neither a space, a hyphen nor the end of the line";
    case ReplyError::kCodesDisagree:
      return "the lines of one reply carry different codes";
    case ReplyError::kBareCr:
      return "a carriage return is not followed by a line feed";
    case ReplyError::kBareLf:
      return "a line feed is not preceded by a carriage return";
    case ReplyError::kBadOctet:
      return "the reply contains an octet that is not printable ASCII";
    case ReplyError::kLineTooLong:
      return "a reply line is too long";
    case ReplyError::kTooManyLines:
      return "the reply has too many lines";
    case ReplyError::kTooLong:
      return "the reply is too long";
  }
  return "unknown reply error";
}

size_t ReplyParser::Consume(certs::ByteView bytes) {
  size_t taken = 0;
  while (taken < bytes.size() && state_ == State::kIncomplete) {
    TakeOctet(bytes[taken]);
    ++taken;
  }
  return taken;
}

Reply ReplyParser::Take() {
  Reply reply = std::move(reply_);
  *this = ReplyParser();
  return reply;
}

void ReplyParser::TakeOctet(uint8_t octet) {
  ++total_;
  ++column_;
  if (total_ > kMaxReply) {
    return Fail(ReplyError::kTooLong);
  }
  if (column_ > kMaxReplyLine) {
    return Fail(ReplyError::kLineTooLong);
  }
  if (cr_) {
    return octet == '\n' ? EndLine() : Fail(ReplyError::kBareCr);
  }
  if (octet == '\n') {
    return Fail(ReplyError::kBareLf);
  }
  return in_text_ ? TakeTextOctet(octet) : TakeCodeOctet(octet);
}

void ReplyParser::TakeCodeOctet(uint8_t octet) {
  if (column_ <= kCodeLength) {
    const bool first = column_ == 1;
    if (octet < (first ? '2' : '0') || octet > (first ? '5' : '9')) {
      return Fail(ReplyError::kBadCode);
    }
    line_code_ = line_code_ * 10 + (octet - '0');
    if (column_ < kCodeLength) {
      return;
    }
    // Seen as soon as the code is complete: "250-ok" / "550 no" must never pass for either.
    if (!reply_.lines.empty() && line_code_ != reply_.code) {
      return Fail(ReplyError::kCodesDisagree);
    }
    if (reply_.lines.size() == kMaxReplyLines) {
      return Fail(ReplyError::kTooManyLines);
    }
    reply_.code = line_code_;
    reply_.lines.emplace_back();
    return;
  }
  switch (octet) {
    case ' ':
      last_ = true;
      in_text_ = true;
      return;
    case '-':
      in_text_ = true;
      return;
    case '\r':
      last_ = true;
      cr_ = true;
      return;
    default:
      return Fail(ReplyError::kBadSeparator);
  }
}

void ReplyParser::TakeTextOctet(uint8_t octet) {
  if (octet == '\r') {
    cr_ = true;
    return;
  }
  if (octet != '\t' && (octet < 0x20 || octet > 0x7e)) {
    return Fail(ReplyError::kBadOctet);
  }
  reply_.lines.back().push_back(static_cast<char>(octet));
}

void ReplyParser::EndLine() {
  if (last_) {
    state_ = State::kComplete;
  }
  column_ = 0;
  line_code_ = 0;
  in_text_ = false;
  cr_ = false;
}

void ReplyParser::Fail(ReplyError error) {
  state_ = State::kMalformed;
  error_ = error;
}

}  // namespace verifier
