#include "fakeserver/tls_records.h"

#include <openssl/aead.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

#include "fakeserver/tls_secrets.h"

namespace fakeserver {
namespace {

constexpr size_t kNonceSize = 12, kSequenceSize = 8;
constexpr uint16_t kProtectedVersion = 0x0303;  // in the header of every protected record

constexpr CipherSuite kSuites[] = {
    {0x1301, EVP_aead_aes_128_gcm, EVP_sha256, 16, 12},        // TLS_AES_128_GCM_SHA256
    {0x1302, EVP_aead_aes_256_gcm, EVP_sha384, 32, 12},        // TLS_AES_256_GCM_SHA384
    {0x1303, EVP_aead_chacha20_poly1305, EVP_sha256, 32, 12},  // TLS_CHACHA20_POLY1305_SHA256
    {0xc02b, EVP_aead_aes_128_gcm, EVP_sha256, 16, 4},         // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    {0xc02c, EVP_aead_aes_256_gcm, EVP_sha384, 32, 4},         // TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    {0xcca9, EVP_aead_chacha20_poly1305, EVP_sha256, 32, 12},  // TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
    {0xc02f, EVP_aead_aes_128_gcm, EVP_sha256, 16, 4},         // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    {0xc030, EVP_aead_aes_256_gcm, EVP_sha384, 32, 4},         // TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
    {0xcca8, EVP_aead_chacha20_poly1305, EVP_sha256, 32, 12},  // TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
};

Bytes Header(uint8_t type, uint16_t version, size_t size) {
  return {type, static_cast<uint8_t>(version >> 8), static_cast<uint8_t>(version), static_cast<uint8_t>(size >> 8),
          static_cast<uint8_t>(size)};
}

}  // namespace

const CipherSuite* FindSuite(uint16_t id) {
  const auto* found = std::ranges::find(kSuites, id, &CipherSuite::id);
  return found == std::end(kSuites) ? nullptr : found;
}

struct RecordProtection::State {
  bssl::ScopedEVP_AEAD_CTX aead;
  Bytes iv;
  bool tls13 = false;
  uint64_t sequence = 0;

  Bytes SequenceOctets() const {
    Bytes octets(kSequenceSize);
    for (size_t i = 0; i < kSequenceSize; ++i) {
      octets[i] = static_cast<uint8_t>(sequence >> (8 * (kSequenceSize - 1 - i)));
    }
    return octets;
  }
  // Octets of the nonce that travel in the record.
  size_t explicit_size() const { return kNonceSize - iv.size(); }
  // RFC 5288 3: implicit part, then explicit; RFC 7905 2 and RFC 8446 5.3: the sequence number added to a whole one.
  Bytes Nonce(ByteView explicit_part) const {
    Bytes nonce = iv;
    certs::Append(nonce, explicit_part);
    if (explicit_part.empty()) {
      const Bytes octets = SequenceOctets();
      for (size_t i = 0; i < kSequenceSize; ++i) {
        nonce[kNonceSize - kSequenceSize + i] ^= octets[i];
      }
    }
    return nonce;
  }
  Bytes AdditionalData(uint8_t type, size_t plain_size, size_t sealed_size) const {
    if (tls13) {
      return Header(type, kProtectedVersion, sealed_size);
    }
    Bytes data = SequenceOctets();
    certs::Append(data, Header(type, kProtectedVersion, plain_size));
    return data;
  }
};

RecordProtection::RecordProtection() = default;
RecordProtection::~RecordProtection() = default;
RecordProtection::RecordProtection(RecordProtection&&) noexcept = default;
RecordProtection& RecordProtection::operator=(RecordProtection&&) noexcept = default;
bool RecordProtection::active() const { return state_ != nullptr; }

RecordProtection RecordProtection::Tls13(const CipherSuite& suite, ByteView traffic_secret) {
  const EVP_MD* md = suite.md();
  RecordProtection made = Tls12(suite, ExpandLabel(md, traffic_secret, "key", {}, suite.key_size),
                                ExpandLabel(md, traffic_secret, "iv", {}, kNonceSize));
  made.state_->tls13 = true;
  return made;
}

RecordProtection RecordProtection::Tls12(const CipherSuite& suite, ByteView key, ByteView iv) {
  RecordProtection made;
  made.state_ = std::make_unique<State>();
  made.state_->iv.assign(iv.begin(), iv.end());
  EVP_AEAD_CTX_init(made.state_->aead.get(), suite.aead(), key.data(), key.size(), EVP_AEAD_DEFAULT_TAG_LENGTH,
                    nullptr);
  return made;
}

Bytes RecordProtection::Seal(uint8_t type, ByteView content, uint16_t version, size_t padding) {
  if (!active()) {
    Bytes record = Header(type, version, content.size());
    certs::Append(record, content);
    return record;
  }
  State& state = *state_;
  Bytes plain(content.begin(), content.end());
  if (state.tls13) {
    plain.push_back(std::exchange(type, uint8_t{SSL3_RT_APPLICATION_DATA}));
    plain.resize(plain.size() + padding);
  }
  const Bytes explicit_part = state.explicit_size() > 0 ? state.SequenceOctets() : Bytes();
  const Bytes nonce = state.Nonce(explicit_part);
  const size_t overhead = EVP_AEAD_max_overhead(EVP_AEAD_CTX_aead(state.aead.get()));
  const Bytes data = state.AdditionalData(type, plain.size(), plain.size() + overhead);
  Bytes sealed(plain.size() + overhead);
  size_t size = 0;
  EVP_AEAD_CTX_seal(state.aead.get(), sealed.data(), &size, sealed.size(), nonce.data(), nonce.size(), plain.data(),
                    plain.size(), data.data(), data.size());
  sealed.resize(size);
  ++state.sequence;
  Bytes record = Header(type, kProtectedVersion, explicit_part.size() + sealed.size());
  certs::Append(record, explicit_part);
  certs::Append(record, sealed);
  return record;
}

std::optional<Record> RecordProtection::Open(uint8_t type, ByteView body) {
  if (!active()) {
    return Record{type, Bytes(body.begin(), body.end())};
  }
  State& state = *state_;
  const size_t overhead = EVP_AEAD_max_overhead(EVP_AEAD_CTX_aead(state.aead.get()));
  if (body.size() < state.explicit_size() + overhead || (state.tls13 && type != SSL3_RT_APPLICATION_DATA)) {
    return std::nullopt;
  }
  const ByteView sealed = body.subspan(state.explicit_size());
  const Bytes nonce = state.Nonce(body.first(state.explicit_size()));
  const Bytes data = state.AdditionalData(type, sealed.size() - overhead, body.size());
  Bytes plain(sealed.size());
  size_t size = 0;
  const bool opened = EVP_AEAD_CTX_open(state.aead.get(), plain.data(), &size, plain.size(), nonce.data(), nonce.size(),
                                        sealed.data(), sealed.size(), data.data(), data.size()) == 1;
  ERR_clear_error();
  if (!opened) {
    return std::nullopt;
  }
  ++state.sequence;
  plain.resize(size);
  if (state.tls13) {
    while (!plain.empty() && plain.back() == 0) {
      plain.pop_back();
    }
    if (plain.empty()) {
      return std::nullopt;
    }
    type = plain.back();
    plain.pop_back();
  }
  return Record{type, std::move(plain)};
}

}  // namespace fakeserver
