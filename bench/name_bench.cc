// What one name decision costs, for all names of a certificate, beside BoringSSL's X509_check_host and GnuTLS on a
// certificate with the same names. Those two look for the names in the certificate at every call; the matcher is given
// them, for the verifier has parsed the certificate anyway.
#include <fmt/format.h>
#include <gnutls/x509.h>
#include <openssl/asn1.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "bench/cases.h"
#include "certs/bytes.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/identity.h"
#include "lab/verifier/name_match.h"

namespace bench {
namespace {

constexpr double kNameGoal = 1.0 / 20;  // times X509_check_host

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

bssl::UniquePtr<GENERAL_NAMES> NamesOf(const std::vector<std::string>& presented) {
  bssl::UniquePtr<GENERAL_NAMES> names(sk_GENERAL_NAME_new_null());
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
  return names;
}

// A certificate with these names and little else, signed by itself; null if BoringSSL refuses.
bssl::UniquePtr<X509> CertificateWith(const std::vector<std::string>& presented) {
  const bssl::UniquePtr<GENERAL_NAMES> names = NamesOf(presented);
  bssl::UniquePtr<X509> certificate(X509_new());
  const auto key = Keys().Get({.type = certs::KeyType::kP256, .label = "leaf"});
  if (!names || !certificate || !key || !X509_set_version(certificate.get(), X509_VERSION_3) ||
      !ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) ||
      !X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -1000) ||
      !X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 1000) || !X509_set_pubkey(certificate.get(), *key) ||
      !X509_add1_ext_i2d(certificate.get(), NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) ||
      !X509_sign(certificate.get(), *key, EVP_sha256())) {
    return nullptr;
  }
  return certificate;
}

struct GnuTlsDeleter {
  void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
};
using GnuTlsCertificate = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, GnuTlsDeleter>;

GnuTlsCertificate GnuTlsCertificateWith(const std::vector<std::string>& presented) {
  const bssl::UniquePtr<X509> certificate = CertificateWith(presented);
  uint8_t* der = nullptr;
  const int size = certificate ? i2d_X509(certificate.get(), &der) : -1;
  const bssl::UniquePtr<uint8_t> owned(der);
  gnutls_x509_crt_t raw = nullptr;
  if (size < 0 || gnutls_x509_crt_init(&raw) != GNUTLS_E_SUCCESS) {
    return nullptr;
  }
  GnuTlsCertificate parsed(raw);
  const gnutls_datum_t octets{der, static_cast<unsigned>(size)};
  return gnutls_x509_crt_import(raw, &octets, GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS ? std::move(parsed) : nullptr;
}

// Asks of every name up to the one that matches, for its reason, too, or not.
using Asks = bool (*)(const verifier::Presented&, const verifier::Reference&, const verifier::NamePolicy&);

bool WithReason(const verifier::Presented& name, const verifier::Reference& reference,
                const verifier::NamePolicy& policy) {
  return MatchName(name, reference, policy).match;
}

bool MatchAny(const NameCase& c, const verifier::Reference& reference, Asks asks) {
  const verifier::NamePolicy policy;
  return std::ranges::any_of(c.presented, [&](const std::string& name) {
    const certs::ByteView octets(reinterpret_cast<const uint8_t*>(name.data()), name.size());
    return asks({verifier::PresentedForm::kDns, octets}, reference, policy);
  });
}

// Times `decide`, many at once where one is quick, and holds it to the right answer.
template <typename Decide>
void TimeDecisions(benchmark::State& state, Probe& probe, const NameCase& c, Decide&& decide) {
  if (decide() != c.match) {
    state.SkipWithError("it decides otherwise");
    return;
  }
  const auto decide_often = [&](int64_t times) {
    for (int64_t i = 0; i < times; ++i) {
      benchmark::DoNotOptimize(decide());
    }
  };
  int64_t calls = 1;
  for (int64_t took = 0; took < 20'000; calls *= 2) {
    const int64_t began = ThreadCpu();
    decide_often(2 * calls);
    took = SpentSince(began);
  }
  for (auto _ : state) {
    probe.Time([&] { decide_often(calls); }, calls);
  }
  state.SetLabel(fmt::format("{} names, {}", c.presented.size(), c.match ? "a match" : "no match"));
}

void RunMatch(benchmark::State& state, Probe& probe, const NameCase& c, Asks asks) {
  const auto reference = verifier::ParseReference(c.reference);
  if (!reference) {
    state.SkipWithError("the reference is none");
    return;
  }
  TimeDecisions(state, probe, c, [&] { return MatchAny(c, *reference, asks); });
}

// The whole certificate's answer and its reason, as X509_check_host gives its answer without one.
void RunIdentity(benchmark::State& state, Probe& probe, const NameCase& c) {
  const auto reference = verifier::ParseReference(c.reference);
  if (!reference) {
    state.SkipWithError("the reference is none");
    return;
  }
  std::vector<verifier::GeneralNameView> san;
  for (const std::string& name : c.presented) {
    san.push_back({.tag = 2, .value = {reinterpret_cast<const uint8_t*>(name.data()), name.size()}});
  }
  const verifier::PresentedIdentifiers presented{.has_san = true, .san = san};
  const verifier::NamePolicy policy;
  TimeDecisions(state, probe, c, [&] { return MatchIdentity(presented, *reference, policy).match; });
}

void RunBoringSsl(benchmark::State& state, Probe& probe, const NameCase& c) {
  const bssl::UniquePtr<X509> certificate = CertificateWith(c.presented);
  if (!certificate) {
    state.SkipWithError("the certificate could not be made");
    return;
  }
  TimeDecisions(state, probe, c, [&] {
    return X509_check_host(certificate.get(), c.reference.data(), c.reference.size(),
                           X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
  });
}

void RunGnuTls(benchmark::State& state, Probe& probe, const NameCase& c) {
  const GnuTlsCertificate certificate = GnuTlsCertificateWith(c.presented);
  if (!certificate) {
    state.SkipWithError("the certificate could not be made");
    return;
  }
  TimeDecisions(state, probe, c,
                [&] { return gnutls_x509_crt_check_hostname(certificate.get(), c.reference.c_str()) != 0; });
}

void RunParseReference(benchmark::State& state, Probe& probe, const char* configured) {
  constexpr int kCalls = 32;
  for (auto _ : state) {
    probe.Time(
        [&] {
          for (int i = 0; i < kCalls; ++i) {
            benchmark::DoNotOptimize(verifier::ParseReference(configured));
          }
        },
        kCalls);
  }
}

}  // namespace

std::vector<Case> NameCases() {
  std::vector<Case> cases;
  const std::pair<const char*, NameCase> kinds[] = {
      {"typical", Typical()}, {"many_names", ManyNames()}, {"pathological", Pathological()}};
  for (const auto& [name, c] : kinds) {
    const std::string prefix = std::string("BM_NameMatch/") + name;
    const std::string yardstick = prefix + "/boringssl";
    cases.push_back({.name = yardstick, .quick = true, .run = [c = c](auto& state, Probe& probe) {
                       RunBoringSsl(state, probe, c);
                     }});
    cases.push_back({.name = prefix + "/gnutls",
                     .quick = true,
                     .run = [c = c](auto& state, Probe& probe) { RunGnuTls(state, probe, c); },
                     .yardstick = yardstick});
    const auto product = [&](const char* what, auto run, std::optional<double> goal) {
      cases.push_back({.name = prefix + what, .quick = true, .run = run, .yardstick = yardstick, .goal = goal});
    };
    product(
        "/product", [c = c](auto& state, Probe& probe) { RunMatch(state, probe, c, verifier::NameMatches); },
        kNameGoal);
    product("/product-with-reason", [c = c](auto& state, Probe& probe) { RunIdentity(state, probe, c); }, kNameGoal);
    product(
        "/product-reason-of-each", [c = c](auto& state, Probe& probe) { RunMatch(state, probe, c, WithReason); },
        std::nullopt);
  }
  constexpr std::pair<const char*, const char*> kReferences[] = {{"host_name", "mail.bob.test"},
                                                                 {"address", "2001:db8::8:800:200c:417a"},
                                                                 {"u_labels",
                                                                  "mail.b\xc3\xbc"
                                                                  "cher.test"}};
  for (const auto& [name, configured] : kReferences) {
    cases.push_back(
        {.name = std::string("BM_ParseReference/") + name,
         .run = [configured = configured](auto& state, Probe& probe) { RunParseReference(state, probe, configured); }});
  }
  return cases;
}

}  // namespace bench
