// What makes specs comparable, printable and diffable without a line of code per member: each spec struct lists its
// members once, in a static constexpr `kMembers`, and Diff (diff.h) and the scenario files walk that list.
//
//   struct BasicConstraints {
//     bool ca = true;
//     std::optional<int> path_len;
//     bool operator==(const BasicConstraints&) const = default;
//     static constexpr auto kMembers =
//         Members{Member{"ca", &BasicConstraints::ca}, Member{"path_len", &BasicConstraints::path_len}};
//   };
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include "certs/shared.h"

namespace certs {

// A member's name as reports and files spell it, and where it is.
template <typename Struct, typename Value>
struct Member {
  std::string_view name;
  Value Struct::* where;
};
template <typename Struct, typename Value>
Member(const char*, Value Struct::*) -> Member<Struct, Value>;

// A list of members. It is what std::tuple would be, but for what its constructors cost every file that includes a
// spec: instantiating them was most of the time it took to compile one.
template <size_t Index, typename T>
struct MemberAt {
  T member;
};

template <typename Indices, typename... Ms>
struct MemberList;

template <size_t... Index, typename... Ms>
struct MemberList<std::index_sequence<Index...>, Ms...> : MemberAt<Index, Ms>... {
  static constexpr size_t kSize = sizeof...(Ms);

  constexpr explicit MemberList(Ms... members) : MemberAt<Index, Ms>{members}... {}

  // Calls visit(member) for each, in order.
  template <typename Visit>
  constexpr void ForEach(Visit&& visit) const {
    (visit(static_cast<const MemberAt<Index, Ms>&>(*this).member), ...);
  }
};

template <typename... Ms>
struct Members : MemberList<std::index_sequence_for<Ms...>, Ms...> {
  using MemberList<std::index_sequence_for<Ms...>, Ms...>::MemberList;
};
template <typename... Ms>
Members(Ms...) -> Members<Ms...>;

// A struct that lists its members.
template <typename T>
concept HasMembers = requires { std::remove_cvref_t<decltype(T::kMembers)>::kSize; };

// Calls visit(name, member), or visit(name, a, b), with what is in a member that is shared (shared.h).
template <typename Visit, typename T>
constexpr void VisitMember(Visit&& visit, std::string_view name, const T& a, const T& b) {
  if constexpr (kIsShared<T>) {
    visit(name, *a, *b);
  } else {
    visit(name, a, b);
  }
}
template <typename Visit, typename T>
constexpr void VisitMember(Visit&& visit, std::string_view name, T& value) {
  if constexpr (!kIsShared<std::remove_const_t<T>>) {
    visit(name, value);
  } else if constexpr (std::is_const_v<T>) {
    visit(name, *value);
  } else {
    value.Change([&](auto& inside) { visit(name, inside); });
  }
}

// Calls visit(name, a.member, b.member) for every listed member of two values of one type.
template <HasMembers T, typename Visit>
constexpr void ForEachMember(const T& a, const T& b, Visit&& visit) {
  T::kMembers.ForEach(
      [&](const auto& member) { VisitMember(visit, member.name, a.*(member.where), b.*(member.where)); });
}

// Calls visit(name, value.member) for every listed member; `value` may be const or not.
template <typename T, typename Visit>
  requires HasMembers<std::remove_const_t<T>>
constexpr void ForEachMember(T& value, Visit&& visit) {
  std::remove_const_t<T>::kMembers.ForEach(
      [&](const auto& member) { VisitMember(visit, member.name, value.*(member.where)); });
}

}  // namespace certs
