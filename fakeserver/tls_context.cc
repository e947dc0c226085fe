#include "fakeserver/tls_context.h"

#include <fmt/core.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pool.h>

#include <algorithm>
#include <ranges>

#include "fakeserver/foreign_key.h"
#include "fakeserver/session_tickets.h"

namespace fakeserver {
namespace {

using certs::ErrorCode;
using certs::Fail;

// RSASSA-PSS with SHA-256 and a salt as long as the digest: the least a TLS 1.3 server with an RSA key must manage.
constexpr int kSmallestPssKey = 2 * 32 + 2;

// All that BoringSSL can sign with, so that every leaf type can be served to a client that offers it. SHA-256 comes
// first within RSA: with PKCS #1 padding it fits even a key of 512 bits.
constexpr uint16_t kSigningAlgorithms[] = {
    SSL_SIGN_ED25519,
    SSL_SIGN_ECDSA_SECP256R1_SHA256,
    SSL_SIGN_ECDSA_SECP384R1_SHA384,
    SSL_SIGN_ECDSA_SECP521R1_SHA512,
    SSL_SIGN_RSA_PSS_RSAE_SHA256,
    SSL_SIGN_RSA_PKCS1_SHA256,
    SSL_SIGN_RSA_PSS_RSAE_SHA384,
    SSL_SIGN_RSA_PKCS1_SHA384,
    SSL_SIGN_RSA_PSS_RSAE_SHA512,
    SSL_SIGN_RSA_PKCS1_SHA512,
    SSL_SIGN_ECDSA_SHA1,
    SSL_SIGN_RSA_PKCS1_SHA1,
};
constexpr char kGroups[] = "X25519:P-256:P-384:P-521";

// The library's first complaint since ERR_clear_error, in its own words.
std::string Complaint() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  return reason != nullptr ? reason : "no reason given";
}

// The subjectPublicKeyInfo of a certificate (RFC 5280 4.1); null if it cannot be found or read.
bssl::UniquePtr<EVP_PKEY> PublicKeyOf(ByteView certificate) {
  CBS cbs, cert, tbs, spki;
  CBS_init(&cbs, certificate.data(), certificate.size());
  const bool found = CBS_get_asn1(&cbs, &cert, CBS_ASN1_SEQUENCE) && CBS_get_asn1(&cert, &tbs, CBS_ASN1_SEQUENCE) &&
                     CBS_get_optional_asn1(&tbs, nullptr, nullptr,
                                           CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0) &&  // version
                     CBS_get_asn1(&tbs, nullptr, CBS_ASN1_INTEGER) &&                                // serialNumber
                     CBS_get_asn1(&tbs, nullptr, CBS_ASN1_SEQUENCE) &&                               // signature
                     CBS_get_asn1(&tbs, nullptr, CBS_ASN1_SEQUENCE) &&                               // issuer
                     CBS_get_asn1(&tbs, nullptr, CBS_ASN1_SEQUENCE) &&                               // validity
                     CBS_get_asn1(&tbs, nullptr, CBS_ASN1_SEQUENCE) &&                               // subject
                     CBS_get_asn1_element(&tbs, &spki, CBS_ASN1_SEQUENCE);
  bssl::UniquePtr<EVP_PKEY> key(found ? EVP_parse_public_key(&spki) : nullptr);
  ERR_clear_error();
  return key;
}

bool FitsPss(const certs::IssuedChain& chain) {
  const auto key = chain.presented.empty() ? nullptr : PublicKeyOf(chain.presented.front());
  return !key || EVP_PKEY_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_size(key.get()) >= kSmallestPssKey;
}

// Loads chain and key; returns whether the key had to come in through the back door.
certs::Result<bool> LoadIdentity(SSL_CTX* ctx, const certs::IssuedChain& chain) {
  if (!chain.key) {
    return Fail(ErrorCode::kBadInput, "a server needs a key");
  }
  if (chain.presented.empty()) {
    return Fail(ErrorCode::kUnsupported, "BoringSSL does not present a chain without any certificate");
  }
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> owned;
  std::vector<CRYPTO_BUFFER*> buffers;
  for (const Bytes& certificate : chain.presented) {
    owned.emplace_back(CRYPTO_BUFFER_new(certificate.data(), certificate.size(), nullptr));
    buffers.push_back(owned.back().get());
  }
  ERR_clear_error();
  if (SSL_CTX_set_chain_and_key(ctx, buffers.data(), buffers.size(), chain.key.get(), nullptr)) {
    return false;
  }
  ERR_clear_error();
  if (SSL_CTX_set_chain_and_key(ctx, buffers.data(), buffers.size(), nullptr, ForeignKeyMethod())) {
    return true;
  }
  std::string complaint = Complaint();
  ERR_clear_error();
  return Fail(ErrorCode::kUnsupported, fmt::format("BoringSSL does not present this leaf: {}", complaint));
}

// Whether what is said of each certificate fits beside it: extensions<0..2^16-1> (RFC 8446 4.4.2).
bool StatementsFitTls13(const certs::IssuedChain& chain) {
  constexpr size_t kMost = 0xffff, kHeader = 4;
  for (size_t i = 0; i < chain.staples.size(); ++i) {
    const size_t status = chain.staples[i] ? kHeader + kHeader + chain.staples[i]->size() : 0;
    const size_t timestamps = i == 0 && !chain.scts.empty() ? kHeader + chain.scts.size() : 0;
    if (status + timestamps > kMost) {
      return false;
    }
  }
  return true;
}

// The leaf's OCSP response and timestamps, for whoever asks.
certs::Result<void> LoadStatements(SSL_CTX* ctx, const certs::IssuedChain& chain) {
  if (!chain.staples.empty() && chain.staples.front() &&
      !SSL_CTX_set_ocsp_response(ctx, chain.staples.front()->data(), chain.staples.front()->size())) {
    return Fail(ErrorCode::kCrypto, "BoringSSL refused the OCSP response");
  }
  if (!chain.scts.empty() && !SSL_CTX_set_signed_cert_timestamp_list(ctx, chain.scts.data(), chain.scts.size())) {
    return Fail(ErrorCode::kCrypto, "BoringSSL refused the certificate timestamps");
  }
  return {};
}

// BoringSSL staples to the leaf only, and never a response of no octets.
bool StaplesByHand(const certs::IssuedChain& chain) {
  const auto to_others = chain.staples | std::views::drop(1);
  const auto is_empty = [](const std::optional<Bytes>& staple) { return staple && staple->empty(); };
  return std::ranges::any_of(to_others, &std::optional<Bytes>::has_value) ||
         std::ranges::any_of(chain.staples, is_empty);
}

}  // namespace

certs::Result<void> CanServe(const certs::IssuedChain& chain) {
  bssl::UniquePtr<SSL_CTX> ctx(SSL_CTX_new(TLS_with_buffers_method()));
  if (const auto loaded = LoadIdentity(ctx.get(), chain); !loaded) {
    return std::unexpected(loaded.error());
  }
  return {};
}

certs::Result<std::shared_ptr<const TlsContext>> TlsContext::Make(const TlsScript& script,
                                                                  std::shared_ptr<const certs::IssuedChain> identity) {
  if (identity == nullptr || !identity->key) {
    return Fail(ErrorCode::kBadInput, "a TLS server needs an identity with a key");
  }
  std::shared_ptr<TlsContext> context(new TlsContext);
  context->script_ = script;
  context->max_version_ =
      FitsPss(*identity) ? script.max_version : std::min<uint16_t>(script.max_version, TLS1_2_VERSION);
  context->identity_ = std::move(identity);
  if (context->max_version_ < script.max_version && context->max_version_ < script.min_version) {
    return Fail(ErrorCode::kUnsupported, "the RSA key is too small for the signatures of TLS 1.3");
  }
  if (context->max_version_ >= TLS1_3_VERSION && !StatementsFitTls13(*context->identity_)) {
    return Fail(ErrorCode::kUnsupported, "an OCSP response is longer than the extensions of a certificate in TLS 1.3");
  }
  if (!script.ByHand() && !StaplesByHand(*context->identity_)) {
    const auto made = context->MakeSslContext();
    if (!made && made.error().code != ErrorCode::kUnsupported) {
      return std::unexpected(made.error());
    }
    if (made) {
      return context;
    }
  }
  context->ssl_ctx_.reset();
  if (context->max_version_ < TLS1_2_VERSION || !script.ciphers.empty() || !script.groups.empty() ||
      script.tickets > 0 || script.resumption != ResumptionScript{}) {
    return Fail(ErrorCode::kUnsupported, "a handshake by hand has no old versions, tickets, or choice of ciphers");
  }
  return context;
}

certs::Result<void> TlsContext::MakeSslContext() {
  ssl_ctx_.reset(SSL_CTX_new(TLS_with_buffers_method()));
  SSL_CTX* ctx = ssl_ctx_.get();
  const auto foreign = LoadIdentity(ctx, *identity_);
  if (!foreign) {
    return std::unexpected(foreign.error());
  }
  key_is_foreign_ = *foreign;
  if (!SSL_CTX_set_min_proto_version(ctx, std::min(script_.min_version, max_version_)) ||
      !SSL_CTX_set_max_proto_version(ctx, max_version_)) {
    return Fail(ErrorCode::kCrypto, fmt::format("BoringSSL cannot serve TLS versions {:#06x} to {:#06x}",
                                                script_.min_version, max_version_));
  }
  const std::string groups = script_.groups.empty() ? kGroups : script_.groups;
  if (!SSL_CTX_set_signing_algorithm_prefs(ctx, kSigningAlgorithms, std::size(kSigningAlgorithms)) ||
      !SSL_CTX_set1_curves_list(ctx, groups.c_str()) ||
      (!script_.ciphers.empty() && !SSL_CTX_set_strict_cipher_list(ctx, script_.ciphers.c_str())) ||
      !SetUpSessions(ctx, script_)) {
    return Fail(ErrorCode::kCrypto, "BoringSSL refused a setting");
  }
  if (const auto done = LoadStatements(ctx, *identity_); !done) {
    return done;
  }
  if (script_.client_certificate != ClientCertificate::kNone) {
    const bool required = script_.client_certificate == ClientCertificate::kRequired;
    SSL_CTX_set_custom_verify(ctx, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                              [](SSL*, uint8_t*) { return ssl_verify_ok; });
  }
  return {};
}

TlsContextSlot& TlsContextSlot::operator=(const TlsContextSlot&) {
  std::lock_guard lock(mutex_);
  made_.reset();
  return *this;
}

certs::Result<std::shared_ptr<const TlsContext>> TlsContextSlot::Get(
    const TlsScript& script, const std::shared_ptr<const certs::IssuedChain>& identity) const {
  std::lock_guard lock(mutex_);
  if (!made_) {
    made_ = TlsContext::Make(script, identity);
  }
  return *made_;
}

}  // namespace fakeserver
