// What changes from one visit to the next: troubles that pass, and downgrades.
#include <cstdint>
#include <utility>

#include "lab/scenario/catalogue_smtp.h"

namespace lab::conversation {
namespace {

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

// Row N2: commands that are refused now and then. What chance decides is decided here, by a fixed sequence, for every
// visit and command: a world is a value, and the same for everybody.
class Chance {
 public:
  Chance(uint32_t seed, uint32_t percent) : state_(seed), percent_(percent) {}
  bool Happens() {
    state_ = state_ * 1664525U + 1013904223U;
    return (state_ >> 8) % 100 < percent_;
  }

 private:
  uint32_t state_, percent_;
};

std::vector<SmtpRow> Chances() {
  constexpr size_t kVisits = 4;
  constexpr Verb kVerbs[] = {Verb::kMail, Verb::kRcpt, Verb::kData, Verb::kEndOfData};
  std::vector<SmtpRow> rows;
  for (const uint32_t percent : {10U, 30U, 50U}) {
    for (const int code : {451, 421, 550}) {
      std::vector<Visit> visits(kVisits);
      // The first sequence in which the first visit finds something.
      for (uint32_t seed = 1; visits.front().smtp.replies.empty(); ++seed) {
        Chance chance(seed, percent);
        visits.assign(kVisits, Visit());
        for (Visit& visit : visits) {
          for (const Verb verb : kVerbs) {
            if (chance.Happens()) {
              visit.smtp.replies[verb] = {code, {"4.3.0 Perhaps another time"}};
            }
          }
        }
      }
      const bool message_only = visits.front().smtp.replies.begin()->first == Verb::kEndOfData;
      rows.push_back({.id = "visit.chance-" + std::to_string(percent) + "-" + std::to_string(code),
                      .summary = "on each of four visits MAIL, RCPT, DATA and the message are answered " +
                                 std::to_string(code) + " with a chance of " + std::to_string(percent) +
                                 " %; the next finds all well",
                      .rows = {"N2", "N3"},
                      .source = "RFC 5321 4.5.4.1",
                      .edit = [visits](World& world) { world.earlier = visits; },
                      .expect = MayGoOn(Reason::kOk, message_only ? Rung::kMessageBody : Rung::kEnvelope)});
    }
  }
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

std::vector<SmtpRow> VisitRows() {
  std::vector<SmtpRow> all = Recoveries();
  for (auto* more : {&Chances, &Downgrades}) {
    for (SmtpRow& row : more()) {
      all.push_back(std::move(row));
    }
  }
  return all;
}

}  // namespace lab::conversation
