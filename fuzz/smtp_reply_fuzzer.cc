// Property: however the bytes of a reply are cut, parsing comes to the same; what it keeps is bounded; what comes
// behind a reply is read as if nothing had been before; and what an EHLO reply offers does not depend on the case of
// its keywords.
//
// Input: one octet that seeds the cuts, then the bytes.
#include <algorithm>
#include <cstdint>

#include "fuzz/fuzz.h"
#include "lab/verifier/smtp_reply.h"
#include "lab/verifier/smtp_text.h"

namespace {

using fuzz::Require;

void CheckOffers(const verifier::Reply& reply) {
  const verifier::EhloOffers offers = verifier::ParseEhlo(reply);
  Require(!offers.size || !reply.lines.empty(), "a limit comes from a line");
  Require(offers.auth.size() <= std::size(verifier::kAllSaslMechanisms), "every mechanism is offered once");
  verifier::Reply swapped = reply;
  for (std::string& line : swapped.lines) {
    for (char& c : line) {
      c = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? static_cast<char>(c ^ 0x20) : c;
    }
  }
  Require(verifier::ParseEhlo(swapped) == offers, "keywords are the same in any case (RFC 5321 2.4)");
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
    taken_in_pieces += cut.Consume(fuzz::Exact(certs::AsText(bytes.subspan(at, length))).bytes());
    at += length;
  }

  using State = verifier::ReplyParser::State;
  Require(whole.state() == cut.state() && whole.error() == cut.error() && taken == taken_in_pieces,
          "in pieces it is the same");
  Require((whole.state() == State::kMalformed) == (whole.error() != verifier::ReplyError::kNone),
          "what is malformed has a reason");
  Require(Sentence(whole.error()) != "unknown reply error", "and the reason is one that people are told");
  Require(taken <= verifier::kMaxReply + 1, "no more is read than a reply may have");
  Require(whole.state() != State::kIncomplete || taken == bytes.size(), "while it is incomplete everything is read");
  if (whole.state() == State::kComplete) {
    const verifier::Reply& reply = whole.reply();
    Require(reply == cut.reply(), "in pieces it says the same");
    Require(reply.code >= 200 && reply.code <= 599, "a code is one of RFC 5321 4.2");
    Require(!reply.lines.empty() && reply.lines.size() <= verifier::kMaxReplyLines, "the lines are bounded");
    Require(taken >= 2 && bytes[taken - 2] == '\r' && bytes[taken - 1] == '\n', "a reply ends with its line");
    for (const std::string& line : reply.lines) {
      Require(line.size() <= verifier::kMaxReplyLine, "a line is bounded");
    }
    CheckOffers(reply);
    // The parser starts over: the next reply is read as if it were the first.
    Require(cut.Take() == reply && cut.state() == State::kIncomplete && !cut.midway(), "a reply is taken once");
    verifier::ReplyParser first;
    const certs::ByteView rest = bytes.subspan(taken);
    Require(cut.Consume(rest) == first.Consume(rest) && cut.state() == first.state() && cut.error() == first.error() &&
                cut.reply() == first.reply(),
            "what comes behind a reply is read as if nothing had been");
  }
  return 0;
}
