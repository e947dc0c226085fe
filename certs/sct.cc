#include "certs/sct.h"

#include <openssl/sha.h>

#include "certs/der.h"
#include "certs/sign.h"

namespace certs {
namespace {

// Unsigned, most significant octet first (RFC 8446 3.3).
void AppendNumber(Bytes& bytes, uint64_t value, int octets) {
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<uint8_t>(value >> shift));
  }
}

void AppendVector(Bytes& bytes, ByteView content, int length_octets) {
  AppendNumber(bytes, content.size(), length_octets);
  Append(bytes, content);
}

// digitally-signed struct { Version sct_version (v1 = 0); SignatureType signature_type (certificate_timestamp = 0);
//   uint64 timestamp; LogEntryType entry_type; select(entry_type) {...} signed_entry; CtExtensions extensions; }
Bytes SignedPart(const LogEntry& entry, uint64_t timestamp) {
  Bytes part = {0, 0};
  AppendNumber(part, timestamp, 8);
  const bool precert = entry.certificate.empty();
  AppendNumber(part, precert ? 1 : 0, 2);
  if (precert) {
    Append(part, entry.issuer_key_hash);
  }
  AppendVector(part, precert ? entry.tbs : entry.certificate, 3);
  AppendNumber(part, 0, 2);
  return part;
}

}  // namespace

Bytes Sha256Of(ByteView bytes) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}

// struct { Version sct_version; LogID id; uint64 timestamp; CtExtensions extensions; digitally-signed } SCT;
// opaque SerializedSCT<1..2^16-1>; struct { SerializedSCT sct_list <1..2^16-1>; }
Result<Bytes> IssueScts(const std::vector<SctSpec>& specs, const LogEntry& entry, const std::string& member,
                        KeyRing& keys, int64_t now, uint64_t& signatures) {
  constexpr uint8_t kSha256 = 4, kEcdsa = 3;
  Bytes list;
  for (const SctSpec& spec : specs) {
    const auto key = keys.GetKey({.type = KeyType::kP256, .label = spec.log});
    if (!key) {
      return Fail(key.error().code, member + ".log: " + key.error().detail);
    }
    const auto timestamp = static_cast<uint64_t>((now + spec.timestamp.from_now.count()) * 1000);
    auto signature = Sign(SigAlg::kEcdsaSha256, (*key)->pkey.get(), SignedPart(entry, timestamp));
    if (!signature) {
      return Fail(signature.error().code, member + ": " + signature.error().detail);
    }
    ++signatures;
    ApplyFault(spec.signature_fault, *signature);
    Bytes sct = {0};
    Append(sct, Sha256Of((*key)->spki));
    AppendNumber(sct, timestamp, 8);
    AppendNumber(sct, 0, 2);
    sct.push_back(kSha256);
    sct.push_back(kEcdsa);
    AppendVector(sct, *signature, 2);
    AppendVector(list, sct, 2);
  }
  Bytes whole;
  if (!list.empty()) {
    AppendVector(whole, list, 2);
  }
  return whole;
}

RawExtension SctExtension(const Bytes& list) {
  return {.oid = "1.3.6.1.4.1.11129.2.4.2", .value = der::OctetString(list)};
}

RawExtension OcspSctExtension(const Bytes& list) {
  return {.oid = "1.3.6.1.4.1.11129.2.4.5", .value = der::OctetString(list)};
}

}  // namespace certs
