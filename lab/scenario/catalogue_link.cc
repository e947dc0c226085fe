// The transport, and what changes from one visit to the next.
#include <utility>

#include "lab/scenario/catalogue_smtp.h"

namespace lab::conversation {
namespace {

using fakeserver::LinkScript;
using fakeserver::Micros;
using fakeserver::Pace;

std::function<void(World&)> Linked(LinkScript link) {
  return [link](World& world) { world.link = link; };
}

// ------------------------------------------------------------------------------------------------ pace

std::vector<SmtpRow> Paces() {
  struct Row {
    const char* id;
    const char* what;
    LinkScript link;
    std::vector<std::string> rows;
  };
  constexpr Micros kOften = Micros(200);
  std::vector<SmtpRow> rows;
  for (const Row& row : {
           Row{"latency",
               "every write of the server is 20 ms late",
               {.to_client = {.latency = milliseconds(20)}},
               {"O4"}},
           {"jitter",
            "every write of the server is up to 20 ms late",
            {.to_client = {.jitter = milliseconds(20)}},
            {"O4"}},
           {"slow-both-ways",
            "both directions are 10 ms late",
            {.to_client = {.latency = milliseconds(10)}, .from_client = {.latency = milliseconds(10)}},
            {"O4"}},
           {"narrow",
            "the server sends 100 octets at a time, a fifth of a millisecond apart",
            {.to_client = {.slice = 100, .gap = kOften}},
            {"O4", "O5"}},
           {"sliced",
            "the server sends twenty octets at a time, so that every reply and record is cut",
            {.to_client = {.slice = 20, .gap = kOften}},
            {"O5", "M25"}},
           {"sliced-at-once",
            "the server writes each octet by itself, without waiting",
            {.to_client = {.slice = 1}},
            {"O5", "M25"}},
           {"tiny-window",
            "the server reads twenty octets at a time",
            {.from_client = {.slice = 20, .gap = kOften}},
            {"O7"}},
           {"reads-octets", "the server reads octet by octet", {.from_client = {.slice = 1}}, {"O7", "O5"}},
       }) {
    rows.push_back({.id = std::string("link.") + row.id,
                    .summary = row.what,
                    .rows = row.rows,
                    .source = "RFC 5321 4.5.3.2",
                    .edit = Linked(row.link),
                    .expect = MustDeliver()});
  }
  // Where the first octets are awaited depends on who speaks first.
  rows.push_back({.id = "link.drips",
                  .summary = "the server sends an octet an hour",
                  .rows = {"O3", "O4", "N4"},
                  .source = "RFC 5321 4.5.3.2",
                  .edit = Linked({.to_client = {.slice = 1, .gap = std::chrono::hours(1)}}),
                  .expect = MustRefuse(Reason::kTimeout, Rung::kConnected),
                  .severity = Severity::kMedium});
  rows.push_back({.id = "link.deaf",
                  .summary = "the server reads an octet an hour",
                  .rows = {"O7", "O3"},
                  .source = "RFC 5321 4.5.3.2",
                  .edit = Linked({.from_client = {.slice = 1, .gap = std::chrono::hours(1)}}),
                  .expect = MustRefuse(Reason::kTimeout, Rung::kGreeted),
                  .modes = Modes::kStartTlsOnly,
                  .severity = Severity::kMedium});
  return rows;
}

// ------------------------------------------------------------------------------------------------ ends

std::vector<SmtpRow> Ends() {
  struct End {
    Stage stage;
    int after;
    const char* id;
    const char* where;
    Rung rung;
    Modes modes;
  };
  std::vector<SmtpRow> rows;
  for (const End& end : {
           End{Stage::kConnected, 0, "connected", "as soon as it is made", Rung::kConnected, Modes::kBoth},
           {Stage::kConnected, 10, "in-greeting", "in the middle of the greeting", Rung::kConnected,
            Modes::kStartTlsOnly},
           {Stage::kGreetingSent, 0, "greeted", "behind the greeting", Rung::kGreeted, Modes::kStartTlsOnly},
           {Stage::kEhloSeen, 30, "in-ehlo", "in the middle of the reply to EHLO", Rung::kEhloInClear,
            Modes::kStartTlsOnly},
           {Stage::kStartTlsSeen, 0, "starttls", "instead of an answer to STARTTLS", Rung::kStartTlsSent,
            Modes::kStartTlsOnly},
           {Stage::kStartTlsSeen, 5, "in-220", "in the middle of the 220 to STARTTLS", Rung::kStartTlsSent,
            Modes::kStartTlsOnly},
           {Stage::kClientHelloSeen, 3, "in-record-header", "in the header of the first TLS record", Rung::kClientHello,
            Modes::kBoth},
           {Stage::kClientHelloSeen, 60, "in-server-hello", "in the middle of the ServerHello", Rung::kClientHello,
            Modes::kBoth},
           {Stage::kClientHelloSeen, 600, "in-flight", "after 600 octets of the server's flight", Rung::kClientHello,
            Modes::kBoth},
       }) {
    for (const CutKind kind : {CutKind::kClose, CutKind::kReset}) {
      rows.push_back({.id = std::string("link.") + std::string(Name(kind)) + "-" + end.id,
                      .summary = std::string("the connection is ") +
                                 (kind == CutKind::kClose ? "half-closed " : "reset ") + end.where,
                      .rows = {kind == CutKind::kClose ? "O6" : "O2", end.stage == Stage::kConnected ? "O1" : "L3"},
                      .source = "RFC 5321 3.8, RFC 3207 4",
                      .edit = Linked({.cut = kind, .cut_at = end.stage, .cut_after = end.after}),
                      .expect = MustRefuse(Reason::kClosedByPeer, end.rung),
                      .modes = end.modes,
                      .severity = Severity::kMedium});
    }
  }
  rows.push_back({.id = "link.stall-in-flight",
                  .summary = "nothing more comes after 600 octets of the server's flight",
                  .rows = {"O3", "L4"},
                  .source = "RFC 5321 4.5.3.2",
                  .edit = Linked({.cut = CutKind::kSilence, .cut_at = Stage::kClientHelloSeen, .cut_after = 600}),
                  .expect = MustRefuse(Reason::kTimeout, Rung::kClientHello),
                  .severity = Severity::kMedium});
  return rows;
}

// A server that thinks before it goes: for a third of a second nothing comes, and then the end.
std::vector<SmtpRow> LateEnds() {
  struct End {
    Stage stage;
    const char* id;
    const char* where;
    Rung rung;
    Modes modes;
  };
  constexpr Micros kLate = milliseconds(300);
  std::vector<SmtpRow> rows;
  for (const End& end : {
           End{Stage::kConnected, "connected", "instead of a greeting", Rung::kConnected, Modes::kBoth},
           {Stage::kStartTlsSeen, "starttls", "instead of an answer to STARTTLS", Rung::kStartTlsSent,
            Modes::kStartTlsOnly},
           {Stage::kClientHelloSeen, "hello", "instead of an answer to the ClientHello", Rung::kClientHello,
            Modes::kBoth},
       }) {
    for (const CutKind kind : {CutKind::kClose, CutKind::kReset}) {
      rows.push_back({.id = std::string("link.late-") + std::string(Name(kind)) + "-" + end.id,
                      .summary = std::string("a third of a second of silence ") + end.where +
                                 ", then the connection is " + (kind == CutKind::kClose ? "half-closed" : "reset"),
                      .rows = {kind == CutKind::kClose ? "O6" : "O2"},
                      .source = "RFC 5321 3.8, RFC 3207 4",
                      .edit = Linked({.cut = kind, .cut_at = end.stage, .cut_wait = kLate}),
                      .expect = MustRefuse(Reason::kClosedByPeer, end.rung),
                      .modes = end.modes,
                      .severity = Severity::kMedium});
    }
  }
  return rows;
}

// ------------------------------------------------------------------------------------------------ listeners

std::vector<SmtpRow> Listeners() {
  const auto listening = [](fakeserver::ListenScript listen) {
    return [listen](World& world) { world.listen = listen; };
  };
  constexpr int kSmallWindow = 512;  // on sockets it becomes the system's least
  return {
      {.id = "link.refused",
       .summary = "nobody listens at the port",
       .rows = {"O1"},
       .source = "RFC 5321 4.5.4.1",
       .edit = listening({.door = fakeserver::Door::kRefused}),
       .expect = MustRefuse(Reason::kConnectFailed, Rung::kConnected),
       .severity = Severity::kMedium},
      {.id = "link.never-answers",
       .summary = "the server's queue is full, and nobody's call is answered",
       .rows = {"O1", "O3"},
       .source = "RFC 5321 4.5.4.1",
       .edit = listening({.door = fakeserver::Door::kNeverAnswers}),
       .expect = MustRefuse(Reason::kConnectFailed, Rung::kConnected),
       .severity = Severity::kMedium},
      {.id = "link.small-window",
       .summary = "the server's window is as small as it can be made",
       .rows = {"O7"},
       .source = "RFC 5321 4.5.3.2, RFC 9293 3.8.6",
       .edit = listening({.window = kSmallWindow}),
       .expect = MustDeliver()},
  };
}

// ------------------------------------------------------------------------------------------------ visits

// What is wrong on a first visit only.
struct FirstVisit {
  const char* id;
  const char* what;
  std::function<void(Visit&)> edit;
  Rung rung;
  Modes modes = Modes::kBoth;
};

std::vector<FirstVisit> PassingTroubles() {
  const auto reply = [](Verb verb, Reply given) {
    return [verb, given](Visit& visit) { visit.smtp.replies[verb] = given; };
  };
  const auto cut = [](CutKind kind, Stage stage) {
    return [kind, stage](Visit& visit) { visit.link = {.cut = kind, .cut_at = stage}; };
  };
  return {
      {"closed-at-once", "the connection is closed at once", cut(CutKind::kClose, Stage::kConnected), Rung::kConnected},
      {"busy", "the greeting is 421", [](Visit& visit) { visit.smtp.greeting = Reply{421, {"4.3.2 Busy"}}; },
       Rung::kGreeted},
      {"starttls-454", "STARTTLS is answered 454", reply(Verb::kStartTls, {454, {"TLS not available"}}),
       Rung::kStartTlsSent, Modes::kStartTlsOnly},
      {"reset-at-hello", "the ClientHello is answered with a reset", cut(CutKind::kReset, Stage::kClientHelloSeen),
       Rung::kClientHello},
      {"mail-451", "MAIL is answered 451", reply(Verb::kMail, {451, {"4.3.0 Try again later"}}), Rung::kEnvelope},
      {"greylisted", "RCPT is answered 450, as those who greylist do",
       reply(Verb::kRcpt, {450, {"4.7.1 Greylisted, try again later"}}), Rung::kEnvelope},
      {"message-451", "the message is answered 451", reply(Verb::kEndOfData, {451, {"4.3.0 Try again later"}}),
       Rung::kMessageBody},
      {"message-then-reset", "the connection is reset in answer to the message",
       cut(CutKind::kReset, Stage::kMessageSeen), Rung::kMessageBody},
  };
}

std::function<void(World&)> OnFirstVisits(std::function<void(Visit&)> edit, size_t times) {
  return [edit = std::move(edit), times](World& world) {
    Visit visit;
    edit(visit);
    world.earlier.assign(times, visit);
  };
}

std::vector<SmtpRow> Recoveries() {
  std::vector<SmtpRow> rows;
  for (const FirstVisit& first : PassingTroubles()) {
    std::vector<std::string> covered = {std::string_view(first.id) == "greylisted" ? "N7" : "N3"};
    if (std::string_view(first.id) == "closed-at-once") {
      covered.emplace_back("A9");  // nobody learns anything from it, and nobody is held to it
    }
    rows.push_back({.id = std::string("visit.first-") + first.id,
                    .summary = std::string("on the first visit ") + first.what + "; the next finds all well",
                    .rows = std::move(covered),
                    .source = "RFC 5321 4.5.4.1",
                    .edit = OnFirstVisits(first.edit, 1),
                    .expect = MayGoOn(Reason::kOk, first.rung),
                    .modes = first.modes});
  }
  rows.push_back({.id = "visit.first-three-busy",
                  .summary = "on the first three visits the greeting is 421; the next finds all well",
                  .rows = {"N3", "O9"},
                  .source = "RFC 5321 4.5.4.1",
                  .edit = OnFirstVisits([](Visit& visit) { visit.smtp.greeting = Reply{421, {"4.3.2 Busy"}}; }, 3),
                  .expect = MayGoOn(Reason::kOk, Rung::kGreeted)});
  return rows;
}

// Somebody spoils TLS once, and waits for the client to come again without (RFC 8314 5.2; the fallback of
// auto-detection). On the second visit nothing but clear text is to be had. `modes`: an implicit-TLS port has no clear
// text to fall back to, but the submission port of the sandbox has.
std::vector<SmtpRow> Downgrades() {
  std::vector<SmtpRow> rows;
  const auto add = [&](const char* id, const char* what, std::function<void(Visit&)> edit, Rung rung) {
    rows.push_back({.id = std::string("visit.no-tls-after-") + id,
                    .summary = std::string("on the first visit ") + what + "; the next is not offered STARTTLS",
                    .rows = {"M23", "M1"},
                    .source = "RFC 8314 5.2, RFC 3207 6",
                    .edit =
                        [edit = std::move(edit)](World& world) {
                          Visit visit;
                          edit(visit);
                          world.earlier = {visit};
                          std::erase(world.smtp.capabilities_clear, "STARTTLS");
                          world.smtp.capabilities_clear.emplace_back("AUTH PLAIN LOGIN");
                        },
                    .expect = MustRefuse(Reason::kStartTlsNotOffered, rung),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kCritical,
                    .compound = true});
  };
  const auto cut = [](CutKind kind, Stage stage) {
    return [kind, stage](Visit& visit) { visit.link = {.cut = kind, .cut_at = stage}; };
  };
  add("close-at-hello", "the ClientHello is answered with the end of the connection",
      cut(CutKind::kClose, Stage::kClientHelloSeen), Rung::kClientHello);
  add("reset-at-hello", "the ClientHello is answered with a reset", cut(CutKind::kReset, Stage::kClientHelloSeen),
      Rung::kClientHello);
  add("reset-at-220", "the connection is reset behind the 220", cut(CutKind::kReset, Stage::kStartTlsAnswered),
      Rung::kStartTlsSent);
  add("reset-at-certificate", "the connection is reset behind the certificate",
      cut(CutKind::kReset, Stage::kServerFlightSent), Rung::kCertificateSent);
  add(
      "454", "STARTTLS is answered 454",
      [](Visit& visit) { visit.smtp.replies[Verb::kStartTls] = {454, {"TLS not available"}}; }, Rung::kStartTlsSent);
  add(
      "tls-refused", "the server's TLS has no version that the client knows",
      [](Visit& visit) { visit.tls.min_version = visit.tls.max_version = 0x0301; }, Rung::kClientHello);
  add(
      "clear-behind-220", "the server goes on in clear behind the 220",
      [](Visit& visit) { visit.smtp.after_starttls = AfterStartTls::kStayInClear; }, Rung::kStartTlsSent);
  return rows;
}

}  // namespace

std::vector<SmtpRow> LinkRows() {
  std::vector<SmtpRow> all = Paces();
  for (auto* more : {&Ends, &LateEnds, &Listeners}) {
    for (SmtpRow& row : more()) {
      all.push_back(std::move(row));
    }
  }
  return all;
}

std::vector<SmtpRow> VisitRows() {
  std::vector<SmtpRow> all = Recoveries();
  for (SmtpRow& row : Downgrades()) {
    all.push_back(std::move(row));
  }
  return all;
}

}  // namespace lab::conversation
