// What the DNS says, as data. A DnsZone's zero value is the sane world: Bob's domain with its mail host, its TLSA
// record, its MTA-STS and TLSRPT records, all of it signed. A fault is one member of one record set. Nothing here does
// anything: dns_answer.h reads it, dns_server.h serves it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/members.h"
#include "certs/spec.h"
#include "fakeserver/byte_stream.h"

namespace fakeserver {

using certs::Member;
using certs::Members;

// The record types the fake knows (RFC 1035 3.2.2, RFC 3596, RFC 2782, RFC 6698 7.1). Any other type is answered "no
// such data".
enum class DnsType : uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kSrv = 33,
  kTlsa = 52,
};
std::string_view Name(DnsType type);  // "A", "MX", ...; "?" for any other number
std::optional<DnsType> DnsTypeByName(std::string_view name);

// What becomes of a question for a record set.
enum class DnsFate : uint8_t {
  kAnswer,           // the records; no records at all: the name exists, this type of it does not
  kNxDomain,         // the name does not exist
  kServFail,         // what a validating resolver says of bogus data, and of servers that do not answer (RFC 4035 5.5)
  kRefused,          // RFC 1035 4.1.1, code 5
  kSilence,          // nothing ever comes
  kTruncated,        // over UDP the TC bit and no records; over TCP the whole answer
  kTruncatedAlways,  // the TC bit over TCP as well
  kGarbage,          // bytes that are no DNS message
  kWrongId,          // the answer, under another message ID: a forger's guess
  kWrongQuestion,    // the answer, to a question that nobody asked
};
std::string_view Name(DnsFate fate);

// A TLSA record (RFC 6698 2.1). Its association data is computed from what it vouches for, when the chain is issued:
// with selector 0 a node's certificate, with selector 1 the key of that node's name, which is not always the key it
// has: Eve's key in the leaf's place is not what Bob publishes.
struct TlsaSpec {
  uint8_t usage = 3;          // 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE
  uint8_t selector = 1;       // 0 the certificate, 1 its SubjectPublicKeyInfo
  uint8_t matching = 1;       // 0 the whole, 1 SHA-256, 2 SHA-512
  std::string of = "leaf";    // a node of the chain
  std::optional<Bytes> data;  // exactly these octets instead

  bool operator==(const TlsaSpec&) const = default;
  static constexpr auto kMembers =
      Members{Member{"usage", &TlsaSpec::usage}, Member{"selector", &TlsaSpec::selector},
              Member{"matching", &TlsaSpec::matching}, Member{"of", &TlsaSpec::of}, Member{"data", &TlsaSpec::data}};
};
std::string InWords(const TlsaSpec& tlsa);  // "3 1 1 of leaf"

// What one resolver says instead of the truth.
struct DnsLie {
  std::string resolver;              // the address the question was sent to: "127.0.0.2"
  std::vector<std::string> records;  // in the place of the set's

  bool operator==(const DnsLie&) const = default;
  static constexpr auto kMembers = Members{Member{"resolver", &DnsLie::resolver}, Member{"records", &DnsLie::records}};
};

// The records of one owner and type.
struct DnsSet {
  std::string name;  // "mail.bob.test A": owner in lower case without a final dot, a space, the type; unique in a zone
  // Each as a zone file has it: "127.0.0.1", "10 mail.bob.test", "0 1 587 mail.bob.test". TXT: one string, cut into
  // pieces of 255 octets; or, if it begins with '"', the quoted strings of which it consists.
  std::vector<std::string> records;
  std::vector<TlsaSpec> tlsa;  // the records of a TLSA set, beside any in `records` ("3 1 1 <hex>")
  bool secure = true;          // validated: a resolver sets the AD bit (RFC 4035 3.2.3). False: an unsigned zone
  DnsFate fate = DnsFate::kAnswer;
  Micros delay{0};      // before the answer
  uint32_t ttl = 3600;  // seconds
  std::vector<DnsLie> lies;

  std::string_view owner() const;
  std::optional<DnsType> type() const;

  bool operator==(const DnsSet&) const = default;
  static constexpr auto kMembers =
      Members{Member{"name", &DnsSet::name},     Member{"records", &DnsSet::records}, Member{"tlsa", &DnsSet::tlsa},
              Member{"secure", &DnsSet::secure}, Member{"fate", &DnsSet::fate},       Member{"delay", &DnsSet::delay},
              Member{"ttl", &DnsSet::ttl},       Member{"lies", &DnsSet::lies}};
};

// Bob's zones: bob.test and the reverse one, and what Eve needs of hers. All of it signed.
std::vector<DnsSet> BobsZone();

// What one resolver, or several, answer. "{host}" in an owner or a record stands for the host of the world in question.
// A question for a name that no set has is denied, as secure as the zone is; a CNAME is followed as far as the zone
// knows it.
struct DnsZone {
  std::vector<DnsSet> sets = BobsZone();
  bool secure = true;  // false: nothing is validated, whatever the sets say

  // The set of that name ("bob.test MX"). Asserts that it exists: zones are written by programmers.
  DnsSet& At(std::string_view name);
  const DnsSet* Find(std::string_view name) const;  // nullptr when absent
  void Remove(std::string_view name);               // asserts that it exists

  bool operator==(const DnsZone&) const = default;
  static constexpr auto kMembers = Members{Member{"sets", &DnsZone::sets}, Member{"secure", &DnsZone::secure}};
};

}  // namespace fakeserver
