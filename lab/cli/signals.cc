#include "lab/cli/signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "certs/bytes.h"

namespace lab {
namespace {

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// What follows the first label, if that still has a dot: the domain that a host is in.
std::string_view DomainOf(std::string_view host) {
  const size_t dot = host.find('.');
  const std::string_view domain = dot == host.npos ? std::string_view() : host.substr(dot + 1);
  return domain.find('.') == domain.npos ? std::string_view() : domain;
}

// The first word behind 220, which should be the server's domain (RFC 5321 4.2). In clear anyone can say it.
std::vector<Signal> BannerSignals(const Live& live) {
  const auto& dialogue = live.result.dialogue;
  const auto greeting = std::ranges::find(dialogue, false, &verifier::DialogueLine::from_client);
  if (greeting == dialogue.end() || greeting->text.size() < 5 || !greeting->text.starts_with("220")) {
    return {};
  }
  const std::string said = LowerAscii(greeting->text.substr(4, greeting->text.find(' ', 4) - 4));
  const std::string host = LowerAscii(live.endpoint.host);
  const std::string_view domain = DomainOf(host);
  const std::string shown = certs::Escaped(said, 300);
  if (said == host) {
    return {{"banner", Standing::kFor, fmt::format("the greeting names the host, {}", shown)}};
  }
  if (!domain.empty() && (said == domain || said.ends_with("." + std::string(domain)))) {
    return {{"banner", Standing::kFor, fmt::format("the greeting names the host's domain: {}", shown)}};
  }
  return {{"banner", Standing::kAgainst, fmt::format("the greeting names {}", shown)}};
}

// Revocation, DNS, DANE and MTA-STS are rows to come.
using Source = std::vector<Signal> (*)(const Live&);
constexpr Source kSources[] = {BannerSignals};

}  // namespace

std::string_view Name(Standing standing) {
  switch (standing) {
    case Standing::kFor:
      return "for";
    case Standing::kAgainst:
      return "against";
    case Standing::kUnknown:
      return "unknown";
  }
  return "?";
}

std::vector<Signal> SignalsOf(const Live& live) {
  std::vector<Signal> signals;
  for (const Source source : kSources) {
    std::ranges::move(source(live), std::back_inserter(signals));
  }
  return signals;
}

}  // namespace lab
