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
#include "lab/scenario/scenario_file.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

constexpr size_t kMostParts = 4, kMostLeftOut = 8;

const std::vector<const lab::Scenario*>& Parts() {
  static const std::vector<const lab::Scenario*> parts = lab::CampaignParts();
  return parts;
}

const lab::Scenario* Part(std::string_view id) {
  const lab::Scenario* scenario = lab::FindScenario(id);
  return scenario != nullptr && std::ranges::find(Parts(), scenario) != Parts().end() ? scenario : nullptr;
}

// The input as a value.
struct Edits {
  char setting = '0';
  std::vector<std::string> ids;
  std::vector<size_t> left_out;
};

Edits ReadEdits(const uint8_t* data, size_t size) {
  Edits edits;
  fuzz::Reader input(data, size);
  const std::string_view first = input.Until('\n');
  edits.setting = first.empty() ? '0' : static_cast<char>('0' + (first[0] & 7));
  while (!input.empty()) {
    const std::string line(input.Until('\n'));
    if (!line.starts_with('-') && edits.ids.size() < kMostParts) {
      edits.ids.push_back(line);
    } else if (line.starts_with('-') && edits.left_out.size() < kMostLeftOut) {
      edits.left_out.push_back(std::strtoul(line.c_str() + 1, nullptr, 10) % 64);
    }
  }
  return edits;
}

std::string Written(const Edits& edits) {
  std::string text = {edits.setting, '\n'};
  for (const std::string& id : edits.ids) {
    text += id + '\n';
  }
  for (const size_t number : edits.left_out) {
    text += '-' + std::to_string(number) + '\n';
  }
  return text;
}

size_t Give(const Edits& edits, uint8_t* out, size_t max_size) {
  const std::string text = Written(edits);
  if (text.size() > max_size) {
    return 0;
  }
  std::ranges::copy(text, out);
  return text.size();
}

// The world, judged by the policy; nothing if its parts do not mix.
std::optional<lab::DrawnWorld> WorldOf(const Edits& edits) {
  static const lab::Deck deck(Parts(), 1, std::nullopt, std::nullopt);
  std::vector<const lab::Scenario*> parts;
  for (const std::string& id : edits.ids) {
    const lab::Scenario* part = Part(id);
    if (part == nullptr || std::ranges::find(parts, part) != parts.end()) {
      return std::nullopt;
    }
    parts.push_back(part);
  }
  const lab::Policy policy = lab::AllPolicies()[static_cast<size_t>(edits.setting & 3)];
  const auto mode = (edits.setting & 4) != 0 ? fakeserver::TlsMode::kImplicit : fakeserver::TlsMode::kStartTls;
  std::optional<lab::DrawnWorld> drawn = deck.Mix(std::move(parts), mode, policy, 0);
  if (!drawn || edits.left_out.empty()) {
    return drawn;
  }
  const lab::World whole = drawn->composed.scenario.world;
  std::vector<bool> keep(lab::CountEdits(lab::GoodWorld(), whole), true);
  for (const size_t number : edits.left_out) {
    if (number < keep.size()) {
      keep[number] = false;
    }
  }
  const lab::World world = lab::KeepEdits(lab::GoodWorld(), whole, keep);
  if (!lab::WrongWithChain(world.chain).empty()) {
    return std::nullopt;
  }
  const lab::Scenario& from = drawn->composed.scenario;
  drawn->composed = lab::ScenarioOf(world, from.modes, from.id, from.summary);
  return drawn;
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  Edits edits = ReadEdits(data, size);
  const size_t number = seed / 8;
  const std::string& id = Parts()[number % Parts().size()]->id;
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
      if (edits.ids.size() < kMostParts) {
        edits.ids.push_back(id);
      } else {
        edits.ids[seed % kMostParts] = id;
      }
  }
  return Give(edits, data, max_size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1, const uint8_t* data2, size_t size2,
                                            uint8_t* out, size_t max_out_size, unsigned seed) {
  Edits edits = ReadEdits(data1, size1);
  const Edits other = ReadEdits(data2, size2);
  edits.ids.resize(std::min(edits.ids.size(), size_t{1} + seed % kMostParts));
  for (const std::string& id : other.ids) {
    if (edits.ids.size() < kMostParts && std::ranges::find(edits.ids, id) == edits.ids.end()) {
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
  const std::optional<lab::DrawnWorld> world = WorldOf(ReadEdits(data, size));
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
