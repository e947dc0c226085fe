// The verifier's README says of every reason what clause is behind it and which alert the client sends. (Its example:
// tests/project/consumer_test.cc.)
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <sstream>
#include <string>

#include "certs/verdict.h"
#include "lab/verifier/tls_client.h"

namespace {

std::string Readme() {
  std::ifstream file(std::string(STARTTLS_LAB_SOURCE_DIR) + "/lab/verifier/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(VerifierReadme, HasARowForEveryReasonOfAVerdict) {
  const std::string readme = Readme();
  for (int i = 0; i < certs::kReasonCount; ++i) {
    const auto reason = static_cast<certs::Reason>(i);
    // The conversation's reasons are no verdicts on a certificate.
    const bool of_a_certificate = reason != certs::Reason::kOk && reason < certs::Reason::kNoCertificate;
    const std::string row = "| `" + std::string(Name(reason)) + "` | " + std::string(Clause(reason)) + " | " +
                            SSL_alert_desc_string_long(verifier::AlertFor(reason)) + " |";
    EXPECT_TRUE(!of_a_certificate || readme.find(row) != std::string::npos) << row;
  }
}

}  // namespace
