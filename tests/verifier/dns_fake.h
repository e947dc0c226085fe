// A resolver of memory that answers from a zone of the fake server: what the verifier's own codec reads was written by
// somebody else.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "certs/issue.h"
#include "fakeserver/dns_answer.h"
#include "lab/verifier/dns_table.h"
#include "lab/verifier/resolver.h"

namespace dns_fake {

// Issues everything for this program.
certs::Issuer& TheIssuer();

std::shared_ptr<const fakeserver::DnsData> Published(const fakeserver::DnsZone& zone,
                                                     const certs::ChainSpec& chain = certs::GoodChain());

// Answers from `zone`: server n at "127.0.0.<n + 1>".
verifier::MemoryServer ServerOf(const fakeserver::DnsZone& zone);

// One question, asked until it is answered; the virtual time it took goes to `took`.
verifier::DnsAnswer Ask(verifier::Resolver& resolver, const verifier::DnsQuestion& question,
                        verifier::Micros* took = nullptr);

// Fills the table until `decide(table)` has decided.
template <typename Decide>
auto Resolve(const fakeserver::DnsZone& zone, Decide decide) ->
    typename decltype(decide(std::declval<verifier::DnsTable&>()))::value_type {
  verifier::MemoryResolver resolver(ServerOf(zone));
  verifier::DnsTable table;
  while (true) {
    if (auto decided = decide(table)) {
      return *decided;
    }
    for (const verifier::DnsQuestion& question : table.TakeWanted()) {
      table.Put(question, Ask(resolver, question));
    }
  }
}

}  // namespace dns_fake
