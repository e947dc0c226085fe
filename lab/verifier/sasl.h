// SASL for SMTP AUTH (RFC 4954): PLAIN (RFC 4616), LOGIN (as deployed; draft-murchison-sasl-login), SCRAM-SHA-256 and
// SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677) with the channel binding tls-exporter (RFC 9266). Octets in, octets out:
// base64 and the dialogue are the caller's. Nothing here may be used outside a TLS connection whose server is verified.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace verifier {

enum class SaslMechanism : uint8_t { kScramSha256Plus, kScramSha256, kPlain, kLogin };  // best first
inline constexpr SaslMechanism kAllSaslMechanisms[] = {SaslMechanism::kScramSha256Plus, SaslMechanism::kScramSha256,
                                                       SaslMechanism::kPlain, SaslMechanism::kLogin};
std::string_view Name(SaslMechanism mechanism);                           // "SCRAM-SHA-256", as IANA registered it
std::optional<SaslMechanism> SaslMechanismByName(std::string_view name);  // any case

// RFC 7677 4 asks servers for no fewer than 4096; the upper bound keeps a server from burning the client's time.
inline constexpr uint32_t kLeastScramIterations = 4096;
inline constexpr uint32_t kMostScramIterations = 1'000'000;

struct SaslSetting {
  std::string user, password;
  // For SCRAM: printable ASCII without comma that nobody has used before, and the octets of tls-exporter (empty: this
  // connection has none to offer).
  std::string nonce;
  std::string channel_binding;
  bool plus_offered = false;  // the server's list has SCRAM-SHA-256-PLUS
};

// One exchange. Errors are one escaped sentence; after one, the client cancels with "*" (RFC 4954 4).
class SaslClient {
 public:
  virtual ~SaslClient() = default;
  // What goes with the AUTH command; nothing if the server speaks first.
  virtual std::optional<std::string> Initial() = 0;
  // The answer to a challenge.
  virtual std::expected<std::string, std::string> Respond(std::string_view challenge) = 0;
  // Empty if the server's word that all is well may be believed; else why not: SCRAM has the server prove that it knows
  // the password's verifier, too, and a server that skips this may be anyone.
  virtual std::string WhyNotComplete() const = 0;
};
std::unique_ptr<SaslClient> MakeSaslClient(SaslMechanism mechanism, SaslSetting setting);

// The best mechanism that both sides can use; nothing if there is none. SCRAM is only used with user names and
// passwords of printable ASCII: others would have to be prepared by SASLprep (RFC 4013), which is not implemented, and
// a password prepared wrongly is a wrong password. `can_bind`: there is a channel binding.
std::optional<SaslMechanism> ChooseSaslMechanism(const std::vector<SaslMechanism>& offered,
                                                 const std::vector<SaslMechanism>& allowed, std::string_view user,
                                                 std::string_view password, bool can_bind);

}  // namespace verifier
