// Clients that come back (rows L17, J13): what a session may be used for, and what it vouches for. The servers of a
// scenario share their ticket keys wherever a thief could make them, so that nothing but the client keeps sessions
// apart.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "lab/scenario/catalogue_smtp.h"

namespace lab::conversation {
namespace {

using certs::ChainSpec;
using fakeserver::TicketFault;
using fakeserver::TlsScript;
using std::chrono::hours;
using std::chrono::minutes;

constexpr char kCarol[] = "mail.carol.test";
constexpr char kReturn[] = "RFC 9846 4.6.1, 2.2", kReturn12[] = "RFC 5077 3.3, 3.4";
constexpr uint16_t kVersion12 = 0x0303;
constexpr int kTickets = 2;

// One scenario in each version of TLS. `edit` begins with a world whose first visit is as good as its last and hands
// out what the last would take.
struct ReturnRow {
  std::string id;
  std::string summary;
  std::vector<std::string> rows;
  std::string source;
  std::function<void(World& last, Visit& first)> edit;
  Expectations expect;
  Severity severity = Severity::kHigh;
  bool old_only = false;
};

World TwoVisits(bool old) {
  World world;
  world.tls.tickets = kTickets;
  world.tls.resumption.keys = 1;
  if (old) {
    world.tls.max_version = kVersion12;
  }
  world.earlier = {Visit{.reference = std::nullopt, .chain = std::nullopt, .tls = world.tls}};
  world.returns = true;
  return world;
}

// Row M21: bad certificates, of which these are some, on the implicit-TLS port too.
std::vector<std::string> WithM21(const ReturnRow& row) {
  std::vector<std::string> all = row.rows;
  const auto of_certificates = [](const std::string& id) { return id.front() >= 'B' && id.front() <= 'J'; };
  if (!row.id.starts_with("control.") && std::ranges::any_of(all, of_certificates)) {
    all.emplace_back("M21");
  }
  return all;
}

void Add(std::vector<SmtpRow>& rows, const ReturnRow& row) {
  for (const bool old : {false, true}) {
    if (row.old_only && !old) {
      continue;
    }
    rows.push_back({.id = row.id + (old ? "-tls12" : ""),
                    .summary = row.summary + (old ? ", in TLS 1.2" : ""),
                    .rows = WithM21(row),
                    .source = row.source + "; " + (old ? kReturn12 : kReturn),
                    .edit =
                        [edit = row.edit, old](World& world) {
                          world = TwoVisits(old);
                          edit(world, world.earlier.front());
                        },
                    .expect = row.expect,
                    .severity = row.severity,
                    .compound = true});  // a visit and what it is about
  }
}

// What a relay with DANE or MTA-STS may remember is nobody's rule.
Expectations OfTwo(Expectations expect) {
  expect.erase(Policy::kRelayDane);
  expect.erase(Policy::kRelayMtaSts);
  return expect;
}

// Refused, and perhaps before the certificate comes again: on resumption none does.
Expectations Refused(Reason reason, Rung rung = Rung::kClientHello, int depth = 0) {
  Expectations expect = OfTwo(MustRefuse(reason, rung));
  for (auto& [policy, expectation] : expect) {
    expectation.verdict.depth = depth;
  }
  return expect;
}

void AskForStatus(ChainSpec& chain, minutes until) {
  chain.leaf().extra_extensions = {certs::TlsFeatures({certs::kStatusRequest})};
  certs::OcspSpec staple;
  staple.singles[0].next_update = certs::TimeSpec{until};
  chain.revocation.staples = {staple};
}

// ------------------------------------------------------------------------------------------------ controls

void AddGoodReturns(std::vector<SmtpRow>& rows) {
  const auto add = [&](const char* id, const char* summary, std::vector<std::string> covered,
                       std::function<void(World&, Visit&)> edit, bool old_only = false) {
    Add(rows, {.id = std::string("control.") + id,
               .summary = summary,
               .rows = std::move(covered),
               .source = "RFC 9846 2.2",
               .edit = std::move(edit),
               .expect = OfTwo(MustDeliver()),
               .severity = Severity::kLow,
               .old_only = old_only});
  };
  add("resumption", "the client comes again, and its ticket is taken", {"L17"}, [](World&, Visit&) {});
  add("resumption-declined", "the client comes again, and nobody knows its ticket any more", {"L17"},
      [](World& last, Visit&) { last.tls.resumption.keys = 2; });
  add("resumption-stapled", "the client comes again with the session of a leaf that promised a staple, and kept it",
      {"L17", "J13"}, [](World& last, Visit&) { AskForStatus(last.chain, minutes(60)); });
  add("resumption-early-data-invited", "the tickets invite early data, which no mail client may send", {"L17", "L18"},
      [](World& last, Visit& first) { first.tls.resumption.early_data = last.tls.resumption.early_data = true; });
  add(
      "resumption-by-id", "the client comes again, and the server knows the session by its id", {"L17"},
      [](World& last, Visit& first) {
        first.tls.tickets = last.tls.tickets = 0;
        first.tls.resumption = last.tls.resumption = {.ids = true};
      },
      true);
}

// ------------------------------------------------------------------------------------------------ identity

void AddOthers(std::vector<SmtpRow>& rows) {
  Add(rows, {.id = "visit.resumed-under-other-name",
             .summary = "Carol's server gave the session; then Bob's name leads to her, and the session would be taken",
             .rows = {"L17"},
             .source = "CVE-2021-22890",
             .edit =
                 [](World& last, Visit& first) {
                   first.reference = kCarol;
                   last.chain.leaf().san->names = {certs::Dns(kCarol)};
                 },
             .expect = Refused(Reason::kNameMismatch),
             .severity = Severity::kCritical});
  Add(rows, {.id = "visit.resumed-after-anchor-withdrawn",
             .summary = "between two visits the client ceased to trust the root; the session would be taken",
             .rows = {"L17"},
             .source = "CVE-2025-68121",
             .edit =
                 [](World& last, Visit& first) {
                   first.chain = last.chain;
                   last.chain.trusted = {"eve-root"};
                 },
             .expect = Refused(Reason::kUnknownIssuer, Rung::kClientHello, 1),
             .severity = Severity::kCritical});
  Add(rows, {.id = "visit.resumed-onto-other-certificate",
             .summary = "the session is taken by a server that would present somebody else's certificate otherwise",
             .rows = {"L17", "L16"},
             .source = "RFC 9525 6.1",
             .edit =
                 [](World& last, Visit& first) {
                   first.chain = last.chain;
                   last.chain.leaf().san->names = {certs::Dns(certs::kEveHost)};
                 },
             .expect = OfTwo(MayGoOn(Reason::kOk, Rung::kClientHello))});
  Add(rows, {.id = "visit.declined-by-other-certificate",
             .summary = "nobody knows the ticket, and the certificate that comes instead is somebody else's",
             .rows = {"L17"},
             .source = "RFC 9846 4.6.1",
             .edit =
                 [](World& last, Visit& first) {
                   first.chain = last.chain;
                   last.chain.leaf().san->names = {certs::Dns(certs::kEveHost)};
                   last.tls.resumption.keys = 2;
                 },
             .expect = Refused(Reason::kNameMismatch, Rung::kCertificateSent),
             .severity = Severity::kCritical});
  Add(rows, {.id = "visit.resumed-after-revocation",
             .summary = "between two visits the client got a list that the leaf is on; the session would be taken",
             .rows = {"L17", "J1"},
             .source = "RFC 5280 6.3.3",
             .edit =
                 [](World& last, Visit& first) {
                   first.chain = last.chain;
                   certs::CrlSpec list;
                   list.entries = {certs::CrlEntry{}};
                   last.chain.revocation.crls = {list};
                 },
             .expect = Refused(Reason::kRevoked)});
}

// ------------------------------------------------------------------------------------------------ time

void AddLate(std::vector<SmtpRow>& rows) {
  Add(rows, {.id = "visit.resumed-after-expiry",
             .summary = "the leaf of the session expired half an hour ago; the session would be taken",
             .rows = {"L17", "B1"},
             .source = "RFC 5280 4.1.2.5",
             .edit =
                 [](World& last, Visit& first) {
                   first.ago = hours(1);
                   last.chain.leaf().not_after = {minutes(-30)};
                 },
             .expect = Refused(Reason::kExpired)});
  Add(rows, {.id = "visit.resumed-after-staple-expired",
             .summary = "the staple of the session, which its leaf promised, was good until half an hour ago",
             .rows = {"L17", "J13"},
             .source = "RFC 6960 3.2, CVE-2024-0853",
             .edit =
                 [](World& last, Visit& first) {
                   first.ago = hours(1);
                   AskForStatus(last.chain, minutes(-30));
                   last.chain.revocation.staples[0].singles[0].this_update = certs::TimeSpec{hours(-2)};
                   last.chain.revocation.staples[0].produced_at = certs::TimeSpec{hours(-2)};
                 },
             .expect = Refused(Reason::kStatusExpired)});
  const auto stale = [&](const char* id, const char* summary, std::chrono::seconds lifetime, hours ago) {
    Add(rows, {.id = std::string("visit.") + id,
               .summary = summary,
               .rows = {"L17"},
               .source = "RFC 8446 4.6.1",
               .edit =
                   [lifetime, ago](World& last, Visit& first) {
                     first.ago = ago;
                     first.tls.resumption.lifetime = last.tls.resumption.lifetime = lifetime;
                     last.chain.leaf().not_before = last.chain.intermediate().not_before = {-hours(24 * 30)};
                     last.chain.root().not_before = {-hours(24 * 30)};
                     first.chain = last.chain;
                     last.chain.leaf().san->names = {certs::Dns(certs::kEveHost)};
                   },
               .expect = Refused(Reason::kNameMismatch, Rung::kCertificateSent)});
  };
  stale("resumed-after-lifetime", "the ticket was good for a minute, an hour ago; the certificate is Eve's by now",
        std::chrono::seconds(60), hours(1));
  stale("resumed-after-eight-days",
        "the ticket says that it is good for a month; eight days later the certificate is Eve's", hours(24 * 30),
        hours(24 * 8));
}

// ------------------------------------------------------------------------------------------------ faults

void AddTicketFaults(std::vector<SmtpRow>& rows) {
  const auto add = [&](const char* id, const char* summary, TicketFault fault, const Expectations& expect) {
    Add(rows, {.id = std::string("visit.") + id,
               .summary = summary,
               .rows = {"L17"},
               .source = "RFC 9846 6.2",
               .edit = [fault](World& last, Visit&) { last.tls.resumption.fault = fault; },
               .expect = expect,
               .severity = Severity::kMedium});
  };
  add("ticket-ends-connection", "the server fails over the ticket that it gave out", TicketFault::kOpenFails,
      OfTwo(MayGoOn(Reason::kTlsFailed, Rung::kClientHello)));
  add("ticket-stalls", "the server thinks for ever about the ticket that it gave out", TicketFault::kOpenStalls,
      OfTwo(MayGoOn(Reason::kTimeout, Rung::kClientHello)));
}

}  // namespace

std::vector<SmtpRow> ReturnRows() {
  std::vector<SmtpRow> rows;
  AddGoodReturns(rows);
  AddOthers(rows);
  AddLate(rows);
  AddTicketFaults(rows);
  // BoringSSL says why only in TLS 1.3.
  for (SmtpRow& row : rows) {
    if (row.id == "visit.ticket-ends-connection-tls12") {
      row.expect = OfTwo(MayGoOn(Reason::kClosedByPeer, Rung::kClientHello));
    }
  }
  // Nothing is kept of a server that was refused, its session least of all.
  rows.push_back({.id = "visit.refused-by-staple-and-again",
                  .summary = "the staple says that the leaf is revoked, on the first visit and on the next",
                  .rows = {"J13", "J4", "L17", "M21"},
                  .source = "CVE-2024-0853",
                  .edit =
                      [](World& world) {
                        world = TwoVisits(false);
                        world.returns = false;
                        world.chain.revocation.staples = {certs::OcspSpec{}};
                        world.chain.revocation.staples[0].singles[0].status = certs::CertStatus::kRevoked;
                      },
                  .expect = Refused(Reason::kRevoked, Rung::kCertificateSent),
                  .severity = Severity::kHigh,
                  .compound = true});
  return rows;
}

}  // namespace lab::conversation
