#include "lab/runner/fuzz_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace lab {
namespace {

constexpr size_t kMostEdits = 64;  // of which one can be left out by its number

// Cuts a text up from the front; at its end there are zeros and empty strings.
std::string_view TakeUntilNewline(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

uint8_t TakeOctet(std::string_view& text) {
  const uint8_t octet = text.empty() ? 0 : static_cast<uint8_t>(text.front());
  text.remove_prefix(text.empty() ? 0 : 1);
  return octet;
}

const Scenario* FindPart(std::string_view id) {
  const Scenario* scenario = FindScenario(id);
  return std::ranges::find(EditListParts(), scenario) == EditListParts().end() ? nullptr : scenario;
}

}  // namespace

const std::vector<const Scenario*>& EditListParts() {
  static const std::vector<const Scenario*> parts = CampaignParts();
  return parts;
}

EditList ReadEditList(std::string_view input) {
  EditList list;
  const std::string_view first = TakeUntilNewline(input);
  list.setting = first.empty() ? '0' : static_cast<char>('0' + (first[0] & 7));
  while (!input.empty()) {
    const std::string line(TakeUntilNewline(input));
    if (!line.starts_with('-') && list.ids.size() < EditList::kMostParts) {
      list.ids.push_back(line);
    } else if (line.starts_with('-') && list.left_out.size() < EditList::kMostLeftOut) {
      list.left_out.push_back(std::strtoul(line.c_str() + 1, nullptr, 10) % kMostEdits);
    }
  }
  return list;
}

std::string Print(const EditList& list) {
  std::string text = {list.setting, '\n'};
  for (const std::string& id : list.ids) {
    text += id + '\n';
  }
  for (const size_t number : list.left_out) {
    text += '-' + std::to_string(number) + '\n';
  }
  return text;
}

std::optional<DrawnWorld> WorldOf(const EditList& list) {
  static const Deck deck(EditListParts(), 1, std::nullopt, std::nullopt);
  std::vector<const Scenario*> parts;
  for (const std::string& id : list.ids) {
    const Scenario* part = FindPart(id);
    if (part == nullptr || std::ranges::find(parts, part) != parts.end()) {
      return std::nullopt;
    }
    parts.push_back(part);
  }
  const Policy policy = AllPolicies()[static_cast<size_t>(list.setting & 3)];
  const auto mode = (list.setting & 4) != 0 ? fakeserver::TlsMode::kImplicit : fakeserver::TlsMode::kStartTls;
  std::optional<DrawnWorld> drawn = deck.Mix(std::move(parts), mode, policy, 0);
  if (!drawn || list.left_out.empty()) {
    return drawn;
  }
  const World whole = drawn->composed.scenario.world;
  std::vector<bool> keep(CountEdits(GoodWorld(), whole), true);
  for (const size_t number : list.left_out) {
    if (number < keep.size()) {
      keep[number] = false;
    }
  }
  const World world = KeepEdits(GoodWorld(), whole, keep);
  if (!WrongWithChain(world.chain).empty()) {
    return std::nullopt;
  }
  const Scenario& from = drawn->composed.scenario;
  drawn->composed = ScenarioOf(world, from.modes, from.id, from.summary);
  return drawn;
}

World InjectedWorld(std::string_view input) {
  using fakeserver::Placement;
  constexpr Placement kPlaces[] = {Placement::kNone, Placement::kBeforeReply, Placement::kSameSegment,
                                   Placement::kNextSegment, Placement::kBeforeServerHello};
  World world = GoodWorld();
  fakeserver::Injection& injection = world.smtp.injection;
  injection.placement = kPlaces[TakeOctet(input) % std::size(kPlaces)];
  injection.slice = TakeOctet(input);
  if (const std::string keyword(TakeUntilNewline(input)); !keyword.empty()) {
    world.smtp.capabilities_clear.push_back(keyword);
  }
  injection.payload = certs::ToBytes(input);
  if (injection.payload.empty()) {
    injection = {};
  }
  return world;
}

certs::Result<FuzzedScenario> ScenarioFromFuzz(std::string_view target, std::string_view input) {
  if (target == "starttls_injection") {
    return FuzzedScenario{
        ScenarioOf(InjectedWorld(input), Modes::kStartTlsOnly, "fuzz.injection", "clear text before TLS").scenario};
  }
  if (target != "chain_spec") {
    return certs::Fail(certs::ErrorCode::kBadInput,
                       fmt::format("the inputs of a fuzz target \"{}\" are no worlds; those of chain_spec and "
                                   "starttls_injection are",
                                   certs::Escaped(target, 60)));
  }
  const EditList list = ReadEditList(input);
  for (const std::string& id : list.ids) {
    if (FindPart(id) == nullptr) {
      return certs::Fail(
          certs::ErrorCode::kBadInput,
          fmt::format("\"{}\" is no scenario that a world can be put together from", certs::Escaped(id, 100)));
    }
  }
  auto world = WorldOf(list);
  if (!world) {
    return certs::Fail(certs::ErrorCode::kBadInput, "the edits of this input do not go together in one world");
  }
  FuzzedScenario fuzzed{std::move(world->composed.scenario), world->mode, world->policy};
  fuzzed.scenario.id = "fuzz.world";
  return fuzzed;
}

}  // namespace lab
