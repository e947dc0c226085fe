#include "lab/verifier/tls_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "lab/verifier/time_parse.h"

namespace verifier {
namespace {

using certs::Reason;

// TLS had been asked for, and nothing had been settled yet: what goes wrong then is TLS's failure.
bool IsNegotiating(Stage stage) { return stage == Stage::kStartTlsSent || stage == Stage::kHandshake; }

// The length of the well-formed UTF-8 sequence at the front (Unicode 3.9, table 3-7); 0 if there is none.
size_t Utf8Length(std::string_view text) {
  const auto octet = [text](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return octet(i) >= low && octet(i) <= high;
  };
  const unsigned first = octet(0);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xc2 && first <= 0xdf) {
    return follows(1) ? 2 : 0;
  }
  if (first >= 0xe0 && first <= 0xef) {
    return follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    return follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

// A JSON string (RFC 8259 7).
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const char c = text.front();
    if (length == 0) {
      quoted += "\xef\xbf\xbd";
    } else if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return quoted + '"';
}

// Writes objects and lists, indented, a member a line.
class Writer {
 public:
  void Open(std::string_view name, char bracket) {
    Name(name);
    text_ += bracket;
    ++depth_;
    first_ = true;
  }
  void Close(char bracket) {
    --depth_;
    if (!first_) {
      NewLine();
    }
    text_ += bracket;
    first_ = false;
  }
  void Text(std::string_view name, std::string_view value) {
    Name(name);
    text_ += Quoted(value);
  }
  void TextIfAny(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      Text(name, value);
    }
  }
  void Number(std::string_view name, uint64_t value) {
    Name(name);
    text_ += std::to_string(value);
  }
  void Texts(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) {
      return;
    }
    Open(name, '[');
    for (const std::string& value : values) {
      Text("", value);
    }
    Close(']');
  }
  std::string Take() { return std::move(text_) + "\n"; }

 private:
  void Name(std::string_view name) {
    if (depth_ > 0) {
      text_ += first_ ? "" : ",";
      NewLine();
    }
    if (!name.empty()) {
      text_ += Quoted(name) + ": ";
    }
    first_ = false;
  }
  void NewLine() { text_ += "\n" + std::string(2 * depth_, ' '); }

  std::string text_;
  size_t depth_ = 0;
  bool first_ = true;
};

std::string_view PolicyName(TlsReportPolicy policy) {
  switch (policy) {
    case TlsReportPolicy::kNoPolicyFound:
      return "no-policy-found";
    case TlsReportPolicy::kTlsa:
      return "tlsa";
    case TlsReportPolicy::kSts:
      return "sts";
  }
  return "";
}

void WriteFailure(Writer* json, const TlsFailureDetail& failure) {
  json->Open("", '{');
  json->Text("result-type", Name(failure.type));
  json->TextIfAny("sending-mta-ip", failure.sending_mta_ip);
  json->TextIfAny("receiving-mx-hostname", failure.receiving_mx_hostname);
  json->TextIfAny("receiving-mx-helo", failure.receiving_mx_helo);
  json->TextIfAny("receiving-ip", failure.receiving_ip);
  json->Number("failed-session-count", failure.failed_sessions);
  json->TextIfAny("additional-information", failure.additional_information);
  json->TextIfAny("failure-reason-code", failure.failure_reason_code);
  json->Close('}');
}

void WritePolicy(Writer* json, const TlsPolicyReport& policy) {
  json->Open("", '{');
  json->Open("policy", '{');
  json->Text("policy-type", PolicyName(policy.policy));
  json->Texts("policy-string", policy.policy_strings);
  json->Text("policy-domain", policy.policy_domain);
  json->Texts("mx-host", policy.mx_hosts);
  json->Close('}');
  json->Open("summary", '{');
  json->Number("total-successful-session-count", policy.successful_sessions);
  json->Number("total-failure-session-count", policy.failed_sessions);
  json->Close('}');
  if (!policy.failures.empty()) {
    json->Open("failure-details", '[');
    for (const TlsFailureDetail& failure : policy.failures) {
      WriteFailure(json, failure);
    }
    json->Close(']');
  }
  json->Close('}');
}

// A domain in a file name.
std::string NamePart(std::string_view text) {
  std::string part(text);
  std::ranges::replace_if(
      part,
      [](unsigned char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-');
      },
      '_');
  return part;
}

}  // namespace

std::string_view Name(TlsResultType type) {
  switch (type) {
    case TlsResultType::kNone:
      return "";
    case TlsResultType::kStartTlsNotSupported:
      return "starttls-not-supported";
    case TlsResultType::kCertificateHostMismatch:
      return "certificate-host-mismatch";
    case TlsResultType::kCertificateExpired:
      return "certificate-expired";
    case TlsResultType::kCertificateNotTrusted:
      return "certificate-not-trusted";
    case TlsResultType::kValidationFailure:
      return "validation-failure";
    case TlsResultType::kTlsaInvalid:
      return "tlsa-invalid";
    case TlsResultType::kDnssecInvalid:
      return "dnssec-invalid";
    case TlsResultType::kDaneRequired:
      return "dane-required";
    case TlsResultType::kStsPolicyFetchError:
      return "sts-policy-fetch-error";
    case TlsResultType::kStsPolicyInvalid:
      return "sts-policy-invalid";
    case TlsResultType::kStsWebpkiInvalid:
      return "sts-webpki-invalid";
  }
  return "";
}

TlsResultType TlsResultTypeOf(const certs::Verdict& verdict, Stage stage) {
  switch (verdict.reason) {
    // Not about TLS: our own configuration, and SMTP before TLS was asked for or once it was settled.
    case Reason::kOk:
    case Reason::kInvalidReference:
    case Reason::kConnectFailed:
    case Reason::kServiceRefused:
    case Reason::kCommandRefused:
      return TlsResultType::kNone;
    case Reason::kMalformedReply:
    case Reason::kClosedByPeer:
    case Reason::kTimeout:
      return IsNegotiating(stage) ? TlsResultType::kValidationFailure : TlsResultType::kNone;
    case Reason::kStartTlsNotOffered:
    case Reason::kStartTlsRefused:
      return TlsResultType::kStartTlsNotSupported;
    case Reason::kNameMismatch:
    case Reason::kNoPresentedIdentifier:
      return TlsResultType::kCertificateHostMismatch;
    case Reason::kExpired:
      // "the certificate" is the server's; an issuer that has expired is an error of the chain.
      return verdict.depth == 0 ? TlsResultType::kCertificateExpired : TlsResultType::kCertificateNotTrusted;
    case Reason::kNoCertificate:
    case Reason::kClearTextBehind220:
    case Reason::kTlsFailed:
    case Reason::kMxNotInPolicy:  // no type of 4.3 says it
      return TlsResultType::kValidationFailure;
    case Reason::kTlsaMismatch:
      return TlsResultType::kTlsaInvalid;
    case Reason::kLookupFailed:
      return TlsResultType::kDnssecInvalid;
    default:
      break;
  }
  // All else comes from Verify(), which is to say from certificates and their status: every reason of the conversation
  // has its case above.
  static_assert(static_cast<int>(Reason::kCommandRefused) == certs::kReasonCount - 1);
  return TlsResultType::kCertificateNotTrusted;
}

TlsResultType TlsResultTypeOf(const StsFetch& fetch) {
  if (fetch.policy) {
    return TlsResultType::kNone;
  }
  if (fetch.malformed) {
    return TlsResultType::kStsPolicyInvalid;
  }
  return fetch.verdict.ok() ? TlsResultType::kStsPolicyFetchError : TlsResultType::kStsWebpkiInvalid;
}

void CountSuccess(TlsPolicyReport* policy) { ++policy->successful_sessions; }

void CountFailure(TlsPolicyReport* policy, const TlsFailureDetail& failure) {
  if (failure.type == TlsResultType::kNone) {
    return CountSuccess(policy);
  }
  policy->failed_sessions += failure.failed_sessions;
  for (TlsFailureDetail& known : policy->failures) {
    TlsFailureDetail other = failure;
    other.failed_sessions = known.failed_sessions;
    if (known == other) {
      known.failed_sessions += failure.failed_sessions;
      return;
    }
  }
  policy->failures.push_back(failure);
}

std::string ToJson(const TlsReport& report) {
  Writer json;
  json.Open("", '{');
  json.Text("organization-name", report.organization);
  json.Open("date-range", '{');
  json.Text("start-datetime", FormatTime(report.begin));
  json.Text("end-datetime", FormatTime(report.end));
  json.Close('}');
  json.Text("contact-info", report.contact);
  json.Text("report-id", report.id);
  json.Open("policies", '[');
  for (const TlsPolicyReport& policy : report.policies) {
    WritePolicy(&json, policy);
  }
  json.Close(']');
  json.Close('}');
  return json.Take();
}

std::string FileName(const TlsReport& report, std::string_view sender, std::string_view policy_domain) {
  std::string id;
  std::ranges::copy_if(report.id, std::back_inserter(id), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  return fmt::format("{}!{}!{}!{}{}.json", NamePart(sender), NamePart(policy_domain), report.begin, report.end,
                     id.empty() ? "" : "!" + id);
}

}  // namespace verifier
