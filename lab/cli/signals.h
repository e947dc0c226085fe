// What speaks for or against a server beside its certificate. A signal is advice and no proof: none of them changes the
// verdict. A source is one function, and one row of a table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/cli/live.h"

namespace lab {

enum class Standing : uint8_t { kFor, kAgainst, kUnknown };
std::string_view Name(Standing standing);  // "for", "against", "unknown"

struct Signal {
  std::string name;  // stable: "banner"
  Standing standing = Standing::kUnknown;
  std::string detail;  // one escaped sentence
};

// Every source's signals about one server, in the table's order.
std::vector<Signal> SignalsOf(const Live& live);

}  // namespace lab
