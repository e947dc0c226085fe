#include "lab/cli/match.h"

#include <fmt/format.h>

#include <istream>
#include <optional>
#include <ostream>
#include <string_view>

#include "certs/bytes.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/match_explain.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/name_match.h"

namespace lab {
namespace {

using verifier::NameReason;
using verifier::PresentedForm;

std::optional<uint8_t> HexDigit(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<uint8_t>(c - '0');
  }
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') {
    return static_cast<uint8_t>(lower - 'a' + 10);
  }
  return std::nullopt;
}

// Replaces \xNN by the octet. False for any other backslash.
bool Unescape(std::string_view text, std::string& octets) {
  octets.clear();
  for (size_t pos = 0; pos < text.size(); ++pos) {
    if (text[pos] != '\\') {
      octets.push_back(text[pos]);
      continue;
    }
    if (text.size() - pos < 4 || text[pos + 1] != 'x') {
      return false;
    }
    const auto high = HexDigit(text[pos + 2]);
    const auto low = HexDigit(text[pos + 3]);
    if (!high || !low) {
      return false;
    }
    octets.push_back(static_cast<char>(*high << 4 | *low));
    pos += 3;
  }
  return true;
}

certs::ByteView View(const std::string& octets) {
  return {reinterpret_cast<const uint8_t*>(octets.data()), octets.size()};
}

std::optional<PresentedForm> FormOf(std::string_view kind) {
  if (kind == "dns") {
    return PresentedForm::kDns;
  }
  if (kind == "ip") {
    return PresentedForm::kIp;
  }
  if (kind == "cn") {
    return PresentedForm::kCommonName;
  }
  return std::nullopt;
}

// Cuts one field off the front of the line; nothing if the line has no more.
std::optional<std::string_view> NextField(std::optional<std::string_view>& line) {
  if (!line) {
    return std::nullopt;
  }
  const size_t tab = line->find('\t');
  const std::string_view field = line->substr(0, tab);
  if (tab == line->npos) {
    line.reset();
  } else {
    line->remove_prefix(tab + 1);
  }
  return field;
}

// Answers a table line by line. Buffers are kept from line to line.
class Batch {
 public:
  explicit Batch(const verifier::NamePolicy& policy) : policy_(policy) {}

  // Appends the answer to one line, if it asks something, to `answers`. Returns what is wrong with the line, or "".
  std::string Answer(std::string_view line, std::string& answers) {
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty() || line.front() == '#') {
      return "";
    }
    std::optional<std::string_view> rest = line;
    const auto kind = NextField(rest);
    const auto presented = NextField(rest);
    const auto reference = NextField(rest);
    if (!reference) {
      return "expected kind TAB presented TAB reference";
    }
    const auto form = FormOf(*kind);
    if (!form) {
      return fmt::format("unknown kind \"{}\"; expected dns, ip or cn", certs::Escaped(*kind, 40));
    }
    const bool has_presented = *presented != "-";
    const bool has_reference = *reference != "-";
    if (!has_presented && !has_reference) {
      return "neither a presented nor a reference identifier is given";
    }
    if (!Unescape(*presented, presented_) || !Unescape(*reference, reference_)) {
      return "a backslash begins an octet written \\xNN and nothing else";
    }
    const auto [verdict, reason] = Decide(*form, has_presented, has_reference);
    answers.append(verdict).append("\t").append(Name(reason)).append("\n");
    return "";
  }

 private:
  struct Decision {
    std::string_view verdict;
    NameReason reason;
  };

  Decision Decide(PresentedForm form, bool has_presented, bool has_reference) const {
    const verifier::Presented presented{form, View(presented_)};
    if (!has_reference) {
      const NameReason reason = CheckPresented(presented, policy_);
      return {reason == NameReason::kValid ? "valid-presented" : "invalid-presented", reason};
    }
    const auto reference = verifier::ParseReference(reference_);
    if (!reference) {
      return {"invalid-reference", reference.error()};
    }
    if (!has_presented) {
      return {"valid-reference", NameReason::kValid};
    }
    const verifier::NameDecision decision = MatchName(presented, *reference, policy_);
    if (!decision.presented_valid) {
      return {"invalid-presented", decision.reason};
    }
    return {decision.match ? "match" : "nomatch", decision.reason};
  }

  verifier::NamePolicy policy_;
  std::string presented_, reference_;
};

int RunBatch(const verifier::NamePolicy& policy, std::istream& in, std::ostream& out, std::ostream& err) {
  constexpr size_t kBlock = 64 * 1024;
  Batch batch(policy);
  std::string line, answers, fault;
  size_t number = 0;
  while (fault.empty() && std::getline(in, line)) {
    ++number;
    fault = batch.Answer(line, answers);
    // Answers go out in blocks, but never later than the wait for the next question: a program may ask line by line.
    if (answers.size() >= kBlock || in.rdbuf()->in_avail() <= 0) {
      out << answers << std::flush;
      answers.clear();
    }
  }
  out << answers << std::flush;
  if (!fault.empty()) {
    err << fmt::format("match: line {}: {}\n", number, fault);
    return kExitUsage;
  }
  if (in.bad() || !out) {
    err << fmt::format("match: line {}: cannot {}\n", number, in.bad() ? "read further" : "write the answer");
    return kExitHarness;
  }
  return kExitOk;
}

// What stands on the command line for the certificate's side: the form and its octets.
struct PresentedArgument {
  PresentedForm form = PresentedForm::kDns;
  std::string octets;
};

// Reads "[dns:|ip:|cn:]TEXT". On failure returns nothing and says why in `fault`.
std::optional<PresentedArgument> ReadPresented(std::string_view text, std::string& fault) {
  std::optional<PresentedForm> form;
  if (const size_t colon = text.find(':'); colon != text.npos) {
    form = FormOf(text.substr(0, colon));
    text.remove_prefix(form ? colon + 1 : 0);
  }
  PresentedArgument presented;
  if (!Unescape(text, presented.octets)) {
    fault = "the presented identifier has a backslash that does not begin an octet written \\xNN";
    return std::nullopt;
  }
  const auto address = verifier::ParseIpAddress(presented.octets);
  presented.form = form.value_or(address ? PresentedForm::kIp : PresentedForm::kDns);
  if (presented.form == PresentedForm::kIp) {
    if (!address) {
      fault = fmt::format("\"{}\" is not an IP address", certs::Escaped(presented.octets, 100));
      return std::nullopt;
    }
    presented.octets = certs::AsText(address->View());
  }
  return presented;
}

}  // namespace

int RunMatch(const MatchOptions& options, std::istream& in, std::ostream& out, std::ostream& err) {
  const auto policy = verifier::ProfileByName(options.profile);
  if (!policy) {
    err << fmt::format("match: unknown profile \"{}\"; known are {}\n", certs::Escaped(options.profile, 100),
                       fmt::join(verifier::ProfileNames(), ", "));
    return kExitUsage;
  }
  if (options.batch) {
    return RunBatch(*policy, in, out, err);
  }
  std::string fault, reference;
  const auto presented = ReadPresented(options.presented, fault);
  if (presented && !Unescape(options.reference, reference)) {
    fault = "the reference has a backslash that does not begin an octet written \\xNN";
  }
  if (!fault.empty()) {
    err << "match: " << fault << "\n";
    return kExitUsage;
  }
  const Explanation explanation =
      ExplainMatch({presented->form, View(presented->octets)}, reference, options.profile, *policy);
  out << explanation.text << std::flush;
  return explanation.match ? kExitOk : kExitUnexpected;
}

}  // namespace lab
