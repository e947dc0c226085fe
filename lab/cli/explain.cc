#include <fmt/format.h>

#include "certs/bytes.h"
#include "certs/describe.h"
#include "certs/issue.h"
#include "lab/cli/catalogue_verbs.h"
#include "lab/cli/cell.h"
#include "lab/cli/exit_code.h"
#include "lab/runner/run.h"
#include "lab/scenario/scenario.h"
#include "lab/scenario/scenario_file.h"

namespace lab {
namespace {

// What a person must know of one demand: who must do what, and why.
void PrintExpectation(const Terminal& terminal, Policy policy, const Expectation& expectation) {
  fmt::print("  {}  {}\n", Bold(terminal, Fit(Name(policy), 20)), ToWords(expectation));
  if (!expectation.verdict.ok() && expectation.demand != Demand::kAnything) {
    fmt::print("  {:20}  {} ({}); a refusal counts once the client has reached: {}\n", "",
               certs::Sentence(expectation.verdict.reason), certs::Clause(expectation.verdict.reason),
               Name(expectation.must_reach));
  }
}

void PrintChain(const Terminal& terminal, const Scenario& scenario) {
  certs::Issuer issuer(certs::KeyRing::FromSeed(1), kLabNow);
  const auto chain = issuer.Issue(scenario.world.chain);
  if (!chain) {
    fmt::print("  cannot be issued: {}\n", chain.error().detail);
    return;
  }
  const auto print = [&](std::string_view role, size_t index, const certs::Bytes& der) {
    fmt::print("{}\n{}\n", Bold(terminal, fmt::format("{} [{}]", role, index)), certs::Describe(der));
  };
  for (size_t i = 0; i < (*chain)->presented.size(); ++i) {
    print("presented", i, (*chain)->presented[i]);
  }
  for (size_t i = 0; i < (*chain)->trusted.size(); ++i) {
    print("trusted", i, (*chain)->trusted[i]);
  }
}

}  // namespace

int ExplainVerb(const ExplainOptions& options) {
  const auto found = Select(options.id);
  if (!found) {
    return Complain(found.error());
  }
  if (options.toml) {
    if (found->size() > 1) {
      return Complain({certs::ErrorCode::kBadInput, fmt::format("{} matches {} scenarios, and a file holds one",
                                                                certs::Escaped(options.id, 100), found->size())});
    }
    fmt::print("{}", PrintScenario(*found->front()));
    return kExitOk;
  }
  const Terminal terminal = DescribeTerminal(stdout, options.common.color);
  for (const Scenario* scenario : *found) {
    fmt::print("{}\n{}\n\n", Bold(terminal, scenario->id), certs::Escaped(scenario->summary));
    fmt::print("rows       {}\nsource     {}\nseverity   {}\nreference  {}\n", fmt::join(scenario->rows, " "),
               scenario->source, certs::Name(scenario->severity), certs::Escaped(scenario->world.reference));
    if (scenario->twin.empty()) {
      fmt::print("\nThe good world itself: every other scenario is an edit of it.\n");
    } else {
      fmt::print("\n{}\n", Bold(terminal, fmt::format("The edit of its good twin, {}", scenario->twin)));
      for (const std::string& edit : EditInWords(*scenario)) {
        fmt::print("  {}\n", edit);
      }
    }
    fmt::print("\n{}\n", Bold(terminal, "What a right client does"));
    for (const auto& [policy, expectation] : scenario->expect) {
      PrintExpectation(terminal, policy, expectation);
    }
    if (scenario->exact_clock) {
      fmt::print("  The boundary is one second wide: only clients whose clock the lab holds are asked.\n");
    }
    fmt::print("\n");
    PrintChain(terminal, *scenario);
    fmt::print("Try it:  lab/run serve {0}\n         lab/run run --filter {0} -v\n",
               certs::Escaped(scenario->selector()));
  }
  return kExitOk;
}

}  // namespace lab
