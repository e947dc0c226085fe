// What may go wrong between client and server when each knows who the other is: AUTH (RFC 4954) and the mail
// transaction (RFC 5321 3.3). Nobody is attacked here; but a client that says it has delivered what was refused loses
// mail.
#include <utility>

#include "lab/scenario/catalogue_smtp.h"

namespace lab::conversation {
namespace {

struct Step {
  Verb verb;
  const char* id;
  const char* what;
  Rung rung;
  std::vector<int> refusals;
};

const std::vector<Step>& Steps() {
  static const std::vector<Step> steps = {
      {Verb::kAuth, "auth", "AUTH", Rung::kAuthStarted, {334, 421, 432, 454, 500, 504, 534, 535, 538}},
      {Verb::kMail, "mail", "MAIL", Rung::kEnvelope, {354, 421, 450, 451, 452, 503, 530, 550, 552, 553, 555}},
      {Verb::kRcpt, "rcpt", "RCPT", Rung::kEnvelope, {354, 421, 450, 451, 452, 503, 550, 551, 552, 553, 555}},
      {Verb::kData, "data", "DATA", Rung::kEnvelope, {250, 421, 451, 503, 554}},
      {Verb::kEndOfData,
       "message",
       "the end of the message",
       Rung::kMessageBody,
       {354, 421, 450, 451, 452, 550, 552, 554}},
  };
  return steps;
}

// A relay has no password, so AUTH is not its business.
Expectations For(const Step& step, const Expectations& expect) {
  return step.verb == Verb::kAuth ? OfUserAgents(expect) : expect;
}

std::vector<SmtpRow> Refusals() {
  std::vector<SmtpRow> rows;
  for (const Step& step : Steps()) {
    for (const int code : step.refusals) {
      SmtpRow row{.id = std::string("transaction.") + step.id + "-answered-" + std::to_string(code),
                  .summary = std::string(step.what) + " is answered " + std::to_string(code),
                  .rows = {"N1"},
                  .source = step.verb == Verb::kAuth ? "RFC 4954 4, 6" : "RFC 5321 4.2.5, 4.3.2, 6.1",
                  .edit = Replies(step.verb, {.code = code, .lines = {"No"}}),
                  .expect = For(step, MayGoOn(Reason::kCommandRefused, step.rung))};
      if (code == 334) {  // a question behind AUTH PLAIN, which has said all it has to say
        row.source = "RFC 4616 2";
        row.expect = For(step, MayGoOn(Reason::kMalformedReply, step.rung));
      }
      if (code == 421) {
        row.rows.emplace_back("N5");
      }
      if (step.verb == Verb::kAuth) {
        row.rows.emplace_back("M28");
      }
      rows.push_back(std::move(row));
    }
  }
  for (const int code : {251, 252, 259}) {
    rows.push_back({.id = "transaction.rcpt-answered-" + std::to_string(code),
                    .summary = "RCPT is answered " + std::to_string(code) + ", which takes the recipient",
                    .rows = {"N8"},
                    .source = "RFC 5321 4.2",
                    .edit = Replies(Verb::kRcpt, {.code = code, .lines = {"Will see to it"}}),
                    .expect = MustDeliver()});
  }
  return rows;
}

std::vector<SmtpRow> Delays() {
  std::vector<SmtpRow> rows;
  for (const Step& step : Steps()) {
    const Reply late{.code = Reply::kOrdinary, .lines = {}, .hold = milliseconds(300)};
    const Reply never{.code = Reply::kOrdinary, .lines = {}, .hold = std::chrono::hours(1)};
    rows.push_back({.id = std::string("transaction.") + step.id + "-answered-late",
                    .summary = std::string("the answer to ") + step.what + " takes 300 ms",
                    .rows = {"N4"},
                    .source = "RFC 5321 4.5.3.2",
                    .edit = Replies(step.verb, late),
                    .expect = For(step, MustDeliver())});
    rows.push_back({.id = std::string("transaction.") + step.id + "-never-answered",
                    .summary = std::string("nothing comes in answer to ") + step.what,
                    .rows = {"N4"},
                    .source = "RFC 5321 4.5.3.2",
                    .edit = Replies(step.verb, never),
                    .expect = For(step, MayGoOn(Reason::kTimeout, step.rung))});
  }
  return rows;
}

std::vector<SmtpRow> Drops() {
  struct Drop {
    Stage stage;
    const char* id;
    const char* what;
    Rung rung;
  };
  std::vector<SmtpRow> rows;
  for (const Drop& drop : {Drop{Stage::kEhloInTlsSeen, "ehlo", "EHLO", Rung::kEhloInTls},
                           {Stage::kAuthSeen, "auth", "AUTH", Rung::kAuthStarted},
                           {Stage::kMailSeen, "mail", "MAIL", Rung::kEnvelope},
                           {Stage::kRcptSeen, "rcpt", "RCPT", Rung::kEnvelope},
                           {Stage::kDataSeen, "data", "DATA", Rung::kEnvelope},
                           {Stage::kMessageSeen, "message", "the end of the message", Rung::kMessageBody}}) {
    for (const CutKind kind : {CutKind::kClose, CutKind::kReset}) {
      const Expectations expect = MayGoOn(Reason::kClosedByPeer, drop.rung);
      rows.push_back({.id = std::string("transaction.") + drop.id + "-then-" + std::string(Name(kind)),
                      .summary = std::string("the connection ends without an answer to ") + drop.what +
                                 (kind == CutKind::kReset ? ", by a reset" : ""),
                      .rows = {"N5", kind == CutKind::kReset ? "O2" : "L19"},
                      .source = "RFC 5321 3.8, 6.1",
                      .edit = [kind, stage = drop.stage](World& world) { world.link = {.cut = kind, .cut_at = stage}; },
                      .expect = drop.stage == Stage::kAuthSeen ? OfUserAgents(expect) : expect});
    }
  }
  for (const int code : {421, 451, 550, 552}) {
    rows.push_back(
        {.id = "transaction.data-interrupted-by-" + std::to_string(code),
         .summary = std::to_string(code) + " comes in the middle of the message, and no other answer",
         .rows = {"N6"},
         .source = "RFC 5321 4.2, 4.2.5",
         .edit = [code](World& world) { world.smtp.interrupt_data = Reply{.code = code, .lines = {"Stop"}}; },
         .expect = MayGoOn(Reason::kCommandRefused, Rung::kEnvelope)});
  }
  return rows;
}

// ------------------------------------------------------------------------------------------------ what is offered

std::function<void(World&)> Offering(std::vector<std::string> capabilities) {
  return [capabilities = std::move(capabilities)](World& world) { world.smtp.capabilities_tls = capabilities; };
}

std::vector<SmtpRow> Offers() {
  struct Offer {
    const char* id;
    const char* what;
    std::vector<std::string> capabilities;
    std::vector<std::string> rows;
  };
  std::vector<SmtpRow> rows;
  for (const Offer& offer :
       {Offer{"auth-only", "nothing but AUTH is offered inside TLS", {"AUTH PLAIN LOGIN"}, {"M29", "M16"}},
        {"plain-only", "AUTH PLAIN only", {"AUTH PLAIN"}, {"M28"}},
        {"login-only", "AUTH LOGIN only", {"AUTH LOGIN"}, {"M28"}},
        {"lower-case", "keywords in lower case, which are the same", {"auth plain login", "8bitmime"}, {"M29"}},
        {"smtputf8", "SMTPUTF8 as well", {"AUTH PLAIN LOGIN", "8BITMIME", "SMTPUTF8"}, {"M29"}},
        {"requiretls", "REQUIRETLS as well", {"AUTH PLAIN LOGIN", "REQUIRETLS"}, {"M29"}},
        {"chunking",
         "CHUNKING, which this server does not serve, but need not be used",
         {"AUTH PLAIN LOGIN", "CHUNKING"},
         {"M29"}},
        {"dsn", "DSN as well", {"AUTH PLAIN LOGIN", "DSN"}, {"M29"}},
        {"unknown-keywords",
         "keywords that nobody knows",
         {"X-MOOD GOOD", "AUTH PLAIN LOGIN", "LIMITS RCPTMAX=1 MAILMAX=1", "NO-SUCH-KEYWORD 1 2 3"},
         {"M29"}},
        {"size-unlimited", "SIZE 0, which is no limit", {"SIZE 0", "AUTH PLAIN LOGIN"}, {"N8"}}}) {
    rows.push_back({.id = std::string("transaction.offers-") + offer.id,
                    .summary = std::string("inside TLS: ") + offer.what,
                    .rows = offer.rows,
                    .source = "RFC 5321 4.1.1.1, 2.2.1",
                    .edit = Offering(offer.capabilities),
                    .expect = MustDeliver()});
  }
  rows.push_back({.id = "transaction.offers-size-10",
                  .summary = "the server takes messages of ten octets at most",
                  .rows = {"N8"},
                  .source = "RFC 1870 4, 6",
                  .edit = Offering({"SIZE 10", "AUTH PLAIN LOGIN"}),
                  .expect = MayGoOn(Reason::kCommandRefused, Rung::kEhloInTls)});
  return rows;
}

// SASL mechanisms a client may have, but that do not take a password as it is; what else there is, none has.
std::vector<SmtpRow> Mechanisms() {
  std::vector<SmtpRow> rows;
  const Expectations gives_up = OfUserAgents(MayGoOn(Reason::kCommandRefused, Rung::kEhloInTls));
  for (const auto& [id, mechanisms] : {std::pair{"cram-md5", "CRAM-MD5 DIGEST-MD5"},
                                       {"oauth", "XOAUTH2 OAUTHBEARER"},
                                       {"external", "EXTERNAL"},
                                       {"anonymous", "ANONYMOUS"},
                                       {"ntlm", "NTLM GSSAPI"},
                                       {"unknown", "X-NO-SUCH-MECHANISM"},
                                       {"none", ""}}) {
    rows.push_back({.id = std::string("transaction.auth-offers-") + id,
                    .summary = std::string("AUTH inside TLS offers ") + (*mechanisms != 0 ? mechanisms : "nothing"),
                    .rows = {"M28"},
                    .source = "RFC 4954 4",
                    .edit = Offering({std::string("AUTH ") + mechanisms}),
                    .expect = gives_up});
  }
  rows.push_back({.id = "transaction.auth-challenge-malformed",
                  .summary = "AUTH LOGIN only, and the challenge is no base64",
                  .rows = {"M28"},
                  .source = "RFC 4954 4",
                  .edit =
                      [](World& world) {
                        world.smtp.capabilities_tls = {"AUTH LOGIN"};
                        world.smtp.replies[Verb::kAuth] = {334, {"\x1b[2J not base64!"}};
                      },
                  .expect = OfUserAgents(MayGoOn(Reason::kMalformedReply, Rung::kAuthStarted)),
                  .compound = true});
  return rows;
}

}  // namespace

std::vector<SmtpRow> TransactionRows() {
  std::vector<SmtpRow> all;
  for (auto rows : {&Refusals, &Delays, &Drops, &Offers, &Mechanisms}) {
    for (SmtpRow& row : rows()) {
      all.push_back(std::move(row));
    }
  }
  return all;
}

}  // namespace lab::conversation
