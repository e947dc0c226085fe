// One connection of the fake server: session + TLS + faults over a ByteStream, driven by Advance(). No threads, no
// clock, no sockets.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "certs/issue.h"
#include "fakeserver/byte_stream.h"
#include "fakeserver/conversation.h"
#include "fakeserver/http_connection.h"
#include "fakeserver/scripts.h"
#include "fakeserver/tls_context.h"
#include "fakeserver/transcript.h"

namespace fakeserver {

// Everything one visit meets. Shared by all connections that meet the same; immutable.
struct Behaviour {
  TlsMode mode = TlsMode::kStartTls;
  SmtpScript smtp;
  TlsScript tls;
  LinkScript link;
  std::shared_ptr<const certs::IssuedChain> identity;  // never null when a handshake is possible
  std::shared_ptr<const HttpSite> site;                // a web server instead: nothing else of this counts
  TlsContextSlot tls_context;                          // made of the above on first use; leave it alone
};

// Prepares the TLS side now instead of on first use, and says what is wrong with it: kUnsupported for a leaf that
// BoringSSL will not present (see CanServe). A connection that needs TLS it cannot have records a kNote and closes.
certs::Result<void> Prepare(const Behaviour& behaviour);

// How it ends. After the last reply (QUIT, a limit, a failed handshake, the kClose cut) it closes its sending side,
// with close_notify in TLS unless the cut says otherwise, and then still reads, for kLinger or kLingerBytes at most,
// until the peer closes too: late alerts and secrets are evidence, and unread bytes would turn the close into a reset.
// A peer that has closed only its sending side still gets its replies.
//
// While a kHold waits, or a kSilence cut has been made, what the client sends is still read and recorded when it comes;
// only the server's side waits.
class Connection : public Conversation {
 public:
  static constexpr Micros kLinger = std::chrono::seconds(2);
  static constexpr size_t kLingerBytes = 1024 * 1024;

  // Borrows `stream` for its lifetime.
  Connection(std::shared_ptr<const Behaviour> behaviour, ByteStream& stream);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The first call stamps kConnected.
  bool Advance(Micros now) override;
  std::optional<Micros> NextDeadline() const override;
  void Abort(Micros now, const std::string& why) override;
  // True once the stream has been closed from either side and nothing more will happen.
  bool Done() const override;

  // Valid until the connection dies.
  const Transcript& transcript() const;
  Transcript TakeTranscript() override;
  void OnEvent(std::function<void(const Event&)> listener) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fakeserver
