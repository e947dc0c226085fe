#include "lab/verifier/https_get.h"

#include <fmt/format.h>

#include <utility>

namespace verifier {

using certs::Reason;

HttpsGet::HttpsGet(HttpsConfig config) : config_(std::move(config)) {
  const auto reference = ParseReference(config_.host);
  if (!reference) {
    Finish({Reason::kInvalidReference, 0}, std::string(Sentence(reference.error())));
    return;
  }
  TlsClientConfig tls{.reference = config_.host, .sni = *reference, .now = config_.now};
  tls.anchors.assign(config_.anchors.begin(), config_.anchors.end());
  tls_ = std::make_unique<TlsClient>(std::move(tls));
}

HttpsGet::~HttpsGet() = default;

void HttpsGet::Receive(certs::ByteView bytes) {
  if (!over_) {
    tls_->Receive(bytes);
    fresh_ = true;
  }
}

void HttpsGet::ReceiveEof(bool) {
  eof_ = true;
  fresh_ = true;
}

bool HttpsGet::Advance(Micros now) {
  if (over_) {
    return false;
  }
  deadline_ = deadline_.value_or(now + config_.timeout);
  if (now >= *deadline_) {
    Finish({Reason::kTimeout, 0}, "the response did not come in time");
    return true;
  }
  if (!std::exchange(fresh_, false)) {
    return false;
  }
  if (tls_->state() == TlsState::kHandshaking && !Handshake()) {
    return true;
  }
  return ReadReply();
}

// True once it is done.
bool HttpsGet::Handshake() {
  const TlsState state = tls_->Handshake();
  if (state == TlsState::kHandshaking) {
    if (eof_) {
      Finish({Reason::kClosedByPeer, 0}, "closed during the handshake");
    }
    return false;
  }
  if (state != TlsState::kOpen) {
    result_.certificate_refused = !tls_->verification().verdict.ok();
    Finish(tls_->verdict(), tls_->detail());
    return false;
  }
  tls_->Write(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nAccept: text/plain\r\nConnection: close\r\n\r\n",
                          config_.path, config_.host));
  return true;
}

bool HttpsGet::ReadReply() {
  const size_t most = kMaxHttpHead + config_.max_body * 2 + 1024;  // chunks may be small
  const TlsState state = tls_->Read(plain_, most);
  if (state == TlsState::kFailed) {
    Finish(tls_->verdict(), tls_->detail());
    return true;
  }
  // An end without close_notify may have been made by anyone: it ends nothing in good order.
  result_.reply = ReadHttp(certs::AsText(plain_), state == TlsState::kClosed, config_.max_body);
  switch (result_.reply.state) {
    case HttpState::kDone:
      Finish({}, fmt::format("status {}", result_.reply.status));
      return true;
    case HttpState::kMalformed:
      Finish({Reason::kMalformedReply, 0}, "not an HTTP response");
      return true;
    case HttpState::kTooLong:
      Finish({Reason::kMalformedReply, 0}, fmt::format("more than {} octets", config_.max_body));
      return true;
    case HttpState::kIncomplete:
      break;
  }
  if (plain_.size() > most) {
    Finish({Reason::kMalformedReply, 0}, "the response does not end");
  } else if (eof_) {
    Finish({Reason::kClosedByPeer, 0}, "closed within the response");
  }
  return true;
}

void HttpsGet::Finish(certs::Verdict verdict, std::string detail) {
  result_.verdict = verdict;
  result_.detail = std::move(detail);
  over_ = true;
  if (tls_ != nullptr) {
    tls_->Close();
    out_ = tls_->TakeOutput();
  }
}

std::optional<Micros> HttpsGet::NextDeadline() const { return over_ ? std::nullopt : deadline_; }

certs::Bytes HttpsGet::TakeOutput() {
  if (tls_ != nullptr && !over_) {
    certs::Append(out_, tls_->TakeOutput());
  }
  return std::exchange(out_, {});
}

bool HttpsGet::Done() const { return over_ && out_.empty(); }

HttpsConfig StsPolicyAt(const std::string& domain) {
  return {.host = "mta-sts." + domain, .path = "/.well-known/mta-sts.txt"};
}

StsFetch ToStsFetch(const HttpsResult& result) {
  constexpr int kOk = 200;
  if (!result.verdict.ok()) {
    return {.verdict = result.certificate_refused ? result.verdict : certs::Verdict{}, .detail = result.detail};
  }
  // RFC 8461 3.3: anything but 200 is a failure, redirections included.
  if (result.reply.status != kOk) {
    return {.detail = fmt::format("status {}", result.reply.status)};
  }
  if (result.reply.content_type != "text/plain") {
    return {.detail = fmt::format("the media type is \"{}\"", certs::Escaped(result.reply.content_type, 100))};
  }
  auto policy = ParseStsPolicy(result.reply.body);
  if (!policy) {
    return {.malformed = true, .detail = policy.error().detail};
  }
  return {.policy = std::move(*policy)};
}

}  // namespace verifier
