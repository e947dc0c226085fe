#include "lab/verifier/sasl_scram.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/sha.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "certs/bytes.h"
#include "lab/verifier/smtp_text.h"

namespace verifier {
namespace {

constexpr size_t kShown = 200;

const uint8_t* Data(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

ScramKey Hmac(const ScramKey& key, std::string_view text) {
  ScramKey result;
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), key.size(), Data(text), text.size(), result.data(), &size);
  return result;
}

std::string_view AsText(const ScramKey& key) { return certs::AsText(key); }

// saslname: "=" and "," have other meanings there (RFC 5802 5.1).
std::string SaslName(std::string_view user) {
  std::string name;
  for (const char c : user) {
    name += c == '=' ? "=3D" : c == ',' ? "=2C" : std::string(1, c);
  }
  return name;
}

// Cuts "x=value" off a comma-separated list; nothing if the next attribute is another.
std::optional<std::string_view> TakeAttribute(std::string_view& list, char name) {
  if (list.size() < 2 || list[0] != name || list[1] != '=') {
    return std::nullopt;
  }
  list.remove_prefix(2);
  const size_t end = std::min(list.find(','), list.size());
  const std::string_view value = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return value;
}

class Scram : public SaslClient {
 public:
  Scram(bool plus, SaslSetting setting)
      : setting_(std::move(setting)),
        header_(plus                                                          ? "p=tls-exporter,,"
                : !setting_.channel_binding.empty() && !setting_.plus_offered ? "y,,"
                                                                              : "n,,"),
        bound_(plus ? header_ + setting_.channel_binding : header_),
        first_bare_(fmt::format("n={},r={}", SaslName(setting_.user), setting_.nonce)) {}

  std::optional<std::string> Initial() override { return header_ + first_bare_; }

  std::expected<std::string, std::string> Respond(std::string_view challenge) override {
    switch (step_++) {
      case 0:
        return OnServerFirst(challenge);
      case 1:
        return OnServerFinal(challenge);
      default:
        return std::unexpected("the server asks on after SCRAM has ended");
    }
  }

  std::string WhyNotComplete() const override {
    return proven_ ? "" : "the server did not prove that it knows the password (RFC 5802 3)";
  }

 private:
  std::expected<std::string, std::string> OnServerFirst(std::string_view message) {
    std::string_view rest = message;
    // An extension that must be understood comes first, as m= (RFC 5802 5.1): none is.
    const auto nonce = TakeAttribute(rest, 'r');
    const auto salt64 = nonce ? TakeAttribute(rest, 's') : std::nullopt;
    const auto count = salt64 ? TakeAttribute(rest, 'i') : std::nullopt;
    const auto salt = count ? FromBase64(*salt64) : std::nullopt;
    if (!salt || salt->empty()) {
      return std::unexpected(
          fmt::format("\"{}\" is no first message of a SCRAM server", certs::Escaped(message, kShown)));
    }
    // s-nonce = printable, and a comma ends it (RFC 5802 7)
    const bool printable = std::ranges::all_of(*nonce, [](char c) { return c > ' ' && c < 0x7f; });
    if (!nonce->starts_with(setting_.nonce) || nonce->size() == setting_.nonce.size() || !printable) {
      return std::unexpected("the server's nonce does not continue the client's");
    }
    uint32_t iterations = 0;
    const auto [end, error] = std::from_chars(count->data(), count->data() + count->size(), iterations);
    if (error != std::errc() || end != count->data() + count->size() || count->starts_with('0') ||
        iterations < kLeastScramIterations || iterations > kMostScramIterations) {
      return std::unexpected(fmt::format("the server asks for {} iterations, not {} to {}", certs::Escaped(*count, 20),
                                         kLeastScramIterations, kMostScramIterations));
    }
    const std::string final_bare = fmt::format("c={},r={}", Base64(bound_), *nonce);
    auth_message_ = fmt::format("{},{},{}", first_bare_, message, final_bare);
    salted_ = ScramSaltedPassword(setting_.password, *salt, iterations);
    return fmt::format("{},p={}", final_bare, Base64(AsText(ScramClientProof(salted_, auth_message_))));
  }

  std::expected<std::string, std::string> OnServerFinal(std::string_view message) {
    std::string_view rest = message;
    if (const auto why = TakeAttribute(rest, 'e')) {
      return std::unexpected(fmt::format("the server says \"{}\"", certs::Escaped(*why, kShown)));
    }
    const auto signature64 = TakeAttribute(rest, 'v');
    const auto signature = signature64 ? FromBase64(*signature64) : std::nullopt;
    const ScramKey expected = ScramServerSignature(salted_, auth_message_);
    if (!signature || signature->size() != expected.size() ||
        CRYPTO_memcmp(signature->data(), expected.data(), expected.size()) != 0) {
      return std::unexpected("the server's signature is wrong: it does not know the password");
    }
    proven_ = true;
    return "";
  }

  const SaslSetting setting_;
  const std::string header_, bound_, first_bare_;
  std::string auth_message_;
  ScramKey salted_{};
  int step_ = 0;
  bool proven_ = false;
};

}  // namespace

std::unique_ptr<SaslClient> MakeScramClient(bool plus, SaslSetting setting) {
  return std::make_unique<Scram>(plus, std::move(setting));
}

ScramKey ScramSaltedPassword(std::string_view password, std::string_view salt, uint32_t iterations) {
  ScramKey salted;
  PKCS5_PBKDF2_HMAC(password.data(), password.size(), Data(salt), salt.size(), iterations, EVP_sha256(), salted.size(),
                    salted.data());
  return salted;
}

ScramKey ScramClientProof(const ScramKey& salted, std::string_view auth_message) {
  const ScramKey client_key = Hmac(salted, "Client Key");
  ScramKey stored_key;
  SHA256(client_key.data(), client_key.size(), stored_key.data());
  ScramKey proof = Hmac(stored_key, auth_message);
  for (size_t i = 0; i < proof.size(); ++i) {
    proof[i] ^= client_key[i];
  }
  return proof;
}

ScramKey ScramServerSignature(const ScramKey& salted, std::string_view auth_message) {
  return Hmac(Hmac(salted, "Server Key"), auth_message);
}

}  // namespace verifier
