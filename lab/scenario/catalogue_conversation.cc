#include <chrono>
#include <utility>

#include "lab/scenario/catalogue.h"
#include "lab/scenario/catalogue_smtp.h"

namespace lab {

namespace conversation {

Expectations ForEveryPolicy(const Expectation& expectation) {
  return {{Policy::kSubmission, expectation},
          {Policy::kRelayOpportunistic, expectation},
          {Policy::kRelayMtaSts, expectation}};
}

Expectations MustDeliver() { return ForEveryPolicy({.demand = Demand::kAccept}); }

Expectations MustRefuse(Reason reason, Rung must_reach) {
  Expectations expect = ForEveryPolicy({.demand = Demand::kRefuse, .verdict = {reason, 0}, .must_reach = must_reach});
  expect[Policy::kRelayOpportunistic].demand = Demand::kAnything;
  return expect;
}

Expectations MayGoOn(Reason own, Rung must_reach) {
  return ForEveryPolicy({.demand = Demand::kIgnoreOrRefuse, .verdict = {own, 0}, .must_reach = must_reach});
}

Expectations OfUserAgents(const Expectations& expect) {
  return {{Policy::kSubmission, expect.at(Policy::kSubmission)}};
}

Scenario ToScenario(const SmtpRow& row) {
  Scenario scenario{.id = row.id,
                    .summary = row.summary,
                    .rows = row.rows,
                    .source = row.source,
                    .twin = std::string(row.twin),
                    .expect = row.expect,
                    .modes = row.modes,
                    .compound = row.compound,
                    .severity = row.severity};
  if (row.twin == kSlowFirstEhlo) {
    scenario.world.smtp.hold_first_ehlo_in_tls = kSlowEhlo;
  }
  row.edit(scenario.world);
  return scenario;
}

}  // namespace conversation

namespace {

using namespace conversation;

// ------------------------------------------------------------------------------------------------ controls

// Whoever answers before the server has spoken inside TLS has believed something it heard outside.
Scenario SlowFirstEhlo() {
  Scenario scenario{.id = std::string(kSlowFirstEhlo),
                    .summary = "good server that thinks for a moment before it answers EHLO inside TLS",
                    .rows = {"A10"},
                    .source = "RFC 5321 4.5.3.2",
                    .twin = std::string(kGood),
                    .expect = MustDeliver(),
                    .severity = Severity::kLow};
  scenario.world.smtp.hold_first_ehlo_in_tls = kSlowEhlo;
  return scenario;
}

Scenario AuthOfferedInClear() {
  Scenario scenario{.id = std::string(kAuthInClear),
                    .summary = "AUTH is offered before TLS as well; who uses it there sends the password in clear",
                    .rows = {"M19", "M16"},
                    .source = "RFC 4954 4",
                    .twin = std::string(kGood),
                    .expect = MustDeliver(),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kCritical};
  scenario.world.smtp.capabilities_clear.emplace_back("AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 XOAUTH2 EXTERNAL");
  return scenario;
}

// ------------------------------------------------------------------------------------------------ STARTTLS refused

Scenario StartTlsNotOffered() {
  Scenario scenario{.id = "smtp.starttls-not-offered",
                    .summary = "the EHLO reply does not list STARTTLS: somebody may have struck it out",
                    .rows = {"M1"},
                    .source = "RFC 3207 6, RFC 8314 5.2",
                    .twin = std::string(kGood),
                    .expect = MustRefuse(Reason::kStartTlsNotOffered, Rung::kEhloInClear),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kCritical};
  std::erase(scenario.world.smtp.capabilities_clear, "STARTTLS");
  return scenario;
}

struct ReplyRow {
  int code;
  const char* row;
  const char* text;
};

// What may stand in the place of "220 go ahead". RFC 3207 4: only 220 lets the client start TLS.
constexpr ReplyRow kAnswersToStartTls[] = {
    {200, "M4", "Fine"},
    {221, "M4", "Closing"},
    {250, "M4", "OK"},
    {334, "M5", "VXNlcm5hbWU6"},
    {354, "M5", "Send the message"},
    {421, "M5", "Service not available"},
    {454, "M2", "TLS not available due to temporary reason"},
    {500, "M3", "Command unrecognized"},
    {501, "M3", "Syntax error (no parameters allowed)"},
    {502, "M3", "Command not implemented"},
    {503, "M3", "Bad sequence of commands"},
    {530, "M3", "Authentication required"},
    {554, "M3", "Transaction failed"},
};

Scenario StartTlsAnswered(const ReplyRow& answer) {
  const std::string code = std::to_string(answer.code);
  Scenario scenario{.id = "smtp.starttls-answered-" + code,
                    .summary = "STARTTLS is offered, and answered " + code + " instead of 220",
                    .rows = {answer.row},
                    .source = "RFC 3207 4",
                    .twin = std::string(kGood),
                    .expect = MustRefuse(Reason::kStartTlsRefused, Rung::kStartTlsSent),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kCritical};
  scenario.world.smtp.replies[Verb::kStartTls] = Reply{.code = answer.code, .lines = {answer.text}};
  return scenario;
}

Scenario StaysInClear() {
  Scenario scenario{.id = "smtp.220-then-clear",
                    .summary = "STARTTLS is answered 220, and the server goes on in clear",
                    .rows = {"M6", "L2"},
                    .source = "RFC 3207 4",
                    .twin = std::string(kGood),
                    .expect = MustRefuse(Reason::kClearTextBehind220, Rung::kStartTlsSent),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kCritical};
  scenario.world.smtp.after_starttls = AfterStartTls::kStayInClear;
  return scenario;
}

Scenario EhloRefused() {
  Scenario scenario{.id = "smtp.ehlo-refused",
                    .summary = "EHLO is answered 502; HELO would work, but without it there is no STARTTLS",
                    .rows = {"M8", "M9"},
                    .source = "RFC 3207 6, RFC 5321 3.2",
                    .twin = std::string(kGood),
                    .expect = MustRefuse(Reason::kServiceRefused, Rung::kEhloInClear),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kHigh};
  scenario.world.smtp.replies[Verb::kEhlo] = Reply{.code = 502, .lines = {"Command not implemented"}};
  return scenario;
}

// ------------------------------------------------------------------------------------------------ cut connections

struct CutRow {
  CutKind kind;
  Stage stage;
  const char* id;
  const char* summary;
  std::vector<std::string> rows;
  Reason reason;
  Rung must_reach;
  Modes modes = Modes::kStartTlsOnly;
};

std::vector<Scenario> Cuts() {
  const CutRow table[] = {
      {CutKind::kSilence,
       Stage::kConnected,
       "smtp.no-greeting",
       "the server accepts the connection and never greets",
       {"M10"},
       Reason::kTimeout,
       Rung::kConnected},
      {CutKind::kClose,
       Stage::kStartTlsAnswered,
       "smtp.220-then-close",
       "closed right behind the 220 to STARTTLS",
       {"M7", "L3"},
       Reason::kClosedByPeer,
       Rung::kStartTlsSent},
      {CutKind::kReset,
       Stage::kStartTlsAnswered,
       "smtp.220-then-reset",
       "reset right behind the 220 to STARTTLS",
       {"M7", "L3"},
       Reason::kClosedByPeer,
       Rung::kStartTlsSent},
      {CutKind::kSilence,
       Stage::kStartTlsAnswered,
       "smtp.220-then-silence",
       "nothing comes behind the 220 to STARTTLS",
       {"M7", "L4"},
       Reason::kTimeout,
       Rung::kStartTlsSent},
      {CutKind::kClose,
       Stage::kClientHelloSeen,
       "smtp.client-hello-then-close",
       "closed right behind the ClientHello",
       {"L3"},
       Reason::kClosedByPeer,
       Rung::kClientHello,
       Modes::kBoth},
      {CutKind::kReset,
       Stage::kClientHelloSeen,
       "smtp.client-hello-then-reset",
       "reset right behind the ClientHello",
       {"L3"},
       Reason::kClosedByPeer,
       Rung::kClientHello,
       Modes::kBoth},
      {CutKind::kSilence,
       Stage::kClientHelloSeen,
       "smtp.client-hello-then-silence",
       "nothing comes behind the ClientHello",
       {"L4"},
       Reason::kTimeout,
       Rung::kClientHello,
       Modes::kBoth},
  };
  std::vector<Scenario> scenarios;
  for (const CutRow& row : table) {
    Scenario scenario{.id = row.id,
                      .summary = row.summary,
                      .rows = row.rows,
                      .source = row.kind == CutKind::kSilence ? "RFC 5321 4.5.3.2" : "RFC 3207 4",
                      .twin = std::string(kGood),
                      .expect = MustRefuse(row.reason, row.must_reach),
                      .modes = row.modes,
                      .severity = Severity::kHigh};
    scenario.world.link.cut = row.kind;
    scenario.world.link.cut_at = row.stage;
    scenarios.push_back(std::move(scenario));
  }
  return scenarios;
}

// ------------------------------------------------------------------------------------------------ greetings

// RFC 5321 4.3.1: the greeting is 220, or 554 from a host that offers no service; anything else is no invitation.
constexpr ReplyRow kGreetings[] = {
    {354, "M10", "Send the message"}, {421, "M10", "Service not available"}, {500, "M10", "Command unrecognized"},
    {501, "M10", "Syntax error"},     {530, "M10", "Access denied"},         {554, "M10", "No SMTP service here"},
};

Scenario Greeted(const ReplyRow& greeting) {
  const std::string code = std::to_string(greeting.code);
  Scenario scenario{.id = "smtp.greeting-" + code,
                    .summary = "the server greets with " + code,
                    .rows = {greeting.row},
                    .source = "RFC 5321 3.1, 4.3.1",
                    .twin = std::string(kGood),
                    .expect = MustRefuse(Reason::kServiceRefused, Rung::kGreeted),
                    .severity = Severity::kLow};
  Reply& reply = scenario.world.smtp.greeting.emplace();
  reply.code = greeting.code;
  reply.lines = {greeting.text};
  return scenario;
}

Scenario MultiLineGreeting() {
  Scenario scenario{.id = "smtp.greeting-multi-line",
                    .summary = "the greeting has three lines, which is allowed",
                    .rows = {"M10"},
                    .source = "RFC 5321 4.2",
                    .twin = std::string(kGood),
                    .expect = MustDeliver(),
                    .severity = Severity::kLow};
  Reply& reply = scenario.world.smtp.greeting.emplace();
  reply.code = 220;
  reply.lines = {"mail.bob.test ESMTP", "No unsolicited mail", "All sessions are logged"};
  return scenario;
}

// ------------------------------------------------------------------------------------------------ capabilities

Scenario CapabilitiesDiffer() {
  Scenario scenario{.id = "smtp.capabilities-differ",
                    .summary = "in clear the server takes 100 octets a message, inside TLS ten million",
                    .rows = {"M16"},
                    .source = "RFC 3207 4.2",
                    .twin = std::string(kGood),
                    .expect = MustDeliver(),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kMedium};
  scenario.world.smtp.capabilities_clear = {"SIZE 100", "CHUNKING", "SMTPUTF8", "STARTTLS"};
  return scenario;
}

Scenario StartTlsInsideTls() {
  Scenario scenario{.id = "smtp.starttls-inside-tls",
                    .summary = "STARTTLS is offered again inside TLS, and must not be used",
                    .rows = {"M17"},
                    .source = "RFC 3207 4.2",
                    .twin = std::string(kGood),
                    .expect = MustDeliver(),
                    .severity = Severity::kLow};
  scenario.world.smtp.capabilities_tls.emplace_back("STARTTLS");
  return scenario;
}

// A user agent either sends its mail without a password, which most servers refuse, or gives up, as our own does. A
// relay has no password to send.
Scenario AuthOnlyInClear() {
  Scenario scenario{
      .id = "smtp.auth-only-in-clear",
      .summary = "AUTH is offered in clear and no longer inside TLS: what was heard in clear is forgotten",
      .rows = {"M20", "M16"},
      .source = "RFC 3207 4.2, RFC 4954 4",
      .twin = std::string(kAuthInClear),
      .world = AuthOfferedInClear().world,
      .expect = {{Policy::kSubmission,
                  {.demand = Demand::kIgnoreOrRefuse,
                   .verdict = {Reason::kCommandRefused, 0},
                   .must_reach = Rung::kEhloInTls}}},
      .modes = Modes::kStartTlsOnly,
      .severity = Severity::kHigh};
  std::erase(scenario.world.smtp.capabilities_tls, "AUTH PLAIN LOGIN");
  return scenario;
}

// ------------------------------------------------------------------------------------------------ the wrong port

Scenario ClearTextOnTheTlsPort() {
  Scenario scenario{.id = "smtp.implicit-port-in-clear",
                    .summary = "the implicit-TLS port greets in clear",
                    .rows = {"M22", "L2"},
                    .source = "RFC 8314 3",
                    .twin = std::string(kGood),
                    .expect = MustRefuse(Reason::kTlsFailed, Rung::kGreeted),
                    .modes = Modes::kImplicitOnly,
                    .severity = Severity::kCritical};
  scenario.world.smtp.greet_in_clear_on_implicit = true;
  return scenario;
}

Scenario TlsOnTheClearTextPort() {
  Scenario scenario{.id = "smtp.starttls-port-in-tls",
                    .summary = "the STARTTLS port waits for a ClientHello instead of greeting",
                    .rows = {"M22"},
                    .source = "RFC 3207 4, RFC 5321 4.5.3.2",
                    .twin = std::string(kGood),
                    .expect = MustRefuse(Reason::kTimeout, Rung::kConnected),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kMedium};
  scenario.world.smtp.tls_on_connect = true;
  return scenario;
}

void Append(std::vector<Scenario>& all, std::vector<Scenario> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<Scenario> ConversationScenarios() {
  std::vector<Scenario> all = {SlowFirstEhlo(), AuthOfferedInClear(), StartTlsNotOffered()};
  for (const ReplyRow& answer : kAnswersToStartTls) {
    all.push_back(StartTlsAnswered(answer));
  }
  Append(all, {StaysInClear(), EhloRefused()});
  Append(all, Cuts());
  for (const ReplyRow& greeting : kGreetings) {
    all.push_back(Greeted(greeting));
  }
  Append(all, {MultiLineGreeting(), CapabilitiesDiffer(), StartTlsInsideTls(), AuthOnlyInClear(),
               ClearTextOnTheTlsPort(), TlsOnTheClearTextPort()});
  for (auto rows : {&InjectionRows, &ReplyRows, &TransactionRows, &AuthRows, &LinkRows, &VisitRows, &ReturnRows}) {
    for (const SmtpRow& row : rows()) {
      all.push_back(ToScenario(row));
    }
  }
  return all;
}

}  // namespace lab
