// AUTH (RFC 4954) with PLAIN (RFC 4616) and LOGIN. Any credentials are accepted: they are honey, and what counts is
// that they came. What a client sends although it must not (before TLS, unasked) is refused, and recorded all the same.
#include <openssl/base64.h>

#include <utility>

#include "fakeserver/smtp_machine.h"

namespace fakeserver {
namespace {

constexpr std::string_view kAskUser = "VXNlcm5hbWU6";      // "Username:"
constexpr std::string_view kAskPassword = "UGFzc3dvcmQ6";  // "Password:"

// Strict base64; "=" alone is the empty initial response (RFC 4954 4).
std::optional<std::string> Decoded(std::string_view base64, bool initial) {
  if (base64.empty() || (initial && base64 == "=")) {
    return std::string();
  }
  size_t size = 0;
  if (!EVP_DecodedLength(&size, base64.size())) {
    return std::nullopt;
  }
  Bytes bytes(size);
  if (!EVP_DecodeBase64(bytes.data(), &size, bytes.size(), reinterpret_cast<const uint8_t*>(base64.data()),
                        base64.size())) {
    return std::nullopt;
  }
  return std::string(certs::AsText(ByteView(bytes).first(size)));
}

struct PlainCredentials {
  std::string user, password;
};

// message = [authzid] NUL authcid NUL passwd (RFC 4616 2)
std::optional<PlainCredentials> ParsePlain(std::string_view message) {
  const size_t first = message.find('\0');
  const size_t second = first == message.npos ? message.npos : message.find('\0', first + 1);
  if (second == message.npos || second == first + 1 || message.find('\0', second + 1) != message.npos) {
    return std::nullopt;
  }
  return PlainCredentials{std::string(message.substr(first + 1, second - first - 1)),
                          std::string(message.substr(second + 1))};
}

Reply CannotDecode() { return {501, {"5.5.2 Cannot decode the response"}}; }

}  // namespace

void SmtpMachine::Auth(std::string_view args) {
  const auto [mechanism, response] = FirstWord(args);
  const auto initial = response.empty() ? std::nullopt : std::optional(response);
  if (!mechanism.empty()) {
    Emit(Effect::Kind::kAuthStarted, std::string(mechanism));
  }
  auto refusal = RefusalOfAuth(mechanism);
  const bool plain = EqualsIgnoringCase(mechanism, "PLAIN"), login = EqualsIgnoringCase(mechanism, "LOGIN");
  if (!refusal && !plain && !login) {
    refusal = Reply{504, {"5.5.4 Unrecognized authentication mechanism"}};
  }
  if (refusal || ScriptedAuthReplyComesAtOnce()) {
    RecordInitialSecret(mechanism, initial);
    Answer(Verb::kAuth, refusal ? *refusal : Reply{});
  } else if (plain) {
    BeginPlain(initial);
  } else {
    BeginLogin(initial);
  }
}

std::optional<Reply> SmtpMachine::RefusalOfAuth(std::string_view mechanism) const {
  const std::string* offered = Offered("AUTH");
  if (mechanism.empty()) {
    return Reply{501, {"5.5.4 Syntax: AUTH mechanism"}};
  }
  if (!greeted_ || in_transaction_ || authenticated_) {  // RFC 4954 4
    return Reply{503, {"5.5.1 Bad sequence of commands"}};
  }
  if (offered == nullptr && !in_tls_) {
    return Reply{538, {"5.7.11 Encryption required for requested authentication mechanism"}};
  }
  if (offered == nullptr) {
    return Reply{502, {"5.5.1 Command not implemented"}};
  }
  for (std::string_view rest = FirstWord(*offered).second; !rest.empty();) {
    const auto [name, others] = FirstWord(rest);
    if (EqualsIgnoringCase(name, mechanism)) {
      return std::nullopt;
    }
    rest = others;
  }
  return Reply{504, {"5.5.4 Unrecognized authentication mechanism"}};
}

bool SmtpMachine::ScriptedAuthReplyComesAtOnce() const {
  const Reply* scripted = Scripted(Verb::kAuth);
  if (scripted == nullptr || scripted->code == Reply::kOrdinary) {
    return false;
  }
  const int code = scripted->code;
  return code != 235 && code != 432 && code != 454 && code != 535;
}

// What a refused command gave away already.
void SmtpMachine::RecordInitialSecret(std::string_view mechanism, std::optional<std::string_view> initial) {
  const auto decoded = initial ? Decoded(*initial, true) : std::nullopt;
  if (!decoded) {
    return;
  }
  if (EqualsIgnoringCase(mechanism, "PLAIN")) {
    if (auto credentials = ParsePlain(*decoded)) {
      Emit(Effect::Kind::kSecret, std::move(credentials->user)).secret = std::move(credentials->password);
    }
  } else if (EqualsIgnoringCase(mechanism, "XOAUTH2") || EqualsIgnoringCase(mechanism, "OAUTHBEARER")) {
    Emit(Effect::Kind::kSecret).secret = *decoded;  // a bearer token (RFC 7628): whoever reads it can use it
  }
}

void SmtpMachine::BeginPlain(std::optional<std::string_view> initial) {
  if (initial) {
    FinishPlain(*initial == "=" ? std::string_view() : *initial);
    return;
  }
  phase_ = Phase::kAuthPlain;
  SendReply(Verb::kAuth, {334, {""}});
}

void SmtpMachine::BeginLogin(std::optional<std::string_view> initial) {
  if (!initial) {
    phase_ = Phase::kAuthUser;
    SendReply(Verb::kAuth, {334, {std::string(kAskUser)}});
    return;
  }
  auto user = Decoded(*initial, true);
  if (!user) {
    Answer(Verb::kAuth, CannotDecode());
    return;
  }
  auth_user_ = std::move(*user);
  phase_ = Phase::kAuthPassword;
  SendReply(Verb::kAuth, {334, {std::string(kAskPassword)}});
}

void SmtpMachine::OnAuthResponse(std::string_view line) {
  const Phase phase = std::exchange(phase_, Phase::kCommand);
  if (line == "*") {
    Answer(Verb::kAuth, 501, "5.7.0 Authentication cancelled");
    return;
  }
  if (phase == Phase::kAuthPlain) {
    FinishPlain(line);
    return;
  }
  auto decoded = Decoded(line, false);
  if (!decoded) {
    Answer(Verb::kAuth, CannotDecode());
  } else if (phase == Phase::kAuthUser) {
    auth_user_ = std::move(*decoded);
    phase_ = Phase::kAuthPassword;
    SendReply(Verb::kAuth, {334, {std::string(kAskPassword)}});
  } else {
    Emit(Effect::Kind::kSecret, std::exchange(auth_user_, {})).secret = std::move(*decoded);
    FinishAuth(true);
  }
}

void SmtpMachine::FinishPlain(std::string_view base64) {
  const auto message = Decoded(base64, false);
  auto credentials = message ? ParsePlain(*message) : std::nullopt;
  const bool decoded = credentials.has_value();
  if (decoded) {
    Emit(Effect::Kind::kSecret, std::move(credentials->user)).secret = std::move(credentials->password);
  }
  FinishAuth(decoded);
}

void SmtpMachine::FinishAuth(bool decoded) {
  const Reply success{235, {"2.7.0 Authentication successful"}};
  authenticated_ = Answer(Verb::kAuth, decoded ? success : CannotDecode()) / 100 == 2;
}

}  // namespace fakeserver
