// The fake resolver on real loopback sockets, UDP and TCP: one event loop, one thread. It may stand at several loopback
// addresses at once, so that resolvers can disagree.
//
//   auto dns = StartDns({.data = *Publish(zone, chain, issuer)});
//   ... a resolver configured with 127.0.0.1 and dns->port() ...
//   dns->Serve(another zone's data);   // from now on
//   dns->Queries();                    // what was asked
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "certs/result.h"
#include "fakeserver/dns_answer.h"

namespace fakeserver {

// Sockets that somebody else has bound, in another network namespace perhaps. Adopted: closed by the resolver, also
// when it cannot be started.
struct DnsSockets {
  std::string address;  // where they stand, for lies and reports: "127.0.0.1"
  int udp = -1, tcp = -1;
};

struct DnsConfig {
  std::shared_ptr<const DnsData> data;                 // what is answered
  uint16_t port = 0;                                   // of UDP and TCP; 0: any port that is free in both
  std::vector<std::string> addresses = {"127.0.0.1"};  // IPv4 loopback (127.0.0.0/8) or "::1"; nothing else is bound
  std::vector<DnsSockets> sockets = {};                // instead of `port` and `addresses`, if there are any
};

// A question that arrived.
struct DnsQuery {
  std::string name;      // lower case, without a final dot, escaped
  uint16_t type = 0;     // the number asked for
  std::string resolver;  // the address it was sent to
  DnsTransport transport = DnsTransport::kUdp;
  bool wants_ad = false;  // the asker understands AD

  bool operator==(const DnsQuery&) const = default;
};

// A running resolver. The destructor closes everything and joins the thread. All methods are thread-safe.
class DnsHandle {
 public:
  DnsHandle(DnsHandle&&) noexcept;
  DnsHandle& operator=(DnsHandle&&) noexcept;
  ~DnsHandle();

  uint16_t port() const;
  // Answers from `data` from now on; answers that wait for their delay still come.
  void Serve(std::shared_ptr<const DnsData> data);
  // What was asked since the start or the last ForgetQueries, oldest first; the first ten thousand are kept.
  std::vector<DnsQuery> Queries() const;
  void ForgetQueries();

 private:
  friend certs::Result<DnsHandle> StartDns(DnsConfig config);
  class Impl;
  explicit DnsHandle(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Starts a resolver. kIo when an address cannot be bound, naming it; kBadInput for an address beyond loopback or
// without data. On any error nothing is left running.
certs::Result<DnsHandle> StartDns(DnsConfig config);

}  // namespace fakeserver
