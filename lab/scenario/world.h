// A world is a value: everything a client meets. GoodWorld() behaves well in every respect; a scenario is one edit of
// it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "certs/diff.h"
#include "certs/members.h"
#include "certs/spec.h"
#include "fakeserver/dns_zone.h"
#include "fakeserver/policy_script.h"
#include "fakeserver/scripts.h"
#include "lab/scenario/online_status.h"

namespace lab {

using certs::Member;
using certs::Members;

// An MTA-STS policy that the client fetched once and has kept (RFC 8461 5.1).
struct CachedPolicy {
  fakeserver::PolicyScript policy;
  std::string id = "1";         // of the STS record of that time
  std::chrono::seconds age{0};  // since it was fetched

  bool operator==(const CachedPolicy&) const = default;
  static constexpr auto kMembers = Members{Member{"policy", &CachedPolicy::policy}, Member{"id", &CachedPolicy::id},
                                           Member{"age", &CachedPolicy::age}};
};

// Bob's good chain, for mta-sts.bob.test.
certs::ChainSpec PolicyHostChain();

// The HTTPS host of the domain's MTA-STS policy, and what of it the client knows already.
struct PolicyHost {
  fakeserver::PolicyScript policy;
  certs::ChainSpec chain = PolicyHostChain();
  fakeserver::Door door = fakeserver::Door::kOpen;
  fakeserver::LinkScript link;
  std::optional<CachedPolicy> cached;

  bool operator==(const PolicyHost&) const = default;
  static constexpr auto kMembers = Members{Member{"policy", &PolicyHost::policy}, Member{"chain", &PolicyHost::chain},
                                           Member{"door", &PolicyHost::door}, Member{"link", &PolicyHost::link},
                                           Member{"cached", &PolicyHost::cached}};
};

// The mail domain of every world: whose MX, TLSA and STS records are meant.
inline constexpr std::string_view kDomain = "bob.test";

// How the server is on one of a client's visits, and what the client is told for it.
struct Visit {
  std::optional<std::string> reference;   // none: the world's
  std::optional<certs::ChainSpec> chain;  // what is presented and what is trusted then; none: the world's
  std::chrono::seconds ago{0};            // how long before the last visit this one was
  fakeserver::SmtpScript smtp;
  fakeserver::TlsScript tls;
  fakeserver::LinkScript link;

  bool operator==(const Visit&) const = default;
  static constexpr auto kMembers =
      Members{Member{"reference", &Visit::reference}, Member{"chain", &Visit::chain}, Member{"ago", &Visit::ago},
              Member{"smtp", &Visit::smtp},           Member{"tls", &Visit::tls},     Member{"link", &Visit::link}};
};

struct World {
  std::string reference = std::string(certs::kBobHost);  // what the client is told to connect to
  certs::ChainSpec chain = certs::GoodChain();           // what is presented and what is trusted
  fakeserver::ListenScript listen;                       // on every visit
  fakeserver::SmtpScript smtp;
  fakeserver::TlsScript tls;
  fakeserver::LinkScript link;
  fakeserver::DnsZone dns;                // what a client that looks things up is told
  certs::Shared<PolicyHost> policy_host;  // what a client that asks for an MTA-STS policy meets
  OnlineStatus online;                    // what a client that fetches revocation data finds
  // A client's first connections, whichever port they go to, meet these instead.
  std::vector<Visit> earlier;
  // Whether the client has a message for every visit, keeps between them what servers give it to keep, and is judged by
  // the last; otherwise it has one message, and comes again until that is delivered.
  bool returns = false;

  bool operator==(const World&) const = default;
  static constexpr auto kMembers = Members{Member{"reference", &World::reference},
                                           Member{"chain", &World::chain},
                                           Member{"listen", &World::listen},
                                           Member{"smtp", &World::smtp},
                                           Member{"tls", &World::tls},
                                           Member{"link", &World::link},
                                           Member{"dns", &World::dns},
                                           Member{"policy_host", &World::policy_host},
                                           Member{"online", &World::online},
                                           Member{"earlier", &World::earlier},
                                           Member{"returns", &World::returns}};
};

World GoodWorld();

// How the parts of a chain fail to name each other ("chain.certs has two of the name ..."); empty if they do. What else
// is wrong with a chain, Issue() says.
std::string WrongWithChain(const certs::ChainSpec& chain);
// The same of every chain that the mail host presents, on whichever visit.
std::string WrongWithChains(const World& world);

// The world as a client finds it on its connection number `visit`, the first being 0.
World OnVisit(const World& world, size_t visit);
// How long before the last visit that one is.
std::chrono::seconds AgeOfVisit(const World& world, size_t visit);

// Every member in which `to` differs from `from`: "chain.leaf.not_after", "smtp.replies[STARTTLS]".
std::vector<certs::Difference> Diff(const World& from, const World& to);

}  // namespace lab
