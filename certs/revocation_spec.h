// What is said about the status of certificates, as plain values: OCSP responses (RFC 6960) and certificate revocation
// lists (RFC 5280 5). issue.h turns them into bytes, signed by nodes of the chain. Every member's default behaves well:
// a default OcspSpec says that the leaf is good, and a default CrlSpec revokes nothing; the client asks softly, and
// nothing is stapled.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/members.h"
#include "certs/spec_extensions.h"
#include "certs/spec_primitives.h"

namespace certs {

// What the client is told to do about revocation.
enum class RevocationCheck : uint8_t {
  kSoft,  // ask for a staple and believe it; a certificate that nobody says anything about passes
  kHard,  // every certificate of the path must be known to be good
  kOff,   // ask nobody
};
std::string_view Name(RevocationCheck check);

// ------------------------------------------------------------------------------------------------ transparency

// A signed certificate timestamp (RFC 6962 3.2): a log's promise to list the certificate. The log's key is a P-256 key
// of the ring; no client trusts it.
struct SctSpec {
  std::string log = "log";  // label of the log's key
  TimeSpec timestamp{std::chrono::hours(-2)};
  SignatureFault signature_fault = SignatureFault::kNone;

  bool operator==(const SctSpec&) const = default;
  static constexpr auto kMembers = Members{Member{"log", &SctSpec::log}, Member{"timestamp", &SctSpec::timestamp},
                                           Member{"signature_fault", &SctSpec::signature_fault}};
};

// ------------------------------------------------------------------------------------------------ OCSP

// OCSPResponseStatus (RFC 6960 4.2.1). Any other number is cast to it.
enum class OcspResponseStatus : uint8_t {
  kSuccessful = 0,
  kMalformedRequest = 1,
  kInternalError = 2,
  kTryLater = 3,
  kSigRequired = 5,
  kUnauthorized = 6,
};
std::string_view Name(OcspResponseStatus status);

// CertStatus (RFC 6960 4.2.1): the context tag number. Any other number up to 30 is cast to it.
enum class CertStatus : uint8_t { kGood = 0, kRevoked = 1, kUnknown = 2 };
std::string_view Name(CertStatus status);

// The digest a CertID names its issuer with. Its own algorithm, not that of any signature.
enum class CertIdDigest : uint8_t { kSha1, kSha256, kUnknown };
std::string_view Name(CertIdDigest digest);

// How a response says who made it (ResponderID, RFC 6960 4.2.1).
enum class ResponderIdForm : uint8_t { kByKey, kByName };
std::string_view Name(ResponderIdForm form);

// One SingleResponse.
struct SingleStatus {
  std::string certificate = "leaf";  // the node it is about
  CertStatus status = CertStatus::kGood;
  std::optional<int> reason;  // CRLReason beside kRevoked
  TimeSpec revoked_at{std::chrono::hours(-2)};
  TimeSpec this_update{std::chrono::hours(-1)};
  std::optional<TimeSpec> next_update = TimeSpec{std::chrono::hours(24 * 3)};
  // The CertID; by default what a client expects of the node and its issuer.
  CertIdDigest digest = CertIdDigest::kSha1;
  std::optional<std::string> issuer_name_of;  // the node whose subject is hashed
  std::optional<std::string> issuer_key_of;   // the node whose key is hashed
  std::optional<Bytes> serial;                // content octets
  std::vector<RawExtension> extensions;
  std::vector<SctSpec> scts;  // of the certificate, as an extension more (RFC 6962 3.3)

  bool operator==(const SingleStatus&) const = default;
  static constexpr auto kMembers = Members{
      Member{"certificate", &SingleStatus::certificate},
      Member{"status", &SingleStatus::status},
      Member{"reason", &SingleStatus::reason},
      Member{"revoked_at", &SingleStatus::revoked_at},
      Member{"this_update", &SingleStatus::this_update},
      Member{"next_update", &SingleStatus::next_update},
      Member{"digest", &SingleStatus::digest},
      Member{"issuer_name_of", &SingleStatus::issuer_name_of},
      Member{"issuer_key_of", &SingleStatus::issuer_key_of},
      Member{"serial", &SingleStatus::serial},
      Member{"extensions", &SingleStatus::extensions},
      Member{"scts", &SingleStatus::scts},
  };
};

// One OCSPResponse.
struct OcspSpec {
  std::string certificate = "leaf";                             // the presented node it is stapled to
  OcspResponseStatus status = OcspResponseStatus::kSuccessful;  // all others come without a body
  std::vector<SingleStatus> singles = {SingleStatus{}};

  // Who answers: a node; by default the issuer of `certificate`. Anybody else's certificate goes into the response.
  std::optional<std::string> responder;
  ResponderIdForm responder_id = ResponderIdForm::kByKey;
  bool attach_responder = true;
  std::optional<KeySpec> signing_key;  // really signs, instead of the responder's key
  std::optional<SigAlg> signature;
  SignatureFault signature_fault = SignatureFault::kNone;
  TimeSpec produced_at{std::chrono::hours(-1)};
  std::vector<RawExtension> extensions;  // responseExtensions
  int version = 1;                       // as people count

  // Its form.
  std::string type = "1.3.6.1.5.5.7.48.1.1";  // id-pkix-ocsp-basic
  bool body = true;                           // false: successful, and yet without responseBytes
  std::optional<Bytes> raw_body;              // what stands inside responseBytes' OCTET STRING
  int cut = 0;                                // octets taken off the end
  Bytes trailing;                             // added at the end
  std::optional<Bytes> raw;                   // stands for all of it

  bool operator==(const OcspSpec&) const = default;
  static constexpr auto kMembers = Members{
      Member{"certificate", &OcspSpec::certificate},
      Member{"status", &OcspSpec::status},
      Member{"singles", &OcspSpec::singles},
      Member{"responder", &OcspSpec::responder},
      Member{"responder_id", &OcspSpec::responder_id},
      Member{"attach_responder", &OcspSpec::attach_responder},
      Member{"signing_key", &OcspSpec::signing_key},
      Member{"signature", &OcspSpec::signature},
      Member{"signature_fault", &OcspSpec::signature_fault},
      Member{"produced_at", &OcspSpec::produced_at},
      Member{"extensions", &OcspSpec::extensions},
      Member{"version", &OcspSpec::version},
      Member{"type", &OcspSpec::type},
      Member{"body", &OcspSpec::body},
      Member{"raw_body", &OcspSpec::raw_body},
      Member{"cut", &OcspSpec::cut},
      Member{"trailing", &OcspSpec::trailing},
      Member{"raw", &OcspSpec::raw},
  };
};

// ------------------------------------------------------------------------------------------------ CRLs

// CRLReason (RFC 5280 5.3.1), those that matter here.
inline constexpr int kKeyCompromise = 1, kCertificateHold = 6, kRemoveFromCrl = 8;

// One entry of revokedCertificates.
struct CrlEntry {
  std::string certificate = "leaf";  // the node whose serial number is listed
  std::optional<Bytes> serial;       // content octets, instead of that node's
  TimeSpec revoked_at{std::chrono::hours(-2)};
  std::optional<int> reason;
  std::optional<std::string> issuer_of;  // certificateIssuer: the node whose subject it names (RFC 5280 5.3.3)
  std::vector<RawExtension> extensions;

  bool operator==(const CrlEntry&) const = default;
  static constexpr auto kMembers =
      Members{Member{"certificate", &CrlEntry::certificate}, Member{"serial", &CrlEntry::serial},
              Member{"revoked_at", &CrlEntry::revoked_at},   Member{"reason", &CrlEntry::reason},
              Member{"issuer_of", &CrlEntry::issuer_of},     Member{"extensions", &CrlEntry::extensions}};
};

// IssuingDistributionPoint (RFC 5280 5.2.5): what the list covers.
struct IssuingDistributionPoint {
  std::vector<GeneralName> full_name;  // empty = no distributionPoint
  bool only_user_certs = false;
  bool only_ca_certs = false;
  std::optional<uint16_t> only_some_reasons;  // ReasonFlags as 1 << bit number
  bool indirect = false;
  bool only_attribute_certs = false;
  bool critical = true;

  bool operator==(const IssuingDistributionPoint&) const = default;
  static constexpr auto kMembers =
      Members{Member{"full_name", &IssuingDistributionPoint::full_name},
              Member{"only_user_certs", &IssuingDistributionPoint::only_user_certs},
              Member{"only_ca_certs", &IssuingDistributionPoint::only_ca_certs},
              Member{"only_some_reasons", &IssuingDistributionPoint::only_some_reasons},
              Member{"indirect", &IssuingDistributionPoint::indirect},
              Member{"only_attribute_certs", &IssuingDistributionPoint::only_attribute_certs},
              Member{"critical", &IssuingDistributionPoint::critical}};
};

// One CertificateList.
struct CrlSpec {
  std::string issuer = "intermediate";  // the node whose subject and key it bears
  int version = 2;                      // as people count; 1 leaves every extension out
  TimeSpec this_update{std::chrono::hours(-1)};
  std::optional<TimeSpec> next_update = TimeSpec{std::chrono::hours(24 * 3)};
  std::vector<CrlEntry> entries;
  int filler = 0;                 // that many more entries, of serial numbers nobody has
  std::optional<int> number = 1;  // cRLNumber
  std::optional<int> delta_base;  // deltaCRLIndicator, critical (RFC 5280 5.2.4)
  bool authority_key_id = true;
  std::optional<IssuingDistributionPoint> distribution_point;
  std::vector<RawExtension> extensions;  // after the others

  std::optional<KeySpec> signing_key;  // really signs, instead of the issuer's key
  std::optional<SigAlg> signature;
  std::optional<SigAlg> inner_algorithm;  // claimed in the TBSCertList
  SignatureFault signature_fault = SignatureFault::kNone;
  int cut = 0;
  Bytes trailing;
  std::optional<Bytes> raw;

  bool operator==(const CrlSpec&) const = default;
  static constexpr auto kMembers = Members{
      Member{"issuer", &CrlSpec::issuer},
      Member{"version", &CrlSpec::version},
      Member{"this_update", &CrlSpec::this_update},
      Member{"next_update", &CrlSpec::next_update},
      Member{"entries", &CrlSpec::entries},
      Member{"filler", &CrlSpec::filler},
      Member{"number", &CrlSpec::number},
      Member{"delta_base", &CrlSpec::delta_base},
      Member{"authority_key_id", &CrlSpec::authority_key_id},
      Member{"distribution_point", &CrlSpec::distribution_point},
      Member{"extensions", &CrlSpec::extensions},
      Member{"signing_key", &CrlSpec::signing_key},
      Member{"signature", &CrlSpec::signature},
      Member{"inner_algorithm", &CrlSpec::inner_algorithm},
      Member{"signature_fault", &CrlSpec::signature_fault},
      Member{"cut", &CrlSpec::cut},
      Member{"trailing", &CrlSpec::trailing},
      Member{"raw", &CrlSpec::raw},
  };
};

// ------------------------------------------------------------------------------------------------ all of it

// What is said of a chain's certificates, and what the client is told to make of it.
struct RevocationSpec {
  RevocationCheck check = RevocationCheck::kSoft;
  std::vector<OcspSpec> staples;  // in the handshake; at most one a presented certificate
  std::vector<CrlSpec> crls;      // files the client is configured with
  std::vector<SctSpec> scts;      // of the leaf, in the handshake's own extension (RFC 6962 3.3.1)

  bool operator==(const RevocationSpec&) const = default;
  static constexpr auto kMembers =
      Members{Member{"check", &RevocationSpec::check}, Member{"staples", &RevocationSpec::staples},
              Member{"crls", &RevocationSpec::crls}, Member{"scts", &RevocationSpec::scts}};
};

// ------------------------------------------------------------------------------------------------ extensions for it

// The TLS feature extension (RFC 7633 4.1): the TLS extensions that a server with this certificate answers.
// status_request is 5, so {5} is "must staple".
RawExtension TlsFeatures(const std::vector<int>& features, bool critical = false);
inline constexpr std::string_view kTlsFeature = "1.3.6.1.5.5.7.1.24";
inline constexpr int kStatusRequest = 5;
// cRLDistributionPoints (RFC 5280 4.2.1.13) with one point of these names.
RawExtension CrlDistributionPoint(const std::vector<GeneralName>& full_name, bool critical = false);
inline constexpr std::string_view kCrlDistributionPoints = "2.5.29.31";
inline constexpr std::string_view kOcspSigning = "1.3.6.1.5.5.7.3.9";
// The nonce of an OCSP request, given back (RFC 9654 2.1).
RawExtension OcspNonce(const Bytes& octets);
// An x400Address, of which nobody has more than a few octets (CVE-2023-0286).
GeneralName X400Address(const Bytes& inside);

}  // namespace certs
