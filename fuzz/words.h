// What an input of a fuzz target says, for people.
#pragma once

#include <string>
#include <string_view>

namespace fuzz {

// Lines of printable text, bounded; of a target that is not known the octets.
std::string InWords(std::string_view target, std::string_view input);

}  // namespace fuzz
