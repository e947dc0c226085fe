// The kernel's share of a connection: the same octets in the same turns over the same kind of sockets, with nothing in
// them and nothing done with them. What is left of a server's cost beside that is the server's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bench/mail_client.h"

namespace bench {

// What one end says before the other speaks again.
struct Turn {
  bool from_server = false;
  size_t octets = 0;
};

// The client's half of such a conversation.
class PlainClient : public Caller {
 public:
  explicit PlainClient(const std::vector<Turn>& turns) : turns_(turns) { Advance({}); }

  void Receive(certs::ByteView bytes) override;
  void ReceiveEof(bool reset) override { failed_ = failed_ || reset || !Done(); }
  bool Advance(verifier::Micros now) override;
  std::optional<verifier::Micros> NextDeadline() const override { return std::nullopt; }
  certs::Bytes TakeOutput() override { return std::exchange(output_, {}); }
  bool Done() const override { return failed_ || at_ == turns_.size(); }

  bool ok() const override { return Done() && !failed_; }
  bool shook_hands() const override { return ok(); }
  std::string negotiated() override { return "octets"; }

 private:
  const std::vector<Turn>& turns_;
  size_t at_ = 0, heard_ = 0;  // octets of the turn
  certs::Bytes output_;
  bool failed_ = false;
};

// A server that plays its half to everybody, on a thread of its own, as plainly as the kernel lets it.
class PlainServer {
 public:
  explicit PlainServer(std::vector<Turn> turns);
  ~PlainServer();
  PlainServer(const PlainServer&) = delete;
  PlainServer& operator=(const PlainServer&) = delete;

  uint16_t port() const { return port_; }  // 0: it could not start

 private:
  struct Guest {
    int socket = -1;
    size_t at = 0, heard = 0;
  };
  void Serve();
  void Accept(int epoll);
  // Whether the guest stays.
  bool Play(Guest& guest);
  void Leave(std::unordered_map<int, Guest>::iterator guest);

  const std::vector<Turn> turns_;
  std::vector<char> octets_;  // as many as the longest turn
  int listener_ = -1, wake_ = -1;
  uint16_t port_ = 0;
  std::unordered_map<int, Guest> guests_;  // the thread's; by socket
  std::jthread thread_;
};

}  // namespace bench
