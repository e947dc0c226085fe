// AUTH in clear (row M19): whatever is offered before TLS, nobody uses it there (RFC 4954 4), and nobody remembers it
// (RFC 3207 4.2).
#include <string>
#include <string_view>

#include "lab/scenario/catalogue_smtp.h"

namespace lab::conversation {
namespace {

// The registered SASL mechanisms (IANA, RFC 4422 6) and the unregistered ones that mail servers have offered.
constexpr std::string_view kMechanisms[] = {
    "9798-M-DSA-SHA1",
    "9798-M-ECDSA-SHA1",
    "9798-M-RSA-SHA1-ENC",
    "9798-U-DSA-SHA1",
    "9798-U-ECDSA-SHA1",
    "9798-U-RSA-SHA1-ENC",
    "ANONYMOUS",
    "APOP",
    "CRAM-MD5",
    "CRAM-SHA1",
    "DIGEST-MD5",
    "EAP-AES128",
    "EAP-AES128-PLUS",
    "ECDH-X25519-CHALLENGE",
    "ECDSA-NIST256P-CHALLENGE",
    "EXTERNAL",
    "GS2-KRB5",
    "GS2-KRB5-PLUS",
    "GSS-SPNEGO",
    "GSSAPI",
    "KERBEROS_V4",
    "KERBEROS_V5",
    "LOGIN",
    "NMAS-SAMBA-AUTH",
    "NMAS_AUTHEN",
    "NMAS_LOGIN",
    "NTLM",
    "OAUTH10A",
    "OAUTHBEARER",
    "OPENID20",
    "OTP",
    "PASSDSS-3DES-1",
    "PLAIN",
    "PLAIN-CLIENTTOKEN",
    "SAML20",
    "SCRAM-MD5",
    "SCRAM-SHA-1",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-224",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-384",
    "SCRAM-SHA-384-PLUS",
    "SCRAM-SHA-512",
    "SCRAM-SHA-512-PLUS",
    "SCRAM-SHA3-512",
    "SCRAM-SHA3-512-PLUS",
    "SECURID",
    "SKEY",
    "SPNEGO",
    "SPNEGO-PLUS",
    "SRP",
    "SXOVER-PLUS",
    "X-GOOGLE-TOKEN",
    "X-PLAIN-SUBMIT",
    "XOAUTH",
    "XOAUTH2",
    "XYMCOOKIE",
};

// "SCRAM-SHA-1" -> "scram-sha-1", "NMAS_LOGIN" -> "nmas-login": ids have no other characters.
std::string AsId(std::string_view mechanism) {
  std::string id;
  for (const char c : mechanism) {
    id += c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return id;
}

SmtpRow Offered(const std::string& id, const std::string& summary, std::vector<std::string> lines) {
  return {.id = "smtp.auth-in-clear-" + id,
          .summary = summary,
          .rows = {"M19"},
          .source = "RFC 4954 4",
          .edit =
              [lines = std::move(lines)](World& world) {
                auto& offers = world.smtp.capabilities_clear;
                offers.insert(offers.end(), lines.begin(), lines.end());
              },
          .expect = MustDeliver(),
          .modes = Modes::kStartTlsOnly,
          .severity = Severity::kCritical};
}

}  // namespace

std::vector<SmtpRow> AuthRows() {
  constexpr size_t kLongestLine = 400;  // RFC 5321 4.5.3.1.5: 512 octets with code and line end
  std::vector<SmtpRow> rows;
  std::vector<std::string> all;
  for (const std::string_view mechanism : kMechanisms) {
    rows.push_back(Offered(AsId(mechanism), "before TLS, AUTH " + std::string(mechanism) + " is offered",
                           {"AUTH " + std::string(mechanism)}));
    if (all.empty() || all.back().size() + mechanism.size() > kLongestLine) {
      all.emplace_back("AUTH");
    }
    all.back() += " " + std::string(mechanism);
  }
  rows.push_back(Offered("everything", "before TLS, every AUTH mechanism there is is offered", all));
  return rows;
}

}  // namespace lab::conversation
