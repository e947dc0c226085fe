// The second opinion: predicts from the world's description alone, without crypto, without issuing and without the
// verifier, what a right client must do. Rows are written by hand; where oracle and row disagree, a test fails and somebody
// has to find out who is right.
#pragma once

#include "lab/scenario/scenario.h"

namespace lab {

// `now_exact`: whether boundaries to the second hold. The prediction's `also` lists every further defect it sees.
Expectation Predict(const World& world, Policy policy, fakeserver::TlsMode mode);

}  // namespace lab
