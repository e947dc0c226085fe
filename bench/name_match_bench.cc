// What one name decision costs, for all names of a certificate, beside BoringSSL's X509_check_host on a certificate
// with the same names. `check_host_ratio` is how many times longer X509_check_host takes in the same run; it parses the
// subjectAltName on every call, while the matcher is given the names, which the verifier has parsed once anyway.
#include <benchmark/benchmark.h>
#include <openssl/asn1.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "lab/verifier/name_match.h"

namespace {

struct NameCase {
  std::vector<std::string> presented;
  std::string reference;
  bool match = true;
};

// A certificate as it comes from a public CA: the domain and everything one label below it.
NameCase Typical() { return {{"bob.test", "*.bob.test"}, "mail.bob.test"}; }

// A hosting company's certificate; the name meant is the last one.
NameCase ManyNames() {
  NameCase c{.presented = {}, .reference = "mail.bob.test"};
  for (int i = 0; i < 999; ++i) {
    c.presented.push_back("customer-" + std::to_string(i) + ".hosting.test");
  }
  c.presented.push_back("mail.bob.test");
  return c;
}

// An attacker's: a hundred names of the greatest length, each differing from the reference in its first octet only,
// which a comparison from the right sees last.
NameCase Pathological() {
  const std::string tail =
      std::string(62, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(61, 'a');
  return {std::vector<std::string>(100, "x" + tail), "y" + tail, false};
}

// A certificate with these names and nothing else; null if BoringSSL refuses. X509_check_host needs no signature.
bssl::UniquePtr<X509> CertificateWith(const std::vector<std::string>& presented) {
  bssl::UniquePtr<GENERAL_NAMES> names(sk_GENERAL_NAME_new_null());
  bssl::UniquePtr<X509> certificate(X509_new());
  if (!names || !certificate) {
    return nullptr;
  }
  for (const std::string& text : presented) {
    bssl::UniquePtr<GENERAL_NAME> name(GENERAL_NAME_new());
    bssl::UniquePtr<ASN1_IA5STRING> octets(ASN1_IA5STRING_new());
    if (!name || !octets || !ASN1_STRING_set(octets.get(), text.data(), static_cast<int>(text.size()))) {
      return nullptr;
    }
    GENERAL_NAME_set0_value(name.get(), GEN_DNS, octets.release());
    if (!sk_GENERAL_NAME_push(names.get(), name.get())) {
      return nullptr;
    }
    name.release();
  }
  if (!X509_add1_ext_i2d(certificate.get(), NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT)) {
    return nullptr;
  }
  return certificate;
}

// Asks for every name up to the one that matches, with its reason or without.
using Asks = bool (*)(const verifier::Presented&, const verifier::Reference&, const verifier::NamePolicy&);

bool WithReason(const verifier::Presented& name, const verifier::Reference& reference,
                const verifier::NamePolicy& policy) {
  return MatchName(name, reference, policy).match;
}

bool MatchAny(const NameCase& c, const verifier::Reference& reference, Asks asks) {
  return std::ranges::any_of(c.presented, [&](const std::string& name) {
    const certs::ByteView octets(reinterpret_cast<const uint8_t*>(name.data()), name.size());
    return asks({verifier::PresentedForm::kDns, octets}, reference, verifier::NamePolicy{});
  });
}

bool CheckHost(X509* certificate, const std::string& host) {
  return X509_check_host(certificate, host.data(), host.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
}

// The processor time of this process in nanoseconds: what else the machine does must not move the ratio.
double ProcessorTime() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

void BM_NameMatch(benchmark::State& state, NameCase (*make)(), Asks asks) {
  const NameCase c = make();
  const auto reference = verifier::ParseReference(c.reference);
  const bssl::UniquePtr<X509> certificate = CertificateWith(c.presented);
  if (!reference || !certificate) {
    state.SkipWithError("the case could not be made");
    return;
  }
  if (MatchAny(c, *reference, asks) != c.match || CheckHost(certificate.get(), c.reference) != c.match) {
    state.SkipWithError("the two do not agree on the case");
    return;
  }
  const double began = ProcessorTime();
  for (auto _ : state) {
    benchmark::DoNotOptimize(MatchAny(c, *reference, asks));
  }
  const double ours = (ProcessorTime() - began) / static_cast<double>(state.iterations());

  // As many calls as take long enough to time, outside what is timed above.
  const double theirs_began = ProcessorTime();
  double calls = 0;
  while (calls == 0 || ProcessorTime() - theirs_began < 50e6) {
    for (int i = 0; i < 32; ++i, ++calls) {
      benchmark::DoNotOptimize(CheckHost(certificate.get(), c.reference));
    }
  }
  state.counters["check_host_ratio"] = (ProcessorTime() - theirs_began) / calls / ours;
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(c.presented.size()));
}
BENCHMARK_CAPTURE(BM_NameMatch, typical, Typical, verifier::NameMatches);
BENCHMARK_CAPTURE(BM_NameMatch, typical_with_reason, Typical, WithReason);
BENCHMARK_CAPTURE(BM_NameMatch, many_names, ManyNames, verifier::NameMatches);
BENCHMARK_CAPTURE(BM_NameMatch, many_names_with_reason, ManyNames, WithReason);
BENCHMARK_CAPTURE(BM_NameMatch, pathological, Pathological, verifier::NameMatches);
BENCHMARK_CAPTURE(BM_NameMatch, pathological_with_reason, Pathological, WithReason);

void BM_CheckHost(benchmark::State& state, NameCase (*make)()) {
  const NameCase c = make();
  const bssl::UniquePtr<X509> certificate = CertificateWith(c.presented);
  if (!certificate) {
    state.SkipWithError("the case could not be made");
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(CheckHost(certificate.get(), c.reference));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(c.presented.size()));
}
BENCHMARK_CAPTURE(BM_CheckHost, typical, Typical);
BENCHMARK_CAPTURE(BM_CheckHost, many_names, ManyNames);
BENCHMARK_CAPTURE(BM_CheckHost, pathological, Pathological);

void BM_ParseReference(benchmark::State& state, const char* configured) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(verifier::ParseReference(configured));
  }
}
BENCHMARK_CAPTURE(BM_ParseReference, host_name, "mail.bob.test");
BENCHMARK_CAPTURE(BM_ParseReference, address, "2001:db8::8:800:200c:417a");
BENCHMARK_CAPTURE(BM_ParseReference, u_labels,
                  "mail.b\xc3\xbc"
                  "cher.test");

}  // namespace
