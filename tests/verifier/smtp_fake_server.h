// A scripted mail server for the client's tests: bytes in, bytes out, its own little TLS endpoint. It says exactly what
// the script says and remembers everything that it heard. Converse() lets a client meet it in virtual time.
#pragma once

#include <openssl/base.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "certs/issue.h"
#include "certs/spec.h"
#include "lab/verifier/smtp_client.h"

namespace verifier {

// The virtual date of every test.
inline constexpr int64_t kTestNow = 1'800'000'000;

// Issues with one key ring for the whole program.
std::shared_ptr<const certs::IssuedChain> IssueForTest(const certs::ChainSpec& spec);

// What the server does. The default behaves well; but it offers AUTH in clear, too, for whoever is foolish enough.
struct FakeScript {
  TlsMode mode = TlsMode::kStartTls;
  std::string greeting = "220 mail.bob.test ready\r\n";
  std::string ehlo_in_clear = "250-mail.bob.test\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n";
  std::string ehlo_in_tls = "250-mail.bob.test\r\n250 AUTH PLAIN LOGIN\r\n";
  // Instead of the good reply, by verb; "user" and "password" are the lines of AUTH LOGIN, "." is the end of the data.
  std::map<std::string, std::string> replies;
  std::string behind_220;             // in clear, in one piece with the reply to STARTTLS
  std::string after_client_hello;     // in clear, instead of a ServerHello
  std::string after_handshake;        // inside TLS, unasked
  std::string hang_up_after;          // the verb whose reply is the last thing sent; "greeting", "handshake"
  bool close_notify = true;           // say so when hanging up inside TLS
  std::string answers_in_the_middle;  // once some of the message has come, but not its end
  // AUTH SCRAM-SHA-256: the server knows this password and proves it, unless it is to lie or to leave the proof out.
  std::string scram_password = std::string("honey-password");
  bool scram_lies = false, scram_skips_proof = false;

  certs::ChainSpec chain = certs::GoodChain();
  uint16_t min_version = 0, max_version = 0;  // 0: the library's
  bool flip_signature = false;                // the handshake signature is wrong by one bit
  // TLS 1.2 only: the body of the Certificate message, instead of the chain.
  std::optional<certs::Bytes> certificate_body;
  size_t record_size = 0;                     // TLS 1.2 only: the flight comes in records of so many octets
  std::string ciphers;                        // the only ones for TLS 1.2, as OpenSSL spells them
  std::string groups;                         // the only ones
  std::vector<uint16_t> signatures;           // the only ones
  std::optional<std::string> picks_protocol;  // by ALPN, whatever was offered
  bool early_data = false;                    // its tickets invite early data
  bool asks_to_renegotiate = false;           // a HelloRequest right after the handshake; TLS 1.2, AES-128-GCM
};

// All servers share one ticket key, as the hosts of a provider do: any of them resumes the sessions of any other.
class FakeServer {
 public:
  explicit FakeServer(FakeScript script);
  ~FakeServer();

  void Receive(certs::ByteView bytes);
  certs::Bytes TakeOutput();
  bool closed() const { return closed_; }  // nothing follows the output

  // What was heard.
  std::string in_clear;             // before TLS, as it came
  size_t behind_client_hello = 0;   // octets that came after the first TLS record
  std::vector<std::string> in_tls;  // lines inside TLS, without CRLF; the message is one entry
  std::optional<int> alert;         // description of the alert that the client sent
  std::string sni;
  std::set<int> extensions;  // of the first ClientHello
  bool resumed = false;
  bool handshake_done = false;
  std::string scram_header;  // "n,,", "y,,", "p=tls-exporter,,"

 private:
  struct Tls;
  void Say(std::string_view text);
  void Answer(const std::string& verb, std::string_view reply);
  void OnLine(const std::string& line);
  void OnTlsBytes();
  void TakeLines(std::string& buffer);
  void BeginTls();
  void ConfigureTls(SSL_CTX* context);
  void AskToRenegotiate();
  void HangUp();
  static ssl_select_cert_result_t OnClientHello(const SSL_CLIENT_HELLO* hello);

  FakeScript script_;
  std::unique_ptr<Tls> tls_;
  std::string line_buffer_;
  certs::Bytes out_;
  bool closed_ = false, in_data_ = false;
  std::string expected_secret_;  // "user" or "password" while AUTH LOGIN runs; "scram", "scram-end"
  std::string scram_first_;      // what SCRAM said so far, as both sides sign it
  std::string Scram(const std::string& line);
  bool saw_client_hello_ = false, said_in_clear_ = false;
};

// How the wire between them behaves.
struct Wire {
  size_t chunk = std::numeric_limits<size_t>::max();                        // octets that the client gets at once
  size_t cut_at = std::numeric_limits<size_t>::max();                       // server octets that arrive before ...
  enum class Cut : uint8_t { kClose, kReset, kSilence } cut = Cut::kClose;  // ... this
  Micros pause{0};                                                          // between two chunks
};

struct Talk {
  SmtpClientResult result;
  bool ended = false;        // the client was done before the step limit
  Micros duration{0};        // virtual
  size_t server_octets = 0;  // that reached the client
  std::string in_clear;
  size_t behind_client_hello = 0;
  std::vector<std::string> in_tls;
  std::optional<int> alert;
  std::string sni;
  std::set<int> extensions;
  bool resumed = false;
  std::string scram_header;     // what the client said of the channel binding
  bool handshake_done = false;  // on the server's side: it got the client's Finished

  // Neither AUTH, MAIL, RCPT, DATA or HELO nor anything that is secret was said in clear.
  bool KeptQuietInClear() const;
};

// Credentials, helo and message as in every test; the anchors of `script`'s chain.
SmtpClientConfig TestConfig(const FakeScript& script);
inline constexpr std::string_view kUser = "honey-user";
inline constexpr std::string_view kPassword = "honey-password";

Talk Converse(const SmtpClientConfig& config, const FakeScript& script, const Wire& wire = {});
Talk Converse(const FakeScript& script, const Wire& wire = {});

}  // namespace verifier
