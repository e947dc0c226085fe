#include "lab/scenario/compose.h"

#include <algorithm>

#include "certs/diff_engine.h"

namespace lab {
namespace {

using certs::HasMembers;
using certs::diff_internal::kIsOptional;
using certs::diff_internal::kIsVector;

// Elements that are told apart by name.
template <typename T>
concept WithName = HasMembers<T> && requires(const T& value) {
  { value.name } -> std::convertible_to<const std::string&>;
};

template <typename T>
inline constexpr bool kIsMap = false;
template <typename Key, typename Value>
inline constexpr bool kIsMap<std::map<Key, Value>> = true;

template <typename Key, typename Value>
std::optional<Value> MapEntry(const std::map<Key, Value>& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

template <typename Key, typename Value>
void SetMapEntry(std::map<Key, Value>& map, const Key& key, const std::optional<Value>& value) {
  if (value) {
    map.insert_or_assign(key, *value);
  } else {
    map.erase(key);
  }
}

// Calls visit(key) for every key that one of two maps has.
template <typename Key, typename Value, typename Visit>
void EachKey(const std::map<Key, Value>& a, const std::map<Key, Value>& b, Visit visit) {
  for (const auto& [key, value] : a) {
    visit(key);
  }
  for (const auto& [key, value] : b) {
    if (!a.contains(key)) {
      visit(key);
    }
  }
}

// Whether two lists have the same elements, so that they can be compared one by one.
template <typename T>
bool Correspond(const std::vector<T>& a, const std::vector<T>& b) {
  if constexpr (WithName<T>) {
    return std::ranges::equal(a, b, {}, &T::name, &T::name);
  } else {
    return a.size() == b.size();
  }
}

// Makes in `into` the edits by which `edit` differs from `base`. False if one of them is made there already.
template <typename T>
bool MixIn(const T& base, const T& edit, T& into) {
  if (edit == base) {
    return true;
  }
  if (into == base) {
    into = edit;
    return true;
  }
  bool mixed = true;
  if constexpr (certs::kIsShared<T>) {
    into.Change([&](auto& inside) { mixed = MixIn(*base, *edit, inside); });
    return mixed;
  } else if constexpr (HasMembers<T>) {
    T::kMembers.ForEach([&](const auto& member) {
      mixed = MixIn(base.*(member.where), edit.*(member.where), into.*(member.where)) && mixed;
    });
    return mixed;
  } else if constexpr (kIsMap<T>) {
    EachKey(base, edit, [&](const auto& key) {
      const auto before = MapEntry(base, key), after = MapEntry(edit, key);
      if (before == after) {
        return;
      }
      if (MapEntry(into, key) == before) {
        SetMapEntry(into, key, after);
      } else {
        mixed = false;
      }
    });
    return mixed;
  } else if constexpr (kIsVector<T>) {
    if constexpr (HasMembers<typename T::value_type>) {
      if (Correspond(base, edit) && Correspond(base, into)) {
        for (size_t i = 0; i < base.size(); ++i) {
          mixed = MixIn(base[i], edit[i], into[i]) && mixed;
        }
        return mixed;
      }
    }
  }
  return false;
}

// Calls visit(make) for every single member in which `to` differs from `from`; make() makes that edit in `into`.
template <typename T, typename Visit>
void EachEdit(const T& from, const T& to, T& into, Visit& visit) {
  if (from == to) {
    return;
  }
  if constexpr (certs::kIsShared<T>) {
    // Edits are made in a copy, which is put back: the place of the value itself changes with every change.
    auto inside = *into;
    const auto visit_inside = [&](const auto& make) {
      visit([&] {
        inside = *into;
        make();
        into = T(inside);
      });
    };
    EachEdit(*from, *to, inside, visit_inside);
  } else if constexpr (HasMembers<T>) {
    T::kMembers.ForEach(
        [&](const auto& member) { EachEdit(from.*(member.where), to.*(member.where), into.*(member.where), visit); });
  } else if constexpr (kIsOptional<T>) {
    if constexpr (HasMembers<typename T::value_type>) {
      if (from && to) {
        return EachEdit(*from, *to, *into, visit);
      }
    }
    visit([&] { into = to; });
  } else if constexpr (kIsMap<T>) {
    EachKey(from, to, [&](const auto& key) {
      if (MapEntry(from, key) != MapEntry(to, key)) {
        visit([&] { SetMapEntry(into, key, MapEntry(to, key)); });
      }
    });
  } else if constexpr (kIsVector<T>) {
    if constexpr (HasMembers<typename T::value_type>) {
      if (Correspond(from, to)) {
        for (size_t i = 0; i < from.size(); ++i) {
          EachEdit(from[i], to[i], into[i], visit);
        }
        return;
      }
    }
    visit([&] { into = to; });
  } else {
    visit([&] { into = to; });
  }
}

}  // namespace

std::optional<World> Compose(const std::vector<const World*>& edited) {
  const World good = GoodWorld();
  World world = good;
  for (const World* one : edited) {
    if (!MixIn(good, *one, world)) {
      return std::nullopt;
    }
  }
  return WrongWithChains(world).empty() ? std::optional(std::move(world)) : std::nullopt;
}

size_t CountEdits(const World& from, const World& to) {
  size_t count = 0;
  World into = from;
  const auto visit = [&](const auto&) { ++count; };
  EachEdit(from, to, into, visit);
  return count;
}

World KeepEdits(const World& from, const World& to, const std::vector<bool>& keep) {
  World into = from;
  size_t place = 0;
  const auto visit = [&](const auto& make) {
    if (place < keep.size() && keep[place]) {
      make();
    }
    ++place;
  };
  EachEdit(from, to, into, visit);
  return into;
}

Composed ScenarioOf(const World& world, Modes mode, const std::string& id, const std::string& summary,
                    std::optional<Policy> only) {
  Composed composed{.scenario = {.id = id,
                                 .summary = summary,
                                 .source = "the oracle",
                                 .twin = "control.good",
                                 .world = world,
                                 .modes = mode,
                                 .compound = true},
                    .doubt = {}};
  const auto tls_mode = mode == Modes::kImplicitOnly ? fakeserver::TlsMode::kImplicit : fakeserver::TlsMode::kStartTls;
  for (const Policy policy : only ? std::vector{*only} : AllPolicies()) {
    const Prediction prediction = Predict(world, policy, tls_mode);
    composed.doubt[policy] = prediction.uncertain;
    Expectation& expectation = composed.scenario.expect[policy];
    expectation = prediction.expectation;
    if (!prediction.uncertain.empty()) {
      expectation.must_reach = Rung::kConnected;
      expectation.demand = prediction.only_the_reason ? expectation.demand : Demand::kAnything;
    }
  }
  return composed;
}

}  // namespace lab
