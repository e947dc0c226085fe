#include "tests/verifier/smtp_fake_server.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "lab/verifier/sasl_scram.h"
#include "lab/verifier/smtp_text.h"
#include "tests/verifier/smtp_fake_tls.h"

namespace verifier {
namespace {

constexpr int kStepLimit = 100'000;

certs::ByteView Octets(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

std::string Verb(std::string_view line) {
  std::string verb(line.substr(0, line.find(' ')));
  std::ranges::transform(verb, verb.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  return verb;
}

}  // namespace

std::shared_ptr<const certs::IssuedChain> IssueForTest(const certs::ChainSpec& spec) {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(7), kTestNow);
  certs::Result<std::shared_ptr<const certs::IssuedChain>> chain = issuer.Issue(spec);
  EXPECT_TRUE(chain.has_value()) << chain.error().detail;
  return *chain;
}

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

void FakeServer::TakeLines(std::string& buffer) {
  for (;;) {
    const std::string_view end = in_data_ ? "\r\n.\r\n" : "\r\n";
    const size_t at = buffer.find(end);
    if (at == std::string::npos || closed_) {
      if (in_data_ && !closed_ && !buffer.empty()) {
        Say(std::exchange(script_.answers_in_the_middle, ""));
      }
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
  // By the whole line, or else by its verb.
  const auto whole = script_.replies.find(line);
  const auto scripted = whole != script_.replies.end() ? whole : script_.replies.find(verb);
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
  if (line.starts_with("AUTH SCRAM") || verb.starts_with("scram")) {
    return Say(Scram(line));
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

// The server's side of RFC 5802: the reply to the next line of the client.
std::string FakeServer::Scram(const std::string& line) {
  constexpr std::string_view kSalt = "0123456789abcdef";
  constexpr uint32_t kIterations = 4096;
  const auto reply = [](std::string_view text) { return "334 " + Base64(text) + "\r\n"; };
  if (line.starts_with("AUTH")) {
    const std::string first = FromBase64(line.substr(line.rfind(' ') + 1)).value_or("");
    scram_header = first.substr(0, first.find(",,") + 2);
    scram_first_ = first.substr(scram_header.size());
    const std::string server_first = scram_first_.substr(scram_first_.find("r=")) + "SERVER,s=" + Base64(kSalt) +
                                     ",i=" + std::to_string(kIterations);
    scram_first_ += "," + server_first;
    expected_secret_ = "scram";
    return reply(server_first);
  }
  if (expected_secret_ == "scram-end") {
    expected_secret_.clear();
    return line.empty() ? "235 welcome\r\n" : "501 what?\r\n";
  }
  expected_secret_.clear();
  const std::string final = FromBase64(line).value_or("");
  const size_t proof_at = std::min(final.find(",p="), final.size());
  const std::string message = scram_first_ + "," + final.substr(0, proof_at);
  std::string bound = scram_header;
  if (bound.starts_with("p=")) {
    certs::Bytes binding(32);
    constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
    SSL_export_keying_material(tls_->ssl.get(), binding.data(), binding.size(), kLabel.data(), kLabel.size(), nullptr,
                               0, 0);
    bound += certs::AsText(binding);
  }
  const ScramKey salted = ScramSaltedPassword(script_.scram_password, kSalt, kIterations);
  const bool right = final.starts_with("c=" + Base64(bound) + ",") &&
                     final.substr(proof_at) == ",p=" + Base64(certs::AsText(ScramClientProof(salted, message)));
  if (!right) {
    return "535 wrong\r\n";
  }
  if (script_.scram_skips_proof) {
    return "235 welcome\r\n";
  }
  expected_secret_ = "scram-end";
  return reply("v=" + Base64(certs::AsText(ScramServerSignature(salted, script_.scram_lies ? "" : message))));
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
  config.message = Message{"honey-sender@alice.test", {"honey-recipient@bob.test"}, "Subject: honey\n\n.hello\n"};
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
  talk.extensions = server.extensions;
  talk.resumed = server.resumed;
  talk.scram_header = server.scram_header;
  talk.handshake_done = server.handshake_done;
  return talk;
}

}  // namespace verifier
