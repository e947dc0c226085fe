// From a zone and a question to the bytes of the answer. Pure: the server asks it, and so does whoever has no sockets.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certs/issue.h"
#include "certs/result.h"
#include "fakeserver/dns_wire.h"
#include "fakeserver/dns_zone.h"

namespace fakeserver {

// A zone whose records have been turned into bytes. Immutable, so any number of threads may answer from it.
struct DnsData {
  struct Set {
    DnsSet spec;
    std::string owner;
    DnsType type = DnsType::kA;
    std::vector<Bytes> records;
    std::vector<std::vector<Bytes>> lies;  // as in spec.lies
  };
  std::vector<Set> sets;
  bool secure = true;
};

// Encodes a zone for the host of that name. TLSA records vouch for the nodes of `spec`, issued by `issuer`: a node that
// the chain does not need is issued for the purpose. kBadInput names the set that cannot be encoded.
certs::Result<std::shared_ptr<const DnsData>> Publish(const DnsZone& zone, const certs::ChainSpec& spec,
                                                      certs::Issuer& issuer, std::string_view host = certs::kBobHost);

enum class DnsTransport : uint8_t { kUdp, kTcp };

struct DnsAnswer {
  Bytes message;    // empty: nothing is sent
  Micros delay{0};  // before it is
};

// What the resolver at that address answers to the bytes of a query. Bytes that are no query get no answer.
DnsAnswer AnswerQuery(const DnsData& data, ByteView query, std::string_view resolver, DnsTransport transport);

}  // namespace fakeserver
