// What the files of the conversation catalogue share: catalogue_conversation.cc has the controls and what ends a
// conversation before TLS, catalogue_injection.cc what is said in clear around the 220, catalogue_reply.cc odd replies,
// catalogue_transaction.cc AUTH and the mail transaction, catalogue_auth.cc what is offered of AUTH in clear,
// catalogue_link.cc the transport, catalogue_visit.cc what changes from visit to visit, catalogue_resumption.cc clients
// that come back with a session. For these only.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fakeserver/scripts.h"
#include "lab/scenario/scenario.h"

namespace lab::conversation {

using certs::Reason;
using certs::Severity;
using fakeserver::AfterStartTls;
using fakeserver::CutKind;
using fakeserver::Injection;
using fakeserver::Placement;
using fakeserver::Reply;
using fakeserver::ReplyForm;
using fakeserver::ReplyScope;
using fakeserver::Stage;
using fakeserver::Verb;
using std::chrono::milliseconds;

using Expectations = std::map<Policy, Expectation>;

inline constexpr std::string_view kGood = "control.good";
inline constexpr std::string_view kSlowFirstEhlo = "control.slow-first-ehlo";
inline constexpr std::string_view kAuthInClear = "control.auth-offered-in-clear";
inline constexpr milliseconds kSlowEhlo{300};

Expectations ForEveryPolicy(const Expectation& expectation);
Expectations MustDeliver();
// Who must authenticate the server gives up; who may deliver to anyone may go on in clear (RFC 3207 4, 6).
Expectations MustRefuse(Reason reason, Rung must_reach);
// Delivering inside TLS is as right as giving up, which our own verifier does for the reason `own` (kOk: it delivers).
// What must not happen is to believe what was said outside TLS, to give anything away in clear, or to say that mail was
// delivered that was not (RFC 5321 4.2.5, 6.1).
Expectations MayGoOn(Reason own, Rung must_reach);
// The same, of clients with a password only.
Expectations OfUserAgents(const Expectations& expect);

// One row: an edit of the twin's world.
struct SmtpRow {
  std::string id;
  std::string summary;
  std::vector<std::string> rows;
  std::string source;
  std::function<void(World&)> edit;
  Expectations expect;
  Modes modes = Modes::kBoth;
  Severity severity = Severity::kLow;
  std::string_view twin = kGood;
  bool compound = false;
};
Scenario ToScenario(const SmtpRow& row);

// The edit that is one scripted reply.
inline std::function<void(World&)> Replies(Verb verb, Reply reply) {
  return [verb, reply](World& world) { world.smtp.replies[verb] = reply; };
}

std::vector<SmtpRow> InjectionRows();
std::vector<SmtpRow> ReplyRows();
std::vector<SmtpRow> TransactionRows();
std::vector<SmtpRow> AuthRows();
std::vector<SmtpRow> LinkRows();
std::vector<SmtpRow> VisitRows();
std::vector<SmtpRow> ReturnRows();

}  // namespace lab::conversation
