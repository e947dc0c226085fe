#include "certs/ocsp.h"

#include <openssl/bytestring.h>
#include <openssl/sha.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "certs/der.h"
#include "certs/encode.h"
#include "certs/sct.h"
#include "certs/sign.h"

namespace certs {
namespace {

constexpr std::string_view kIdBySha1 = "1.3.14.3.2.26", kIdBySha256 = "2.16.840.1.101.3.4.2.1",
                           kUnknownDigestOid = "1.3.6.1.4.1.55738.1.2";

Bytes Sha1(ByteView bytes) {
  Bytes digest(SHA_DIGEST_LENGTH);
  SHA1(bytes.data(), bytes.size(), digest.data());
  return digest;
}

Bytes Sha256(ByteView bytes) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}

// The bits of the subjectPublicKey, "excluding tag, length, and number of unused bits" (RFC 6960 4.1.1).
Bytes PublicKeyBits(const Bytes& spki) {
  CBS cbs, fields, bits;
  CBS_init(&cbs, spki.data(), spki.size());
  const bool found = CBS_get_asn1(&cbs, &fields, CBS_ASN1_SEQUENCE) &&
                     CBS_get_asn1(&fields, nullptr, CBS_ASN1_SEQUENCE) &&
                     CBS_get_asn1(&fields, &bits, CBS_ASN1_BITSTRING) && CBS_skip(&bits, 1);
  return found ? Bytes(CBS_data(&bits), CBS_data(&bits) + CBS_len(&bits)) : Bytes{};
}

// All dates of OCSP are GeneralizedTime (RFC 6960 4.2.1).
Result<Bytes> Date(TimeSpec time, int64_t now, const std::string& member) {
  time.form = time.form == TimeForm::kAuto ? TimeForm::kGeneralized : time.form;
  return EncodeTime(time, now, member);
}

class OcspIssuer {
 public:
  OcspIssuer(const OcspSpec& spec, const IssuedNodes& nodes, uint64_t& signatures)
      : spec_(spec), nodes_(nodes), signatures_(signatures) {}

  Result<Bytes> Response() {
    if (spec_.raw) {
      return *spec_.raw;
    }
    // OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
    // ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
    Bytes response = der::Enumerated(static_cast<int64_t>(spec_.status));
    if (spec_.status == OcspResponseStatus::kSuccessful && spec_.body) {
      if (!der::IsOid(spec_.type)) {
        return Fail(ErrorCode::kBadInput, "staples.type: no dotted decimal OID");
      }
      Result<Bytes> basic = spec_.raw_body ? Result<Bytes>(*spec_.raw_body) : Basic();
      if (!basic) {
        return basic;
      }
      const Bytes bytes = der::Sequence({der::Oid(spec_.type), der::OctetString(*basic)});
      Append(response, der::ContextConstructed(0, bytes));
    }
    response = der::Sequence(response);
    response.resize(response.size() - std::min(static_cast<size_t>(std::max(spec_.cut, 0)), response.size()));
    Append(response, spec_.trailing);
    return response;
  }

 private:
  std::unexpected<Error> NoNode(const std::string& member, const std::string& name) {
    return Fail(ErrorCode::kBadInput, "staples." + member + ": there is no node \"" + Escaped(name, 64) + "\"");
  }

  // BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature BIT STRING,
  //                                  certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
  Result<Bytes> Basic() {
    const CertSpec* subject = nodes_.spec.Find(spec_.certificate);
    if (subject == nullptr) {
      return NoNode("certificate", spec_.certificate);
    }
    const std::string name = spec_.responder.value_or(subject->issuer);
    const CertSpec* responder = nodes_.spec.Find(name);
    if (responder == nullptr) {
      return NoNode("responder", name);
    }
    const auto key = nodes_.keys.GetKey(responder->key);
    if (!key) {
      return Fail(key.error().code, "staples.responder: " + key.error().detail);
    }
    const auto data = ResponseData(*responder, **key);
    if (!data) {
      return data;
    }
    Bytes certificates;
    if (name != subject->issuer && spec_.attach_responder) {
      certificates = der::ContextConstructed(0, der::Sequence(nodes_.certificates.at(name)));
    }
    const KeySpec& signer = spec_.signing_key.value_or(responder->key);
    ++signatures_;
    return SignStatement("staples", *data,
                         {signer, spec_.signature.value_or(DefaultSignature(signer.type)), spec_.signature_fault},
                         nodes_.keys, certificates);
  }

  // ResponseData ::= SEQUENCE { version [0] EXPLICIT INTEGER DEFAULT v1, responderID ResponderID,
  //   producedAt GeneralizedTime, responses SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT OPTIONAL }
  // ResponderID ::= CHOICE { byName [1] Name, byKey [2] OCTET STRING }, explicitly tagged
  Result<Bytes> ResponseData(const CertSpec& responder, const Key& key) {
    const Bytes version =
        spec_.version == 1 ? Bytes{} : der::ContextConstructed(0, der::Integer(int64_t{spec_.version} - 1));
    const Bytes id = spec_.responder_id == ResponderIdForm::kByName
                         ? der::ContextConstructed(1, EncodeName(responder.subject))
                         : der::ContextConstructed(2, der::OctetString(key.identifier));
    const auto produced = Date(spec_.produced_at, nodes_.now, "staples.produced_at");
    if (!produced) {
      return produced;
    }
    Bytes singles;
    for (const SingleStatus& single : spec_.singles) {
      const auto encoded = Single(single);
      if (!encoded) {
        return encoded;
      }
      Append(singles, *encoded);
    }
    const auto extensions = EncodeExtensionList(spec_.extensions, "staples.extensions");
    if (!extensions) {
      return extensions;
    }
    return der::Sequence({version, id, *produced, der::Sequence(singles),
                          extensions->empty() ? Bytes{} : der::ContextConstructed(1, *extensions)});
  }

  // SingleResponse ::= SEQUENCE { certID, certStatus, thisUpdate GeneralizedTime,
  //   nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL, singleExtensions [1] EXPLICIT Extensions OPTIONAL }
  Result<Bytes> Single(const SingleStatus& single) {
    const auto id = CertId(single);
    if (!id) {
      return id;
    }
    const auto status = Status(single);
    if (!status) {
      return status;
    }
    const auto this_update = Date(single.this_update, nodes_.now, "staples.singles.this_update");
    if (!this_update) {
      return this_update;
    }
    Bytes next;
    if (single.next_update) {
      const auto date = Date(*single.next_update, nodes_.now, "staples.singles.next_update");
      if (!date) {
        return date;
      }
      next = der::ContextConstructed(0, *date);
    }
    std::vector<RawExtension> all = single.extensions;
    if (!single.scts.empty()) {
      const LogEntry entry{.certificate = nodes_.certificates.at(single.certificate)};
      const auto scts = IssueScts(single.scts, entry, "staples.singles.scts", nodes_.keys, nodes_.now, signatures_);
      if (!scts) {
        return scts;
      }
      all.push_back(OcspSctExtension(*scts));
    }
    const auto extensions = EncodeExtensionList(all, "staples.singles.extensions");
    if (!extensions) {
      return extensions;
    }
    return der::Sequence(
        {*id, *status, *this_update, next, extensions->empty() ? Bytes{} : der::ContextConstructed(1, *extensions)});
  }

  // CertStatus ::= CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT NULL }
  // RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL }
  Result<Bytes> Status(const SingleStatus& single) {
    if (single.status != CertStatus::kRevoked) {
      return der::Context(static_cast<unsigned>(single.status) & 0x1f, {});
    }
    const auto date = Date(single.revoked_at, nodes_.now, "staples.singles.revoked_at");
    if (!date) {
      return date;
    }
    const Bytes reason = single.reason ? der::ContextConstructed(0, der::Enumerated(*single.reason)) : Bytes{};
    return der::ContextConstructed(1, der::Concat({*date, reason}));
  }

  // CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING,
  //                       serialNumber CertificateSerialNumber }
  Result<Bytes> CertId(const SingleStatus& single) {
    const CertSpec* subject = nodes_.spec.Find(single.certificate);
    if (subject == nullptr) {
      return NoNode("singles.certificate", single.certificate);
    }
    const CertSpec* named = nodes_.spec.Find(single.issuer_name_of.value_or(subject->issuer));
    const CertSpec* keyed = nodes_.spec.Find(single.issuer_key_of.value_or(subject->issuer));
    if (named == nullptr || keyed == nullptr) {
      return NoNode(named == nullptr ? "singles.issuer_name_of" : "singles.issuer_key_of",
                    (named == nullptr ? single.issuer_name_of : single.issuer_key_of).value_or(subject->issuer));
    }
    const auto key = nodes_.keys.GetKey(keyed->key);
    if (!key) {
      return Fail(key.error().code, "staples.singles.issuer_key_of: " + key.error().detail);
    }
    const bool sha1 = single.digest == CertIdDigest::kSha1;
    const std::string_view oid = sha1                                     ? kIdBySha1
                                 : single.digest == CertIdDigest::kSha256 ? kIdBySha256
                                                                          : kUnknownDigestOid;
    const auto hash = [&](ByteView bytes) { return der::OctetString(sha1 ? Sha1(bytes) : Sha256(bytes)); };
    const Bytes serial = single.serial ? *single.serial : SerialOf(nodes_.certificates.at(single.certificate));
    return der::Sequence({der::Sequence({der::Oid(oid), der::Null()}), hash(EncodeName(named->subject)),
                          hash(PublicKeyBits((*key)->spki)), der::IntegerWithContent(serial)});
  }

  const OcspSpec& spec_;
  const IssuedNodes& nodes_;
  uint64_t& signatures_;
};

}  // namespace

Result<Bytes> IssueOcsp(const OcspSpec& spec, const IssuedNodes& nodes, uint64_t& signatures) {
  return OcspIssuer(spec, nodes, signatures).Response();
}

}  // namespace certs
