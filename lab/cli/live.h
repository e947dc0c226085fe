// What the verbs `send` and `check` share: one conversation of the verifier's own client with a real server.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/result.h"
#include "lab/cli/dns_findings.h"
#include "lab/cli/statements.h"
#include "lab/verifier/smtp_client.h"

namespace lab {

// The port of each mode, unless another is named (RFC 8314 3.3, RFC 6409 3.1).
inline constexpr uint16_t kImplicitPort = 465, kSubmissionPort = 587;

struct LiveOptions {
  std::string server;          // HOST or HOST:PORT; an IPv6 literal in brackets where a port follows
  int port = 0;                // 0: the one of `server`, else that of the mode
  bool implicit = false;       // TLS from the first byte; port 465 implies it
  bool starttls = false;       // STARTTLS, even on port 465
  std::string address;         // an IP address to connect to, instead of looking the host up
  std::string ca;              // PEM; empty: the system's
  std::string profile;         // of name matching; empty: the default
  std::string helo;            // empty: the address literal of our own end (RFC 5321 4.1.3)
  std::optional<int64_t> now;  // validation time, seconds since the epoch; default: the present
  StatementOptions status;     // lists; default: soft, which asks for a staple and believes it
  int timeout_s = 0;           // 0: as RFC 5321 4.5.3.2; otherwise for each wait
  DnsOptions dns;              // what to ask the DNS; default: nothing but addresses, of the system
};

struct Endpoint {
  std::string host;  // as configured, without brackets and port
  uint16_t port = 0;
  verifier::TlsMode mode = verifier::TlsMode::kStartTls;
  bool operator==(const Endpoint&) const = default;
};
// Takes the server apart. kBadInput: no host, a port that is none or named twice, both modes at once.
certs::Result<Endpoint> EndpointOf(const LiveOptions& options);

struct Live {
  Endpoint endpoint;
  std::string peer;                   // the IP address that took the connection; empty: none was made
  std::optional<DnsFindings> dns;     // if anything was asked
  verifier::SmtpClientConfig config;  // what the client was told
  verifier::SmtpClientResult result;
};

// Connects and lets the client run to its end. `config` says what to do there: message, user, password; the rest is
// filled in from the options. Errors are about the configuration (kBadInput) or the connection (kIo); what the server
// did is in the result. Nobody is connected to if DANE was asked for and a look-up that it needs failed (RFC
// 7672 2.1.2).
certs::Result<Live> MeetServer(const LiveOptions& options, verifier::SmtpClientConfig config);

// "mail.bob.test port 587 (STARTTLS)", escaped.
std::string ToWords(const Endpoint& endpoint);
// "name-mismatch@0: no presented identifier matches ... (RFC 9525 6.6)".
std::string ToWords(const certs::Verdict& verdict);

}  // namespace lab
