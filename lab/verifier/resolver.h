// Whoever answers DNS questions: several resolvers may be asked, one after the other, each within its time. Nothing
// blocks: questions go in, the caller drives, answers come out.
//
// Two make one: MemoryResolver (here) talks to functions in virtual time, for tests and the lab's memory wire;
// AresResolver (ares_resolver.h) talks to the network by c-ares.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "lab/verifier/dns_message.h"
#include "lab/verifier/endpoint.h"

namespace verifier {

// How long a resolver is waited for, and how often all of them are tried.
struct ResolverTimes {
  Micros per_try = std::chrono::seconds(2);
  int tries = 2;  // rounds over all resolvers
};

class Resolver {
 public:
  virtual ~Resolver() = default;
  // Asks; exactly one answer will come, whatever happens.
  virtual void Ask(const DnsQuestion& question) = 0;
  // Takes things as far as they go now; true if anything happened.
  virtual bool Advance(Micros now) = 0;
  // When Advance must be called again at the latest; none: when the network has something.
  virtual std::optional<Micros> NextDeadline() const = 0;
  // The answers that have come since the last call.
  virtual std::vector<std::pair<DnsQuestion, DnsAnswer>> Take() = 0;
};

// What a resolver of memory says to a query: the bytes, and how much later. Empty bytes: nothing, ever.
struct MemoryReply {
  Bytes message;
  Micros delay{0};
};
// `server` counts from 0 in the order of preference; `tcp` after a truncated answer.
using MemoryServer = std::function<MemoryReply(ByteView query, int server, bool tcp)>;

// Deterministic: no sockets, no clock but the caller's, message IDs that count up.
class MemoryResolver : public Resolver {
 public:
  // `servers`: how many there are to ask.
  explicit MemoryResolver(MemoryServer server, int servers = 1, ResolverTimes times = {});
  void Ask(const DnsQuestion& question) override;
  bool Advance(Micros now) override;
  std::optional<Micros> NextDeadline() const override;
  std::vector<std::pair<DnsQuestion, DnsAnswer>> Take() override;

 private:
  struct Pending {
    DnsQuestion question;
    int attempts = 0;  // so far
    bool tcp = false;
    bool asked = false;
    uint16_t id = 0;
    Bytes reply;  // what will have come at `at`; empty: nothing
    Micros at{0};
    DnsStatus worst = DnsStatus::kTimeout;  // what to say if nobody does better
  };
  bool Step(Pending& pending, Micros now);
  void Send(Pending& pending, Micros now);
  bool Judge(Pending& pending, Micros now);  // true: it is answered

  MemoryServer server_;
  const int servers_;
  const ResolverTimes times_;
  uint16_t next_id_ = 1;
  std::vector<Pending> pending_;
  std::vector<std::pair<DnsQuestion, DnsAnswer>> answered_;
};

}  // namespace verifier
