// What the two targets about revocation share: a certificate, its issuer, what that issuer has really said of it, and
// the issuer's key, to sign what a fuzzer would have it say.
#pragma once

#include <memory>
#include <vector>

#include "certs/issue.h"
#include "certs/revocation.h"
#include "fuzz/fuzz.h"
#include "lab/verifier/status.h"

namespace fuzz {

inline constexpr int64_t kStatusNow = 1767225600;  // 2026-01-01T00:00:00Z
inline constexpr uint64_t kStatusSeed = 7;         // of the keys

class StatusLab {
 public:
  // Issues the good chain with that said about it.
  explicit StatusLab(const certs::RevocationSpec& said) : issuer_(certs::KeyRing::FromSeed(kStatusSeed), kStatusNow) {
    certs::ChainSpec chain = certs::GoodChain();
    chain.revocation = said;
    chain_ = *issuer_.Issue(chain);
    leaf_ = *verifier::ParseCertificate(chain_->nodes.at("leaf"));
    intermediate_ = *verifier::ParseCertificate(chain_->nodes.at("intermediate"));
  }

  const certs::IssuedChain& chain() const { return *chain_; }
  verifier::StatusQuestion Question() { return {leaf_, intermediate_, kStatusNow, &checks_}; }

  // SEQUENCE { tbs, algorithm, signature, behind }, signed by the issuer.
  certs::Bytes Signed(std::string_view tbs, const certs::Bytes& behind = {}) {
    const certs::KeySpec key = certs::GoodChain().intermediate().key;
    const certs::StatementSigner signer{key, certs::SigAlg::kEcdsaSha256};
    return *certs::SignStatement("fuzz", certs::ToBytes(tbs), signer, issuer_.keys(), behind);
  }

 private:
  certs::Issuer issuer_;
  std::shared_ptr<const certs::IssuedChain> chain_;
  verifier::Certificate leaf_, intermediate_;
  int checks_ = 0;
};

}  // namespace fuzz
