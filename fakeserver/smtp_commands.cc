// The commands of RFC 5321 4.1.1 and RFC 3207 4: one row and one handler each. A handler decides the ordinary reply,
// answers, and goes by the code that was really sent.
#include <algorithm>
#include <charconv>
#include <utility>

#include "fakeserver/smtp_machine.h"
#include "fakeserver/smtp_reply.h"

namespace fakeserver {
namespace {

constexpr size_t kMaxRecipients = 1000;

bool Positive(int code) { return code / 100 == 2; }

// "FROM:<a@b> X=1" with prefix "FROM:" -> "<a@b> X=1". A space behind the colon is common, though not in the grammar.
std::optional<std::string_view> WithoutPrefix(std::string_view args, std::string_view prefix) {
  if (args.size() < prefix.size() || !EqualsIgnoringCase(args.substr(0, prefix.size()), prefix)) {
    return std::nullopt;
  }
  args.remove_prefix(prefix.size());
  args.remove_prefix(std::min(args.find_first_not_of(' '), args.size()));
  return args;
}

// "<path> params": the path with its brackets, which may quote anything, and the rest.
std::optional<std::pair<std::string_view, std::string_view>> SplitPath(std::string_view text) {
  if (!text.starts_with('<')) {
    return std::nullopt;
  }
  bool quoted = false;
  for (size_t i = 1; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '>' && !quoted) {
      std::string_view rest = text.substr(i + 1);
      if (!rest.empty() && rest.front() != ' ') {
        return std::nullopt;
      }
      return std::pair{text.substr(0, i + 1), rest};
    }
  }
  return std::nullopt;
}

// "SIZE=12" -> "SIZE", "12".
std::pair<std::string_view, std::string_view> SplitParameter(std::string_view param) {
  const size_t equals = std::min(param.find('='), param.size());
  return {param.substr(0, equals), param.substr(std::min(equals + 1, param.size()))};
}

std::optional<size_t> ToNumber(std::string_view digits) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.size() > 20) {
    return std::nullopt;
  }
  return number;
}

Reply NotImplementedParameter() { return {555, {"5.5.4 Unsupported parameter"}}; }
Reply NoArgumentsAllowed() { return {501, {"5.5.4 No arguments allowed"}}; }
Reply BadSequence(std::string line) { return {503, {"5.5.1 " + std::move(line)}}; }

}  // namespace

const SmtpMachine::Command SmtpMachine::kCommands[] = {
    {"HELO", Verb::kHelo, &SmtpMachine::Helo},
    {"EHLO", Verb::kEhlo, &SmtpMachine::Ehlo},
    {"STARTTLS", Verb::kStartTls, &SmtpMachine::StartTls},
    {"AUTH", Verb::kAuth, &SmtpMachine::Auth},
    {"MAIL", Verb::kMail, &SmtpMachine::Mail},
    {"RCPT", Verb::kRcpt, &SmtpMachine::Rcpt},
    {"DATA", Verb::kData, &SmtpMachine::Data},
    {"RSET", Verb::kRset, &SmtpMachine::Rset},
    {"NOOP", Verb::kNoop, &SmtpMachine::Noop},
    {"VRFY", Verb::kVrfy, &SmtpMachine::Vrfy},
    {"HELP", Verb::kHelp, &SmtpMachine::Help},
    {"QUIT", Verb::kQuit, &SmtpMachine::Quit},
    // Known, but not served: 502 instead of 500 (RFC 5321 4.2.4).
    {"EXPN", Verb::kOther, &SmtpMachine::Unimplemented},
    {"ETRN", Verb::kOther, &SmtpMachine::Unimplemented},
    {"BDAT", Verb::kOther, &SmtpMachine::Unimplemented},
    {"TURN", Verb::kOther, &SmtpMachine::Unimplemented},
    {"SEND", Verb::kOther, &SmtpMachine::Unimplemented},
    {"SOML", Verb::kOther, &SmtpMachine::Unimplemented},
    {"SAML", Verb::kOther, &SmtpMachine::Unimplemented},
};

void SmtpMachine::OnCommand(std::string_view line) {
  // RFC 5321 4.1.1: trailing white space before the line end is tolerated.
  std::string_view trimmed = line.substr(0, line.find_last_not_of(" \t") + 1);
  const auto [word, args] = FirstWord(trimmed);
  const auto command =
      std::ranges::find_if(kCommands, [name = word](const Command& c) { return EqualsIgnoringCase(c.name, name); });
  const bool known = command != std::end(kCommands);
  Emit(Effect::Kind::kCommand, std::string(line)).verb = known ? command->verb : Verb::kOther;
  if (known && service_refused_ && command->verb != Verb::kQuit) {
    Answer(command->verb, BadSequence("No service here, say QUIT"));
  } else if (known) {
    (this->*command->handler)(args);
  } else {
    Answer(Verb::kOther, 500, "5.5.2 Command unrecognized");
  }
}

const std::vector<std::string>& SmtpMachine::Capabilities() const {
  return in_tls_ ? script_.capabilities_tls : script_.capabilities_clear;
}

const std::string* SmtpMachine::Offered(std::string_view keyword) const {
  const auto& all = Capabilities();
  const auto found = std::ranges::find_if(
      all, [keyword](const std::string& line) { return EqualsIgnoringCase(FirstWord(line).first, keyword); });
  return found == all.end() ? nullptr : &*found;
}

size_t SmtpMachine::SizeLimit() const {
  const std::string* size = Offered("SIZE");
  return size == nullptr ? 0 : ToNumber(FirstWord(*size).second).value_or(0);
}

void SmtpMachine::ForgetTransaction() {
  in_transaction_ = false;
  recipients_ = 0;
  data_ = DataReader();
}

// ------------------------------------------------------------------------------------------ greeting

void SmtpMachine::Helo(std::string_view args) { Greet(Verb::kHelo, args, {250, {script_.host}}); }

void SmtpMachine::Ehlo(std::string_view args) {
  Reply reply{250, {script_.host + " at your service"}};
  reply.lines.insert(reply.lines.end(), Capabilities().begin(), Capabilities().end());
  Greet(Verb::kEhlo, args, std::move(reply));
}

void SmtpMachine::Greet(Verb verb, std::string_view args, Reply ordinary) {
  if (args.empty()) {
    ordinary = {501, {"5.5.4 A domain or address literal is required"}};
  }
  if (in_tls_ && script_.hold_first_ehlo_in_tls > Micros{0} && !std::exchange(held_ehlo_, true)) {
    Emit(Effect::Kind::kHold).wait = script_.hold_first_ehlo_in_tls;
  }
  if (Positive(Answer(verb, std::move(ordinary)))) {
    greeted_ = true;
    extended_ = verb == Verb::kEhlo;
    ForgetTransaction();  // RFC 5321 4.1.4: EHLO acts like RSET
    InjectBehindEhlo();
  }
}

void SmtpMachine::InjectBehindEhlo() {
  const Injection& injection = script_.injection;
  if (injection.placement != Placement::kBehindEhlo || in_tls_ || std::exchange(injected_, true)) {
    return;
  }
  std::vector<Bytes> slices = Slices(injection.payload, injection.slice);
  const auto sent = std::ranges::find(effects_.rbegin(), effects_.rend(), Effect::Kind::kSend, &Effect::kind);
  if (slices.empty() || sent == effects_.rend()) {
    return;
  }
  certs::Append(sent->bytes, slices.front());
  // A fact belongs to the send behind it.
  effects_.insert(std::prev(sent.base()), Effect{.kind = Effect::Kind::kInjected, .bytes = injection.payload});
  for (size_t i = 1; i < slices.size(); ++i) {
    Emit(Effect::Kind::kSend).bytes = std::move(slices[i]);
  }
}

// ------------------------------------------------------------------------------------------ STARTTLS

void SmtpMachine::StartTls(std::string_view args) {
  Reply ordinary{220, {"2.0.0 Ready to start TLS"}};
  if (!args.empty()) {
    ordinary = NoArgumentsAllowed();  // RFC 3207 4: 501 Syntax error (no parameters allowed)
  } else if (in_tls_) {
    ordinary = BadSequence("TLS is already active");
  } else if (Offered("STARTTLS") == nullptr) {
    ordinary = {502, {"5.5.1 Command not implemented"}};
  } else if (!greeted_) {
    ordinary = BadSequence("Say EHLO first");
  }
  const Reply reply = Chosen(Verb::kStartTls, std::move(ordinary));
  SendStartTlsReply(reply);
  if (reply.code == 220 && !in_tls_ && script_.after_starttls == AfterStartTls::kHandshake) {
    phase_ = Phase::kAwaitTls;
    Emit(Effect::Kind::kStartTls);
  }
}

// The reply, with what the script injects in clear around it. What comes in more than one write is one injection all
// the same.
void SmtpMachine::SendStartTlsReply(const Reply& reply) {
  const Injection& injection = script_.injection;
  const Placement placement = in_tls_ ? Placement::kNone : injection.placement;
  const bool in_front = placement == Placement::kBeforeReply;
  const bool behind = placement == Placement::kSameSegment || placement == Placement::kNextSegment;
  std::vector<Bytes> slices;
  if (in_front || behind) {
    slices = Slices(injection.payload, injection.slice);
  }
  // A fact belongs to the send behind it.
  const auto inject = [&] { Emit(Effect::Kind::kInjected).bytes = injection.payload; };
  if (in_front || placement == Placement::kSameSegment) {
    inject();
  }
  const auto send = [this](Bytes bytes) { Emit(Effect::Kind::kSend).bytes = std::move(bytes); };
  for (size_t i = 0; in_front && i + 1 < slices.size(); ++i) {
    send(std::move(slices[i]));
  }
  SendReply(Verb::kStartTls, reply);
  Bytes& sent = std::ranges::find(effects_.rbegin(), effects_.rend(), Effect::Kind::kSend, &Effect::kind)->bytes;
  if (in_front && !slices.empty()) {
    sent.insert(sent.begin(), slices.back().begin(), slices.back().end());
  }
  if (placement == Placement::kSameSegment && !slices.empty()) {
    certs::Append(sent, slices.front());
    slices.erase(slices.begin());
  }
  if (placement == Placement::kNextSegment) {
    inject();
  }
  for (size_t i = 0; behind && i < slices.size(); ++i) {
    send(std::move(slices[i]));
  }
}

// --------------------------------------------------------------------------------- the mail transaction

void SmtpMachine::Mail(std::string_view args) {
  const auto parameter = WithoutPrefix(args, "FROM:");
  if (parameter) {
    Emit(Effect::Kind::kMailFrom, std::string(*parameter));
  }
  const auto split = parameter ? SplitPath(*parameter) : std::nullopt;
  Reply ordinary{501, {"5.5.4 Syntax: MAIL FROM:<address>"}};
  if (!greeted_) {
    ordinary = BadSequence("Say EHLO or HELO first");
  } else if (in_transaction_) {
    ordinary = BadSequence("Sender already given");
  } else if (split) {
    ordinary = MailReply(split->first, split->second);
  }
  if (Positive(Answer(Verb::kMail, std::move(ordinary)))) {
    ForgetTransaction();
    in_transaction_ = true;
  }
}

Reply SmtpMachine::MailReply(std::string_view, std::string_view params) {
  while (!params.empty()) {
    const auto [param, rest] = FirstWord(params);
    params = rest;
    if (auto refusal = param.empty() ? std::nullopt : BadMailParameter(param)) {
      return *refusal;
    }
  }
  return {250, {"2.1.0 Sender ok"}};
}

// RFC 5321 4.1.1.11: a parameter is only good if its extension was offered.
std::optional<Reply> SmtpMachine::BadMailParameter(std::string_view param) {
  const auto [key, value] = SplitParameter(param);
  const auto is = [&](std::string_view name, std::string_view extension) {
    return EqualsIgnoringCase(key, name) && extended_ && Offered(extension) != nullptr;
  };
  const Reply malformed{501, {"5.5.4 Malformed parameter"}};
  if (is("SIZE", "SIZE")) {
    const auto size = ToNumber(value);
    if (!size) {
      return malformed;
    }
    const size_t limit = SizeLimit();
    return limit > 0 && *size > limit ? std::optional(Reply{552, {"5.3.4 Message exceeds the fixed maximum size"}})
                                      : std::nullopt;
  }
  if (is("BODY", "8BITMIME")) {
    const bool known = EqualsIgnoringCase(value, "7BIT") || EqualsIgnoringCase(value, "8BITMIME");
    return known ? std::nullopt : std::optional(malformed);
  }
  if (is("AUTH", "AUTH") || is("RET", "DSN") || is("ENVID", "DSN")) {
    return value.empty() ? std::optional(malformed) : std::nullopt;
  }
  if (is("SMTPUTF8", "SMTPUTF8") || is("REQUIRETLS", "REQUIRETLS")) {
    return param.find('=') != param.npos ? std::optional(malformed) : std::nullopt;
  }
  return NotImplementedParameter();
}

void SmtpMachine::Rcpt(std::string_view args) {
  const auto parameter = WithoutPrefix(args, "TO:");
  if (parameter) {
    Emit(Effect::Kind::kRcptTo, std::string(*parameter));
  }
  const auto split = parameter ? SplitPath(*parameter) : std::nullopt;
  Reply ordinary{501, {"5.5.4 Syntax: RCPT TO:<address>"}};
  if (!in_transaction_) {
    ordinary = BadSequence("Say MAIL first");
  } else if (recipients_ >= kMaxRecipients) {
    ordinary = {452, {"4.5.3 Too many recipients"}};  // RFC 5321 4.5.3.1.10
  } else if (split && split->first != "<>") {
    ordinary = RcptReply(split->first, split->second);
  }
  if (Positive(Answer(Verb::kRcpt, std::move(ordinary)))) {
    ++recipients_;
  }
}

Reply SmtpMachine::RcptReply(std::string_view, std::string_view params) {
  while (!params.empty()) {
    const auto [param, rest] = FirstWord(params);
    params = rest;
    const auto key = SplitParameter(param).first;
    const bool dsn = EqualsIgnoringCase(key, "NOTIFY") || EqualsIgnoringCase(key, "ORCPT");
    if (!param.empty() && !(dsn && extended_ && Offered("DSN") != nullptr)) {
      return NotImplementedParameter();
    }
  }
  return {250, {"2.1.5 Recipient ok"}};
}

void SmtpMachine::Data(std::string_view args) {
  Reply ordinary{354, {"End the message with <CRLF>.<CRLF>"}};
  if (!args.empty()) {
    ordinary = NoArgumentsAllowed();
  } else if (!in_transaction_) {
    ordinary = BadSequence("Say MAIL first");
  } else if (recipients_ == 0) {
    ordinary = {554, {"5.5.1 No valid recipients"}};
  }
  if (Answer(Verb::kData, std::move(ordinary)) / 100 == 3) {
    data_ = DataReader();
    phase_ = Phase::kData;
  }
}

// -------------------------------------------------------------------------------------- the small ones

void SmtpMachine::Rset(std::string_view args) {
  ForgetTransaction();
  Answer(Verb::kRset, args.empty() ? Reply{250, {"2.0.0 Ok"}} : NoArgumentsAllowed());
}

void SmtpMachine::Noop(std::string_view) { Answer(Verb::kNoop, 250, "2.0.0 Ok"); }

void SmtpMachine::Vrfy(std::string_view args) {
  // RFC 5321 3.5.3: 252, because nothing is verified here.
  Answer(Verb::kVrfy, args.empty() ? Reply{501, {"5.5.4 Syntax: VRFY address"}}
                                   : Reply{252, {"2.5.0 Cannot verify, but will accept"}});
}

void SmtpMachine::Help(std::string_view) {
  Answer(Verb::kHelp, Reply{214, {"Commands: HELO EHLO STARTTLS AUTH MAIL RCPT DATA", "RSET NOOP VRFY HELP QUIT"}});
}

void SmtpMachine::Quit(std::string_view args) {
  if (!args.empty()) {
    Answer(Verb::kQuit, NoArgumentsAllowed());
    return;
  }
  Answer(Verb::kQuit, 221, "2.0.0 Bye");
  Close();
}

void SmtpMachine::Unimplemented(std::string_view) { Answer(Verb::kOther, 502, "5.5.1 Command not implemented"); }

}  // namespace fakeserver
