#include "lab/verifier/ocsp_response.h"

#include <openssl/bytestring.h>

#include <string_view>

#include "lab/verifier/der_reader.h"
#include "lab/verifier/distinguished_name.h"
#include "lab/verifier/extensions.h"
#include "lab/verifier/time_parse.h"

namespace verifier {
namespace {

// id-pkix-ocsp is 1.3.6.1.5.5.7.48.1
constexpr uint8_t kBasic[] = {0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1};
constexpr uint8_t kNonce[] = {0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2};

// Reads one response. Every reader returns whether to go on; the first that does not leaves its complaint.
class OcspParser {
 public:
  explicit OcspParser(OcspResponse* out) : out_(*out) {}

  // OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
  bool Parse(ByteView der) {
    CBS fields, status;
    if (!ReadOnly(der, &fields, CBS_ASN1_SEQUENCE) || !ReadBody(&fields, &status, CBS_ASN1_ENUMERATED) ||
        SizeOf(status) != 1 || CBS_data(&status)[0] >= 0x80) {
      return Complain("OCSPResponse");
    }
    out_.status = CBS_data(&status)[0];
    if (out_.status != 0) {
      return true;  // an error has no body, and if it has, that means nothing
    }
    // ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
    CBS wrapper, bytes, response;
    ByteView type;
    if (!ReadBody(&fields, &wrapper, kConstructed | 0) || SizeOf(fields) != 0 ||
        !ReadBody(&wrapper, &bytes, CBS_ASN1_SEQUENCE) || SizeOf(wrapper) != 0 || !ReadOid(&bytes, &type) ||
        !ReadBody(&bytes, &response, CBS_ASN1_OCTETSTRING) || SizeOf(bytes) != 0) {
      return Complain("responseBytes");
    }
    out_.basic = Same(type, kBasic);
    out_.type = OidText(type);
    return !out_.basic || Basic(ViewOf(response));
  }

  std::string TakeError() { return std::move(error_); }

 private:
  // BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature BIT STRING, certs [0] OPTIONAL }
  bool Basic(ByteView der) {
    CBS fields, tbs, algorithm, bits;
    uint8_t unused_bits = 0;
    if (!ReadOnly(der, &fields, CBS_ASN1_SEQUENCE) || !CBS_get_asn1_element(&fields, &tbs, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1_element(&fields, &algorithm, CBS_ASN1_SEQUENCE) ||
        !ReadBody(&fields, &bits, CBS_ASN1_BITSTRING) || !CBS_get_u8(&bits, &unused_bits) || unused_bits != 0) {
      return Complain("BasicOCSPResponse");
    }
    out_.tbs = ViewOf(tbs);
    out_.algorithm = ViewOf(algorithm);
    out_.signature = ViewOf(bits);
    if (IsNext(fields, kConstructed | 0)) {
      CBS wrapper, list, certificate;
      if (!ReadBody(&fields, &wrapper, kConstructed | 0) || !ReadBody(&wrapper, &list, CBS_ASN1_SEQUENCE) ||
          SizeOf(wrapper) != 0) {
        return Complain("certs");
      }
      while (SizeOf(list) > 0) {
        if (!CBS_get_asn1_element(&list, &certificate, CBS_ASN1_SEQUENCE)) {
          return Complain("certs");
        }
        out_.certificates.push_back(ViewOf(certificate));
      }
    }
    CBS data;
    return (SizeOf(fields) == 0 || Complain("the end of BasicOCSPResponse")) &&
           ReadOnly(out_.tbs, &data, CBS_ASN1_SEQUENCE) && ResponseData(data);
  }

  // ResponseData ::= SEQUENCE { version [0] DEFAULT v1, responderID, producedAt, responses, responseExtensions [1] }
  // Only version 1 exists, and DER does not write a default.
  bool ResponseData(CBS data) {
    CBS list;
    if (!ResponderId(&data) || !Date(&data, &out_.produced_at) || !ReadBody(&data, &list, CBS_ASN1_SEQUENCE)) {
      return Complain("tbsResponseData");
    }
    while (SizeOf(list) > 0) {
      if (!Single(&list)) {
        return Complain("a SingleResponse");
      }
    }
    return (Extensions(&data, &out_.unknown_critical) && SizeOf(data) == 0) || Complain("responseExtensions");
  }

  // ResponderID ::= CHOICE { byName [1] Name, byKey [2] OCTET STRING }
  bool ResponderId(CBS* data) {
    CBS wrapper, value;
    if (IsNext(*data, kConstructed | 1)) {
      if (!ReadBody(data, &wrapper, kConstructed | 1)) {
        return false;
      }
      out_.responder_name = CanonicalName(ViewOf(wrapper));
      return out_.responder_name.has_value();
    }
    if (!ReadBody(data, &wrapper, kConstructed | 2) || !ReadBody(&wrapper, &value, CBS_ASN1_OCTETSTRING) ||
        SizeOf(wrapper) != 0) {
      return false;
    }
    out_.responder_key = ViewOf(value);
    return true;
  }

  // SingleResponse ::= SEQUENCE { certID, certStatus, thisUpdate, nextUpdate [0] OPTIONAL, singleExtensions [1] }
  bool Single(CBS* list) {
    CBS fields, wrapper;
    OcspSingle single;
    if (!ReadBody(list, &fields, CBS_ASN1_SEQUENCE) || !CertId(&fields, &single) || !Status(&fields, &single) ||
        !Date(&fields, &single.this_update)) {
      return false;
    }
    if (IsNext(fields, kConstructed | 0)) {
      int64_t date = 0;
      if (!ReadBody(&fields, &wrapper, kConstructed | 0) || !Date(&wrapper, &date) || SizeOf(wrapper) != 0) {
        return false;
      }
      single.next_update = date;
    }
    if (!Extensions(&fields, &single.unknown_critical) || SizeOf(fields) != 0) {
      return false;
    }
    out_.singles.push_back(std::move(single));
    return true;
  }

  // CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash OCTET STRING, serialNumber INTEGER }
  bool CertId(CBS* from, OcspSingle* single) {
    CBS id, algorithm, name, key, serial;
    if (!ReadBody(from, &id, CBS_ASN1_SEQUENCE) || !ReadBody(&id, &algorithm, CBS_ASN1_SEQUENCE) ||
        !ReadOid(&algorithm, &single->digest) || !ReadBody(&id, &name, CBS_ASN1_OCTETSTRING) ||
        !ReadBody(&id, &key, CBS_ASN1_OCTETSTRING) || !ReadBody(&id, &serial, CBS_ASN1_INTEGER) ||
        !CBS_is_valid_asn1_integer(&serial, nullptr) || SizeOf(id) != 0) {
      return false;
    }
    single->issuer_name_hash = ViewOf(name);
    single->issuer_key_hash = ViewOf(key);
    single->serial = ViewOf(serial);
    return true;
  }

  // CertStatus ::= CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT NULL }
  bool Status(CBS* from, OcspSingle* single) {
    CBS content;
    unsigned tag = 0;
    if (!ReadAnyBody(from, &content, &tag)) {
      return false;
    }
    switch (tag) {
      case kContext | 0:
        single->status = OcspSingle::Status::kGood;
        return SizeOf(content) == 0;
      case kConstructed | 1:
        single->status = OcspSingle::Status::kRevoked;
        return RevokedInfo(content, single);
      case kContext | 2:
        single->status = OcspSingle::Status::kUnknown;
        return SizeOf(content) == 0;
      default:
        return false;
    }
  }

  // RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL }
  bool RevokedInfo(CBS fields, OcspSingle* single) {
    CBS wrapper, reason;
    if (!Date(&fields, &single->revoked_at)) {
      return false;
    }
    if (SizeOf(fields) > 0) {
      if (!ReadBody(&fields, &wrapper, kConstructed | 0) || !ReadBody(&wrapper, &reason, CBS_ASN1_ENUMERATED) ||
          SizeOf(wrapper) != 0 || SizeOf(reason) != 1) {
        return false;
      }
      single->reason = CBS_data(&reason)[0];
    }
    return SizeOf(fields) == 0;
  }

  static bool Date(CBS* from, int64_t* date) {
    CBS content;
    if (!ReadBody(from, &content, CBS_ASN1_GENERALIZEDTIME)) {
      return false;
    }
    const std::optional<int64_t> parsed = ParseGeneralizedTime(ViewOf(content));
    *date = parsed.value_or(0);
    return parsed.has_value();
  }

  // [1] EXPLICIT Extensions OPTIONAL. A nonce is understood: nobody asked for one, so none can be wrong.
  static bool Extensions(CBS* from, std::string* unknown_critical) {
    CBS wrapper, list;
    if (!IsNext(*from, kConstructed | 1)) {
      return true;
    }
    if (!ReadBody(from, &wrapper, kConstructed | 1) || !ReadBody(&wrapper, &list, CBS_ASN1_SEQUENCE) ||
        SizeOf(wrapper) != 0 || SizeOf(list) == 0) {
      return false;
    }
    while (SizeOf(list) > 0) {
      ExtensionView extension;
      if (!ReadExtension(&list, &extension)) {
        return false;
      }
      if (extension.critical && !Same(extension.oid, kNonce)) {
        *unknown_critical = OidText(extension.oid);
      }
    }
    return true;
  }

  bool Complain(std::string_view field) {
    if (error_.empty()) {
      error_ = "the OCSP response is malformed: " + std::string(field);
    }
    return false;
  }

  OcspResponse& out_;
  std::string error_;
};

}  // namespace

certs::Result<OcspResponse> ParseOcspResponse(ByteView der) {
  OcspResponse response;
  OcspParser parser(&response);
  if (!parser.Parse(der)) {
    return certs::Fail(certs::ErrorCode::kBadInput, parser.TakeError());
  }
  return response;
}

}  // namespace verifier
