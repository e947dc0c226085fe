// Property: an address as text is one if and only if the C library's strict reader (inet_pton) says so, and has the
// octets that says; it identifies the iPAddress of just those octets and no other identifier; written for people it is
// read back; and what is meant as an address and is none is no reference at all.
//
// Input: a digit (bit 0: an IPv4-mapped address is the IPv4 address), the text up to the first newline, the octets of a
// presented identifier.
#include <arpa/inet.h>

#include <optional>

#include "fuzz/fuzz.h"
#include "lab/verifier/ip_literal.h"
#include "lab/verifier/name_match.h"

namespace {

using fuzz::Require;
using verifier::PresentedForm;
using verifier::Reference;

// The model: the octets, or nothing.
std::string Octets(std::string_view text) {
  const std::string terminated(text);
  char octets[16];
  if (text.find('\0') != text.npos) {
    return "";
  }
  if (inet_pton(AF_INET, terminated.c_str(), octets) == 1) {
    return std::string(octets, 4);
  }
  return inet_pton(AF_INET6, terminated.c_str(), octets) == 1 ? std::string(octets, 16) : "";
}

std::string Unmapped(const std::string& octets) {
  static const std::string mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  return octets.size() == 16 && octets.starts_with(mapped) ? octets.substr(12) : octets;
}

void CheckMatch(const std::string& address, std::string_view configured, std::string_view octets, bool mapped) {
  verifier::NamePolicy policy;
  policy.ip_v4mapped = mapped;
  const auto reference = verifier::ParseReference(configured, policy);
  Require(reference && reference->kind == Reference::Kind::kIp, "an address is an IP-ID by this policy, too");
  const fuzz::Exact exact(octets);
  for (const PresentedForm form : {PresentedForm::kIp, PresentedForm::kDns, PresentedForm::kCommonName}) {
    const verifier::NameDecision decision = MatchName({form, exact.bytes()}, *reference, policy);
    const std::string presented(octets);
    const bool same = mapped ? Unmapped(presented) == Unmapped(address) : presented == address;
    const bool valid = octets.size() == 4 || octets.size() == 16;
    Require(decision.match == (form == PresentedForm::kIp && valid && same),
            "an address identifies the iPAddress of its octets and nothing else");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const bool mapped = input.Flag();
  const fuzz::Exact text(input.Until('\n'));
  const std::string_view octets = input.Rest();
  const std::string address = Octets(text.text());

  const std::optional<verifier::IpAddress> parsed = verifier::ParseIpAddress(text.text());
  Require(parsed.has_value() == !address.empty(), "an address is what inet_pton takes for one");
  const auto reference = verifier::ParseReference(text.text());
  Require((reference && reference->kind == Reference::Kind::kIp) == !address.empty(), "only an address is an IP-ID");
  if (!parsed) {
    const bool looks = verifier::LooksLikeIpAddress(text.text());
    Require(!looks || !reference, "what was meant as an address is no name");
    return 0;
  }
  Require(certs::AsText(parsed->View()) == address, "and has the octets that inet_pton says");
  Require(verifier::ParseIpAddress(verifier::FormatIp(parsed->View())) == *parsed, "written, it is read back");
  Require(certs::AsText(verifier::WithoutV4Mapping(parsed->View())) == Unmapped(address), "a mapping is taken off");
  CheckMatch(address, text.text(), octets, mapped);
  CheckMatch(address, text.text(), address, mapped);
  CheckMatch(address, text.text(), text.text(), mapped);
  return 0;
}
