#include "lab/verifier/dane.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "lab/verifier/certificate.h"
#include "lab/verifier/leaf_rules.h"
#include "lab/verifier/rules.h"

namespace verifier {
namespace {

constexpr uint8_t kDaneTa = 2, kDaneEe = 3;
constexpr uint8_t kCertificate = 0, kSpki = 1;
constexpr uint8_t kFull = 0, kMatchSha256 = 1, kMatchSha512 = 2;
constexpr size_t kMaxRecords = 100;  // of an RRset; what is beyond is not looked at

VerifyResult Refusal(Reason reason, std::string detail) {
  VerifyResult result;
  result.verdict = {reason, 0};
  result.defects = {{result.verdict, std::move(detail)}};
  return result;
}

bool Matches(const TlsaRecord& record, ByteView der, ByteView spki) {
  const ByteView selected = record.selector == kCertificate ? der : spki;
  Bytes digest;
  if (record.matching == kMatchSha256) {
    digest.resize(SHA256_DIGEST_LENGTH);
    SHA256(selected.data(), selected.size(), digest.data());
  } else if (record.matching == kMatchSha512) {
    digest.resize(SHA512_DIGEST_LENGTH);
    SHA512(selected.data(), selected.size(), digest.data());
  } else {
    return std::ranges::equal(record.data, selected);
  }
  return digest == record.data;
}

bool MatchesOne(const std::vector<TlsaRecord>& records, uint8_t usage, ByteView der, ByteView spki) {
  return std::ranges::any_of(
      records, [&](const TlsaRecord& record) { return record.usage == usage && Matches(record, der, spki); });
}

std::string RecordsText(const std::vector<TlsaRecord>& records) {
  std::string text;
  for (size_t i = 0; i < records.size() && i < 8; ++i) {
    const TlsaRecord& record = records[i];
    text += fmt::format("{}{} {} {} {}", text.empty() ? "" : ", ", record.usage, record.selector, record.matching,
                        certs::ToHex(ByteView(record.data).first(std::min<size_t>(record.data.size(), 8))));
  }
  return text;
}

// RFC 7672 3.2.2: one of several names is enough.
void JudgeAllNames(const Certificate& leaf, const VerifyRequest& request, VerifyResult* result) {
  std::vector<Defect> first;
  std::vector<std::string> names = {request.reference};
  names.insert(names.end(), request.trust.further_names.begin(), request.trust.further_names.end());
  for (const std::string& name : names) {
    const auto reference = ParseReference(name);
    std::vector<Defect> defects;
    if (!reference) {
      continue;
    }
    JudgeNames(leaf, *reference, request.names, &result->matched_name, &defects);
    if (defects.empty()) {
      return;
    }
    first = first.empty() ? std::move(defects) : std::move(first);
  }
  if (first.empty()) {
    first = {{{Reason::kInvalidReference, 0}, "no name to check is a host name"}};
  }
  std::ranges::move(first, std::back_inserter(result->defects));
}

// A path to one of the presented certificates, those at `anchors`.
VerifyResult VerifyToAnchors(const Certificate& leaf, const VerifyRequest& request,
                             const std::vector<size_t>& anchors) {
  VerifyRequest to_anchor = request;
  to_anchor.trust = {};
  to_anchor.anchors.clear();
  for (const size_t index : anchors) {
    to_anchor.anchors.push_back(request.chain[index]);
  }
  to_anchor.check_name = false;
  VerifyResult result = Verify(to_anchor);
  for (int& index : result.path) {  // counted as in the request that was made
    const size_t place = static_cast<size_t>(index);
    index = place < request.chain.size() ? index : static_cast<int>(anchors[place - request.chain.size()]);
  }
  if (request.check_name) {
    JudgeAllNames(leaf, request, &result);
  }
  if (!result.defects.empty()) {
    result.verdict = result.defects.front().verdict;
    result.defects.resize(request.collect_all ? result.defects.size() : 1);
  }
  return result;
}

}  // namespace

bool IsUsable(const TlsaRecord& record) {
  const bool known_usage =
      record.usage == kDaneTa || record.usage == kDaneEe || (record.usage < kDaneTa && !RuleOn(Rule::kDaneUsable));
  if (!known_usage || record.selector > kSpki) {
    return false;
  }
  switch (record.matching) {
    case kFull:
      return !record.data.empty();
    case kMatchSha256:
      return record.data.size() == SHA256_DIGEST_LENGTH;
    case kMatchSha512:
      return record.data.size() == SHA512_DIGEST_LENGTH;
    default:
      return false;
  }
}

std::vector<TlsaRecord> EffectiveRecords(const std::vector<TlsaRecord>& records) {
  std::vector<TlsaRecord> usable;
  std::copy_if(records.begin(), records.begin() + static_cast<ptrdiff_t>(std::min(records.size(), kMaxRecords)),
               std::back_inserter(usable), IsUsable);
  if (!RuleOn(Rule::kDaneAgility)) {
    return usable;
  }
  const std::vector<TlsaRecord> all = usable;
  std::erase_if(usable, [&](const TlsaRecord& record) {
    return record.matching == kMatchSha256 && std::ranges::any_of(all, [&](const TlsaRecord& other) {
             return other.usage == record.usage && other.selector == record.selector && other.matching == kMatchSha512;
           });
  });
  return usable;
}

VerifyResult VerifyDane(const std::vector<TlsaRecord>& records, const VerifyRequest& request) {
  if (request.chain.empty()) {
    return Refusal(Reason::kNoCertificate, "the chain is empty");
  }
  const std::vector<TlsaRecord> effective = EffectiveRecords(records);
  if (effective.empty()) {
    VerifyResult result;
    result.unauthenticated = true;
    return result;
  }
  const certs::Result<Certificate> leaf = ParseCertificate(request.chain.front());
  if (!leaf) {
    return Refusal(Reason::kMalformedCertificate, leaf.error().detail);
  }
  if (MatchesOne(effective, kDaneEe, leaf->der, leaf->spki) || !RuleOn(Rule::kDaneMatch)) {
    VerifyResult result;
    result.path = {0};
    if (!RuleOn(Rule::kDaneEeIgnoresNames)) {
      return VerifyToAnchors(*leaf, request, {0});
    }
    return result;
  }
  std::vector<size_t> anchors;
  for (size_t i = 1; i < request.chain.size(); ++i) {
    const certs::Result<Certificate> issuer = ParseCertificate(request.chain[i]);
    if (issuer && MatchesOne(effective, kDaneTa, issuer->der, issuer->spki)) {
      anchors.push_back(i);
    }
  }
  if (!anchors.empty()) {
    return VerifyToAnchors(*leaf, request, anchors);
  }
  return Refusal(Reason::kTlsaMismatch, "published: " + RecordsText(effective));
}

}  // namespace verifier
