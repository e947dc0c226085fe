#include "lab/verifier/tls_report.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace verifier {
namespace {

using certs::Reason;

TlsResultType At(Reason reason, Stage stage = Stage::kHandshake, int depth = 0) {
  return TlsResultTypeOf({reason, depth}, stage);
}

// ------------------------------------------------------------------------------------------------ result types

TEST(TlsResultType, ANameThatDiffersIsAHostMismatch) {
  EXPECT_EQ(At(Reason::kNameMismatch), TlsResultType::kCertificateHostMismatch);
  EXPECT_EQ(At(Reason::kNoPresentedIdentifier), TlsResultType::kCertificateHostMismatch);
}

TEST(TlsResultType, OnlyTheServersOwnCertificateIsTheOneThatExpired) {
  EXPECT_EQ(At(Reason::kExpired), TlsResultType::kCertificateExpired);
  EXPECT_EQ(At(Reason::kExpired, Stage::kHandshake, 1), TlsResultType::kCertificateNotTrusted);
  EXPECT_EQ(At(Reason::kNotYetValid), TlsResultType::kCertificateNotTrusted);
}

TEST(TlsResultType, WithoutStartTlsItIsNotSupported) {
  EXPECT_EQ(At(Reason::kStartTlsNotOffered, Stage::kEhlo), TlsResultType::kStartTlsNotSupported);
  EXPECT_EQ(At(Reason::kStartTlsRefused, Stage::kStartTlsSent), TlsResultType::kStartTlsNotSupported);
}

TEST(TlsResultType, WhatEndsTheNegotiationIsAValidationFailure) {
  for (const Reason reason : {Reason::kTimeout, Reason::kClosedByPeer, Reason::kMalformedReply}) {
    EXPECT_EQ(At(reason, Stage::kStartTlsSent), TlsResultType::kValidationFailure);
    EXPECT_EQ(At(reason, Stage::kHandshake), TlsResultType::kValidationFailure);
    EXPECT_EQ(At(reason, Stage::kGreeted), TlsResultType::kNone);
    EXPECT_EQ(At(reason, Stage::kVerified), TlsResultType::kNone);
  }
  EXPECT_EQ(At(Reason::kTlsFailed), TlsResultType::kValidationFailure);
  EXPECT_EQ(At(Reason::kClearTextBehind220), TlsResultType::kValidationFailure);
}

TEST(TlsResultType, ARefusedRecipientIsNoFailureOfTls) {
  EXPECT_EQ(At(Reason::kCommandRefused, Stage::kVerified), TlsResultType::kNone);
  EXPECT_EQ(At(Reason::kServiceRefused, Stage::kConnected), TlsResultType::kNone);
  EXPECT_EQ(At(Reason::kOk, Stage::kDelivered), TlsResultType::kNone);
}

TEST(TlsResultType, ACertificateThatIsRevokedOrWhoseStatusIsInDoubtIsNotTrusted) {
  for (int i = static_cast<int>(Reason::kRevoked); i <= static_cast<int>(Reason::kStatusUnknown); ++i) {
    EXPECT_EQ(At(static_cast<Reason>(i)), TlsResultType::kCertificateNotTrusted) << certs::Name(static_cast<Reason>(i));
  }
}

TEST(TlsResultType, EveryReasonAboutACertificateHasOne) {
  for (int i = 0; i < certs::kReasonCount; ++i) {
    const Reason reason = static_cast<Reason>(i);
    const bool certificates = reason > Reason::kInvalidReference && reason < Reason::kNoCertificate;
    if (certificates) {
      EXPECT_NE(At(reason), TlsResultType::kNone) << certs::Name(reason);
    }
  }
}

TEST(TlsResultType, NamesAreThoseOfTheRfcAndDiffer) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(TlsResultType::kStsWebpkiInvalid); ++i) {
    names.insert(Name(static_cast<TlsResultType>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(TlsResultType::kStsWebpkiInvalid) + 1);
  EXPECT_TRUE(names.contains("sts-webpki-invalid"));
}

// ------------------------------------------------------------------------------------------------ the report

TEST(TlsReport, FailuresThatAreAlikeAreCountedTogether) {
  TlsPolicyReport policy;
  CountSuccess(&policy);
  CountFailure(&policy, {.type = TlsResultType::kCertificateExpired, .receiving_ip = "192.0.2.1"});
  CountFailure(&policy, {.type = TlsResultType::kCertificateExpired, .receiving_ip = "192.0.2.1"});
  CountFailure(&policy, {.type = TlsResultType::kCertificateExpired, .receiving_ip = "192.0.2.2"});
  CountFailure(&policy, {.type = TlsResultType::kNone});
  EXPECT_EQ(policy.successful_sessions, 2u);
  EXPECT_EQ(policy.failed_sessions, 3u);
  ASSERT_EQ(policy.failures.size(), 2u);
  EXPECT_EQ(policy.failures[0].failed_sessions, 2u);
}

TEST(TlsReport, IsTheJsonOfTheRfc) {
  TlsPolicyReport policy{.policy = TlsReportPolicy::kSts,
                         .policy_strings = {"version: STSv1", "mode: testing"},
                         .policy_domain = "bob.test",
                         .mx_hosts = {"*.bob.test"}};
  CountSuccess(&policy);
  CountFailure(&policy, {.type = TlsResultType::kCertificateExpired,
                         .receiving_mx_hostname = "mail.bob.test",
                         .failure_reason_code = "expired@0"});
  const TlsReport report{.organization = "Alice",
                         .contact = "tls@alice.test",
                         .id = "1",
                         .begin = 1767225600,
                         .end = 1767311999,
                         .policies = {policy}};
  EXPECT_EQ(ToJson(report), R"({
  "organization-name": "Alice",
  "date-range": {
    "start-datetime": "2026-01-01T00:00:00Z",
    "end-datetime": "2026-01-01T23:59:59Z"
  },
  "contact-info": "tls@alice.test",
  "report-id": "1",
  "policies": [
    {
      "policy": {
        "policy-type": "sts",
        "policy-string": [
          "version: STSv1",
          "mode: testing"
        ],
        "policy-domain": "bob.test",
        "mx-host": [
          "*.bob.test"
        ]
      },
      "summary": {
        "total-successful-session-count": 1,
        "total-failure-session-count": 1
      },
      "failure-details": [
        {
          "result-type": "certificate-expired",
          "receiving-mx-hostname": "mail.bob.test",
          "failed-session-count": 1,
          "failure-reason-code": "expired@0"
        }
      ]
    }
  ]
}
)");
}

TEST(TlsReport, HostileTextStaysWithinItsString) {
  const auto organization = [](std::string text) {
    const std::string json = ToJson({.organization = std::move(text)});
    return json.substr(0, json.find(",\n"));
  };
  EXPECT_EQ(organization("\"\\\n\x7f"), "{\n  \"organization-name\": \"\\\"\\\\\\u000a\\u007f\"");
  const std::string replaced = "{\n  \"organization-name\": \"\xef\xbf\xbd\"";
  for (const char* bad : {"\xff", "\xc3", "\xc0", "\xf5"}) {
    EXPECT_EQ(organization(bad), replaced);
  }
  // A surrogate and an overlong form are three octets that are no character, each (RFC 3629 3, 4).
  EXPECT_EQ(organization("\xed\xa0\x80").find('\xed'), std::string::npos);
  EXPECT_EQ(organization("\xe0\x80\x80").find('\xe0'), std::string::npos);
  EXPECT_EQ(organization("\xc3\xa9\xf0\x9f\x93\xa7"), "{\n  \"organization-name\": \"\xc3\xa9\xf0\x9f\x93\xa7\"");
}

TEST(TlsReport, ItsFileNameHoldsNoPath) {
  const TlsReport report{.id = "a-1/..", .begin = 1, .end = 2};
  EXPECT_EQ(FileName(report, "alice.test", "../bob.test"), "alice.test!.._bob.test!1!2!a1.json");
}

}  // namespace
}  // namespace verifier
