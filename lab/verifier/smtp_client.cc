#include "lab/verifier/smtp_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <string_view>
#include <utility>

#include "lab/verifier/smtp_client_impl.h"

namespace verifier {
namespace {

// One octet more than the longest reply: whatever waits beyond it was not asked for.
constexpr size_t kMaxWaiting = kMaxReply + 1;
constexpr size_t kShownLine = 1000;

bool IsTlsRecordType(uint8_t octet) { return octet >= 20 && octet <= 23; }

// Why the configuration cannot be used without saying something other than what was meant; empty if it can.
std::string Unusable(const SmtpClientConfig& config) {
  if (!IsSafeDomain(config.helo)) {
    return "the name for EHLO is empty, too long or has a space or control character in it";
  }
  if (config.message) {
    if (std::string why = WhyUnsendable(*config.message); !why.empty()) {
      return why;
    }
  }
  if (!IsSafeCredential(config.user.value_or("")) || !IsSafeCredential(config.password.value_or(""))) {
    return "the user name or the password is too long or contains NUL";
  }
  return "";
}

}  // namespace

std::string_view Name(Stage stage) {
  switch (stage) {
    case Stage::kConnected:
      return "connected";
    case Stage::kGreeted:
      return "greeted";
    case Stage::kEhlo:
      return "ehlo";
    case Stage::kStartTlsSent:
      return "starttls-sent";
    case Stage::kHandshake:
      return "handshake";
    case Stage::kVerified:
      return "verified";
    case Stage::kAuthenticated:
      return "authenticated";
    case Stage::kDelivered:
      return "delivered";
  }
  return "unknown";
}

Timeouts Timeouts::Uniform(Micros limit) {
  return {.greeting = limit,
          .ehlo = limit,
          .starttls = limit,
          .handshake = limit,
          .auth = limit,
          .mail = limit,
          .rcpt = limit,
          .data = limit,
          .block = limit,
          .end_of_data = limit,
          .quit = limit};
}

// ------------------------------------------------------------------------------------------------ bytes and time

void SmtpClient::Impl::Receive(ByteView bytes) {
  if (wait_ == Wait::kNothing || eof_ || bytes.empty()) {
    return;
  }
  received_ = true;
  if (spoke_tls_) {
    tls_->Receive(bytes);
    return;
  }
  // What does not fit is dropped; what fits is already too much to be an answer, and will be refused for that.
  const size_t limit = secure() ? kMaxCipherText : kMaxWaiting;
  certs::Append(in_, bytes.first(std::min(bytes.size(), limit - std::min(limit, in_.size()))));
}

void SmtpClient::Impl::ReceiveEof(bool reset) {
  received_ = received_ || !eof_;
  eof_ = true;
  reset_ = reset_ || reset;
}

bool SmtpClient::Impl::Advance(Micros now) {
  now_ = now;
  bool progress = std::exchange(received_, false);
  if (wait_ == Wait::kStart) {
    Start();
    progress = true;
  }
  while (wait_ != Wait::kNothing && Step()) {
    progress = true;
  }
  if (wait_ == Wait::kBlock) {
    progress |= SendBlock();
  }
  if (wait_ != Wait::kNothing && eof_) {
    const char* how = reset_ ? "the server reset the connection" : "the server closed the connection";
    Finish({Reason::kClosedByPeer}, fmt::format("{}{}", how, parser_.midway() ? " in the middle of a reply" : ""),
           Leave::kAbort);
    progress = true;
  }
  if (wait_ != Wait::kNothing && deadline_ && now_ >= *deadline_) {
    Finish({Reason::kTimeout}, fmt::format("the server did not answer in time (stage {})", Name(result_.stage)),
           Leave::kAbort);
    progress = true;
  }
  Collect();
  return progress;
}

Bytes SmtpClient::Impl::TakeOutput() { return std::exchange(out_, {}); }

std::optional<Micros> SmtpClient::Impl::NextDeadline() const {
  if (wait_ == Wait::kStart) {
    return Micros(0);  // the first Advance is due at once
  }
  return wait_ == Wait::kNothing ? std::nullopt : deadline_;
}

void SmtpClient::Impl::Start() {
  result_.verdict = {Reason::kClosedByPeer, 0};
  result_.detail = "the conversation has not ended";
  std::expected<Reference, NameReason> reference = ParseReference(config_.reference);
  if (!reference) {
    return Finish({Reason::kInvalidReference},
                  fmt::format("{}: {}", certs::Escaped(config_.reference, kShownText), Sentence(reference.error())),
                  Leave::kAbort);
  }
  reference_ = *std::move(reference);
  if (std::string why = Unusable(config_); !why.empty()) {
    return Finish({Reason::kCommandRefused}, std::move(why), Leave::kAbort);
  }
  if (config_.trust.mode == TrustMode::kNothing) {
    return Finish(config_.trust.verdict, config_.trust.why, Leave::kAbort);
  }
  if (config_.mode == TlsMode::kImplicit) {
    return StartTls();
  }
  Await(Wait::kGreeting, config_.timeouts.greeting);
}

// Takes one step; returns false if nothing can be done with what has arrived.
bool SmtpClient::Impl::Step() { return wait_ == Wait::kHandshake ? StepHandshake() : StepReply(); }

// ------------------------------------------------------------------------------------------------ TLS

void SmtpClient::Impl::StartTls() {
  TlsClientConfig config;
  config.reference = config_.reference;
  config.sni = reference_;
  config.anchors.assign(config_.anchors.begin(), config_.anchors.end());
  config.now = config_.now;
  config.names = config_.names;
  config.trust = config_.trust;
  config.alpn = config_.alpn;
  config.sessions = config_.sessions;
  config.port = config_.port;
  config.policy = config_.policy;
  config.revocation = config_.revocation;
  config.crls.assign(config_.crls.begin(), config_.crls.end());
  tls_ = std::make_unique<TlsClient>(std::move(config));
  // RFC 3207 4.2: whatever was learnt in clear is forgotten.
  offers_ = {};
  parser_ = {};
  result_.stage = Stage::kHandshake;
  Await(Wait::kHandshake, config_.timeouts.handshake);
  tls_->Handshake();  // sends the ClientHello
}

bool SmtpClient::Impl::StepHandshake() {
  if (!spoke_tls_ && !in_.empty()) {
    // Text that arrives a moment after the 220 is as forged as text in the same segment, and gets the same verdict.
    if (config_.mode == TlsMode::kStartTls && !IsTlsRecordType(in_.front())) {
      Finish({Reason::kClearTextBehind220},
             fmt::format("behind 220 came \"{}\" in clear", certs::Escaped(in_, kShownText)), Leave::kAbort);
      return true;
    }
    spoke_tls_ = true;
    tls_->Receive(std::exchange(in_, {}));
  }
  if (!tls_->HasInput() && tls_->state() == TlsState::kHandshaking) {
    return false;
  }
  switch (tls_->Handshake()) {
    case TlsState::kHandshaking:
      return false;  // has taken all there was
    case TlsState::kFailed:
      FinishTls();
      return true;
    case TlsState::kOpen:
    case TlsState::kClosed:
      OnVerified();
      return true;
  }
  return false;
}

// The decision is made; from here on, and not before, the server may be told things.
void SmtpClient::Impl::OnVerified() {
  result_.stage = Stage::kVerified;
  result_.verified = true;
  if (config_.mode == TlsMode::kImplicit) {
    return Await(Wait::kGreeting, config_.timeouts.greeting);
  }
  FillPlain();
  if (!plain_.empty()) {
    return Finish({Reason::kMalformedReply}, "the server spoke inside TLS before it was asked", Leave::kAbort);
  }
  SendEhlo();
}

void SmtpClient::Impl::FinishTls() { Finish(tls_->verdict(), tls_->detail(), Leave::kAbort); }

// ------------------------------------------------------------------------------------------------ replies

// Decrypts what has arrived. Returns false if the TLS connection is over and nothing is left to read.
bool SmtpClient::Impl::FillPlain() {
  const TlsState state = tls_->Read(plain_, kMaxWaiting);
  return state == TlsState::kOpen || !plain_.empty();
}

bool SmtpClient::Impl::StepReply() {
  if (secure() && !FillPlain()) {
    if (tls_->state() == TlsState::kFailed) {
      FinishTls();
    } else {
      Finish({Reason::kClosedByPeer}, "the server closed the TLS connection", Leave::kAbort);
    }
    return true;
  }
  Bytes& waiting = Waiting();
  const size_t taken = parser_.Consume(waiting);
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(taken));
  switch (parser_.state()) {
    case ReplyParser::State::kIncomplete:
      return false;
    case ReplyParser::State::kMalformed:
      Finish({Reason::kMalformedReply}, std::string(Sentence(parser_.error())), Leave::kAbort);
      return true;
    case ReplyParser::State::kComplete:
      OnReply(parser_.Take());
      return true;
  }
  return false;
}

// ------------------------------------------------------------------------------------------------ the end

void SmtpClient::Impl::Send(Wait wait, std::string_view text, Micros timeout, std::string_view shown) {
  Record(/*from_client=*/true, shown.empty() ? text : shown);
  if (secure()) {
    tls_->Write(text);
  } else {
    out_.insert(out_.end(), text.begin(), text.end());
  }
  Await(wait, timeout);
}

void SmtpClient::Impl::Record(bool from_client, std::string_view text) {
  if (!config_.record || result_.dialogue.size() >= kMaxDialogue) {
    return;
  }
  text = text.substr(0, std::min(text.find("\r\n"), text.size()));
  result_.dialogue.push_back(
      {.from_client = from_client, .secure = secure(), .text = certs::Escaped(text, kShownLine)});
}

// Every wait has one deadline, set when it begins: a reply that drips in gets no more time than one that does not come.
void SmtpClient::Impl::Await(Wait wait, Micros timeout) {
  wait_ = wait;
  deadline_ = now_ + timeout;
}

void SmtpClient::Impl::Finish(certs::Verdict verdict, std::string detail, Leave leave) {
  if (!decided_) {
    decided_ = true;
    result_.verdict = verdict;
    result_.detail = std::move(detail);
  }
  // Before the server is verified, QUIT may be said in clear, where it is worth nothing, but never inside TLS.
  if (leave == Leave::kQuit && wait_ != Wait::kQuit && (!secure() || result_.verified)) {
    return Send(Wait::kQuit, "QUIT\r\n", config_.timeouts.quit);
  }
  End();
}

void SmtpClient::Impl::End() {
  wait_ = Wait::kNothing;
  deadline_.reset();
  in_.clear();
  plain_.clear();
  if (tls_) {
    tls_->Close();
    result_.verification = tls_->verification();
    result_.chain = tls_->chain();
    result_.staples = tls_->staples();
    result_.tls = tls_->facts();
  }
}

void SmtpClient::Impl::Collect() {
  if (tls_) {
    certs::Append(out_, tls_->TakeOutput());
  }
}

// ------------------------------------------------------------------------------------------------ SmtpClient

SmtpClient::SmtpClient(SmtpClientConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
SmtpClient::~SmtpClient() = default;
void SmtpClient::Receive(ByteView bytes) { impl_->Receive(bytes); }
void SmtpClient::ReceiveEof(bool reset) { impl_->ReceiveEof(reset); }
bool SmtpClient::Advance(Micros now) { return impl_->Advance(now); }
Bytes SmtpClient::TakeOutput() { return impl_->TakeOutput(); }
bool SmtpClient::Done() const { return impl_->Done(); }
std::optional<Micros> SmtpClient::NextDeadline() const { return impl_->NextDeadline(); }
const SmtpClientResult& SmtpClient::result() const { return impl_->result(); }

}  // namespace verifier
