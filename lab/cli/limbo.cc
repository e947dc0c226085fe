#include "lab/cli/limbo.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "lab/cli/exit_code.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/constraint_match.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/leaf_rules.h"
#include "lab/verifier/pem.h"
#include "lab/verifier/time_parse.h"
#include "lab/verifier/verify.h"

namespace lab {
namespace {

using nlohmann::json;
using verifier::Purpose;
using verifier::VerifyRequest;
using verifier::VerifyResult;

struct Answer {
  std::string_view result;  // SUCCESS, FAILURE, SKIPPED
  std::string context;
};
Answer Failure(std::string context) { return {"FAILURE", std::move(context)}; }
Answer Skipped(std::string context) { return {"SKIPPED", std::move(context)}; }

// ------------------------------------------------------------------------------------------------ reading a case

// The strings of a list member; absent, null and not-a-list are the empty list.
std::vector<std::string> Strings(const json& testcase, const char* member) {
  std::vector<std::string> strings;
  const auto list = testcase.find(member);
  if (list == testcase.end() || !list->is_array()) {
    return strings;
  }
  for (const json& item : *list) {
    if (item.is_string()) {
      strings.push_back(item.get<std::string>());
    }
  }
  return strings;
}

std::string String(const json& testcase, const char* member) {
  const auto value = testcase.find(member);
  return value != testcase.end() && value->is_string() ? value->get<std::string>() : std::string();
}

bool Has(const std::vector<std::string>& list, std::string_view wanted) {
  return std::ranges::find(list, wanted) != list.end();
}

bool IsSet(const json& testcase, const char* member) {
  const auto value = testcase.find(member);
  return value != testcase.end() && !value->is_null() && !(value->is_array() && value->empty());
}

template <typename Value>
struct Named {
  std::string_view name;
  Value value;
};

template <typename Value, size_t N>
std::optional<Value> Look(const std::array<Named<Value>, N>& table, std::string_view name) {
  const auto row = std::ranges::find(table, name, &Named<Value>::name);
  return row != table.end() ? std::optional(row->value) : std::nullopt;
}

constexpr std::array kPurposes = {
    Named<Purpose>{"anyExtendedKeyUsage", Purpose::kAny},
    Named<Purpose>{"serverAuth", Purpose::kServer},
    Named<Purpose>{"clientAuth", Purpose::kClient},
    Named<Purpose>{"codeSigning", Purpose::kCodeSigning},
    Named<Purpose>{"emailProtection", Purpose::kEmail},
    Named<Purpose>{"timeStamping", Purpose::kTimeStamping},
    Named<Purpose>{"OCSPSigning", Purpose::kOcspSigning},
    Named<Purpose>{"2.5.29.37.0", Purpose::kAny},
    Named<Purpose>{"1.3.6.1.5.5.7.3.1", Purpose::kServer},
    Named<Purpose>{"1.3.6.1.5.5.7.3.2", Purpose::kClient},
    Named<Purpose>{"1.3.6.1.5.5.7.3.3", Purpose::kCodeSigning},
    Named<Purpose>{"1.3.6.1.5.5.7.3.4", Purpose::kEmail},
    Named<Purpose>{"1.3.6.1.5.5.7.3.8", Purpose::kTimeStamping},
    Named<Purpose>{"1.3.6.1.5.5.7.3.9", Purpose::kOcspSigning},
};

// Bit numbers of keyUsage (RFC 5280 4.2.1.3); both spellings the schema has had.
constexpr std::array kUsageBits = {
    Named<int>{"digitalSignature", 0}, Named<int>{"contentCommitment", 1}, Named<int>{"keyEncipherment", 2},
    Named<int>{"dataEncipherment", 3}, Named<int>{"keyAgreement", 4},      Named<int>{"keyCertSign", 5},
    Named<int>{"cRLSign", 6},          Named<int>{"encipherOnly", 7},      Named<int>{"decipherOnly", 8},
    Named<int>{"encipher_only", 7},    Named<int>{"decipher_only", 8},
};

// The schema's name of a signature algorithm.
constexpr std::array kAlgorithms = {
    Named<std::string_view>{"sha256WithRSAEncryption", "RSA_WITH_SHA256"},
    Named<std::string_view>{"sha384WithRSAEncryption", "RSA_WITH_SHA384"},
    Named<std::string_view>{"sha512WithRSAEncryption", "RSA_WITH_SHA512"},
    Named<std::string_view>{"RSASSA-PSS", "RSASSA_PSS"},
    Named<std::string_view>{"ecdsa-with-SHA256", "ECDSA_WITH_SHA256"},
    Named<std::string_view>{"ecdsa-with-SHA384", "ECDSA_WITH_SHA384"},
    Named<std::string_view>{"ecdsa-with-SHA512", "ECDSA_WITH_SHA512"},
    Named<std::string_view>{"Ed25519", "ED25519"},
};

// Everything a case asks, in our words.
struct Question {
  std::vector<certs::Bytes> certificates, lists;  // what the request borrows
  VerifyRequest request;
  std::vector<Purpose> purposes;
  std::vector<json> names;
  std::vector<std::string> algorithms;
};

void AddCertificates(const std::vector<std::string>& pems, std::vector<certs::Bytes>* out) {
  for (const std::string& pem : pems) {
    if (auto certificates = verifier::CertificatesFromPem(pem, "")) {
      std::ranges::move(*certificates, std::back_inserter(*out));
    }
  }
}

// With lists at hand, every certificate must be known to be good (RFC 5280 6.1.3 a 3, 6.3.3).
void AddLists(const std::vector<std::string>& pems, Question* question) {
  for (const std::string& pem : pems) {
    auto lists = verifier::StatementsFromFile(pem, "X509 CRL", "");
    // What cannot be read is handed on as it is: a list that does not parse is no answer.
    question->lists.push_back(lists ? lists->front() : certs::ToBytes(pem));
  }
  if (!question->lists.empty()) {
    question->request.revocation = {.mode = verifier::RevocationMode::kHard,
                                    .crls = {question->lists.begin(), question->lists.end()},
                                    .list_profile = question->request.ca_profile};
  }
}

// Reads the case, or says why it cannot be asked.
std::optional<Answer> Read(const json& testcase, int64_t now, Question* question) {
  VerifyRequest& request = question->request;
  auto peer = verifier::CertificatesFromPem(String(testcase, "peer_certificate"), "peer_certificate");
  if (!peer) {
    return Failure(peer.error().detail);
  }
  question->certificates.push_back(peer->front());
  AddCertificates(Strings(testcase, "untrusted_intermediates"), &question->certificates);
  const size_t presented = question->certificates.size();
  AddCertificates(Strings(testcase, "trusted_certs"), &question->certificates);
  const auto first_anchor = question->certificates.begin() + static_cast<std::ptrdiff_t>(presented);
  request.chain.assign(question->certificates.begin(), first_anchor);
  request.anchors.assign(first_anchor, question->certificates.end());

  request.now = now;
  if (IsSet(testcase, "validation_time")) {
    const std::optional<int64_t> time = verifier::ParseRfc3339(String(testcase, "validation_time"));
    if (!time) {
      return Skipped("validation_time is no RFC 3339 date");
    }
    request.now = *time;
  }
  const bool client = String(testcase, "validation_kind") == "CLIENT";
  for (const std::string& name : Strings(testcase, "extended_key_usage")) {
    const std::optional<Purpose> purpose = Look(kPurposes, name);
    if (!purpose) {
      return Skipped("extended key usage " + certs::Escaped(name, 100));
    }
    question->purposes.push_back(*purpose);
  }
  if (question->purposes.empty()) {
    question->purposes.push_back(client ? Purpose::kClient : Purpose::kServer);
  }
  for (const std::string& name : Strings(testcase, "key_usage")) {
    const std::optional<int> bit = Look(kUsageBits, name);
    if (!bit) {
      return Skipped("key usage " + certs::Escaped(name, 100));
    }
    request.leaf_key_usage = static_cast<uint16_t>(request.leaf_key_usage | 1U << *bit);
  }
  if (IsSet(testcase, "expected_peer_name")) {
    question->names.push_back(testcase["expected_peer_name"]);
  }
  if (IsSet(testcase, "expected_peer_names") && testcase["expected_peer_names"].is_array()) {
    std::ranges::copy(testcase["expected_peer_names"], std::back_inserter(question->names));
  }
  question->algorithms = Strings(testcase, "signature_algorithms");
  AddLists(Strings(testcase, "crls"), question);
  return std::nullopt;
}

// ------------------------------------------------------------------------------------------------ asking

// RFC 5280 7.5: the local part exactly, the host without regard to case.
bool HasMailbox(const verifier::Certificate& leaf, const std::string& mailbox) {
  const certs::Bytes wanted = certs::ToBytes(mailbox);
  return leaf.san && mailbox.find('@') != std::string::npos &&
         std::ranges::any_of(*leaf.san, [&](const verifier::GeneralNameView& name) {
           return name.tag == verifier::kRfc822Name && verifier::FitEmail(name.value, wanted) == verifier::Fit::kInside;
         });
}

// What is wrong with one expected name; nothing if it matches.
std::optional<Answer> CheckName(const verifier::Certificate& leaf, const json& name) {
  const std::string kind = name.is_object() ? String(name, "kind") : "";
  const std::string value = name.is_object() ? String(name, "value") : "";
  if (kind == "RFC822") {
    return HasMailbox(leaf, value) ? std::nullopt : std::optional(Failure("no rfc822Name is the expected one"));
  }
  if (kind != "DNS" && kind != "IP") {
    return Skipped("peer names of the kind " + certs::Escaped(kind, 100));
  }
  const auto reference = verifier::ParseReference(value);
  if (!reference || (kind == "IP" && reference->kind != verifier::Reference::Kind::kIp)) {
    return Failure("the expected name is no " + kind + " name");
  }
  std::string matched;
  std::vector<verifier::Defect> defects;
  verifier::JudgeNames(leaf, *reference, verifier::NamePolicy{}, &matched, &defects);
  return defects.empty() ? std::nullopt
                         : std::optional(Failure(certs::ToString(defects[0].verdict) + ": " + defects[0].detail));
}

// Whether every certificate below the anchor is signed with an accepted algorithm.
bool AlgorithmsAccepted(const Question& question, const VerifyResult& result) {
  return std::ranges::all_of(result.path, [&](int index) {
    if (static_cast<size_t>(index) >= question.request.chain.size()) {
      return true;
    }
    const auto certificate = verifier::ParseCertificate(question.request.chain[static_cast<size_t>(index)]);
    const auto name = certificate ? Look(kAlgorithms, certificate->algorithm.name()) : std::nullopt;
    return name && Has(question.algorithms, *name);
  });
}

Answer Ask(Question& question) {
  VerifyResult result;
  for (const Purpose purpose : question.purposes) {
    question.request.purpose = purpose;
    result = verifier::Verify(question.request);
    if (!result.verdict.ok()) {
      std::string context;
      for (const verifier::Defect& defect : result.defects) {
        context += fmt::format("{}{}: {}", context.empty() ? "" : "\n", certs::ToString(defect.verdict), defect.detail);
      }
      return Failure(context);
    }
  }
  const auto leaf = verifier::ParseCertificate(question.request.chain.front());
  for (const json& name : question.names) {
    if (std::optional<Answer> wrong = CheckName(*leaf, name)) {
      return *wrong;
    }
  }
  if (!question.algorithms.empty() && !AlgorithmsAccepted(question, result)) {
    return Failure("a signature algorithm is not among the accepted ones");
  }
  return {"SUCCESS", fmt::format("a path of {} certificates", result.path.size())};
}

// Cases of `certs --limbo` ask what a mail client must do, not what RFC 5280 demands of a CA.
bool IsOurs(const json& testcase) {
  const auto own = testcase.find("starttls_lab");
  return own != testcase.end() && own->is_object() && String(*own, "profile") == "mail-client";
}

Answer Evaluate(const json& testcase, int64_t now) {
  const std::vector<std::string> features = Strings(testcase, "features");
  const auto has = [&](std::string_view feature) { return Has(features, feature); };
  if (has("has-mldsa")) {
    return Skipped("has-mldsa: ML-DSA is not supported");
  }
  if (has("no-cert-policies")) {
    return Skipped("no-cert-policies: certificate policies are supported");
  }
  Question question;
  question.request.collect_all = true;
  question.request.check_name = false;
  if (!IsOurs(testcase)) {
    question.request.ca_profile = true;
    question.request.leaf_may_be_ca = true;
    question.request.key_exchange = verifier::KeyExchange::kUnknown;
    question.request.max_intermediates = 128;
    question.request.max_signature_checks = 256;
  }
  if (IsSet(testcase, "max_chain_depth") && testcase["max_chain_depth"].is_number_integer()) {
    question.request.max_intermediates =
        static_cast<int>(std::clamp<int64_t>(testcase["max_chain_depth"].get<int64_t>(), 0, 255));
  }
  if (const std::optional<Answer> unasked = Read(testcase, now, &question)) {
    return *unasked;
  }
  const Answer answer = Ask(question);
  if (answer.result == "SUCCESS" && has("pedantic-public-suffix-wildcard")) {
    return Skipped("pedantic-public-suffix-wildcard: there is no public suffix list");
  }
  return answer;
}

}  // namespace

int RunLimbo(std::istream& in, std::ostream& out, std::ostream& err, int64_t now) {
  const json document = json::parse(in, nullptr, false);
  const auto testcases = document.is_object() ? document.find("testcases") : document.end();
  if (document.is_discarded() || !document.is_object() || testcases == document.end() || !testcases->is_array()) {
    err << "starttls-lab: standard input is no x509-limbo document: one JSON object with a list \"testcases\"\n";
    return kExitUsage;
  }
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (const json& testcase : *testcases) {
    const Answer answer = testcase.is_object() ? Evaluate(testcase, now) : Skipped("the test case is no object");
    results.push_back({{"id", testcase.is_object() ? String(testcase, "id") : ""},
                       {"actual_result", answer.result},
                       {"context", answer.context}});
  }
  const nlohmann::ordered_json report{{"version", 1}, {"harness", "starttls-lab"}, {"results", results}};
  out << report.dump(1, ' ', false, json::error_handler_t::replace) << "\n";
  return kExitOk;
}

}  // namespace lab
