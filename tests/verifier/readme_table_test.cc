// The verifier's README says of every reason what clause is behind it and which alert the client sends, and its example
// is a program that works.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <sstream>
#include <string>

#include "certs/spec.h"
#include "certs/verdict.h"
#include "lab/verifier/tls_client.h"
#include "lab/verifier/verify.h"
#include "tests/verifier/issued_chain.h"

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

// --- README example: begin
certs::Verdict IsItBob(const certs::Bytes& leaf, const certs::Bytes& intermediate, const certs::Bytes& root,
                       int64_t now) {
  verifier::VerifyRequest request;
  request.chain = {leaf, intermediate};  // as the server sent it, its own certificate first
  request.anchors = {root};              // what is trusted
  request.reference = "mail.bob.test";   // what the user configured
  request.now = now;                     // seconds since the epoch
  return verifier::Verify(request).verdict;
}
// --- README example: end

TEST(VerifierReadme, HasAnExampleThatWorks) {
  const verifier_test::Question question = verifier_test::QuestionOf(certs::GoodChain());
  const auto bytes = [](certs::ByteView view) { return certs::Bytes(view.begin(), view.end()); };
  ASSERT_EQ("mail.bob.test", question.request.reference);
  ASSERT_LE(2U, question.request.chain.size());
  EXPECT_TRUE(IsItBob(bytes(question.request.chain[0]), bytes(question.request.chain[1]),
                      bytes(question.request.anchors[0]), question.request.now)
                  .ok());
  EXPECT_NE(std::string::npos, Readme().find("verifier::Verify(request).verdict"));
}

}  // namespace
