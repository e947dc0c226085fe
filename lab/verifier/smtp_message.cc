#include "lab/verifier/smtp_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/verifier/ascii_text.h"

namespace verifier {
namespace {

// Cuts one line off the front, whatever ends it.
std::string_view TakeLine(std::string_view& body) {
  const size_t end = std::min(body.find_first_of("\r\n"), body.size());
  const std::string_view line = body.substr(0, end);
  body.remove_prefix(end);
  body.remove_prefix(body.starts_with("\r\n") ? 2 : body.empty() ? 0 : 1);
  return line;
}

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool NeedsUtf8(const Message& message, const MessageFacts& facts) {
  return facts.utf8_header || !IsAscii(message.from) ||
         !std::ranges::all_of(message.to, [](const std::string& to) { return IsAscii(to); });
}

}  // namespace

MessageFacts FactsOf(std::string_view body) {
  MessageFacts facts;
  bool in_header = true;
  while (!body.empty()) {
    const std::string_view line = TakeLine(body);
    in_header = in_header && !line.empty();
    const bool ascii = IsAscii(line);
    facts.eight_bit |= !ascii;
    facts.utf8_header |= in_header && !ascii;
    facts.nul |= line.find('\0') != std::string_view::npos;
    facts.octets += line.size() + 2;
    facts.longest_line = std::max(facts.longest_line, line.size() + 2);
  }
  return facts;
}

std::string WhyUnsendable(const Message& message) {
  if (message.to.empty()) {
    return "the message has no recipient";
  }
  if (!IsSafePath(message.from) ||
      !std::ranges::all_of(message.to, [](const std::string& to) { return !to.empty() && IsSafePath(to); })) {
    return "an address of the message is empty, too long, not UTF-8, or has a space, angle bracket or control "
           "character "
           "in it";
  }
  const MessageFacts facts = FactsOf(message.body);
  if (facts.nul) {
    return "the message has a NUL octet in it (RFC 5322 3.5)";
  }
  if (facts.longest_line > kMaxTextLine) {
    return fmt::format("the message has a line of {} octets; {} are the most that SMTP carries (RFC 5321 4.5.3.1.6)",
                       facts.longest_line, kMaxTextLine);
  }
  return "";
}

std::expected<std::string, std::string> MailParameters(const Message& message, const EhloOffers& offers) {
  const MessageFacts facts = FactsOf(message.body);
  std::string parameters;
  if (offers.size) {
    // 0 says that there is no fixed limit (RFC 1870 4).
    if (*offers.size != 0 && facts.octets > *offers.size) {
      return std::unexpected(
          fmt::format("the message has {} octets, and the server takes no more than {}", facts.octets, *offers.size));
    }
    parameters += fmt::format(" SIZE={}", facts.octets);
  }
  if (facts.eight_bit && !offers.eight_bit_mime) {
    return std::unexpected("the message has 8-bit octets, and the server does not offer 8BITMIME");
  }
  if (facts.eight_bit) {
    parameters += " BODY=8BITMIME";
  }
  if (NeedsUtf8(message, facts)) {
    if (!offers.smtp_utf8) {
      return std::unexpected(
          "the message has an internationalised address or header, and the server does not offer "
          "SMTPUTF8");
    }
    parameters += " SMTPUTF8";
  }
  if (message.require_tls) {
    if (!offers.require_tls) {
      return std::unexpected("the message requires TLS on its whole way, and the server does not offer REQUIRETLS");
    }
    parameters += " REQUIRETLS";
  }
  return parameters;
}

bool TlsIsOptional(const Message& message) {
  if (message.require_tls) {
    return false;
  }
  std::string_view rest = message.body;
  int fields = 0;
  bool says_no = false;
  while (!rest.empty()) {
    const std::string_view line = TakeLine(rest);
    if (line.empty()) {
      break;  // the header is over
    }
    const size_t colon = line.find(':');
    if (colon != line.npos && AsciiLower(Trimmed(line.substr(0, colon))) == "tls-required") {
      const bool folded = rest.starts_with(' ') || rest.starts_with('\t');
      says_no = !folded && AsciiLower(Trimmed(line.substr(colon + 1))) == "no";
      ++fields;
    }
  }
  return fields == 1 && says_no;
}

TrustDecision TrustFor(const Message& message, TrustDecision demanded) {
  if (TlsIsOptional(message) && demanded.mode != TrustMode::kNothing) {
    return {.mode = TrustMode::kUnauthenticated};
  }
  return demanded;
}

}  // namespace verifier
