// DNS messages by the client's own code (RFC 1035 4): queries are written, answers are read. Answers are hostile bytes:
// work and memory are bounded by the message, compression pointers only ever go backwards, and an answer to another
// question is none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "lab/verifier/trust.h"

namespace verifier {

using certs::Bytes;
using certs::ByteView;

enum class DnsType : uint16_t { kA = 1, kCname = 5, kPtr = 12, kMx = 15, kTxt = 16, kAaaa = 28, kSrv = 33, kTlsa = 52 };
std::string_view Name(DnsType type);

struct DnsQuestion {
  std::string name;  // lower case, A-labels, without a final dot
  DnsType type = DnsType::kA;

  auto operator<=>(const DnsQuestion&) const = default;
};

// What came of a question.
enum class DnsStatus : uint8_t {
  kAnswer,     // there are records
  kNoData,     // the name exists, the type does not
  kNxDomain,   // the name does not exist
  kServFail,   // the resolver could not, or the data is bogus (RFC 4035 5.5): nothing is known
  kRefused,    // any other error of the resolver
  kTimeout,    // nobody answered
  kMalformed,  // bytes that are no answer to the question
};
std::string_view Name(DnsStatus status);

// One record. Names are lower case; octets that no host name has are \DDD, so that they never equal one.
struct DnsRecord {
  std::string owner;
  DnsType type = DnsType::kA;
  uint32_t ttl = 0;
  std::string name;               // CNAME, PTR, MX, SRV: whom it points to; empty for the root, which is nobody
  uint16_t preference = 0;        // MX; of SRV the priority
  uint16_t weight = 0, port = 0;  // SRV
  Bytes address;                  // A, AAAA
  std::string text;               // TXT: its strings joined without anything between them
  TlsaRecord tlsa;

  bool operator==(const DnsRecord&) const = default;
};

struct DnsAnswer {
  DnsStatus status = DnsStatus::kTimeout;
  bool secure = false;  // the AD bit: worth as much as the resolver and the way to it (RFC 7672 1.2: a trusted one)
  uint32_t ttl = 0;     // seconds: the least of the records used
  std::vector<DnsRecord> records;    // of the type asked for, at the end of the aliases
  std::vector<std::string> aliases;  // the names gone through, the one asked for excepted; the last is the owner

  // Whether the resolver told what the zone says: records, or that there are none.
  bool known() const {
    return status == DnsStatus::kAnswer || status == DnsStatus::kNoData || status == DnsStatus::kNxDomain;
  }
  bool operator==(const DnsAnswer&) const = default;
};

// Writes a query that asks for recursion and for DNSSEC validation (AD and DO), or nothing if the name is none.
std::optional<Bytes> WriteQuery(uint16_t id, const DnsQuestion& question);

// What a message is before it is looked into.
struct DnsHead {
  uint16_t id = 0;
  bool truncated = false;
};
std::optional<DnsHead> ReadHead(ByteView message);

// Reads an answer to `question`. Anything else is kMalformed. Total.
DnsAnswer ReadAnswer(ByteView message, const DnsQuestion& question);

// The name under which an address is looked up backwards: "1.0.0.127.in-addr.arpa", or in ip6.arpa (RFC 3596 2.5).
std::string ReverseName(ByteView address);

}  // namespace verifier
