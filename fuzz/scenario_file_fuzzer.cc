// Property: a scenario file that is read, printed and read again is the same scenario, and printing it again gives the
// same octets; one that is refused is refused with its line; and reading any text ends.
//
// Input: the file.
#include "fuzz/fuzz.h"
#include "lab/scenario/scenario_file.h"

namespace {

using fuzz::Require;

// "fuzz.toml:LINE: what is wrong", printable.
void CheckComplaint(const std::string& detail) {
  constexpr std::string_view kFile = "fuzz.toml:";
  Require(detail.starts_with(kFile), "a complaint names the file");
  const size_t end = std::min(detail.find_first_not_of("0123456789", kFile.size()), detail.size());
  Require(end > kFile.size() && detail.substr(end).starts_with(": "), "and the line");
  for (const char c : detail) {
    Require(static_cast<uint8_t>(c) >= ' ' && c != 0x7f, "and holds nothing that a terminal obeys");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto scenario = lab::ReadScenario(text, "fuzz.toml");
  if (!scenario) {
    CheckComplaint(scenario.error().detail);
    return 0;
  }
  const std::string printed = lab::PrintScenario(*scenario);
  const auto again = lab::ReadScenario(printed, "fuzz.toml");
  if (!again) {
    std::fprintf(stderr, "%s\n%s\n", printed.c_str(), again.error().detail.c_str());
  }
  Require(again.has_value(), "what was printed is read");
  Require(again->world == scenario->world && again->id == scenario->id && again->summary == scenario->summary &&
              again->twin == scenario->twin && again->modes == scenario->modes,
          "and is the same scenario");
  Require(lab::PrintScenario(*again) == printed, "which prints as the same octets");
  return 0;
}
