// Property: no bytes that the issuer did not sign make a certificate good or revoked; and what it did sign makes it
// good only with a current status "good" for just this certificate and none that says "revoked".
//
// Input: an octet; even: the rest is an OCSPResponse; odd: the rest is a ResponseData, which the issuer then signs.
#include <algorithm>

#include "certs/der.h"
#include "certs/spec.h"
#include "fuzz/status.h"
#include "lab/verifier/ocsp_check.h"
#include "lab/verifier/ocsp_response.h"

namespace {

using certs::Bytes;
using fuzz::Require;
using Kind = verifier::StatusAnswer::Kind;

certs::RevocationSpec Said() {
  certs::RevocationSpec said;
  said.staples = {certs::OcspSpec{}};
  return said;
}

fuzz::StatusLab& Lab() {
  static fuzz::StatusLab lab(Said());
  return lab;
}

// The ResponseData that the issuer has signed, all seeds included: the same spec gives the same octets.
const Bytes& GenuineTbs() {
  static const Bytes tbs = [] {
    const auto response = verifier::ParseOcspResponse(*Lab().chain().staples.front());
    Require(response.has_value(), "the issuer's own response parses");
    return Bytes(response->tbs.begin(), response->tbs.end());
  }();
  return tbs;
}

// OCSPResponse (RFC 6960 4.2.1) around a BasicOCSPResponse.
Bytes Response(const Bytes& basic) {
  namespace der = certs::der;
  const Bytes inside = der::Sequence({der::Oid("1.3.6.1.5.5.7.48.1.1"), der::OctetString(basic)});
  return der::Sequence({der::Enumerated(0), der::ContextConstructed(0, inside)});
}

void CheckSigned(certs::ByteView bytes, const verifier::StatusAnswer& answer,
                 const verifier::StatusQuestion& question) {
  const auto response = verifier::ParseOcspResponse(bytes);
  Require(response.has_value() || answer.kind == Kind::kFault, "what does not parse is a fault");
  if (answer.kind != Kind::kGood && answer.kind != Kind::kRevoked) {
    return;
  }
  bool good = false, revoked = false;
  for (const verifier::OcspSingle& single : response->singles) {
    if (!std::ranges::equal(single.serial, question.certificate.serial)) {
      continue;
    }
    using Status = verifier::OcspSingle::Status;
    revoked = revoked || single.status == Status::kRevoked;
    good = good || (single.status == Status::kGood && single.this_update <= question.now &&
                    (!single.next_update || *single.next_update > question.now));
  }
  Require(answer.kind == Kind::kRevoked ? revoked : good, "the answer is one that the response gives");
  Require(response->produced_at <= question.now || answer.kind == Kind::kRevoked, "nobody is good from tomorrow on");
  Require(answer.kind == Kind::kRevoked || response->unknown_critical.empty(), "a critical extension is understood");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const verifier::StatusQuestion question = Lab().Question();
  fuzz::Reader input(data, size);
  const bool sign = input.Flag();
  const std::string_view rest = input.Rest();
  if (sign) {
    const fuzz::Exact bytes(certs::AsText(Response(Lab().Signed(rest))));
    CheckSigned(bytes.bytes(), verifier::AskOcsp(bytes.bytes(), question), question);
    return 0;
  }
  const verifier::StatusAnswer answer = verifier::AskOcsp(fuzz::AsBytes(rest), question);
  Require(answer.kind != Kind::kRevoked, "nobody but the issuer revokes");
  if (answer.kind == Kind::kGood) {
    const auto response = verifier::ParseOcspResponse(fuzz::AsBytes(rest));
    Require(response && std::ranges::equal(response->tbs, GenuineTbs()), "only what the issuer signed is good");
  }
  return 0;
}
