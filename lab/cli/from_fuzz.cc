#include "lab/cli/from_fuzz.h"

#include <fmt/format.h>

#include <filesystem>

#include "certs/bytes.h"
#include "lab/cli/context.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/files.h"
#include "lab/runner/fuzz_input.h"
#include "lab/scenario/scenario_file.h"

namespace lab {
namespace {

// fuzz/regressions/TARGET/NAME, build/fuzz-work/TARGET/findings/NAME.
std::string TargetOf(const std::filesystem::path& file) {
  constexpr std::string_view kOther = "starttls_injection";
  for (const std::filesystem::path& part : file.parent_path()) {
    if (part == kOther) {
      return std::string(kOther);
    }
  }
  return "chain_spec";
}

}  // namespace

int FromFuzzVerb(const FromFuzzOptions& options) {
  const auto input = ReadWholeFile(options.file);
  if (!input) {
    return Complain(input.error());
  }
  const std::string target = options.target.empty() ? TargetOf(options.file) : options.target;
  const auto fuzzed = ScenarioFromFuzz(target, *input);
  if (!fuzzed) {
    return Complain(
        {fuzzed.error().code, fmt::format("{}: {}", certs::Escaped(options.file, 300), fuzzed.error().detail)});
  }
  fmt::print(
      "# An input of the fuzz target {}. It was met so:\n"
      "#   starttls-lab run --filter THIS-FILE --mode {} --policy {} --wire memory\n{}",
      target, Name(fuzzed->mode), Name(fuzzed->policy), PrintScenario(fuzzed->scenario));
  return kExitOk;
}

}  // namespace lab
