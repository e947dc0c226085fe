// Property: with Bob's root as the only anchor and a clock that stands still, nothing but Bob's leaf is believed to be
// mail.bob.test. Bob's key has signed one intermediate; that has signed Bob's leaf and one of Eve's, for mail.eve.test.
// Eve has that certificate's key and every key of a hierarchy of her own under the same names.
//
// Input: the chain, item by item: an octet t. t < 128: the certificate t of the stock below (modulo its size), changed
// by as many edits as the next octet says: a place (two octets), what (0 change, 1 take away, 2 put in), an octet. t <
// 192: the TBSCertificate of one of the stock with algorithm and signature of two others (three octets). Otherwise:
// DER, its length in two octets before it.
#include <vector>

#include "certs/der.h"
#include "certs/issue.h"
#include "fuzz/fuzz.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/verify.h"

namespace {

using certs::Bytes;
using fuzz::Require;

constexpr int64_t kNow = 1767225600;  // 2026-01-01T00:00:00Z
constexpr size_t kMostItems = 8, kMostEdits = 16;

struct Stock {
  Bytes root, good_tbs;
  std::vector<Bytes> certificates;  // Bob's leaf first
};

// The chain that Eve gets from Bob's CA, and what she signs with its key: for Bob's name, as if it were a CA's.
certs::ChainSpec EvesChain() {
  certs::ChainSpec chain = certs::GoodChain();
  certs::CertSpec eve = chain.leaf();
  eve.name = "eve";
  eve.subject = certs::CommonName("mail.eve.test");
  eve.san = certs::SubjectAltName{.names = {certs::Dns("mail.eve.test")}};
  eve.key.label = "eve";
  certs::CertSpec forged = chain.leaf();
  forged.name = "forged";
  forged.issuer = "eve";
  forged.key.label = "eve";
  certs::CertSpec alone = forged;
  alone.name = "alone";
  alone.issuer = "alone";
  chain.certs.insert(chain.certs.end(), {eve, forged, alone});
  chain.presented = {"forged", "eve", "alone"};
  return chain;
}

const Stock& TheStock() {
  static const Stock stock = [] {
    Stock made;
    certs::Issuer bob(certs::KeyRing::FromSeed(7), kNow), eve(certs::KeyRing::FromSeed(8), kNow);
    const auto good = bob.Issue(certs::GoodChain()), bad = bob.Issue(EvesChain()),
               other = eve.Issue(certs::GoodChain());
    Require(good && bad && other, "the stock can be issued");
    made.root = (*good)->nodes.at("root");
    for (const auto& [chain, names] : {std::pair{*good, std::vector{"leaf", "intermediate", "root"}},
                                       {*bad, {"eve", "forged", "alone"}},
                                       {*other, {"leaf", "intermediate", "root"}}}) {
      for (const char* name : names) {
        made.certificates.push_back(chain->nodes.at(name));
      }
    }
    const auto leaf = verifier::ParseCertificate(made.certificates.front());
    made.good_tbs.assign(leaf->tbs.begin(), leaf->tbs.end());
    return made;
  }();
  return stock;
}

Bytes Edited(Bytes der, fuzz::Reader& input) {
  for (size_t edits = std::min<size_t>(input.Octet(), kMostEdits); edits > 0 && !der.empty(); --edits) {
    const size_t place = input.Number() % der.size();
    const auto at = der.begin() + static_cast<std::ptrdiff_t>(place);
    const size_t what = input.Choice(3);
    const uint8_t octet = input.Octet();
    if (what == 0) {
      *at = octet;
    } else if (what == 1) {
      der.erase(at);
    } else {
      der.insert(at, octet);
    }
  }
  return der;
}

Bytes Assembled(const std::vector<Bytes>& stock, fuzz::Reader& input) {
  const auto of = [&] { return verifier::ParseCertificate(stock[input.Choice(stock.size())]); };
  const auto tbs = of(), algorithm = of(), signature = of();
  return certs::der::Sequence({tbs->tbs, algorithm->outer_algorithm, certs::der::BitString(signature->signature)});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Stock& stock = TheStock();
  fuzz::Reader input(data, size);
  std::vector<Bytes> chain;
  while (!input.empty() && chain.size() < kMostItems) {
    const uint8_t kind = input.Octet();
    if (kind < 128) {
      chain.push_back(Edited(stock.certificates[kind % stock.certificates.size()], input));
    } else if (kind < 192) {
      chain.push_back(Assembled(stock.certificates, input));
    } else {
      chain.push_back(certs::ToBytes(input.Take(input.Number())));
    }
    chain.back().shrink_to_fit();
  }
  verifier::VerifyRequest request{.anchors = {stock.root}, .reference = "mail.bob.test", .now = kNow};
  request.chain.assign(chain.begin(), chain.end());
  const verifier::VerifyResult result = verifier::Verify(request);
  Require(result.signature_checks <= request.max_signature_checks, "the work is within its budget");
  if (!result.verdict.ok()) {
    return 0;
  }
  const auto leaf = verifier::ParseCertificate(chain.front());
  Require(leaf && std::ranges::equal(leaf->tbs, stock.good_tbs), "nothing but Bob's leaf verifies");
  request.reference = "mail.eve.test";
  Require(!verifier::Verify(request).verdict.ok(), "and under Bob's name only");
  return 0;
}
