// The verb `match`: its table format, its exit codes, and that its explanation decides as the matcher does.
#include "lab/cli/match.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "lab/cli/exit_code.h"

namespace lab {
namespace {

struct Outcome {
  int code = 0;
  std::string out, err;
};

Outcome RunWith(const MatchOptions& options, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out, err;
  Outcome outcome;
  outcome.code = RunMatch(options, in, out, err);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

Outcome MatchBatch(const std::string& table, const std::string& profile = "rfc9525-strict") {
  return RunWith({.batch = true, .profile = profile}, table);
}

// The one answer to a table of one line.
std::string Answer(const std::string& line) {
  const Outcome outcome = MatchBatch(line + "\n");
  EXPECT_EQ(kExitOk, outcome.code) << outcome.err;
  return outcome.out;
}

TEST(MatchBatch, AnswersOneLineAQuestion) {
  const Outcome outcome = MatchBatch(
      "# kind\tpresented\treference\n"
      "\n"
      "dns\tmail.bob.test\tmail.bob.test\n"
      "dns\t*.bob.test\tmail.bob.test\ta note\twith more columns\n"
      "\r\n"
      "dns\tmail.eve.test\tmail.bob.test\r\n"
      "dns\tm*.bob.test\tmail.bob.test\n"
      "#dns\tmail.bob.test\tmail.bob.test\n"
      "dns\tmail.bob.test\tmail..bob.test");  // the last line may lack its end
  EXPECT_EQ(kExitOk, outcome.code);
  EXPECT_EQ("", outcome.err);
  EXPECT_EQ(
      "match\tmatch-exact\n"
      "match\tmatch-wildcard\n"
      "nomatch\tdifferent-name\n"
      "invalid-presented\tbad-wildcard\n"
      "invalid-reference\tempty-label\n",
      outcome.out);
}

TEST(MatchBatch, AnswersNothingToAnEmptyTable) {
  EXPECT_EQ("", MatchBatch("").out);
  EXPECT_EQ(kExitOk, MatchBatch("").code);
  EXPECT_EQ("", MatchBatch("# nothing here\n\n").out);
}

TEST(MatchBatch, ReadsEscapedOctetsInBothFields) {
  EXPECT_EQ("match\tmatch-exact\n", Answer("dns\t\\x6dail.bob.test\tmail.bob.tes\\x74"));
  EXPECT_EQ("match\tmatch-exact\n", Answer("dns\txn--bcher-kva.test\tb\\xc3\\xbccher.test"));
  EXPECT_EQ("match\tmatch-exact\n", Answer("dns\txn--bcher-kva.test\tb\\xC3\\xBCcher.test"));
  EXPECT_EQ("invalid-presented\tbad-character\n", Answer("dns\tmail.bob.test\\x00\tmail.bob.test"));
  EXPECT_EQ("invalid-reference\tbad-character\n", Answer("dns\tmail.bob.test\tmail\\x20.bob.test"));
  EXPECT_EQ("invalid-presented\tbad-character\n", Answer("dns\tmail\\x5c.bob.test\tmail.bob.test"));
  EXPECT_EQ("invalid-reference\tbad-idn\n", Answer("dns\tmail.bob.test\tmail\\xff.bob.test"));
}

TEST(MatchBatch, ReadsTheOctetsOfAddresses) {
  EXPECT_EQ("match\tmatch-ip\n", Answer("ip\t\\x7f\\x00\\x00\\x01\t127.0.0.1"));
  EXPECT_EQ("match\tmatch-ip\n", Answer("ip\tABCD\t65.66.67.68"));
  EXPECT_EQ("match\tmatch-ip\n", Answer("ip\t\\x2d---\t45.45.45.45"));
  EXPECT_EQ("nomatch\tdifferent-ip\n", Answer("ip\t\\x7f\\x00\\x00\\x01\t127.0.0.2"));
  EXPECT_EQ("nomatch\tkind-mismatch\n", Answer("ip\t\\x7f\\x00\\x00\\x01\tmail.bob.test"));
  EXPECT_EQ("invalid-presented\tbad-ip-length\n", Answer("ip\t\\x7f\\x00\\x00\\x01\\x00\t127.0.0.1"));
  EXPECT_EQ("invalid-presented\tbad-ip-length\n", Answer("ip\t\t127.0.0.1"));
  EXPECT_EQ("invalid-reference\tbad-ip-literal\n", Answer("ip\t\\x7f\\x00\\x00\\x01\t[::1]"));
}

TEST(MatchBatch, NeverMatchesACommonName) {
  EXPECT_EQ("nomatch\tcommon-name-ignored\n", Answer("cn\tmail.bob.test\tmail.bob.test"));
  EXPECT_EQ("nomatch\tcommon-name-ignored\n", Answer("cn\t\tmail.bob.test"));
  EXPECT_EQ("invalid-reference\tempty\n", Answer("cn\tmail.bob.test\t"));
  EXPECT_EQ("invalid-presented\tcommon-name-ignored\n", Answer("cn\tmail.bob.test\t-"));
}

TEST(MatchBatch, TakesALoneHyphenForNotGiven) {
  EXPECT_EQ("valid-presented\tvalid\n", Answer("dns\t*.bob.test\t-"));
  EXPECT_EQ("invalid-presented\twildcard-too-broad\n", Answer("dns\t*\t-"));
  EXPECT_EQ("valid-presented\tvalid\n", Answer("ip\t\\x7f\\x00\\x00\\x01\t-"));
  EXPECT_EQ("invalid-presented\tbad-ip-length\n", Answer("ip\tmail.bob.test\t-"));
  EXPECT_EQ("valid-reference\tvalid\n", Answer("dns\t-\tmail.bob.test."));
  EXPECT_EQ("valid-reference\tvalid\n", Answer("ip\t-\t::1"));
  EXPECT_EQ("invalid-reference\tnumeric-last-label\n", Answer("dns\t-\t127.1"));
  // A hyphen that is meant is written as an octet.
  EXPECT_EQ("invalid-presented\tedge-hyphen\n", Answer("dns\t\\x2d\tmail.bob.test"));
}

TEST(MatchBatch, TakesAnEmptyFieldForTheEmptyString) {
  EXPECT_EQ("invalid-presented\tempty\n", Answer("dns\t\tmail.bob.test"));
  EXPECT_EQ("invalid-presented\tempty\n", Answer("dns\t\t-"));
  EXPECT_EQ("invalid-reference\tempty\n", Answer("dns\tmail.bob.test\t"));
  EXPECT_EQ("invalid-reference\tempty\n", Answer("dns\t-\t"));
}

TEST(MatchBatch, ReportsTheReferenceFirstWhenBothAreMalformed) {
  EXPECT_EQ("invalid-reference\tbad-character\n", Answer("dns\t*\t*"));
  EXPECT_EQ("invalid-reference\tempty\n", Answer("dns\t\t"));
}

TEST(MatchBatch, ObeysTheProfile) {
  EXPECT_EQ("invalid-presented\twildcard-too-broad\n", MatchBatch("dns\t*.test\tbob.test\n").out);
  EXPECT_EQ("match\tmatch-wildcard\n", MatchBatch("dns\t*.test\tbob.test\n", "rfc9525-literal").out);
}

TEST(MatchBatch, StopsAtAMalformedLineAfterAnsweringThoseBefore) {
  for (const char* bad : {"dns", "dns\tmail.bob.test", "mail.bob.test\tmail.bob.test", "DNS\ta\tb", "\ta\tb", " ",
                          "dns\t-\t-", "dns\ta\\b\tc", "dns\ta\\x1\tc", "dns\ta\\xg0\tc", "dns\ta\tc\\", "dns\ta\tc\\x",
                          "dns\ta\tc\\X41", "url\ta\tb"}) {
    SCOPED_TRACE(bad);
    const Outcome outcome = MatchBatch("dns\ta\ta\n" + std::string(bad) + "\ndns\tb\tb\n");
    EXPECT_EQ(kExitUsage, outcome.code);
    EXPECT_EQ("match\tmatch-exact\n", outcome.out);
    EXPECT_NE("", outcome.err);
    EXPECT_EQ(outcome.err.size() - 1, outcome.err.find('\n')) << "one line says what is wrong";
    EXPECT_NE(outcome.err.npos, outcome.err.find("line 2")) << "it names the line by number";
  }
}

TEST(MatchBatch, NeverWritesAnOctetOfTheTableRaw) {
  const Outcome outcome = MatchBatch("\x1b[2J\ta\tb\n");
  EXPECT_EQ(kExitUsage, outcome.code);
  EXPECT_EQ(outcome.err.npos, outcome.err.find('\x1b'));
}

TEST(Match, ExitsByTheDecision) {
  EXPECT_EQ(kExitOk, RunWith({.presented = "*.bob.test", .reference = "mail.bob.test"}).code);
  EXPECT_EQ(kExitUnexpected, RunWith({.presented = "*.bob.test", .reference = "bob.test"}).code);
  EXPECT_EQ(kExitUnexpected, RunWith({.presented = "m*.bob.test", .reference = "mail.bob.test"}).code);
  EXPECT_EQ(kExitUnexpected, RunWith({.presented = "bob.test", .reference = "bob..test"}).code);
  EXPECT_EQ(kExitOk, RunWith({.profile = "rfc9525-literal", .presented = "*.test", .reference = "bob.test"}).code);
}

TEST(Match, TakesAnAddressForAnIpAddressUnlessToldOtherwise) {
  EXPECT_EQ(kExitOk, RunWith({.presented = "127.0.0.1", .reference = "127.0.0.1"}).code);
  EXPECT_EQ(kExitOk, RunWith({.presented = "2001:db8::1", .reference = "2001:db8:0::1"}).code);
  EXPECT_EQ(kExitOk, RunWith({.presented = "ip:::1", .reference = "::1"}).code);
  EXPECT_EQ(kExitOk, RunWith({.presented = "dns:mail.bob.test", .reference = "mail.bob.test"}).code);
  EXPECT_EQ(kExitUnexpected, RunWith({.presented = "dns:127.0.0.1", .reference = "127.0.0.1"}).code);
  EXPECT_EQ(kExitUnexpected, RunWith({.presented = "cn:mail.bob.test", .reference = "mail.bob.test"}).code);
}

TEST(Match, RefusesWhatItCannotRead) {
  for (const MatchOptions& options :
       {MatchOptions{.profile = "rfc2818", .presented = "a", .reference = "a"},
        MatchOptions{.presented = "a\\", .reference = "a"}, MatchOptions{.presented = "a", .reference = "\\x0"},
        MatchOptions{.presented = "ip:mail.bob.test", .reference = "a"},
        MatchOptions{.batch = true, .profile = "strict"}}) {
    const Outcome outcome = RunWith(options);
    EXPECT_EQ(kExitUsage, outcome.code);
    EXPECT_EQ("", outcome.out);
    EXPECT_NE("", outcome.err);
  }
}

TEST(Match, NeverWritesHostileOctetsRaw) {
  for (const char* hostile : {"\\x1b[2J.bob.test", "a\\x00b", "\\xe2\\x80\\xae.test", "a\\x0ab"}) {
    for (const Outcome& outcome : {RunWith({.presented = hostile, .reference = "mail.bob.test"}),
                                   RunWith({.presented = std::string("cn:") + hostile, .reference = "mail.bob.test"}),
                                   RunWith({.presented = "mail.bob.test", .reference = hostile})}) {
      EXPECT_EQ(kExitUnexpected, outcome.code);
      for (const char c : outcome.out) {
        EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
      }
    }
  }
}

}  // namespace
}  // namespace lab
