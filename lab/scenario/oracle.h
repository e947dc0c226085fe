// The second opinion: predicts from the world's description alone, without crypto, without issuing and without the
// verifier, what a right client must do. Rows are written by hand; where oracle and row disagree, a test fails and
// somebody has to find out who is right.
//
// It reads RFC 5280, RFC 9525, RFC 3207 and the lab's name policy as they stand, with the depths and the precedence of
// lab/verifier/README.md. A signature "verifies" if the key that is said to have signed is the key that is said to be
// in the issuer. Dates are relative to a `now` of 0; dates written out are taken to be past before 2024 and future from
// 2040 on.
//
// What it cannot know it says: tampered bytes, OCSP responses given as octets that might be some, raw extensions that
// parse and mean something (a raw subjectAltName is looked into), whether a raw key is one, international names beyond
// lower-case letters.
#pragma once

#include <string>

#include "lab/scenario/scenario.h"

namespace lab {

struct Prediction {
  // What is expected; `also` lists every further defect, each once.
  Expectation expectation;
  // Why the prediction is only a guess; empty if it is none.
  std::string uncertain;
  // Then: the demand is none, but reason, depth and how far the client comes are.
  bool only_the_reason = false;
};

// Total: it predicts something for every world, bounded work included.
Prediction Predict(const World& world, Policy policy, fakeserver::TlsMode mode);

}  // namespace lab
