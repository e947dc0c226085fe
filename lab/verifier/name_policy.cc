#include "lab/verifier/name_policy.h"

#include <algorithm>

namespace verifier {
namespace {

struct Profile {
  std::string_view name;
  std::string_view summary;
  NamePolicy policy;
};

// What compares octets and checks nothing; "bytes" in the profiles' descriptions.
constexpr NamePolicy OctetForOctet() {
  NamePolicy policy;
  policy.syntax_check = SyntaxCheck::kNone;
  policy.presented_dot = DotRule::kLiteral;
  policy.reference_dot = DotRule::kLiteral;
  policy.idna = Idna::kReject;
  return policy;
}

// `base` with something changed.
constexpr NamePolicy With(NamePolicy base, void (*change)(NamePolicy&)) {
  change(base);
  return base;
}

constexpr NamePolicy OpenSsl() {
  return With(OctetForOctet(), [](NamePolicy& p) {
    p.wildcard = Wildcard::kPartial;
    p.wildcard_ldh_only = true;
    p.cn_fallback = CnFallback::kNoDnsSan;
    p.subdomain_reference = true;
    p.nul_matches = false;
    p.ip_text_in_dns = IpTextInDns::kAsName;
  });
}

constexpr NamePolicy Jdk() {
  return With({}, [](NamePolicy& p) {
    p.idna = Idna::kReject;
    p.reference_dot = DotRule::kLiteral;
    p.wildcard = Wildcard::kPartial;
    p.wildcard_min_suffix_labels = 1;
    p.cn_fallback = CnFallback::kNoDnsSan;
    p.cn_pick = CnPick::kLast;
  });
}

constexpr NamePolicy HttpClient(WildcardReach reach) {
  NamePolicy policy = OctetForOctet();
  policy.idna = Idna::kUnicode;
  policy.wildcard = Wildcard::kPartial;
  policy.wildcard_reach = reach;
  policy.cn_fallback = CnFallback::kNoDnsIpSan;
  policy.cn_pick = CnPick::kLast;
  return policy;
}

// One row a profile; what is not said is the strict default.
constexpr Profile kProfiles[] = {
    {"rfc9525-strict", "RFC 9525 with the reference identifiers of RFC 7817; what the verifier uses", {}},
    {"rfc9525-literal", "RFC 9525 6.3 to the letter: *.tld is a wildcard too",
     With({}, [](NamePolicy& p) { p.wildcard_min_suffix_labels = 1; })},
    {"rfc7817", "RFC 7817 3: the common name counts if no identifier of a service is presented",
     With({}, [](NamePolicy& p) { p.cn_fallback = CnFallback::kNoServiceId; })},
    {"mozilla-pkix", "mozilla::pkix (Firefox, Thunderbird)",
     With({},
          [](NamePolicy& p) {
            p.idna = Idna::kReject;
            p.reference_syntax.leading_hyphen = p.reference_syntax.trailing_hyphen = true;
            p.cn_fallback = CnFallback::kNoDnsIpSan;
            p.cn_pick = CnPick::kLast;
            p.cn_ip = CnIp::kV4;
            p.halt_on_invalid_san = true;
            p.ip_deny_unspecified = true;
          })},
    {"rustls-webpki", "rustls-webpki",
     With({},
          [](NamePolicy& p) {
            p.idna = Idna::kReject;
            p.srv_id = false;
          })},
    {"go", "Go's crypto/x509",
     With({},
          [](NamePolicy& p) {
            p.idna = Idna::kReject;
            p.wildcard_min_suffix_labels = 1;
            p.exact_if_invalid = true;
            p.presented_syntax = {.trailing_hyphen = true, .numeric_last_label = true, .any_length = true};
            p.reference_syntax = p.presented_syntax;
            p.ip_brackets = p.ip_zone = p.ip_v4mapped = true;
          })},
    {"chromium", "Chromium's X509Certificate::VerifyHostname",
     With({},
          [](NamePolicy& p) {
            p.idna = Idna::kReject;
            p.url_unescape = true;
            p.presented_dot = DotRule::kStrip;
            p.public_suffix_wildcards = false;
          })},
    {"boringssl", "BoringSSL's X509_check_host",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.wildcard_ldh_only = true;
            p.cn_fallback = CnFallback::kNoSan;
            p.cn_under_constraints = CnUnderConstraints::kRefused;
            p.nul_matches = false;
            p.ip_text_in_dns = IpTextInDns::kAsName;
          })},
    {"openssl", "OpenSSL's X509_check_host without flags", OpenSsl()},
    {"postfix", "Postfix: OpenSSL without partial wildcards",
     With(OpenSsl(), [](NamePolicy& p) { p.wildcard = Wildcard::kWhole; })},
    {"curl", "curl's hostcheck",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.presented_dot = p.reference_dot = DotRule::kStrip;
            p.ip_text_in_dns = IpTextInDns::kExact;
          })},
    {"node", "Node.js tls.checkServerIdentity",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.presented_dot = p.reference_dot = DotRule::kStrip;
            p.wildcard = Wildcard::kPartial;
            p.cn_fallback = CnFallback::kNoDnsSan;
          })},
    {"gnutls", "GnuTLS gnutls_x509_crt_check_hostname",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.idna = Idna::kUts46;
            p.cn_fallback = CnFallback::kSingleCnNoOtherSan;
            p.nul_matches = false;
            p.ip_text_in_dns = IpTextInDns::kExact;
          })},
    {"libressl", "LibreSSL's libtls",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.syntax_check = SyntaxCheck::kPresented;
            p.presented_syntax.text_of_255 = true;
            p.cn_fallback = CnFallback::kNoDnsIpSan;
            p.cn_ip = CnIp::kAny;
            p.halt_on_invalid_san = true;
          })},
    {"cpython-3.3", "CPython 3.3's ssl.match_hostname",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.idna = Idna::kBytes;
            p.wildcard = Wildcard::kPartial;
            p.wildcard_reach = WildcardReach::kAnyLabel;
            p.wildcard_min_suffix_labels = 1;
            p.cn_fallback = CnFallback::kNoDnsSan;
          })},
    {"cpython-3.7", "CPython 3.7's ssl.match_hostname",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.idna = Idna::kBytes;
            p.wildcard_min_suffix_labels = 1;
            p.cn_fallback = CnFallback::kNoDnsSan;
          })},
    {"mercurial", "Mercurial's sslutil",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.idna = Idna::kBytes;
            p.wildcard = Wildcard::kPartial;
            p.wildcard_bare = true;
            p.wildcard_min_suffix_labels = 1;
            p.cn_fallback = CnFallback::kNoDnsSan;
          })},
    {"urllib3", "urllib3's ssl_match_hostname",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.wildcard = Wildcard::kPartial;
            p.wildcard_bare = true;
            p.wildcard_min_suffix_labels = 1;
            p.exact_if_invalid = true;
            p.ip_brackets = p.ip_zone = true;
          })},
    {"ruby-openssl", "Ruby's OpenSSL::SSL.verify_certificate_identity",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.wildcard = Wildcard::kPartial;
            p.wildcard_bare = p.wildcard_nonempty = true;
            p.wildcard_min_suffix_labels = 1;
            p.cn_fallback = CnFallback::kNoDnsIpSan;
          })},
    {"jdk-https", "the JDK's HostnameChecker for HTTPS",
     With(Jdk(), [](NamePolicy& p) { p.wildcard_reach = WildcardReach::kAnyLabel; })},
    {"jdk-ldap", "the JDK's HostnameChecker for LDAP", Jdk()},
    {"httpclient-default", "Apache HttpClient's default verifier", HttpClient(WildcardReach::kSpansDots)},
    {"httpclient-strict", "Apache HttpClient's strict verifier", HttpClient(WildcardReach::kAnywhere)},
    {"okhttp", "OkHttp's OkHostnameVerifier",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.presented_dot = p.reference_dot = DotRule::kStrip;
            p.wildcard_min_suffix_labels = 1;
            p.ip_v4mapped = true;
          })},
    {"swift-nio-ssl", "SwiftNIO SSL",
     With({},
          [](NamePolicy& p) {
            p.idna = Idna::kReject;
            p.presented_dot = p.reference_dot = DotRule::kStrip;
            p.wildcard = Wildcard::kPartial;
            p.wildcard_min_suffix_labels = 1;
            p.cn_fallback = CnFallback::kNoSan;
            p.cn_pick = CnPick::kLast;
          })},
    {"service-identity", "Python's service-identity",
     With({},
          [](NamePolicy& p) {
            p.reference_dot = DotRule::kLiteral;
            p.wildcard_matches_a_label = false;
          })},
    {"pyca-cryptography", "pyca/cryptography's x509 verification",
     With({},
          [](NamePolicy& p) {
            p.idna = Idna::kReject;
            p.presented_dot = p.reference_dot = DotRule::kReject;
            p.presented_syntax.underscore = p.reference_syntax.underscore = false;
            p.wildcard_min_suffix_labels = 1;
          })},
    {"mbedtls", "Mbed TLS",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.wildcard_min_suffix_labels = 1;
            p.cn_fallback = CnFallback::kNoSan;
          })},
    {"grpc", "gRPC's tsi_ssl_peer_matches_name",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.presented_dot = p.reference_dot = DotRule::kStrip;
            p.cn_fallback = CnFallback::kNoSan;
          })},
    {"php", "PHP's openssl streams (few published cases)",
     With({},
          [](NamePolicy& p) {
            p.idna = Idna::kReject;
            p.reference_dot = DotRule::kLiteral;
            p.wildcard = Wildcard::kPartial;
            p.cn_fallback = CnFallback::kNoDnsSan;
          })},
    {"reversed-label-walk", "a matcher from a programmers' forum that never asks whether two labels differ",
     With(OctetForOctet(),
          [](NamePolicy& p) {
            p.reversed_label_walk = true;
            p.cn_fallback = CnFallback::kNoSan;
          })},
};

const Profile* Find(std::string_view name) {
  const auto* const profile = std::ranges::find(kProfiles, name, &Profile::name);
  return profile == std::end(kProfiles) ? nullptr : profile;
}

}  // namespace

std::optional<NamePolicy> ProfileByName(std::string_view name) {
  const Profile* profile = Find(name);
  return profile != nullptr ? std::optional(profile->policy) : std::nullopt;
}

std::vector<std::string_view> ProfileNames() {
  std::vector<std::string_view> names;
  for (const Profile& profile : kProfiles) {
    names.push_back(profile.name);
  }
  return names;
}

std::string_view ProfileSummary(std::string_view name) {
  const Profile* profile = Find(name);
  return profile != nullptr ? profile->summary : std::string_view();
}

}  // namespace verifier
