#include "lab/report/outcome_words.h"

namespace lab {

std::string_view Meaning(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "did what is right";
    case Outcome::kAcceptBad:
      return "went on with a server it must refuse";
    case Outcome::kRejectGood:
      return "refused a good server";
    case Outcome::kLeak:
      return "gave something away in clear";
    case Outcome::kLax:
      return "said EHLO before it refused";
    case Outcome::kHang:
      return "did not end in time";
    case Outcome::kCrash:
      return "died";
    case Outcome::kNotReached:
      return "never met the certificate: proves nothing";
    case Outcome::kInconsistent:
      return "says one thing, did another";
    case Outcome::kSkip:
      return "not applicable";
    case Outcome::kXfail:
      return "known weakness";
    case Outcome::kXpass:
      return "known weakness is gone";
    case Outcome::kError:
      return "the lab's own fault";
  }
  return "";
}

}  // namespace lab
