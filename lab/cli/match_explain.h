// Tells a person, step by step, how one name decision comes about. It calls the matcher and puts its answers into
// words; it decides nothing itself.
#pragma once

#include <string>
#include <string_view>

#include "lab/verifier/name_match.h"

namespace lab {

struct Explanation {
  bool match = false;
  std::string text;  // several lines; everything hostile in it is escaped
};

// Explains whether `presented` matches what the user configured, under the profile of that name.
Explanation ExplainMatch(const verifier::Presented& presented, std::string_view configured, std::string_view profile,
                         const verifier::NamePolicy& policy);

}  // namespace lab
