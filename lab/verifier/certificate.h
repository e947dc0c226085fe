// An X.509 certificate parsed by the verifier's own code (on BoringSSL's CBS), strictly by DER and RFC 5280. What does
// not parse at all is an error; what parses but breaks a rule is kept as a list of notes, so that one look can report
// them all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "certs/verdict.h"
#include "lab/verifier/rules.h"
#include "lab/verifier/signature.h"

namespace verifier {

using certs::Bytes;
using certs::ByteView;
using certs::Reason;

// A GeneralName of a SAN or of a constraint: context tag number and inner octets (borrowed from the certificate).
struct GeneralNameView {
  int tag = 0;     // 0 otherName, 1 rfc822Name, 2 dNSName, 4 directoryName, 6 URI, 7 iPAddress
  ByteView value;  // directoryName: the Name, tag and length included
};

// A GeneralSubtree of the name constraints.
struct SubtreeView {
  GeneralNameView base;
  bool plain = true;  // minimum is 0 and maximum absent, as RFC 5280 4.2.1.10 requires
};

struct ExtensionView {
  ByteView oid;  // content octets
  bool critical = false;
  ByteView value;  // inside the OCTET STRING
};

// PolicyMappings entry; OID content octets.
struct PolicyMappingView {
  ByteView issuer_domain, subject_domain;
};

// What the parser noticed beyond "parses", with the facts in words.
struct Note {
  Reason reason = Reason::kMalformedExtension;
  std::string detail;
  Rule rule = Rule::kExtensionSyntax;  // the rule that minds
};

// The parsed certificate. Owns its DER; every view borrows from it, so it moves but does not copy.
struct Certificate {
  Bytes der;
  ByteView tbs;                                       // the signed bytes, tag and length included
  int version = 1;                                    // as people count
  ByteView serial;                                    // content octets
  ByteView issuer, subject;                           // the Name, tag and length included, as encoded
  Bytes issuer_key_for_match, subject_key_for_match;  // canonical form for name chaining (RFC 5280 7.1)
  std::optional<int64_t> not_before, not_after;       // seconds since the epoch; absent = malformed
  bool generalized_too_early = false;                 // a GeneralizedTime before 2050 (RFC 5280 4.1.2.5)
  ByteView spki;                                      // SubjectPublicKeyInfo, tag and length included
  PublicKey key;                                      // none if the key is malformed or of an unsupported kind
  bool key_weak = false;                              // too small (RFC 9325 4.5); there may be no `key` then
  std::string key_complaint;                          // why there is no key
  ByteView inner_algorithm, outer_algorithm;          // AlgorithmIdentifier, tag and length included
  SignatureAlgorithm algorithm;                       // what the outer one names
  ByteView signature;                                 // the bits, without the unused-bits octet

  std::vector<ExtensionView> extensions;
  bool has_basic_constraints = false, is_ca = false, basic_constraints_critical = false;
  bool basic_constraints_malformed = false;
  std::optional<int> path_len;
  std::optional<uint16_t> key_usage;                        // bit n of RFC 5280's list as 1 << n
  std::optional<std::vector<ByteView>> extended_key_usage;  // OID content octets
  std::optional<std::vector<GeneralNameView>> san;
  bool san_critical = false;
  bool san_malformed = false;
  bool has_name_constraints = false, name_constraints_critical = false;
  std::vector<SubtreeView> permitted, excluded;
  std::optional<ByteView> subject_key_id;
  bool has_authority_key_id = false;
  std::optional<ByteView> authority_key_id;  // the keyIdentifier field, if there is one

  std::optional<std::vector<ByteView>> policies;  // certificatePolicies: OID content octets
  std::vector<PolicyMappingView> policy_mappings;
  std::optional<uint64_t> require_explicit_policy, inhibit_policy_mapping, inhibit_any_policy;

  std::vector<uint64_t> tls_features;                // RFC 7633; empty where there is no such extension
  std::vector<GeneralNameView> distribution_points;  // full names of cRLDistributionPoints, all in one

  // In order of appearance: kUnsupportedVersion, kInvalidSerial, kMalformedTime, kMalformedExtension,
  // kDuplicateExtension, kUnknownCriticalExtension. chain_rules.h turns them into defects with a depth.
  std::vector<Note> notes;

  // Issuer and subject are the same name (RFC 5280 3.2).
  bool self_issued() const { return issuer_key_for_match == subject_key_for_match; }
  // What the key is, or why there is none; for people.
  std::string key_text() const;
};

// Parses one DER certificate. An error's detail says which field and at which offset.
certs::Result<Certificate> ParseCertificate(ByteView der);

}  // namespace verifier
