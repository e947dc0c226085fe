// The transport: pace, ends, listeners.
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
            "the server's line carries half a megabyte a second: 100 octets at a time, a fifth of a millisecond apart",
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

// Ends that the client's octets trigger, and one that only time does.
std::vector<SmtpRow> OtherTriggers() {
  struct End {
    Stage stage;
    int received;
    const char* id;
    const char* where;
    Rung rung;
    Modes modes;
  };
  std::vector<SmtpRow> rows;
  for (const End& end : {
           End{Stage::kStartTlsAnswered, 20, "in-client-hello", "in the middle of the ClientHello", Rung::kStartTlsSent,
               Modes::kStartTlsOnly},
           {Stage::kDataSeen, 40, "in-message", "in the middle of the message", Rung::kEnvelope, Modes::kBoth},
       }) {
    for (const CutKind kind : {CutKind::kClose, CutKind::kReset}) {
      const bool in_mail = end.stage == Stage::kDataSeen;
      rows.push_back(
          {.id = std::string("link.") + std::string(Name(kind)) + "-" + end.id,
           .summary =
               std::string("the connection is ") + (kind == CutKind::kClose ? "half-closed " : "reset ") + end.where,
           .rows = {kind == CutKind::kClose ? "O6" : "O2", in_mail ? "N5" : "L3"},
           .source = "RFC 5321 3.8, RFC 3207 4",
           .edit = Linked({.cut = kind, .cut_at = end.stage, .cut_after_received = end.received}),
           .expect = in_mail ? MayGoOn(Reason::kClosedByPeer, end.rung) : MustRefuse(Reason::kClosedByPeer, end.rung),
           .modes = end.modes,
           .severity = Severity::kMedium});
    }
  }
  rows.push_back({.id = "link.reset-in-time",
                  .summary = "the server says an octet an hour, and resets the connection after a third of a second",
                  .rows = {"O2"},
                  .source = "RFC 5321 4.5.3.2",
                  .edit = Linked({.cut = CutKind::kReset,
                                  .cut_time = milliseconds(300),
                                  .to_client = {.slice = 1, .gap = std::chrono::hours(1)}}),
                  .expect = MustRefuse(Reason::kClosedByPeer, Rung::kConnected),
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

}  // namespace

std::vector<SmtpRow> LinkRows() {
  std::vector<SmtpRow> all = Paces();
  for (auto* more : {&Ends, &OtherTriggers, &LateEnds, &Listeners}) {
    for (SmtpRow& row : more()) {
      all.push_back(std::move(row));
    }
  }
  return all;
}

}  // namespace lab::conversation
