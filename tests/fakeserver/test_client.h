// A small SMTP and TLS client for tests: speaks what it is told, over any ByteStream, with BoringSSL.
#pragma once

#include <openssl/ssl.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fakeserver/connection.h"

namespace fakeserver {

struct ClientTls {
  uint16_t min_version = TLS1_2_VERSION, max_version = TLS1_3_VERSION;
  std::string server_name = "mail.bob.test";  // empty: none is sent
  std::vector<uint16_t> verify_algorithms;    // signature algorithms offered; empty: BoringSSL's
  std::string groups;                         // empty: BoringSSL's
  std::string ciphers;                        // TLS 1.2; empty: BoringSSL's
  bool reject_certificate = false;            // as any verifier would: bad_certificate
};

// A client that takes what BoringSSL can verify at all, in this version only.
ClientTls Tolerant(uint16_t version);

// One end of a connection, driven by Turn(). Not a model client: it verifies nothing, and says what it is told when it
// is told.
class TestClient {
 public:
  explicit TestClient(ByteStream& stream) : stream_(stream) {}

  // Does what can be done now; true if anything happened.
  bool Turn();

  void SendClear(std::string_view text) { clear_out_ += text; }
  void BeginTls(const ClientTls& settings);
  void SendTls(std::string_view text) { tls_out_ += text; }
  void CloseNotify();
  void Close(CloseKind kind) { stream_.Close(kind); }

  // Everything that was received outside and inside TLS, and the lengths of the reads.
  std::string clear, inside;
  std::vector<size_t> reads;
  bool tls_open = false, tls_failed = false;
  std::string tls_error;              // BoringSSL's reason
  std::optional<int> alert_received;  // description
  bool peer_closed = false, peer_reset = false, got_close_notify = false;
  std::string version;
  std::vector<Bytes> chain;  // as presented

 private:
  friend struct StreamBio;
  bool TurnTls();
  bool FlushClear();

  ByteStream& stream_;
  bssl::UniquePtr<SSL_CTX> ctx_;
  bssl::UniquePtr<SSL> ssl_;
  std::string clear_out_, tls_out_;
  bool moved_ = false;
};

// A server's connection and a client over a memory pipe, with a clock of its own.
class Meeting {
 public:
  explicit Meeting(Behaviour behaviour, size_t capacity = 64 * 1024);

  // Turns both until neither moves.
  void Run();
  // Run, and while something waits for its time, the clock jumps there.
  void RunOut();

  // EHLO, STARTTLS, handshake, EHLO; as far as the server lets it come.
  void StartTls(const ClientTls& settings = {});
  // TLS, EHLO.
  void StartImplicit(const ClientTls& settings = {});
  void Say(std::string_view line);  // in TLS, with CRLF; runs

  std::vector<Event> All(EventKind kind) const;
  bool Has(EventKind kind) const { return connection.transcript().Has(kind); }
  std::string Text() const;  // the transcript, for messages of failed assertions

  MemoryPipe pipe;
  Connection connection;
  TestClient client;
  Micros now{0};
};

// A chain under a fixed seed and date; the spec is GoodChain() or an edit of it.
std::shared_ptr<const certs::IssuedChain> Issued(const certs::ChainSpec& spec = certs::GoodChain());
// A good server with that chain.
Behaviour Good(TlsMode mode = TlsMode::kStartTls);

// A client's socket, connected to 127.0.0.1.
class ClientSocket : public ByteStream {
 public:
  explicit ClientSocket(uint16_t port, int receive_buffer = 0);
  ~ClientSocket() override;
  IoResult Read(std::span<uint8_t> into) override;
  IoResult Write(ByteView from) override;
  void Close(CloseKind kind) override;
  bool connected() const { return connected_; }
  // Blocks until it can be read, or `milliseconds` have gone.
  bool WaitReadable(int milliseconds) const;

 private:
  int fd_ = -1;
  bool connected_ = false;
};

}  // namespace fakeserver
