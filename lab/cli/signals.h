// What speaks for or against a server beside its certificate, as `check` prints it. A signal is advice and no proof:
// none of them changes the verdict. A source is one function, and one row of a table.
#pragma once

#include <vector>

#include "lab/cli/live.h"
#include "lab/verifier/advice.h"

namespace lab {

using verifier::Signal;
using verifier::Standing;

// Every source's signals about one server, in the table's order. `request`: what the certificate was judged by.
std::vector<Signal> SignalsOf(const Live& live, const verifier::VerifyRequest& request);

}  // namespace lab
