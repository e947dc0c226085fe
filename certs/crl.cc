#include "certs/crl.h"

#include <algorithm>
#include <array>
#include <string>

#include "certs/der.h"
#include "certs/der_writer.h"
#include "certs/encode.h"
#include "certs/sign.h"

namespace certs {
namespace {

// ReasonFlags ::= BIT STRING, under an implicit tag; the named bits of der::NamedBits.
Bytes ImplicitBits(unsigned tag, uint16_t bits) {
  Bytes encoded = der::NamedBits(bits);
  encoded[0] = static_cast<uint8_t>(0x80 | tag);
  return encoded;
}

Bytes Flag(unsigned tag, bool value) { return value ? der::Context(tag, Bytes{0xff}) : Bytes{}; }

// DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] ... }; a CHOICE, so the tag
// around it is explicit.
Bytes FullName(const std::vector<GeneralName>& names) {
  Bytes encoded;
  for (const GeneralName& name : names) {
    Append(encoded, EncodeGeneralName(name));
  }
  return der::ContextConstructed(0, der::ContextConstructed(0, encoded));
}

// IssuingDistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL,
//   onlyContainsUserCerts [1] BOOLEAN DEFAULT FALSE, onlyContainsCACerts [2] BOOLEAN DEFAULT FALSE,
//   onlySomeReasons [3] ReasonFlags OPTIONAL, indirectCRL [4] BOOLEAN DEFAULT FALSE,
//   onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
Bytes EncodePoint(const IssuingDistributionPoint& point) {
  return der::Sequence({point.full_name.empty() ? Bytes{} : FullName(point.full_name), Flag(1, point.only_user_certs),
                        Flag(2, point.only_ca_certs),
                        point.only_some_reasons ? ImplicitBits(3, *point.only_some_reasons) : Bytes{},
                        Flag(4, point.indirect), Flag(5, point.only_attribute_certs)});
}

class CrlIssuer {
 public:
  CrlIssuer(const CrlSpec& spec, const IssuedNodes& nodes) : spec_(spec), nodes_(nodes) {}

  Result<Bytes> List(uint64_t& signatures) {
    if (spec_.raw) {
      return *spec_.raw;
    }
    const CertSpec* issuer = nodes_.spec.Find(spec_.issuer);
    if (issuer == nullptr) {
      return NoNode("issuer", spec_.issuer);
    }
    const KeySpec& signer = spec_.signing_key.value_or(issuer->key);
    const SigAlg algorithm = spec_.signature.value_or(DefaultSignature(signer.type));
    const auto tbs = TbsCertList(*issuer, spec_.inner_algorithm.value_or(algorithm));
    if (!tbs) {
      return tbs;
    }
    ++signatures;
    auto list = SignStatement("crls", *tbs, {signer, algorithm, spec_.signature_fault}, nodes_.keys);
    if (list) {
      list->resize(list->size() - std::min(static_cast<size_t>(std::max(spec_.cut, 0)), list->size()));
      Append(*list, spec_.trailing);
    }
    return list;
  }

 private:
  std::unexpected<Error> NoNode(const std::string& member, const std::string& name) {
    return Fail(ErrorCode::kBadInput, "crls." + member + ": there is no node \"" + Escaped(name, 64) + "\"");
  }

  // TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL, signature, issuer Name, thisUpdate Time, nextUpdate Time
  //   OPTIONAL, revokedCertificates SEQUENCE OF SEQUENCE {...} OPTIONAL, crlExtensions [0] EXPLICIT OPTIONAL }
  Result<Bytes> TbsCertList(const CertSpec& issuer, SigAlg algorithm) {
    const auto this_update = EncodeTime(spec_.this_update, nodes_.now, "crls.this_update");
    if (!this_update) {
      return this_update;
    }
    Bytes next_update;
    if (spec_.next_update) {
      auto date = EncodeTime(*spec_.next_update, nodes_.now, "crls.next_update");
      if (!date) {
        return date;
      }
      next_update = *std::move(date);
    }
    const auto entries = Entries();
    if (!entries) {
      return entries;
    }
    const auto extensions = Extensions(issuer);
    if (!extensions) {
      return extensions;
    }
    return der::Sequence({spec_.version == 1 ? Bytes{} : der::Integer(int64_t{spec_.version} - 1),
                          AlgorithmIdentifier(algorithm), EncodeName(issuer.subject), *this_update, next_update,
                          entries->empty() ? Bytes{} : der::Sequence(*entries),
                          extensions->empty() ? Bytes{} : der::ContextConstructed(0, *extensions)});
  }

  // SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }
  Result<Bytes> Entries() {
    Bytes entries;
    for (const CrlEntry& entry : spec_.entries) {
      if (!entry.serial && nodes_.spec.Find(entry.certificate) == nullptr) {
        return NoNode("entries.certificate", entry.certificate);
      }
      const auto date = EncodeTime(entry.revoked_at, nodes_.now, "crls.entries.revoked_at");
      if (!date) {
        return date;
      }
      const auto extensions = EntryExtensions(entry);
      if (!extensions) {
        return extensions;
      }
      const Bytes serial = entry.serial ? *entry.serial : SerialOf(nodes_.certificates.at(entry.certificate));
      Append(entries, der::Sequence({der::IntegerWithContent(serial), *date, *extensions}));
    }
    const auto date = EncodeTime(TimeSpec{std::chrono::hours(-2)}, nodes_.now, "crls.filler");
    if (!date) {
      return date;
    }
    der::Writer out(entries);
    for (int i = 0; i < spec_.filler; ++i) {  // 0x7f in front: no derived serial number begins so
      const auto octet = [i](int shift) { return static_cast<uint8_t>(i >> shift); };
      out.Element(der::kSequence, [&] {
        const std::array<uint8_t, 4> serial = {0x7f, octet(16), octet(8), octet(0)};
        out.Element(der::kInteger, serial);
        out.Raw(*date);
      });
    }
    return entries;
  }

  Result<Bytes> EntryExtensions(const CrlEntry& entry) {
    std::vector<RawExtension> all;
    if (entry.reason) {  // reasonCode { id-ce 21 } ::= ENUMERATED
      all.push_back({.oid = "2.5.29.21", .value = der::Enumerated(*entry.reason)});
    }
    if (entry.issuer_of) {  // certificateIssuer { id-ce 29 } ::= GeneralNames, critical
      const CertSpec* issuer = nodes_.spec.Find(*entry.issuer_of);
      if (issuer == nullptr) {
        return NoNode("entries.issuer_of", *entry.issuer_of);
      }
      all.push_back({.oid = "2.5.29.29",
                     .critical = true,
                     .value = der::Sequence(EncodeGeneralName(DirectoryName(issuer->subject)))});
    }
    all.insert(all.end(), entry.extensions.begin(), entry.extensions.end());
    return EncodeExtensionList(all, "crls.entries.extensions");
  }

  Result<Bytes> Extensions(const CertSpec& issuer) {
    if (spec_.version == 1) {
      return Bytes{};
    }
    std::vector<RawExtension> all;
    if (spec_.authority_key_id) {
      const auto key = nodes_.keys.GetKey(issuer.key);
      if (!key) {
        return Fail(key.error().code, "crls.issuer: " + key.error().detail);
      }
      all.push_back({.oid = "2.5.29.35", .value = der::Sequence(der::Context(0, (*key)->identifier))});
    }
    if (spec_.number) {
      all.push_back({.oid = "2.5.29.20", .value = der::Integer(*spec_.number)});
    }
    if (spec_.delta_base) {
      all.push_back({.oid = "2.5.29.27", .critical = true, .value = der::Integer(*spec_.delta_base)});
    }
    if (spec_.distribution_point) {
      all.push_back({.oid = "2.5.29.28",
                     .critical = spec_.distribution_point->critical,
                     .value = EncodePoint(*spec_.distribution_point)});
    }
    all.insert(all.end(), spec_.extensions.begin(), spec_.extensions.end());
    return EncodeExtensionList(all, "crls.extensions");
  }

  const CrlSpec& spec_;
  const IssuedNodes& nodes_;
};

}  // namespace

// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
// DistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL, reasons [1] ..., cRLIssuer [2]
// }
RawExtension CrlDistributionPoint(const std::vector<GeneralName>& full_name, bool critical) {
  return {.oid = std::string(kCrlDistributionPoints),
          .critical = critical,
          .value = der::Sequence(der::Sequence(FullName(full_name)))};
}

Result<Bytes> IssueCrl(const CrlSpec& spec, const IssuedNodes& nodes, uint64_t& signatures) {
  return CrlIssuer(spec, nodes).List(signatures);
}

}  // namespace certs
