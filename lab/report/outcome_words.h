// Outcomes in words, the same in every report.
#pragma once

#include <string_view>

#include "lab/scenario/outcome.h"

namespace lab {

// "went on with a server it must refuse": what the outcome means, for a legend.
std::string_view Meaning(Outcome outcome);

}  // namespace lab
