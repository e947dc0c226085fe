#include "lab/verifier/sasl.h"

#include <algorithm>
#include <utility>

#include "lab/verifier/sasl_scram.h"

namespace verifier {
namespace {

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// message = [authzid] NUL authcid NUL passwd (RFC 4616 2)
class Plain : public SaslClient {
 public:
  explicit Plain(SaslSetting setting) : setting_(std::move(setting)) {}
  std::optional<std::string> Initial() override {
    return std::string(1, '\0') + setting_.user + '\0' + setting_.password;
  }
  std::expected<std::string, std::string> Respond(std::string_view) override {
    return std::unexpected("the server asks on after AUTH PLAIN, which has nothing more to say");
  }
  std::string WhyNotComplete() const override { return ""; }

 private:
  SaslSetting setting_;
};

// The challenges are "Username:" and "Password:" by custom, and ignored by custom.
class Login : public SaslClient {
 public:
  explicit Login(SaslSetting setting) : setting_(std::move(setting)) {}
  std::optional<std::string> Initial() override { return std::nullopt; }
  std::expected<std::string, std::string> Respond(std::string_view) override {
    switch (step_++) {
      case 0:
        return setting_.user;
      case 1:
        return setting_.password;
      default:
        return std::unexpected("the server asks on after AUTH LOGIN has said the password");
    }
  }
  std::string WhyNotComplete() const override { return step_ == 2 ? "" : "the server did not ask for the password"; }

 private:
  SaslSetting setting_;
  int step_ = 0;
};

bool IsPrintableAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

std::string_view Name(SaslMechanism mechanism) {
  switch (mechanism) {
    case SaslMechanism::kScramSha256Plus:
      return "SCRAM-SHA-256-PLUS";
    case SaslMechanism::kScramSha256:
      return "SCRAM-SHA-256";
    case SaslMechanism::kPlain:
      return "PLAIN";
    case SaslMechanism::kLogin:
      return "LOGIN";
  }
  return "";
}

std::optional<SaslMechanism> SaslMechanismByName(std::string_view name) {
  for (const SaslMechanism mechanism : kAllSaslMechanisms) {
    if (std::ranges::equal(name, Name(mechanism), [](char a, char b) { return Upper(a) == b; })) {
      return mechanism;
    }
  }
  return std::nullopt;
}

std::unique_ptr<SaslClient> MakeSaslClient(SaslMechanism mechanism, SaslSetting setting) {
  switch (mechanism) {
    case SaslMechanism::kScramSha256Plus:
    case SaslMechanism::kScramSha256:
      return MakeScramClient(mechanism == SaslMechanism::kScramSha256Plus, std::move(setting));
    case SaslMechanism::kPlain:
      return std::make_unique<Plain>(std::move(setting));
    case SaslMechanism::kLogin:
      return std::make_unique<Login>(std::move(setting));
  }
  return nullptr;
}

std::optional<SaslMechanism> ChooseSaslMechanism(const std::vector<SaslMechanism>& offered,
                                                 const std::vector<SaslMechanism>& allowed, std::string_view user,
                                                 std::string_view password, bool can_bind) {
  const bool scram = IsPrintableAscii(user) && IsPrintableAscii(password) && !user.empty() && !password.empty();
  for (const SaslMechanism mechanism : kAllSaslMechanisms) {
    const bool usable = mechanism == SaslMechanism::kScramSha256Plus ? scram && can_bind
                        : mechanism == SaslMechanism::kScramSha256   ? scram
                                                                     : true;
    if (usable && std::ranges::count(offered, mechanism) != 0 && std::ranges::count(allowed, mechanism) != 0) {
      return mechanism;
    }
  }
  return std::nullopt;
}

}  // namespace verifier
