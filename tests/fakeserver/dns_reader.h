// DNS questions and answers by glibc's own codec: a second opinion on the bytes of the fake resolver.
#pragma once

#include <arpa/nameser.h>

#include <string>
#include <vector>

#include "certs/bytes.h"
#include "fakeserver/dns_zone.h"

namespace dns_reader {

// A query as glibc would write it; `ad` sets the AD bit, `edns` adds an OPT record with that UDP size and the DO bit.
certs::Bytes Query(const std::string& name, fakeserver::DnsType type, bool ad = true, uint16_t edns = 0);

struct Answer {
  bool parsed = false;
  int id = 0, code = -1;
  bool truncated = false, authenticated = false;
  std::vector<std::string> records;  // "mail.bob.test A 127.0.0.1"; TXT strings quoted, TLSA "3 1 1 <hex>"
  int denials = 0;                   // SOA records in the authority section
};
Answer Read(certs::ByteView message);

}  // namespace dns_reader
