// Name constraints through `match --batch`: what RFC 5280 4.2.1.10 makes of the situations that implementations test.
// Names and constraints are our own; the situations are known from the tests of Go, BoringSSL, mozilla::pkix, GnuTLS,
// OpenSSL and PKITS.
#include <gtest/gtest.h>

#include "tests/cli/match_table.h"

namespace {

using lab_test::ExpectVerdicts;

TEST(MatchConstraint, TakesDnsSubtreesByLabels) {
  ExpectVerdicts("nameconstraint",
                 {
                     {"DNS=bob.test", "-", "match"},
                     {"DNS=bob.test", "- | - | -", "match"},
                     {"DNS=bob.test", "permitted=DNS=bob.test", "match"},
                     {"DNS=a.b.bob.test", "permitted=DNS=bob.test", "match"},
                     {"DNS=BOB.test", "permitted=DNS=bob.TEST", "match"},
                     {"DNS=notbob.test", "permitted=DNS=bob.test", "nomatch"},
                     {"DNS=notbob.test", "excluded=DNS=bob.test", "match"},
                     {"DNS=bob.test", "permitted=DNS=.bob.test", "nomatch"},
                     {"DNS=a.bob.test", "permitted=DNS=.bob.test", "match"},
                     {"DNS=bob.test", "excluded=DNS=.bob.test", "match"},
                     {"DNS=eve.test", "permitted=DNS=", "match"},
                     {"DNS=eve.test", "excluded=DNS=", "nomatch"},
                     {"DNS=bob.test;DNS=eve.test", "permitted=DNS=bob.test", "nomatch"},
                     {"DNS=eve.test", "permitted=DNS=bob.test,DNS=eve.test", "match"},
                     {"DNS=mail.bob.test", "permitted=DNS=bob.test;excluded=DNS=mail.bob.test", "nomatch"},
                     {"DNS=low_line.bob.test", "permitted=DNS=bob.test", "match"},
                     // the empty name is nobody's; others that are malformed are refused
                     {"DNS=", "excluded=DNS=bob.test", "match"},
                     {"DNS=", "excluded=DNS=", "nomatch"},
                     {"DNS=", "permitted=DNS=bob.test", "nomatch"},
                     {"DNS=.bob.test", "permitted=DNS=bob.test", "invalid-presented"},
                     {"DNS=bob.test.", "permitted=DNS=bob.test", "invalid-presented"},
                     {"DNS=not a name", "excluded=URI=", "invalid-presented"},
                     {"DNS=not a name", "-", "match"},
                     {"SANEXT-INVALID-DER", "-", "invalid-presented"},
                 });
}

TEST(MatchConstraint, WantsAWildcardWhollyPermittedAndNowhereExcluded) {
  ExpectVerdicts("nameconstraint", {
                                       {"DNS=*.bob.test", "permitted=DNS=bob.test", "match"},
                                       {"DNS=*.bob.test", "permitted=DNS=.bob.test", "match"},
                                       {"DNS=*.bob.test", "permitted=DNS=mail.bob.test", "nomatch"},
                                       {"DNS=*.a.bob.test", "permitted=DNS=bob.test", "match"},
                                       {"DNS=*.bob.test", "excluded=DNS=mail.bob.test", "nomatch"},
                                       {"DNS=*.BOB.TEST", "excluded=DNS=mail.bob.test", "nomatch"},
                                       {"DNS=*.bob.test", "excluded=DNS=MAIL.BOB.TEST", "nomatch"},
                                       {"DNS=*.test", "excluded=DNS=mail.bob.test", "match"},
                                       {"DNS=*.mail.bob.test", "excluded=DNS=mail.bob.test", "nomatch"},
                                       {"DNS=*.x.bob.test", "excluded=DNS=mail.bob.test", "match"},
                                       {"DNS=*.bob.test", "excluded=DNS=.bob.test", "nomatch"},
                                       {"DNS=m*.bob.test", "permitted=DNS=bob.test", "invalid-presented"},
                                   });
}

TEST(MatchConstraint, HasEveryLevelAgreeAndAnyAlternativeServe) {
  ExpectVerdicts("nameconstraint",
                 {
                     {"DNS=a.bob.test", "permitted=DNS=bob.test | permitted=DNS=a.bob.test,DNS=eve.test", "match"},
                     {"DNS=eve.test", "permitted=DNS=bob.test | permitted=DNS=a.bob.test,DNS=eve.test", "nomatch"},
                     {"DNS=eve.test", "permitted=DNS= | permitted=DNS=bob.test", "nomatch"},
                     {"DNS=eve.test", "excluded=DNS=bob.test | excluded=DNS=", "nomatch"},
                     {"DNS=a.bob.test", "- | permitted=DNS=.eve.test OR permitted=DNS=.bob.test", "match"},
                     {"DNS=a.bob.test", "- | permitted=DNS=.bob.test OR permitted=DNS=.eve.test", "match"},
                     {"DNS=bob.test", "permitted=DNS=eve.test OR -", "match"},
                     {"DNS=bob.test", "permitted=DNS=eve.test OR permitted=DNS=a.test | -", "nomatch"},
                 });
}

TEST(MatchConstraint, LimitsOnlyNamesOfItsOwnForm) {
  ExpectVerdicts("nameconstraint",
                 {
                     {"IP=\\x0a\\x01\\x01\\x01", "permitted=DNS=.bob.test", "match"},
                     {"DNS=bob.test", "permitted=IP=\\x0a\\x00\\x00\\x00\\xff\\x00\\x00\\x00", "match"},
                     {"OTHERNAME", "permitted=DNS=bob.test", "match"},
                     {"SRV=_imap.eve.test", "permitted=DNS=bob.test", "match"},
                     {"DNS=bob.test", "permitted=UNKNOWN=x", "match"},
                     {"DNS=bob.test", "excluded=UNKNOWN", "match"},
                     {"OTHERNAME", "permitted=UNKNOWN", "invalid-reference"},
                     {"SUBJECT=CN=eve.test;NOSAN", "permitted=DNS=bob.test", "match"},
                     {"SUBJECT=;NOSAN", "permitted=DNS=bob.test", "match"},
                     {"SUBJECT=CN=eve.test;DNS=bob.test", "permitted=DNS=bob.test", "match"},
                     {"SUBJECT=;NOSAN", "permitted=DNS=!", "match"},
                 });
}

TEST(MatchConstraint, ComparesAddressesUnderMasks) {
  ExpectVerdicts(
      "nameconstraint",
      {
          {"IP=\\x0a\\x00\\x00\\x01", "excluded=IP=\\x0a\\x00\\x00\\x00\\xff\\x00\\x00\\x00", "nomatch"},
          {"IP=\\xc0\\xa8\\x01\\x01", "excluded=IP=\\x0a\\x00\\x00\\x00\\xff\\x00\\x00\\x00", "match"},
          {"IP=\\x0b\\x00\\x00\\x01",
           "excluded=IP=\\x00\\x00\\x00\\x00\\x80\\x00\\x00\\x00 | "
           "excluded=IP=\\x0b\\x00\\x00\\x00\\xff\\x00\\x00\\x00",
           "nomatch"},
          // host bits in the address part are masked away
          {"IP=\\x0a\\x0a\\x00\\x01", "excluded=IP=\\x0a\\x0a\\x0a\\x0a\\xff\\xff\\x00\\x00", "nomatch"},
          // neither kind of address contains the other
          {"IP=\\x0a\\x00\\x00\\x01",
           "permitted=IP="
           "\\x20\\x01\\x0d\\xb8\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xff\\xff\\xff\\xff"
           "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00",
           "nomatch"},
          {"IP=\\x0a", "permitted=IP=\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00", "invalid-presented"},
          {"IP=\\x08\\x08\\x08\\x08", "permitted=IP=\\x08\\x08\\x08\\x08\\x01\\xff\\xff\\xff", "invalid-reference"},
          {"IP=\\x08\\x08\\x08\\x08", "permitted=IP=\\x08\\x08\\x08\\x08", "invalid-reference"},
          {"IP=\\x08\\x08\\x08\\x08", "permitted=IP=", "invalid-reference"},
          {"DNS=bad.example.com;IP=\\x7f\\x00\\x00\\x01",
           "excluded=DNS=localhost,IP=\\x7f\\x00\\x00\\x00\\xff\\xff\\xff\\x00", "nomatch"},
      });
}

TEST(MatchConstraint, TakesMailboxesHostsAndDomains) {
  ExpectVerdicts("nameconstraint",
                 {
                     {"EMAIL=a@bob.test", "permitted=EMAIL=a@bob.test", "match"},
                     {"EMAIL=b@bob.test", "permitted=EMAIL=a@bob.test", "nomatch"},
                     {"EMAIL=A@bob.test", "permitted=EMAIL=a@bob.test", "nomatch"},
                     {"EMAIL=a@BOB.test", "permitted=EMAIL=a@bob.test", "match"},
                     {"EMAIL=a@bob.test", "permitted=EMAIL=bob.test", "match"},
                     {"EMAIL=a@x.bob.test", "permitted=EMAIL=bob.test", "nomatch"},
                     {"EMAIL=a@x.y.bob.test", "permitted=EMAIL=.bob.test", "match"},
                     {"EMAIL=a@bob.test", "permitted=EMAIL=.bob.test", "nomatch"},
                     {"EMAIL=a@bob.test", "permitted=EMAIL=", "match"},
                     {"EMAIL=a@bob.test", "excluded=EMAIL=", "nomatch"},
                     {"EMAIL=\"\\x5ca\\x5cb\"@bob.test", "permitted=EMAIL=ab@bob.test", "match"},
                     {"EMAIL=bob.test", "permitted=EMAIL=bob.test", "invalid-presented"},
                     {"EMAIL=a@b@bob.test", "permitted=EMAIL=bob.test", "invalid-presented"},
                     {"EMAIL=a@*.bob.test", "permitted=EMAIL=.bob.test", "invalid-presented"},
                     {"EMAIL=not @ a mailbox", "excluded=URI=", "invalid-presented"},
                     {"EMAIL=a@bob.test", "permitted=EMAIL=@bob.test", "invalid-reference"},
                     {"EMAIL=a@bob.test", "permitted=EMAIL=a@.bob.test", "invalid-reference"},
                     {"EMAIL=a@bob.test", "permitted=EMAIL=bob.test.", "invalid-reference"},
                     // the subject's emailAddress: exactly to be permitted, without case to be excluded (4.1.2.6)
                     {"SUBJECT=EMAIL=a@eve.test;DNS=bob.test", "permitted=EMAIL=bob.test", "nomatch"},
                     {"SUBJECT=EMAIL=A@bob.test;NOSAN", "permitted=EMAIL=a@bob.test", "nomatch"},
                     {"SUBJECT=EMAIL=A@bob.test;NOSAN", "excluded=EMAIL=a@bob.test", "nomatch"},
                     {"EMAIL=A@bob.test", "excluded=EMAIL=a@bob.test", "match"},
                 });
}

TEST(MatchConstraint, TakesTheHostOfAUri) {
  ExpectVerdicts("nameconstraint", {
                                       {"URI=http://bob.test:8080/x", "permitted=URI=bob.test", "match"},
                                       {"URI=http://a.bob.test/", "permitted=URI=bob.test", "nomatch"},
                                       {"URI=http://a.bob.test/", "permitted=URI=.bob.test", "match"},
                                       {"URI=http://eve.test/", "excluded=URI=eve.test", "nomatch"},
                                       {"URI=http://eve.test/", "permitted=URI=", "match"},
                                       {"URI=http://eve.test/", "excluded=URI=", "nomatch"},
                                       {"URI=urn:bob", "permitted=URI=bob.test", "invalid-presented"},
                                       {"URI=http://1.2.3.4:43/", "permitted=URI=bob.test", "invalid-presented"},
                                       {"URI=http://[2001:db8::1]/", "permitted=URI=bob.test", "invalid-presented"},
                                   });
}

TEST(MatchConstraint, TakesDirectoryNamesByRdn) {
  ExpectVerdicts("nameconstraint",
                 {
                     {"SUBJECT=C=US/O=Bob/CN=x;NOSAN", "permitted=DN=C=US/O=Bob", "match"},
                     {"SUBJECT=C=US/O=Eve;NOSAN", "permitted=DN=C=US/O=Bob", "nomatch"},
                     {"SUBJECT=C=US/O=bob;NOSAN", "permitted=DN=C=us/O=BOB", "match"},
                     {"SUBJECT=O=Bob+CN=x;NOSAN", "permitted=DN=O=Bob", "nomatch"},
                     {"SUBJECT=O=Bob+CN=x;NOSAN", "permitted=DN=CN=x+O=Bob", "match"},
                     {"SUBJECT=O=Bob/CN=x;NOSAN", "permitted=DN=O=Bob+CN=x", "nomatch"},
                     {"SUBJECT=C=US/O=Bob;NOSAN", "excluded=DN=C=US", "nomatch"},
                     {"SUBJECT=C=JP;NOSAN", "excluded=DN=C=US", "match"},
                     {"SUBJECT=;DIRNAME=O=Eve", "permitted=DN=O=Bob", "nomatch"},
                     {"SUBJECT=O=Eve;DIRNAME=O=Bob", "permitted=DN=O=Bob", "nomatch"},
                     // an empty subject is not constrained ("when the certificate includes a non-empty subject field")
                     {"SUBJECT=;DNS=bob.test", "permitted=DN=O=Bob", "match"},
                 });
}

TEST(MatchConstraint, JudgesTheConstraintsAlone) {
  ExpectVerdicts("nameconstraint",
                 {
                     {"-", "permitted=DNS=bob.test", "match"},
                     {"-", "permitted=DNS=.bob.test", "match"},
                     {"-", "permitted=DNS=", "match"},
                     {"-", "permitted=DNS=*.bob.test", "invalid-reference"},
                     {"-", "excluded=DNS=bob.test.", "invalid-reference"},
                     {"-", "permitted=DNS=.", "invalid-reference"},
                     {"-", "permitted=DNS=b\\xc3\\xbccher.test", "invalid-reference"},
                     {"-", "permitted=IP=\\x0a\\x00\\x00\\x00\\xff\\x00\\xff\\x00", "invalid-reference"},
                     {"-", "permitted=IP=\\x0a\\x00\\x00\\x00\\xff\\x00\\x00\\x00", "match"},
                     {"-", "permitted=EMAIL=@bob.test", "invalid-reference"},
                     {"-", "permitted=URI=127.0.0.1", "invalid-reference"},
                     {"-", "permitted=DN=C=US", "match"},
                     {"-", "- | excluded=DNS=a..b", "invalid-reference"},
                 });
}

TEST(MatchConstraint, ConstrainsTheCommonNameWhereAProfileLetsItCount) {
  for (const std::string_view profile : {"openssl", "mozilla-pkix", "node"}) {
    ExpectVerdicts("nameconstraint",
                   {{"SUBJECT=CN=a.bob.test;NOSAN", "permitted=DNS=bob.test", "match"},
                    {"SUBJECT=CN=a.eve.test;NOSAN", "permitted=DNS=bob.test", "nomatch"},
                    {"SUBJECT=CN=a.bob.test;NOSAN", "excluded=DNS=bob.test", "nomatch"},
                    {"SUBJECT=CN=Not a host name;NOSAN", "permitted=DNS=bob.test", "match"},
                    {"SUBJECT=CN=a.eve.test;DNS=bob.test", "permitted=DNS=bob.test", "match"}},
                   profile);
  }
  ExpectVerdicts("nameconstraint",
                 {{"SUBJECT=CN=a.bob.test;NOSAN", "permitted=DNS=bob.test", "nomatch"},
                  {"SUBJECT=CN=a.bob.test;DNS=a.bob.test", "permitted=DNS=bob.test", "match"}},
                 "boringssl");
  ExpectVerdicts("nameconstraint",
                 {{"SUBJECT=CN=10.0.0.1;NOSAN", "permitted=IP=\\x0a\\x00\\x00\\x00\\xff\\x00\\x00\\x00", "match"},
                  {"SUBJECT=CN=11.0.0.1;NOSAN", "permitted=IP=\\x0a\\x00\\x00\\x00\\xff\\x00\\x00\\x00", "nomatch"}},
                 "mozilla-pkix");
}

}  // namespace
