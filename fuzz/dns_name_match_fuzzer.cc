// Property: the matcher decides every pair of a presented identifier and a configured reference as a model written from
// the text of RFC 9525 does, and no law of names is broken: case never matters, one label more breaks a match, a NUL
// never matches, an address never matches a name, normalising twice is normalising once, and nothing is read outside
// the octets.
//
// Input: one flag octet, the reference up to the first newline, the presented identifier up to the end. The flags are
// the low bits of a digit, so that seeds are text: 1 = profile rfc9525-literal, 2 = iPAddress, 4 = common name, 8 = the
// presented name is the reference with its left-most label replaced (a fuzzer seldom guesses two equal names).
#include <arpa/inet.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "lab/verifier/name_match.h"

namespace {

using fuzz::Require;
using verifier::NameReason;
using verifier::PresentedForm;
using verifier::Reference;

// --- The model: label vectors, after RFC 9525 6.3 and 6.4 and the name policy; it shares nothing with the matcher. ---

enum class Verdict { kMatch, kNoMatch, kInvalidPresented, kInvalidReference };

constexpr std::string_view kHostOctets = "abcdefghijklmnopqrstuvwxyz0123456789-_";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::vector<std::string> LowerLabels(const std::string& name) {
  std::vector<std::string> labels(1);
  for (const char c : name) {
    if (c == '.') {
      labels.emplace_back();
    } else {
      labels.back() += Lower(c);
    }
  }
  return labels;
}

bool IsHostName(const std::vector<std::string>& labels) {
  for (const std::string& label : labels) {
    if (label.empty() || label.size() > 63 || label.find_first_not_of(kHostOctets) != label.npos ||
        label.front() == '-' || label.back() == '-') {
      return false;
    }
  }
  return !labels.empty() && labels.back().find_first_not_of("0123456789") != std::string::npos;
}

// The octets of an address by the C library's strict reader; empty if the text is none.
std::string AddressOctets(const std::string& text) {
  char octets[16];
  if (text.find('\0') == text.npos && inet_pton(AF_INET, text.c_str(), octets) == 1) {
    return std::string(octets, 4);
  }
  if (text.find('\0') == text.npos && inet_pton(AF_INET6, text.c_str(), octets) == 1) {
    return std::string(octets, 16);
  }
  return "";
}

Verdict ModelDns(const std::string& presented, const std::string& address, std::vector<std::string> reference,
                 size_t min_suffix) {
  std::vector<std::string> labels = LowerLabels(presented);
  const bool wildcard = labels[0] == "*";
  if (wildcard) {
    labels.erase(labels.begin());
  }
  if (presented.size() > 253 || !IsHostName(labels) || (wildcard && labels.size() < min_suffix)) {
    return Verdict::kInvalidPresented;
  }
  if (!address.empty()) {
    return Verdict::kNoMatch;
  }
  if (wildcard) {
    reference.erase(reference.begin());
  }
  return labels == reference ? Verdict::kMatch : Verdict::kNoMatch;
}

Verdict Model(PresentedForm form, const std::string& presented, std::string reference, size_t min_suffix) {
  const std::string address = AddressOctets(reference);
  if (reference.ends_with('.')) {
    reference.pop_back();
  }
  if (address.empty() && (reference.size() > 253 || !IsHostName(LowerLabels(reference)))) {
    return Verdict::kInvalidReference;
  }
  switch (form) {
    case PresentedForm::kDns:
      return ModelDns(presented, address, LowerLabels(reference), min_suffix);
    case PresentedForm::kIp:
      if (presented.size() != 4 && presented.size() != 16) {
        return Verdict::kInvalidPresented;
      }
      return presented == address ? Verdict::kMatch : Verdict::kNoMatch;
    case PresentedForm::kCommonName:
    case PresentedForm::kSrv:  // never asked
    case PresentedForm::kUri:
      return Verdict::kNoMatch;
  }
  return Verdict::kNoMatch;
}

// --- The matcher, called on buffers that end where the octets end. ---

struct Case {
  PresentedForm form = PresentedForm::kDns;
  verifier::NamePolicy policy;
  std::string presented, reference;
};

Case ReadCase(std::string_view input) {
  Case c;
  const int flags = input.empty() ? 0 : input[0];
  c.policy.wildcard_min_suffix_labels = (flags & 1) != 0 ? 1 : 2;
  c.form = (flags & 2) != 0 ? PresentedForm::kIp : (flags & 4) != 0 ? PresentedForm::kCommonName : PresentedForm::kDns;
  input.remove_prefix(std::min<size_t>(1, input.size()));
  c.reference = input.substr(0, input.find('\n'));
  c.presented = input.substr(std::min(input.size(), c.reference.size() + 1));
  if ((flags & 8) != 0) {
    const size_t dot = c.reference.find('.');
    c.presented += dot == c.reference.npos ? "" : c.reference.substr(dot);
  }
  return c;
}

verifier::NameDecision Decide(const Case& c, const std::string& presented, const Reference& reference) {
  const fuzz::Exact exact(presented);
  const verifier::Presented identifier{c.form, exact.bytes()};
  const verifier::NameDecision decision = MatchName(identifier, reference, c.policy);
  const NameReason alone = CheckPresented(identifier, c.policy);
  Require(c.form == PresentedForm::kCommonName || decision.presented_valid == (alone == NameReason::kValid),
          "asked about alone and compared, an identifier is equally valid");
  Require(decision.presented_valid || decision.reason == alone, "an invalid identifier has one reason");
  const bool says_match = decision.reason == NameReason::kMatchExact || decision.reason == NameReason::kMatchWildcard ||
                          decision.reason == NameReason::kMatchIp;
  Require(decision.match == says_match, "the reason says what the decision says");
  Require(!decision.match || decision.presented_valid, "what is invalid never matches");
  Require(NameMatches(identifier, reference, c.policy) == decision.match, "the quick answer is the answer");
  return decision;
}

std::string Swapped(std::string text) {
  for (char& c : text) {
    c = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? static_cast<char>(c ^ 0x20) : c;
  }
  return text;
}

void CheckReference(const Case& c, const std::expected<Reference, NameReason>& reference) {
  Require(verifier::ParseReference(Swapped(c.reference)).has_value() == reference.has_value(),
          "case makes no reference invalid");
  if (!reference) {
    return;
  }
  const bool is_dns = reference->kind == Reference::Kind::kDns;
  Require(is_dns == AddressOctets(c.reference).empty(), "an address, and nothing else, becomes an IP-ID");
  const std::string& dns = reference->dns;
  const auto foreign = [](char octet) {
    return static_cast<uint8_t>(octet) < 0x80 && octet != '.' && kHostOctets.find(Lower(octet)) == kHostOctets.npos;
  };
  Require(!is_dns || std::ranges::none_of(c.reference, foreign), "a foreign ASCII character is refused, never dropped");
  Require(!is_dns || (dns.size() <= 253 && IsHostName(LowerLabels(dns))), "a normalised name is a host name");
  Require(!is_dns || std::ranges::none_of(dns, [](char octet) { return octet != Lower(octet); }), "and in lower case");
  Require(!is_dns || verifier::ParseReference(dns) == *reference, "normalising twice is normalising once");
}

void CheckLaws(const Case& c, const Reference& reference, const verifier::NameDecision& decision) {
  if (c.form == PresentedForm::kIp) {
    return;
  }
  Require(Decide(c, Swapped(c.presented), reference).match == decision.match, "case never matters");
  Require(!decision.match || c.presented.find('\0') == std::string::npos, "a NUL never matches");
  Require(!decision.match || reference.kind == Reference::Kind::kDns, "a name never matches an address");
  Require(!decision.match || c.form == PresentedForm::kDns, "a common name never matches");
  Require(!Decide(c, c.presented + '.', reference).match, "a dot at the end never matches");
  if (const auto longer = verifier::ParseReference("x." + reference.dns); decision.match && longer) {
    Require(!Decide(c, c.presented, *longer).match, "one label more breaks a match");
    Require(!Decide(c, "*." + c.presented, reference).match, "a * never stands for no label");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Case c = ReadCase({reinterpret_cast<const char*>(data), size});
  const fuzz::Exact exact(c.reference);
  const auto reference = verifier::ParseReference(exact.text());
  CheckReference(c, reference);

  const bool ascii = std::ranges::none_of(c.reference, [](char octet) { return static_cast<uint8_t>(octet) > 0x7f; });
  if (!reference) {
    Require(!ascii || Model(c.form, c.presented, c.reference, 1) == Verdict::kInvalidReference,
            "the model finds the reference valid");
    return 0;
  }
  // The model knows no IDNA; it takes what the name was converted to.
  const std::string& known = ascii ? c.reference : reference->dns;
  const verifier::NameDecision decision = Decide(c, c.presented, *reference);
  const Verdict expected = Model(c.form, c.presented, known, static_cast<size_t>(c.policy.wildcard_min_suffix_labels));
  const Verdict found = !decision.presented_valid ? Verdict::kInvalidPresented
                        : decision.match          ? Verdict::kMatch
                                                  : Verdict::kNoMatch;
  Require(found == expected, "the matcher and the model disagree");
  CheckLaws(c, *reference, decision);
  return 0;
}
