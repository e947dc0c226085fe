// Table P, and what of F28 and O8 is decided by the DNS: trust from signed zones (DANE) and from published policies
// (MTA-STS). A user agent takes no trust from either, so under `submission` what counts is the certificate alone.
#include <chrono>
#include <utility>

#include "lab/scenario/catalogue.h"

namespace lab {
namespace {

using certs::Reason;
using certs::Severity;
using fakeserver::DnsFate;
using fakeserver::DnsSet;
using fakeserver::PolicyScript;
using fakeserver::TlsaSpec;
using namespace std::chrono_literals;

constexpr std::string_view kGoodWorld = "control.good";
constexpr std::string_view kTlsa = "_25._tcp.{host} TLSA", kMx = "bob.test MX", kHostAddress = "{host} A";
constexpr std::string_view kStsRecord = "_mta-sts.bob.test TXT";

const Expectation kDeliver{.demand = Demand::kAccept};

// Who is authenticated by TLSA records or a policy gives up with `reason`.
Expectation Refuse(Reason reason, Rung must_reach = Rung::kCertificateSent, int depth = 0) {
  return {.demand = Demand::kRefuse, .verdict = {reason, depth}, .must_reach = must_reach};
}

// A row: an edit of its twin's world, and what the policy it is about demands. What the other policies demand follows
// from the world (scenario.cc).
struct DnsRow {
  std::string id;
  std::string summary;
  std::vector<std::string> rows;
  std::string source;
  std::string twin = std::string(kGoodWorld);
  Severity severity = Severity::kHigh;
  bool compound = false;
};

class DnsScenarioList {
 public:
  // A user agent accepts unless `submission` says otherwise.
  template <typename Edit>
  void Add(DnsRow row, Policy policy, const Expectation& expectation, Edit edit,
           const Expectation& submission = kDeliver) {
    Scenario scenario{.id = std::move(row.id),
                      .summary = std::move(row.summary),
                      .rows = std::move(row.rows),
                      .source = std::move(row.source),
                      .twin = std::move(row.twin),
                      .world = GoodWorld(),
                      .modes = Modes::kStartTlsOnly,
                      .compound = row.compound,
                      .severity = row.severity};
    for (const Scenario& earlier : scenarios) {
      if (earlier.id == scenario.twin) {
        scenario.world = earlier.world;
      }
    }
    edit(scenario.world);
    scenario.expect = {{Policy::kSubmission, submission}, {policy, expectation}};
    scenarios.push_back(std::move(scenario));
  }

  std::vector<Scenario> scenarios;
};

// ------------------------------------------------------------------------------------------------ good TLSA records

struct TlsaRow {
  const char* id;
  const char* summary;
  std::vector<TlsaSpec> records;
};

// P1: every combination that RFC 7672 3.1 knows. The good world itself has 3 1 1.
void GoodRecords(DnsScenarioList& list) {
  const TlsaRow table[] = {
      {"3-1-2", "DANE-EE, SHA-512 of the key", {{.matching = 2}}},
      {"3-1-0", "DANE-EE, the whole key", {{.matching = 0}}},
      {"3-0-1", "DANE-EE, SHA-256 of the certificate", {{.selector = 0}}},
      {"3-0-2", "DANE-EE, SHA-512 of the certificate", {{.selector = 0, .matching = 2}}},
      {"2-1-1", "DANE-TA, SHA-256 of the issuer's key", {{.usage = 2, .of = "intermediate"}}},
      {"2-0-1", "DANE-TA, SHA-256 of the issuer", {{.usage = 2, .selector = 0, .of = "intermediate"}}},
      {"2-0-2", "DANE-TA, SHA-512 of the issuer", {{.usage = 2, .selector = 0, .matching = 2, .of = "intermediate"}}},
      {"roll-over", "DANE-EE of this key and of the one to come", {{}, {.of = "eve-intermediate"}}},
      {"mixed",
       "PKIX-TA, which SMTP does not use, beside DANE-TA",
       {{.usage = 0, .selector = 0, .of = "root"}, {.usage = 2, .selector = 0, .of = "intermediate"}}},
      {"stronger-digest",
       "SHA-256 of another key outdone by SHA-512 of the right one",
       {{.of = "eve-intermediate"}, {.matching = 2}}},
  };
  for (const TlsaRow& row : table) {
    list.Add({.id = std::string("control.tlsa-") + row.id,
              .summary = std::string("TLSA: ") + row.summary,
              .rows = {"P1"},
              .source = "RFC 7672 3.1, RFC 7671 9"},
             Policy::kRelayDane, kDeliver, [&](World& world) { world.dns.At(kTlsa).tlsa = row.records; });
  }
}

// ------------------------------------------------------------------------------------------------ wrong TLSA records

void WrongRecords(DnsScenarioList& list) {
  const TlsaRow table[] = {
      {"other-key", "DANE-EE of another key", {{.of = "eve-intermediate"}}},
      {"other-certificate", "DANE-EE of another certificate", {{.selector = 0, .of = "intermediate"}}},
      {"other-anchor", "DANE-TA of another CA", {{.usage = 2, .selector = 0, .of = "eve-root"}}},
      {"anchor-not-sent",
       "DANE-TA of the root, which the server does not send",
       {{.usage = 2, .selector = 0, .of = "root"}}},
      {"leaf-as-anchor", "DANE-TA of the server's own key", {{.usage = 2}}},
      {"weaker-digest",
       "SHA-256 of the right key outdone by SHA-512 of another",
       {{}, {.matching = 2, .of = "eve-intermediate"}}},
      {"one-usable",
       "three records that nobody can use, and one of another key",
       {{.usage = 0}, {.usage = 1}, {.selector = 9}, {.of = "eve-intermediate"}}},
  };
  for (const TlsaRow& row : table) {
    list.Add({.id = std::string("dane.") + row.id,
              .summary = std::string("TLSA: ") + row.summary,
              .rows = {"P2", "P6"},
              .source = "RFC 7672 2.2, 3.1",
              .severity = Severity::kCritical},
             Policy::kRelayDane, Refuse(Reason::kTlsaMismatch),
             [&](World& world) { world.dns.At(kTlsa).tlsa = row.records; });
  }
}

// RFC 7672 2.2: TLS is a must, and any certificate will do.
void UnusableRecords(DnsScenarioList& list) {
  const TlsaRow table[] = {
      {"usage-0", "only PKIX-TA", {{.usage = 0, .of = "eve-root"}}},
      {"usage-1", "only PKIX-EE", {{.usage = 1, .of = "eve-root"}}},
      {"selector-9", "only an unknown selector", {{.selector = 9, .data = certs::Bytes(32)}}},
      {"matching-9", "only an unknown matching type", {{.matching = 9, .data = certs::Bytes(32)}}},
      {"short-digest", "only a digest of 31 octets", {{.data = certs::Bytes(31)}}},
      {"empty", "only empty association data", {{.matching = 0, .data = certs::Bytes()}}},
  };
  for (const TlsaRow& row : table) {
    list.Add({.id = std::string("control.tlsa-unusable-") + row.id,
              .summary = std::string("TLSA: ") + row.summary + ": encrypted delivery, never in clear",
              .rows = {"P2"},
              .source = "RFC 7672 2.2"},
             Policy::kRelayDane, kDeliver, [&](World& world) { world.dns.At(kTlsa).tlsa = row.records; });
  }
}

// ------------------------------------------------------------------------------------------------ look-ups

// RFC 7672 2.1.2: a look-up that fails is no denial. Nothing is connected.
void FailingLookUps(DnsScenarioList& list) {
  struct Failure {
    const char* id;
    const char* summary;
    std::string_view set;
    DnsFate fate;
  };
  const Failure table[] = {
      {"tlsa-servfail", "the TLSA records are bogus", kTlsa, DnsFate::kServFail},
      {"tlsa-silence", "nobody answers for the TLSA records", kTlsa, DnsFate::kSilence},
      {"tlsa-refused", "the resolver refuses the TLSA look-up", kTlsa, DnsFate::kRefused},
      {"tlsa-garbage", "the answer for the TLSA records is no DNS message", kTlsa, DnsFate::kGarbage},
      {"tlsa-forged-id", "the TLSA answer comes under another message ID", kTlsa, DnsFate::kWrongId},
      {"tlsa-forged-question", "the TLSA answer is to another question", kTlsa, DnsFate::kWrongQuestion},
      {"tlsa-truncated-always", "the TLSA answer is truncated over TCP, too", kTlsa, DnsFate::kTruncatedAlways},
      {"address-servfail", "the address records are bogus", kHostAddress, DnsFate::kServFail},
      {"mx-servfail", "the MX records are bogus", kMx, DnsFate::kServFail},
  };
  for (const Failure& row : table) {
    list.Add({.id = std::string("dane.") + row.id,
              .summary = std::string(row.summary) + ": nothing is known, so nothing may be sent",
              .rows = {"P2", "P6"},
              .source = "RFC 7672 2.1.2, RFC 4035 5.5",
              .severity = Severity::kCritical},
             Policy::kRelayDane, Refuse(Reason::kLookupFailed, Rung::kConnected),
             [&](World& world) { world.dns.At(row.set).fate = row.fate; });
  }
  list.Add({.id = "control.dns-truncated",
            .summary = "the TLSA answer is truncated over UDP and whole over TCP",
            .rows = {"P1"},
            .source = "RFC 7766 5"},
           Policy::kRelayDane, kDeliver, [](World& world) { world.dns.At(kTlsa).fate = DnsFate::kTruncated; });
  list.Add({.id = "control.dns-late",
            .summary = "the TLSA answer takes a third of a second",
            .rows = {"P1"},
            .source = "RFC 1123 6.1.3.3"},
           Policy::kRelayDane, kDeliver, [](World& world) { world.dns.At(kTlsa).delay = 300ms; });
}

// Where DNSSEC says nothing, DANE says nothing, and a relay may deliver to anyone; here it meets the right server.
void Insecure(DnsScenarioList& list) {
  for (const auto& [id, summary, set] :
       {std::tuple("control.tlsa-insecure", "the TLSA records are not validated", kTlsa),
        {"control.address-insecure", "the address is not validated, so TLSA is not even looked up", kHostAddress},
        {"control.mx-insecure", "the MX is not validated", kMx}}) {
    list.Add(
        {.id = id, .summary = std::string(summary) + ": opportunistic TLS", .rows = {"P2"}, .source = "RFC 7672 2.2"},
        Policy::kRelayDane, kDeliver, [&](World& world) { world.dns.At(set).secure = false; });
  }
  list.Add({.id = "control.dns-unsigned",
            .summary = "nothing in the DNS is validated: opportunistic TLS",
            .rows = {"P2"},
            .source = "RFC 7672 2.2"},
           Policy::kRelayDane, kDeliver, [](World& world) { world.dns.secure = false; });
  list.Add({.id = "control.tlsa-denied",
            .summary = "the zone is signed and denies TLSA records: opportunistic TLS",
            .rows = {"P2"},
            .source = "RFC 7672 2.2"},
           Policy::kRelayDane, kDeliver, [](World& world) { world.dns.Remove(kTlsa); });
}

// ------------------------------------------------------------------------------------------------ names and dates

void NamesAndDates(DnsScenarioList& list) {
  constexpr std::string_view kAnchored = "control.tlsa-2-1-1";
  const auto san = [](std::string_view name) {
    return [name](World& world) { world.chain.leaf().san->names = {certs::Dns(name)}; };
  };
  const Expectation wrong_name = Refuse(Reason::kNameMismatch);
  list.Add({.id = "dane.ee-other-name",
            .summary = "DANE-EE: the right key, the certificate names another host; only the key counts",
            .rows = {"P3"},
            .source = "RFC 7672 3.1.1"},
           Policy::kRelayDane, kDeliver, san("mail2.bob.test"), wrong_name);
  list.Add(
      {.id = "dane.ee-expired",
       .summary = "DANE-EE: the right key, the certificate expired an hour ago; only the key counts",
       .rows = {"P3"},
       .source = "RFC 7672 3.1.1"},
      Policy::kRelayDane, kDeliver, [](World& world) { world.chain.leaf().not_after.from_now = -1h; },
      Refuse(Reason::kExpired));
  list.Add({.id = "dane.ta-other-name",
            .summary = "DANE-TA: the certificate names another host",
            .rows = {"P3"},
            .source = "RFC 7672 3.1.2, 3.2.2",
            .twin = std::string(kAnchored),
            .severity = Severity::kCritical},
           Policy::kRelayDane, wrong_name, san("mail2.bob.test"), wrong_name);
  list.Add(
      {.id = "dane.ta-expired",
       .summary = "DANE-TA: the certificate expired an hour ago",
       .rows = {"P3"},
       .source = "RFC 7672 3.1.2",
       .twin = std::string(kAnchored)},
      Policy::kRelayDane, Refuse(Reason::kExpired), [](World& world) { world.chain.leaf().not_after.from_now = -1h; },
      Refuse(Reason::kExpired));
  list.Add({.id = "dane.ta-mail-domain",
            .summary = "DANE-TA: the certificate names the mail domain instead of the MX host, which is as good",
            .rows = {"F28", "P3"},
            .source = "RFC 7672 3.2.2",
            .twin = std::string(kAnchored)},
           Policy::kRelayDane, kDeliver, san("bob.test"), wrong_name);
  list.Add(
      {.id = "dane.ta-unknown-root",
       .summary = "DANE-TA: the anchors of the client know nobody of this chain, and need not",
       .rows = {"P3"},
       .source = "RFC 7672 3.1.2",
       .twin = std::string(kAnchored)},
      Policy::kRelayDane, kDeliver, [](World& world) { world.chain.trusted = {"eve-root"}; },
      Refuse(Reason::kUnknownIssuer, Rung::kCertificateSent, 1));
  list.Add(
      {.id = "sts.srv-name",
       .summary = "MTA-STS: the certificate names the service of the domain, and no host",
       .rows = {"F28", "P5"},
       .source = "RFC 8461 4.1, RFC 9525 6.5"},
      Policy::kRelayMtaSts, wrong_name,
      [](World& world) { world.chain.leaf().san->names = {certs::SrvName("_smtp.bob.test")}; }, wrong_name);
}

// ------------------------------------------------------------------------------------------------ ways to the host

void Ways(DnsScenarioList& list) {
  list.Add(
      {.id = "control.mx-without-tlsa-first",
       .summary = "the better MX has no TLSA records, the other one has wrong ones: the order stays, and the mail goes",
       .rows = {"P4"},
       .source = "RFC 7672 2.2.1",
       .compound = true},  // who prefers hosts with TLSA records must be seen to: theirs do not fit
      Policy::kRelayDane, kDeliver, [](World& world) {
        world.dns.At(kMx).records = {"20 {host}", "10 mail.eve.test"};
        world.dns.At(kTlsa).tlsa = {{.of = "eve-intermediate"}};
        world.chain.leaf().san->names.push_back(certs::Dns("mail.eve.test"));
      });
  list.Add({.id = "control.mx-unreachable-first",
            .summary = "the better MX has no address: the next one is as good as ever",
            .rows = {"P4"},
            .source = "RFC 5321 5.1"},
           Policy::kRelayDane, kDeliver,
           [](World& world) { world.dns.At(kMx).records = {"10 nowhere.bob.test", "20 {host}"}; });
  list.Add({.id = "control.mx-alias",
            .summary = "the MX is an alias of the host; its TLSA records stand at the end of the aliases",
            .rows = {"P4", "P7"},
            .source = "RFC 7671 7, RFC 7672 2.2.2",
            .compound = true},  // an alias needs the record that names it
           Policy::kRelayDane, kDeliver, [](World& world) {
             world.dns.At(kMx).records = {"10 alias.bob.test"};
             world.dns.sets.push_back({.name = "alias.bob.test CNAME", .records = {"{host}"}});
           });
  list.Add({.id = "control.srv-redirected",
            .summary = "an unsigned SRV record sends submission to mail.eve.test; a configured host is not looked up",
            .rows = {"P7"},
            .source = "RFC 8314 5.1"},
           Policy::kRelayDane, kDeliver,
           [](World& world) { world.dns.At("_submission._tcp.bob.test SRV").records = {"0 1 587 mail.eve.test"}; });
  list.Add({.id = "control.ipv6-elsewhere",
            .summary = "the host has an IPv6 address, too, at which nobody listens",
            .rows = {"O8"},
            .source = "RFC 8305 2"},
           Policy::kRelayDane, kDeliver,
           [](World& world) { world.dns.sets.push_back({.name = "{host} AAAA", .records = {"::1"}}); });
  list.Add({.id = "sts.mx-redirected",
            .summary = "a forged MX record sends the mail to mail.eve.test, which the policy does not name",
            .rows = {"P7", "P5"},
            .source = "RFC 8461 4.1",
            .severity = Severity::kCritical},
           Policy::kRelayMtaSts, Refuse(Reason::kMxNotInPolicy, Rung::kConnected),
           [](World& world) { world.dns.At(kMx).records = {"10 mail.eve.test"}; });
  list.Add(
      {.id = "dane.mx-redirected-to-eve",
       .summary = "a forged MX record sends the mail to mail.eve.test, where Eve presents her own certificate",
       .rows = {"P7", "F28"},
       .source = "RFC 7672 2.2.1, RFC 8461 4.1",
       .severity = Severity::kCritical,
       .compound = true},  // the redirection, that it is not validated, and the certificate at its end
      Policy::kRelayMtaSts, Refuse(Reason::kMxNotInPolicy, Rung::kConnected),
      [](World& world) {
        world.dns.At(kMx).records = {"10 mail.eve.test"};
        world.dns.At(kMx).secure = false;
        world.chain.leaf().san->names = {certs::Dns(certs::kEveHost)};
      },
      Refuse(Reason::kNameMismatch));
}

// ------------------------------------------------------------------------------------------------ MTA-STS

using PolicyEdit = void (*)(PolicyScript&);

struct PolicyRow {
  const char* id;
  const char* summary;
  PolicyEdit edit;
};

// The policy names another host, so that whether it applies shows.
constexpr std::string_view kUnlisted = "sts.mx-not-in-policy";

void Policies(DnsScenarioList& list) {
  const auto policy = [&](DnsRow row, const Expectation& expectation, PolicyEdit edit) {
    row.rows = {"P5"};
    row.source = row.source.empty() ? "RFC 8461 3.2, 4.1" : row.source;
    list.Add(std::move(row), Policy::kRelayMtaSts, expectation,
             [&](World& world) { world.policy_host.Change([&](PolicyHost& host) { edit(host.policy); }); });
  };
  const Expectation unlisted = Refuse(Reason::kMxNotInPolicy, Rung::kConnected);
  policy({.id = std::string(kUnlisted), .summary = "the policy names another host", .severity = Severity::kCritical},
         unlisted, [](PolicyScript& p) { p.mx = {"other.bob.test"}; });
  policy({.id = "control.sts-wildcard", .summary = "the policy names *.bob.test"}, kDeliver,
         [](PolicyScript& p) { p.mx = {"*.bob.test"}; });
  policy({.id = "sts.wildcard-two-labels", .summary = "the policy names *.test: one label too few"}, unlisted,
         [](PolicyScript& p) { p.mx = {"*.test"}; });
  policy({.id = "sts.wildcard-no-label", .summary = "the policy names *.{host}: the host itself is not below itself"},
         unlisted, [](PolicyScript& p) { p.mx = {"*.{host}"}; });
  policy({.id = "control.sts-several", .summary = "the policy names several hosts, this one last"}, kDeliver,
         [](PolicyScript& p) { p.mx = {"a.bob.test", "*.b.bob.test", "{host}"}; });
  policy({.id = "control.sts-future-field", .summary = "the policy has a field of a later version"}, kDeliver,
         [](PolicyScript& p) { p.more = {"future-field: 1"}; });
  const PolicyRow not_enforced[] = {
      {"mode-testing", "mode testing: deliver and report", [](PolicyScript& p) { p.mode = "testing"; }},
      {"mode-none", "mode none: as if there were no policy", [](PolicyScript& p) { p.mode = "none"; }},
  };
  // Each of these makes the policy no policy, and then the unlisted host is as good as any (RFC 8461 3.3, 5).
  const PolicyRow no_policy[] = {
      {"status-301", "a redirection, which must not be followed", [](PolicyScript& p) { p.status = 301; }},
      {"status-404", "404", [](PolicyScript& p) { p.status = 404; }},
      {"status-500", "500", [](PolicyScript& p) { p.status = 500; }},
      {"html", "media type text/html", [](PolicyScript& p) { p.media_type = "text/html"; }},
      {"too-large", "a policy of a mebibyte", [](PolicyScript& p) { p.padding = size_t{1} << 20; }},
      {"no-version", "a policy without a version", [](PolicyScript& p) { p.version.clear(); }},
      {"version-2", "a policy of another version", [](PolicyScript& p) { p.version = "STSv2"; }},
      {"no-mode", "a policy without a mode", [](PolicyScript& p) { p.mode.clear(); }},
      {"odd-mode", "a policy of an unknown mode", [](PolicyScript& p) { p.mode = "Enforce"; }},
      {"no-max-age", "a policy without max_age", [](PolicyScript& p) { p.max_age.clear(); }},
      {"long-max-age", "max_age beyond a year", [](PolicyScript& p) { p.max_age = "31557601"; }},
      {"no-colon", "a line without a colon", [](PolicyScript& p) { p.more = {"<html>"}; }},
  };
  for (const auto* table : {not_enforced, no_policy}) {
    const size_t size = table == not_enforced ? std::size(not_enforced) : std::size(no_policy);
    for (const PolicyRow& row : std::span(table, size)) {
      policy({.id = std::string("sts.") + row.id,
              .summary = std::string("the policy that names another host has a flaw: ") + row.summary,
              .source = "RFC 8461 3.2, 3.3, 5",
              .twin = std::string(kUnlisted)},
             kDeliver, row.edit);
    }
  }
}

void PolicyHosts(DnsScenarioList& list) {
  struct HostRow {
    const char* id;
    const char* summary;
    void (*edit)(PolicyHost&);
  };
  const HostRow table[] = {
      {"policy-host-expired", "expired", [](PolicyHost& h) { h.chain.leaf().not_after.from_now = -1h; }},
      {"policy-host-other-name", "for the mail host",
       [](PolicyHost& h) { h.chain.leaf().san->names = {certs::Dns(certs::kBobHost)}; }},
      {"policy-host-unknown-root", "of an unknown CA",
       [](PolicyHost& h) { h.chain.leaf().issuer = "eve-intermediate"; }},
      {"policy-host-refused", "good, but nobody listens there",
       [](PolicyHost& h) { h.door = fakeserver::Door::kRefused; }},
      {"policy-host-closes", "good, but the connection is closed behind the handshake",
       [](PolicyHost& h) {
         h.link = {.cut = fakeserver::CutKind::kClose, .cut_at = fakeserver::Stage::kHandshakeDone};
       }},
      {"policy-host-stalls", "good, but nothing comes behind the handshake",
       [](PolicyHost& h) {
         h.link = {.cut = fakeserver::CutKind::kSilence, .cut_at = fakeserver::Stage::kHandshakeDone};
       }},
  };
  for (const HostRow& row : table) {
    list.Add({.id = std::string("sts.") + row.id,
              .summary = std::string("the certificate of the policy host is ") + row.summary +
                         ": no policy, so the host that it does not name will do",
              .rows = {"P5", "P6"},
              .source = "RFC 8461 3.3, 5",
              .twin = std::string(kUnlisted)},
             Policy::kRelayMtaSts, kDeliver, [&](World& world) { world.policy_host.Change(row.edit); });
  }
}

void Records(DnsScenarioList& list) {
  struct RecordRow {
    const char* id;
    const char* summary;
    std::vector<std::string> records;
    bool counts = false;
  };
  const RecordRow table[] = {
      {"record-absent", "there is no STS record", {}},
      {"record-twice", "there are two STS records", {"v=STSv1; id=1;", "v=STSv1; id=2;"}},
      {"record-id-first", "the STS record does not begin with its version", {"id=1; v=STSv1;"}},
      {"record-no-id", "the STS record has no id", {"v=STSv1; "}},
      {"record-odd-id", "the id of the STS record has a hyphen", {"v=STSv1; id=a-b;"}},
      {"record-split", "the STS record is split into strings", {"\"v=STSv1; i\" \"d=1;\""}, true},
      {"record-beside-others",
       "records of other purposes stand beside the STS record",
       {"v=spf1 -all", "v=STSv1; id=1;", "v=STSv10; id=2;"},
       true},
  };
  for (const RecordRow& row : table) {
    list.Add(
        {.id = std::string("sts.") + row.id,
         .summary = std::string(row.summary) +
                    (row.counts ? ": the policy applies" : ": no policy, so the host that it does not name will do"),
         .rows = {"P5"},
         .source = "RFC 8461 3.1",
         .twin = std::string(kUnlisted)},
        Policy::kRelayMtaSts, row.counts ? Refuse(Reason::kMxNotInPolicy, Rung::kConnected) : kDeliver,
        [&](World& world) { world.dns.At(kStsRecord).records = row.records; });
  }
}

// RFC 8461 3.3, 5.1: what was fetched once holds for max_age seconds, whatever becomes of DNS and HTTPS.
void Caches(DnsScenarioList& list) {
  const Expectation unlisted = Refuse(Reason::kMxNotInPolicy, Rung::kConnected);
  const auto cached = [](std::chrono::seconds age) {
    CachedPolicy policy{.id = "1", .age = age};
    policy.policy.mx = {"other.bob.test"};
    policy.policy.max_age = "86400";
    return policy;
  };
  list.Add({.id = "control.sts-cache-stale",
            .summary = "a policy that names another host was kept, and a new one, which names this one, is announced",
            .rows = {"P5"},
            .source = "RFC 8461 5.1"},
           Policy::kRelayMtaSts, kDeliver,
           [&](World& world) { world.policy_host.Change([&](PolicyHost& host) { host.cached = cached(1h); }); });
  list.Add({.id = "sts.cache-while-dns-fails",
            .summary = "the kept policy names another host, and the STS record cannot be looked up: the policy applies",
            .rows = {"P5"},
            .source = "RFC 8461 5.1",
            .twin = "control.sts-cache-stale",
            .severity = Severity::kCritical},
           Policy::kRelayMtaSts, unlisted, [](World& world) { world.dns.At(kStsRecord).fate = DnsFate::kServFail; });
  list.Add({.id = "sts.cache-while-https-fails",
            .summary = "the kept policy names another host, and the new one cannot be fetched: the kept one applies",
            .rows = {"P5"},
            .source = "RFC 8461 5.1",
            .twin = "control.sts-cache-stale",
            .severity = Severity::kCritical},
           Policy::kRelayMtaSts, unlisted,
           [](World& world) { world.policy_host.Change([](PolicyHost& host) { host.policy.status = 404; }); });
  list.Add(
      {.id = "sts.cache-over",
       .summary = "the kept policy names another host, but its time is over, and the STS record cannot be looked up",
       .rows = {"P5"},
       .source = "RFC 8461 3.2",
       .twin = "sts.cache-while-dns-fails"},
      Policy::kRelayMtaSts, kDeliver,
      [&](World& world) { world.policy_host.Change([&](PolicyHost& host) { host.cached = cached(24h); }); });
}

}  // namespace

std::vector<Scenario> DnsScenarios() {
  DnsScenarioList list;
  for (const auto family : {GoodRecords, WrongRecords, UnusableRecords, FailingLookUps, Insecure, NamesAndDates, Ways,
                            Policies, PolicyHosts, Records, Caches}) {
    family(list);
  }
  return std::move(list.scenarios);
}

}  // namespace lab
