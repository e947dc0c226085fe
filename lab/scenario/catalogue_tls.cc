// TLS controls and parameters: versions, cipher suites, groups, signature algorithms (tables E, I, K).
#include "lab/scenario/catalogue_tls.h"

#include <algorithm>
#include <string_view>

#include "lab/scenario/catalogue.h"

namespace lab {
namespace tls {

Expectation Refused(Rung rung, Reason reason) { return {.verdict = {reason, 0}, .must_reach = rung}; }

Expectation Tolerable(Reason own, Rung rung) {
  return {.demand = Demand::kIgnoreOrRefuse, .verdict = {own, 0}, .must_reach = rung};
}

World TwinWorld(const char* twin) {
  const std::string_view id = twin;
  World world = GoodWorld();
  if (id == kTls12 || id == kTls12Rsa) {
    world.tls.max_version = 0x0303;
  }
  if (id == kTls13 || id == kHelloRetry) {
    world.tls.min_version = 0x0304;
    world.tls.hello_retries = id == kHelloRetry ? 1 : 0;
  }
  if (id == kTls12Rsa) {
    world.chain = certs::FindCase("control.rsa-chain")->chain;
  }
  return world;
}

Scenario ToScenario(const TlsRow& row) {
  const bool control = row.expect.demand == Demand::kAccept;
  Scenario scenario{.id = (control ? "control." : "tls.") + row.id,
                    .summary = row.summary,
                    .rows = row.rows,
                    .source = row.source,
                    .twin = row.twin,
                    .world = TwinWorld(row.twin),
                    .modes = row.modes,
                    .policy_dependent = row.policy_dependent,
                    .severity = row.severity};
  row.edit(scenario.world.tls);
  // Row M21: bad certificates, of which these are some, on the implicit-TLS port too.
  const bool certificate =
      std::ranges::any_of(row.rows, [](const std::string& id) { return id.front() >= 'B' && id.front() <= 'J'; });
  if (certificate && !control) {
    scenario.rows.emplace_back("M21");
  }
  for (const Policy policy : AllPolicies()) {
    scenario.expect[policy] = row.expect;
  }
  if (row.expect.demand == Demand::kRefuse) {
    // RFC 7435 3: whoever may deliver in clear may deliver over bad TLS, too.
    scenario.expect[Policy::kRelayOpportunistic].demand = Demand::kAnything;
  }
  return scenario;
}

namespace {

using enum EditKind;

Expectation Accepted() { return {.demand = Demand::kAccept}; }

TlsRow Control(std::string id, std::string summary, std::vector<std::string> rows, std::string source, const char* twin,
               std::function<void(TlsScript&)> edit) {
  return {.id = std::move(id),
          .summary = std::move(summary),
          .rows = std::move(rows),
          .source = std::move(source),
          .twin = twin,
          .edit = std::move(edit),
          .expect = Accepted(),
          .severity = Severity::kLow};
}

// ------------------------------------------------------------------------------------------------ controls

std::vector<TlsRow> Controls() {
  return {
      Control("tls12-only", "a good server that speaks TLS 1.2 at most", {"K4"}, "RFC 9325 3.1.1", kAny,
              [](TlsScript& tls) { tls.max_version = 0x0303; }),
      Control("tls13-only", "a good server that speaks TLS 1.3 only", {"K4"}, "RFC 9325 3.1.1", kAny,
              [](TlsScript& tls) { tls.min_version = 0x0304; }),
      Control("hello-retry", "the server asks once for a key share of another group", {"L13"}, "RFC 8446 4.1.4", kTls13,
              [](TlsScript& tls) { tls.hello_retries = 1; }),
      Control("group-p256", "key exchange over P-256 only", {"K4", "L13"}, "RFC 8446 4.1.4", kAny,
              [](TlsScript& tls) { tls.groups = "P-256"; }),
      Control("group-p384", "key exchange over P-384 only", {"K4", "L13"}, "RFC 8446 4.1.4", kAny,
              [](TlsScript& tls) { tls.groups = "P-384"; }),
      Control("tls12-aes256", "TLS 1.2 with AES-256-GCM only", {"K4"}, "RFC 9325 4.2", kTls12,
              [](TlsScript& tls) { tls.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"; }),
      Control("tls12-chacha20", "TLS 1.2 with ChaCha20-Poly1305 only", {"K4"}, "RFC 7905 2", kTls12,
              [](TlsScript& tls) { tls.ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305"; }),
      Control("client-certificate-requested", "the server asks for a client certificate, and does without",
              {"E17", "M27"}, "RFC 8446 4.4.2", kAny,
              [](TlsScript& tls) { tls.client_certificate = fakeserver::ClientCertificate::kRequested; }),
      Control("tls12-client-certificate-requested", "the same in TLS 1.2", {"E17", "M27"}, "RFC 5246 7.4.6", kTls12,
              [](TlsScript& tls) { tls.client_certificate = fakeserver::ClientCertificate::kRequested; }),
      Control("session-tickets", "two session tickets behind the handshake", {"L17"}, "RFC 8446 4.6.1", kTls13,
              [](TlsScript& tls) { tls.tickets = 2; }),
      Control("session-tickets-many", "sixteen session tickets behind the handshake", {"L17"}, "RFC 8446 4.6.1", kTls13,
              [](TlsScript& tls) { tls.tickets = 16; }),
      Control("tls13-by-hand", "every handshake message in a record of its own", {"L5"}, "RFC 8446 5.1", kTls13,
              [](TlsScript& tls) { tls.records.alone = true; }),
      Control("tls12-by-hand", "the same in TLS 1.2", {"L5"}, "RFC 5246 6.2.1", kTls12,
              [](TlsScript& tls) { tls.records.alone = true; }),
      Control("tls13-octet-records", "every octet of the handshake in a record of its own", {"L5"}, "RFC 8446 5.1",
              kTls13, [](TlsScript& tls) { tls.records.fragment = 1; }),
      Control("tls12-octet-records", "the same in TLS 1.2", {"L5"}, "RFC 5246 6.2.1", kTls12,
              [](TlsScript& tls) { tls.records.fragment = 1; }),
      Control("octet-replies", "every octet of the SMTP replies in a record of its own", {"L5", "M25"}, "RFC 8446 5.1",
              kAny, [](TlsScript& tls) { tls.records.data = 1; }),
      Control("padded-flight", "fifteen thousand octets of padding behind every handshake record", {"L5"},
              "RFC 8446 5.4", kTls13, [](TlsScript& tls) { tls.records.padding = 15'000; }),
      Control("record-version-tls10", "the ServerHello's record says TLS 1.0, which is to be ignored", {"L7"},
              "RFC 8446 5.1", kTls13, [](TlsScript& tls) { tls.records.version = 0x0301; }),
      Control("hello-retry-cookie", "the server asks for another key share and sends a cookie", {"L13"},
              "RFC 8446 4.2.2", kHelloRetry,
              Edits({{FlightPlace::kHelloRetryRequest, kAddExtension, 44, {0, 4, 1, 2, 3, 4}}})),
      Control("key-update", "the server changes its keys behind the handshake", {"L18"}, "RFC 8446 4.6.3", kTls13,
              Edits({{FlightPlace::kHandshakeDone, kMessageBehind, 24, {0}}})),
      Control("key-update-requested", "the server changes its keys, and wants the client to change its own", {"L18"},
              "RFC 8446 4.6.3", kTls13, Edits({{FlightPlace::kHandshakeDone, kMessageBehind, 24, {1}, 3}})),
      Control("no-point-formats", "the server does not repeat that it takes uncompressed points", {"L14"},
              "RFC 8422 5.2", kTls12, Edits({{FlightPlace::kServerHello, kDropExtension, 11}})),
  };
}

// ------------------------------------------------------------------------------------------------ versions

void AddVersions(std::vector<TlsRow>& rows) {
  for (const auto& [number, name] : {std::pair{0x0301, "0"}, {0x0302, "1"}}) {
    rows.push_back({.id = std::string("tls1") + name + "-only",
                    .summary = std::string("the server speaks TLS 1.") + name + " and nothing newer",
                    .rows = {"K3"},
                    .source = "RFC 8997 3",
                    .edit = [version = static_cast<uint16_t>(number)](TlsScript& tls) { tls.max_version = version; },
                    .expect = Refused(Rung::kClientHello)});
  }
  struct Version {
    const char* id;
    Bytes octets;
    const char* row;
  };
  for (const Version& version : {Version{"tls11", {3, 2}, "K11"},
                                 {"tls10", {3, 1}, "K11"},
                                 {"ssl3", {3, 0}, "K2"},
                                 {"ssl2", {0, 2}, "K1"},
                                 {"tls14", {3, 5}, "K11"}}) {
    Expectation expect = Refused(Rung::kClientHello);
    expect.answer_is_acceptance = true;
    rows.push_back({.id = std::string("hello-picks-") + version.id,
                    .summary = std::string("the ServerHello picks version ") + version.id,
                    .rows = {version.row},
                    .source = "RFC 9325 3.1.1",
                    .twin = kTls12,
                    .edit = Edits({{FlightPlace::kServerHello, kOverwrite, 0, version.octets}}),
                    .expect = expect});
  }
  for (const auto& [id, octets] :
       {std::pair{"tls12", Bytes{3, 3}}, {"tls14", Bytes{3, 5}}, {"draft", Bytes{0x7f, 0x1c}}}) {
    rows.push_back({.id = std::string("supported-version-") + id,
                    .summary = std::string("supported_versions of the ServerHello says ") + id,
                    .rows = {"K11"},
                    .source = "RFC 8446 4.2.1",
                    .twin = kTls13,
                    .edit = Edits({{FlightPlace::kServerHello, kSetExtension, 43, octets}}),
                    .expect = Refused(Rung::kClientHello)});
  }
  for (const uint8_t last : {uint8_t{0}, uint8_t{1}}) {
    rows.push_back(
        {.id = std::string("downgrade-sentinel-") + (last == 1 ? "tls12" : "tls11"),
         .summary = "the ServerHello's random says that the server could do better: somebody changed the "
                    "ClientHello",
         .rows = {"K12"},
         .source = "RFC 8446 4.1.3",
         .twin = kTls12,
         .edit = Edits({{FlightPlace::kServerHello, kOverwrite, 26, {'D', 'O', 'W', 'N', 'G', 'R', 'D', last}}}),
         .expect = Refused(Rung::kClientHello),
         .severity = Severity::kHigh});
  }
}

// ------------------------------------------------------------------------------------------------ suites

struct Suite {
  int number;
  const char* id;
  const char* row;
};

// Of every kind that nobody may speak any more, and of kinds that this handshake cannot have. The client offers none of
// them, or is wrong to.
constexpr Suite kBadSuites[] = {
    {0x0001, "null-md5", "K6"},
    {0x0002, "null-sha", "K6"},
    {0xc006, "ecdhe-ecdsa-null", "K6"},
    {0x0018, "dh-anon-rc4", "K6"},
    {0x0034, "dh-anon-aes", "K6"},
    {0xc018, "ecdh-anon-aes", "K6"},
    {0x0003, "export-rc4-40", "K5"},
    {0x0008, "export-des-40", "K5"},
    {0x0014, "export-dhe-des-40", "K10"},
    {0x0004, "rc4-md5", "K7"},
    {0x0005, "rc4-sha", "K7"},
    {0xc007, "ecdhe-ecdsa-rc4", "K7"},
    {0x0009, "des", "K7"},
    {0xc008, "ecdhe-ecdsa-3des", "K7"},
    {0x1301, "of-tls13", "K11"},
    {0x2a2a, "grease", "K11"},
    {0x00ff, "renegotiation-scsv", "K11"},
    {0x5600, "fallback-scsv", "K12"},
    {0x0000, "null-with-null-null", "K6"},
};

// Still in use, and a strict client does not offer them (RFC 9325 4.2: SHOULD NOT). These are really spoken.
struct LiveSuite {
  const char* id;
  const char* boringssl;
  const char* twin;
  const char* row;
};
constexpr LiveSuite kOldSuites[] = {
    {"cbc-only", "ECDHE-ECDSA-AES128-SHA", kTls12, "K7"},
    {"cbc-rsa-only", "ECDHE-RSA-AES256-SHA", kTls12Rsa, "K7"},
    {"static-rsa-only", "AES128-GCM-SHA256", kTls12Rsa, "K8"},
    {"static-rsa-cbc-only", "AES256-SHA", kTls12Rsa, "K8"},
    {"3des-only", "DES-CBC3-SHA", kTls12Rsa, "K7"},
};

void AddSuites(std::vector<TlsRow>& rows) {
  for (const Suite& suite : kBadSuites) {
    Expectation expect = Refused(Rung::kClientHello);
    expect.answer_is_acceptance = true;
    rows.push_back({.id = std::string("suite-") + suite.id,
                    .summary = std::string("the ServerHello picks a cipher suite of the kind ") + suite.id,
                    .rows = {suite.row},
                    .source = "RFC 9325 4.1",
                    .twin = kTls12,
                    .edit = Edits({{FlightPlace::kServerHello, kSetSuite, suite.number}}),
                    .expect = expect});
  }
  for (const Suite& suite : {Suite{0xc02b, "of-tls12", ""}, {0x1306, "unknown", ""}, {0x2a2a, "grease", ""}}) {
    rows.push_back({.id = std::string("tls13-suite-") + suite.id,
                    .summary = std::string("the ServerHello of TLS 1.3 picks a cipher suite ") + suite.id,
                    .rows = {"K11"},
                    .source = "RFC 8446 4.1.3",
                    .twin = kTls13,
                    .edit = Edits({{FlightPlace::kServerHello, kSetSuite, suite.number}}),
                    .expect = Refused(Rung::kClientHello)});
  }
  for (const LiveSuite& suite : kOldSuites) {
    rows.push_back({.id = suite.id,
                    .summary = std::string("the server speaks ") + suite.boringssl + " only",
                    .rows = {suite.row},
                    .source = "RFC 9325 4.2",
                    .twin = suite.twin,
                    .edit = [ciphers = suite.boringssl](TlsScript& tls) { tls.ciphers = ciphers; },
                    .expect = Refused(Rung::kClientHello),
                    .policy_dependent = true});
  }
}

// ------------------------------------------------------------------------------------------------ key exchange

Bytes Repeated(uint8_t octet, size_t count, Bytes head = {}) {
  head.resize(head.size() + count, octet);
  return head;
}

// ServerDHParams (RFC 5246 7.4.3): dh_p, dh_g = 2, dh_Ys, each with its length; p and Ys are odd numbers of that size.
Bytes DhParams(size_t octets) {
  const Bytes length = {static_cast<uint8_t>(octets >> 8), static_cast<uint8_t>(octets)};
  Bytes params = Repeated(0xfb, octets, length);
  certs::Append(params, Bytes{0, 1, 2});
  certs::Append(params, Repeated(0x5b, octets, length));
  return params;
}

void AddKeyShares(std::vector<TlsRow>& rows) {
  struct Share {
    const char* id;
    const char* summary;
    int group;
    Bytes value;
    const char* row;
  };
  for (const Share& share : {
           Share{"x25519-zero", "is the point of X25519 with which every secret is zero", 29, Bytes(32), "K14"},
           {"x25519-short", "is an X25519 value of 31 octets", 29, Repeated(9, 31), "K14"},
           {"p256-off-curve", "is a point that is not on P-256", 23, Repeated(0x11, 64, {4}), "K14"},
           {"p256-infinity", "is P-256's point at infinity", 23, {0}, "K14"},
           {"x448", "is of X448, which was not offered", 30, Repeated(5, 56), "K11"},
           {"brainpool", "is of a brainpool curve, which was not offered", 31, Repeated(0x11, 64, {4}), "K11"},
           {"sect163k1", "is of a binary curve of 163 bits", 1, Repeated(0x11, 42, {4}), "K11"},
       }) {
    for (const char* twin : {kTls12, kTls13}) {
      const bool tls13 = std::string_view(twin) == kTls13;
      Expectation expect = Refused(tls13 ? Rung::kClientHello : Rung::kCertificateSent);
      expect.answer_is_acceptance = true;
      rows.push_back({.id = std::string(tls13 ? "tls13" : "tls12") + "-key-share-" + share.id,
                      .summary = std::string("the server's half of the key exchange ") + share.summary,
                      .rows = {share.row},
                      .source = tls13 ? "RFC 8446 4.2.8.2" : "RFC 8422 5.4",
                      .twin = twin,
                      .edit = [group = share.group, value = share.value](
                                  TlsScript& tls) { tls.key_share = {.group = group, .value = value}; },
                      .expect = expect,
                      .severity = Severity::kHigh});
    }
  }
  rows.push_back({.id = "tls13-key-share-unasked",
                  .summary = "the server's half is a sound one of P-521, of which the client sent none",
                  .rows = {"K11"},
                  .source = "RFC 8446 4.2.8",
                  .twin = kTls13,
                  .edit = [](TlsScript& tls) { tls.key_share.group = 25; },
                  .expect = Refused(Rung::kClientHello)});
  for (const size_t bits : {size_t{512}, size_t{1024}}) {
    Expectation expect = Refused(Rung::kClientHello);
    expect.answer_is_acceptance = true;
    // Suite and parameters belong together; the parameters are signed as they should be.
    rows.push_back({.id = "dh-" + std::to_string(bits),
                    .summary = "key exchange over a Diffie-Hellman group of " + std::to_string(bits) + " bits",
                    .rows = {"K9", "K10"},
                    .source = "RFC 9325 4.1, CVE-2015-4000",
                    .twin = kTls12Rsa,
                    .edit =
                        [bits](TlsScript& tls) {
                          tls.edits = {{FlightPlace::kServerHello, kSetSuite, 0x009e}};
                          tls.key_share.params = DhParams(bits / 8);
                        },
                    .expect = expect});
  }
}

// ------------------------------------------------------------------------------------------------ signatures

void AddSignatures(std::vector<TlsRow>& rows) {
  using fakeserver::SignatureFault;
  for (const char* twin : {kTls12, kTls13}) {
    const bool tls13 = std::string_view(twin) == kTls13;
    const std::string prefix = tls13 ? "tls13-" : "tls12-";
    for (const auto& [fault, summary] : {
             std::pair{SignatureFault::kFlipped, "has one bit turned"},
             {SignatureFault::kEmpty, "is empty"},
             {SignatureFault::kZeros, "is all zeros"},
             {SignatureFault::kOldHello, "is true, but of another handshake"},
         }) {
      rows.push_back({.id = prefix + "signature-" + std::string(Name(fault)),
                      .summary = std::string("the signature over the handshake ") + summary,
                      .rows = {"L12", "D14"},
                      .source = tls13 ? "RFC 8446 4.4.3" : "RFC 5246 7.4.3, CVE-2014-1266",
                      .twin = twin,
                      .edit = [fault](TlsScript& tls) { tls.signature.fault = fault; },
                      .expect = Refused(),
                      .severity = Severity::kCritical});
    }
    struct Claim {
      const char* id;
      int number;
    };
    for (const Claim& claim :
         {Claim{"sha1", 0x0203}, {"pkcs1", 0x0401}, {"ed25519", 0x0807}, {"md5", 0x0101}, {"ml-dsa", 0x0905}}) {
      rows.push_back({.id = prefix + "signature-called-" + claim.id,
                      .summary = std::string("the handshake's signature is said to be of the kind ") + claim.id,
                      .rows = {"K13", "K11", "L12"},
                      .source = "RFC 8446 4.4.3, CVE-2026-25834",
                      .twin = twin,
                      .edit = [number = claim.number](TlsScript& tls) { tls.signature.claimed = number; },
                      .expect = Refused(),
                      .severity = Severity::kHigh});
    }
    rows.push_back({.id = prefix + "signature-sha1",
                    .summary = "the handshake is signed by ECDSA with SHA-1",
                    .rows = {"K13"},
                    .source = "RFC 9155 2",
                    .twin = twin,
                    .edit = [](TlsScript& tls) { tls.signature.algorithm = 0x0203; },
                    .expect = Refused(),
                    .severity = Severity::kHigh});
  }
  rows.push_back({.id = "tls12-signature-rsa-sha1",
                  .summary = "the handshake is signed by RSA with SHA-1",
                  .rows = {"K13"},
                  .source = "RFC 9155 2",
                  .twin = kTls12Rsa,
                  .edit = [](TlsScript& tls) { tls.signature.algorithm = 0x0201; },
                  .expect = Refused(),
                  .severity = Severity::kHigh});
}

}  // namespace
}  // namespace tls

std::vector<Scenario> TlsScenarios() {
  using namespace tls;
  std::vector<TlsRow> rows = Controls();
  AddVersions(rows);
  AddSuites(rows);
  AddKeyShares(rows);
  AddSignatures(rows);
  rows.push_back(
      {.id = "client-certificate-required",
       .summary = "the server insists on a client certificate",
       .rows = {"E17", "M27"},
       .source = "RFC 8446 4.4.2.4",
       .edit = [](TlsScript& script) { script.client_certificate = fakeserver::ClientCertificate::kRequired; },
       .expect = Refused(),
       .severity = Severity::kLow});
  for (const char* twin : {kTls12, kTls13}) {
    rows.push_back({.id = std::string(twin == kTls13 ? "tls13" : "tls12") + "-ticket-cannot-be-made",
                    .summary = "the server fails where it would send a session ticket",
                    .rows = {"L17", "L3"},
                    .source = "RFC 8446 4.6.1",
                    .twin = twin,
                    .edit =
                        [](TlsScript& script) {
                          script.tickets = 2;
                          script.resumption.fault = fakeserver::TicketFault::kSealFails;
                        },
                    .expect = twin == kTls13 ? Refused(Rung::kCertificateSent, Reason::kClosedByPeer)
                                             : Tolerable(Reason::kOk, Rung::kCertificateSent)});
  }
  for (auto more : {&FlightRows, &WireRows}) {
    std::ranges::move(more(), std::back_inserter(rows));
  }
  std::vector<Scenario> scenarios;
  for (const TlsRow& row : rows) {
    scenarios.push_back(ToScenario(row));
  }
  // Its twin is the RSA chain; the rows that need both are one edit of it.
  Scenario rsa{.id = kTls12Rsa,
               .summary = "a good server with an RSA chain that speaks TLS 1.2 at most",
               .rows = {"K4"},
               .source = "RFC 9325 3.1.1",
               .twin = "control.rsa-chain",
               .world = TwinWorld(kTls12Rsa),
               .severity = Severity::kLow};
  for (const Policy policy : AllPolicies()) {
    rsa.expect[policy] = {.demand = Demand::kAccept};
  }
  scenarios.push_back(std::move(rsa));
  for (Scenario& scenario : scenarios) {
    // A suite and its parameters, a ticket and its fault make sense together only.
    scenario.compound = scenario.id.starts_with("tls.dh-") || scenario.id.ends_with("-ticket-cannot-be-made");
  }
  return scenarios;
}

}  // namespace lab
