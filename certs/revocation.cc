#include "certs/revocation.h"

#include <openssl/bytestring.h>

#include <algorithm>

#include "certs/der.h"
#include "certs/issue.h"
#include "certs/sign.h"

namespace certs {

std::string_view Name(RevocationCheck check) {
  switch (check) {
    case RevocationCheck::kSoft:
      return "soft";
    case RevocationCheck::kHard:
      return "hard";
    case RevocationCheck::kOff:
      return "off";
  }
  return "unknown";
}

std::string_view Name(OcspResponseStatus status) {
  switch (status) {
    case OcspResponseStatus::kSuccessful:
      return "successful";
    case OcspResponseStatus::kMalformedRequest:
      return "malformed-request";
    case OcspResponseStatus::kInternalError:
      return "internal-error";
    case OcspResponseStatus::kTryLater:
      return "try-later";
    case OcspResponseStatus::kSigRequired:
      return "sig-required";
    case OcspResponseStatus::kUnauthorized:
      return "unauthorized";
  }
  return "unknown";
}

std::string_view Name(CertStatus status) {
  switch (status) {
    case CertStatus::kGood:
      return "good";
    case CertStatus::kRevoked:
      return "revoked";
    case CertStatus::kUnknown:
      return "not-known";
  }
  return "unknown";
}

std::string_view Name(CertIdDigest digest) {
  switch (digest) {
    case CertIdDigest::kSha1:
      return "sha1";
    case CertIdDigest::kSha256:
      return "sha256";
    case CertIdDigest::kUnknown:
      return "nobody-knows";
  }
  return "unknown";
}

std::string_view Name(ResponderIdForm form) {
  switch (form) {
    case ResponderIdForm::kByKey:
      return "by-key";
    case ResponderIdForm::kByName:
      return "by-name";
  }
  return "unknown";
}

// Features ::= SEQUENCE OF INTEGER (RFC 7633 4.1)
RawExtension TlsFeatures(const std::vector<int>& features, bool critical) {
  Bytes list;
  for (const int feature : features) {
    Append(list, der::Integer(feature));
  }
  return {.oid = std::string(kTlsFeature), .critical = critical, .value = der::Sequence(list)};
}

// OCTET STRING inside the extension's own (RFC 9654 2.1).
RawExtension OcspNonce(const Bytes& octets) {
  return {.oid = "1.3.6.1.5.5.7.48.1.2", .value = der::OctetString(octets)};
}

// AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { accessMethod OBJECT IDENTIFIER,
//                                                                    accessLocation GeneralName }
RawExtension AuthorityInfoAccess(std::string_view method, std::string_view uri) {
  return {.oid = "1.3.6.1.5.5.7.1.1",
          .value = der::Sequence(der::Sequence({der::Oid(method), der::Context(6, ToBytes(uri))}))};
}

GeneralName X400Address(const Bytes& inside) { return {.form = NameForm::kX400, .value = inside}; }

std::vector<std::string> StatusNodes(const ChainSpec& spec) {
  std::vector<std::string> nodes;
  const auto need = [&](const std::string& name) {
    if (spec.Find(name) != nullptr && std::ranges::find(nodes, name) == nodes.end()) {
      nodes.push_back(name);
    }
  };
  for (const OcspSpec& staple : spec.revocation.staples) {
    for (const SingleStatus& single : staple.singles) {
      need(single.certificate);
    }
    need(staple.certificate);
    need(staple.responder.value_or(staple.certificate));
  }
  for (const CrlSpec& crl : spec.revocation.crls) {
    for (const CrlEntry& entry : crl.entries) {
      if (!entry.serial) {
        need(entry.certificate);
      }
    }
  }
  return nodes;
}

Bytes SerialOf(ByteView certificate) {
  CBS cbs, cert, tbs, serial;
  CBS_init(&cbs, certificate.data(), certificate.size());
  const bool found =
      CBS_get_asn1(&cbs, &cert, CBS_ASN1_SEQUENCE) && CBS_get_asn1(&cert, &tbs, CBS_ASN1_SEQUENCE) &&
      CBS_get_optional_asn1(&tbs, nullptr, nullptr, CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0) &&
      CBS_get_asn1(&tbs, &serial, CBS_ASN1_INTEGER);
  return found ? Bytes(CBS_data(&serial), CBS_data(&serial) + CBS_len(&serial)) : Bytes{};
}

Result<Bytes> SignStatement(const std::string& member, const Bytes& tbs, const StatementSigner& signer, KeyRing& keys,
                            const Bytes& behind) {
  const auto key = keys.Get(signer.key);
  if (!key) {
    return Fail(key.error().code, member + ".signing_key: " + key.error().detail);
  }
  auto signature = Sign(signer.algorithm, *key, tbs);
  if (!signature) {
    return Fail(signature.error().code, member + ".signature: " + signature.error().detail);
  }
  ApplyFault(signer.fault, *signature);
  return der::Sequence({tbs, AlgorithmIdentifier(signer.algorithm), der::BitString(*signature), behind});
}

std::vector<RevocationFile> RevocationFiles(const IssuedChain& chain) {
  std::vector<RevocationFile> files;
  for (size_t i = 0; i < chain.staples.size(); ++i) {
    if (chain.staples[i]) {
      files.push_back({"staple-" + std::to_string(i) + ".ocsp.der", *chain.staples[i]});
    }
  }
  for (size_t i = 0; i < chain.crls.size(); ++i) {
    files.push_back({"crl-" + std::to_string(i) + ".crl.der", chain.crls[i]});
  }
  if (!chain.scts.empty()) {
    files.push_back({"handshake.sct", chain.scts});
  }
  return files;
}

}  // namespace certs
