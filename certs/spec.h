// Certificates and chains as plain values. A spec says what a certificate claims, who really signs it and what is wrong
// with it; issue.h turns it into bytes. Every member's default behaves well, so a fault is one assignment.
//
// What a certificate *claims* and what is *true* are separate members: `issuer` and `claimed_issuer`, `signature` (what
// really signs) and `inner_algorithm`/`outer_algorithm` (what the bytes say).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/members.h"
#include "certs/revocation_spec.h"
#include "certs/spec_extensions.h"
#include "certs/spec_primitives.h"

namespace certs {

// ------------------------------------------------------------------------------------------------ certificates

// Replaces the one occurrence of `from` in the finished certificate by `to`, same length; Issue refuses anything else.
struct Tamper {
  Bytes from;
  Bytes to;

  bool operator==(const Tamper&) const = default;
  static constexpr auto kMembers = Members{Member{"from", &Tamper::from}, Member{"to", &Tamper::to}};
};

// How the length of a certificate's outermost SEQUENCE is written (X.690 8.1.3): DER knows the shortest form only.
enum class LengthForm : uint8_t { kShortest, kLong, kIndefinite };
std::string_view Name(LengthForm form);

// One certificate, a node of a ChainSpec.
struct CertSpec {
  std::string name;    // of this node: "leaf", "intermediate", "root"
  std::string issuer;  // the node whose key signs and whose subject is the issuer field; its own name = self-signed

  int version = 3;              // as people count: 1, 2, 3 (and 4 ..., which nobody defines)
  std::optional<Bytes> serial;  // content octets of the INTEGER; default: 16 octets derived from the spec
  DistinguishedName subject;
  std::optional<DistinguishedName> claimed_issuer;  // instead of the issuer node's subject
  TimeSpec not_before{std::chrono::hours(-24)};
  TimeSpec not_after{std::chrono::hours(24 * 30)};
  KeySpec key;

  std::optional<KeySpec> signing_key;     // really signs, instead of the issuer node's key
  std::optional<SigAlg> signature;        // really signs with; default: what suits the signing key
  std::optional<SigAlg> inner_algorithm;  // claimed in the TBSCertificate
  std::optional<SigAlg> outer_algorithm;  // claimed beside the signature
  SignatureFault signature_fault = SignatureFault::kNone;
  std::optional<KeySpec> swapped_key;  // put into the SPKI *after* signing: a clone with the thief's own key

  std::optional<BasicConstraints> basic_constraints;
  std::optional<KeyUsage> key_usage;
  std::optional<ExtendedKeyUsage> extended_key_usage;
  std::optional<SubjectAltName> san;
  std::optional<NameConstraints> name_constraints;
  bool subject_key_id = true;    // include SubjectKeyIdentifier (SHA-1 of the public key bits, RFC 5280 4.2.1.2 (1))
  bool authority_key_id = true;  // include AuthorityKeyIdentifier (the issuer's key identifier); never on self-signed
  std::optional<CertificatePolicies> policies;
  std::vector<PolicyMapping> policy_mappings;  // empty = no such extension
  std::optional<PolicyConstraints> policy_constraints;
  std::optional<InhibitAnyPolicy> inhibit_any_policy;
  std::vector<RawExtension> extra_extensions;  // after the others, in this order
  std::vector<SctSpec> scts;                   // embedded, the last extension of all (RFC 6962 3.3)

  // Its form.
  SpkiForm spki_form = SpkiForm::kUsual;
  std::optional<Bytes> raw_spki;           // the whole SubjectPublicKeyInfo, instead of the key's
  std::optional<Bytes> raw_algorithm;      // the whole AlgorithmIdentifier, inside and beside the signature
  std::optional<Bytes> issuer_unique_id;   // octets of the BIT STRING
  std::optional<Bytes> subject_unique_id;  // octets of the BIT STRING
  bool explicit_version = false;           // writes version 1 out, although it is the default
  LengthForm length_form = LengthForm::kShortest;

  // What happens to the finished DER, in this order.
  std::vector<Tamper> tampers;           // one after the other
  int cut = 0;                           // octets taken off the end; never more than there are
  Bytes trailing;                        // added at the end
  std::optional<Bytes> raw_certificate;  // stands for all of it: nothing else of the spec shows

  bool operator==(const CertSpec&) const = default;
  static constexpr auto kMembers = Members{
      Member{"name", &CertSpec::name},
      Member{"issuer", &CertSpec::issuer},
      Member{"version", &CertSpec::version},
      Member{"serial", &CertSpec::serial},
      Member{"subject", &CertSpec::subject},
      Member{"claimed_issuer", &CertSpec::claimed_issuer},
      Member{"not_before", &CertSpec::not_before},
      Member{"not_after", &CertSpec::not_after},
      Member{"key", &CertSpec::key},
      Member{"signing_key", &CertSpec::signing_key},
      Member{"signature", &CertSpec::signature},
      Member{"inner_algorithm", &CertSpec::inner_algorithm},
      Member{"outer_algorithm", &CertSpec::outer_algorithm},
      Member{"signature_fault", &CertSpec::signature_fault},
      Member{"swapped_key", &CertSpec::swapped_key},
      Member{"basic_constraints", &CertSpec::basic_constraints},
      Member{"key_usage", &CertSpec::key_usage},
      Member{"extended_key_usage", &CertSpec::extended_key_usage},
      Member{"san", &CertSpec::san},
      Member{"name_constraints", &CertSpec::name_constraints},
      Member{"subject_key_id", &CertSpec::subject_key_id},
      Member{"authority_key_id", &CertSpec::authority_key_id},
      Member{"policies", &CertSpec::policies},
      Member{"policy_mappings", &CertSpec::policy_mappings},
      Member{"policy_constraints", &CertSpec::policy_constraints},
      Member{"inhibit_any_policy", &CertSpec::inhibit_any_policy},
      Member{"extra_extensions", &CertSpec::extra_extensions},
      Member{"scts", &CertSpec::scts},
      Member{"spki_form", &CertSpec::spki_form},
      Member{"raw_spki", &CertSpec::raw_spki},
      Member{"raw_algorithm", &CertSpec::raw_algorithm},
      Member{"issuer_unique_id", &CertSpec::issuer_unique_id},
      Member{"subject_unique_id", &CertSpec::subject_unique_id},
      Member{"explicit_version", &CertSpec::explicit_version},
      Member{"length_form", &CertSpec::length_form},
      Member{"tampers", &CertSpec::tampers},
      Member{"cut", &CertSpec::cut},
      Member{"trailing", &CertSpec::trailing},
      Member{"raw_certificate", &CertSpec::raw_certificate},
  };
};

// A graph of certificates, what of it the server presents and what of it the client trusts. Only nodes that are
// presented, trusted or needed as an issuer are ever issued; the others cost nothing.
struct ChainSpec {
  std::vector<CertSpec> certs;           // names are unique
  std::vector<std::string> presented;    // node names in the order of the Certificate message; the first is the leaf
  std::vector<std::string> trusted;      // node names of the client's trust anchors
  std::optional<KeySpec> handshake_key;  // really signs the handshake, instead of the leaf's key
  RevocationSpec revocation;             // what is said about the certificates' status, and what the client asks

  // The node of that name. Asserts that it exists: specs are written by programmers.
  CertSpec& At(std::string_view name);
  const CertSpec& At(std::string_view name) const;
  const CertSpec* Find(std::string_view name) const;  // nullptr when absent
  // The nodes that every chain of the catalogue has.
  CertSpec& leaf() { return At("leaf"); }
  CertSpec& intermediate() { return At("intermediate"); }
  CertSpec& root() { return At("root"); }

  bool operator==(const ChainSpec&) const = default;
  static constexpr auto kMembers =
      Members{Member{"certs", &ChainSpec::certs}, Member{"presented", &ChainSpec::presented},
              Member{"trusted", &ChainSpec::trusted}, Member{"handshake_key", &ChainSpec::handshake_key},
              Member{"revocation", &ChainSpec::revocation}};
};

// Bob's good chain: leaf for mail.bob.test (SAN only, P-256) <- intermediate <- root; leaf and intermediate presented,
// root trusted. The root is name-constrained to `.test` and the loopback networks, so that a root that leaks can vouch
// for nothing outside the lab. The graph also holds, neither presented nor trusted, the nodes that attacks need:
// "eve-root" (another root nobody trusts), "eve-intermediate" (under it), and "fake-root" (the root's own name, another
// key).
ChainSpec GoodChain();

// The names in the examples.
inline constexpr std::string_view kBobHost = "mail.bob.test";
inline constexpr std::string_view kEveHost = "mail.eve.test";

}  // namespace certs
