// Property: a client that needs TLS gives nothing away, whatever a server says in clear: it says EHLO, STARTTLS, QUIT
// and TLS handshake and nothing else, comes to no good verdict, and ends in a bounded number of steps.
//
// Input: one octet (bit 0: implicit TLS; bits 1..7: octets a segment, 0 = all at once), then what the server says.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/fuzz.h"
#include "lab/verifier/smtp_client.h"

namespace {

using fuzz::Require;

// Takes the lines that may be said in clear off `sent`; what is left must be TLS.
std::string_view BehindTheClearText(std::string_view sent) {
  for (bool found = true; found;) {
    found = false;
    for (std::string_view line : {"EHLO client.lab.test\r\n", "STARTTLS\r\n", "QUIT\r\n"}) {
      if (sent.starts_with(line)) {
        sent.remove_prefix(line.size());
        found = true;
      }
    }
  }
  return sent;
}

// Only whole records, and none that could carry a command: application data in TLS 1.3 is 17 octets longer than what it
// says, and an alert says two.
void RequireOnlyHandshake(std::string_view records) {
  constexpr size_t kEncryptedAlert = 2 + 17;
  while (!records.empty()) {
    Require(records.size() >= 5, "what is sent behind the clear text are whole TLS records");
    const auto type = static_cast<uint8_t>(records[0]);
    Require(type >= 20 && type <= 23, "of a type that there is");
    const size_t length = static_cast<size_t>(static_cast<uint8_t>(records[3])) << 8 | static_cast<uint8_t>(records[4]);
    Require(records.size() >= 5 + length, "none is cut off");
    Require(type != 23 || length <= kEncryptedAlert, "none is long enough for a command");
    records.remove_prefix(5 + length);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  certs::ByteView pending(data + 1, size - 1);
  verifier::SmtpClientConfig config;
  config.reference = "mail.bob.test";
  config.mode = (data[0] & 1) != 0 ? verifier::TlsMode::kImplicit : verifier::TlsMode::kStartTls;
  config.user = "honey-user";
  config.password = "honey-password";
  config.message = verifier::Message{.from = "honey@alice.test", .to = {"honey@bob.test"}, .body = "honey\n"};
  const size_t segment = data[0] >> 1 == 0 ? pending.size() : data[0] >> 1;

  verifier::SmtpClient client(config);
  std::string sent;
  verifier::Micros now{0};
  bool told = false;
  // Each segment is a step, and so is each wait; there are fewer than twenty waits.
  size_t steps = 2 * pending.size() + 100;
  while (!client.Done()) {
    Require(steps-- > 0, "the client comes to an end");
    client.Advance(now);
    sent += certs::AsText(client.TakeOutput());
    if (!pending.empty()) {
      const size_t length = std::min(segment, pending.size());
      client.Receive(fuzz::Exact(certs::AsText(pending.first(length))).bytes());
      pending = pending.subspan(length);
    } else if (!told && (size & 1) != 0) {
      client.ReceiveEof(false);
      told = true;
    } else if (const std::optional<verifier::Micros> deadline = client.NextDeadline()) {
      now = std::max(now, *deadline);
    }
  }
  const verifier::SmtpClientResult& result = client.result();
  Require(!result.verdict.ok() && !result.verified, "nobody was verified");
  RequireOnlyHandshake(BehindTheClearText(sent));
  return 0;
}
