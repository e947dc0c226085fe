#include "lab/cli/check_print.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lab/cli/chain_facts.h"
#include "lab/cli/verify_print.h"
#include "lab/verifier/time_parse.h"
#include "lab/verifier/tls_report.h"

namespace lab {
namespace {

using nlohmann::ordered_json;

std::vector<certs::ByteView> ViewsOf(const std::vector<certs::Bytes>& all) { return {all.begin(), all.end()}; }

std::string TlsText(const verifier::TlsFacts& tls) {
  std::string text = tls.version;
  for (const std::string* part : {&tls.cipher, &tls.group, &tls.signature}) {
    text += part->empty() ? "" : ", " + *part;
  }
  return text;
}

std::string PresentedText(const CheckReport& report) {
  std::string text;
  for (size_t i = 0; i < report.request.chain.size(); ++i) {
    text += FactsText(FactsOf(report.request.chain[i], report.request.now), std::to_string(i), "");
  }
  return text;
}

// "0 <- 1 <- trust anchor CN=Lab Root": the order in which the presented ones were used.
std::string PathLine(const CheckReport& report) {
  std::string text;
  for (const int index : report.all.path) {
    const size_t place = static_cast<size_t>(index);
    const bool anchor = place >= report.request.chain.size();
    text += text.empty() ? "" : " <- ";
    text += anchor
                ? "trust anchor " +
                      FactsOf(report.request.anchors[place - report.request.chain.size()], report.request.now).subject
                : std::to_string(index);
  }
  return text;
}

certs::Verdict VerdictOf(const CheckReport& report) {
  return report.refusals.empty() ? certs::Verdict{} : report.refusals.front().verdict;
}

constexpr std::string_view kByDane = "dane", kByAnchors = "anchors", kByNothing = "nothing";
std::string_view JudgedBy(const CheckReport& report) {
  switch (report.request.trust.mode) {
    case verifier::TrustMode::kDane:
      return kByDane;
    case verifier::TrustMode::kPkix:
      return kByAnchors;
    case verifier::TrustMode::kNothing:
    case verifier::TrustMode::kUnauthenticated:
      return kByNothing;
  }
  return kByNothing;
}

// What a sender would report to the server's domain.
verifier::TlsFailureDetail ReportedFailure(const CheckReport& report) {
  const certs::Verdict verdict = VerdictOf(report);
  verifier::TlsFailureDetail failure{.type = TlsResultTypeOf(verdict, report.live.result.stage),
                                     .receiving_mx_hostname = report.live.endpoint.host,
                                     .receiving_ip = report.live.peer};
  if (failure.type != verifier::TlsResultType::kNone) {
    failure.failure_reason_code = certs::ToString(verdict);
  }
  return failure;
}

ordered_json SignalsJson(const std::vector<Signal>& signals) {
  ordered_json all = ordered_json::array();
  for (const Signal& signal : signals) {
    all.push_back(ordered_json{{"name", signal.name}, {"standing", Name(signal.standing)}, {"detail", signal.detail}});
  }
  return all;
}

ordered_json DialogueJson(const Live& live) {
  ordered_json all = ordered_json::array();
  for (const verifier::DialogueLine& line : live.result.dialogue) {
    all.push_back(
        ordered_json{{"from", line.from_client ? "client" : "server"}, {"tls", line.secure}, {"text", line.text}});
  }
  return all;
}

}  // namespace

CheckReport ReportOf(const Live& live) {
  CheckReport report{.live = live,
                     .request = {.chain = ViewsOf(live.result.chain),
                                 .anchors = ViewsOf(live.config.anchors),
                                 .reference = live.config.reference,
                                 .now = live.config.now,
                                 .names = live.config.names,
                                 .trust = live.config.trust,
                                 .revocation = {.mode = live.config.revocation,
                                                .staples = ViewsOf(live.result.staples),
                                                .crls = ViewsOf(live.config.crls)},
                                 .collect_all = true},
                     .all = {},
                     .refusals = {},
                     .signals = {}};
  report.signals = SignalsOf(live, report.request);
  if (!live.result.chain.empty()) {
    report.all = Verify(report.request);
    report.refusals = report.all.defects;
  }
  // The conversation may have failed beside the certificate.
  const auto is_known = [&](const verifier::Defect& defect) { return defect.verdict == live.result.verdict; };
  if (!live.result.verdict.ok() && std::ranges::none_of(report.refusals, is_known)) {
    report.refusals.push_back({live.result.verdict, live.result.detail});
  }
  return report;
}

std::string DialogueText(const Live& live) {
  std::string text;
  bool secure = false;
  for (const verifier::DialogueLine& line : live.result.dialogue) {
    if (line.secure && !secure) {
      text += fmt::format("  == {}\n", TlsText(live.result.tls));
    }
    secure = line.secure;
    text += fmt::format("  {} {}\n", line.from_client ? "C:" : "S:", line.text);
  }
  if (!secure && !live.result.tls.version.empty()) {
    text += fmt::format("  == {}\n", TlsText(live.result.tls));
  }
  return text;
}

ordered_json TlsJson(const verifier::TlsFacts& tls) {
  return ordered_json{{"version", tls.version},
                      {"cipher", tls.cipher},
                      {"group", tls.group},
                      {"signature", tls.signature},
                      {"alpn", tls.alpn}};
}

std::string CheckText(const CheckReport& report) {
  const Live& live = report.live;
  std::string text = fmt::format("{} at {}, {}{}\n", ToWords(live.endpoint), verifier::FormatTime(report.request.now),
                                 live.peer.empty() ? "not connected to" : "address " + live.peer,
                                 JudgedBy(report) == kByDane ? ", judged by its TLSA records" : "");
  text += "dialogue\n" + DialogueText(live);
  if (!report.request.chain.empty()) {
    text += "certificates, as presented\n" + PresentedText(report);
    text += fmt::format("path\n  {}\n", report.all.path.empty() ? "none" : PathLine(report));
    text += "names\n" + NamesText(NamesOf(report.request));
  }
  if (!report.signals.empty()) {
    text += "signals (advice, no proof)\n";
  }
  for (const Signal& signal : report.signals) {
    text += fmt::format("  {:<9} {}: {}\n", Name(signal.standing), signal.name, signal.detail);
  }
  if (report.refusals.empty()) {
    text += fmt::format("VERIFIED {}: {}\n", ToWords(live.endpoint), report.all.matched_name);
    return text;
  }
  const verifier::TlsResultType type = ReportedFailure(report).type;
  text += fmt::format("REFUSED {}: {}\n", ToWords(live.endpoint), certs::ToString(VerdictOf(report)));
  text += DefectsText(report.refusals);
  if (type != verifier::TlsResultType::kNone) {
    text += fmt::format("  a sender would report it to the domain as {} (RFC 8460 4.3)\n", Name(type));
  }
  return text;
}

std::string CheckJson(const CheckReport& report) {
  const Live& live = report.live;
  const certs::Verdict verdict = VerdictOf(report);
  const verifier::TlsFailureDetail failure = ReportedFailure(report);
  ordered_json presented = ordered_json::array();
  for (const certs::ByteView der : report.request.chain) {
    presented.push_back(FactsJson(FactsOf(der, report.request.now)));
  }
  const ordered_json json{
      {"host", certs::Escaped(live.endpoint.host, 300)},
      {"port", live.endpoint.port},
      {"mode", live.endpoint.mode == verifier::TlsMode::kImplicit ? "implicit" : "starttls"},
      {"address", live.peer},
      {"time", verifier::FormatTime(report.request.now)},
      {"judged_by", JudgedBy(report)},
      {"ok", report.refusals.empty()},
      {"verdict", certs::ToString(verdict)},
      {"reason", certs::Name(verdict.reason)},
      {"depth", verdict.depth},
      {"matched_name", report.all.matched_name},
      {"refusals", DefectsJson(report.refusals)},
      {"tlsrpt", {{"result_type", Name(failure.type)}, {"failure_reason_code", failure.failure_reason_code}}},
      {"stage", Name(live.result.stage)},
      {"tls", TlsJson(live.result.tls)},
      {"names", NamesJson(NamesOf(report.request))},
      {"presented", presented},
      {"path", PathJson(report.request, report.all)},
      {"signals", SignalsJson(report.signals)},
      {"dialogue", DialogueJson(live)}};
  return json.dump(2) + "\n";
}

std::string TlsReportOf(const CheckReport& report) {
  constexpr int64_t kDay = 86400;
  const int64_t begin = report.request.now - report.request.now % kDay;
  verifier::TlsPolicyReport policy{.policy_domain = report.live.endpoint.host};
  if (report.request.trust.mode == verifier::TrustMode::kDane) {
    policy.policy = verifier::TlsReportPolicy::kTlsa;
    for (const verifier::TlsaRecord& record : report.request.trust.tlsa) {
      policy.policy_strings.push_back(verifier::InWords(record));
    }
  }
  CountFailure(&policy, ReportedFailure(report));
  return verifier::ToJson({.organization = "starttls-lab check",
                           .contact = "postmaster@localhost",
                           .id = fmt::format("check{}", report.request.now),
                           .begin = begin,
                           .end = begin + kDay - 1,
                           .policies = {std::move(policy)}});
}

}  // namespace lab
