// What a verdict costs: good chains beside the signature checks they need and beside BoringSSL's own verification;
// chains made to be expensive; and how long it takes to refuse each bad one.
#include <fmt/format.h>
#include <openssl/x509.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/cases.h"
#include "bench/chains.h"
#include "certs/catalogue.h"
#include "lab/runner/run.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/verify.h"

namespace bench {
namespace {

constexpr double kVerifyGoal = 1.15;      // times the raw signature checks
constexpr double kPathologicalGoal = 10;  // times a good chain

verifier::VerifyRequest RequestFor(const certs::IssuedChain& chain, const std::string& reference) {
  verifier::VerifyRequest request;
  request.chain.assign(chain.presented.begin(), chain.presented.end());
  request.anchors.assign(chain.trusted.begin(), chain.trusted.end());
  request.reference = reference;
  request.now = lab::kLabNow;
  return request;
}

void RunGood(benchmark::State& state, Probe& probe, certs::KeyType type, int presented) {
  const auto chain = ChainOf(type, presented);
  const verifier::VerifyRequest request = RequestFor(*chain, std::string(certs::kBobHost));
  for (auto _ : state) {
    verifier::VerifyResult result;
    probe.Time([&] { result = Verify(request); });
    if (!result.verdict.ok() || result.signature_checks != presented) {
      state.SkipWithError("a good chain was refused, or more was checked than it needs");
      return;
    }
  }
}

struct X509Chain {
  bssl::UniquePtr<X509_STORE> store{X509_STORE_new()};
  bssl::UniquePtr<X509> leaf;
  bssl::UniquePtr<STACK_OF(X509)> others{sk_X509_new_null()};
};

bssl::UniquePtr<X509> ParseX509(certs::ByteView der) {
  const uint8_t* at = der.data();
  return bssl::UniquePtr<X509>(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

// From the same bytes to a verdict, as Verify() does it.
bool VerifyByX509(const certs::IssuedChain& chain) {
  X509Chain all;
  for (const certs::Bytes& der : chain.trusted) {
    const bssl::UniquePtr<X509> anchor = ParseX509(der);
    X509_STORE_add_cert(all.store.get(), anchor.get());
  }
  for (size_t i = 0; i < chain.presented.size(); ++i) {
    bssl::UniquePtr<X509> certificate = ParseX509(chain.presented[i]);
    if (i == 0) {
      all.leaf = std::move(certificate);
    } else {
      sk_X509_push(all.others.get(), certificate.release());
    }
  }
  const bssl::UniquePtr<X509_STORE_CTX> context(X509_STORE_CTX_new());
  if (!X509_STORE_CTX_init(context.get(), all.store.get(), all.leaf.get(), all.others.get())) {
    return false;
  }
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(param, lab::kLabNow);
  X509_VERIFY_PARAM_set1_host(param, certs::kBobHost.data(), certs::kBobHost.size());
  return X509_verify_cert(context.get()) == 1;
}

void RunX509(benchmark::State& state, Probe& probe, certs::KeyType type, int presented) {
  const auto chain = ChainOf(type, presented);
  for (auto _ : state) {
    bool good = false;
    probe.Time([&] { good = VerifyByX509(*chain); });
    if (!good) {
      state.SkipWithError("BoringSSL refused the chain");
      return;
    }
  }
}

void RunParse(benchmark::State& state, Probe& probe, certs::KeyType type) {
  const auto chain = ChainOf(type, 2);
  for (auto _ : state) {
    probe.Time([&] { benchmark::DoNotOptimize(verifier::ParseCertificate(chain->presented.front())); });
  }
}

// Made to be expensive: by the work that they ask for, or by their size.
bool IsPathological(const certs::CertCase& one) {
  return one.id.starts_with("limit.") || one.id.starts_with("policy.bomb") ||
         one.expected.reason == certs::Reason::kPathBudget;
}

void RunCase(benchmark::State& state, Probe& probe, const certs::CertCase& one) {
  const auto chain = LabIssuer().Issue(one.chain);
  if (!chain) {
    state.SkipWithError("the chain cannot be issued");
    return;
  }
  const verifier::VerifyRequest request = RequestFor(**chain, one.reference);
  int checks = 0;
  certs::Verdict verdict;
  for (auto _ : state) {
    probe.Time([&] {
      const verifier::VerifyResult result = Verify(request);
      checks = result.signature_checks;
      verdict = result.verdict;
    });
  }
  state.counters["signature_checks"] = checks;
  state.SetLabel(std::string(certs::Name(verdict.reason)));
}

// Every case of a family once an iteration, each a call.
void RunFamily(benchmark::State& state, Probe& probe, const std::vector<const certs::CertCase*>& family) {
  struct Ready {
    const certs::CertCase* one;
    std::shared_ptr<const certs::IssuedChain> chain;
    verifier::VerifyRequest request;
    int64_t least = INT64_MAX;
  };
  std::vector<Ready> all;
  for (const certs::CertCase* one : family) {
    if (const auto chain = LabIssuer().Issue(one->chain); chain && !(*chain)->presented.empty()) {
      Ready ready{one, *chain, RequestFor(**chain, one->reference)};
      ready.request.revocation.mode = verifier::RevocationMode::kOff;
      all.push_back(std::move(ready));
    }
  }
  for (auto _ : state) {
    for (Ready& ready : all) {
      const int64_t began = ThreadCpu();
      probe.Time([&] { benchmark::DoNotOptimize(Verify(ready.request)); });
      ready.least = std::min(ready.least, ThreadCpu() - began);
    }
  }
  const auto slowest = std::ranges::max_element(all, {}, &Ready::least);
  state.counters["cases"] = static_cast<double>(all.size());
  if (slowest != all.end()) {
    state.SetLabel(fmt::format("slowest: {}, {} us", slowest->one->id, slowest->least / 1000));
  }
}

void AddGood(std::vector<Case>& cases) {
  for (const KeyRow& key : kKeyRows) {
    for (const int presented : {1, 2, 3, 8}) {
      const std::string name = std::string(key.name) + "/chain" + std::to_string(presented);
      const bool quick = presented == 2;
      const certs::KeyType type = key.type;
      const std::vector<RawOperation> floor = {CertificateChecks(type, presented)};
      cases.push_back({.name = "BM_ChainVerify/boringssl/" + name,
                       .quick = quick,
                       .run = [type, presented](auto& state, Probe& probe) { RunX509(state, probe, type, presented); },
                       .floor = floor});
      cases.push_back({.name = "BM_ChainVerify/product/" + name,
                       .quick = quick,
                       .run = [type, presented](auto& state, Probe& probe) { RunGood(state, probe, type, presented); },
                       .floor = floor,
                       .goal = kVerifyGoal});
    }
  }
  for (const KeyRow& key : kKeyRows) {
    cases.push_back({.name = std::string("BM_ParseCertificate/") + key.name,
                     .run = [type = key.type](auto& state, Probe& probe) { RunParse(state, probe, type); }});
  }
}

}  // namespace

std::vector<Case> VerifyCases() {
  std::vector<Case> cases;
  AddGood(cases);
  std::map<std::string, std::vector<const certs::CertCase*>> families;
  for (const certs::CertCase& one : certs::Catalogue()) {
    if (IsPathological(one)) {
      cases.push_back({.name = "BM_ChainVerify/pathological/" + one.id,
                       .quick = true,
                       .run = [&one](auto& state, Probe& probe) { RunCase(state, probe, one); },
                       .yardstick = "BM_ChainVerify/product/p256/chain2",
                       .goal = kPathologicalGoal});
    }
    if (!one.expected.ok()) {
      families[one.id.substr(0, one.id.find('.'))].push_back(&one);
    }
  }
  for (const auto& [family, rows] : families) {
    cases.push_back({.name = "BM_Reject/" + family, .quick = true, .run = [rows = rows](auto& state, Probe& probe) {
                       RunFamily(state, probe, rows);
                     }});
  }
  return cases;
}

}  // namespace bench
