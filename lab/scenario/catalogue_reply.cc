// Replies that are odd: in what they say, in how they are written, in when they come.
#include <utility>

#include "lab/scenario/catalogue_smtp.h"

namespace lab::conversation {
namespace {

// ------------------------------------------------------------------------------------------------ how it is written

struct Form {
  ReplyForm form;
  const char* what;
  Reason own = Reason::kMalformedReply;
};

// None of these is a reply (RFC 5321 4.2, 4.5.3.1.5), so nobody need understand it; who does may go on.
constexpr Form kForms[] = {
    {ReplyForm::kBareLf, "lines end in LF alone"},
    {ReplyForm::kStrayCr, "a CR stands in the text"},
    {ReplyForm::kNoSeparator, "nothing stands between code and text"},
    {ReplyForm::kShortCode, "the code has two digits"},
    {ReplyForm::kLongCode, "the code has four digits"},
    {ReplyForm::kOddCode, "the code begins with 6"},
    {ReplyForm::kLetters, "letters stand for the code"},
    {ReplyForm::kNul, "a NUL stands in the text"},
    {ReplyForm::kEightBit, "the text has octets above 127 that are no UTF-8"},
    {ReplyForm::kTerminalEscapes, "the text would clear a terminal"},
    {ReplyForm::kLongLine, "the last line has 4000 octets"},
    {ReplyForm::kEndlessLine, "the last line goes on for 100,000 octets and does not end"},
    {ReplyForm::kEndlessLines, "10,000 lines come, and none of them is the last"},
    {ReplyForm::kCodesDisagree, "its lines have different codes"},
    {ReplyForm::kNoEnd, "the last line does not end", Reason::kTimeout},
};

struct ReplyPlace {
  const char* id;
  const char* what;
  std::optional<Verb> verb;  // none: the greeting
  ReplyScope scope;
  Modes modes;
  Rung rung;
};

std::function<void(World&)> Written(const ReplyPlace& place, ReplyForm form) {
  const Reply reply{.code = Reply::kOrdinary, .lines = {}, .form = form, .scope = place.scope};
  return place.verb ? Replies(*place.verb, reply) : [reply](World& world) { world.smtp.greeting = reply; };
}

std::vector<SmtpRow> Forms() {
  const ReplyPlace places[] = {
      {"greeting", "the greeting", std::nullopt, ReplyScope::kEverywhere, Modes::kBoth, Rung::kGreeted},
      {"ehlo", "the reply to EHLO in clear", Verb::kEhlo, ReplyScope::kInClear, Modes::kStartTlsOnly,
       Rung::kEhloInClear},
      {"starttls", "the reply to STARTTLS", Verb::kStartTls, ReplyScope::kEverywhere, Modes::kStartTlsOnly,
       Rung::kStartTlsSent},
      {"ehlo-in-tls", "the reply to EHLO inside TLS", Verb::kEhlo, ReplyScope::kInTls, Modes::kBoth, Rung::kEhloInTls},
  };
  std::vector<SmtpRow> rows;
  for (const ReplyPlace& place : places) {
    for (const Form& form : kForms) {
      // A greeting that nobody hears to its end has not been said.
      const bool endless = form.form == ReplyForm::kEndlessLine || form.form == ReplyForm::kEndlessLines;
      rows.push_back({.id = std::string("smtp.") + place.id + "-with-" + std::string(Name(form.form)),
                      .summary = std::string(place.what) + ": " + form.what,
                      .rows = {"M24"},
                      .source = "RFC 5321 4.2",
                      .edit = Written(place, form.form),
                      .expect = MayGoOn(form.own, endless && !place.verb ? Rung::kConnected : place.rung),
                      .modes = place.modes});
    }
    // In clear nobody knows who the second one is from.
    const bool greeting_in_either = !place.verb;
    const bool in_tls = place.scope == ReplyScope::kInTls;
    rows.push_back({.id = std::string("smtp.") + place.id + "-twice",
                    .summary = std::string(place.what) + " comes twice, as if the next command had been answered",
                    .rows = {"M25"},
                    .source = "RFC 5321 4.2, RFC 3207 4.2",
                    .edit = Written(place, ReplyForm::kTwice),
                    .expect = MayGoOn(in_tls ? Reason::kMalformedReply : Reason::kClearTextBehind220, place.rung),
                    .modes = greeting_in_either ? Modes::kStartTlsOnly : place.modes,
                    .severity = Severity::kMedium});
  }
  return rows;
}

// ------------------------------------------------------------------------------------------------ what it says

std::vector<SmtpRow> Greetings() {
  const auto greeting = [](Reply reply) { return [reply](World& world) { world.smtp.greeting = reply; }; };
  return {
      {.id = "smtp.greeting-221",
       .summary = "the server greets with 221",
       .rows = {"M10"},
       .source = "RFC 5321 3.1, 4.3.1",
       .edit = greeting({221, {"Good bye"}}),
       .expect = MayGoOn(Reason::kServiceRefused, Rung::kGreeted)},
      {.id = "smtp.greeting-421-too-many",
       .summary = "the server has too many connections, and closes this one",
       .rows = {"O9", "M10"},
       .source = "RFC 5321 3.8",
       .edit = greeting({421, {"4.7.0 Too many connections from your address"}}),
       .expect = MustRefuse(Reason::kServiceRefused, Rung::kGreeted)},
      {.id = "smtp.greeting-masked",
       .summary = "a firewall has put asterisks in the place of the greeting's text",
       .rows = {"M10"},
       .source = "RFC 5321 4.2",
       .edit = greeting({220, {"****************************************"}}),
       .expect = MustDeliver()},
      {.id = "smtp.greeting-without-text",
       .summary = "the greeting is the code alone, which must be acceptable",
       .rows = {"M10", "M24"},
       .source = "RFC 5321 4.2",
       .edit = greeting({220, {}}),
       .expect = MustDeliver()},
      {.id = "smtp.greeting-slow",
       .summary = "the greeting comes after 300 ms",
       .rows = {"M10", "N4"},
       .source = "RFC 5321 4.5.3.2.1",
       .edit = greeting({.code = Reply::kOrdinary, .lines = {}, .hold = milliseconds(300)}),
       .expect = MustDeliver()},
      {.id = "smtp.starttls-masked",
       .summary = "a firewall has put XXXXXXXA in the place of STARTTLS",
       .rows = {"M1", "M10"},
       .source = "RFC 3207 6, RFC 8314 5.2",
       .edit =
           [](World& world) {
             std::erase(world.smtp.capabilities_clear, "STARTTLS");
             world.smtp.capabilities_clear.emplace_back("XXXXXXXA");
           },
       .expect = MustRefuse(Reason::kStartTlsNotOffered, Rung::kEhloInClear),
       .modes = Modes::kStartTlsOnly,
       .severity = Severity::kCritical},
  };
}

constexpr int kRefusals[] = {421, 450, 454, 500, 501, 503, 504, 530, 550, 554};

std::vector<SmtpRow> Ehlos() {
  std::vector<SmtpRow> rows;
  for (const int code : {200, 220, 251, 299}) {
    rows.push_back(
        {.id = "smtp.ehlo-answered-" + std::to_string(code),
         .summary = "EHLO in clear is answered " + std::to_string(code) + " and the usual offers",
         .rows = {"M9"},
         .source = "RFC 5321 4.2",
         .edit = Replies(Verb::kEhlo,
                         {.code = code, .lines = {"mail.bob.test", "STARTTLS"}, .scope = ReplyScope::kInClear}),
         .expect = MustDeliver(),
         .modes = Modes::kStartTlsOnly});
  }
  for (const int code : {334, 354, 421, 450, 500, 501, 503, 504, 550, 554}) {
    rows.push_back(
        {.id = "smtp.ehlo-answered-" + std::to_string(code),
         .summary = "EHLO in clear is answered " + std::to_string(code) + ", with STARTTLS among the lines",
         .rows = {"M9", "M8"},
         .source = "RFC 3207 6, RFC 5321 3.2",
         .edit = Replies(Verb::kEhlo,
                         {.code = code, .lines = {"mail.bob.test", "STARTTLS"}, .scope = ReplyScope::kInClear}),
         .expect = MustRefuse(Reason::kServiceRefused, Rung::kEhloInClear),
         .modes = Modes::kStartTlsOnly,
         .severity = Severity::kMedium});
  }
  for (const int code : kRefusals) {
    rows.push_back({.id = "smtp.ehlo-in-tls-answered-" + std::to_string(code),
                    .summary = "EHLO inside TLS is answered " + std::to_string(code),
                    .rows = {"M18"},
                    .source = "RFC 3207 4.2, RFC 5321 3.2",
                    .edit = Replies(Verb::kEhlo, {.code = code, .lines = {"No"}, .scope = ReplyScope::kInTls}),
                    .expect = MayGoOn(Reason::kServiceRefused, Rung::kEhloInTls)});
  }
  rows.push_back(
      {.id = "smtp.ehlo-in-tls-never-answered",
       .summary = "nothing comes in answer to EHLO inside TLS",
       .rows = {"M18", "N4"},
       .source = "RFC 5321 4.5.3.2",
       .edit =
           Replies(Verb::kEhlo,
                   {.code = Reply::kOrdinary, .lines = {}, .scope = ReplyScope::kInTls, .hold = std::chrono::hours(1)}),
       .expect = MayGoOn(Reason::kTimeout, Rung::kEhloInTls)});
  rows.push_back({.id = "smtp.ehlo-in-tls-other-name",
                  .summary = "inside TLS the server calls itself by another name, which identifies nobody",
                  .rows = {"M18"},
                  .source = "RFC 5321 4.1.4, RFC 3207 4.1",
                  .edit = Replies(Verb::kEhlo, {.code = 250,
                                                .lines = {"mail.eve.test at your service", "AUTH PLAIN LOGIN"},
                                                .scope = ReplyScope::kInTls}),
                  .expect = MustDeliver()});
  rows.push_back({.id = "smtp.mail-in-clear-answered-530",
                  .summary = "a server that takes no mail before STARTTLS",
                  .rows = {"M26"},
                  .source = "RFC 3207 4",
                  .edit = Replies(Verb::kMail, {.code = 530,
                                                .lines = {"5.7.0 Must issue a STARTTLS command first"},
                                                .scope = ReplyScope::kInClear}),
                  .expect = MustDeliver(),
                  .modes = Modes::kStartTlsOnly});
  return rows;
}

// ------------------------------------------------------------------------------------------------ QUIT and RSET

// What RFC 5321 4.1.1.10 and 4.1.1.5 do not have. By then everything is decided.
constexpr int kOddGoodbyes[] = {250, 354, 421, 450, 500, 502, 554};

std::vector<SmtpRow> Goodbyes() {
  std::vector<SmtpRow> rows;
  for (const int code : kOddGoodbyes) {
    const std::string text = std::to_string(code);
    const Reply odd{.code = code, .lines = {"Odd"}};
    rows.push_back({.id = "smtp.quit-answered-" + text,
                    .summary = "the mail is taken, and then QUIT is answered " + text,
                    .rows = {"M11", "N1"},
                    .source = "RFC 5321 4.1.1.10, 6.1",
                    .edit = Replies(Verb::kQuit, odd),
                    .expect = MustDeliver()});
    rows.push_back({.id = "smtp.refusal-then-quit-answered-" + text,
                    .summary = "STARTTLS is answered 454, and then QUIT is answered " + text,
                    .rows = {"M11"},
                    .source = "RFC 3207 4, RFC 5321 4.1.1.10",
                    .edit =
                        [odd](World& world) {
                          world.smtp.replies[Verb::kStartTls] = {454, {"TLS not available"}};
                          world.smtp.replies[Verb::kQuit] = odd;
                        },
                    .expect = MustRefuse(Reason::kStartTlsRefused, Rung::kStartTlsSent),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kMedium,
                    .compound = true});
    rows.push_back({.id = "smtp.refusal-then-rset-answered-" + text,
                    .summary = "RCPT is answered 550, and then RSET is answered " + text,
                    .rows = {"M11"},
                    .source = "RFC 5321 3.3, 4.1.1.5",
                    .edit =
                        [odd](World& world) {
                          world.smtp.replies[Verb::kRcpt] = {550, {"No such user here"}};
                          world.smtp.replies[Verb::kRset] = odd;
                        },
                    .expect = MayGoOn(Reason::kCommandRefused, Rung::kEnvelope),
                    .compound = true});
  }
  rows.push_back({.id = "smtp.quit-answered-late",
                  .summary = "the mail is taken, and the answer to QUIT takes 300 ms",
                  .rows = {"M11", "L22", "N4"},
                  .source = "RFC 5321 4.1.1.10",
                  .edit = Replies(Verb::kQuit, {.code = Reply::kOrdinary, .lines = {}, .hold = milliseconds(300)}),
                  .expect = MustDeliver()});
  return rows;
}

}  // namespace

std::vector<SmtpRow> ReplyRows() {
  std::vector<SmtpRow> all;
  for (auto rows : {&Forms, &Greetings, &Ehlos, &Goodbyes}) {
    for (SmtpRow& row : rows()) {
      all.push_back(std::move(row));
    }
  }
  return all;
}

}  // namespace lab::conversation
