// Certificates and chains as plain values. A spec says what a certificate claims, who really signs it and what is wrong
// with it; issue.h turns it into bytes. Every member's default behaves well, so a fault is one assignment.
//
// What a certificate *claims* and what is *true* are separate members: `issuer` and `claimed_issuer`, `signature` (what
// really signs) and `inner_algorithm`/`outer_algorithm` (what the bytes say).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/members.h"

namespace certs {

// ------------------------------------------------------------------------------------------------ keys, algorithms

enum class KeyType : uint8_t {
  kP256,
  kP384,
  kP521,
  kP224,
  kEd25519,
  kRsa512,
  kRsa768,
  kRsa1024,
  kRsa2048,
  kRsa3072,
  kRsa4096,
  kRsa8192,
};
std::string_view Name(KeyType type);  // "p256", "rsa2048", ...

// Names one key. Two specs with equal type and label share the key; the key ring (keys.h) holds it.
struct KeySpec {
  KeyType type = KeyType::kP256;
  std::string label;  // whose it is: "leaf", "intermediate", "root", "eve" ...

  bool operator==(const KeySpec&) const = default;
  static constexpr auto kMembers = std::tuple{Member{"type", &KeySpec::type}, Member{"label", &KeySpec::label}};
};

// A certificate signature algorithm, as AlgorithmIdentifier and as the operation itself.
enum class SigAlg : uint8_t {
  kEcdsaSha256,
  kEcdsaSha384,
  kEcdsaSha512,
  kEcdsaSha1,
  kRsaSha256,
  kRsaSha384,
  kRsaSha512,
  kRsaSha1,
  kRsaMd5,
  kRsaMd4,
  kRsaMd2,
  kRsaPssSha256,
  kRsaPssSha384,
  kRsaPssSha512,
  kEd25519,
  kUnknownOid,  // an algorithm nobody knows (1.3.6.1.4.1.55738.1.1, from an unassigned private arc); as a truth it
                // signs nothing useful
};
std::string_view Name(SigAlg alg);

// ------------------------------------------------------------------------------------------------ names

// ASN.1 string type of an attribute value in a distinguished name. The number is the DER tag.
enum class StringType : uint8_t { kUtf8 = 0x0c, kPrintable = 0x13, kT61 = 0x14, kIa5 = 0x16, kBmp = 0x1e };
std::string_view Name(StringType type);

// One AttributeTypeAndValue; each stands in an RDN of its own. `value` is the octets as encoded.
struct Attribute {
  std::string oid = "2.5.4.3";  // commonName; 2.5.4.10 = organizationName
  StringType type = StringType::kUtf8;
  Bytes value;

  bool operator==(const Attribute&) const = default;
  static constexpr auto kMembers =
      std::tuple{Member{"oid", &Attribute::oid}, Member{"type", &Attribute::type}, Member{"value", &Attribute::value}};
};
using DistinguishedName = std::vector<Attribute>;

DistinguishedName CommonName(std::string_view text);
DistinguishedName Organization(std::string_view text);

// The context tag number of a GeneralName choice (RFC 5280 4.2.1.6). Any other number up to 30 is cast to it.
enum class NameForm : uint8_t {
  kOther = 0,
  kEmail = 1,
  kDns = 2,
  kX400 = 3,
  kDirectory = 4,
  kEdi = 5,
  kUri = 6,
  kIp = 7,
  kRegisteredId = 8
};
std::string_view Name(NameForm form);

// A GeneralName: its tag and the octets inside it. kOther and kDirectory carry the encoded inside of their constructed
// tag; the functions below build them.
struct GeneralName {
  NameForm form = NameForm::kDns;
  Bytes value;

  bool operator==(const GeneralName&) const = default;
  static constexpr auto kMembers = std::tuple{Member{"form", &GeneralName::form}, Member{"value", &GeneralName::value}};
};

GeneralName Dns(std::string_view name);    // octets as given, NUL and all
GeneralName Ip(std::string_view literal);  // IPv4 or IPv6 text; asserts that it is one
GeneralName IpOctets(Bytes octets);        // any number of octets
GeneralName Email(std::string_view address);
GeneralName Uri(std::string_view uri);
GeneralName SrvName(std::string_view service_name);  // otherName id-on-dnsSRV (RFC 4985), IA5String
GeneralName DirectoryName(const DistinguishedName& name);

// ------------------------------------------------------------------------------------------------ time

enum class TimeForm : uint8_t {
  kAuto,         // UTCTime to 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5)
  kUtc,          // always UTCTime
  kGeneralized,  // always GeneralizedTime
};
std::string_view Name(TimeForm form);

// A date, relative to the run's "now" so that nothing rots; or, with `raw`, exactly the text to encode.
struct TimeSpec {
  std::chrono::seconds from_now{0};
  TimeForm form = TimeForm::kAuto;
  std::optional<std::string> raw =
      std::nullopt;  // overrides from_now; `form` then picks the tag (kAuto: by length, 13 = UTCTime)

  bool operator==(const TimeSpec&) const = default;
  static constexpr auto kMembers = std::tuple{Member{"from_now", &TimeSpec::from_now}, Member{"form", &TimeSpec::form},
                                              Member{"raw", &TimeSpec::raw}};
};

// ------------------------------------------------------------------------------------------------ extensions

struct BasicConstraints {
  bool ca = false;
  std::optional<int> path_len;
  bool critical = true;

  bool operator==(const BasicConstraints&) const = default;
  static constexpr auto kMembers =
      std::tuple{Member{"ca", &BasicConstraints::ca}, Member{"path_len", &BasicConstraints::path_len},
                 Member{"critical", &BasicConstraints::critical}};
};

// KeyUsage bits (RFC 5280 4.2.1.3), as 1 << bit number.
enum KeyUsageBits : uint16_t {
  kDigitalSignature = 1 << 0,
  kNonRepudiation = 1 << 1,
  kKeyEncipherment = 1 << 2,
  kDataEncipherment = 1 << 3,
  kKeyAgreement = 1 << 4,
  kKeyCertSign = 1 << 5,
  kCrlSign = 1 << 6,
};

struct KeyUsage {
  uint16_t bits = kDigitalSignature;
  bool critical = true;

  bool operator==(const KeyUsage&) const = default;
  static constexpr auto kMembers = std::tuple{Member{"bits", &KeyUsage::bits}, Member{"critical", &KeyUsage::critical}};
};

struct ExtendedKeyUsage {
  std::vector<std::string> purposes;  // dotted OIDs
  bool critical = false;

  bool operator==(const ExtendedKeyUsage&) const = default;
  static constexpr auto kMembers =
      std::tuple{Member{"purposes", &ExtendedKeyUsage::purposes}, Member{"critical", &ExtendedKeyUsage::critical}};
};
inline constexpr std::string_view kServerAuth = "1.3.6.1.5.5.7.3.1";
inline constexpr std::string_view kClientAuth = "1.3.6.1.5.5.7.3.2";
inline constexpr std::string_view kEmailProtection = "1.3.6.1.5.5.7.3.4";
inline constexpr std::string_view kAnyPurpose = "2.5.29.37.0";

struct SubjectAltName {
  std::vector<GeneralName> names;
  bool critical = false;

  bool operator==(const SubjectAltName&) const = default;
  static constexpr auto kMembers =
      std::tuple{Member{"names", &SubjectAltName::names}, Member{"critical", &SubjectAltName::critical}};
};

// NameConstraints (RFC 5280 4.2.1.10). An iPAddress subtree's value is address octets followed by mask octets.
struct NameConstraints {
  std::vector<GeneralName> permitted;
  std::vector<GeneralName> excluded;
  bool critical = true;

  bool operator==(const NameConstraints&) const = default;
  static constexpr auto kMembers =
      std::tuple{Member{"permitted", &NameConstraints::permitted}, Member{"excluded", &NameConstraints::excluded},
                 Member{"critical", &NameConstraints::critical}};
};

// Any extension at all: `value` is what stands inside the OCTET STRING, well-formed or not.
struct RawExtension {
  std::string oid;
  bool critical = false;
  Bytes value;

  bool operator==(const RawExtension&) const = default;
  static constexpr auto kMembers =
      std::tuple{Member{"oid", &RawExtension::oid}, Member{"critical", &RawExtension::critical},
                 Member{"value", &RawExtension::value}};
};

// ------------------------------------------------------------------------------------------------ certificates

// What happens to the signature bits after they were made.
enum class SignatureFault : uint8_t { kNone, kFlipBit, kEmpty, kZeros };
std::string_view Name(SignatureFault fault);

// Replaces the one occurrence of `from` in the finished certificate by `to`, same length; Issue refuses anything else.
struct Tamper {
  Bytes from;
  Bytes to;

  bool operator==(const Tamper&) const = default;
  static constexpr auto kMembers = std::tuple{Member{"from", &Tamper::from}, Member{"to", &Tamper::to}};
};

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
  std::vector<RawExtension> extra_extensions;  // after the others, in this order
  std::vector<Tamper> tampers;                 // on the finished DER, in this order

  bool operator==(const CertSpec&) const = default;
  static constexpr auto kMembers = std::tuple{
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
      Member{"extra_extensions", &CertSpec::extra_extensions},
      Member{"tampers", &CertSpec::tampers},
  };
};

// A graph of certificates, what of it the server presents and what of it the client trusts. Only nodes that are
// presented, trusted or needed as an issuer are ever issued; the others cost nothing.
struct ChainSpec {
  std::vector<CertSpec> certs;           // names are unique
  std::vector<std::string> presented;    // node names in the order of the Certificate message; the first is the leaf
  std::vector<std::string> trusted;      // node names of the client's trust anchors
  std::optional<KeySpec> handshake_key;  // really signs the handshake, instead of the leaf's key

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
      std::tuple{Member{"certs", &ChainSpec::certs}, Member{"presented", &ChainSpec::presented},
                 Member{"trusted", &ChainSpec::trusted}, Member{"handshake_key", &ChainSpec::handshake_key}};
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
