// Representative operations of the verifier, one after the other, for callgrind to count (count.py). Not a benchmark:
// nothing here reads a clock, and the chains are committed beside it, so that two runs do the same.
//
// What is counted is this program's own code, without the libraries': how many instructions BoringSSL or libc spend
// depends on the processor.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "certs/bytes.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/dns_message.h"
#include "lab/verifier/name_match.h"
#include "lab/verifier/pem.h"
#include "lab/verifier/smtp_reply.h"
#include "lab/verifier/verify.h"

namespace {

constexpr int64_t kNow = 1767225600;  // 2026-01-01T00:00:00Z, at which the chains are valid
constexpr int kTimes = 10;            // so that what happens but now and then weighs little

std::string ReadOrDie(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) {
    std::fprintf(stderr, "%s cannot be read\n", path.c_str());
    std::exit(3);
  }
  return text;
}

// An operation must come to what it always comes to, or its count means nothing.
void Expect(bool as_expected, const char* what) {
  if (!as_expected) {
    std::fprintf(stderr, "not as expected: %s\n", what);
    std::exit(1);
  }
}

struct Chain {
  std::string pem;
  std::vector<certs::Bytes> presented, trusted;
};

Chain ReadChain(const std::string& folder, const char* name) {
  Chain chain{.pem = ReadOrDie(folder + "/" + name + ".chain.pem")};
  chain.presented = verifier::CertificatesFromPem(chain.pem, name).value();
  chain.trusted = verifier::CertificatesFromPem(ReadOrDie(folder + "/" + name + ".ca.pem"), name).value();
  return chain;
}

void Verify(const Chain& chain, const char* reference, int64_t now, certs::Reason expected, bool all = false) {
  verifier::VerifyRequest request;
  request.chain.assign(chain.presented.begin(), chain.presented.end());
  request.anchors.assign(chain.trusted.begin(), chain.trusted.end());
  request.reference = reference;
  request.now = now;
  request.collect_all = all;
  Expect(verifier::Verify(request).verdict.reason == expected, reference);
}

void Match(const std::string& presented, const verifier::Reference& reference, verifier::NameReason expected) {
  const certs::ByteView octets(reinterpret_cast<const uint8_t*>(presented.data()), presented.size());
  // Names come by the hundred.
  for (int i = 0; i < 100; ++i) {
    const auto decision = MatchName({verifier::PresentedForm::kDns, octets}, reference, verifier::NamePolicy{});
    Expect(decision.reason == expected, presented.c_str());
  }
}

void TakeReply(std::string_view text) {
  verifier::ReplyParser parser;
  parser.Consume(certs::ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  Expect(parser.state() == verifier::ReplyParser::State::kComplete, "the reply");
}

using Operations = std::vector<std::pair<const char*, std::function<void()>>>;

void AddNames(Operations& all) {
  using verifier::NameReason;
  const verifier::Reference host = verifier::ParseReference("mail.bob.test").value();
  const std::string tail =
      std::string(62, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(61, 'a');
  const verifier::Reference longest = verifier::ParseReference("y" + tail).value();
  all.emplace_back("match.exact", [host] { Match("mail.bob.test", host, NameReason::kMatchExact); });
  all.emplace_back("match.wildcard", [host] { Match("*.bob.test", host, NameReason::kMatchWildcard); });
  all.emplace_back("match.other-name", [host] { Match("customer-17.hosting.test", host, NameReason::kDifferentName); });
  all.emplace_back("match.malformed", [host] { Match("m*il.bob.test", host, NameReason::kBadWildcard); });
  all.emplace_back("match.longest", [longest, tail] { Match("x" + tail, longest, NameReason::kDifferentName); });
  all.emplace_back("reference.host", [] { Expect(verifier::ParseReference("mail.bob.test").has_value(), "a host"); });
  all.emplace_back("reference.address",
                   [] { Expect(verifier::ParseReference("2001:db8::1").has_value(), "an address"); });
}

void AddChains(Operations& all, const std::string& folder) {
  using certs::Reason;
  const Chain p256 = ReadChain(folder, "p256"), rsa = ReadChain(folder, "rsa2048");
  const int64_t in_two_years = kNow + int64_t{2} * 365 * 86400;
  all.emplace_back("pem.chain", [p256] { Expect(verifier::CertificatesFromPem(p256.pem, "p256").has_value(), "PEM"); });
  all.emplace_back("parse.p256", [p256] { Expect(verifier::ParseCertificate(p256.presented[0]).has_value(), "p256"); });
  all.emplace_back("parse.rsa2048", [rsa] { Expect(verifier::ParseCertificate(rsa.presented[0]).has_value(), "rsa"); });
  all.emplace_back("verify.p256", [p256] { Verify(p256, "mail.bob.test", kNow, Reason::kOk); });
  all.emplace_back("verify.rsa2048", [rsa] { Verify(rsa, "mail.bob.test", kNow, Reason::kOk); });
  all.emplace_back("verify.wrong-name", [p256] { Verify(p256, "mail.eve.test", kNow, Reason::kNameMismatch); });
  all.emplace_back("verify.expired",
                   [p256, in_two_years] { Verify(p256, "mail.bob.test", in_two_years, Reason::kExpired); });
  all.emplace_back("verify.collect-all",
                   [p256, in_two_years] { Verify(p256, "mail.eve.test", in_two_years, Reason::kExpired, true); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER of the chains, under callgrind\n", argv[0]);
    return 2;
  }
  Operations all;
  AddNames(all);
  AddChains(all, argv[1]);
  all.emplace_back("smtp.ehlo-reply", [] {
    TakeReply("250-mail.bob.test\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n250-8BITMIME\r\n250 STARTTLS\r\n");
  });
  all.emplace_back("dns.query", [] {
    Expect(verifier::WriteQuery(7, {.name = "mail.bob.test", .type = verifier::DnsType::kA}).has_value(), "a query");
  });
  CALLGRIND_START_INSTRUMENTATION;
  for (const auto& [name, operation] : all) {
    operation();  // tables and caches
    CALLGRIND_ZERO_STATS;
    for (int i = 0; i < kTimes; ++i) {
      operation();
    }
    CALLGRIND_DUMP_STATS_AT(name);
  }
  CALLGRIND_STOP_INSTRUMENTATION;
  return 0;
}
