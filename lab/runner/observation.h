// What a client gave away, read from the transcripts of all its connections: the disclosure ladder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/verdict.h"
#include "fakeserver/transcript.h"
#include "lab/scenario/scenario.h"

namespace lab {

// Made anew for every run of every scenario, so that whatever leaks is attributable, even on another connection.
struct Honey {
  std::string user, password, helo, from, to, token;  // token stands in the message body
};
Honey MakeHoney(uint64_t seed, std::string_view scenario, std::string_view client);

struct Observation {
  int connections = 0;
  Rung rung = Rung::kConnected;  // the highest reached, in TLS or not; meaningless when connections == 0
  // Reached in clear, when TLS should have been there:
  bool auth_in_clear = false, secret_in_clear = false, envelope_in_clear = false, body_in_clear = false;
  // Reached inside TLS:
  bool command_in_tls = false;  // any but QUIT
  bool ehlo_in_tls = false, auth_in_tls = false, secret_in_tls = false, envelope_in_tls = false, body_in_tls = false;
  bool telling_command_in_tls =
      false;                          // any but EHLO, HELO, NOOP, RSET, HELP and QUIT: a client that trusts its server
  bool mail_accepted_in_tls = false;  // MAIL, answered 2xx
  bool delivered_in_tls = false, delivered_in_clear = false;  // the message arrived whole and was answered 250
  bool client_hello = false, certificate_sent = false, handshake_done = false;
  bool flight_answered = false;  // by a key exchange or a Finished: what the server sent was good enough
  // Inside TLS it did not wait for the reply to its first EHLO, or used a keyword that only clear text had offered: it
  // believed what it had been told in clear.
  bool spoke_early = false;
  bool clear_bytes_after_starttls = false;  // spoke clear text where TLS should be
  // ... a mail command, not QUIT, when the handshake had failed: whoever answers it is told the rest.
  bool went_on_in_clear = false;
  std::optional<int> client_alert;  // the first alert the client sent
  std::string server_name;          // SNI of the first ClientHello
  bool asked_for_staple = false;    // status_request in the first ClientHello (RFC 6066 8)
  bool tls_never_tried = false;
  bool fetched_status = false;  // it asked the web server for revocation data
};

Observation Observe(const std::vector<fakeserver::Transcript>& transcripts, const Honey& honey);

// Whether the client came as far as `rung`, by the road that leads there: a mail transaction in clear is further up the
// ladder than a certificate, but no evidence that one was ever seen.
bool Reached(const Observation& observation, Rung rung);

// One sentence: how far it went and what it gave away.
std::string ToSentence(const Observation& observation);

}  // namespace lab
