// A world is a value: everything a client meets. GoodWorld() behaves well in every respect; a scenario is one edit of it.
#pragma once

#include <string>
#include <vector>

#include "certs/diff.h"
#include "certs/members.h"
#include "certs/spec.h"
#include "fakeserver/dns_zone.h"
#include "fakeserver/scripts.h"

namespace lab {

using certs::Member;

struct World {
  std::string reference = std::string(certs::kBobHost);  // what the client is told to connect to
  certs::ChainSpec chain = certs::GoodChain();           // what is presented and what is trusted
  fakeserver::SmtpScript smtp;
  fakeserver::TlsScript tls;
  fakeserver::LinkScript link;
  fakeserver::DnsZone dns;  // what a client that looks things up is told

  bool operator==(const World&) const = default;
  static constexpr auto kMembers = std::tuple{Member{"reference", &World::reference}, Member{"chain", &World::chain},
                                              Member{"smtp", &World::smtp}, Member{"tls", &World::tls}, Member{"link", &World::link},
                                              Member{"dns", &World::dns}};
};

World GoodWorld();

// Every member in which `to` differs from `from`: "chain.leaf.not_after", "smtp.replies[STARTTLS]".
std::vector<certs::Difference> Diff(const World& from, const World& to);

}  // namespace lab
