// The mail transaction: what a message asks of the server, several recipients, large bodies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lab/verifier/smtp_client.h"
#include "lab/verifier/smtp_message.h"
#include "tests/verifier/smtp_fake_server.h"

namespace verifier {
namespace {

using certs::Reason;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::StartsWith;

SmtpClientConfig Sending(Message message) {
  SmtpClientConfig config = TestConfig({});
  config.user.reset();
  config.message = std::move(message);
  return config;
}

FakeScript Offering(const std::string& keywords) {
  return {.ehlo_in_clear = "250-mail.bob.test\r\n250-SIZE 9\r\n250-REQUIRETLS\r\n250 STARTTLS\r\n",
          .ehlo_in_tls = "250-mail.bob.test\r\n" + keywords + "250 HELP\r\n"};
}

// What the client said with MAIL; empty if it did not come to it.
std::string MailOf(const Talk& talk) {
  for (const std::string& line : talk.in_tls) {
    if (line.starts_with("MAIL")) {
      return line;
    }
  }
  return "";
}

// ------------------------------------------------------------------------------------------------ RFC 8689

TEST(RequireTls, IsAskedOfNobodyWhoIsNotVerified) {
  SmtpClientConfig config = Sending({"a@alice.test", {"b@bob.test"}, "Subject: x\n\nhi\n", true});
  config.trust.mode = TrustMode::kUnauthenticated;
  const Talk talk = Converse(config, Offering("250-REQUIRETLS\r\n"));
  EXPECT_EQ(MailOf(talk), "");
  EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused);
  config.message->require_tls = false;
  EXPECT_EQ(MailOf(Converse(config, Offering("250-REQUIRETLS\r\n"))), "MAIL FROM:<a@alice.test>");
}

TEST(TlsRequiredField, MakesTlsOptionalIfItSaysNoOnce) {
  const auto optional = [](const std::string& header) {
    return TlsIsOptional({"a@alice.test", {"b@bob.test"}, header + "\n\nTLS-Required: No\n"});
  };
  EXPECT_TRUE(optional("Subject: x\nTLS-Required: No"));
  EXPECT_TRUE(optional("tls-required:no\r\nSubject: x"));
  EXPECT_FALSE(optional("Subject: x")) << "what stands in the body is no header";
  EXPECT_FALSE(optional("TLS-Required: Yes"));
  EXPECT_FALSE(optional("TLS-Required: No, thanks"));
  EXPECT_FALSE(optional("TLS-Required:"));
  EXPECT_FALSE(optional("TLS-Required: No\nTLS-Required: No"));
  EXPECT_FALSE(optional("TLS-Required: No\n way"));
  EXPECT_FALSE(optional("X-TLS-Required: No"));
}

TEST(TlsRequiredField, IsOutweighedByRequireTls) {
  Message message{"a@alice.test", {"b@bob.test"}, "TLS-Required: No\n\nhi\n", true};
  const TrustDecision dane{.mode = TrustMode::kDane, .tlsa = {{}}};
  EXPECT_EQ(TrustFor(message, dane).mode, TrustMode::kDane);
  message.require_tls = false;
  EXPECT_EQ(TrustFor(message, dane).mode, TrustMode::kUnauthenticated);
  EXPECT_EQ(TrustFor(message, {.mode = TrustMode::kPkix}).mode, TrustMode::kUnauthenticated);
  EXPECT_EQ(TrustFor(message, {.mode = TrustMode::kNothing}).mode, TrustMode::kNothing) << "there is nobody to go to";
  message.body = "Subject: x\n\nhi\n";
  EXPECT_EQ(TrustFor(message, dane).mode, TrustMode::kDane);
}

// ------------------------------------------------------------------------------------------------ extensions

struct NeedRow {
  const char* what;
  Message message;
  std::string keywords;
  std::string mail;  // as sent; empty: the server must not be given the message
};

class Needs : public ::testing::TestWithParam<NeedRow> {};

const Message kPlainText{"a@alice.test", {"b@bob.test"}, "Subject: x\n\nhi\n"};           // 18 octets with its CRLFs
const Message kEightBit{"a@alice.test", {"b@bob.test"}, "Subject: x\n\nh\xc3\xa9\n"};     // 19
const Message kUtf8Header{"a@alice.test", {"b@bob.test"}, "Subject: h\xc3\xa9\n\nhi\n"};  // 20
const Message kUtf8Address{"a@alice.test", {"j\xc3\xb6rg@bob.test"}, "Subject: x\n\nhi\n"};
const Message kRequireTls{"a@alice.test", {"b@bob.test"}, "Subject: x\n\nhi\n", true};

TEST_P(Needs, AreDeclaredOrTheMessageIsKept) {
  const NeedRow& row = GetParam();
  const Talk talk = Converse(Sending(row.message), Offering(row.keywords));
  EXPECT_EQ(MailOf(talk), row.mail);
  EXPECT_EQ(talk.result.verdict.reason, row.mail.empty() ? Reason::kCommandRefused : Reason::kOk) << talk.result.detail;
  EXPECT_EQ(talk.in_tls.back(), "QUIT");
  EXPECT_TRUE(talk.result.verified);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Needs,
    ::testing::Values(NeedRow{"plain", kPlainText, "", "MAIL FROM:<a@alice.test>"},
                      NeedRow{"size", kPlainText, "250-SIZE 18\r\n", "MAIL FROM:<a@alice.test> SIZE=18"},
                      NeedRow{"size_unlimited", kPlainText, "250-SIZE\r\n", "MAIL FROM:<a@alice.test> SIZE=18"},
                      NeedRow{"too_large", kPlainText, "250-SIZE 17\r\n", ""},
                      NeedRow{"eight_bit", kEightBit, "250-8BITMIME\r\n", "MAIL FROM:<a@alice.test> BODY=8BITMIME"},
                      NeedRow{"eight_bit_unoffered", kEightBit, "250-SMTPUTF8\r\n", ""},
                      NeedRow{"utf8_header", kUtf8Header, "250-8BITMIME\r\n250-SMTPUTF8\r\n",
                              "MAIL FROM:<a@alice.test> BODY=8BITMIME SMTPUTF8"},
                      NeedRow{"utf8_header_unoffered", kUtf8Header, "250-8BITMIME\r\n", ""},
                      NeedRow{"utf8_address", kUtf8Address, "250-SMTPUTF8\r\n", "MAIL FROM:<a@alice.test> SMTPUTF8"},
                      NeedRow{"utf8_address_unoffered", kUtf8Address, "", ""},
                      NeedRow{"require_tls", kRequireTls, "250-REQUIRETLS\r\n", "MAIL FROM:<a@alice.test> REQUIRETLS"},
                      // Offered in clear only (RFC 8689 2): that was anybody.
                      NeedRow{"require_tls_unoffered", kRequireTls, "", ""}),
    [](const auto& row) { return row.param.what; });

TEST(Message, ThatNoServerCouldTakeIsNotEvenBegun) {
  for (const std::string& body : {std::string("a\0b", 3), std::string(999, 'x') + "\n"}) {
    const Talk talk = Converse(Sending({"a@alice.test", {"b@bob.test"}, body}), {});
    EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused);
    EXPECT_EQ(talk.in_clear, "");
  }
  EXPECT_TRUE(Converse(Sending({"a@alice.test", {"b@bob.test"}, std::string(998, 'x')}), {}).result.verdict.ok());
}

TEST(Message, FactsCountAsRfc1870Does) {
  EXPECT_EQ(FactsOf("").octets, 0u);
  EXPECT_EQ(FactsOf("a\r\n.b\n\n").octets, 3u + 4u + 2u) << "the doubled dot does not count";
  EXPECT_EQ(FactsOf("a").octets, 3u) << "with the CRLF that it will get";
  EXPECT_FALSE(FactsOf("a: b\n\n\xc3\xa9").utf8_header);
  EXPECT_TRUE(FactsOf("a: \xc3\xa9\n\nb").utf8_header);
}

// ------------------------------------------------------------------------------------------------ recipients

const std::vector<std::string> kTwo = {"b@bob.test", "c@bob.test"};

TEST(Recipients, AreAllAskedFor) {
  const Talk talk = Converse(Sending({"a@alice.test", kTwo, "x\n"}), {});
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
  EXPECT_THAT(talk.in_tls, ElementsAre("EHLO client.lab.test", "MAIL FROM:<a@alice.test>", "RCPT TO:<b@bob.test>",
                                       "RCPT TO:<c@bob.test>", "DATA", "x", "QUIT"));
  ASSERT_EQ(talk.result.recipients.size(), 2u);
  EXPECT_TRUE(talk.result.recipients[1].accepted());
}

TEST(Recipients, ThatAreRefusedDoNotCostTheOthersTheirMessage) {
  for (const char* refused : {"RCPT TO:<b@bob.test>", "RCPT TO:<c@bob.test>"}) {
    FakeScript script;
    script.replies[refused] = "550 5.1.1 who?\r\n";
    const Talk talk = Converse(Sending({"a@alice.test", kTwo, "x\n"}), script);
    EXPECT_EQ(talk.result.stage, Stage::kDelivered);
    EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused) << "not all of them got it";
    EXPECT_THAT(talk.in_tls, Contains("DATA"));
    EXPECT_EQ(talk.result.recipients[0].accepted(), std::string(refused) != "RCPT TO:<b@bob.test>");
    EXPECT_NE(talk.result.recipients[0].accepted(), talk.result.recipients[1].accepted());
  }
}

TEST(Recipients, ThatAreAllRefusedEndTheTransaction) {
  FakeScript script;
  script.replies["RCPT"] = "450 later\r\n";
  const Talk talk = Converse(Sending({"a@alice.test", kTwo, "x\n"}), script);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused);
  EXPECT_EQ(talk.result.stage, Stage::kVerified);
  EXPECT_THAT(talk.in_tls, Not(Contains("DATA")));
  EXPECT_EQ(talk.in_tls.back(), "QUIT");
}

TEST(Recipients, AreNotAskedForOnceTheServerGoesAway) {
  FakeScript script;
  script.replies["RCPT"] = "421 closing\r\n";
  const Talk talk = Converse(Sending({"a@alice.test", kTwo, "x\n"}), script);
  EXPECT_EQ(talk.result.recipients.size(), 1u);
  EXPECT_EQ(talk.result.verdict.reason, Reason::kCommandRefused);
}

// ------------------------------------------------------------------------------------------------ the body

TEST(Body, OfAnyLengthArrivesWhole) {
  std::string body = "Subject: x\n\n";
  while (body.size() < 5 * kDataBlock) {
    body += ".a line that begins with a dot\n";
  }
  const Talk talk = Converse(Sending({"a@alice.test", {"b@bob.test"}, body}), {});
  EXPECT_TRUE(talk.result.verdict.ok()) << talk.result.detail;
  ASSERT_EQ(talk.in_tls.size(), 6u);
  const std::string block = DataBlock(body);
  EXPECT_EQ(talk.in_tls[4], block.substr(0, block.size() - 5));
}

TEST(Body, IsHandedOverBlockByBlockEachWithItsOwnTimeLimit) {
  SmtpClientConfig config = Sending({"a@alice.test", {"b@bob.test"}, std::string(3 * kDataBlock, '\n')});
  config.timeouts.block = std::chrono::seconds(10);
  config.timeouts.end_of_data = std::chrono::seconds(20);
  SmtpClient client(config);
  FakeServer server({});
  Micros now{0};
  // Until the first block lies ready.
  certs::Bytes out;
  for (int step = 0; step < 100 && out.size() < kDataBlock; ++step) {
    client.Advance(now);
    out = client.TakeOutput();
    if (out.size() < kDataBlock) {
      server.Receive(out);
      client.Receive(server.TakeOutput());
    }
  }
  ASSERT_GE(out.size(), kDataBlock);
  EXPECT_LT(out.size(), 2 * kDataBlock);
  EXPECT_EQ(*client.NextDeadline(), std::chrono::seconds(10));
  // The wire takes the first, and then the second block never.
  now = std::chrono::seconds(9);
  client.Advance(now);
  EXPECT_EQ(*client.NextDeadline(), std::chrono::seconds(19));
  client.Advance(std::chrono::seconds(19));
  EXPECT_EQ(client.result().verdict.reason, Reason::kTimeout);
}

TEST(Body, IsNotFinishedForAServerThatAnswersHalfway) {
  for (const char* reply : {"552 enough\r\n", "250 queued\r\n"}) {
    SmtpClientConfig config = Sending({"a@alice.test", {"b@bob.test"}, std::string(4 * kDataBlock, '\n')});
    FakeScript script;
    script.replies["DATA"] = "354 go\r\n";
    script.answers_in_the_middle = reply;
    const Talk talk = Converse(config, script);
    EXPECT_EQ(talk.result.verdict.reason,
              std::string(reply).starts_with("2") ? Reason::kMalformedReply : Reason::kCommandRefused)
        << talk.result.detail;
    EXPECT_NE(talk.result.stage, Stage::kDelivered);
    EXPECT_TRUE(talk.ended);
  }
}

// ------------------------------------------------------------------------------------------------ the record

TEST(Record, HoldsTheDialogueWithoutSecrets) {
  SmtpClientConfig config = TestConfig({});
  config.record = true;
  const Talk talk = Converse(config, {});
  ASSERT_FALSE(talk.result.dialogue.empty());
  EXPECT_EQ(talk.result.dialogue.front().text, "220 mail.bob.test ready");
  EXPECT_FALSE(talk.result.dialogue.front().secure);
  EXPECT_TRUE(talk.result.dialogue.back().secure);
  std::vector<std::string> said;
  for (const DialogueLine& line : talk.result.dialogue) {
    EXPECT_THAT(line.text, Not(::testing::HasSubstr(kPassword)));
    if (line.from_client) {
      said.push_back(line.text);
    }
  }
  EXPECT_THAT(said, Contains("AUTH PLAIN ****"));
  EXPECT_EQ(said.back(), "QUIT");
  EXPECT_TRUE(Converse(FakeScript{}).result.dialogue.empty()) << "not asked for";
}

TEST(Record, OfALongDialogueIsCutShort) {
  SmtpClientConfig config = TestConfig({});
  config.record = true;
  config.message->to.assign(kMaxDialogue, "b@bob.test");
  const Talk talk = Converse(config, {});
  EXPECT_TRUE(talk.result.verdict.ok());
  EXPECT_EQ(talk.result.dialogue.size(), kMaxDialogue);
}

}  // namespace
}  // namespace verifier
