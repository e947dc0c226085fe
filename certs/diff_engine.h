// How two values of any spec type are compared and put into words, by walking kMembers (members.h). diff.h applies it
// to chains; whoever composes specs into something larger applies it to that.
//
// A struct is either *entered* (its members are compared one by one) or a *plain value* (one difference, shown whole).
// A type becomes a plain value by having a function `std::string InWords(const T&)` in its own namespace. Enums need a
// `std::string_view Name(E)` there.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "certs/bytes.h"
#include "certs/diff.h"
#include "certs/members.h"
#include "certs/spec.h"

namespace certs {

// ------------------------------------------------------------------------------------------------ words

std::string InWords(const KeySpec& key);          // "p256/leaf"
std::string InWords(const GeneralName& name);     // "dns:mail.bob.test", "ip:127.0.0.1", "ip:127.0.0.0/255.0.0.0"
std::string InWords(const Attribute& attribute);  // "CN=Lab Root CA", "O(bmp)=\x00B"
std::string InWords(const TimeSpec& time);        // "+30 d", "-1 s as generalized", "raw \"...\""

namespace diff_internal {

// Longest text of one value; what is cut is said.
inline constexpr size_t kLongest = 200;

std::string Bounded(std::string text);
std::string Quoted(std::string_view text);  // "text", escaped
std::string Octets(ByteView bytes);         // quoted where it is printable text, otherwise 0x...; bounded
std::string Nanoseconds(std::chrono::nanoseconds duration);
std::string Seconds(std::chrono::seconds duration);  // "1 d 2 s", "-1 s"

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <typename T>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <typename T>
inline constexpr bool kIsDuration = false;
template <typename Rep, typename Period>
inline constexpr bool kIsDuration<std::chrono::duration<Rep, Period>> = true;

template <typename T>
concept PlainValue = requires(const T& value) {
  { InWords(value) } -> std::same_as<std::string>;
};
template <typename T>
concept Entered = HasMembers<T> && !PlainValue<T>;
// Elements of a vector that are told apart by name, not by position.
template <typename T>
concept Named = Entered<T> && requires(const T& value) {
  { value.name } -> std::convertible_to<const std::string&>;
};

template <typename T>
std::string Words(const T& value);

// "[a, b]"; stops when the bound is reached.
template <typename T>
std::string ListInWords(const std::vector<T>& values) {
  std::string text = "[";
  for (size_t i = 0; i < values.size(); ++i) {
    text += (i == 0 ? "" : ", ") + Words(values[i]);
    if (text.size() > kLongest) {
      break;
    }
  }
  return Bounded(text + "]");
}

// "{ca: true}": the members that are not what a default value has; all of them where none is.
template <HasMembers T>
std::string StructInWords(const T& value) {
  const T usual{};
  const bool all = value == usual;
  std::string text;
  ForEachMember(value, usual, [&](std::string_view name, const auto& member, const auto& usual_member) {
    if ((all || member != usual_member) && text.size() <= kLongest) {
      text += (text.empty() ? "" : ", ") + std::string(name) + ": " + Words(member);
    }
  });
  return Bounded("{" + text + "}");
}

template <typename T>
std::string Words(const T& value) {
  if constexpr (PlainValue<T>) {
    return Bounded(InWords(value));
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_enum_v<T>) {
    const std::string_view name = Name(value);
    // A number cast to the enum has no name of its own; the number tells it from others.
    return name == "unknown" ? "unknown(" + std::to_string(static_cast<long long>(value)) + ")" : std::string(name);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return Octets(value);
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return Bounded(Quoted(value));
  } else if constexpr (kIsDuration<T>) {
    if constexpr (std::ratio_less_v<typename T::period, std::ratio<1>>) {
      return Nanoseconds(std::chrono::duration_cast<std::chrono::nanoseconds>(value));
    } else {
      return Seconds(std::chrono::duration_cast<std::chrono::seconds>(value));
    }
  } else if constexpr (kIsOptional<T>) {
    return value ? Words(*value) : "none";
  } else if constexpr (kIsVector<T>) {
    return ListInWords(value);
  } else {
    static_assert(HasMembers<T>, "give the type kMembers, or an InWords() in its own namespace");
    return StructInWords(value);
  }
}

std::string Join(std::string_view prefix, std::string_view name);  // "prefix.name", or "name"

}  // namespace diff_internal

// ------------------------------------------------------------------------------------------------ differences

// Appends every member in which `b` differs from `a`; paths begin with `prefix` and a dot, unless it is empty.
template <HasMembers T>
void DiffInto(const std::string& prefix, const T& a, const T& b, std::vector<Difference>& out);

namespace diff_internal {

// Matches nodes by name. Their paths leave out the vector's own name: "leaf.san", not "certs.leaf.san".
template <Named T>
void DiffNodes(const std::string& prefix, std::string_view member, const std::vector<T>& a, const std::vector<T>& b,
               std::vector<Difference>& out) {
  const size_t before = out.size();
  const auto find = [](const std::vector<T>& nodes, const std::string& name) {
    return std::ranges::find(nodes, name, &T::name);
  };
  for (const T& node : a) {
    const std::string path = Join(prefix, Escaped(node.name, kLongest));
    if (const auto twin = find(b, node.name); twin != b.end()) {
      DiffInto(path, node, *twin, out);
    } else {
      out.push_back({path, Words(node), "absent"});
    }
  }
  for (const T& node : b) {
    if (find(a, node.name) == a.end()) {
      out.push_back({Join(prefix, Escaped(node.name, kLongest)), "absent", Words(node)});
    }
  }
  if (out.size() == before) {  // the same nodes in another order, or one of them twice
    const auto names = [](const std::vector<T>& nodes) {
      std::vector<std::string> list;
      std::ranges::transform(nodes, std::back_inserter(list), &T::name);
      return Words(list);
    };
    out.push_back({Join(prefix, member), names(a), names(b)});
  }
}

template <typename T>
void DiffMember(const std::string& prefix, std::string_view name, const T& a, const T& b,
                std::vector<Difference>& out) {
  if (a == b) {
    return;
  }
  const std::string path = Join(prefix, name);
  const size_t before = out.size();
  if constexpr (Entered<T>) {
    DiffInto(path, a, b, out);
  } else if constexpr (kIsOptional<T>) {
    if constexpr (Entered<typename T::value_type>) {
      if (a && b) {
        DiffInto(path, *a, *b, out);
      }
    }
  } else if constexpr (kIsVector<T>) {
    if constexpr (Named<typename T::value_type>) {
      DiffNodes(prefix, name, a, b, out);
    } else if constexpr (Entered<typename T::value_type>) {
      for (size_t i = 0; a.size() == b.size() && i < a.size(); ++i) {
        DiffInto(path + "[" + std::to_string(i) + "]", a[i], b[i], out);
      }
    }
  }
  if (out.size() == before) {
    out.push_back({path, Words(a), Words(b)});
  }
}

}  // namespace diff_internal

template <HasMembers T>
void DiffInto(const std::string& prefix, const T& a, const T& b, std::vector<Difference>& out) {
  ForEachMember(a, b, [&](std::string_view name, const auto& x, const auto& y) {
    diff_internal::DiffMember(prefix, name, x, y, out);
  });
}

}  // namespace certs
