#include "tests/verifier/smtp_fake_tls.h"

#include <gtest/gtest.h>
#include <openssl/aead.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pool.h>

#include <array>

namespace verifier {
namespace {

int ServerIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// Signs like the leaf's key, but for one bit.
ssl_private_key_result_t SignWrongly(SSL* ssl, uint8_t* out, size_t* out_len, size_t max_out, uint16_t algorithm,
                                     const uint8_t* in, size_t in_len) {
  auto* key = static_cast<EVP_PKEY*>(SSL_get_ex_data(ssl, 0));
  bssl::ScopedEVP_MD_CTX context;
  *out_len = max_out;
  if (!EVP_DigestSignInit(context.get(), nullptr, SSL_get_signature_algorithm_digest(algorithm), nullptr, key) ||
      !EVP_DigestSign(context.get(), out, out_len, in, in_len)) {
    return ssl_private_key_failure;
  }
  out[*out_len - 1] ^= 1;
  return ssl_private_key_success;
}

constexpr SSL_PRIVATE_KEY_METHOD kWrongKey = {SignWrongly, nullptr, nullptr};

// The handshake messages of a TLS 1.2 flight in clear, without their records.
certs::Bytes MessagesOf(const certs::Bytes& flight) {
  certs::Bytes messages;
  for (size_t at = 0; at + 5 <= flight.size();) {
    const size_t length = static_cast<size_t>(flight[at + 3]) << 8 | flight[at + 4];
    certs::Append(messages, certs::ByteView(flight).subspan(at + 5, length));
    at += 5 + length;
  }
  return messages;
}

void AppendRecord(certs::Bytes& flight, certs::ByteView content) {
  certs::Append(flight, certs::Bytes{SSL3_RT_HANDSHAKE, 3, 3, static_cast<uint8_t>(content.size() >> 8),
                                     static_cast<uint8_t>(content.size())});
  certs::Append(flight, content);
}

// The same flight in records of `size` octets.
certs::Bytes Cut(const certs::Bytes& flight, size_t size) {
  const certs::Bytes messages = MessagesOf(flight);
  certs::Bytes result;
  for (size_t at = 0; at < messages.size(); at += size) {
    AppendRecord(result, certs::ByteView(messages).subspan(at, std::min(size, messages.size() - at)));
  }
  return result;
}

// Replaces the body of the Certificate message in a TLS 1.2 flight in clear, and puts each message in a record of its
// own.
certs::Bytes WithCertificateBody(const certs::Bytes& flight, const certs::Bytes& body) {
  const certs::Bytes messages = MessagesOf(flight);
  certs::Bytes result;
  for (size_t at = 0; at + 4 <= messages.size();) {
    const size_t length = static_cast<size_t>(messages[at + 1]) << 16 | static_cast<size_t>(messages[at + 2]) << 8 |
                          static_cast<size_t>(messages[at + 3]);
    certs::Bytes message(messages.begin() + static_cast<std::ptrdiff_t>(at),
                         messages.begin() + static_cast<std::ptrdiff_t>(at + 4 + length));
    at += 4 + length;
    if (message[0] == SSL3_MT_CERTIFICATE) {
      message = {SSL3_MT_CERTIFICATE, 0, static_cast<uint8_t>(body.size() >> 8), static_cast<uint8_t>(body.size())};
      certs::Append(message, body);
    }
    AppendRecord(result, message);
  }
  return result;
}

}  // namespace

ssl_select_cert_result_t FakeServer::OnClientHello(const SSL_CLIENT_HELLO* hello) {
  auto* server = static_cast<FakeServer*>(SSL_get_ex_data(hello->ssl, ServerIndex()));
  for (int type = 0; type <= 0xffff; ++type) {
    const uint8_t* data = nullptr;
    size_t size = 0;
    if (SSL_early_callback_ctx_extension_get(hello, static_cast<uint16_t>(type), &data, &size) == 1) {
      server->extensions.insert(type);
    }
  }
  return ssl_select_cert_success;
}

// What the script takes away or adds.
void FakeServer::ConfigureTls(SSL_CTX* context) {
  static constexpr std::array<uint8_t, 48> kTicketKeys = {1, 2, 3};
  EXPECT_TRUE(SSL_CTX_set_tlsext_ticket_keys(context, kTicketKeys.data(), kTicketKeys.size()));
  SSL_CTX_set_select_certificate_cb(context, OnClientHello);
  EXPECT_TRUE(script_.ciphers.empty() || SSL_CTX_set_strict_cipher_list(context, script_.ciphers.c_str()));
  EXPECT_TRUE(script_.groups.empty() || SSL_CTX_set1_curves_list(context, script_.groups.c_str()));
  EXPECT_TRUE(script_.signatures.empty() ||
              SSL_CTX_set_signing_algorithm_prefs(context, script_.signatures.data(), script_.signatures.size()));
  SSL_CTX_set_early_data_enabled(context, script_.early_data);
  if (script_.picks_protocol) {
    SSL_CTX_set_alpn_select_cb(
        context,
        [](SSL*, const uint8_t** out, uint8_t* size, const uint8_t*, unsigned, void* protocol) {
          const auto* text = static_cast<const std::string*>(protocol);
          *out = reinterpret_cast<const uint8_t*>(text->data());
          *size = static_cast<uint8_t>(text->size());
          return SSL_TLSEXT_ERR_OK;
        },
        &*script_.picks_protocol);
  }
}

// A HelloRequest (RFC 5246 7.4.1.1), sealed as the server's next record: BoringSSL's servers have no call for it.
void FakeServer::AskToRenegotiate() {
  SSL* ssl = tls_->ssl.get();
  std::array<uint8_t, 40> keys;  // client key, server key (16 each), client salt, server salt (4 each)
  ASSERT_EQ(SSL_get_key_block_len(ssl), keys.size());
  ASSERT_TRUE(SSL_generate_key_block(ssl, keys.data(), keys.size()));
  std::array<uint8_t, 12> nonce;
  std::copy_n(keys.begin() + 36, 4, nonce.begin());
  std::array<uint8_t, 13> header = {0, 0, 0, 0, 0, 0, 0, 0, SSL3_RT_HANDSHAKE, 3, 3, 0, 4};
  const uint64_t sequence = SSL_get_write_sequence(ssl);
  for (size_t i = 0; i < 8; ++i) {
    header[i] = nonce[4 + i] = static_cast<uint8_t>(sequence >> (56 - 8 * i));
  }
  constexpr std::array<uint8_t, 4> kHelloRequest = {SSL3_MT_HELLO_REQUEST, 0, 0, 0};
  bssl::ScopedEVP_AEAD_CTX aead;
  certs::Bytes sealed(kHelloRequest.size() + 16);
  size_t size = 0;
  ASSERT_TRUE(EVP_AEAD_CTX_init(aead.get(), EVP_aead_aes_128_gcm(), keys.data() + 16, 16, 16, nullptr));
  ASSERT_TRUE(EVP_AEAD_CTX_seal(aead.get(), sealed.data(), &size, sealed.size(), nonce.data(), nonce.size(),
                                kHelloRequest.data(), kHelloRequest.size(), header.data(), header.size()));
  certs::Bytes content(nonce.begin() + 4, nonce.end());
  certs::Append(content, sealed);
  // Behind the server's Finished, which still waits in the BIO.
  certs::Bytes record;
  AppendRecord(record, content);
  BIO_write(tls_->out, record.data(), static_cast<int>(record.size()));
}

void FakeServer::BeginTls() {
  tls_ = std::make_unique<Tls>();
  tls_->chain = IssueForTest(script_.chain);
  tls_->context.reset(SSL_CTX_new(TLS_with_buffers_method()));
  SSL_CTX* context = tls_->context.get();
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> owned;
  std::vector<CRYPTO_BUFFER*> buffers;
  for (const certs::Bytes& certificate : tls_->chain->presented) {
    owned.emplace_back(CRYPTO_BUFFER_new(certificate.data(), certificate.size(), nullptr));
    buffers.push_back(owned.back().get());
  }
  EVP_PKEY* key = script_.flip_signature ? nullptr : tls_->chain->key.get();
  if (const auto& staples = tls_->chain->staples; !staples.empty() && staples.front()) {
    EXPECT_TRUE(SSL_CTX_set_ocsp_response(context, staples.front()->data(), staples.front()->size()));
  }
  EXPECT_TRUE(SSL_CTX_set_chain_and_key(context, buffers.data(), buffers.size(), key,
                                        script_.flip_signature ? &kWrongKey : nullptr));
  // Everything the tests need, weak things included: it is the client's task to refuse them.
  EXPECT_TRUE(SSL_CTX_set_min_proto_version(context, script_.min_version != 0 ? script_.min_version : TLS1_VERSION));
  EXPECT_TRUE(SSL_CTX_set_max_proto_version(context, script_.max_version != 0 ? script_.max_version : TLS1_3_VERSION));
  ConfigureTls(context);
  tls_->ssl.reset(SSL_new(context));
  SSL* ssl = tls_->ssl.get();
  SSL_set_ex_data(ssl, 0, tls_->chain->key.get());
  SSL_set_ex_data(ssl, ServerIndex(), this);
  SSL_set_msg_callback(ssl, [](int is_write, int, int type, const void* data, size_t size, SSL*, void* arg) {
    if (is_write == 0 && type == SSL3_RT_ALERT && size == 2) {
      *static_cast<std::optional<int>*>(arg) = static_cast<const uint8_t*>(data)[1];
    }
  });
  SSL_set_msg_callback_arg(ssl, &alert);
  tls_->in = BIO_new(BIO_s_mem());
  tls_->out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(tls_->in, -1);
  SSL_set_bio(ssl, tls_->in, tls_->out);
  SSL_set_accept_state(ssl);
}

void FakeServer::OnTlsBytes() {
  SSL* ssl = tls_->ssl.get();
  ERR_clear_error();
  const bool was_open = tls_->open;
  if (!tls_->open && SSL_do_handshake(ssl) == 1) {
    tls_->open = handshake_done = true;
    resumed = SSL_session_reused(ssl) != 0;
    if (script_.asks_to_renegotiate) {
      AskToRenegotiate();
    }
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    sni = name != nullptr ? name : "";
    if (script_.hang_up_after == "handshake") {
      HangUp();
    } else if (script_.mode == TlsMode::kImplicit) {
      Answer("greeting", script_.greeting);
    }
    Say(script_.after_handshake);
  }
  std::array<uint8_t, 4096> buffer;
  int length = 0;
  while (tls_->open && !closed_ && (length = SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()))) > 0) {
    tls_->plain += certs::AsText(certs::ByteView(buffer).first(static_cast<size_t>(length)));
    TakeLines(tls_->plain);
  }
  if (!tls_->open && ERR_peek_error() != 0) {
    closed_ = true;  // a handshake that failed on this side, too
  }
  const uint8_t* data = nullptr;
  size_t size = 0;
  BIO_mem_contents(tls_->out, &data, &size);
  certs::Bytes flight(data, data + size);
  BIO_reset(tls_->out);
  if (script_.record_size != 0 && !was_open && !flight.empty() && flight[0] == SSL3_RT_HANDSHAKE) {
    flight = Cut(flight, script_.record_size);
  }
  if (script_.certificate_body && !was_open && !tls_->open && !flight.empty() && flight[0] == 22) {
    flight = WithCertificateBody(flight, *script_.certificate_body);
  }
  certs::Append(out_, flight);
}

}  // namespace verifier
