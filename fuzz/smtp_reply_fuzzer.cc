// However the bytes of a reply are cut, parsing comes to the same; and what it keeps is bounded.
// Input: one octet that seeds the cuts, then the bytes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "lab/verifier/smtp_reply.h"
#include "lab/verifier/smtp_text.h"

namespace {

void Require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const certs::ByteView bytes(data + 1, size - 1);

  verifier::ReplyParser whole;
  const size_t taken = whole.Consume(bytes);

  verifier::ReplyParser cut;
  size_t taken_in_pieces = 0;
  uint32_t state = data[0];
  for (size_t at = 0; at < bytes.size();) {
    state = state * 1664525 + 1013904223;  // any sequence will do
    const size_t length = std::min<size_t>(1 + (state >> 24) % 7, bytes.size() - at);
    taken_in_pieces += cut.Consume(bytes.subspan(at, length));
    at += length;
  }

  using State = verifier::ReplyParser::State;
  Require(whole.state() == cut.state() && whole.error() == cut.error() && taken == taken_in_pieces);
  Require((whole.state() == State::kMalformed) == (whole.error() != verifier::ReplyError::kNone));
  Require(taken <= verifier::kMaxReply + 1);
  Require(whole.state() != State::kIncomplete || taken == bytes.size());
  if (whole.state() == State::kComplete) {
    const verifier::Reply& reply = whole.reply();
    Require(reply == cut.reply());
    Require(reply.code >= 200 && reply.code <= 599);
    Require(!reply.lines.empty() && reply.lines.size() <= verifier::kMaxReplyLines);
    Require(taken >= 2 && bytes[taken - 2] == '\r' && bytes[taken - 1] == '\n');
    for (const std::string& line : reply.lines) {
      Require(line.size() <= verifier::kMaxReplyLine);
    }
    verifier::ParseEhlo(reply);
  }
  return 0;
}
