#include "tests/fakeserver/test_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pool.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace fakeserver {

struct StreamBio {
  static TestClient& Client(BIO* bio) { return *static_cast<TestClient*>(BIO_get_data(bio)); }

  static int Read(BIO* bio, char* out, int size) {
    TestClient& client = Client(bio);
    BIO_clear_retry_flags(bio);
    const IoResult result = client.stream_.Read({reinterpret_cast<uint8_t*>(out), static_cast<size_t>(size)});
    switch (result.status) {
      case IoStatus::kOk:
        client.moved_ = true;
        client.reads.push_back(result.count);
        return static_cast<int>(result.count);
      case IoStatus::kWouldBlock:
        BIO_set_retry_read(bio);
        return -1;
      case IoStatus::kReset:
        client.peer_reset = true;
        return -1;
      case IoStatus::kEof:
        client.peer_closed = true;
        return 0;
    }
    return -1;
  }

  static int Write(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    const IoResult result =
        Client(bio).stream_.Write({reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(size)});
    if (result.status == IoStatus::kWouldBlock) {
      BIO_set_retry_write(bio);
    }
    if (result.status != IoStatus::kOk) {
      Client(bio).peer_reset = Client(bio).peer_reset || result.status == IoStatus::kReset;
      return -1;
    }
    Client(bio).moved_ = true;
    return static_cast<int>(result.count);
  }

  static BIO_METHOD* Method() {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(0, "test client");
      BIO_meth_set_read(made, Read);
      BIO_meth_set_write(made, Write);
      BIO_meth_set_ctrl(made, [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH; });
      return made;
    }();
    return method;
  }
};

void TestClient::BeginTls(const ClientTls& settings) {
  FlushClear();
  ctx_.reset(SSL_CTX_new(TLS_with_buffers_method()));
  SSL_CTX_set_min_proto_version(ctx_.get(), settings.min_version);
  SSL_CTX_set_max_proto_version(ctx_.get(), settings.max_version);
  if (!settings.verify_algorithms.empty()) {
    SSL_CTX_set_verify_algorithm_prefs(ctx_.get(), settings.verify_algorithms.data(),
                                       settings.verify_algorithms.size());
  }
  if (!settings.groups.empty()) {
    SSL_CTX_set1_curves_list(ctx_.get(), settings.groups.c_str());
  }
  if (!settings.ciphers.empty()) {
    SSL_CTX_set_strict_cipher_list(ctx_.get(), settings.ciphers.c_str());
  }
  const auto accept = [](SSL*, uint8_t*) { return ssl_verify_ok; };
  const auto reject = [](SSL*, uint8_t* alert) {
    *alert = SSL_AD_BAD_CERTIFICATE;
    return ssl_verify_invalid;
  };
  if (settings.reject_certificate) {
    SSL_CTX_set_custom_verify(ctx_.get(), SSL_VERIFY_PEER, reject);
  } else {
    SSL_CTX_set_custom_verify(ctx_.get(), SSL_VERIFY_PEER, accept);
  }
  ssl_.reset(SSL_new(ctx_.get()));
  if (!settings.server_name.empty()) {
    SSL_set_tlsext_host_name(ssl_.get(), settings.server_name.c_str());
  }
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_info_callback(ssl_.get(), [](const SSL* ssl, int type, int value) {
    if (type == SSL_CB_READ_ALERT) {
      static_cast<TestClient*>(SSL_get_app_data(ssl))->alert_received = value & 0xff;
    }
  });
  BIO* bio = BIO_new(StreamBio::Method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_connect_state(ssl_.get());
}

void TestClient::CloseNotify() {
  if (ssl_) {
    SSL_shutdown(ssl_.get());
  }
}

bool TestClient::FlushClear() {
  bool moved = false;
  while (!clear_out_.empty()) {
    const IoResult result = stream_.Write(certs::ToBytes(clear_out_));
    if (result.status != IoStatus::kOk) {
      if (result.status == IoStatus::kReset) {
        clear_out_.clear();
      }
      break;
    }
    moved = true;
    clear_out_.erase(0, result.count);
  }
  return moved;
}

ClientTls Tolerant(uint16_t version) {
  return {
      .min_version = version,
      .max_version = version,
      .verify_algorithms = {SSL_SIGN_ED25519, SSL_SIGN_ECDSA_SECP256R1_SHA256, SSL_SIGN_ECDSA_SECP384R1_SHA384,
                            SSL_SIGN_ECDSA_SECP521R1_SHA512, SSL_SIGN_RSA_PSS_RSAE_SHA256, SSL_SIGN_RSA_PKCS1_SHA256},
      .groups = "X25519:P-256:P-384:P-521"};
}

bool TestClient::Turn() {
  if (ssl_) {
    return TurnTls();
  }
  bool moved = FlushClear();
  uint8_t buffer[4096];
  while (!peer_closed && !peer_reset) {
    const IoResult result = stream_.Read(buffer);
    if (result.status == IoStatus::kWouldBlock) {
      break;
    }
    moved = true;
    peer_closed = result.status == IoStatus::kEof;
    peer_reset = result.status == IoStatus::kReset;
    if (result.status == IoStatus::kOk) {
      clear += certs::AsText(ByteView(buffer).first(result.count));
      reads.push_back(result.count);
    }
  }
  return moved;
}

bool TestClient::TurnTls() {
  moved_ = false;
  while (!tls_failed && !got_close_notify && !peer_closed && !peer_reset) {
    ERR_clear_error();
    char buffer[16 * 1024];
    int result = 0;
    if (!tls_open) {
      result = SSL_do_handshake(ssl_.get());
      if (result == 1) {
        moved_ = tls_open = true;
        version = SSL_get_version(ssl_.get());
        const STACK_OF(CRYPTO_BUFFER)* presented = SSL_get0_peer_certificates(ssl_.get());
        for (size_t i = 0; i < sk_CRYPTO_BUFFER_num(presented); ++i) {
          const CRYPTO_BUFFER* one = sk_CRYPTO_BUFFER_value(presented, i);
          chain.emplace_back(CRYPTO_BUFFER_data(one), CRYPTO_BUFFER_data(one) + CRYPTO_BUFFER_len(one));
        }
        continue;
      }
    } else if (!tls_out_.empty()) {
      result = SSL_write(ssl_.get(), tls_out_.data(), static_cast<int>(tls_out_.size()));
      if (result > 0) {
        moved_ = true;
        tls_out_.erase(0, static_cast<size_t>(result));
        continue;
      }
    } else {
      result = SSL_read(ssl_.get(), buffer, sizeof(buffer));
      if (result > 0) {
        moved_ = true;
        inside.append(buffer, static_cast<size_t>(result));
        continue;
      }
    }
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
      break;
    }
    moved_ = true;
    if (error == SSL_ERROR_ZERO_RETURN) {
      got_close_notify = true;
    } else if (!peer_closed && !peer_reset) {
      tls_failed = true;
      const char* reason = ERR_reason_error_string(ERR_peek_error());
      tls_error = reason != nullptr ? reason : "";
    }
  }
  return moved_;
}

Meeting::Meeting(Behaviour behaviour, size_t capacity)
    : pipe(capacity),
      connection(std::make_shared<const Behaviour>(std::move(behaviour)), pipe.server()),
      client(pipe.client()) {}

void Meeting::Run() {
  for (bool moved = true; moved;) {
    moved = connection.Advance(now);
    moved = client.Turn() || moved;
  }
}

void Meeting::RunOut() {
  Run();
  while (const auto next = connection.NextDeadline()) {
    now = std::max(*next, now + Micros(1));
    Run();
  }
}

void Meeting::StartTls(const ClientTls& settings) {
  Run();
  client.SendClear("EHLO client.lab.test\r\n");
  Run();
  client.SendClear("STARTTLS\r\n");
  Run();
  StartImplicit(settings);
}

void Meeting::StartImplicit(const ClientTls& settings) {
  client.BeginTls(settings);
  Run();
  if (client.tls_open) {
    Say("EHLO client.lab.test");
  }
}

void Meeting::Say(std::string_view line) {
  client.SendTls(std::string(line) + "\r\n");
  Run();
}

std::vector<Event> Meeting::All(EventKind kind) const {
  std::vector<Event> found;
  for (const Event& event : connection.transcript().events()) {
    if (event.kind == kind) {
      found.push_back(event);
    }
  }
  return found;
}

std::string Meeting::Text() const {
  std::string text;
  for (const Event& event : connection.transcript().events()) {
    text += ToString(event) + "\n";
  }
  return text;
}

std::shared_ptr<const certs::IssuedChain> Issued(const certs::ChainSpec& spec) {
  constexpr int64_t kNow = 1'800'000'000;
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), kNow);
  auto issued = issuer.Issue(spec);
  return issued ? *issued : nullptr;
}

Behaviour Good(TlsMode mode) { return {.mode = mode, .identity = Issued()}; }

ClientSocket::ClientSocket(uint16_t port, int receive_buffer) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  fcntl(fd_, F_SETFL, O_NONBLOCK);
}

ClientSocket::~ClientSocket() { Close(CloseKind::kFin); }

IoResult ClientSocket::Read(std::span<uint8_t> into) {
  const ssize_t count = recv(fd_, into.data(), into.size(), 0);
  if (count > 0) {
    return {IoStatus::kOk, static_cast<size_t>(count)};
  }
  return {count == 0 ? IoStatus::kEof : errno == EAGAIN ? IoStatus::kWouldBlock : IoStatus::kReset};
}

IoResult ClientSocket::Write(ByteView from) {
  const ssize_t count = send(fd_, from.data(), from.size(), MSG_NOSIGNAL);
  if (count > 0) {
    return {IoStatus::kOk, static_cast<size_t>(count)};
  }
  return {count < 0 && errno != EAGAIN ? IoStatus::kReset : IoStatus::kWouldBlock};
}

void ClientSocket::Close(CloseKind kind) {
  if (fd_ < 0) {
    return;
  }
  if (kind == CloseKind::kHalf) {
    shutdown(fd_, SHUT_WR);
    return;
  }
  if (kind == CloseKind::kReset) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  close(std::exchange(fd_, -1));
}

bool ClientSocket::WaitReadable(int milliseconds) const {
  pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, milliseconds) > 0;
}

}  // namespace fakeserver
