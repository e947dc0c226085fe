// DNS questions of the verbs that talk to real servers: one resolver or several, each with what it has said so far. The
// only code of the lab that asks a resolver outside loopback, and only one that the user named or the system has.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "certs/result.h"
#include "lab/verifier/ares_resolver.h"
#include "lab/verifier/dns_table.h"

namespace lab {

class Resolvers {
 public:
  // `resolvers`: "127.0.0.1", "127.0.0.1:5353", "[::1]:53"; none: the system's. kBadInput: one is no address. Borrows
  // `stop`: once it is set, whatever is not answered is answered "timeout".
  static certs::Result<Resolvers> Make(const std::vector<std::string>& resolvers, verifier::ResolverTimes times,
                                       const std::atomic<bool>& stop);

  size_t size() const { return views_.size(); }
  const std::string& name(size_t resolver) const { return views_[resolver].name; }

  // Asks one resolver, blocking, until `decide(table)` has decided.
  template <typename Decide>
  auto Resolve(size_t resolver, Decide decide) ->
      typename decltype(decide(std::declval<verifier::DnsTable&>()))::value_type {
    while (true) {
      if (auto decided = decide(views_[resolver].table)) {
        return *std::move(decided);
      }
      AskWanted(views_[resolver]);
    }
  }
  // One question to one resolver; the answer stays where it is.
  const verifier::DnsAnswer& Ask(size_t resolver, const verifier::DnsQuestion& question);

 private:
  struct View {
    std::string name;
    std::unique_ptr<verifier::AresResolver> resolver;
    verifier::DnsTable table;
  };
  explicit Resolvers(const std::atomic<bool>& stop) : stop_(&stop) {}
  void AskWanted(View& view);

  const std::atomic<bool>* stop_;
  std::vector<View> views_;
};

}  // namespace lab
