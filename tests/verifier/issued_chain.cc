#include "tests/verifier/issued_chain.h"

#include <stdexcept>
#include <string>

namespace verifier_test {

certs::Issuer& LabIssuer() {
  static certs::Issuer issuer(certs::KeyRing::FromSeed(1), kNow);
  return issuer;
}

Question QuestionOf(const certs::ChainSpec& chain, std::string_view reference) {
  auto issued = LabIssuer().Issue(chain);
  if (!issued) {
    throw std::runtime_error("cannot issue: " + issued.error().detail);
  }
  Question question{.chain = *issued};
  question.request.chain.assign((*issued)->presented.begin(), (*issued)->presented.end());
  question.request.anchors.assign((*issued)->trusted.begin(), (*issued)->trusted.end());
  question.request.reference = reference;
  question.request.now = kNow;
  const certs::RevocationCheck check = chain.revocation.check;
  question.request.revocation.mode = check == certs::RevocationCheck::kOff    ? verifier::RevocationMode::kOff
                                     : check == certs::RevocationCheck::kSoft ? verifier::RevocationMode::kSoft
                                                                              : verifier::RevocationMode::kHard;
  for (const std::optional<certs::Bytes>& staple : (*issued)->staples) {
    question.request.revocation.staples.push_back(staple ? certs::ByteView(*staple) : certs::ByteView());
  }
  question.request.revocation.crls.assign((*issued)->crls.begin(), (*issued)->crls.end());
  question.request.collect_all = true;
  return question;
}

certs::CertSpec Ca(std::string_view name, std::string_view issuer, std::string_view key, std::string_view subject) {
  certs::CertSpec ca;
  ca.name = name;
  ca.issuer = issuer;
  ca.subject = certs::CommonName(subject.empty() ? name : subject);
  ca.key.label = key;
  ca.basic_constraints = certs::BasicConstraints{.ca = true};
  ca.key_usage = certs::KeyUsage{.bits = certs::kKeyCertSign};
  return ca;
}

}  // namespace verifier_test
