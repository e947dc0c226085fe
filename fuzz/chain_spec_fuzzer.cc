// Property: in a world put together from edits of the catalogue, in whole or in part, the built-in client does what the
// oracle, which knows neither client nor crypto, says must be done: it accepts, it refuses for the right reason, and of
// what nobody can foretell it is at least safe.
//
// Input, lines of text: a digit (0-3 the policy, +4: implicit TLS), scenario ids, and the numbers of edits that are
// left out, each behind a '-'. The mutator and the crossover know these lines; a finding is printed as a scenario file.
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "fuzz/fuzz.h"
#include "lab/runner/campaign_meet.h"
#include "lab/runner/fuzz_input.h"
#include "lab/scenario/scenario_file.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

using lab::EditList;

EditList ReadInput(const uint8_t* data, size_t size) {
  return lab::ReadEditList(certs::AsText(certs::ByteView(data, size)));
}

size_t Give(const EditList& edits, uint8_t* out, size_t max_size) {
  const std::string text = Print(edits);
  if (text.size() > max_size) {
    return 0;
  }
  std::ranges::copy(text, out);
  return text.size();
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  EditList edits = ReadInput(data, size);
  const size_t number = seed / 8;
  const std::string& id = lab::EditListParts()[number % lab::EditListParts().size()]->id;
  switch (seed % 8) {
    case 0:
      edits.setting = static_cast<char>('0' + number % 8);
      break;
    case 1:
      edits.left_out.push_back(number % 6);
      break;
    case 2:
      edits.left_out.clear();
      break;
    case 3:
      if (edits.ids.size() > 1) {
        edits.ids.erase(edits.ids.begin() + static_cast<std::ptrdiff_t>(number % edits.ids.size()));
      }
      break;
    case 4:
      return LLVMFuzzerMutate(data, size, max_size);
    default:
      if (edits.ids.size() < EditList::kMostParts) {
        edits.ids.push_back(id);
      } else {
        edits.ids[seed % EditList::kMostParts] = id;
      }
  }
  return Give(edits, data, max_size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1, const uint8_t* data2, size_t size2,
                                            uint8_t* out, size_t max_out_size, unsigned seed) {
  EditList edits = ReadInput(data1, size1);
  const EditList other = ReadInput(data2, size2);
  edits.ids.resize(std::min(edits.ids.size(), size_t{1} + seed % EditList::kMostParts));
  for (const std::string& id : other.ids) {
    if (edits.ids.size() < EditList::kMostParts && std::ranges::find(edits.ids, id) == edits.ids.end()) {
      edits.ids.push_back(id);
    }
  }
  edits.left_out = other.left_out;
  return Give(edits, out, max_out_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::atomic<bool> kNeverStop = false;
  static const lab::CampaignOptions kOptions;
  static const std::unique_ptr<lab::CampaignClient> client = lab::CampaignClient::Make(kOptions, kNeverStop);
  const std::optional<lab::DrawnWorld> world = lab::WorldOf(ReadInput(data, size));
  if (!world) {
    return 0;
  }
  const auto met = client->Meet(*world);
  // kError: there is no such world; a spec can ask for what cannot be issued.
  if (met && !lab::AsExpected(met->outcome) && met->outcome != lab::Outcome::kError) {
    std::fprintf(stderr, "\n%s\n%s: %s, under %s\n", lab::PrintScenario(world->composed.scenario).c_str(),
                 std::string(Name(met->outcome)).c_str(), met->sentence.c_str(),
                 std::string(Name(world->policy)).c_str());
  }
  fuzz::Require(!met || lab::AsExpected(met->outcome) || met->outcome == lab::Outcome::kError,
                "the client does what the oracle demands");
  return 0;
}
