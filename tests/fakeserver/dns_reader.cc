#include "tests/fakeserver/dns_reader.h"

#include <arpa/inet.h>
#include <resolv.h>

#include <array>

namespace dns_reader {
namespace {

using certs::Bytes;
using certs::ByteView;

void Put16(Bytes& out, unsigned value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}

std::string NameAt(const ns_msg& message, const uint8_t* at) {
  std::array<char, NS_MAXDNAME> name{};
  return ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), at, name.data(), name.size()) >= 0
             ? std::string(name.data())
             : "?";
}

std::string Data(const ns_msg& message, const ns_rr& record) {
  const uint8_t* data = ns_rr_rdata(record);
  const size_t size = ns_rr_rdlen(record);
  std::string text;
  switch (ns_rr_type(record)) {
    case ns_t_a:
    case ns_t_aaaa: {
      std::array<char, INET6_ADDRSTRLEN> address{};
      inet_ntop(ns_rr_type(record) == ns_t_a ? AF_INET : AF_INET6, data, address.data(), address.size());
      return address.data();
    }
    case ns_t_ns:
    case ns_t_cname:
    case ns_t_ptr:
      return NameAt(message, data);
    case ns_t_mx:
      return std::to_string(ns_get16(data)) + " " + NameAt(message, data + 2);
    case ns_t_srv:
      return std::to_string(ns_get16(data)) + " " + std::to_string(ns_get16(data + 2)) + " " +
             std::to_string(ns_get16(data + 4)) + " " + NameAt(message, data + 6);
    case ns_t_txt:
      for (size_t at = 0; at < size; at += size_t{data[at]} + 1) {
        text += "\"" + std::string(certs::AsText(ByteView(data + at + 1, data[at]))) + "\"";
      }
      return text;
    default:
      for (size_t i = 0; i < 3 && i < size; ++i) {
        text += std::to_string(data[i]) + " ";
      }
      return text + (size > 3 ? certs::ToHex(ByteView(data + 3, size - 3)) : "");
  }
}

}  // namespace

Bytes Query(const std::string& name, fakeserver::DnsType type, bool ad, uint16_t edns) {
  std::array<uint8_t, 1024> buffer{};
  const int size = res_mkquery(ns_o_query, name.c_str(), ns_c_in, static_cast<int>(type), nullptr, 0, nullptr,
                               buffer.data(), buffer.size());
  Bytes query(buffer.begin(), buffer.begin() + (size > 0 ? size : 0));
  constexpr uint8_t kAd = 0x20;
  query[3] = static_cast<uint8_t>(ad ? query[3] | kAd : query[3] & ~kAd);
  if (edns != 0) {
    query[11] = 1;
    query.push_back(0);
    Put16(query, ns_t_opt);
    Put16(query, edns);
    Put16(query, 0);
    Put16(query, 0x8000);
    Put16(query, 0);
  }
  return query;
}

Answer Read(ByteView bytes) {
  Answer answer;
  ns_msg message;
  if (ns_initparse(bytes.data(), static_cast<int>(bytes.size()), &message) != 0) {
    return answer;
  }
  answer.parsed = true;
  answer.id = ns_msg_id(message);
  answer.code = ns_msg_getflag(message, ns_f_rcode);
  answer.truncated = ns_msg_getflag(message, ns_f_tc) != 0;
  answer.authenticated = ns_msg_getflag(message, ns_f_ad) != 0;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record;
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) {
      answer.parsed = false;
      return answer;
    }
    answer.records.push_back(std::string(ns_rr_name(record)) + " " +
                             std::string(Name(static_cast<fakeserver::DnsType>(ns_rr_type(record)))) + " " +
                             Data(message, record));
  }
  for (int i = 0; i < ns_msg_count(message, ns_s_ns); ++i) {
    ns_rr record;
    answer.denials += ns_parserr(&message, ns_s_ns, i, &record) == 0 && ns_rr_type(record) == ns_t_soa ? 1 : 0;
  }
  return answer;
}

}  // namespace dns_reader
