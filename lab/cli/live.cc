#include "lab/cli/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "certs/bytes.h"
#include "lab/cli/context.h"
#include "lab/cli/files.h"
#include "lab/runner/clock.h"
#include "lab/runner/dial.h"
#include "lab/runner/tcp_wire.h"
#include "lab/verifier/dane.h"
#include "lab/verifier/ip_literal.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kShownHost = 300;
constexpr seconds kConnectLimit{30};

std::optional<uint16_t> PortOf(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0 ? std::optional(port) : std::nullopt;
}

// The host and what follows it as a port, if anything does. An IPv6 literal needs no brackets where no port follows.
std::pair<std::string, std::optional<std::string>> Split(const std::string& server) {
  if (server.starts_with('[')) {
    const size_t end = server.find(']');
    if (end != std::string::npos && (end + 1 == server.size() || server[end + 1] == ':')) {
      const bool port = end + 1 < server.size();
      return {server.substr(1, end - 1), port ? std::optional(server.substr(end + 2)) : std::nullopt};
    }
  }
  const size_t colon = server.find(':');
  if (colon == std::string::npos || server.find(':', colon + 1) != std::string::npos) {
    return {server, std::nullopt};
  }
  return {server.substr(0, colon), server.substr(colon + 1)};
}

// What is looked up: A-labels, or the address as it stands.
std::string LookUpName(const verifier::Reference& reference, const std::string& host) {
  return reference.kind == verifier::Reference::Kind::kIp || reference.dns.empty() ? host : reference.dns;
}

std::string AddressLiteral(const std::string& address) {
  return address.find(':') == std::string::npos ? fmt::format("[{}]", address)
                                                : fmt::format("[IPv6:{}]", address.substr(0, address.find('%')));
}

// Whoever waits a second for a server does not wait longer for a resolver.
DnsOptions WithLimit(DnsOptions options, milliseconds limit) {
  options.times.per_try = std::min<verifier::Micros>(options.times.per_try, limit);
  return options;
}

// Where to go and whom to believe, as far as the user lets the DNS decide. Records that nobody can use, and zones that
// nobody signed, leave the decision to the anchors: a user who asks for one server wants it verified.
void DecideByDns(const DnsOptions& options, const DnsFindings& dns, verifier::SmtpClientConfig& config,
                 DialSpec& spec) {
  if (options.decides_addresses()) {
    spec.addresses = dns.addresses;
  }
  if (!options.dane || !dns.host) {
    return;
  }
  const verifier::MailHost& host = *dns.host;
  if (!host.verdict.ok()) {
    config.trust = {.mode = verifier::TrustMode::kNothing, .verdict = host.verdict, .why = host.why};
  } else if (host.trust.mode == verifier::TrustMode::kDane && !verifier::EffectiveRecords(host.trust.tlsa).empty()) {
    config.trust = host.trust;
    config.reference = host.reference;
  }
}

// Connects and lets the client say all it has to.
certs::Result<void> Talk(const DialSpec& spec, const std::string& helo, Live& live) {
  const std::atomic<bool>& stop = StopRequested();
  auto dialled = Dial(spec, stop);
  if (!dialled) {
    return std::unexpected(dialled.error());
  }
  live.peer = dialled->peer;
  live.config.helo = helo.empty() ? AddressLiteral(dialled->local) : helo;
  verifier::SmtpClient client(live.config);
  // The client has a limit of its own for every wait; this one only ends what no longer waits for anything.
  constexpr std::chrono::hours kAtMost{24};
  RunOnSocket(client, std::move(dialled->socket), kAtMost, stop);
  live.result = client.result();
  return {};
}

}  // namespace

certs::Result<Endpoint> EndpointOf(const LiveOptions& options) {
  auto [host, port_text] = Split(options.server);
  if (host.empty()) {
    return Fail(ErrorCode::kBadInput, "no server is named: HOST or HOST:PORT");
  }
  if (options.implicit && options.starttls) {
    return Fail(ErrorCode::kBadInput, "--implicit and --starttls exclude each other");
  }
  std::optional<uint16_t> port;
  if (port_text) {
    port = PortOf(*port_text);
    if (!port) {
      return Fail(ErrorCode::kBadInput, fmt::format("\"{}\" is no port", certs::Escaped(*port_text, kShownHost)));
    }
  }
  if (options.port != 0) {
    if (port || options.port < 0 || options.port > 65535) {
      return Fail(ErrorCode::kBadInput,
                  port ? std::string("the port is named twice") : fmt::format("\"{}\" is no port", options.port));
    }
    port = static_cast<uint16_t>(options.port);
  }
  const bool implicit = options.implicit || (port == kImplicitPort && !options.starttls);
  return Endpoint{.host = std::move(host),
                  .port = port.value_or(implicit ? kImplicitPort : kSubmissionPort),
                  .mode = implicit ? verifier::TlsMode::kImplicit : verifier::TlsMode::kStartTls};
}

certs::Result<Live> MeetServer(const LiveOptions& options, verifier::SmtpClientConfig config) {
  auto endpoint = EndpointOf(options);
  if (!endpoint) {
    return std::unexpected(endpoint.error());
  }
  auto policy = ReadProfile(options.profile);
  if (!policy) {
    return std::unexpected(policy.error());
  }
  // Before anything is connected (RFC 9525 6.1).
  const auto reference = verifier::ParseReference(endpoint->host, *policy);
  if (!reference) {
    return Fail(ErrorCode::kBadInput,
                fmt::format("\"{}\" is no host name and no IP address: {}", certs::Escaped(endpoint->host, kShownHost),
                            Sentence(reference.error())));
  }
  auto anchors = options.ca.empty() ? SystemAnchors() : ReadAnchors(options.ca);
  if (!anchors) {
    return std::unexpected(anchors.error());
  }
  auto statements = ReadStatements(options.status, verifier::RevocationMode::kSoft);
  if (!statements) {
    return std::unexpected(statements.error());
  }
  const milliseconds limit = options.timeout_s > 0 ? seconds(options.timeout_s) : kConnectLimit;
  const std::atomic<bool>& stop = StopRequested();
  Live live{.endpoint = *std::move(endpoint), .peer = "", .dns = std::nullopt, .config = {}, .result = {}};
  config.reference = live.endpoint.host;
  config.anchors = *std::move(anchors);
  config.now = options.now ? *options.now : UnixNow();
  DialSpec spec{
      .host = LookUpName(*reference, live.endpoint.host), .addresses = {}, .port = live.endpoint.port, .limit = limit};
  if (options.dns.wanted()) {
    auto dns =
        AskTheDns({*reference, live.endpoint.port, config.anchors, config.now}, WithLimit(options.dns, limit), stop);
    if (!dns) {
      return std::unexpected(dns.error());
    }
    live.dns = *std::move(dns);
    DecideByDns(options.dns, *live.dns, config, spec);
  }
  if (!options.address.empty()) {
    spec.addresses = {options.address};
  }
  config.mode = live.endpoint.mode;
  config.names = *policy;
  config.port = live.endpoint.port;
  config.record = true;
  config.revocation = statements->mode;
  config.crls = std::move(statements->crls);
  if (options.timeout_s > 0) {
    config.timeouts = verifier::Timeouts::Uniform(limit);
  }
  live.config = std::move(config);
  if (live.config.trust.mode == verifier::TrustMode::kNothing) {
    live.result = {.verdict = live.config.trust.verdict, .detail = live.config.trust.why};
    return live;
  }
  if (auto met = Talk(spec, options.helo, live); !met) {
    return std::unexpected(met.error());
  }
  return live;
}

std::string ToWords(const Endpoint& endpoint) {
  return fmt::format("{} port {} ({})", certs::Escaped(endpoint.host, kShownHost), endpoint.port,
                     endpoint.mode == verifier::TlsMode::kImplicit ? "implicit TLS" : "STARTTLS");
}

std::string ToWords(const certs::Verdict& verdict) {
  return fmt::format("{}: {} ({})", certs::ToString(verdict), certs::Sentence(verdict.reason),
                     certs::Clause(verdict.reason));
}

}  // namespace lab
