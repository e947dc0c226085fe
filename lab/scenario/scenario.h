// A scenario: one edit of a good world, plus what a right client must do about it. Certificate scenarios come from
// certs::Catalogue(), conversation scenarios from catalogue_conversation.cc; AllScenarios() joins them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "certs/catalogue.h"
#include "certs/result.h"
#include "certs/verdict.h"
#include "lab/scenario/policy.h"
#include "lab/scenario/world.h"

namespace lab {

// What a right client does. "Accept" is delivering the message inside TLS; "refuse" is giving nothing away.
enum class Demand : uint8_t {
  kAccept,          // must deliver (refusing is reject-good)
  kRefuse,          // must not go on (going on is accept-bad, or a leak in clear)
  kIgnoreOrRefuse,  // may deliver inside TLS if it believes nothing of what was injected, or refuse
  kAnything,        // no demand but: no hang, no crash, no secret in clear
};
std::string_view Name(Demand demand);

// The evidence a refusal needs before it counts: the client must have come this far, or the outcome is not-reached.
enum class Rung : uint8_t {
  kConnected,
  kGreeted,
  kEhloInClear,
  kStartTlsSent,
  kClientHello,
  kCertificateSent,
  kTlsEstablished,
  kEhloInTls,
  kAuthStarted,
  kSecretDisclosed,
  kEnvelope,
  kMessageBody,
};
std::string_view Name(Rung rung);  // "certificate sent", ...

struct Expectation {
  Demand demand = Demand::kRefuse;
  certs::Verdict verdict;           // what the built-in verifier must answer, exactly
  std::vector<certs::Reason> also;  // in collect-all mode, beside `verdict.reason`
  Rung must_reach = Rung::kCertificateSent;
  // The flight names what the fake server cannot speak: no handshake can end well, and a client that answers it with
  // its half of the key exchange has accepted it.
  bool answer_is_acceptance = false;
  // What is wrong comes when the client may have said EHLO inside TLS already.
  bool hello_may_precede = false;
  std::optional<Demand> once_fetched = std::nullopt;  // instead, of a client that fetched what the world has online
};

enum class Modes : uint8_t { kBoth, kStartTlsOnly, kImplicitOnly };
std::string_view Name(Modes modes);  // "both", "starttls", "implicit"

struct Scenario {
  std::string id;       // "time.leaf-expired", "smtp.starttls-not-offered"
  std::string summary;  // one line
  std::vector<std::string> rows;
  std::string source;
  std::string twin;  // id of the good scenario it edits; empty for "control.good"
  World world;
  std::map<Policy, Expectation> expect;  // for every policy the scenario makes sense for
  Modes modes = Modes::kBoth;
  bool compound = false;
  bool policy_dependent = false;
  bool exact_clock =
      false;  // boundaries to the second: needs a frozen clock, so only clients whose clock the lab holds
  certs::Severity severity = certs::Severity::kHigh;
  std::string file;  // that it was read from (scenario_file.h); empty: it is the catalogue's

  bool good() const;  // a control: must be accepted under kSubmission
  // What selects it and nothing else: its id, or its file.
  const std::string& selector() const { return file.empty() ? id : file; }
};

// Whether the scenario makes sense in that mode.
bool Serves(const Scenario& scenario, fakeserver::TlsMode mode);

// Every scenario, controls first; ids are unique. Built once, on first use; thread-safe.
const std::vector<Scenario>& AllScenarios();
const Scenario* FindScenario(std::string_view id);

// The few that stand for their families: "set:core", for clients that take their time.
std::span<const std::string_view> CoreIds();
bool IsCore(const Scenario& scenario);

// Selects scenarios: a glob on ids ("name.*", "*expired*"), "row:B1", "set:core", a scenario file ("mine.toml"), or
// several separated by commas; a leading '!' excludes. An empty filter selects all of the catalogue. kUnknownId when a
// pattern selects nothing, naming the closest id; what is wrong with a file, with its line.
certs::Result<std::vector<const Scenario*>> Select(std::string_view filter);

// The rows of the coverage table (A1 ... P7) with their titles, in order: what `list --rows` prints.
struct Row {
  std::string_view id;
  std::string_view title;
  std::string_view note = {};  // why no scenario can cover it, or none does
};
const std::vector<Row>& AllRows();

// The parts of that table: the letter their rows begin with, and what they are about.
struct Table {
  char letter;
  std::string_view title;
};
std::span<const Table> AllTables();

// The edit in words: Diff(twin's world, world), one line each.
std::vector<std::string> EditInWords(const Scenario& scenario);

}  // namespace lab
