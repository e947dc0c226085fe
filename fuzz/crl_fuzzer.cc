// Property: no bytes that the issuer did not sign make a certificate good or revoked; and of a list that it did sign a
// certificate is good only if none of its entries bears the certificate's number, its time has not passed, and it is a
// whole list that covers the certificate.
//
// Input: an octet; even: the rest is a CertificateList; odd: the rest is a TBSCertList, which the issuer then signs.
#include <algorithm>

#include "certs/spec.h"
#include "fuzz/status.h"
#include "lab/verifier/crl.h"
#include "lab/verifier/crl_check.h"

namespace {

using certs::Bytes;
using fuzz::Require;
using Kind = verifier::StatusAnswer::Kind;

certs::RevocationSpec Said() {
  certs::RevocationSpec said;
  said.crls = {certs::CrlSpec{}};
  return said;
}

fuzz::StatusLab& Lab() {
  static fuzz::StatusLab lab(Said());
  return lab;
}

const Bytes& GenuineTbs() {
  static const Bytes tbs = [] {
    const auto crl = verifier::ParseCrl(Lab().chain().crls.front());
    Require(crl.has_value(), "the issuer's own list parses");
    return Bytes(crl->tbs.begin(), crl->tbs.end());
  }();
  return tbs;
}

void CheckEntries(const verifier::Crl& crl, const verifier::StatusAnswer& answer,
                  const verifier::StatusQuestion& question) {
  size_t entries = 0, octets = 0;
  bool listed = false;
  verifier::ForEachEntry(crl, [&](const verifier::CrlEntryView& entry) {
    ++entries;
    octets += entry.serial.size();
    listed = listed || std::ranges::equal(entry.serial, question.certificate.serial);
    return true;
  });
  Require(entries <= crl.entries.size() / 2 && octets <= crl.entries.size(), "no more entries than there is room for");
  Require(answer.kind != Kind::kRevoked || listed, "only who is listed is revoked");
  if (answer.kind != Kind::kGood) {
    return;
  }
  const bool indirect = crl.scope && crl.scope->indirect;
  Require(!listed || indirect, "who is listed is not good");
  Require(crl.this_update <= question.now && question.now <= crl.next_update.value_or(question.now),
          "the list is of today");
  Require(!crl.is_delta && crl.unknown_critical.empty(), "the list is whole and understood");
  Require(!crl.scope || (!crl.scope->only_ca_certs && !crl.scope->only_attribute_certs && !crl.scope->some_reasons),
          "the list covers leaves, for whatever reason");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const verifier::StatusQuestion question = Lab().Question();
  fuzz::Reader input(data, size);
  const bool sign = input.Flag();
  const std::string_view rest = input.Rest();
  const fuzz::Exact bytes(sign ? certs::AsText(Lab().Signed(rest)) : rest);
  const auto crl = verifier::ParseCrl(bytes.bytes());
  if (!crl) {
    return 0;
  }
  const verifier::StatusAnswer answer = verifier::AskCrl(*crl, question);
  CheckEntries(*crl, answer, question);
  if (!sign) {
    Require(answer.kind != Kind::kRevoked, "nobody but the issuer revokes");
    Require(answer.kind != Kind::kGood || std::ranges::equal(crl->tbs, GenuineTbs()),
            "only what the issuer signed is good");
  }
  return 0;
}
