#include "lab/runner/observation.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

#include "certs/bytes.h"

namespace lab {
namespace {

using fakeserver::Event;
using fakeserver::EventKind;
using fakeserver::Transcript;
using fakeserver::Verb;

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
  return upper;
}

bool Contains(std::string_view text, std::string_view part) {
  return !part.empty() && text.find(part) != std::string_view::npos;
}

bool IsHello(Verb verb) { return verb == Verb::kEhlo || verb == Verb::kHelo; }

// Says nothing about the mail or its sender, and follows from habit rather than trust.
bool IsHarmless(Verb verb) {
  return IsHello(verb) || verb == Verb::kNoop || verb == Verb::kRset || verb == Verb::kHelp || verb == Verb::kQuit;
}

// What clients send of a credential that the session could not make out: as it is, and base64 (RFC 4954 4).
std::string Base64(std::string_view text) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < text.size(); i += 3) {
    const std::string_view group = text.substr(i, 3);
    std::array<uint32_t, 3> octet{};
    for (size_t k = 0; k < group.size(); ++k) {
      octet[k] = static_cast<unsigned char>(group[k]);
    }
    const uint32_t bits = octet[0] << 16 | octet[1] << 8 | octet[2];
    for (size_t k = 0; k < 4; ++k) {
      out += k <= group.size() ? kDigits[bits >> (18 - 6 * k) & 0x3f] : '=';
    }
  }
  return out;
}

// What a client says next that has something to deliver. QUIT is not among it: a client that turns away may say so.
bool BeginsWithMailCommand(std::string_view text) {
  constexpr std::array<std::string_view, 7> kVerbs = {"EHLO", "HELO", "MAIL", "RCPT", "DATA", "AUTH", "RSET"};
  return std::ranges::find(kVerbs, Upper(text.substr(0, 4))) != kVerbs.end();
}

// Who complains of a certificate or of its status has read it, though not all that was to come with it may have been
// sent (RFC 8446 6.2, RFC 6066 8).
bool SpeaksOfACertificate(int alert) {
  constexpr std::array kAlerts = {SSL_AD_BAD_CERTIFICATE,
                                  SSL_AD_UNSUPPORTED_CERTIFICATE,
                                  SSL_AD_CERTIFICATE_REVOKED,
                                  SSL_AD_CERTIFICATE_EXPIRED,
                                  SSL_AD_CERTIFICATE_UNKNOWN,
                                  SSL_AD_UNKNOWN_CA,
                                  SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE};
  return std::ranges::find(kAlerts, alert) != kAlerts.end();
}

// Reads one connection. What it finds is added to an observation that spans all connections of a run.
class Reader {
 public:
  Reader(const Honey& honey, Observation& into)
      : honey_(honey),
        into_(into),
        password_alone_(Base64(honey.password)),
        plain_response_(Base64(std::string(1, '\0') + honey.user + std::string(1, '\0') + honey.password)) {}

  void Read(const Transcript& transcript) {
    offered_in_tls_.clear();
    have_message_ = hello_in_tls_pending_ = hello_in_tls_answered_ = tls_failed_ = false;
    for (const Event& event : transcript.events()) {
      OnEvent(event);
    }
  }

  bool started_tls() const { return started_tls_; }

 private:
  void OnAlert(const Event& alert) {
    tls_failed_ |= alert.level == SSL3_AL_FATAL;
    into_.client_alert = into_.client_alert ? into_.client_alert : std::optional(alert.code);
    if (SpeaksOfACertificate(alert.code)) {
      into_.certificate_sent = true;
      Climb(Rung::kCertificateSent);
    }
  }

  void OnEvent(const Event& event) {
    switch (event.kind) {
      case EventKind::kCommand:
        OnCommand(event);
        break;
      case EventKind::kReply:
        OnReply(event);
        break;
      case EventKind::kClearBytesIn:
        OnClearBytes(event.text);
        break;
      case EventKind::kInjected:
        heard_in_clear_ += Upper(event.text);
        break;
      case EventKind::kClientHello:
        if (!into_.client_hello && event.hello) {
          into_.server_name = event.hello->server_name;
          into_.asked_for_staple = event.hello->asked_for_ocsp;
        }
        into_.client_hello = true;
        Climb(Rung::kClientHello);
        break;
      case EventKind::kCertificateSent:
        into_.certificate_sent = true;
        Climb(Rung::kCertificateSent);
        break;
      case EventKind::kHandshakeDone:
        into_.handshake_done = true;
        Climb(Rung::kTlsEstablished);
        have_message_ = false;
        break;
      case EventKind::kHandshakeFailed:
        tls_failed_ = true;
        break;
      case EventKind::kAlertIn:
        OnAlert(event);
        break;
      case EventKind::kAuthStarted:
        (event.in_tls ? into_.auth_in_tls : into_.auth_in_clear) = true;
        Climb(Rung::kAuthStarted);
        break;
      case EventKind::kSecret:
        OnSecret(event.in_tls);
        break;
      case EventKind::kMessage:
        (event.in_tls ? into_.body_in_tls : into_.body_in_clear) = true;
        have_message_ = true;
        Climb(Rung::kMessageBody);
        break;
      case EventKind::kMailFrom:
      case EventKind::kRcptTo:
        OnEnvelope(event.in_tls);
        break;
      case EventKind::kTlsMessage:
        into_.flight_answered |=
            event.incoming && (event.code == SSL3_MT_CLIENT_KEY_EXCHANGE || event.code == SSL3_MT_FINISHED);
        break;
      case EventKind::kConnected:
      case EventKind::kAlertOut:
      case EventKind::kFault:
      case EventKind::kPeerClosed:
      case EventKind::kPeerReset:
      case EventKind::kClosed:
      case EventKind::kNote:
        break;
    }
  }

  void OnClearBytes(std::string_view text) {
    into_.clear_bytes_after_starttls = true;
    into_.went_on_in_clear |= tls_failed_ && BeginsWithMailCommand(text);
    OnClearText(text);
  }

  void OnCommand(const Event& event) {
    if (event.in_tls) {
      OnCommandInTls(event);
    } else {
      OnCommandInClear(event);
    }
  }

  void OnCommandInClear(const Event& event) {
    OnClearText(event.text);
    switch (event.verb) {
      case Verb::kHelo:
      case Verb::kEhlo:
        Climb(Rung::kEhloInClear);
        break;
      case Verb::kStartTls:
        started_tls_ = true;
        Climb(Rung::kStartTlsSent);
        break;
      case Verb::kAuth:
        into_.auth_in_clear = true;
        Climb(Rung::kAuthStarted);
        break;
      case Verb::kMail:
      case Verb::kRcpt:
      case Verb::kData:
        OnEnvelope(false);
        break;
      default:
        break;
    }
  }

  void OnCommandInTls(const Event& event) {
    if (event.verb == Verb::kQuit) {
      return;  // a client that turns away in good order
    }
    into_.command_in_tls = true;
    into_.telling_command_in_tls |= !IsHarmless(event.verb);
    if (hello_in_tls_pending_) {
      into_.spoke_early = true;  // it has its answer already: from an injected reply
    }
    if (IsHello(event.verb)) {
      into_.ehlo_in_tls = true;
      hello_in_tls_pending_ = !hello_in_tls_answered_;
      Climb(Rung::kEhloInTls);
    }
    if (event.verb == Verb::kAuth) {
      into_.auth_in_tls = true;
      Climb(Rung::kAuthStarted);
      NoticeBelief("AUTH");
    }
    if (event.verb == Verb::kMail || event.verb == Verb::kRcpt || event.verb == Verb::kData) {
      OnEnvelope(true);
    }
    if (event.verb == Verb::kMail && Contains(Upper(event.text), " SIZE=")) {
      NoticeBelief("SIZE");
    }
  }

  // A keyword was used that nobody has offered inside TLS: what was heard in clear was believed (RFC 3207 4.2).
  void NoticeBelief(std::string_view keyword) {
    into_.spoke_early |= Contains(heard_in_clear_, keyword) && !Contains(offered_in_tls_, keyword);
  }

  // A reply names the command it answers; kOther for a greeting.
  void OnReply(const Event& event) {
    const bool positive = event.code / 100 == 2;
    if (event.verb == Verb::kOther) {
      Climb(Rung::kGreeted);
    }
    if (IsHello(event.verb) && !event.in_tls) {
      heard_in_clear_ += Upper(event.text);
    }
    if (IsHello(event.verb) && event.in_tls) {
      hello_in_tls_pending_ = false;
      hello_in_tls_answered_ = true;
      offered_in_tls_ += Upper(event.text);
    }
    if (event.verb == Verb::kMail && event.in_tls && positive) {
      into_.mail_accepted_in_tls = true;
    }
    if (event.verb == Verb::kEndOfData && have_message_) {
      have_message_ = false;
      if (positive) {
        (event.in_tls ? into_.delivered_in_tls : into_.delivered_in_clear) = true;
      }
    }
  }

  void OnEnvelope(bool in_tls) {
    (in_tls ? into_.envelope_in_tls : into_.envelope_in_clear) = true;
    Climb(Rung::kEnvelope);
  }

  void OnSecret(bool in_tls) {
    (in_tls ? into_.secret_in_tls : into_.secret_in_clear) = true;
    Climb(Rung::kSecretDisclosed);
  }

  // Honey is looked for in whatever a client says in clear, command or not: a client that talks past the server, or to
  // a port that waits for TLS, gives away just as much.
  void OnClearText(std::string_view text) {
    if (Contains(text, honey_.password) || Contains(text, password_alone_) || Contains(text, plain_response_)) {
      OnSecret(false);
    }
    if (Contains(text, honey_.from) || Contains(text, honey_.to)) {
      OnEnvelope(false);
    }
    if (Contains(text, honey_.token)) {
      into_.body_in_clear = true;
      Climb(Rung::kMessageBody);
    }
  }

  void Climb(Rung rung) { into_.rung = std::max(into_.rung, rung); }

  const Honey& honey_;
  Observation& into_;
  const std::string password_alone_, plain_response_;
  std::string heard_in_clear_;  // over all connections: what one was told may be used on the next
  bool started_tls_ = false;

  // Of the connection being read:
  std::string offered_in_tls_;
  bool have_message_ = false;  // the body arrived, and is not answered yet
  bool hello_in_tls_pending_ = false, hello_in_tls_answered_ = false;
  bool tls_failed_ = false;  // one of the two has given the handshake up
};

}  // namespace

Observation Observe(const std::vector<Transcript>& transcripts, const Honey& honey) {
  Observation observation;
  Reader reader(honey, observation);
  for (const Transcript& transcript : transcripts) {
    if (transcript.http) {
      observation.fetched_status |= transcript.Has(EventKind::kCommand);
      continue;
    }
    ++observation.connections;
    reader.Read(transcript);
  }
  observation.tls_never_tried = !observation.client_hello && !reader.started_tls();
  return observation;
}

bool Reached(const Observation& observation, Rung rung) {
  if (observation.connections == 0) {
    return false;
  }
  switch (rung) {
    case Rung::kConnected:
      return true;
    case Rung::kGreeted:
    case Rung::kEhloInClear:
      return observation.rung >= rung;
    case Rung::kStartTlsSent:
      return !observation.tls_never_tried;
    case Rung::kClientHello:
      return observation.client_hello || observation.certificate_sent || observation.handshake_done;
    case Rung::kCertificateSent:
      return observation.certificate_sent || observation.handshake_done;
    case Rung::kTlsEstablished:
      return observation.handshake_done;
    case Rung::kEhloInTls:
      return observation.command_in_tls;
    case Rung::kAuthStarted:
      return observation.auth_in_tls || observation.secret_in_tls || observation.envelope_in_tls;
    case Rung::kSecretDisclosed:
      return observation.secret_in_tls;
    case Rung::kEnvelope:
      return observation.envelope_in_tls;
    case Rung::kMessageBody:
      return observation.body_in_tls;
  }
  return false;
}

std::string ToSentence(const Observation& observation) {
  if (observation.connections == 0) {
    return "it never connected";
  }
  std::vector<std::string> parts;
  const auto say = [&](bool holds, std::string_view words) {
    if (holds) {
      parts.emplace_back(words);
    }
  };
  say(observation.tls_never_tried && observation.rung > Rung::kEhloInClear, "never tried TLS");
  say(observation.secret_in_clear, "gave its password away in clear");
  say(observation.auth_in_clear && !observation.secret_in_clear, "began to authenticate in clear");
  say(observation.delivered_in_clear, "delivered its mail in clear");
  say(observation.body_in_clear && !observation.delivered_in_clear, "sent the message body in clear");
  say(observation.envelope_in_clear && !observation.body_in_clear, "named sender or recipient in clear");
  say(observation.spoke_early, "did not wait for the reply to its EHLO, or used what it had heard in clear");
  say(observation.went_on_in_clear && !observation.envelope_in_clear, "went on in clear when TLS had failed");
  say(observation.secret_in_tls, "gave its password to the server inside TLS");
  say(observation.auth_in_tls && !observation.secret_in_tls, "began to authenticate inside TLS");
  say(observation.delivered_in_tls, "delivered its mail inside TLS");
  say(observation.body_in_tls && !observation.delivered_in_tls, "sent the message body inside TLS");
  say(observation.envelope_in_tls && !observation.body_in_tls, "named sender or recipient inside TLS");
  say(observation.ehlo_in_tls && parts.empty(), "said hello inside TLS");
  if (parts.empty() && observation.handshake_done) {
    parts.emplace_back("finished the handshake and said nothing more");
  }
  if (parts.empty()) {
    parts.push_back(fmt::format("came as far as \"{}\"", Name(observation.rung)));
  }
  // close_notify is a goodbye, not a complaint.
  if (observation.client_alert && *observation.client_alert != SSL3_AD_CLOSE_NOTIFY) {
    parts.push_back(fmt::format("sent TLS alert {} ({})", *observation.client_alert,
                                SSL_alert_desc_string_long(*observation.client_alert)));
  }
  return "it " + fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace lab
