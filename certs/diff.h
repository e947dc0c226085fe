// Differences between two specs, member by member: what makes "one edit of a good twin" a thing a test can check.
#pragma once

#include <string>
#include <vector>

#include "certs/spec.h"

namespace certs {

// One member that differs. `member` is its path ("leaf.san.names", "intermediate.basic_constraints.ca", "presented");
// `from` and `to` are the two values in words, already escaped, at most some 200 characters each.
struct Difference {
  std::string member;
  std::string from;
  std::string to;

  bool operator==(const Difference&) const = default;
};

// Returns every member in which `to` differs from `from`, in declaration order. Nested specs and optionals that both
// hold a value are entered; a vector whose length differs, or whose elements are plain values, is one difference;
// certificate nodes are matched by name.
std::vector<Difference> Diff(const ChainSpec& from, const ChainSpec& to);

// "leaf.not_after: +30 d -> -1 d": one difference in words.
std::string ToString(const Difference& difference);

}  // namespace certs
