// Property: of one certificate and one configured name our matcher, BoringSSL's X509_check_host and GnuTLS's
// gnutls_x509_crt_check_hostname say the same, but for the known divergences below, each with its reason. A new kind of
// disagreement ends the program.
//
// Input: the reference up to the first newline; then the dNSNames, a line each. A line that begins with '#' is an
// iPAddress: what follows, as octets.
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstring>
#include <memory>
#include <vector>

#include "certs/der.h"
#include "certs/encode.h"
#include "certs/keys.h"
#include "certs/sign.h"
#include "fuzz/fuzz.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/identity.h"

namespace {

using certs::Bytes;
using fuzz::Require;

constexpr size_t kMostNames = 8;

// --- Known divergences. ---

enum class Peer : uint8_t { kBoringSsl, kGnuTls };

struct Case {
  Peer peer;
  bool ours;  // whether our matcher says yes, and theirs no; or the other way round
  std::string reference;
  std::vector<std::string> names;  // dNSNames
  bool is_address;                 // the reference is one
  bool empty_address;              // an iPAddress has no octets
};

bool AnyName(const Case& c, bool (*holds)(std::string_view)) { return std::ranges::any_of(c.names, holds); }
bool HasUnderscore(std::string_view name) { return name.find('_') != name.npos; }
bool HasWildcard(std::string_view name) { return name.find('*') != name.npos; }

struct Divergence {
  const char* reason;
  bool (*applies)(const Case& c);
};

constexpr Divergence kDivergences[] = {
    {"a reference that ends in a dot is absolute, and names the same host (RFC 1034 3.1): we compare it without the "
     "dot, the others octet for octet",
     [](const Case& c) { return c.reference.ends_with('.'); }},
    {"an address is compared as octets with iPAddress entries only (RFC 9525 6.2); GnuTLS goes on to compare its text "
     "with dNSNames, for servers that are configured wrong",
     [](const Case& c) { return c.peer == Peer::kGnuTls && c.is_address && !c.ours; }},
    {"a dNSName that is empty or longer than any host name, or an iPAddress of no octets, is ignored and the others "
     "count (RFC 9525 6.3); GnuTLS reads no name behind it",
     [](const Case& c) {
       return c.peer == Peer::kGnuTls && c.ours &&
              (c.empty_address || AnyName(c, [](std::string_view name) { return name.empty() || name.size() > 253; }));
     }},
    {"a * stands for the whole left-most label or for nothing (RFC 9525 6.3); GnuTLS lets it stand inside a label and "
     "in others",
     [](const Case& c) {
       return c.peer == Peer::kGnuTls && !c.ours && AnyName(c, [](std::string_view name) {
                return name.find('*', name.starts_with("*.") ? 1 : 0) != name.npos;
              });
     }},
    {"BoringSSL has letters, digits and hyphens only in and around what a wildcard stands for; we let hosts have low "
     "lines, as mail hosts have",
     [](const Case& c) {
       return c.peer == Peer::kBoringSsl && c.ours && AnyName(c, HasWildcard) &&
              (HasUnderscore(c.reference) || AnyName(c, HasUnderscore));
     }},
};

// --- The three opinions. ---

Bytes Certificate(const certs::SubjectAltName& san) {
  static const std::shared_ptr<certs::KeyRing> ring = certs::KeyRing::FromSeed(1);
  static const Bytes spki = (*ring->GetKey({certs::KeyType::kP256, "leaf"}))->spki;
  static const Bytes algorithm = certs::AlgorithmIdentifier(certs::SigAlg::kEcdsaSha256);
  certs::CertSpec spec;
  spec.name = "leaf";
  spec.subject = certs::Organization("Bob");  // and no common name, which the others would fall back to
  spec.san = san;
  spec.authority_key_id = spec.subject_key_id = false;
  const auto tbs = certs::EncodeTbs(spec, {.now = 1767225600,
                                           .serial = Bytes{1},
                                           .algorithm = algorithm,
                                           .issuer = certs::EncodeName(certs::Organization("CA")),
                                           .spki = spki});
  Require(tbs.has_value(), "a subjectAltName can be encoded");
  return certs::der::Sequence({*tbs, algorithm, certs::der::BitString(Bytes(8, 1))});
}

bool BoringSslSays(const Bytes& der, const std::string& reference, bool is_address) {
  const uint8_t* at = der.data();
  const bssl::UniquePtr<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!certificate) {
    return false;
  }
  return is_address ? X509_check_ip_asc(certificate.get(), reference.c_str(), 0) == 1
                    : X509_check_host(certificate.get(), reference.data(), reference.size(), 0, nullptr) == 1;
}

bool GnuTlsSays(const Bytes& der, const std::string& reference) {
  gnutls_x509_crt_t certificate = nullptr;
  Require(gnutls_x509_crt_init(&certificate) == 0, "GnuTLS works");
  const gnutls_datum_t datum{const_cast<uint8_t*>(der.data()), static_cast<unsigned>(der.size())};
  const bool says = gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_DER) == 0 &&
                    gnutls_x509_crt_check_hostname(certificate, reference.c_str()) != 0;
  gnutls_x509_crt_deinit(certificate);
  return says;
}

void Compare(const Case& c, bool theirs) {
  if (c.ours == theirs) {
    return;
  }
  for (const Divergence& divergence : kDivergences) {
    if (divergence.applies(c)) {
      return;
    }
  }
  std::fprintf(stderr, "\n%s: we say %s, %s says %s\n", certs::Escaped(c.reference).c_str(), c.ours ? "yes" : "no",
               c.peer == Peer::kGnuTls ? "GnuTLS" : "BoringSSL", theirs ? "yes" : "no");
  for (const std::string& name : c.names) {
    std::fprintf(stderr, "  DNS:%s\n", certs::Escaped(name).c_str());
  }
  Require(false, "two matchers disagree in a way that nobody has explained yet");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const std::string reference(input.Until('\n'));
  const auto parsed = verifier::ParseReference(reference);
  // What we refuse to be configured with, and U-labels, which the others leave to their caller.
  if (!parsed || reference.find('\0') != std::string::npos ||
      std::ranges::any_of(reference, [](char c) { return static_cast<uint8_t>(c) > 0x7f; })) {
    return 0;
  }
  certs::SubjectAltName san;
  std::vector<std::string> names;
  bool empty_address = false;
  while (!input.empty() && san.names.size() < kMostNames) {
    const std::string_view line = input.Until('\n');
    if (line.starts_with('#')) {
      empty_address |= line.size() == 1;
      san.names.push_back(certs::IpOctets(certs::ToBytes(line.substr(1))));
    } else {
      san.names.push_back(certs::Dns(line));
      names.emplace_back(line);
    }
  }
  if (san.names.empty()) {
    return 0;
  }
  const Bytes der = Certificate(san);
  const auto certificate = verifier::ParseCertificate(der);
  Require(certificate.has_value(), "a certificate with any names parses");
  const bool ours = MatchIdentity(IdentifiersOf(*certificate), *parsed, verifier::NamePolicy{}).match;
  const bool is_address = parsed->kind == verifier::Reference::Kind::kIp;
  Compare({Peer::kBoringSsl, ours, reference, names, is_address, empty_address},
          BoringSslSays(der, reference, is_address));
  Compare({Peer::kGnuTls, ours, reference, names, is_address, empty_address}, GnuTlsSays(der, reference));
  return 0;
}
