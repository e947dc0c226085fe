// Certificate revocation lists (RFC 5280 5) parsed by the verifier's own code, strictly by DER: the library's CRL code
// crashes on hostile input (CVE-2023-0286). All views borrow from the bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "lab/verifier/certificate.h"

namespace verifier {

// IssuingDistributionPoint (RFC 5280 5.2.5): what the list covers.
struct CrlScope {
  bool has_name = false;                   // there is a distributionPoint
  std::vector<GeneralNameView> full_name;  // empty beside has_name: a name relative to the issuer
  bool only_user_certs = false, only_ca_certs = false, only_attribute_certs = false;
  bool some_reasons = false, indirect = false;
};

struct Crl {
  ByteView tbs;                               // TBSCertList, tag and length included
  ByteView inner_algorithm, outer_algorithm;  // AlgorithmIdentifier, tag and length included
  ByteView signature;                         // the bits
  ByteView issuer;                            // the Name, as encoded
  Bytes issuer_for_match;                     // canonical
  int64_t this_update = 0;
  std::optional<int64_t> next_update;
  ByteView entries;               // the inside of revokedCertificates; every entry parses
  bool is_delta = false;          // has a deltaCRLIndicator
  bool plain_number = false;      // has a CRL number that is not critical (5.2.3)
  std::optional<CrlScope> scope;  // issuingDistributionPoint, if there is one
  std::string unknown_critical;   // a critical extension nobody understands, of the list or of an entry
};

// Parses one CertificateList, all of its entries included. An error's detail says which field.
certs::Result<Crl> ParseCrl(ByteView der);

// One entry of revokedCertificates.
struct CrlEntryView {
  ByteView serial;  // content octets
  int64_t revoked_at = 0;
  std::optional<int> reason;    // CRLReason
  std::optional<Bytes> issuer;  // canonical, from certificateIssuer; stays in force for the entries behind it
};

// Calls visit(entry) for every entry, in order, until it returns false.
void ForEachEntry(const Crl& crl, const std::function<bool(const CrlEntryView&)>& visit);

// DistributionPointName's fullName (RFC 5280 4.2.1.13), `body` being the inside of the explicit tag around the CHOICE.
// False if it does not parse; a name relative to the issuer leaves `names` empty.
bool ReadDistributionPointName(CBS body, std::vector<GeneralNameView>* names);

}  // namespace verifier
