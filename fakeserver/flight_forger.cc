#include "fakeserver/flight_forger.h"

#include <fmt/core.h>
#include <openssl/bytestring.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

#include "fakeserver/client_hello.h"
#include "fakeserver/flight_forger_impl.h"
#include "fakeserver/handshake_signature.h"

namespace fakeserver {
namespace {

constexpr size_t kMaxForgedRecord = kMaxPlaintext + 2048;  // RFC 5246 6.2.3; TLS 1.3 allows less
constexpr size_t kMaxHandshake = 128 * 1024;
constexpr uint8_t kUserCanceled = 90, kWarning = 1, kFatal = 2;
constexpr int kNoAlert = -1;

Bytes PublicKeyInfo(const EVP_PKEY* key) {
  bssl::ScopedCBB cbb;
  Bytes out;
  if (CBB_init(cbb.get(), 0) && EVP_marshal_public_key(cbb.get(), key) && CBB_flush(cbb.get())) {
    out.assign(CBB_data(cbb.get()), CBB_data(cbb.get()) + CBB_len(cbb.get()));
  }
  return out;
}

}  // namespace

FlightForger::Impl::Impl(std::shared_ptr<const TlsContext> context, std::function<void(Event)> record)
    : writer_(context->script(), record),
      context_(std::move(context)),
      script_(context_->script()),
      record_(std::move(record)),
      sniffer_({.plaintext_alert =
                    [this](uint8_t level, uint8_t what) {
                      record_({.kind = EventKind::kAlertIn, .incoming = true, .code = what, .level = level});
                    },
                .clear_bytes =
                    [this](ByteView bytes) {
                      record_({.kind = EventKind::kClearBytesIn,
                               .incoming = true,
                               .text = std::string(certs::AsText(bytes))});
                    }}) {}

// ----------------------------------------------------------------------------------------------- records

void FlightForger::Impl::Feed(ByteView bytes) {
  sniffer_.Feed(bytes);
  if (state_ != State::kHandshaking && state_ != State::kOpen) {
    return;
  }
  if (input_.size() - input_read_ + bytes.size() > kMaxInput) {
    Fail("the client sends faster than it is read", SSL_AD_INTERNAL_ERROR);
    return;
  }
  input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(std::exchange(input_read_, 0)));
  certs::Append(input_, bytes);
}

bool FlightForger::Impl::Advance() {
  const bool was_established = established_;
  bool moved = false;
  while ((state_ == State::kHandshaking || state_ == State::kOpen) && established_ == was_established && TakeRecord()) {
    moved = true;
  }
  const bool reading = state_ == State::kHandshaking || state_ == State::kOpen;
  if (!moved && reading && eof_ && !std::exchange(eof_noted_, true)) {
    OnEof();
    moved = true;
  }
  return moved;
}

void FlightForger::Impl::OnEof() {
  if (established_) {
    // Our direction still works: a peer may have closed only its sending side.
    record_({.kind = EventKind::kNote, .incoming = true, .text = "closed without close_notify"});
  } else {
    Fail("the peer closed the connection", kNoAlert);
  }
}

// Handles the next record that has arrived whole; false if there is none.
bool FlightForger::Impl::TakeRecord() {
  const ByteView input = ByteView(input_).subspan(input_read_);
  if (input.empty()) {
    return false;
  }
  const bool tls = input[0] >= SSL3_RT_CHANGE_CIPHER_SPEC && input[0] <= SSL3_RT_APPLICATION_DATA &&
                   (input.size() < 2 || input[1] == SSL3_VERSION_MAJOR);
  if (!tls) {
    Fail("no TLS record", SSL_AD_UNEXPECTED_MESSAGE);
    return true;
  }
  if (input.size() < kRecordHeaderSize) {
    return false;
  }
  const size_t size = size_t{input[3]} << 8 | input[4];
  if (size > kMaxForgedRecord) {
    Fail("a record too long", SSL_AD_RECORD_OVERFLOW);
    return true;
  }
  if (input.size() < kRecordHeaderSize + size) {
    return false;
  }
  const Bytes body(input.begin() + kRecordHeaderSize,
                   input.begin() + static_cast<std::ptrdiff_t>(kRecordHeaderSize + size));
  input_read_ += kRecordHeaderSize + size;
  OnRecord(input_[input_read_ - kRecordHeaderSize - size], body);
  return true;
}

void FlightForger::Impl::OnRecord(uint8_t type, ByteView body) {
  constexpr size_t kAlertSize = 2;
  if (type == SSL3_RT_ALERT && body.size() == kAlertSize) {
    OnAlert(body, true);  // never so short under protection
    return;
  }
  if (type == SSL3_RT_CHANGE_CIPHER_SPEC) {
    if (!tls13_) {
      OnChangeCipherSpec12();
    }
    return;  // TLS 1.3: for the sake of middleboxes only (RFC 8446 D.4)
  }
  std::optional<Record> record = read_.Open(type, body);
  if (!record) {
    Fail("a record that does not decrypt", SSL_AD_BAD_RECORD_MAC);
    return;
  }
  switch (record->type) {
    case SSL3_RT_HANDSHAKE:
      OnHandshakeBytes(record->content);
      break;
    case SSL3_RT_ALERT:
      OnAlert(record->content, false);
      break;
    case SSL3_RT_APPLICATION_DATA:
      if (established_) {
        certs::Append(plaintext_, record->content);
      } else {
        Fail("application data before the handshake is over", SSL_AD_UNEXPECTED_MESSAGE);
      }
      break;
    default:
      Fail("a record of unknown type", SSL_AD_UNEXPECTED_MESSAGE);
  }
}

void FlightForger::Impl::OnAlert(ByteView alert, bool in_clear) {
  if (alert.size() != 2) {
    Fail("a malformed alert", SSL_AD_DECODE_ERROR);
    return;
  }
  if (!in_clear) {  // the sniffer has seen the others
    record_({.kind = EventKind::kAlertIn, .incoming = true, .code = alert[1], .level = alert[0]});
  }
  if (alert[1] == SSL_AD_CLOSE_NOTIFY && established_) {
    state_ = State::kPeerFinished;
    return;
  }
  const bool harmless = alert[1] == kUserCanceled || (!tls13_ && alert[0] == kWarning);
  if (!harmless || alert[1] == SSL_AD_CLOSE_NOTIFY) {
    Fail(fmt::format("the client sent alert {}", alert[1]), kNoAlert);
  }
}

void FlightForger::Impl::OnHandshakeBytes(ByteView bytes) {
  constexpr size_t kMessageHeader = 4;
  certs::Append(messages_, bytes);
  size_t used = 0;
  while ((state_ == State::kHandshaking || state_ == State::kOpen) && messages_.size() - used >= kMessageHeader) {
    const ByteView rest = ByteView(messages_).subspan(used);
    const size_t size = kMessageHeader + (size_t{rest[1]} << 16 | size_t{rest[2]} << 8 | rest[3]);
    if (size > kMaxHandshake) {
      Fail("a handshake message too long", SSL_AD_ILLEGAL_PARAMETER);
      return;
    }
    if (rest.size() < size) {
      break;
    }
    const Bytes message(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
    used += size;
    OnMessage(message);
  }
  messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(used));
}

void FlightForger::Impl::OnMessage(ByteView message) {
  const uint8_t type = message[0];
  record_({.kind = EventKind::kTlsMessage, .incoming = true, .code = type});
  // The client's own certificate is read, and not looked at.
  const bool credential = script_.client_certificate != ClientCertificate::kNone &&
                          (type == SSL3_MT_CERTIFICATE || type == SSL3_MT_CERTIFICATE_VERIFY);
  if (credential && (wait_ == Wait::kFinished || wait_ == Wait::kKeyExchange)) {
    OnCredential(message);
  } else if (type == SSL3_MT_CLIENT_HELLO && (wait_ == Wait::kClientHello || wait_ == Wait::kSecondHello)) {
    OnClientHello(message);
  } else if (type == SSL3_MT_CLIENT_KEY_EXCHANGE && wait_ == Wait::kKeyExchange) {
    OnClientKeyExchange(message);
  } else if (type == SSL3_MT_FINISHED && wait_ == Wait::kFinished) {
    tls13_ ? OnFinished13(message) : OnFinished12(message);
  } else if (wait_ == Wait::kData) {
    OnPostHandshake(message);
  } else {
    Fail(fmt::format("handshake message {} where another is due", type), SSL_AD_UNEXPECTED_MESSAGE);
  }
}

void FlightForger::Impl::OnPostHandshake(ByteView message) {
  if (tls13_ && message[0] == SSL3_MT_KEY_UPDATE) {
    OnKeyUpdate(message);
  } else if (!tls13_ && message[0] == SSL3_MT_CLIENT_HELLO) {
    // It was asked to renegotiate, or asks by itself. We have seen enough (RFC 5246 7.2.2).
    writer_.Alert(kWarning, SSL_AD_NO_RENEGOTIATION);
  } else {
    Fail("a handshake message behind the handshake", SSL_AD_UNEXPECTED_MESSAGE);
  }
}

// ------------------------------------------------------------------------------------------------- hello

void FlightForger::Impl::OnClientHello(ByteView message) {
  record_({.kind = EventKind::kClientHello, .incoming = true, .hello = ParseClientHello(message)});
  std::optional<ClientOffer> offer = ParseClientOffer(message);
  if (!offer) {
    Fail("a malformed ClientHello", SSL_AD_DECODE_ERROR);
    return;
  }
  offer_ = *std::move(offer);
  writer_.hash().Add(message);
  const std::optional<uint16_t> version = ChooseVersion();
  if (!version) {
    Fail("no version in common", SSL_AD_PROTOCOL_VERSION);
    return;
  }
  tls13_ = *version == TLS1_3_VERSION;
  tls13_ ? Begin13() : Begin12();
}

std::optional<uint16_t> FlightForger::Impl::ChooseVersion() const {
  const std::vector<uint16_t> offered = offer_.Versions();
  for (const uint16_t version : {uint16_t{TLS1_3_VERSION}, uint16_t{TLS1_2_VERSION}}) {
    if (version >= script_.min_version && version <= context_->max_version() &&
        std::ranges::find(offered, version) != offered.end()) {
      return version;
    }
  }
  return std::nullopt;
}

void FlightForger::Impl::MakeShare() {
  share_ = KeyShare::Make(group_);
  // As unpredictable as a key, and told apart from it by the hash.
  const Bytes secret = share_ ? share_->public_value() : KeyShare::Make(kX25519)->public_value();
  server_random_.resize(SHA256_DIGEST_LENGTH);
  SHA256(secret.data(), secret.size(), server_random_.data());
  public_value_ = script_.key_share.value;
  if (public_value_.empty() && share_) {
    public_value_ = share_->public_value();
  }
  if (script_.key_share != KeyShareScript{}) {
    record_({.kind = EventKind::kFault, .text = "key share: " + InWords(script_.key_share)});
  }
}

std::optional<Bytes> FlightForger::Impl::Agree(ByteView peer) const {
  constexpr size_t kSecretSize = 32;
  const bool true_half = share_ && script_.key_share.value.empty() && script_.key_share.params.empty();
  const std::optional<Bytes> secret = true_half ? share_->Agree(peer) : std::nullopt;
  return secret || script_.key_share == KeyShareScript{} ? secret : Bytes(kSecretSize);
}

uint16_t FlightForger::Impl::SigningAlgorithm() const {
  return script_.signature.algorithm != 0 ? static_cast<uint16_t>(script_.signature.algorithm)
                                          : ChooseAlgorithm(context_->key(), tls13_, offer_.SignatureAlgorithms());
}

//   struct { SignatureScheme algorithm; opaque signature<0..2^16-1>; }
Bytes FlightForger::Impl::Signature(ByteView input) const {
  const uint16_t algorithm = SigningAlgorithm();
  const SignatureScript& script = script_.signature;
  if (script != SignatureScript{}) {
    record_({.kind = EventKind::kFault, .text = "signature: " + InWords(script)});
  }
  Bytes signature = SignHandshake(context_->key(), algorithm, input);
  switch (script.fault) {
    case SignatureFault::kNone:
    case SignatureFault::kOldHello:  // the input is another's: the caller's affair
      break;
    case SignatureFault::kFlipped:
      // Not in the last octet: of an ECDSA signature, the middle belongs to the larger half of the two numbers.
      if (!signature.empty()) {
        signature[signature.size() / 2] ^= 0x01;
      }
      break;
    case SignatureFault::kEmpty:
      signature.clear();
      break;
    case SignatureFault::kZeros:
      std::ranges::fill(signature, uint8_t{0});
      break;
  }
  const uint16_t named = script.claimed != 0 ? static_cast<uint16_t>(script.claimed) : algorithm;
  Bytes out = {static_cast<uint8_t>(named >> 8), static_cast<uint8_t>(named),
               static_cast<uint8_t>(signature.size() >> 8), static_cast<uint8_t>(signature.size())};
  certs::Append(out, signature);
  return out;
}

// TLS 1.2: ASN.1Cert list<0..2^24-1>; TLS 1.3 has extensions<0..2^16-1> behind each.
Bytes FlightForger::Impl::CertificateList() const {
  const auto length = [](Bytes& out, size_t size) {
    for (int shift = 16; shift >= 0; shift -= 8) {
      out.push_back(static_cast<uint8_t>(size >> shift));
    }
  };
  Bytes list;
  std::vector<Bytes> presented = context_->identity().presented;
  bool raw = false;
  for (const FlightEdit& edit : script_.edits) {
    if (edit.place == FlightPlace::kCertificate && edit.kind == EditKind::kRawPublicKey) {
      record_({.kind = EventKind::kFault, .text = InWords(edit)});
      presented = {PublicKeyInfo(context_->key())};
      raw = true;
    }
  }
  if (raw && !tls13_) {  // RFC 7250 3: no list in TLS 1.2
    length(list, presented.front().size());
    certs::Append(list, presented.front());
    return list;
  }
  for (size_t i = 0; i < presented.size(); ++i) {
    length(list, presented[i].size());
    certs::Append(list, presented[i]);
    certs::Append(list, tls13_ ? CertificateExtensions(i) : Bytes{});
  }
  Bytes out;
  length(out, list.size());
  certs::Append(out, list);
  return out;
}

// --------------------------------------------------------------------------------------------------- ends

void FlightForger::Impl::Establish(const char* version) {
  established_ = true;
  state_ = State::kOpen;
  wait_ = Wait::kData;
  const SSL_CIPHER* cipher = SSL_get_cipher_by_value(suite_->id);
  record_({.kind = EventKind::kHandshakeDone,
           .text = fmt::format("{} {}", version, cipher != nullptr ? SSL_CIPHER_standard_name(cipher) : "?")});
  writer_.SayHandshakeDone();
}

void FlightForger::Impl::Fail(std::string why, int alert) {
  if (alert != kNoAlert) {
    writer_.Alert(kFatal, static_cast<uint8_t>(alert));
  }
  record_({.kind = established_ ? EventKind::kNote : EventKind::kHandshakeFailed,
           .text = established_ ? "TLS failed: " + why : std::move(why)});
  state_ = State::kFailed;
  input_ = Bytes();
  input_read_ = 0;
}

void FlightForger::Impl::Shutdown() {
  if (established_ && state_ != State::kFailed && !std::exchange(shut_down_, true)) {
    writer_.Alert(kWarning, SSL_AD_CLOSE_NOTIFY);
  }
}

// ------------------------------------------------------------------------------------------------ surface

FlightForger::FlightForger(std::shared_ptr<const TlsContext> context, std::function<void(Event)> record)
    : impl_(std::make_unique<Impl>(std::move(context), std::move(record))) {}
FlightForger::~FlightForger() = default;
void FlightForger::Feed(ByteView bytes) { impl_->Feed(bytes); }
void FlightForger::FeedEof() { impl_->eof_ = true; }
bool FlightForger::Advance() { return impl_->Advance(); }
TlsServer::State FlightForger::state() const { return impl_->state_; }
bool FlightForger::established() const { return impl_->established_; }
TlsServer::Output FlightForger::TakeOutput() { return impl_->writer_.TakeOutput(); }
Bytes FlightForger::TakePlaintext() { return std::exchange(impl_->plaintext_, {}); }
void FlightForger::Write(ByteView plaintext) {
  if (impl_->established_ && impl_->state_ != State::kFailed) {
    impl_->writer_.Data(plaintext);
  }
}
void FlightForger::Shutdown() { impl_->Shutdown(); }

}  // namespace fakeserver
