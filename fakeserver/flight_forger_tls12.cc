// TLS 1.2 by hand (RFC 5246 7, RFC 8422 5): ServerHello, Certificate, ServerKeyExchange, [CertificateRequest],
// ServerHelloDone; then ChangeCipherSpec, Finished.
#include <openssl/digest.h>
#include <openssl/mem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

#include "fakeserver/flight_forger_impl.h"
#include "fakeserver/handshake_signature.h"
#include "fakeserver/tls_wire.h"

namespace fakeserver {
namespace {

constexpr uint16_t kEcdsaSuites[] = {0xc02b, 0xc02c, 0xcca9};  // Ed25519 counts as ECDSA here (RFC 8422 5.1.1)
constexpr uint16_t kRsaSuites[] = {0xc02f, 0xc030, 0xcca8};
constexpr uint16_t kRenegotiationScsv = 0x00ff;
constexpr size_t kMasterSecretSize = 48, kVerifyDataSize = 12;

// `stapled`: a CertificateStatus follows the Certificate (RFC 6066 8). `scts`: RFC 6962 3.3.1.
Bytes Extensions(const ClientOffer& offer, bool stapled, const Bytes& scts) {
  Bytes block;
  if (stapled) {
    AppendExtension(block, TLSEXT_TYPE_status_request, {});
  }
  if (!scts.empty()) {
    AppendExtension(block, TLSEXT_TYPE_certificate_timestamp, scts);
  }
  if (offer.Has(TLSEXT_TYPE_renegotiate) ||
      std::ranges::find(offer.ciphers, kRenegotiationScsv) != offer.ciphers.end()) {
    AppendExtension(block, TLSEXT_TYPE_renegotiate, Bytes{0});
  }
  if (offer.Has(TLSEXT_TYPE_extended_master_secret)) {
    AppendExtension(block, TLSEXT_TYPE_extended_master_secret, {});
  }
  if (offer.Has(TLSEXT_TYPE_ec_point_formats)) {
    AppendExtension(block, TLSEXT_TYPE_ec_point_formats, Bytes{1, 0});
  }
  Bytes out = {static_cast<uint8_t>(block.size() >> 8), static_cast<uint8_t>(block.size())};
  certs::Append(out, block);
  return out;
}

}  // namespace

void FlightForger::Impl::Begin12() {
  const bool rsa = EVP_PKEY_id(context_->key()) == EVP_PKEY_RSA;
  const auto suite = std::ranges::find_first_of(offer_.ciphers, rsa ? kRsaSuites : kEcdsaSuites);
  const std::vector<uint16_t> supported = offer_.Groups();
  const auto group = std::ranges::find_first_of(KeyShare::Groups(), supported);
  if (suite == offer_.ciphers.end() || (!supported.empty() && group == KeyShare::Groups().end())) {
    return Fail("no cipher suite in common", SSL_AD_HANDSHAKE_FAILURE);
  }
  suite_ = FindSuite(*suite);
  group_ = script_.key_share.group != 0 ? static_cast<uint16_t>(script_.key_share.group)
           : supported.empty()          ? kSecp256r1
                                        : *group;
  MakeShare();

  HandshakeMessage hello{.type = SSL3_MT_SERVER_HELLO, .body = {0x03, 0x03}};
  certs::Append(hello.body, server_random_);
  // No session id, no compression.
  certs::Append(hello.body, Bytes{0, static_cast<uint8_t>(*suite >> 8), static_cast<uint8_t>(*suite), 0});
  const Bytes status = CertificateStatus(0);
  certs::Append(hello.body, Extensions(offer_, !status.empty(), Timestamps(0)));
  hello = writer_.Say(FlightPlace::kServerHello, std::move(hello));
  extended_master_secret_ = HasExtension(hello, TLSEXT_TYPE_extended_master_secret);
  if (hello.body.size() >= 2 + server_random_.size()) {
    std::copy_n(hello.body.begin() + 2, server_random_.size(), server_random_.begin());  // as the client sees it
  }

  writer_.Say(FlightPlace::kCertificate, {.type = SSL3_MT_CERTIFICATE, .body = CertificateList()});
  if (!status.empty()) {
    writer_.SayAsItIs({.type = SSL3_MT_CERTIFICATE_STATUS, .body = status});
  }
  writer_.Say(FlightPlace::kServerKeyExchange, {.type = SSL3_MT_SERVER_KEY_EXCHANGE, .body = KeyExchange12()});
  if (script_.client_certificate != ClientCertificate::kNone) {
    // certificate_types rsa_sign(1), ecdsa_sign(64); two algorithms; no certificate_authorities
    writer_.Say(FlightPlace::kCertificateRequest,
                {.type = SSL3_MT_CERTIFICATE_REQUEST, .body = {2, 1, 64, 0, 4, 0x04, 0x03, 0x08, 0x04, 0, 0}});
  }
  writer_.Say(FlightPlace::kServerHelloDone, {.type = SSL3_MT_SERVER_HELLO_DONE});
  writer_.Flush();
  wait_ = Wait::kKeyExchange;
}

//   struct { ECCurveType curve_type = named_curve(3); NamedCurve curve; opaque point<1..2^8-1>; } ServerECDHParams;
//   signed: client_random, server_random, ServerECDHParams
Bytes FlightForger::Impl::KeyExchange12() {
  Bytes params = {3, static_cast<uint8_t>(group_ >> 8), static_cast<uint8_t>(group_),
                  static_cast<uint8_t>(public_value_.size())};
  certs::Append(params, public_value_);
  if (!script_.key_share.params.empty()) {
    params = script_.key_share.params;
  }
  const bool old = script_.signature.fault == SignatureFault::kOldHello;
  Bytes input = old ? Bytes(offer_.random.size()) : offer_.random;
  certs::Append(input, server_random_);
  certs::Append(input, params);
  certs::Append(params, Signature(input));
  return params;
}

//   struct { opaque point<1..2^8-1>; } ClientECDiffieHellmanPublic;
void FlightForger::Impl::OnClientKeyExchange(ByteView message) {
  const ByteView body = message.subspan(4);
  writer_.hash().Add(message);
  const bool whole = !body.empty() && body.size() == size_t{1} + body[0];
  const std::optional<Bytes> shared = whole ? Agree(body.subspan(1)) : std::nullopt;
  if (!shared) {
    return Fail("a key exchange that is none", SSL_AD_DECODE_ERROR);
  }
  const EVP_MD* md = suite_->md();
  Bytes randoms = offer_.random;
  certs::Append(randoms, server_random_);
  master_secret_ = extended_master_secret_
                       ? Tls12Prf(md, *shared, "extended master secret", writer_.hash().Hash(md), kMasterSecretSize)
                       : Tls12Prf(md, *shared, "master secret", randoms, kMasterSecretSize);
  // RFC 5246 6.3: no MAC keys with AEAD.
  Bytes reversed = server_random_;
  certs::Append(reversed, offer_.random);
  const size_t key = suite_->key_size, iv = suite_->implicit_iv;
  const Bytes block = Tls12Prf(md, master_secret_, "key expansion", reversed, 2 * key + 2 * iv);
  const ByteView keys(block);
  next_read_ = RecordProtection::Tls12(*suite_, keys.first(key), keys.subspan(2 * key, iv));
  next_write_ = RecordProtection::Tls12(*suite_, keys.subspan(key, key), keys.subspan(2 * key + iv, iv));
  wait_ = Wait::kFinished;
}

void FlightForger::Impl::OnChangeCipherSpec12() {
  if (wait_ != Wait::kFinished || std::exchange(cipher_changed_, true)) {
    return Fail("ChangeCipherSpec where none is due", SSL_AD_UNEXPECTED_MESSAGE);
  }
  read_ = std::move(next_read_);
}

void FlightForger::Impl::OnFinished12(ByteView message) {
  const EVP_MD* md = suite_->md();
  HandshakeHash& hash = writer_.hash();
  const Bytes expected = Tls12Prf(md, master_secret_, "client finished", hash.Hash(md), kVerifyDataSize);
  const ByteView found = message.subspan(4);
  if (!cipher_changed_ || found.size() != expected.size() ||
      CRYPTO_memcmp(found.data(), expected.data(), expected.size()) != 0) {
    return Fail("a wrong Finished", SSL_AD_DECRYPT_ERROR);
  }
  hash.Add(message);
  writer_.SayChangeCipherSpec();
  writer_.Protect(std::move(next_write_));
  writer_.Say(FlightPlace::kFinished,
              {.type = SSL3_MT_FINISHED,
               .body = Tls12Prf(md, master_secret_, "server finished", hash.Hash(md), kVerifyDataSize)});
  writer_.Flush();
  Establish("TLSv1.2");
}

}  // namespace fakeserver
