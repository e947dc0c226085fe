// The names and the extensions of a certificate as plain values: parts of a CertSpec (spec.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/members.h"

namespace certs {

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
      Members{Member{"oid", &Attribute::oid}, Member{"type", &Attribute::type}, Member{"value", &Attribute::value}};
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
  static constexpr auto kMembers = Members{Member{"form", &GeneralName::form}, Member{"value", &GeneralName::value}};
};

GeneralName Dns(std::string_view name);    // octets as given, NUL and all
GeneralName Ip(std::string_view literal);  // IPv4 or IPv6 text; asserts that it is one
GeneralName IpOctets(Bytes octets);        // any number of octets
GeneralName Email(std::string_view address);
GeneralName Uri(std::string_view uri);
GeneralName SrvName(std::string_view service_name);  // otherName id-on-dnsSRV (RFC 4985), IA5String
GeneralName DirectoryName(const DistinguishedName& name);

// ------------------------------------------------------------------------------------------------ extensions

struct BasicConstraints {
  bool ca = false;
  std::optional<int> path_len;
  bool critical = true;

  bool operator==(const BasicConstraints&) const = default;
  static constexpr auto kMembers =
      Members{Member{"ca", &BasicConstraints::ca}, Member{"path_len", &BasicConstraints::path_len},
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
  static constexpr auto kMembers = Members{Member{"bits", &KeyUsage::bits}, Member{"critical", &KeyUsage::critical}};
};

struct ExtendedKeyUsage {
  std::vector<std::string> purposes;  // dotted OIDs
  bool critical = false;

  bool operator==(const ExtendedKeyUsage&) const = default;
  static constexpr auto kMembers =
      Members{Member{"purposes", &ExtendedKeyUsage::purposes}, Member{"critical", &ExtendedKeyUsage::critical}};
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
      Members{Member{"names", &SubjectAltName::names}, Member{"critical", &SubjectAltName::critical}};
};

// NameConstraints (RFC 5280 4.2.1.10). An iPAddress subtree's value is address octets followed by mask octets.
struct NameConstraints {
  std::vector<GeneralName> permitted;
  std::vector<GeneralName> excluded;
  bool critical = true;
  std::optional<int> minimum = std::nullopt;  // of every subtree; RFC 5280 wants none, which means 0
  std::optional<int> maximum = std::nullopt;  // of every subtree; RFC 5280 forbids one

  bool operator==(const NameConstraints&) const = default;
  static constexpr auto kMembers =
      Members{Member{"permitted", &NameConstraints::permitted}, Member{"excluded", &NameConstraints::excluded},
              Member{"critical", &NameConstraints::critical}, Member{"minimum", &NameConstraints::minimum},
              Member{"maximum", &NameConstraints::maximum}};
};

// certificatePolicies (RFC 5280 4.2.1.4), without qualifiers.
struct CertificatePolicies {
  std::vector<std::string> oids;  // dotted
  bool critical = false;

  bool operator==(const CertificatePolicies&) const = default;
  static constexpr auto kMembers =
      Members{Member{"oids", &CertificatePolicies::oids}, Member{"critical", &CertificatePolicies::critical}};
};
inline constexpr std::string_view kAnyPolicy = "2.5.29.32.0";

// One pair of policyMappings (RFC 5280 4.2.1.5).
struct PolicyMapping {
  std::string issuer_domain;   // dotted OID
  std::string subject_domain;  // dotted OID

  bool operator==(const PolicyMapping&) const = default;
  static constexpr auto kMembers = Members{Member{"issuer_domain", &PolicyMapping::issuer_domain},
                                           Member{"subject_domain", &PolicyMapping::subject_domain}};
};

// policyConstraints (RFC 5280 4.2.1.11).
struct PolicyConstraints {
  std::optional<int> require_explicit_policy = std::nullopt;
  std::optional<int> inhibit_policy_mapping = std::nullopt;
  bool critical = true;

  bool operator==(const PolicyConstraints&) const = default;
  static constexpr auto kMembers =
      Members{Member{"require_explicit_policy", &PolicyConstraints::require_explicit_policy},
              Member{"inhibit_policy_mapping", &PolicyConstraints::inhibit_policy_mapping},
              Member{"critical", &PolicyConstraints::critical}};
};

// inhibitAnyPolicy (RFC 5280 4.2.1.14).
struct InhibitAnyPolicy {
  int skip_certs = 0;
  bool critical = true;

  bool operator==(const InhibitAnyPolicy&) const = default;
  static constexpr auto kMembers =
      Members{Member{"skip_certs", &InhibitAnyPolicy::skip_certs}, Member{"critical", &InhibitAnyPolicy::critical}};
};

// Any extension at all: `value` is what stands inside the OCTET STRING, well-formed or not.
struct RawExtension {
  std::string oid;
  bool critical = false;
  Bytes value;
  // The content of the BOOLEAN `critical`, written even where it says FALSE, which DER forbids; DER's TRUE is 0xff.
  std::optional<uint8_t> critical_octet = std::nullopt;

  bool operator==(const RawExtension&) const = default;
  static constexpr auto kMembers =
      Members{Member{"oid", &RawExtension::oid}, Member{"critical", &RawExtension::critical},
              Member{"value", &RawExtension::value}, Member{"critical_octet", &RawExtension::critical_octet}};
};

}  // namespace certs
