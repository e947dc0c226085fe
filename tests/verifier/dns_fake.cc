#include "tests/verifier/dns_fake.h"

#include <gtest/gtest.h>

namespace dns_fake {

certs::Issuer& TheIssuer() {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), 1'800'000'000);
  return issuer;
}

std::shared_ptr<const fakeserver::DnsData> Published(const fakeserver::DnsZone& zone, const certs::ChainSpec& chain) {
  auto data = fakeserver::Publish(zone, chain, TheIssuer());
  EXPECT_TRUE(data.has_value()) << data.error().detail;
  return data.value_or(nullptr);
}

verifier::MemoryServer ServerOf(const fakeserver::DnsZone& zone) {
  return [data = Published(zone)](certs::ByteView query, int server, bool tcp) {
    const auto transport = tcp ? fakeserver::DnsTransport::kTcp : fakeserver::DnsTransport::kUdp;
    fakeserver::DnsAnswer answer =
        fakeserver::AnswerQuery(*data, query, "127.0.0." + std::to_string(server + 1), transport);
    return verifier::MemoryReply{.message = std::move(answer.message), .delay = answer.delay};
  };
}

verifier::DnsAnswer Ask(verifier::Resolver& resolver, const verifier::DnsQuestion& question, verifier::Micros* took) {
  resolver.Ask(question);
  verifier::Micros now{0};
  for (int i = 0; i < 1000; ++i) {
    resolver.Advance(now);
    const auto answers = resolver.Take();
    if (!answers.empty()) {
      if (took != nullptr) {
        *took = now;
      }
      return answers.front().second;
    }
    now = std::max(now, resolver.NextDeadline().value_or(now));
  }
  ADD_FAILURE() << "no answer ever came";
  return {};
}

}  // namespace dns_fake
