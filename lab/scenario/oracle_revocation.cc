#include <algorithm>
#include <array>

#include "lab/scenario/oracle_status.h"

namespace lab::oracle {
namespace {

using certs::CertSpec;
using certs::ChainSpec;
using certs::CrlSpec;
using certs::OcspSpec;
using certs::Reason;
using certs::SigAlg;

std::vector<certs::Bytes> FeaturesOf(const CertSpec& cert) {
  const auto found = std::ranges::find(cert.extra_extensions, certs::kTlsFeature, &certs::RawExtension::oid);
  return found == cert.extra_extensions.end() ? std::vector<certs::Bytes>{}
                                              : ReadTlsFeatures(found->value).value_or(std::vector<certs::Bytes>{});
}

bool Contains(const std::vector<certs::Bytes>& features, const certs::Bytes& feature) {
  return std::ranges::find(features, feature) != features.end();
}

// RFC 6066 8, RFC 7633, and how much the client insists.
std::optional<Reason> StatusRefusal(const Issued& pair, bool is_leaf, Findings& findings) {
  const certs::RevocationSpec& revocation = pair.chain.revocation;
  Word stapled;
  const auto staple = std::ranges::find(revocation.staples, pair.cert.name, &OcspSpec::certificate);
  if (staple != revocation.staples.end()) {
    stapled = OfStaple(pair, *staple, findings);
  }
  std::vector<Word> words = {stapled};
  std::vector<Word> unreadable;  // these come last: nobody knows whom they are about
  for (const CrlSpec& crl : revocation.crls) {
    const Word word = OfList(pair, crl, findings);
    (word.is(Reason::kMalformedStatus) ? unreadable : words).push_back(word);
  }
  words.insert(words.end(), unreadable.begin(), unreadable.end());
  const auto any = [&](Reason reason) {
    return std::ranges::any_of(words, [&](const Word& word) { return word.is(reason); });
  };
  if (any(Reason::kRevoked)) {
    return Reason::kRevoked;
  }
  constexpr uint8_t kStatusRequest = 5;
  const bool promised = is_leaf && Contains(FeaturesOf(pair.cert), {kStatusRequest});
  if (stapled.spoken && !stapled.is(Reason::kOk) && (promised || !stapled.is(Reason::kStatusError))) {
    return stapled.reason;
  }
  if (promised && !stapled.spoken) {
    return Reason::kMustStaple;
  }
  if (revocation.check != certs::RevocationCheck::kHard || any(Reason::kOk)) {
    return std::nullopt;
  }
  const auto first = std::ranges::find(words, true, &Word::spoken);
  return first != words.end() ? first->reason : Reason::kRevocationUnknown;
}

}  // namespace

bool IsWeakForStatus(SigAlg alg) {
  constexpr std::array kWeak = {SigAlg::kEcdsaSha1, SigAlg::kRsaSha1, SigAlg::kRsaMd5, SigAlg::kRsaMd4,
                                SigAlg::kRsaMd2};
  return std::ranges::find(kWeak, alg) != kWeak.end();
}

bool HasUnknownCritical(const std::vector<certs::RawExtension>& extensions) {
  return std::ranges::any_of(extensions, &certs::RawExtension::critical);
}

std::optional<std::vector<certs::Bytes>> ReadTlsFeatures(certs::ByteView value) {
  constexpr uint8_t kSequenceTag = 0x30, kInteger = 0x02;
  const std::optional<Element> list = TakeElement(value);
  if (!list || list->tag != kSequenceTag || !value.empty()) {
    return std::nullopt;
  }
  std::vector<certs::Bytes> features;
  for (certs::ByteView rest = list->content; !rest.empty();) {
    const std::optional<Element> feature = TakeElement(rest);
    if (!feature || feature->tag != kInteger || feature->content.empty() || feature->content.front() >= 0x80) {
      return std::nullopt;
    }
    features.emplace_back(feature->content.begin(), feature->content.end());
  }
  return features;
}

// Who fetched an authentic revocation must heed it (RFC 5280 6.1.3 a3). What is worth nothing leaves the client where
// it was: whether it goes on is its own policy.
std::optional<Demand> OnceFetched(const World& world, Policy policy) {
  const OnlineStatus& online = world.online;
  const CertSpec* leaf = world.chain.presented.empty() ? nullptr : &world.chain.At(world.chain.presented.front());
  if (!online.Any() || leaf == nullptr) {
    return std::nullopt;
  }
  const Issued pair{world.chain, *leaf, world.chain.At(leaf->issuer)};
  Findings doubts;
  std::vector<Word> words;
  for (const CrlSpec& crl : online.crls) {
    words.push_back(OfList(pair, crl, doubts));
  }
  for (const OcspSpec& response : online.responses) {
    words.push_back(OfStaple(pair, response, doubts));
  }
  const bool served = online.http.fault == fakeserver::HttpFault::kNone;
  const auto any = [&](Reason reason) {
    return served && std::ranges::any_of(words, [&](const Word& word) { return word.is(reason); });
  };
  if (any(Reason::kRevoked) && policy != Policy::kRelayOpportunistic) {
    return Demand::kRefuse;
  }
  return any(Reason::kOk) ? std::nullopt : std::optional(Demand::kAnything);
}

void JudgeStatus(const ChainSpec& chain, const std::vector<const CertSpec*>& path, const std::vector<bool>& verified,
                 Findings& findings) {
  for (size_t i = path.size(); i-- > 1;) {
    const int depth = static_cast<int>(i) - 1;
    const Issued pair{chain, *path[i - 1], *path[i]};
    const std::vector<certs::Bytes> own = FeaturesOf(pair.cert);
    for (const certs::Bytes& feature : FeaturesOf(pair.issuer)) {
      if (!Contains(own, feature)) {
        findings.Add(Reason::kTlsFeatureMissing, depth);
        break;
      }
    }
    if (chain.revocation.check == certs::RevocationCheck::kOff || !verified[i - 1]) {
      continue;
    }
    if (const auto reason = StatusRefusal(pair, depth == 0, findings)) {
      findings.Add(*reason, depth);
    }
  }
}

}  // namespace lab::oracle
