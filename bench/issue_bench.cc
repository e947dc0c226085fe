// What issuing costs beyond the signatures it needs: the whole catalogue, certificates, responses, lists and
// timestamps, beside exactly as many raw signatures by the same keys, with the same algorithms, over messages of the
// same size. Making keys is part of neither.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bench/cases.h"
#include "certs/catalogue.h"
#include "certs/issue.h"
#include "certs/keys.h"
#include "certs/sign.h"
#include "lab/runner/run.h"

namespace bench {
namespace {

std::shared_ptr<certs::KeyRing> Ring() {
  static const std::shared_ptr<certs::KeyRing> ring = certs::KeyRing::FromSeed(1);
  return ring;
}

constexpr double kIssueGoal = 1.15;  // times the raw signatures

// One signature that issuing makes.
struct RawSignature {
  certs::KeySpec key;
  certs::SigAlg algorithm;
  size_t size;  // of what is signed, more or less: that of the whole thing
};

class Tally {
 public:
  void Add(const certs::KeySpec& key, std::optional<certs::SigAlg> algorithm, certs::ByteView whole) {
    all_.push_back({key, algorithm.value_or(certs::DefaultSignature(key.type)), whole.size()});
  }
  void AddTimestamps(const std::vector<certs::SctSpec>& scts) {
    for (const certs::SctSpec& sct : scts) {
      constexpr size_t kAbout = 600;
      all_.push_back({{.type = certs::KeyType::kP256, .label = sct.log}, certs::SigAlg::kEcdsaSha256, kAbout});
    }
  }
  // A certificate that occurs in many chains is signed once.
  void AddCertificates(const certs::ChainSpec& spec, const certs::IssuedChain& chain) {
    for (const auto& [name, der] : chain.nodes) {
      const certs::CertSpec& node = spec.At(name);
      if (!node.raw_certificate && seen_.insert(der).second) {
        Add(node.signing_key.value_or(spec.At(node.issuer).key), node.signature, der);
        AddTimestamps(node.scts);
      }
    }
  }
  // Statements are made anew for every chain.
  void AddStatements(const certs::ChainSpec& spec, const certs::IssuedChain& chain) {
    const certs::RevocationSpec& revocation = spec.revocation;
    for (size_t i = 0; i < revocation.crls.size(); ++i) {
      const certs::CrlSpec& crl = revocation.crls[i];
      if (!crl.raw) {
        Add(crl.signing_key.value_or(spec.At(crl.issuer).key), crl.signature, chain.crls[i]);
      }
    }
    for (const certs::OcspSpec& staple : revocation.staples) {
      if (!staple.raw && !staple.raw_body && staple.body && staple.status == certs::OcspResponseStatus::kSuccessful) {
        const std::string responder = staple.responder.value_or(spec.At(staple.certificate).issuer);
        const size_t at =
            static_cast<size_t>(std::ranges::find(spec.presented, staple.certificate) - spec.presented.begin());
        Add(staple.signing_key.value_or(spec.At(responder).key), staple.signature, *chain.staples[at]);
        for (const certs::SingleStatus& single : staple.singles) {
          AddTimestamps(single.scts);
        }
      }
    }
    AddTimestamps(revocation.scts);
  }
  const std::vector<RawSignature>& all() const { return all_; }

 private:
  std::vector<RawSignature> all_;
  std::set<certs::Bytes> seen_;
};

// Everything once, so that all keys are made.
Tally IssueAndTally(uint64_t& made) {
  certs::Issuer issuer(Ring(), lab::kLabNow);
  Tally tally;
  for (const certs::CertCase& one : certs::Catalogue()) {
    if (const auto chain = issuer.Issue(one.chain)) {
      tally.AddCertificates(one.chain, **chain);
      tally.AddStatements(one.chain, **chain);
    }
  }
  made = issuer.signatures_made();
  return tally;
}

void IssueBenchmark(benchmark::State& state, Probe& probe) {
  uint64_t made = 0;
  const Tally tally = IssueAndTally(made);
  for (auto _ : state) {
    probe.Time([] {
      certs::Issuer issuer(Ring(), lab::kLabNow);
      for (const certs::CertCase& one : certs::Catalogue()) {
        benchmark::DoNotOptimize(issuer.Issue(one.chain));
      }
    });
  }
  state.counters["cases"] = static_cast<double>(certs::Catalogue().size());
  state.counters["signatures"] = static_cast<double>(made);
}

void RawSignaturesBenchmark(benchmark::State& state, Probe& probe) {
  uint64_t made = 0;
  const Tally tally = IssueAndTally(made);
  std::vector<std::pair<EVP_PKEY*, const RawSignature*>> work;
  for (const RawSignature& signature : tally.all()) {
    if (const auto key = Ring()->Get(signature.key)) {
      work.emplace_back(*key, &signature);
    }
  }
  const certs::Bytes message(size_t{1} << 20, 0x2a);
  for (auto _ : state) {
    probe.Time([&] {
      for (const auto& [key, signature] : work) {
        const certs::ByteView part = certs::ByteView(message).first(std::min(signature->size, message.size()));
        benchmark::DoNotOptimize(certs::Sign(signature->algorithm, key, part));
      }
    });
  }
  state.counters["signatures"] = static_cast<double>(work.size());
  state.counters["made_by_issuing"] = static_cast<double>(made);
}

}  // namespace

std::vector<Case> IssueCases() {
  return {{.name = "BM_Issue/raw-signatures", .quick = true, .run = RawSignaturesBenchmark, .once = true},
          {.name = "BM_Issue/catalogue",
           .quick = true,
           .run = IssueBenchmark,
           .yardstick = "BM_Issue/raw-signatures",
           .goal = kIssueGoal,
           .once = true}};
}

}  // namespace bench
