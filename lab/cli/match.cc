#include "lab/cli/match.h"

#include <fmt/format.h>

#include <istream>
#include <optional>
#include <ostream>
#include <string_view>

#include "certs/bytes.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/match_batch.h"
#include "lab/cli/match_explain.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/name_match.h"

namespace lab {
namespace {

using verifier::PresentedForm;

certs::ByteView View(const std::string& octets) {
  return {reinterpret_cast<const uint8_t*>(octets.data()), octets.size()};
}

// The forms that one identifier on the command line can have.
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
  if (kind == "srv") {
    return PresentedForm::kSrv;
  }
  if (kind == "uri") {
    return PresentedForm::kUri;
  }
  return std::nullopt;
}

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

// Reads "[dns:|ip:|cn:|srv:|uri:]TEXT". On failure returns nothing and says why in `fault`.
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
