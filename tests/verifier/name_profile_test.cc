// The profiles: each does what its implementation's own published tests say it does. Names are ours where the situation
// alone matters.
#include <gtest/gtest.h>

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "certs/bytes.h"
#include "lab/verifier/name_lenient.h"
#include "lab/verifier/name_match.h"

namespace verifier {
namespace {

using namespace std::string_view_literals;

struct ProfileRow {
  std::string_view presented, reference;
  bool match;
};

bool Matches(std::string_view presented, std::string_view configured, const NamePolicy& policy) {
  const auto reference = ParseReference(configured, policy);
  const certs::Bytes octets = certs::ToBytes(presented);
  return reference && MatchName({PresentedForm::kDns, octets}, *reference, policy).match;
}

// dNSNames under one profile.
void CheckProfile(std::string_view profile, std::initializer_list<ProfileRow> rows) {
  const auto policy = ProfileByName(profile);
  ASSERT_TRUE(policy) << profile;
  for (const ProfileRow& row : rows) {
    EXPECT_EQ(row.match, Matches(row.presented, row.reference, *policy))
        << profile << ": " << certs::Escaped(row.presented) << " against " << certs::Escaped(row.reference);
  }
}

// What every program agrees on, the forum's matcher excepted.
TEST(Profiles, AllMatchEqualNamesAndWildcardsAndNoOthers) {
  for (const std::string_view profile : ProfileNames()) {
    if (profile == "reversed-label-walk") {
      continue;
    }
    CheckProfile(profile, {
                              {"mail.bob.test", "mail.bob.test", true},
                              {"MAIL.Bob.test", "mail.bOB.test", true},
                              {"*.bob.test", "mail.bob.test", true},
                              {"*.bob.test", "bob.test", false},
                              {"mail.eve.test", "mail.bob.test", false},
                              {"bob.test", "mail.bob.test", false},
                              {"mail.bob.test", "bob.test", false},
                              {"mail.bob.test.eve.test", "mail.bob.test", false},
                              {"mail.bob.test\0.eve.test"sv, "mail.bob.test", false},
                              {"", "mail.bob.test", false},
                              {"*", "mail.bob.test", profile == "httpclient-default"},
                              {"**.bob.test", "mail.bob.test", profile == "jdk-https" || profile == "cpython-3.3"},
                          });
  }
}

TEST(Profiles, HaveNamesAndSummariesOfTheirOwn) {
  std::set<std::string_view> names, summaries;
  for (const std::string_view name : ProfileNames()) {
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(summaries.insert(ProfileSummary(name)).second) << name;
    EXPECT_FALSE(ProfileSummary(name).empty()) << name;
  }
  EXPECT_EQ("rfc9525-strict", ProfileNames().front());
  EXPECT_FALSE(IsLenient(*ProfileByName("rfc9525-strict")));
  EXPECT_FALSE(IsLenient(*ProfileByName("rfc9525-literal")));
  EXPECT_TRUE(IsLenient(*ProfileByName("go")));
  EXPECT_FALSE(ProfileByName("rfc2818"));
  EXPECT_TRUE(ProfileSummary("rfc2818").empty());
}

TEST(Profiles, DifferInHowBroadAWildcardMayBe) {
  for (const std::string_view one : {"rfc9525-literal", "go", "cpython-3.3", "cpython-3.7", "mercurial", "urllib3",
                                     "ruby-openssl", "jdk-https", "jdk-ldap", "okhttp", "swift-nio-ssl",
                                     "pyca-cryptography", "mbedtls", "httpclient-default", "httpclient-strict"}) {
    CheckProfile(one, {{"*.test", "bob.test", true}});
  }
  for (const std::string_view two :
       {"rfc9525-strict", "mozilla-pkix", "rustls-webpki", "chromium", "boringssl", "openssl", "postfix", "curl",
        "node", "gnutls", "libressl", "service-identity", "grpc"}) {
    CheckProfile(two, {{"*.test", "bob.test", false}});
  }
}

TEST(Profiles, DifferInPartialWildcards) {
  for (const std::string_view partial :
       {"openssl", "node", "cpython-3.3", "mercurial", "urllib3", "ruby-openssl", "jdk-https", "jdk-ldap",
        "httpclient-default", "httpclient-strict", "swift-nio-ssl", "php"}) {
    CheckProfile(partial, {{"m*.bob.test", "mail.bob.test", true},
                           {"*l.bob.test", "mail.bob.test", true},
                           {"x*.bob.test", "mail.bob.test", false}});
  }
  for (const std::string_view whole :
       {"rfc9525-strict", "mozilla-pkix", "go", "chromium", "boringssl", "postfix", "curl", "gnutls", "cpython-3.7",
        "okhttp", "service-identity", "mbedtls", "grpc"}) {
    CheckProfile(whole, {{"m*.bob.test", "mail.bob.test", false}, {"*l.bob.test", "mail.bob.test", false}});
  }
}

TEST(Profiles, NeverLetAPartialWildcardTouchAnALabel) {
  for (const std::string_view partial : {"openssl", "cpython-3.3", "urllib3", "ruby-openssl", "swift-nio-ssl"}) {
    CheckProfile(partial, {{"x*.bob.test", "xn--bcher-kva.bob.test", false},
                           {"xn--*.bob.test", "xn--bcher-kva.bob.test", false},
                           {"*.bob.test", "xn--bcher-kva.bob.test", true}});
  }
  CheckProfile("service-identity", {{"*.bob.test", "xn--bcher-kva.bob.test", false}});
}

TEST(Profiles, DifferInTrailingDots) {
  for (const std::string_view strip : {"curl", "node", "grpc", "okhttp", "swift-nio-ssl", "chromium"}) {
    CheckProfile(strip, {{"mail.bob.test.", "mail.bob.test", true},
                         {"mail.bob.test", "mail.bob.test.", true},
                         {"*.bob.test", "mail.bob.test.", true}});
  }
  for (const std::string_view literal : {"openssl", "boringssl", "gnutls", "mbedtls", "libressl", "urllib3"}) {
    CheckProfile(literal, {{"mail.bob.test.", "mail.bob.test", false},
                           {"mail.bob.test", "mail.bob.test.", false},
                           {"mail.bob.test.", "mail.bob.test.", true}});
  }
  CheckProfile("mozilla-pkix",
               {{"mail.bob.test", "mail.bob.test.", true}, {"mail.bob.test.", "mail.bob.test.", false}});
  CheckProfile("jdk-https", {{"mail.bob.test", "mail.bob.test.", false}});
  CheckProfile("service-identity", {{"mail.bob.test", "mail.bob.test.", false}});
  CheckProfile("pyca-cryptography",
               {{"mail.bob.test", "mail.bob.test.", false}, {"a_b.bob.test", "a_b.bob.test", false}});
}

TEST(Profiles, GoMatchesEqualJunkAndWildcardsOfValidNamesOnly) {
  CheckProfile("go", {
                         {"*.example.com", "www.example.com.", true},
                         {"*.example.com", "https://www.example.com", false},
                         {"*.example..com", "www.example..com", false},
                         {"www.example..com", "www.example..com", true},
                         {"*.*.example.com", "xyz.www.example.com", false},
                         {"*bar.example.com", "foobar.example.com", false},
                         {"example.com.", "example.com", false},
                         {"example.com.", "example.com.", true},
                         {"*.com.", "example.com.", false},
                         {"*.com", "example.com.", true},
                         {"foo:bar", "foo:bar", true},
                         {"*.foo:bar", "xxx.foo:bar", false},
                         {"-a.b", "-a.b", true},
                         {"*.-a.b", "x.-a.b", false},
                         {"*.a-.b", "x.a-.b", true},
                         {".", ".", false},
                         {"", "", false},
                     });
}

TEST(Profiles, MozillaTakesReferencesWithHyphensAtTheEdge) {
  CheckProfile("mozilla-pkix", {
                                   {"*.b.a", "c-.b.a", true},
                                   {"*.b.a", "-c.b.a", true},
                                   {"-c.b.a", "-c.b.a", false},
                                   {"a_b.c", "a_b.c", true},
                                   {"*._._", "x._._", true},
                                   {"example.1", "example.1", false},
                                   {"example._1", "example._1", true},
                               });
}

TEST(Profiles, ChromiumUnescapesAndKnowsPublicSuffixes) {
  CheckProfile("chromium", {
                               {"www.foo.com", "ww%57.foo.com", true},
                               {"www.foo.com", "www%2Efoo.com", true},
                               {"www.foo.com", "www%252Efoo.com", false},
                               {"www.foo.com", "www%00.foo.com", false},
                               {"www@foo.com", "www%40foo.com", false},
                               {"*.co.uk", "example.co.uk", false},
                               {"*.example.co.uk", "test.example.co.uk", true},
                               {"*.com.br", "xn--poema-9qae5a.com.br", false},
                               {"*.test.example", "www.test.example", true},
                               {"*.appspot.com", "www.appspot.com", true},
                               {"*.COM", "foo.com", false},
                           });
  EXPECT_TRUE(IsPublicSuffix("co.uk"));
  EXPECT_TRUE(IsPublicSuffix("CO.UK"));
  EXPECT_FALSE(IsPublicSuffix("bob.co.uk"));
  EXPECT_FALSE(IsPublicSuffix("bob.test"));
}

TEST(Profiles, OpenSslKnowsDotReferencesAndOnlyLdhWildcards) {
  CheckProfile("openssl", {
                              {"*.www.example.com", ".www.example.com", true},
                              {"test.www.example.com", ".www.example.com", true},
                              {"www.example.com", ".www.example.com", false},
                              {"*www.example.com", "www.example.com", true},
                              {"*.example.com", "_smtp.example.com", false},
                              {"_smtp.example.com", "_smtp.example.com", true},
                              {"f*o.example.com", "foo.example.com", false},
                              {"*-.example.com", "a-.example.com", false},
                              {"test.*.example.com", "test.a.example.com", false},
                              {"127.0.0.1", "127.0.0.1", true},
                              {"a\0b.test"sv, "a\0b.test"sv, false},
                              {"-a.test", "-a.test", true},
                          });
  CheckProfile("postfix",
               {{"test.www.example.com", ".www.example.com", true}, {"*www.example.com", "www.example.com", false}});
  CheckProfile("boringssl", {{"*.0.0.1", "127.0.0.1", true}, {"test.www.example.com", ".www.example.com", false}});
}

TEST(Profiles, CurlWantsTwoDotsAndNeverAWildcardAddress) {
  CheckProfile("curl", {
                           {"*.example.com", "www.example.com", true},
                           {"xxx*.example.com", "xxxwww.example.com", false},
                           {"f*.example.com", "foo.example.com", false},
                           {"*.com", "example.com", false},
                           {"192.168.0.0", "192.168.0.0", true},
                           {"*.168.0.0", "192.168.0.0", false},
                           {"fe80::1", "fe80::1", true},
                           {"*::1", "fe80::1", false},
                           {"*.example.com", "a.b.example.com", false},
                       });
}

TEST(Profiles, NodeSplitsTheFirstLabelAtTheStar) {
  CheckProfile("node", {
                           {"*.a.com", "b.a.com", true},
                           {"*.a.com", "ba.com", false},
                           {"b*.a.com", "bc.a.com", true},
                           {"b*b.a.com", "bab.a.com", true},
                           {"*b*.a.com", "bab.a.com", false},
                           {"*.com", "a.com", false},
                           {"b.*.com", "b.a.com", false},
                           {"a.com.", "a.com", true},
                       });
}

TEST(Profiles, PythonsDiffer) {
  CheckProfile("cpython-3.3", {
                                  {"f*.com", "foo.com", true},
                                  {"f*.com", "f.com", true},
                                  {"f*.com", "foo.a.com", false},
                                  {"*.*.a.com", "bar.foo.a.com", true},
                                  {"a.*.com", "a.foo.com", true},
                                  {"a.*.com", "a..com", false},
                                  {"a*b.co*", "axxb.com", false},
                                  {"p\xc3\xbc.test", "p\xc3\xbc.test", true},
                                  {"null.test\0x.test"sv, "null.test\0x.test"sv, true},
                                  {"null.test\0x.test"sv, "null.test", false},
                              });
  CheckProfile("cpython-3.7", {
                                  {"f*.com", "foo.com", false},
                                  {"*.com", "foo.com", true},
                                  {"*.*.a.com", "bar.foo.a.com", false},
                                  {"*", "foo", false},
                              });
  for (const std::string_view bare : {"mercurial", "urllib3"}) {
    CheckProfile(bare,
                 {{"*", "foo", true}, {"f*", "foo", true}, {"f*.com", "f.com", true}, {"a.*.com", "a.b.com", false}});
  }
}

TEST(Profiles, RubyWantsTheStarToStandForSomething) {
  CheckProfile("ruby-openssl", {
                                   {"x*", "foo", false},
                                   {"f*", "foo", true},
                                   {"*", "foo", true},
                                   {"abc*bcd", "abcd", false},
                                   {"f*.com", "f.com", false},
                                   {"f*.com", "fo.com", true},
                                   {"*--qdk4b9b", "xn--qdk4b9b", false},
                                   {"xn--qdk4b9b", "xn--qdk4b9b", true},
                               });
}

TEST(Profiles, TheJdkHasStarsInAnyLabelForHttpsOnly) {
  CheckProfile("jdk-https", {{"a.*.com", "a.b.com", true},
                             {"*.*.bob.test", "a.b.bob.test", true},
                             {"a*b*.test", "axbx.test", true},
                             {"bob.*", "bob.test", false}});
  CheckProfile("jdk-ldap", {{"a.*.com", "a.b.com", false}, {"m*.test", "mail.test", true}});
}

TEST(Profiles, HttpClientTakesOneStarAnywhere) {
  CheckProfile("httpclient-default", {
                                         {"*.b.c", "a.b.c", true},
                                         {"*.b.c", "s.a.b.c", true},
                                         {"a.b.*", "a.b.c", true},
                                         {"a.*.c", "a.b.c", true},
                                         {"*.*.c", "a.b.c", false},
                                         {"xn--bcher-kva.test",
                                          "b\xc3\xbc"
                                          "cher.test",
                                          true},
                                         {"b\xc3\xbc"
                                          "cher.test",
                                          "xn--bcher-kva.test", true},
                                     });
  CheckProfile("httpclient-strict", {{"*.b.c", "a.b.c", true}, {"*.b.c", "s.a.b.c", false}, {"a*a.c", "a.c", false}});
}

TEST(Profiles, LibreSslChecksWhatIsPresentedOnly) {
  CheckProfile("libressl", {
                               {"*.openbsd.org", "www.openbsd.org", true},
                               {"*.org", "openbsd.org", false},
                               {"*", "openbsd.org", false},
                               {"*.openbsd.org", ".openbsd.org", false},
                               {"www.*.org", "www.openbsd.org", false},
                               {" ", " ", false},
                               {"a b.test", "a b.test", false},
                           });
  // It counts 255 octets of text, where 253 fill the wire.
  const std::string label(63, 'a');
  const std::string longest = label + '.' + label + '.' + label + '.' + label;
  CheckProfile("libressl", {{longest, longest, true}, {longest.substr(2) + ".aa", longest.substr(2) + ".aa", false}});
  CheckProfile("rfc9525-strict", {{longest, longest, false}});
}

// The answer of a programmers' forum: it walks the labels from the right and has no branch for labels that differ.
TEST(Profiles, TheReversedLabelWalkTakesEveForBob) {
  CheckProfile("reversed-label-walk",
               {
                   {"mail.eve.test", "mail.bob.test", true},
                   {"any.thing.else", "mail.bob.test", true},
                   {"any.thing.else", "smtp.mail.bob.test", true},
                   {"a.b.c.d", "mail.bob.test", false},   // the host runs out of labels
                   {"bob.test", "mail.bob.test", false},  // fewer than three labels: never looked at
                   {"*.bob.test", "mail.bob.test", true},
                   {"*.bob.test", "a.b.c.bob.test", true},  // * swallows several labels
                   {"x,DNS:mail.eve.test", "mail.bob.test", true},
                   {"x, DNS:mail.eve.test", "mail.bob.test", false},
               });
}

TEST(Switches, OfSyntaxAreSettableOnEachSide) {
  const auto matches = [](void (*change)(NamePolicy&), std::string_view presented, std::string_view reference) {
    NamePolicy policy;
    policy.srv_id = false;  // lenient, and nothing else
    const bool before = Matches(presented, reference, policy);
    change(policy);
    return std::pair(before, Matches(presented, reference, policy));
  };
  const auto changes = std::pair(false, true);
  const auto changes_back = std::pair(true, false);
  EXPECT_EQ(changes, matches([](NamePolicy& p) { p.reference_syntax.leading_hyphen = true; }, "*.b.test", "-a.b.test"));
  EXPECT_EQ(changes,
            matches([](NamePolicy& p) { p.reference_syntax.trailing_hyphen = true; }, "*.b.test", "a-.b.test"));
  EXPECT_EQ(changes_back,
            matches([](NamePolicy& p) { p.reference_syntax.underscore = false; }, "*.b.test", "a_.b.test"));
  EXPECT_EQ(changes_back, matches([](NamePolicy& p) { p.presented_syntax.underscore = false; }, "a_.test", "a_.test"));
  EXPECT_EQ(changes, matches(
                         [](NamePolicy& p) {
                           p.presented_syntax.numeric_last_label = p.reference_syntax.numeric_last_label = true;
                         },
                         "a.1", "a.1"));
  EXPECT_EQ(changes_back, matches([](NamePolicy& p) { p.wildcard = Wildcard::kNone; }, "*.b.test", "a.b.test"));
  EXPECT_EQ(changes_back, matches([](NamePolicy& p) { p.idna = Idna::kReject; }, "xn--bcher-kva.test",
                                  "b\xc3\xbc"
                                  "cher.test"));
  EXPECT_EQ(changes_back, matches([](NamePolicy& p) { p.reference_dot = DotRule::kReject; }, "a.test", "a.test."));
  EXPECT_EQ(changes, matches([](NamePolicy& p) { p.presented_dot = DotRule::kStrip; }, "a.test.", "a.test"));
  EXPECT_EQ(changes, matches(
                         [](NamePolicy& p) {
                           p.ip_text_in_dns = IpTextInDns::kExact;
                           p.syntax_check = SyntaxCheck::kNone;
                         },
                         "127.0.0.1", "127.0.0.1"));
}

}  // namespace
}  // namespace verifier
