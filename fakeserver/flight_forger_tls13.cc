// TLS 1.3 by hand (RFC 8446 4, 7): ServerHello, EncryptedExtensions, [CertificateRequest], Certificate,
// CertificateVerify, Finished.
#include <openssl/digest.h>
#include <openssl/mem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

#include "fakeserver/flight_forger_impl.h"
#include "fakeserver/tls_wire.h"

namespace fakeserver {
namespace {

constexpr uint16_t kTls13Suites[] = {0x1301, 0x1302, 0x1303};
constexpr int kMaxRetries = 4;  // a script's, not a client's

// RFC 8446 4.1.3: the random of a ServerHello that is a HelloRetryRequest.
Bytes RetryRandom() {
  Bytes random(SHA256_DIGEST_LENGTH);
  const Bytes text = certs::ToBytes("HelloRetryRequest");
  SHA256(text.data(), text.size(), random.data());
  return random;
}

Bytes WithLength16(ByteView data) {
  Bytes out = {static_cast<uint8_t>(data.size() >> 8), static_cast<uint8_t>(data.size())};
  certs::Append(out, data);
  return out;
}

// The message both kinds of ServerHello are.
HandshakeMessage Hello(const ClientOffer& offer, ByteView random, uint16_t suite, ByteView key_share) {
  HandshakeMessage message{.type = SSL3_MT_SERVER_HELLO, .body = {0x03, 0x03}};
  certs::Append(message.body, random);
  message.body.push_back(static_cast<uint8_t>(offer.session_id.size()));
  certs::Append(message.body, offer.session_id);
  certs::Append(message.body, Bytes{static_cast<uint8_t>(suite >> 8), static_cast<uint8_t>(suite), 0});
  Bytes extensions;
  AppendExtension(extensions, TLSEXT_TYPE_supported_versions, Bytes{0x03, 0x04});
  AppendExtension(extensions, TLSEXT_TYPE_key_share, key_share);
  certs::Append(message.body, WithLength16(extensions));
  return message;
}

Bytes GroupOctets(uint16_t group) { return {static_cast<uint8_t>(group >> 8), static_cast<uint8_t>(group)}; }

// What CertificateVerify signs (RFC 8446 4.4.3).
Bytes SignedContent(ByteView hash) {
  Bytes content(64, ' ');
  certs::Append(content, certs::ToBytes("TLS 1.3, server CertificateVerify"));
  content.push_back(0);
  certs::Append(content, hash);
  return content;
}

}  // namespace

//   struct { CertificateStatusType status_type (ocsp = 1); opaque OCSPResponse<1..2^24-1>; } CertificateStatus;
Bytes FlightForger::Impl::CertificateStatus(size_t entry) const {
  const std::vector<std::optional<Bytes>>& staples = context_->identity().staples;
  if (entry >= staples.size() || !staples[entry] || !offer_.Has(TLSEXT_TYPE_status_request)) {
    return {};
  }
  const size_t size = staples[entry]->size();
  Bytes status = {1, static_cast<uint8_t>(size >> 16), static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
  certs::Append(status, *staples[entry]);
  return status;
}

Bytes FlightForger::Impl::Timestamps(size_t entry) const {
  const Bytes& scts = context_->identity().scts;
  return entry == 0 && offer_.Has(TLSEXT_TYPE_certificate_timestamp) ? scts : Bytes();
}

// In TLS 1.3 any certificate may have a status (RFC 8446 4.4.2.1).
Bytes FlightForger::Impl::CertificateExtensions(size_t entry) const {
  Bytes extensions;
  if (const Bytes status = CertificateStatus(entry); !status.empty()) {
    AppendExtension(extensions, TLSEXT_TYPE_status_request, status);
  }
  if (const Bytes scts = Timestamps(entry); !scts.empty()) {
    AppendExtension(extensions, TLSEXT_TYPE_certificate_timestamp, scts);
  }
  return WithLength16(extensions);
}

void FlightForger::Impl::Begin13() {
  const auto suite = std::ranges::find_first_of(offer_.ciphers, kTls13Suites);
  if (suite == offer_.ciphers.end()) {
    return Fail("no cipher suite in common", SSL_AD_HANDSHAKE_FAILURE);
  }
  suite_ = FindSuite(*suite);
  secrets_.md = suite_->md();
  uint16_t shared = 0, retried = 0;
  const std::vector<uint16_t> supported = offer_.Groups();
  for (const uint16_t group : KeyShare::Groups()) {
    const bool offered = offer_.Share(group).has_value();
    shared = shared == 0 && offered ? group : shared;
    const bool able = std::ranges::find(supported, group) != supported.end();
    retried = retried == 0 && able && !offered ? group : retried;
  }
  // The script's retries ask for a group without a share where there is one; the others change nothing.
  const bool wanted = retries_ < std::min(script_.hello_retries, kMaxRetries);
  if ((shared == 0 && retries_ == 0) || wanted) {
    if (retried == 0 && shared == 0) {
      return Fail("no group in common", SSL_AD_HANDSHAKE_FAILURE);
    }
    return Retry13(retried != 0 ? retried : shared);
  }
  group_ = script_.key_share.group != 0 ? static_cast<uint16_t>(script_.key_share.group) : shared;
  MakeShare();
  const std::optional<Bytes> secret = Agree(offer_.Share(group_).value_or(Bytes()));
  if (!secret) {
    return Fail("no usable key share", SSL_AD_ILLEGAL_PARAMETER);
  }
  Flight13(*secret);
}

void FlightForger::Impl::Retry13(uint16_t group) {
  if (retries_++ == 0) {
    writer_.hash().ReplaceByItsHash(secrets_.md);
  }
  writer_.Say(FlightPlace::kHelloRetryRequest, Hello(offer_, RetryRandom(), suite_->id, GroupOctets(group)));
  writer_.Flush();
  wait_ = Wait::kSecondHello;
}

HandshakeMessage FlightForger::Impl::ServerHello13() const {
  Bytes key_share = GroupOctets(group_);
  certs::Append(key_share, WithLength16(public_value_));
  return Hello(offer_, server_random_, suite_->id, key_share);
}

void FlightForger::Impl::Flight13(ByteView shared) {
  HandshakeHash& hash = writer_.hash();
  const EVP_MD* md = secrets_.md;
  writer_.Say(FlightPlace::kServerHello, ServerHello13());
  secrets_.OnSharedSecret(shared, hash.Hash(md));
  if (!offer_.session_id.empty()) {
    writer_.SayChangeCipherSpec();
  }
  writer_.ProtectTls13(*suite_, secrets_.server_handshake);
  read_ = RecordProtection::Tls13(*suite_, secrets_.client_handshake);
  writer_.Say(FlightPlace::kEncryptedExtensions, {.type = SSL3_MT_ENCRYPTED_EXTENSIONS, .body = {0, 0}});
  if (script_.client_certificate != ClientCertificate::kNone) {
    Bytes extensions;
    AppendExtension(extensions, TLSEXT_TYPE_signature_algorithms, Bytes{0, 4, 0x04, 0x03, 0x08, 0x04});
    HandshakeMessage request{.type = SSL3_MT_CERTIFICATE_REQUEST, .body = {0}};
    certs::Append(request.body, WithLength16(extensions));
    writer_.Say(FlightPlace::kCertificateRequest, std::move(request));
  }
  HandshakeMessage certificate{.type = SSL3_MT_CERTIFICATE, .body = {0}};
  certs::Append(certificate.body, CertificateList());
  writer_.Say(FlightPlace::kCertificate, std::move(certificate));
  const bool old = script_.signature.fault == SignatureFault::kOldHello;
  writer_.Say(FlightPlace::kCertificateVerify,
              {.type = SSL3_MT_CERTIFICATE_VERIFY,
               .body = Signature(SignedContent(old ? Bytes(EVP_MD_size(md)) : hash.Hash(md)))});
  writer_.Say(FlightPlace::kFinished,
              {.type = SSL3_MT_FINISHED, .body = secrets_.VerifyData(secrets_.server_handshake, hash.Hash(md))});
  secrets_.OnServerFinished(hash.Hash(md));
  writer_.ProtectTls13(*suite_, secrets_.server_application);
  wait_ = Wait::kFinished;
}

void FlightForger::Impl::OnFinished13(ByteView message) {
  const Bytes expected = secrets_.VerifyData(secrets_.client_handshake, writer_.hash().Hash(secrets_.md));
  const ByteView found = message.subspan(4);
  if (found.size() != expected.size() || CRYPTO_memcmp(found.data(), expected.data(), expected.size()) != 0) {
    return Fail("a wrong Finished", SSL_AD_DECRYPT_ERROR);
  }
  read_ = RecordProtection::Tls13(*suite_, secrets_.client_application);
  Establish("TLSv1.3");
}

//   struct { KeyUpdateRequest request_update; } KeyUpdate;  update_not_requested(0), update_requested(1)
void FlightForger::Impl::OnKeyUpdate(ByteView message) {
  const ByteView body = message.subspan(4);
  if (body.size() != 1 || body[0] > 1) {
    return Fail("a malformed KeyUpdate", SSL_AD_ILLEGAL_PARAMETER);
  }
  Bytes& secret = secrets_.client_application;
  secret = ExpandLabel(secrets_.md, secret, "traffic upd", {}, secret.size());
  read_ = RecordProtection::Tls13(*suite_, secret);
  if (body[0] == 1) {
    writer_.Plain({.type = SSL3_MT_KEY_UPDATE, .body = {0}});
    writer_.RollKey();
  }
}

// RFC 8446 4.4.2.4, RFC 5246 7.4.6: who demands a certificate says so when none comes.
void FlightForger::Impl::OnCredential(ByteView message) {
  constexpr size_t kHeader = 4, kEmptyList = 3, kEmptyContext = 1;
  const size_t empty = kHeader + kEmptyList + (tls13_ ? kEmptyContext : 0);
  if (script_.client_certificate == ClientCertificate::kRequired && message[0] == SSL3_MT_CERTIFICATE &&
      message.size() <= empty) {
    Fail("no certificate of the client's", tls13_ ? SSL_AD_CERTIFICATE_REQUIRED : SSL_AD_HANDSHAKE_FAILURE);
    return;
  }
  writer_.hash().Add(message);
}

}  // namespace fakeserver
