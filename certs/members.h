// What makes specs comparable, printable and diffable without a line of code per member: each spec struct lists its
// members once, in a static constexpr `kMembers`, and Diff (diff.h) and the scenario files walk that list.
//
//   struct BasicConstraints {
//     bool ca = true;
//     std::optional<int> path_len;
//     bool operator==(const BasicConstraints&) const = default;
//     static constexpr auto kMembers =
//         std::tuple{Member{"ca", &BasicConstraints::ca}, Member{"path_len", &BasicConstraints::path_len}};
//   };
#pragma once

#include <string_view>
#include <tuple>
#include <type_traits>

namespace certs {

// A member's name as reports and files spell it, and where it is.
template <typename Struct, typename Value>
struct Member {
  std::string_view name;
  Value Struct::* where;
};
template <typename Struct, typename Value>
Member(const char*, Value Struct::*) -> Member<Struct, Value>;

// A struct that lists its members.
template <typename T>
concept HasMembers = requires { std::tuple_size<std::remove_cvref_t<decltype(T::kMembers)>>::value; };

// Calls visit(name, a.member, b.member) for every listed member of two values of one type.
template <HasMembers T, typename Visit>
constexpr void ForEachMember(const T& a, const T& b, Visit&& visit) {
  std::apply([&](const auto&... member) { (visit(member.name, a.*(member.where), b.*(member.where)), ...); },
             T::kMembers);
}

// Calls visit(name, value.member) for every listed member; `value` may be const or not.
template <typename T, typename Visit>
  requires HasMembers<std::remove_const_t<T>>
constexpr void ForEachMember(T& value, Visit&& visit) {
  std::apply([&](const auto&... member) { (visit(member.name, value.*(member.where)), ...); },
             std::remove_const_t<T>::kMembers);
}

}  // namespace certs
