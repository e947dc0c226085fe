#include "fakeserver/transcript.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace fakeserver {
namespace {

// How much of an event's text a line shows.
constexpr size_t kShown = 300;

// "C: EHLO client.lab.test": who spoke, and what.
std::string Spoken(const Event& event, std::string_view what) {
  std::string_view who = event.incoming ? "C" : "S";
  std::string_view how = event.in_tls ? " (TLS)" : "";
  return fmt::format("{}{}: {}", who, how, what);
}

std::string Described(const Event& event) {
  const std::string text = certs::Escaped(event.text, kShown);
  switch (event.kind) {
    case EventKind::kCommand:
    case EventKind::kReply:
      return Spoken(event, text);
    case EventKind::kClientHello:
      return Spoken(event,
                    fmt::format("ClientHello, server name {}", event.hello && !event.hello->server_name.empty()
                                                                   ? certs::Escaped(event.hello->server_name, kShown)
                                                                   : "(none)"));
    case EventKind::kTlsMessage:
      return Spoken(event, fmt::format("TLS handshake message {}", event.code));
    case EventKind::kAlertIn:
    case EventKind::kAlertOut:
      return Spoken(event, fmt::format("TLS alert {}, {}", event.code, event.level == 2 ? "fatal" : "warning"));
    case EventKind::kSecret:
      return Spoken(event, fmt::format("SECRET of {}: {}", text, certs::Escaped(event.secret, kShown)));
    case EventKind::kAuthStarted:
    case EventKind::kMailFrom:
    case EventKind::kRcptTo:
    case EventKind::kMessage:
    case EventKind::kClearBytesIn:
    case EventKind::kInjected:
      return Spoken(event, fmt::format("{}: {}", Name(event.kind), text));
    case EventKind::kConnected:
    case EventKind::kCertificateSent:
    case EventKind::kHandshakeDone:
    case EventKind::kHandshakeFailed:
    case EventKind::kFault:
    case EventKind::kPeerClosed:
    case EventKind::kPeerReset:
    case EventKind::kClosed:
    case EventKind::kNote:
      break;
  }
  return text.empty() ? std::string(Name(event.kind)) : fmt::format("{}: {}", Name(event.kind), text);
}

}  // namespace

std::string_view Name(EventKind kind) {
  switch (kind) {
    case EventKind::kConnected:
      return "connected";
    case EventKind::kClearBytesIn:
      return "clear-bytes-in";
    case EventKind::kCommand:
      return "command";
    case EventKind::kReply:
      return "reply";
    case EventKind::kInjected:
      return "injected";
    case EventKind::kClientHello:
      return "client-hello";
    case EventKind::kTlsMessage:
      return "tls-message";
    case EventKind::kCertificateSent:
      return "certificate-sent";
    case EventKind::kHandshakeDone:
      return "handshake-done";
    case EventKind::kHandshakeFailed:
      return "handshake-failed";
    case EventKind::kAlertIn:
      return "alert-in";
    case EventKind::kAlertOut:
      return "alert-out";
    case EventKind::kAuthStarted:
      return "auth-started";
    case EventKind::kSecret:
      return "secret";
    case EventKind::kMailFrom:
      return "mail-from";
    case EventKind::kRcptTo:
      return "rcpt-to";
    case EventKind::kMessage:
      return "message";
    case EventKind::kFault:
      return "fault";
    case EventKind::kPeerClosed:
      return "peer-closed";
    case EventKind::kPeerReset:
      return "peer-reset";
    case EventKind::kClosed:
      return "closed";
    case EventKind::kNote:
      return "note";
  }
  return "?";
}

void Transcript::Add(Event event) {
  if (events_.size() >= kMaxEvents || kept_text_ >= kMaxTotalText) {
    ++dropped_;
    return;
  }
  const size_t room = std::min(kMaxText, kMaxTotalText - kept_text_);
  if (event.text.size() > room) {
    event.text.resize(room);
  }
  if (event.secret.size() > kMaxText) {
    event.secret.resize(kMaxText);
  }
  kept_text_ += event.text.size() + event.secret.size();
  events_.push_back(std::move(event));
}

bool Transcript::Has(EventKind kind) const {
  return std::ranges::any_of(events_, [kind](const Event& event) { return event.kind == kind; });
}

void Transcript::Forget() {
  dropped_ += events_.size();
  events_ = {};
  kept_text_ = 0;
}

std::string ToString(const Event& event) {
  const auto micros = event.at.count();
  return fmt::format("+{}.{:06} s  {}", micros / 1'000'000, micros % 1'000'000, Described(event));
}

}  // namespace fakeserver
