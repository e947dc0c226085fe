// What RFC 5321, 3207, 4954 and 8314 make of a script. Before the certificate has been judged the server may be anyone,
// and who must authenticate it gives up. Behind it the server is the right one, and a command that it refuses is a
// nuisance and no attack: the client may try again or give up, as long as it tells the truth about it.
#include "lab/scenario/oracle_smtp.h"

#include <algorithm>
#include <chrono>

#include "certs/bytes.h"

namespace lab::oracle {
namespace {

using certs::Reason;
using fakeserver::CutKind;
using fakeserver::Micros;
using fakeserver::Pace;
using fakeserver::Placement;
using fakeserver::Reply;
using fakeserver::ReplyForm;
using fakeserver::ReplyScope;
using fakeserver::SmtpScript;
using fakeserver::Stage;
using fakeserver::TlsMode;
using fakeserver::Verb;

using Steps = std::vector<std::optional<Ending>>;

std::optional<Ending> FirstOf(const Steps& steps) {
  const auto found = std::ranges::find_if(steps, [](const auto& step) { return step.has_value(); });
  return found == steps.end() ? std::nullopt : *found;
}

std::optional<Ending> If(bool condition, Ending ending) { return condition ? std::optional(ending) : std::nullopt; }

// The connection is cut when `stage` is reached.
std::optional<Ending> CutAt(const fakeserver::LinkScript& link, Stage stage, Rung rung, bool ignorable = false) {
  if (link.cut == CutKind::kNone || link.cut_time > Micros{0} || link.cut_at != stage) {
    return std::nullopt;
  }
  return Ending{link.cut == CutKind::kSilence || link.cut_wait >= kNever ? Reason::kTimeout : Reason::kClosedByPeer,
                rung, ignorable};
}

// The connection is cut when its time has come. DoubtAbout() sees to it that nothing else has happened by then.
std::optional<Ending> CutInTime(const fakeserver::LinkScript& link) {
  return If(link.cut != CutKind::kNone && link.cut_time > Micros{0},
            {link.cut == CutKind::kSilence ? Reason::kTimeout : Reason::kClosedByPeer, Rung::kConnected});
}

// ------------------------------------------------------------------------------------------------ replies

}  // namespace

const Reply* Scripted(const SmtpScript& smtp, Verb verb, bool in_tls) {
  const auto found = smtp.replies.find(verb);
  if (found == smtp.replies.end() || found->second.scope == (in_tls ? ReplyScope::kInClear : ReplyScope::kInTls)) {
    return nullptr;
  }
  return &found->second;
}

namespace {

bool HasFirstDigit(const Reply* reply, int digit) {
  return reply == nullptr || reply->code == Reply::kOrdinary || reply->code / 100 == digit;
}

// RFC 5321 4.2: what is no reply, and what comes behind one unasked. Late replies wear the client out.
std::optional<Ending> Written(const Reply* reply, bool in_tls, Rung rung) {
  if (reply == nullptr) {
    return std::nullopt;
  }
  if (reply->hold >= kNever || reply->form == ReplyForm::kNoEnd) {
    return Ending{Reason::kTimeout, rung, true};
  }
  if (reply->form == ReplyForm::kTwice) {
    return Ending{in_tls ? Reason::kMalformedReply : Reason::kClearTextBehind220, rung, true};
  }
  return If(reply->form != ReplyForm::kProper, {Reason::kMalformedReply, rung, true});
}

// RFC 5321 4.3.1: 220 invites. Another 2yz is no invitation that anybody has heard of, but no refusal either.
std::optional<Ending> Greeting(const SmtpScript& smtp, bool in_tls) {
  if (!smtp.greeting) {
    return std::nullopt;
  }
  const int code = smtp.greeting->code;
  // It counts as said when it has been said, and nobody hears these to their end.
  const ReplyForm form = smtp.greeting->form;
  const bool endless = form == ReplyForm::kEndlessLine || form == ReplyForm::kEndlessLines;
  return FirstOf(
      {If(smtp.greeting->hold >= kNever, {Reason::kTimeout, Rung::kConnected}),
       Written(&*smtp.greeting, in_tls, endless ? Rung::kConnected : Rung::kGreeted),
       If(code != 220 && code != Reply::kOrdinary, {Reason::kServiceRefused, Rung::kGreeted, code / 100 == 2})});
}

// What is offered in answer to EHLO.
const std::vector<std::string>& Offers(const SmtpScript& smtp, bool in_tls) {
  const Reply* scripted = Scripted(smtp, Verb::kEhlo, in_tls);
  return scripted != nullptr && scripted->code != Reply::kOrdinary ? scripted->lines
         : in_tls                                                  ? smtp.capabilities_tls
                                                                   : smtp.capabilities_clear;
}

// textstring = 1*(%d09 / %d32-126), and a line of a reply has 512 octets (RFC 5321 4.2, 4.5.3.1.5): of what is none a
// client may make what it likes.
bool IsReplyText(const std::string& line) {
  constexpr size_t kLongest = 512 - std::string_view("250-\r\n").size();
  return line.size() <= kLongest &&
         std::ranges::all_of(line, [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); });
}

}  // namespace

// RFC 3207 6 and RFC 8314 5.2: whoever requires TLS stops where it is not offered. A server that answers EHLO with a
// refusal offers nothing at all; HELO might do, but never leads to TLS.
std::optional<Ending> EhloInClear(const SmtpScript& smtp) {
  const Reply* scripted = Scripted(smtp, Verb::kEhlo, false);
  const std::vector<std::string>& offers = Offers(smtp, false);
  return FirstOf(
      {Written(scripted, false, Rung::kEhloInClear),
       If(!std::ranges::all_of(offers, IsReplyText), {Reason::kMalformedReply, Rung::kEhloInClear, true}),
       If(!HasFirstDigit(scripted, 2), {Reason::kServiceRefused, Rung::kEhloInClear}),
       If(std::ranges::find(offers, "STARTTLS") == offers.end(), {Reason::kStartTlsNotOffered, Rung::kEhloInClear})});
}

namespace {

// The first reply in a text, by RFC 5321 4.2.
struct FirstReply {
  enum class Form : uint8_t { kWhole, kMalformed, kUnfinished };
  Form form = Form::kUnfinished;
  int code = 0;
  bool more_behind = false;
};

FirstReply ReadFirstReply(std::string_view text) {
  constexpr size_t kCode = 3;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string_view code;
  for (size_t end; (end = text.find('\n')) != std::string_view::npos;) {
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const bool ends_well = line.ends_with('\r');
    line.remove_suffix(ends_well ? 1 : 0);
    const std::string_view this_code = line.substr(0, kCode);
    const std::string_view separator = line.substr(std::min(kCode, line.size()), 1);
    const bool has_code = this_code.size() == kCode && std::ranges::all_of(this_code, is_digit) &&
                          this_code.front() >= '2' && this_code.front() <= '5';
    if (!ends_well || !has_code || (!separator.empty() && separator != " " && separator != "-") ||
        !IsReplyText(std::string(line.substr(std::min(kCode + 1, line.size())))) ||
        (!code.empty() && code != this_code)) {
      return {.form = FirstReply::Form::kMalformed};
    }
    code = this_code;
    if (separator != "-") {
      const int number = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
      return {.form = FirstReply::Form::kWhole, .code = number, .more_behind = !text.empty()};
    }
  }
  return {};
}

// Text in front of the 220 is what answers STARTTLS, or a part of it (RFC 3207 4.2).
std::optional<Ending> InFrontOfTheReply(const certs::Bytes& payload, const Reply* scripted) {
  const int code = scripted != nullptr && scripted->code != Reply::kOrdinary ? scripted->code : 220;
  const FirstReply first =
      ReadFirstReply(std::string(certs::AsText(payload)) + std::to_string(code) + " what the server says\r\n");
  if (first.form == FirstReply::Form::kWhole && first.code == 220 && !first.more_behind) {
    return std::nullopt;
  }
  return Ending{first.form == FirstReply::Form::kMalformed    ? Reason::kMalformedReply
                : first.form == FirstReply::Form::kUnfinished ? Reason::kTimeout
                : first.code == 220                           ? Reason::kClearTextBehind220
                                                              : Reason::kStartTlsRefused,
                Rung::kStartTlsSent, true};
}

// RFC 3207 4 and 4.2.
std::optional<Ending> StartTls(const SmtpScript& smtp) {
  const bool injected = !smtp.injection.payload.empty();
  const Reply* scripted = Scripted(smtp, Verb::kStartTls, false);
  if (injected && smtp.injection.placement == Placement::kBeforeReply) {
    if (const auto ending = InFrontOfTheReply(smtp.injection.payload, scripted)) {
      return ending;
    }
  }
  if (const auto ending = Written(scripted, false, Rung::kStartTlsSent)) {
    return ending;
  }
  if (scripted != nullptr && scripted->code != 220 && scripted->code != Reply::kOrdinary) {
    return Ending{Reason::kStartTlsRefused, Rung::kStartTlsSent};
  }
  if (scripted == nullptr && std::ranges::find(smtp.capabilities_clear, "STARTTLS") == smtp.capabilities_clear.end()) {
    return Ending{Reason::kStartTlsRefused, Rung::kStartTlsSent};  // a reply to EHLO offered what there is not
  }
  return If(injected && smtp.injection.placement > Placement::kBeforeReply &&
                smtp.injection.placement <= Placement::kBeforeServerHello,
            {Reason::kClearTextBehind220, Rung::kStartTlsSent, true});
}

// A reply that came before its command (RFC 5321 4.2, 2.1: one reply to each command).
std::optional<Ending> BehindEhlo(const SmtpScript& smtp) {
  return If(!smtp.injection.payload.empty() && smtp.injection.placement == Placement::kBehindEhlo,
            {Reason::kClearTextBehind220, Rung::kEhloInClear, true});
}

// Clear text where TLS has begun is no TLS record (RFC 9846 5.1).
std::optional<Ending> AmongTls(const SmtpScript& smtp, Placement placement) {
  return If(!smtp.injection.payload.empty() && smtp.injection.placement == placement,
            {.reason = Reason::kTlsFailed,
             .rung = placement == Placement::kBehindHandshake ? Rung::kTlsEstablished : Rung::kCertificateSent,
             .hello_may_precede = true});
}

std::optional<Ending> GoesOnInClear(const SmtpScript& smtp) {
  return If(smtp.after_starttls == fakeserver::AfterStartTls::kStayInClear,
            {Reason::kClearTextBehind220, Rung::kStartTlsSent});
}

// ------------------------------------------------------------------------------------------------ AUTH and mail

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return upper;
}

bool OffersMechanism(const std::vector<std::string>& capabilities, std::string_view mechanism) {
  return std::ranges::any_of(capabilities, [mechanism](const std::string& line) {
    const std::string upper = UpperCase(line) + " ";
    return upper.starts_with("AUTH ") && upper.find(" " + std::string(mechanism) + " ") != std::string::npos;
  });
}

// RFC 4954 4: the challenge is one line of base64.
bool IsChallenge(const Reply& reply) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  return reply.lines.size() == 1 && reply.lines.front().size() % 4 == 0 &&
         reply.lines.front().find_first_not_of(kDigits) == std::string::npos;
}

// A user agent with a password. Without AUTH it may still try its luck, or give up (RFC 6409 4.3).
std::optional<Ending> NoAuth(const SmtpScript& smtp) {
  const std::vector<std::string>& offers = Offers(smtp, true);
  return If(!OffersMechanism(offers, "PLAIN") && !OffersMechanism(offers, "LOGIN"),
            {Reason::kCommandRefused, Rung::kEhloInTls, true});
}

std::optional<Ending> Auth(const SmtpScript& smtp) {
  const bool plain = OffersMechanism(Offers(smtp, true), "PLAIN");
  const Reply* reply = Scripted(smtp, Verb::kAuth, true);
  if (reply == nullptr && !OffersMechanism(smtp.capabilities_tls, plain ? "PLAIN" : "LOGIN")) {
    return Ending{Reason::kCommandRefused, Rung::kAuthStarted, true};  // a reply to EHLO offered what there is not
  }
  if (const auto ending = Written(reply, true, Rung::kAuthStarted)) {
    return ending;
  }
  if (HasFirstDigit(reply, 2)) {
    return std::nullopt;
  }
  // PLAIN is one message, and there is nothing to ask behind it (RFC 4616 2).
  const bool bad_challenge = reply->code == 334 && (plain || !IsChallenge(*reply));
  return Ending{bad_challenge ? Reason::kMalformedReply : Reason::kCommandRefused, Rung::kAuthStarted, true};
}

// RFC 1870 6: a message that is larger than the server says is refused, or not even tried. Any message that makes sense
// has more than a hundred octets.
std::optional<Ending> Size(const SmtpScript& smtp) {
  for (const std::string& line : Offers(smtp, true)) {
    if (const std::string upper = UpperCase(line);
        upper.starts_with("SIZE ") && upper.size() <= 7 && upper != "SIZE 0") {
      return Ending{Reason::kCommandRefused, Rung::kEhloInTls, true};
    }
  }
  return std::nullopt;
}

std::optional<Ending> Transaction(const World& world) {
  struct Command {
    Verb verb;
    int good;
    Stage stage;
    Rung rung;
  };
  Steps steps;
  for (const Command& command : {Command{Verb::kMail, 2, Stage::kMailSeen, Rung::kEnvelope},
                                 {Verb::kRcpt, 2, Stage::kRcptSeen, Rung::kEnvelope},
                                 {Verb::kData, 3, Stage::kDataSeen, Rung::kEnvelope},
                                 {Verb::kEndOfData, 2, Stage::kMessageSeen, Rung::kMessageBody}}) {
    const Reply* reply = Scripted(world.smtp, command.verb, true);
    if (command.verb == Verb::kEndOfData) {
      // The answer to a message that is still being sent: some stop there, some send the rest.
      steps.push_back(If(world.smtp.interrupt_data.has_value(), {Reason::kCommandRefused, Rung::kEnvelope, true}));
    }
    steps.push_back(CutAt(world.link, command.stage, command.rung, true));
    steps.push_back(Written(reply, true, command.rung));
    steps.push_back(If(!HasFirstDigit(reply, command.good), {Reason::kCommandRefused, command.rung, true}));
  }
  return FirstOf(steps);
}

}  // namespace

bool IsSlow(const Pace& pace) { return pace.latency + pace.jitter >= kNever || pace.gap >= kNever; }

std::optional<Ending> BeforeTheCertificate(const World& world, TlsMode mode) {
  const auto cut = [&](Stage stage, Rung rung) { return CutAt(world.link, stage, rung); };
  const bool slow = IsSlow(world.link.to_client), deaf = IsSlow(world.link.from_client);
  Steps steps = {cut(Stage::kConnected, Rung::kConnected), CutInTime(world.link)};
  if (mode == TlsMode::kImplicit) {
    steps.insert(steps.end(), {If(slow, {Reason::kTimeout, Rung::kConnected}),
                               If(world.smtp.greet_in_clear_on_implicit, {Reason::kTlsFailed, Rung::kGreeted}),
                               If(deaf, {Reason::kTimeout, Rung::kConnected})});
  } else {
    // Who waits for a ClientHello says nothing, and who waits for a greeting says nothing either.
    steps.insert(steps.end(),
                 {If(world.smtp.tls_on_connect || slow, {Reason::kTimeout, Rung::kConnected}),
                  Greeting(world.smtp, false), cut(Stage::kGreetingSent, Rung::kGreeted),
                  If(deaf, {Reason::kTimeout, Rung::kGreeted}), cut(Stage::kEhloSeen, Rung::kEhloInClear),
                  EhloInClear(world.smtp), BehindEhlo(world.smtp), cut(Stage::kStartTlsSeen, Rung::kStartTlsSent),
                  StartTls(world.smtp), cut(Stage::kStartTlsAnswered, Rung::kStartTlsSent), GoesOnInClear(world.smtp)});
  }
  steps.push_back(cut(Stage::kClientHelloSeen, Rung::kClientHello));
  return FirstOf(steps);
}

bool IsSignedByStranger(const World& world) {
  const certs::CertSpec& leaf = world.chain.At(world.chain.presented.front());
  return world.chain.handshake_key && *world.chain.handshake_key != CertifiedKey(leaf);
}

std::optional<Ending> BehindTheCertificate(const World& world, Policy policy, TlsMode mode) {
  const auto cut = [&](Stage stage, Rung rung) {
    return CutAt(world.link, stage, rung, rung >= Rung::kTlsEstablished);
  };
  Steps steps = {If(IsSignedByStranger(world), {Reason::kTlsFailed, Rung::kCertificateSent}),
                 cut(Stage::kServerFlightSent, Rung::kCertificateSent),
                 AmongTls(world.smtp, Placement::kBetweenFlights), cut(Stage::kHandshakeDone, Rung::kTlsEstablished),
                 AmongTls(world.smtp, Placement::kBehindHandshake)};
  if (mode == TlsMode::kImplicit) {
    steps.insert(steps.end(), {Greeting(world.smtp, true), cut(Stage::kGreetingSent, Rung::kTlsEstablished)});
  }
  const Reply* ehlo = Scripted(world.smtp, Verb::kEhlo, true);
  steps.insert(steps.end(), {cut(Stage::kEhloInTlsSeen, Rung::kEhloInTls), Written(ehlo, true, Rung::kEhloInTls),
                             If(!HasFirstDigit(ehlo, 2), {Reason::kServiceRefused, Rung::kEhloInTls, true})});
  if (policy == Policy::kSubmission) {
    steps.insert(steps.end(), {NoAuth(world.smtp), cut(Stage::kAuthSeen, Rung::kAuthStarted), Auth(world.smtp)});
  }
  steps.insert(steps.end(), {Size(world.smtp), Transaction(world)});
  return FirstOf(steps);
}

}  // namespace lab::oracle
