#include "tests/verifier/smtp_fake_server.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

#include "lab/verifier/smtp_text.h"

namespace verifier {
namespace {

constexpr int kStepLimit = 100'000;

certs::ByteView Octets(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

std::string Verb(std::string_view line) {
  std::string verb(line.substr(0, line.find(' ')));
  std::ranges::transform(verb, verb.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  return verb;
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

// Replaces the body of the Certificate message in a TLS 1.2 flight in clear, and puts each message in a record of its
// own.
certs::Bytes WithCertificateBody(const certs::Bytes& flight, const certs::Bytes& body) {
  certs::Bytes messages, result;
  for (size_t at = 0; at + 5 <= flight.size();) {
    const size_t length = static_cast<size_t>(flight[at + 3]) << 8 | flight[at + 4];
    certs::Append(messages, certs::ByteView(flight).subspan(at + 5, length));
    at += 5 + length;
  }
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
    certs::Append(result, certs::Bytes{22, 3, 3, static_cast<uint8_t>(message.size() >> 8),
                                       static_cast<uint8_t>(message.size())});
    certs::Append(result, message);
  }
  return result;
}

}  // namespace

std::shared_ptr<const certs::IssuedChain> IssueForTest(const certs::ChainSpec& spec) {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(7), kTestNow);
  certs::Result<std::shared_ptr<const certs::IssuedChain>> chain = issuer.Issue(spec);
  EXPECT_TRUE(chain.has_value()) << chain.error().detail;
  return *chain;
}

struct FakeServer::Tls {
  std::shared_ptr<const certs::IssuedChain> chain;
  bssl::UniquePtr<SSL_CTX> context;
  bssl::UniquePtr<SSL> ssl;
  BIO* in = nullptr;   // owned by ssl
  BIO* out = nullptr;  // owned by ssl
  bool open = false;
  std::string plain;
};

FakeServer::FakeServer(FakeScript script) : script_(std::move(script)) {
  if (script_.mode == TlsMode::kImplicit) {
    BeginTls();
    return;
  }
  Answer("greeting", script_.greeting);
}

FakeServer::~FakeServer() = default;

certs::Bytes FakeServer::TakeOutput() { return std::exchange(out_, {}); }

void FakeServer::Receive(certs::ByteView bytes) {
  if (closed_) {
    return;
  }
  if (!tls_) {
    in_clear += certs::AsText(bytes);
    line_buffer_ += certs::AsText(bytes);
    return TakeLines(line_buffer_);
  }
  behind_client_hello += saw_client_hello_ ? bytes.size() : 0;
  saw_client_hello_ = true;
  if (!script_.after_client_hello.empty()) {
    certs::Append(out_, Octets(std::exchange(said_in_clear_, true) ? "" : script_.after_client_hello));
    closed_ = script_.hang_up_after == "handshake";
    return;
  }
  BIO_write(tls_->in, bytes.data(), static_cast<int>(bytes.size()));
  OnTlsBytes();
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
  EXPECT_TRUE(SSL_CTX_set_chain_and_key(context, buffers.data(), buffers.size(), key,
                                        script_.flip_signature ? &kWrongKey : nullptr));
  // Everything the tests need, weak things included: it is the client's task to refuse them.
  EXPECT_TRUE(SSL_CTX_set_min_proto_version(context, script_.min_version != 0 ? script_.min_version : TLS1_VERSION));
  EXPECT_TRUE(SSL_CTX_set_max_proto_version(context, script_.max_version != 0 ? script_.max_version : TLS1_3_VERSION));
  tls_->ssl.reset(SSL_new(context));
  SSL* ssl = tls_->ssl.get();
  SSL_set_ex_data(ssl, 0, tls_->chain->key.get());
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
    tls_->open = true;
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
  if (script_.certificate_body && !was_open && !tls_->open && !flight.empty() && flight[0] == 22) {
    flight = WithCertificateBody(flight, *script_.certificate_body);
  }
  certs::Append(out_, flight);
}

void FakeServer::TakeLines(std::string& buffer) {
  for (;;) {
    const std::string_view end = in_data_ ? "\r\n.\r\n" : "\r\n";
    const size_t at = buffer.find(end);
    if (at == std::string::npos || closed_) {
      return;
    }
    const std::string line = buffer.substr(0, at);
    buffer.erase(0, at + end.size());
    if (tls_) {
      in_tls.push_back(line);
    }
    OnLine(line);
    if (&buffer == &line_buffer_ && tls_) {
      return;  // STARTTLS: the rest is TLS
    }
  }
}

void FakeServer::OnLine(const std::string& line) {
  static const std::map<std::string, std::string> good = {
      {"EHLO", "250 mail.bob.test\r\n"}, {"STARTTLS", "220 go ahead\r\n"},
      {"AUTH", "235 welcome\r\n"},       {"user", "334 UGFzc3dvcmQ6\r\n"},
      {"password", "235 welcome\r\n"},   {"MAIL", "250 sender ok\r\n"},
      {"RCPT", "250 recipient ok\r\n"},  {"DATA", "354 send the message\r\n"},
      {".", "250 queued\r\n"},           {"QUIT", "221 bye\r\n"}};
  std::string verb = Verb(line);
  if (in_data_) {
    verb = ".";
  } else if (!expected_secret_.empty()) {
    verb = expected_secret_;
  }
  const auto scripted = script_.replies.find(verb);
  std::string reply = "500 what?\r\n";
  if (scripted != script_.replies.end()) {
    reply = scripted->second;
  } else if (verb == "EHLO") {
    reply = tls_ ? script_.ehlo_in_tls : script_.ehlo_in_clear;
  } else if (line == "AUTH LOGIN") {
    reply = "334 VXNlcm5hbWU6\r\n";
  } else if (good.contains(verb)) {
    reply = good.at(verb);
  }
  expected_secret_ = line == "AUTH LOGIN" ? "user" : verb == "user" ? "password" : "";
  in_data_ = verb == "DATA" && reply.starts_with("354");
  const bool tls_next = verb == "STARTTLS" && !tls_ && reply.starts_with("220");
  Answer(verb, reply);
  if (tls_next) {
    certs::Append(out_, Octets(script_.behind_220));
    BeginTls();
  }
}

void FakeServer::Answer(const std::string& verb, std::string_view reply) {
  Say(reply);
  if (script_.hang_up_after == verb) {
    HangUp();
  }
}

void FakeServer::Say(std::string_view text) {
  if (text.empty()) {
    return;
  }
  if (tls_ && tls_->open) {
    SSL_write(tls_->ssl.get(), text.data(), static_cast<int>(text.size()));
  } else if (!tls_) {
    certs::Append(out_, Octets(text));
  }
}

void FakeServer::HangUp() {
  closed_ = true;
  if (tls_ && tls_->open && script_.close_notify) {
    SSL_shutdown(tls_->ssl.get());
  }
}

// ------------------------------------------------------------------------------------------------ conversations

bool Talk::KeptQuietInClear() const {
  std::string upper = in_clear;
  std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  for (const char* word : {"AUTH", "MAIL", "RCPT", "DATA", "HONEY", "HELO "}) {
    if (upper.find(word) != std::string::npos) {
      return false;
    }
  }
  return in_clear.find(Base64(kUser)) == std::string::npos && in_clear.find(Base64(kPassword)) == std::string::npos;
}

SmtpClientConfig TestConfig(const FakeScript& script) {
  SmtpClientConfig config;
  config.reference = std::string(certs::kBobHost);
  config.anchors = IssueForTest(script.chain)->trusted;
  config.now = kTestNow;
  config.mode = script.mode;
  config.user = std::string(kUser);
  config.password = std::string(kPassword);
  config.message = Message{"honey-sender@alice.test", "honey-recipient@bob.test", "Subject: honey\n\n.hello\n"};
  return config;
}

Talk Converse(const FakeScript& script, const Wire& wire) { return Converse(TestConfig(script), script, wire); }

Talk Converse(const SmtpClientConfig& config, const FakeScript& script, const Wire& wire) {
  SmtpClient client(config);
  FakeServer server(script);
  Talk talk;
  Micros now{0};
  certs::Bytes pending;
  bool told = false;
  for (int step = 0; step < kStepLimit && !client.Done(); ++step) {
    bool moved = client.Advance(now);
    if (const certs::Bytes sent = client.TakeOutput(); !sent.empty()) {
      server.Receive(sent);
      moved = true;
    }
    certs::Append(pending, server.TakeOutput());
    const size_t count = std::min({pending.size(), wire.chunk, wire.cut_at - talk.server_octets});
    if (count > 0) {
      client.Receive(certs::ByteView(pending).first(count));
      pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
      talk.server_octets += count;
      now += wire.pause;
      moved = true;
    }
    const bool cut = talk.server_octets == wire.cut_at;
    if (!told && (cut ? wire.cut != Wire::Cut::kSilence : server.closed() && pending.empty())) {
      client.ReceiveEof(cut && wire.cut == Wire::Cut::kReset);
      told = true;
      moved = true;
    }
    if (!moved) {
      const std::optional<Micros> deadline = client.NextDeadline();
      if (!deadline) {
        break;  // neither has anything to do: the client hangs
      }
      now = std::max(now, *deadline);
    }
  }
  talk.ended = client.Done();
  talk.result = client.result();
  talk.duration = now;
  talk.in_clear = server.in_clear;
  talk.behind_client_hello = server.behind_client_hello;
  talk.in_tls = server.in_tls;
  talk.alert = server.alert;
  talk.sni = server.sni;
  return talk;
}

}  // namespace verifier
