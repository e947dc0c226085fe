// Chains out of specs, asked of the verifier: what every test here begins with.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "certs/issue.h"
#include "certs/spec.h"
#include "lab/verifier/verify.h"

namespace verifier_test {

inline constexpr int64_t kNow = 1767225600;  // 2026-01-01T00:00:00Z

// The issuer of all tests: fixed keys, kNow, and a memory, so that a chain costs its signatures once.
certs::Issuer& LabIssuer();

// A request and the bytes it borrows.
struct Question {
  std::shared_ptr<const certs::IssuedChain> chain;
  verifier::VerifyRequest request;
};

// Issues the chain (throws if it cannot be issued: the test's mistake) and asks for `reference`, every defect wanted.
Question QuestionOf(const certs::ChainSpec& chain, std::string_view reference = certs::kBobHost);

// A CA of that name, key label and issuer, which may issue anything. Its subject is its name unless `subject` is given.
certs::CertSpec Ca(std::string_view name, std::string_view issuer, std::string_view key, std::string_view subject = {});

}  // namespace verifier_test
