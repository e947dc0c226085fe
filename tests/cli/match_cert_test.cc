// Whole certificates, SRV-IDs and URI-IDs through `match --batch`.
#include <gtest/gtest.h>

#include "lab/cli/exit_code.h"
#include "tests/cli/match_table.h"

namespace {

using lab_test::ExpectVerdicts;

constexpr std::string_view kLoopback = "\\x7f\\x00\\x00\\x01";

TEST(MatchCert, OneIdentifierThatMatchesSuffices) {
  ExpectVerdicts("cert", {
                             {"DNS=mail.bob.test", "mail.bob.test", "match"},
                             {"DNS=a.test;DNS=mail.bob.test;DNS=c.test", "mail.bob.test", "match"},
                             {"DNS=a.test;DNS=*.bob.test", "mail.bob.test", "match"},
                             {"DNS=a.test;DNS=b.test", "mail.bob.test", "nomatch"},
                             {"IP=\\x7f\\x00\\x00\\x01;DNS=mail.bob.test", "mail.bob.test", "match"},
                             {"DNS=mail.bob.test;IP=\\x7f\\x00\\x00\\x01", "127.0.0.1", "match"},
                             {"DNS=127.0.0.1", "127.0.0.1", "nomatch"},
                             {"DNS=mail.bob.test;IP=\\x7f\\x00\\x00\\x02", "127.0.0.1", "nomatch"},
                             // a malformed one is passed over (policy 2.5)
                             {"DNS=m*.bob.test;DNS=mail.bob.test", "mail.bob.test", "match"},
                             {"IP=\\x7f;DNS=mail.bob.test", "mail.bob.test", "match"},
                             {"OTHERNAME;DNS=mail.bob.test", "mail.bob.test", "match"},
                         });
}

TEST(MatchCert, NeverLooksAtTheCommonNameNorAtMailboxesAndUris) {
  ExpectVerdicts("cert", {
                             {"SUBJECT=CN=mail.bob.test;NOSAN", "mail.bob.test", "nomatch"},
                             {"SUBJECT=CN=mail.bob.test", "mail.bob.test", "nomatch"},
                             {"SUBJECT=CN=mail.bob.test;DNS=mail.eve.test", "mail.bob.test", "nomatch"},
                             {"SUBJECT=CN=mail.bob.test;EMAIL=bob@mail.bob.test", "mail.bob.test", "nomatch"},
                             {"URI=https://mail.bob.test/", "mail.bob.test", "nomatch"},
                             {"EMAIL=bob@mail.bob.test", "mail.bob.test", "nomatch"},
                             {"SRV=_submission.mail.bob.test", "mail.bob.test", "nomatch"},
                             {"DIRNAME=CN=mail.bob.test", "mail.bob.test", "nomatch"},
                             {"SUBJECT=CN=mail.bob.test;OTHERNAME", "mail.bob.test", "nomatch"},
                         });
}

TEST(MatchCert, RefusesACertificateWhoseNamesDoNotParse) {
  ExpectVerdicts("cert", {
                             {"SANEXT-INVALID-DER", "mail.bob.test", "invalid-presented"},
                             {"SUBJECT=CN=mail.bob.test;EMPTYSAN", "mail.bob.test", "invalid-presented"},
                             {"DNS=mail.bob.test", "mail..bob.test", "invalid-reference"},
                             {"SANEXT-INVALID-DER", "mail..bob.test", "invalid-reference"},
                             {"DNS=mail.bob.test", "-", "valid-presented"},
                             {"-", "mail.bob.test", "valid-reference"},
                         });
}

TEST(MatchCert, UndoesEscapesInsideValues) {
  ExpectVerdicts("cert", {
                             {"DNS=\\x6dail.bob.test", "mail.bob.test", "match"},
                             {"DNS=mail.bob.test\\;DNS=x", "mail.bob.test", "nomatch"},
                             {"DNS=mail.bob.test\\x3bDNS=x", "mail.bob.test", "nomatch"},
                             {"SUBJECT=CN=a\\/b\\+c;DNS=mail.bob.test", "mail.bob.test", "match"},
                             {"SUBJECT=CN=a/CN=b+O=c;DNS=mail.bob.test", "mail.bob.test", "match"},
                             {"SUBJECT=2.5.4.17=1/postalCode=2;DNS=mail.bob.test", "mail.bob.test", "match"},
                         });
  for (const char* bad :
       {"cert\tDNS=a\\q\tb", "cert\tFOO=a\tb", "cert\tSUBJECT=XX=a\tb", "cert\tSUBJECT=3.1=a\tb",
        "cert\tSUBJECT=1.40000000000.1=a\tb", "cert\tSUBJECT=2=a\tb", "cert\tDNS=a\\\tb", "cert\tDNS=a\tb\\;",
        "nameconstraint\tDNS=a\tallowed=DNS=a", "nameconstraint\t-\tpermitted=X=a"}) {
    EXPECT_EQ(lab::kExitUsage, lab_test::CodeOf(bad)) << bad;
  }
}

TEST(MatchCert, FallsBackToTheCommonNameAsTheProfileSays) {
  const std::string_view cn_only = "SUBJECT=CN=mail.bob.test;NOSAN";
  const std::string_view with_dns = "SUBJECT=CN=mail.bob.test;DNS=a.test";
  const std::string_view with_ip = "SUBJECT=CN=mail.bob.test;IP=\\x7f\\x00\\x00\\x01";
  const std::string_view with_mail = "SUBJECT=CN=mail.bob.test;EMAIL=bob@bob.test";
  const std::string_view with_srv = "SUBJECT=CN=mail.bob.test;SRV=_imap.bob.test";
  const std::string_view with_uri = "SUBJECT=CN=mail.bob.test;URI=sip:bob.test";
  const std::string_view empty = "SUBJECT=CN=mail.bob.test;EMPTYSAN";
  struct Expected {
    std::string_view profile, cn_only, dns, ip, mail, srv, uri, empty;
  };
  for (const Expected& e : {
           Expected{"openssl", "match", "nomatch", "match", "match", "match", "match", "match"},
           Expected{"node", "match", "nomatch", "match", "match", "match", "match", "match"},
           Expected{"boringssl", "match", "nomatch", "nomatch", "nomatch", "nomatch", "nomatch", "nomatch"},
           Expected{"mozilla-pkix", "match", "nomatch", "nomatch", "match", "match", "match", "match"},
           Expected{"gnutls", "match", "nomatch", "nomatch", "nomatch", "nomatch", "nomatch", "match"},
           Expected{"rfc7817", "match", "nomatch", "nomatch", "match", "nomatch", "nomatch", "invalid-presented"},
           Expected{"go", "nomatch", "nomatch", "nomatch", "nomatch", "nomatch", "nomatch", "invalid-presented"},
       }) {
    ExpectVerdicts("cert",
                   {{cn_only, "mail.bob.test", e.cn_only},
                    {with_dns, "mail.bob.test", e.dns},
                    {with_ip, "mail.bob.test", e.ip},
                    {with_mail, "mail.bob.test", e.mail},
                    {with_srv, "mail.bob.test", e.srv},
                    {with_uri, "mail.bob.test", e.uri},
                    {empty, "mail.bob.test", e.empty}},
                   e.profile);
  }
}

TEST(MatchCert, PicksAmongCommonNamesAsTheProfileSays) {
  // Any of them (OpenSSL), the last one (mozilla::pkix), none if there are two (GnuTLS).
  const std::string_view first = "SUBJECT=CN=mail.bob.test/CN=x;NOSAN";
  const std::string_view last = "SUBJECT=CN=x/CN=mail.bob.test;NOSAN";
  ExpectVerdicts("cert", {{first, "mail.bob.test", "match"}, {last, "mail.bob.test", "match"}}, "openssl");
  ExpectVerdicts("cert", {{first, "mail.bob.test", "nomatch"}, {last, "mail.bob.test", "match"}}, "mozilla-pkix");
  ExpectVerdicts("cert", {{first, "mail.bob.test", "nomatch"}, {last, "mail.bob.test", "nomatch"}}, "gnutls");
}

TEST(MatchCert, LetsACommonNameBeAnAddressAsTheProfileSays) {
  const std::string_view v4 = "SUBJECT=CN=127.0.0.1;NOSAN";
  const std::string_view v6 = "SUBJECT=CN=::1;NOSAN";
  ExpectVerdicts("cert", {{v4, "127.0.0.1", "match"}, {v6, "::1", "nomatch"}}, "mozilla-pkix");
  ExpectVerdicts("cert", {{v4, "127.0.0.1", "match"}, {v6, "::1", "match"}}, "libressl");
  ExpectVerdicts("cert", {{v4, "127.0.0.1", "match"}}, "gnutls");
  ExpectVerdicts("cert", {{v4, "127.0.0.1", "nomatch"}}, "node");
}

TEST(MatchCert, HaltsAtAMalformedNameAsTheProfileSays) {
  ExpectVerdicts("cert",
                 {{"DNS=!;DNS=mail.bob.test", "mail.bob.test", "invalid-presented"},
                  {"DNS=mail.bob.test;DNS=!", "mail.bob.test", "match"},
                  {"IP=x;DNS=mail.bob.test", "mail.bob.test", "match"}},
                 "mozilla-pkix");
  ExpectVerdicts("cert", {{"DNS=!;DNS=mail.bob.test", "mail.bob.test", "match"}});
}

TEST(MatchSrv, ComparesServiceAndNameWithOneReference) {
  ExpectVerdicts("srv", {
                            {"_submission.bob.test", "_submission.bob.test", "match"},
                            {"_SUBMISSION.Bob.test", "_submission.bob.TEST.", "match"},
                            {"_imap.bob.test", "_submission.bob.test", "nomatch"},
                            {"_submission.eve.test", "_submission.bob.test", "nomatch"},
                            {"_submission.mail.bob.test", "_submission.bob.test", "nomatch"},
                            // an SRV-ID never matches a host
                            {"_submission.bob.test", "bob.test", "nomatch"},
                            {"_submission.bob.test", "127.0.0.1", "nomatch"},
                            {"_submission.*.test", "_submission.bob.test", "invalid-presented"},
                            {"_*.bob.test", "_submission.bob.test", "invalid-presented"},
                            {"submission.bob.test", "_submission.bob.test", "invalid-presented"},
                            {"_submission", "_submission.bob.test", "invalid-presented"},
                            {"_.bob.test", "_submission.bob.test", "invalid-presented"},
                            {"_submission._tcp.bob.test", "_submission.bob.test", "invalid-presented"},
                            {"_submission.bob.test.", "_submission.bob.test", "invalid-presented"},
                            {"", "_submission.bob.test", "invalid-presented"},
                            {"_submission.bob.test", "_submission._tcp.bob.test", "invalid-reference"},
                            {"_submission.bob.test", "_submission.127.0.0.1", "invalid-reference"},
                            {"_submission.xn--bcher-kva.test", "_submission.b\\xc3\\xbccher.test", "match"},
                            {"_submission.bob.test", "-", "valid-presented"},
                            {"-", "_submission.bob.test", "valid-reference"},
                        });
  ExpectVerdicts("srv", {{"_submission.bob.test", "_submission.bob.test", "nomatch"}}, "rustls-webpki");
  ExpectVerdicts("cert", {
                             {"SRV=_imap.bob.test;SRV=_submission.bob.test", "_submission.bob.test", "match"},
                             // service of one identifier, name of another
                             {"SRV=_imap.bob.test;SRV=_submission.eve.test", "_submission.bob.test", "nomatch"},
                             {"SRV=_imap.bob.test;DNS=bob.test", "_submission.bob.test", "nomatch"},
                         });
}

TEST(MatchUri, ComparesSchemeAndHost) {
  ExpectVerdicts("uri", {
                            {"sip:voice.bob.test", "sip:voice.bob.test", "match"},
                            {"SIP:VOICE.bob.test", "sip:voice.bob.test", "match"},
                            {"sip:alice@voice.bob.test:5060;transport=tls", "sip:voice.bob.test", "match"},
                            {"https://mail.bob.test/a?b#c", "https://mail.bob.test", "match"},
                            {"https://u@mail.bob.test:443", "https://mail.bob.test", "match"},
                            {"sips:voice.bob.test", "sip:voice.bob.test", "nomatch"},
                            {"sip:voice.eve.test", "sip:voice.bob.test", "nomatch"},
                            {"https://mail.bob.test/", "mail.bob.test", "nomatch"},
                            {"https://*.bob.test/", "https://mail.bob.test", "invalid-presented"},
                            {"https://127.0.0.1/", "https://mail.bob.test", "invalid-presented"},
                            {"https://[::1]/", "https://mail.bob.test", "invalid-presented"},
                            {"mail.bob.test", "https://mail.bob.test", "invalid-presented"},
                            {"https://", "https://mail.bob.test", "invalid-presented"},
                            {"1https://mail.bob.test", "https://mail.bob.test", "invalid-presented"},
                            {"https://mail.bob.test", "https://", "invalid-reference"},
                        });
}

TEST(MatchIp, TakesAddressesAsTheProfileSays) {
  ExpectVerdicts("ip", {{kLoopback, "127.0.0.1", "match"},
                        {kLoopback, "::ffff:127.0.0.1", "nomatch"},
                        {kLoopback, "[127.0.0.1]", "invalid-reference"}});
  ExpectVerdicts("ip",
                 {{kLoopback, "::ffff:127.0.0.1", "match"},
                  {kLoopback, "[127.0.0.1]", "match"},
                  {"\\xfe\\x80"
                   "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01",
                   "fe80::1%eth0", "match"}},
                 "go");
  ExpectVerdicts("ip", {{"\\x00\\x00\\x00\\x00", "0.0.0.0", "invalid-reference"}}, "mozilla-pkix");
}

}  // namespace
