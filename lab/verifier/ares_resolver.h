// A Resolver on the network: sockets, ports, time and the way over to TCP are c-ares's; the messages are this library's
// own (dns_message.h), since c-ares does not ask for the AD bit and does not know TLSA records; and so is the choice of
// the next resolver, since c-ares forgets why the last one failed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "certs/result.h"
#include "lab/verifier/resolver.h"

namespace verifier {

struct AresConfig {
  std::vector<std::string> servers;  // "127.0.0.1", "[::1]:5353", in order of preference; none: the system's
  uint16_t port = 53;                // of servers that do not say theirs
  ResolverTimes times;
};

class AresResolver : public Resolver {
 public:
  // kBadInput: a server is no address.
  static certs::Result<std::unique_ptr<AresResolver>> Make(AresConfig config);
  ~AresResolver() override;

  void Ask(const DnsQuestion& question) override;
  // Looks what the sockets have; `now` is not needed, since c-ares has a clock of its own.
  bool Advance(Micros now) override;
  std::optional<Micros> NextDeadline() const override;  // none: use Wait
  std::vector<std::pair<DnsQuestion, DnsAnswer>> Take() override;

  // Blocks until something can be done, at most so long; false if nothing is pending.
  bool Wait(std::chrono::milliseconds limit);

 private:
  struct State;
  explicit AresResolver(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace verifier
