// How any value of a world is read from TOML and printed as TOML, by walking kMembers (certs/members.h). For
// scenario_file.cc only; scenario_file.h says what the form is.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "certs/diff_engine.h"
#include "certs/members.h"
#include "certs/result.h"
#include "lab/scenario/toml.h"

namespace lab::scenario_file {

using certs::HasMembers;
using certs::diff_internal::kIsDuration;
using certs::diff_internal::kIsOptional;
using certs::diff_internal::kIsVector;

template <typename T>
inline constexpr bool kIsMap = false;
template <typename Key, typename Value>
inline constexpr bool kIsMap<std::map<Key, Value>> = true;

// Elements that a file tells apart by name.
template <typename T>
concept NamedElement = HasMembers<T> && requires(const T& value) {
  { value.name } -> std::convertible_to<const std::string&>;
};
template <typename T>
inline constexpr bool kIsNamedList = false;
template <NamedElement T>
inline constexpr bool kIsNamedList<std::vector<T>> = true;

// The name of an enumerator; empty where it has none.
template <typename E>
std::string_view EnumName(E value) {
  const std::string_view name = Name(value);
  return name == "unknown" || name == "?" ? std::string_view() : name;
}

template <typename E>
std::optional<E> EnumByName(std::string_view name) {
  for (int i = 0; i <= 255; ++i) {
    if (!name.empty() && EnumName(static_cast<E>(i)) == name) {
      return static_cast<E>(i);
    }
  }
  return std::nullopt;
}

template <typename E>
std::string EnumNames() {
  std::string names;
  for (int i = 0; i <= 255; ++i) {
    const std::string_view name = EnumName(static_cast<E>(i));
    names += name.empty() ? "" : (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

// What an optional value begins as when a file gives it: of a chain, the good one, so that only its faults need be
// said.
template <typename T>
T Usual() {
  return T{};
}
template <>
inline certs::ChainSpec Usual<certs::ChainSpec>() {
  return certs::GoodChain();
}

// ------------------------------------------------------------------------------------------------ printing

std::string PrintText(std::string_view text);  // "text", or { hex = "..." }
std::string PrintDuration(std::chrono::microseconds duration);
std::string PrintKey(std::string_view key);  // quoted where TOML wants it

template <typename T>
std::string Print(const T& usual, const T& value);

// The value of a member on one line; of a struct, what is not as in `usual`.
template <typename T>
std::string Print(const T& value) {
  return Print(T{}, value);
}

template <HasMembers T>
std::string PrintMembers(const T& usual, const T& value) {
  std::string text;
  certs::ForEachMember(usual, value, [&](std::string_view name, const auto& before, const auto& after) {
    if (before != after) {
      text += (text.empty() ? "" : ", ") + std::string(name) + " = " + Print(before, after);
    }
  });
  return text;
}

// Of a list whose elements have names: each as an edit of the one of that name.
template <NamedElement T>
std::string PrintNamed(const std::vector<T>& usual, const std::vector<T>& value) {
  std::string text;
  for (const T& element : value) {
    const auto twin = std::ranges::find(usual, element.name, &T::name);
    const std::string edits = PrintMembers(twin == usual.end() ? T{} : *twin, element);
    const bool named = twin == usual.end();
    text += (text.empty() ? "{ " : ", { ") + (named ? "" : "name = " + PrintText(element.name)) +
            (named || edits.empty() ? "" : ", ") + edits + " }";
  }
  return "[" + text + "]";
}

template <typename T>
std::string Print(const T& usual, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, std::string>) {
    return PrintText(value);
  } else if constexpr (std::is_same_v<T, certs::Bytes>) {
    return PrintText(certs::AsText(value));
  } else if constexpr (std::is_enum_v<T>) {
    const std::string_view name = EnumName(value);
    return name.empty() ? std::to_string(static_cast<int>(value)) : PrintText(name);
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else if constexpr (kIsDuration<T>) {
    return PrintDuration(value);
  } else if constexpr (kIsOptional<T>) {
    static_assert(!std::is_same_v<typename T::value_type, bool>, "false takes an optional value away");
    return value ? Print(usual ? *usual : Usual<typename T::value_type>(), *value) : "false";
  } else if constexpr (kIsNamedList<T>) {
    return PrintNamed(usual, value);
  } else if constexpr (kIsVector<T>) {
    std::string text;
    for (const auto& element : value) {
      text += (text.empty() ? "" : ", ") + Print(element);
    }
    return "[" + text + "]";
  } else if constexpr (kIsMap<T>) {
    std::string text;
    for (const auto& [key, element] : value) {
      text += (text.empty() ? "" : ", ") + PrintKey(Name(key)) + " = " + Print(element);
    }
    return "{" + text + "}";
  } else {
    static_assert(HasMembers<T>, "a type that scenario files do not know");
    const std::string text = PrintMembers(usual, value);
    return text.empty() ? "{}" : "{ " + text + " }";
  }
}

// "path = value" for every member in which `value` is not as in `base`, a line each.
template <typename T>
void PrintEdits(const std::string& path, const T& base, const T& value, std::string& out);

template <HasMembers T>
void PrintMemberEdits(const std::string& path, const T& base, const T& value, std::string& out) {
  certs::ForEachMember(base, value, [&](std::string_view name, const auto& before, const auto& after) {
    PrintEdits(path.empty() ? PrintKey(name) : path + "." + PrintKey(name), before, after, out);
  });
}

template <typename T>
void PrintEdits(const std::string& path, const T& base, const T& value, std::string& out) {
  if (base == value) {
    return;
  }
  const auto line = [&](const std::string& text) { out += path + " = " + text + "\n"; };
  if constexpr (HasMembers<T>) {
    return PrintMemberEdits(path, base, value, out);
  } else if constexpr (kIsOptional<T>) {
    using Inner = typename T::value_type;
    if constexpr (HasMembers<Inner>) {
      const Inner before = base ? *base : Inner{};
      if (value && before != *value) {
        return PrintEdits(path, before, *value, out);
      }
    }
  } else if constexpr (kIsNamedList<T>) {
    if (std::ranges::equal(base, value, {}, &T::value_type::name, &T::value_type::name)) {
      for (size_t i = 0; i < base.size(); ++i) {
        PrintEdits(path + "." + PrintKey(base[i].name), base[i], value[i], out);
      }
      return;
    }
  } else if constexpr (kIsMap<T>) {
    using Element = typename T::mapped_type;
    for (const auto& [key, element] : value) {
      const auto before = base.find(key);
      if (before == base.end() || before->second != element) {
        out += path + "." + PrintKey(Name(key)) + " = " +
               Print(before == base.end() ? Element{} : before->second, element) + "\n";
      }
    }
    for (const auto& [key, element] : base) {
      if (!value.contains(key)) {
        out += path + "." + PrintKey(Name(key)) + " = false\n";
      }
    }
    return;
  }
  line(Print(base, value));
}

// ------------------------------------------------------------------------------------------------ reading

// Reads values into what the base has. The first mistake is kept, with its line.
class ValueReader {
 public:
  explicit ValueReader(std::string file) : file_(std::move(file)) {}

  template <typename T>
  void Read(const toml::node& node, const std::string& path, T& into);

  void Complain(const toml::source_region& where, const std::string& what);
  const std::optional<certs::Error>& error() const { return error_; }

  std::optional<std::string> Text(const toml::node& node, const std::string& path);
  std::optional<std::chrono::microseconds> Duration(const toml::node& node, const std::string& path);
  std::optional<int64_t> Number(const toml::node& node, const std::string& path, int64_t least, int64_t most);

 private:
  void Mistyped(const toml::node& node, const std::string& path, std::string_view wanted);
  static bool TakesAway(const toml::node& node) { return node.value_exact<bool>() == false; }

  template <HasMembers T>
  void ReadMembers(const toml::node& node, const std::string& path, T& into);
  template <typename T>
  void ReadList(const toml::node& node, const std::string& path, std::vector<T>& into);
  template <NamedElement T>
  void ReadByName(const toml::table& table, const std::string& path, std::vector<T>& into);
  template <typename E>
  void ReadEnum(const toml::node& node, const std::string& path, E& into);
  template <typename Key, typename Value>
  void ReadMap(const toml::node& node, const std::string& path, std::map<Key, Value>& into);

  std::string file_;
  std::optional<certs::Error> error_;
};

template <HasMembers T>
void ValueReader::ReadMembers(const toml::node& node, const std::string& path, T& into) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    return Mistyped(node, path, "a table");
  }
  for (const auto& [key, value] : *table) {
    bool known = false;
    std::string all;
    certs::ForEachMember(into, [&](std::string_view name, auto& member) {
      all += (all.empty() ? "" : ", ") + std::string(name);
      if (name == key.str()) {
        known = true;
        Read(value, path.empty() ? std::string(name) : path + "." + std::string(name), member);
      }
    });
    if (!known) {
      Complain(key.source(), (path.empty() ? "a scenario" : path) + " has no member \"" +
                                 certs::Escaped(key.str(), 60) + "\"; it has " + all);
    }
  }
}

template <NamedElement T>
void ValueReader::ReadByName(const toml::table& table, const std::string& path, std::vector<T>& into) {
  for (const auto& [key, value] : table) {
    const std::string name(key.str());
    const auto element = std::ranges::find(into, name, &T::name);
    if (element == into.end()) {
      Complain(key.source(), path + " has no \"" + certs::Escaped(name, 60) + "\"; give a list to add one");
    } else if (TakesAway(value)) {
      into.erase(element);
    } else {
      Read(value, path + "." + name, *element);
    }
  }
}

template <typename T>
void ValueReader::ReadList(const toml::node& node, const std::string& path, std::vector<T>& into) {
  if constexpr (NamedElement<T>) {
    if (const toml::table* table = node.as_table()) {
      return ReadByName(*table, path, into);
    }
  }
  const toml::array* list = node.as_array();
  if (list == nullptr) {
    return Mistyped(node, path, "a list");
  }
  std::vector<T> elements;
  for (const toml::node& item : *list) {
    T element{};
    if constexpr (NamedElement<T>) {
      const toml::table* table = item.as_table();
      const auto name = table != nullptr ? (*table)["name"].value<std::string>() : std::nullopt;
      const auto twin = std::ranges::find(into, name.value_or(""), &T::name);
      element = twin != into.end() ? *twin : T{};
    }
    Read(item, path + "[" + std::to_string(elements.size()) + "]", element);
    elements.push_back(std::move(element));
  }
  into = std::move(elements);
}

template <typename E>
void ValueReader::ReadEnum(const toml::node& node, const std::string& path, E& into) {
  if (node.is_integer()) {
    using Underlying = std::underlying_type_t<E>;
    if (const auto number = Number(node, path, 0, std::numeric_limits<Underlying>::max())) {
      into = static_cast<E>(*number);
    }
    return;
  }
  const auto name = node.value_exact<std::string>();
  const auto value = name ? EnumByName<E>(*name) : std::nullopt;
  if (!value) {
    return Complain(node.source(), path + " is one of: " + EnumNames<E>());
  }
  into = *value;
}

template <typename Key, typename Value>
void ValueReader::ReadMap(const toml::node& node, const std::string& path, std::map<Key, Value>& into) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    return Mistyped(node, path, "a table");
  }
  for (const auto& [key, value] : *table) {
    const auto which = EnumByName<Key>(key.str());
    if (!which) {
      Complain(key.source(), path + " has for keys: " + EnumNames<Key>());
    } else if (TakesAway(value)) {
      into.erase(*which);
    } else {
      Read(value, path + "." + std::string(key.str()), into[*which]);
    }
  }
}

template <typename T>
void ValueReader::Read(const toml::node& node, const std::string& path, T& into) {
  if constexpr (std::is_same_v<T, bool>) {
    const auto value = node.value_exact<bool>();
    return value ? void(into = *value) : Mistyped(node, path, "true or false");
  } else if constexpr (std::is_same_v<T, std::string>) {
    into = Text(node, path).value_or("");
  } else if constexpr (std::is_same_v<T, certs::Bytes>) {
    into = certs::ToBytes(Text(node, path).value_or(""));
  } else if constexpr (std::is_enum_v<T>) {
    ReadEnum(node, path, into);
  } else if constexpr (std::is_integral_v<T>) {
    const auto most = std::min<uint64_t>(std::numeric_limits<T>::max(), std::numeric_limits<int64_t>::max());
    const auto number = Number(node, path, std::numeric_limits<T>::min(), static_cast<int64_t>(most));
    into = static_cast<T>(number.value_or(0));
  } else if constexpr (kIsDuration<T>) {
    const auto duration = Duration(node, path).value_or(std::chrono::microseconds(0));
    into = std::chrono::duration_cast<T>(duration);
    if (into != duration) {
      Complain(node.source(), path + " is not that fine");
    }
  } else if constexpr (kIsOptional<T>) {
    if (TakesAway(node)) {
      return into.reset();
    }
    Read(node, path, into ? *into : into.emplace(Usual<typename T::value_type>()));
  } else if constexpr (kIsVector<T>) {
    ReadList(node, path, into);
  } else if constexpr (kIsMap<T>) {
    ReadMap(node, path, into);
  } else {
    ReadMembers(node, path, into);
  }
}

}  // namespace lab::scenario_file
