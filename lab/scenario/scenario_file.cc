#include "lab/scenario/scenario_file.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>

#include "certs/bytes.h"
#include "lab/scenario/oracle.h"
#include "lab/scenario/scenario_value.h"
#include "lab/scenario/toml_text.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;
using certs::Member;
using certs::Members;
using certs::Reason;
using fakeserver::TlsMode;
using scenario_file::ValueReader;

constexpr size_t kMaxFile = 8 << 20;

// An Expectation as files have it.
struct Demanded {
  Demand demand = Demand::kRefuse;
  Reason reason = Reason::kOk;
  int depth = 0;
  std::vector<Reason> also;
  Rung must_reach = Rung::kCertificateSent;
  bool answer_is_acceptance = false;
  bool hello_may_precede = false;
  std::optional<Demand> once_fetched;

  bool operator==(const Demanded&) const = default;
  static constexpr auto kMembers = Members{Member{"demand", &Demanded::demand},
                                           Member{"reason", &Demanded::reason},
                                           Member{"depth", &Demanded::depth},
                                           Member{"also", &Demanded::also},
                                           Member{"must_reach", &Demanded::must_reach},
                                           Member{"answer_is_acceptance", &Demanded::answer_is_acceptance},
                                           Member{"hello_may_precede", &Demanded::hello_may_precede},
                                           Member{"once_fetched", &Demanded::once_fetched}};
};

Demanded FromExpectation(const Expectation& expectation) {
  return {.demand = expectation.demand,
          .reason = expectation.verdict.reason,
          .depth = expectation.verdict.depth,
          .also = expectation.also,
          .must_reach = expectation.must_reach,
          .answer_is_acceptance = expectation.answer_is_acceptance,
          .hello_may_precede = expectation.hello_may_precede,
          .once_fetched = expectation.once_fetched};
}

Expectation ToExpectation(const Demanded& demanded) {
  return {.demand = demanded.demand,
          .verdict = {demanded.reason, demanded.depth},
          .also = demanded.also,
          .must_reach = demanded.must_reach,
          .answer_is_acceptance = demanded.answer_is_acceptance,
          .hello_may_precede = demanded.hello_may_precede,
          .once_fetched = demanded.once_fetched};
}

// The whole file, in the order in which it is printed.
struct Sheet {
  std::string id, summary;
  std::vector<std::string> rows;
  std::string source, base;
  Modes modes = Modes::kBoth;
  certs::Severity severity = certs::Severity::kHigh;
  bool compound = false, policy_dependent = false, exact_clock = false;
  World edit;
  std::map<Policy, Demanded> expect;

  bool operator==(const Sheet&) const = default;
  static constexpr auto kMembers = Members{Member{"id", &Sheet::id},
                                           Member{"summary", &Sheet::summary},
                                           Member{"rows", &Sheet::rows},
                                           Member{"source", &Sheet::source},
                                           Member{"base", &Sheet::base},
                                           Member{"modes", &Sheet::modes},
                                           Member{"severity", &Sheet::severity},
                                           Member{"compound", &Sheet::compound},
                                           Member{"policy_dependent", &Sheet::policy_dependent},
                                           Member{"exact_clock", &Sheet::exact_clock},
                                           Member{"edit", &Sheet::edit},
                                           Member{"expect", &Sheet::expect}};
};

// ------------------------------------------------------------------------------------------------ what makes no sense

// An id names files, too.
bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= 100 && id.front() != '.' && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

std::string WrongWith(const Sheet& sheet) {
  if (!IsId(sheet.id)) {
    return "id must be given: letters a to z, digits, dots and dashes";
  }
  for (const std::string& row : sheet.rows) {
    if (std::ranges::find(AllRows(), row, &Row::id) == AllRows().end()) {
      return "rows: there is no row \"" + certs::Escaped(row, 20) + "\" (list --rows names them)";
    }
  }
  if (!sheet.expect.empty() && !sheet.expect.contains(Policy::kSubmission)) {
    return "expect.submission must be given";
  }
  for (const auto& [policy, demanded] : sheet.expect) {
    const bool ok = demanded.reason == Reason::kOk;
    if ((demanded.demand == Demand::kAccept && !ok) || (demanded.demand == Demand::kRefuse && ok)) {
      return "expect." + std::string(Name(policy)) + ".reason must be given for a refusal, and for nothing else";
    }
  }
  const std::string chain = WrongWithChains(sheet.edit);
  return chain.empty() ? "" : "edit." + chain;
}

// ------------------------------------------------------------------------------------------------ what must follow

std::vector<TlsMode> ModesIn(Modes modes) {
  switch (modes) {
    case Modes::kStartTlsOnly:
      return {TlsMode::kStartTls};
    case Modes::kImplicitOnly:
      return {TlsMode::kImplicit};
    case Modes::kBoth:
      break;
  }
  return {TlsMode::kStartTls, TlsMode::kImplicit};
}

// As the oracle predicts; what keeps it from predicting comes into `doubt`.
std::map<Policy, Expectation> Predicted(const World& world, Modes modes, std::string& doubt) {
  std::map<Policy, Expectation> expect;
  for (const Policy policy : AllPolicies()) {
    std::optional<Demanded> first;
    for (const TlsMode mode : ModesIn(modes)) {
      const Prediction prediction = Predict(world, policy, mode);
      doubt = doubt.empty() ? prediction.uncertain : doubt;
      const Demanded demanded = FromExpectation(prediction.expectation);
      if (first && *first != demanded) {
        doubt = doubt.empty() ? "STARTTLS and implicit TLS end differently; say modes = \"starttls\" or \"implicit\""
                              : doubt;
      }
      first = demanded;
      expect[policy] = prediction.expectation;
    }
  }
  return expect;
}

certs::Error At(const std::string& file, const toml::node* node, const std::string& what) {
  const uint32_t line = node != nullptr ? node->source().begin.line : 1;
  return {ErrorCode::kBadInput, file + ":" + std::to_string(line) + ": " + what};
}

Scenario FromSheet(const Sheet& sheet, const std::string& file) {
  Scenario scenario{.id = sheet.id,
                    .summary = sheet.summary,
                    .rows = sheet.rows,
                    .source = sheet.source,
                    .twin = sheet.base,
                    .world = sheet.edit,
                    .modes = sheet.modes,
                    .compound = sheet.compound,
                    .policy_dependent = sheet.policy_dependent,
                    .exact_clock = sheet.exact_clock,
                    .severity = sheet.severity,
                    .file = file};
  for (const auto& [policy, demanded] : sheet.expect) {
    scenario.expect[policy] = ToExpectation(demanded);
  }
  return scenario;
}

constexpr std::string_view kGoodTwin = "control.good";

}  // namespace

certs::Result<Scenario> ReadScenario(std::string_view text, const std::string& file) {
  const std::string shown = certs::Escaped(file, 200);
  if (const std::optional<TextFault> fault = FindTextFault(text)) {
    return Fail(ErrorCode::kBadInput, shown + ":" + std::to_string(fault->line) + ": " + fault->what);
  }
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    return Fail(ErrorCode::kBadInput, shown + ":" + std::to_string(parsed.error().source().begin.line) + ": " +
                                          certs::Escaped(parsed.error().description(), 300));
  }
  const toml::table& table = parsed.table();
  Sheet sheet;
  const Scenario* base = FindScenario(kGoodTwin);
  if (const auto id = table["base"].value<std::string>(); id && !id->empty()) {
    base = FindScenario(*id);
    if (base == nullptr) {
      return std::unexpected(
          At(shown, table.get("base"), "base: there is no scenario \"" + certs::Escaped(*id, 100) + "\""));
    }
  }
  sheet.edit = base->world;
  sheet.modes = base->modes;
  ValueReader reader(shown);
  reader.Read(table, "", sheet);
  if (reader.error()) {
    return std::unexpected(*reader.error());
  }
  if (const std::string wrong = WrongWith(sheet); !wrong.empty()) {
    const toml::node* where = table.get(wrong.substr(0, wrong.find_first_of(". :")));
    return std::unexpected(At(shown, where, wrong));
  }
  sheet.base = sheet.base.empty() && sheet.id != kGoodTwin ? std::string(kGoodTwin) : sheet.base;
  Scenario scenario = FromSheet(sheet, file);
  if (scenario.expect.empty()) {
    std::string doubt;
    scenario.expect = Predicted(scenario.world, scenario.modes, doubt);
    if (!doubt.empty()) {
      return std::unexpected(
          At(shown, table.get("edit"),
             "what must follow is not certain (" + certs::Escaped(doubt, 200) + "); say it in [expect.submission]"));
    }
  }
  return scenario;
}

certs::Result<const Scenario*> LoadScenario(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<const Scenario>> loaded;
  const std::scoped_lock lock(mutex);
  if (const auto found = loaded.find(path); found != loaded.end()) {
    return found->second.get();
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text;
  text.resize(kMaxFile + 1);
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  if (!stream.eof() || text.size() > kMaxFile) {
    return Fail(ErrorCode::kIo, "cannot read the scenario file " + certs::Escaped(path, 200));
  }
  auto scenario = ReadScenario(text, path);
  if (!scenario) {
    return std::unexpected(scenario.error());
  }
  return loaded.emplace(path, std::make_unique<const Scenario>(*std::move(scenario))).first->second.get();
}

std::string PrintScenario(const Scenario& scenario) {
  const Scenario* base = FindScenario(scenario.twin.empty() ? kGoodTwin : std::string_view(scenario.twin));
  const World from = base != nullptr ? base->world : GoodWorld();
  Sheet usual, sheet{.id = scenario.id,
                     .summary = scenario.summary,
                     .rows = scenario.rows,
                     .source = scenario.source,
                     .base = scenario.twin,
                     .modes = scenario.modes,
                     .severity = scenario.severity,
                     .compound = scenario.compound,
                     .policy_dependent = scenario.policy_dependent,
                     .exact_clock = scenario.exact_clock,
                     .edit = {},
                     .expect = {}};
  usual.modes = base != nullptr ? base->modes : Modes::kBoth;
  std::string text;
  scenario_file::PrintMemberEdits("", usual, sheet, text);
  text += "\n[edit]\n";
  scenario_file::PrintMemberEdits("", from, scenario.world, text);
  for (const auto& [policy, expectation] : scenario.expect) {
    text += "\n[expect." + std::string(Name(policy)) + "]\n";
    scenario_file::PrintMemberEdits("", Demanded{}, FromExpectation(expectation), text);
  }
  return text;
}

}  // namespace lab
