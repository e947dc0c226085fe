#include "fakeserver/tls_endpoint.h"

#include <fmt/core.h>
#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <utility>

#include "fakeserver/client_hello.h"

namespace fakeserver {

// BoringSSL's view of the endpoint's two buffers.
struct EndpointBio {
  static TlsEndpoint& Endpoint(BIO* bio) { return *static_cast<TlsEndpoint*>(BIO_get_data(bio)); }

  static int Read(BIO* bio, char* out, int size) {
    TlsEndpoint& endpoint = Endpoint(bio);
    BIO_clear_retry_flags(bio);
    const size_t left = endpoint.input_.size() - endpoint.input_read_;
    if (left == 0) {
      if (!endpoint.eof_) {
        BIO_set_retry_read(bio);
      }
      return endpoint.eof_ ? 0 : -1;
    }
    const size_t count = std::min(left, static_cast<size_t>(size));
    std::copy_n(endpoint.input_.begin() + static_cast<std::ptrdiff_t>(endpoint.input_read_), count, out);
    endpoint.input_read_ += count;
    if (endpoint.input_read_ == endpoint.input_.size()) {
      endpoint.input_.clear();
      endpoint.input_read_ = 0;
    }
    return static_cast<int>(count);
  }

  static int Write(BIO* bio, const char* data, int size) {
    TlsEndpoint& endpoint = Endpoint(bio);
    const ByteView bytes(reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(size));
    endpoint.sniffer_out_.Feed(bytes);
    certs::Append(endpoint.output_.bytes, bytes);
    // A flight is written as a whole, after all its messages were made.
    const TlsEndpoint::Output queued = std::exchange(endpoint.queued_, {});
    endpoint.output_.certificate = endpoint.output_.certificate || queued.certificate;
    endpoint.output_.flight = endpoint.output_.flight || queued.flight;
    return size;
  }

  static long Control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* Method() {
    struct Free {
      void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
    };
    static const std::unique_ptr<BIO_METHOD, Free> method = [] {
      std::unique_ptr<BIO_METHOD, Free> made(BIO_meth_new(0, "fakeserver endpoint"));
      BIO_meth_set_read(made.get(), Read);
      BIO_meth_set_write(made.get(), Write);
      BIO_meth_set_ctrl(made.get(), Control);
      return made;
    }();
    return method.get();
  }
};

namespace {

constexpr uint8_t kHelloType = 1, kCertificateType = 11, kFinishedType = 20;
constexpr size_t kMostAtOnce = 16 * 1024;

RecordSniffer::Sink OutgoingSink(std::function<void(uint8_t, uint8_t)> alert) {
  return {.plaintext_alert = std::move(alert), .clear_bytes = [](ByteView) {}};
}

}  // namespace

TlsEndpoint::TlsEndpoint(std::shared_ptr<const TlsContext> context, std::function<void(Event)> record)
    : context_(std::move(context)),
      record_(std::move(record)),
      ssl_(SSL_new(context_->ssl_ctx())),
      sniffer_in_({.plaintext_alert = [this](uint8_t level, uint8_t what) { OnAlert(true, level, what, false); },
                   .clear_bytes =
                       [this](ByteView bytes) {
                         record_({.kind = EventKind::kClearBytesIn,
                                  .incoming = true,
                                  .text = std::string(certs::AsText(bytes))});
                       }}),
      sniffer_out_(OutgoingSink([this](uint8_t level, uint8_t what) { OnAlert(false, level, what, false); })) {
  BIO* bio = BIO_new(EndpointBio::Method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_msg_callback(ssl_.get(), OnMessage);
  SSL_set_accept_state(ssl_.get());
}

TlsEndpoint::~TlsEndpoint() = default;

TlsEndpoint& TlsEndpoint::Of(const SSL* ssl) { return *static_cast<TlsEndpoint*>(SSL_get_app_data(ssl)); }

void TlsEndpoint::Feed(ByteView bytes) {
  sniffer_in_.Feed(bytes);
  if (state_ == State::kHandshaking || state_ == State::kOpen) {
    certs::Append(input_, bytes);
  }
}

void TlsEndpoint::FeedEof() { eof_ = true; }

bool TlsEndpoint::Advance() {
  if (state_ == State::kHandshaking) {
    return ((input_read_ < input_.size() && !stalled_) || eof_) && Handshake();
  }
  return state_ == State::kOpen && (input_read_ < input_.size() || (eof_ && !eof_noted_)) && ReadPlaintext();
}

bool TlsEndpoint::Handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    state_ = State::kOpen;
    established_ = true;
    const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl_.get());
    record_({.kind = EventKind::kHandshakeDone,
             .text = fmt::format("{} {}{}", SSL_get_version(ssl_.get()), SSL_CIPHER_standard_name(cipher),
                                 SSL_session_reused(ssl_.get()) ? ", resumed" : "")});
    return true;
  }
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_PENDING_TICKET && !eof_) {
    stalled_ = true;  // the script never opens it
  } else if (error != SSL_ERROR_WANT_READ) {
    Fail();
  }
  return true;
}

bool TlsEndpoint::ReadPlaintext() {
  uint8_t buffer[kMostAtOnce];
  ERR_clear_error();
  const int count = SSL_read(ssl_.get(), buffer, sizeof(buffer));
  if (count > 0) {
    certs::Append(plaintext_, ByteView(buffer, static_cast<size_t>(count)));
    return true;
  }
  const int error = SSL_get_error(ssl_.get(), count);
  if (error == SSL_ERROR_ZERO_RETURN) {
    state_ = State::kPeerFinished;
    input_ = Bytes();
    input_read_ = 0;
  } else if (error != SSL_ERROR_WANT_READ) {
    const bool truncated = eof_ && ERR_peek_error() == 0;
    eof_noted_ = true;
    if (truncated) {
      // Our direction still works: a peer may have closed only its sending side.
      record_({.kind = EventKind::kNote, .incoming = true, .text = "closed without close_notify"});
    } else {
      Fail();
    }
  }
  return true;
}

void TlsEndpoint::Fail() {
  const uint32_t error = ERR_peek_error();
  const char* reason = error != 0 ? ERR_reason_error_string(error) : nullptr;
  std::string text = reason != nullptr ? reason : eof_ ? "the peer closed the connection" : "unknown";
  const EventKind kind = established_ ? EventKind::kNote : EventKind::kHandshakeFailed;
  record_({.kind = kind, .text = established_ ? "TLS failed: " + text : text});
  ERR_clear_error();
  state_ = State::kFailed;
  input_ = Bytes();
  input_read_ = 0;
}

TlsEndpoint::Output TlsEndpoint::TakeOutput() { return std::exchange(output_, {}); }

Bytes TlsEndpoint::TakePlaintext() { return std::exchange(plaintext_, {}); }

void TlsEndpoint::Write(ByteView plaintext) {
  ERR_clear_error();
  while (established_ && !plaintext.empty()) {
    const int count =
        SSL_write(ssl_.get(), plaintext.data(), static_cast<int>(std::min(plaintext.size(), kMostAtOnce)));
    if (count <= 0) {
      return;  // the connection is being shut down; Advance() says so
    }
    plaintext = plaintext.subspan(static_cast<size_t>(count));
  }
}

void TlsEndpoint::Shutdown() {
  if (established_ && state_ != State::kFailed && !std::exchange(shut_down_, true)) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
}

void TlsEndpoint::OnMessage(int is_write, int, int content_type, const void* data, size_t size, SSL* ssl, void*) {
  const ByteView bytes(static_cast<const uint8_t*>(data), size);
  if (content_type == SSL3_RT_HANDSHAKE && size >= 4) {
    Of(ssl).OnHandshakeMessage(is_write == 0, bytes);
  } else if (content_type == SSL3_RT_ALERT && size == 2) {
    Of(ssl).OnAlert(is_write == 0, bytes[0], bytes[1], true);
  }
}

void TlsEndpoint::OnHandshakeMessage(bool incoming, ByteView message) {
  record_({.kind = EventKind::kTlsMessage, .incoming = incoming, .code = message[0]});
  if (incoming && message[0] == kHelloType) {
    record_({.kind = EventKind::kClientHello, .incoming = true, .hello = ParseClientHello(message)});
  }
  if (!incoming) {
    queued_.certificate = queued_.certificate || message[0] == kCertificateType;
    queued_.flight = queued_.flight || message[0] == kCertificateType || message[0] == kFinishedType;
  }
}

// The wire is seen before the library reports: an alert that it reports as well is the same one.
void TlsEndpoint::OnAlert(bool incoming, uint8_t level, uint8_t description, bool decrypted) {
  int& sniffed = sniffed_[incoming ? 1 : 0];
  const int alert = level * 256 + description;
  if (decrypted && std::exchange(sniffed, -1) == alert) {
    return;
  }
  if (!decrypted) {
    sniffed = alert;
  }
  record_({.kind = incoming ? EventKind::kAlertIn : EventKind::kAlertOut,
           .incoming = incoming,
           .code = description,
           .level = level});
}

}  // namespace fakeserver
