// DNS messages as bytes (RFC 1035 4), as far as a server needs them: questions are read, answers are written. Questions
// are hostile: everything is bounded, and what is no well-formed question is no question.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "fakeserver/dns_zone.h"

namespace fakeserver {

struct DnsQuestion {
  uint16_t id = 0;
  std::string name;   // lower case, without a final dot; octets outside printable ASCII, and dots in labels, as \DDD
  uint16_t type = 0;  // the raw number: a DnsType, or any other
  bool recursion = false;   // RD
  bool wants_ad = false;    // the AD or the DO bit was set (RFC 6840 5.7, RFC 4035 3.2.1)
  bool edns = false;        // with an OPT record (RFC 6891)
  uint16_t udp_size = 512;  // what the asker can take over UDP
  Bytes question;           // the question section as it was, letter case included: it is echoed
};

// Reads a query: one question of class IN. Nothing if the bytes are not one.
std::optional<DnsQuestion> ParseQuestion(ByteView message);

// A record to be written.
struct DnsWireRecord {
  std::string owner;
  DnsType type = DnsType::kA;
  uint32_t ttl = 0;
  Bytes data;
};

// The RDATA of a record in the form of a zone file. kBadInput says what is wrong with the text.
certs::Result<Bytes> EncodeRecord(DnsType type, std::string_view text);

// A name as labels on the wire, uncompressed. kBadInput: a label over 63 octets, a name over 255, an empty label.
certs::Result<Bytes> EncodeName(std::string_view name);

struct DnsMessage {
  uint8_t code = 0;  // RCODE
  bool truncated = false;
  bool authenticated = false;  // AD
  std::vector<DnsWireRecord> answers;
  std::vector<DnsWireRecord> authority;
};

// Writes the answer to `question`. With `limit`, an answer that would be longer loses its records and gets the TC bit
// instead (RFC 2181 9).
Bytes WriteAnswer(const DnsQuestion& question, const DnsMessage& message, size_t limit);

}  // namespace fakeserver
