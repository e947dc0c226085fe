#include "lab/cli/chain_facts.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "certs/describe_extensions.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/general_name.h"
#include "lab/verifier/identity.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/time_parse.h"

namespace lab {
namespace {

using nlohmann::ordered_json;
using verifier::Certificate;
using verifier::GeneralNameView;
using verifier::Reference;

constexpr size_t kMostNames = 40, kMostExtensions = 40, kMostText = 400;
constexpr std::string_view kSubjectAltName = "2.5.29.17";

std::string Sha256Hex(certs::ByteView bytes) {
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(bytes.data(), bytes.size(), digest.data());
  return certs::ToHex(digest);
}

std::string SubjectHash(certs::ByteView der) {
  const uint8_t* at = der.data();
  const bssl::UniquePtr<X509> parsed(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (parsed == nullptr) {
    ERR_clear_error();
    return "";
  }
  return fmt::format("{:08x}", X509_NAME_hash(X509_get_subject_name(parsed.get())));
}

std::string DateText(const std::optional<int64_t>& date) {
  return date ? verifier::FormatTime(*date) : std::string("malformed");
}

ExtensionFacts WordsOf(const verifier::ExtensionView& extension) {
  CBS oid, value;
  CBS_init(&oid, extension.oid.data(), extension.oid.size());
  CBS_init(&value, extension.value.data(), extension.value.size());
  const certs::describe_internal::ExtensionWords words = certs::describe_internal::ExtensionInWords(oid, value);
  const bool cut = words.text.size() > kMostText;
  return {.name = std::string(words.label),
          .oid = certs::describe_internal::OidText(oid),
          .critical = extension.critical,
          .text = words.text.substr(0, kMostText) + (cut ? " ..." : "")};
}

// The names of a certificate, of which the first kMostNames are worth showing.
std::span<const GeneralNameView> NamesIn(const Certificate& certificate) {
  return certificate.san ? std::span<const GeneralNameView>(*certificate.san) : std::span<const GeneralNameView>();
}

std::string ValidityLeft(const std::optional<int64_t>& left) {
  constexpr int64_t kDay = 86400;
  if (!left) {
    return "";
  }
  return *left < 0 ? fmt::format(" (over for {} days)", -*left / kDay) : fmt::format(" ({} days left)", *left / kDay);
}

std::string ReferenceText(const Reference& reference) {
  switch (reference.kind) {
    case Reference::Kind::kIp:
      return "IP-ID " + verifier::FormatIp({reference.ip.data(), reference.ip_len});
    case Reference::Kind::kDns:
      return "DNS-ID " + certs::Escaped(reference.dns.empty() ? reference.text : reference.dns, kMostText);
    case Reference::Kind::kSrv:
    case Reference::Kind::kUri:
      return fmt::format("{} {} at {}", reference.kind == Reference::Kind::kSrv ? "SRV-ID" : "URI-ID",
                         certs::Escaped(reference.service, kMostText), certs::Escaped(reference.dns, kMostText));
  }
  return "";
}

NameFacts::Presented JudgeOne(const std::string& text, const std::optional<verifier::Presented>& presented,
                              const Reference& reference, const verifier::NamePolicy& policy) {
  if (!presented) {
    return {.text = text, .counts = false, .reason = "no-service", .sentence = "identifies no server (RFC 9525 2)"};
  }
  const verifier::NameDecision decision = MatchName(*presented, reference, policy);
  return {.text = text,
          .counts = decision.presented_valid,
          .match = decision.match,
          .reason = std::string(Name(decision.reason)),
          .sentence = std::string(Sentence(decision.reason))};
}

}  // namespace

CertificateFacts FactsOf(certs::ByteView der, int64_t now) {
  CertificateFacts facts{.sha256 = Sha256Hex(der)};
  const certs::Result<Certificate> parsed = verifier::ParseCertificate(der);
  if (!parsed) {
    facts.subject = parsed.error().detail;
    return facts;
  }
  facts.parsed = true;
  facts.subject = verifier::NameText(parsed->subject);
  facts.issuer = verifier::NameText(parsed->issuer);
  facts.version = parsed->version;
  facts.serial = certs::ToHex(parsed->serial.first(std::min<size_t>(parsed->serial.size(), 64)));
  facts.not_before = DateText(parsed->not_before);
  facts.not_after = DateText(parsed->not_after);
  if (parsed->not_after) {
    facts.seconds_left = *parsed->not_after - now;
  }
  facts.key = parsed->key_text();
  facts.algorithm = parsed->algorithm.name();
  for (const GeneralNameView& name : NamesIn(*parsed).first(std::min(NamesIn(*parsed).size(), kMostNames))) {
    facts.names.push_back(verifier::GeneralNameText(name));
  }
  facts.more_names = NamesIn(*parsed).size() - facts.names.size();
  for (size_t i = 0; i < std::min(parsed->extensions.size(), kMostExtensions); ++i) {
    facts.extensions.push_back(WordsOf(parsed->extensions[i]));
  }
  facts.more_extensions = parsed->extensions.size() - facts.extensions.size();
  facts.spki_sha256 = Sha256Hex(parsed->spki);
  facts.subject_hash = SubjectHash(der);
  return facts;
}

std::string FactsText(const CertificateFacts& facts, const std::string& heading, const std::string& remark) {
  std::string text = fmt::format("  {} {}{}\n", heading, facts.subject, remark);
  const auto line = [&text](std::string_view label, std::string_view value) {
    text += fmt::format("      {:<8} {}\n", label, value);
  };
  if (facts.parsed) {
    line("issuer", facts.issuer);
    line("serial", fmt::format("{}, version {}", facts.serial, facts.version));
    line("valid", fmt::format("{} to {}{}", facts.not_before, facts.not_after, ValidityLeft(facts.seconds_left)));
    if (!facts.names.empty()) {
      line("names", fmt::format("{}{}", fmt::join(facts.names, ", "),
                                facts.more_names > 0 ? fmt::format(" and {} more", facts.more_names) : ""));
    }
    line("key", fmt::format("{}, signed with {}", facts.key, facts.algorithm));
    for (const ExtensionFacts& extension : facts.extensions) {
      if (extension.oid != kSubjectAltName) {  // the names, above
        line("ext", fmt::format("{}{}: {}", extension.name, extension.critical ? " (critical)" : "", extension.text));
      }
    }
    if (facts.more_extensions > 0) {
      line("ext", fmt::format("and {} more", facts.more_extensions));
    }
  }
  line("sha256", facts.sha256);
  if (facts.parsed) {
    line("spki", "sha256 " + facts.spki_sha256);
    line("subject hash", facts.subject_hash);
  }
  return text;
}

ordered_json FactsJson(const CertificateFacts& facts) {
  ordered_json extensions = ordered_json::array();
  for (const ExtensionFacts& extension : facts.extensions) {
    extensions.push_back(ordered_json{
        {"name", extension.name}, {"oid", extension.oid}, {"critical", extension.critical}, {"text", extension.text}});
  }
  ordered_json json{{"subject", facts.subject},
                    {"issuer", facts.issuer},
                    {"parsed", facts.parsed},
                    {"version", facts.version},
                    {"serial", facts.serial},
                    {"names", facts.names},
                    {"more_names", facts.more_names},
                    {"not_before", facts.not_before},
                    {"not_after", facts.not_after},
                    {"key", facts.key},
                    {"signature_algorithm", facts.algorithm},
                    {"extensions", extensions},
                    {"more_extensions", facts.more_extensions},
                    {"sha256", facts.sha256},
                    {"spki_sha256", facts.spki_sha256},
                    {"subject_hash", facts.subject_hash}};
  json["seconds_left"] = facts.seconds_left ? ordered_json(*facts.seconds_left) : ordered_json();
  return json;
}

// ------------------------------------------------------------------------------------------------ names

NameFacts NamesOf(const verifier::VerifyRequest& request) {
  NameFacts facts;
  const auto reference = verifier::ParseReference(request.reference, request.names);
  if (!reference) {
    return facts;
  }
  facts.reference = ReferenceText(*reference);
  const certs::Result<Certificate> leaf =
      verifier::ParseCertificate(request.chain.empty() ? certs::ByteView() : request.chain.front());
  if (!leaf) {
    return facts;
  }
  const auto add = [&](const std::string& text, const std::optional<verifier::Presented>& presented) {
    if (facts.presented.size() == kMostNames) {
      ++facts.more;
      return;
    }
    facts.presented.push_back(JudgeOne(text, presented, *reference, request.names));
  };
  for (const GeneralNameView& name : NamesIn(*leaf)) {
    add(verifier::GeneralNameText(name), verifier::PresentedOf(name));
  }
  for (const certs::ByteView common_name : verifier::IdentifiersOf(*leaf).common_names) {
    add("CN:" + certs::Escaped(common_name, kMostText),
        verifier::Presented{verifier::PresentedForm::kCommonName, common_name});
  }
  return facts;
}

std::string NamesText(const NameFacts& names) {
  std::string text = fmt::format("  reference   {}\n",
                                 names.reference.empty() ? "none: the configured name is invalid" : names.reference);
  for (const NameFacts::Presented& one : names.presented) {
    text += fmt::format("  presented   {} {}: {}, {}\n",
                        one.match    ? "="
                        : one.counts ? "x"
                                     : "-",
                        one.text, one.reason, one.sentence);
  }
  if (names.more > 0) {
    text += fmt::format("  presented   and {} more\n", names.more);
  }
  return text;
}

ordered_json NamesJson(const NameFacts& names) {
  ordered_json presented = ordered_json::array();
  for (const NameFacts::Presented& one : names.presented) {
    presented.push_back(
        ordered_json{{"name", one.text}, {"counts", one.counts}, {"match", one.match}, {"reason", one.reason}});
  }
  return ordered_json{{"reference", names.reference}, {"presented", presented}, {"more", names.more}};
}

// ------------------------------------------------------------------------------------------------ defects

std::string DefectsText(const std::vector<verifier::Defect>& defects) {
  std::string text;
  for (const verifier::Defect& defect : defects) {
    text += fmt::format("  {}: {} ({})\n      {}\n", certs::ToString(defect.verdict),
                        certs::Sentence(defect.verdict.reason), certs::Clause(defect.verdict.reason), defect.detail);
  }
  return text;
}

ordered_json DefectsJson(const std::vector<verifier::Defect>& defects) {
  ordered_json all = ordered_json::array();
  for (const verifier::Defect& defect : defects) {
    all.push_back(ordered_json{{"reason", certs::Name(defect.verdict.reason)},
                               {"depth", defect.verdict.depth},
                               {"clause", certs::Clause(defect.verdict.reason)},
                               {"sentence", certs::Sentence(defect.verdict.reason)},
                               {"detail", defect.detail}});
  }
  return all;
}

}  // namespace lab
