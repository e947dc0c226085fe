// Property: whatever a server says behind AUTH, a SCRAM client answers just what RFC 5802 says (computed once more with
// GnuTLS), believes nobody who does not prove the password, and never says the password; PLAIN and LOGIN say it when
// they must and no second time; base64 is read if and only if it is written so; and of the mechanisms that both sides
// can use the best is chosen.
//
// Input: an octet (bits 0-1: the mechanism; bit 2: SCRAM-SHA-256-PLUS was offered; bit 3: there is a channel binding;
// bit 4: the server's last word is a true one), then the server's messages, a line each; NONCE stands for the client's.
// Of the choice: bits 0-3 what is offered, 4-7 what is allowed; the first two lines are name and password.
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <optional>
#include <vector>

#include "fuzz/fuzz.h"
#include "lab/verifier/sasl.h"
#include "lab/verifier/smtp_text.h"

namespace {

using fuzz::Require;
using verifier::SaslMechanism;

constexpr size_t kDigest = 32;
constexpr uint32_t kMostWorth = 6000;  // iterations: more take long, and show nothing new
const std::string kUser = "us=er,1", kPassword = "honey-password", kNonce = "rOprNGfwEbeRWgbNEkqO", kBinding = "bound";

// --- The model: RFC 5802 3, 5.1 and 7, by another library. ---

std::string Hmac(const std::string& key, const std::string& text) {
  std::string digest(kDigest, '\0');
  gnutls_hmac_fast(GNUTLS_MAC_SHA256, key.data(), key.size(), text.data(), text.size(), digest.data());
  return digest;
}

std::string Hash(const std::string& text) {
  std::string digest(kDigest, '\0');
  gnutls_hash_fast(GNUTLS_DIG_SHA256, text.data(), text.size(), digest.data());
  return digest;
}

gnutls_datum_t Datum(const std::string& text) {
  return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())), static_cast<unsigned>(text.size())};
}

std::string Base64(const std::string& text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t at = 0; at < text.size(); at += 3) {
    unsigned long bits = 0;
    for (size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0U);
    }
    for (size_t i = 0; i < 4; ++i) {
      out += at + i > text.size() ? '=' : kDigits[bits >> (18 - 6 * i) & 63];
    }
  }
  return out;
}

std::vector<std::string> Attributes(std::string_view message) {
  std::vector<std::string> attributes(1);
  for (const char c : message) {
    if (c == ',') {
      attributes.emplace_back();
    } else {
      attributes.back() += c;
    }
  }
  return attributes;
}

struct ServerFirst {
  std::string nonce, salt;
  uint32_t iterations = 0;
};

// server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]; no extension is known
// that must be, the salt is not empty, the count within the client's bounds.
std::optional<ServerFirst> ReadFirst(std::string_view message) {
  const std::vector<std::string> attributes = Attributes(message);
  if (attributes.size() < 3 || !attributes[0].starts_with("r=" + kNonce) || !attributes[1].starts_with("s=") ||
      !attributes[2].starts_with("i=")) {
    return std::nullopt;
  }
  ServerFirst first{attributes[0].substr(2), "", 0};
  const auto salt = verifier::FromBase64(attributes[1].substr(2));
  const std::string count = attributes[2].substr(2);
  const bool number =
      !count.empty() && count.size() < 8 && count[0] != '0' && count.find_first_not_of("0123456789") == count.npos;
  const bool printable = std::ranges::all_of(first.nonce, [](char c) { return c > ' ' && c < 0x7f; });
  if (!salt || salt->empty() || first.nonce.size() == kNonce.size() || !printable || !number) {
    return std::nullopt;
  }
  first.salt = *salt;
  first.iterations = static_cast<uint32_t>(std::stoul(count));
  const bool within =
      first.iterations >= verifier::kLeastScramIterations && first.iterations <= verifier::kMostScramIterations;
  return within ? std::optional(first) : std::nullopt;
}

struct Exchange {
  std::string answer, server_final;
};

Exchange Computed(const ServerFirst& first, const std::string& header, const std::string& bound,
                  std::string_view challenge) {
  std::string salted(kDigest, '\0');
  const gnutls_datum_t password = Datum(kPassword), salt = Datum(first.salt);
  Require(gnutls_pbkdf2(GNUTLS_MAC_SHA256, &password, &salt, first.iterations, salted.data(), kDigest) == 0,
          "GnuTLS works");
  const std::string bare = "n=us=3Der=2C1,r=" + kNonce;
  const std::string without_proof = "c=" + Base64(header + bound) + ",r=" + first.nonce;
  const std::string message = bare + ',' + std::string(challenge) + ',' + without_proof;
  const std::string client_key = Hmac(salted, "Client Key");
  std::string proof = Hmac(Hash(client_key), message);
  for (size_t i = 0; i < kDigest; ++i) {
    proof[i] = static_cast<char>(proof[i] ^ client_key[i]);
  }
  return {without_proof + ",p=" + Base64(proof), "v=" + Base64(Hmac(Hmac(salted, "Server Key"), message))};
}

// --- The client. ---

// `asked`: what the server said, which may be quoted.
void CheckComplaint(const std::string& sentence, std::string_view asked) {
  Require(!sentence.empty() && sentence.size() < 2000, "a complaint is a sentence");
  for (const char c : sentence) {
    Require(c >= ' ' && c < 0x7f, "and printable");
  }
  Require(sentence.find(kPassword) == sentence.npos || asked.find(kPassword) != asked.npos,
          "and does not say the password to who has not said it");
}

std::string WithNonce(std::string_view line) {
  std::string message(line);
  const size_t at = message.find("NONCE");
  return at == message.npos ? message : message.replace(at, 5, kNonce);
}

void CheckScram(verifier::SaslClient& client, bool plus, bool y, bool true_final, fuzz::Reader input) {
  const std::string header = plus ? "p=tls-exporter,," : y ? "y,," : "n,,";
  Require(client.Initial() == header + "n=us=3Der=2C1,r=" + kNonce, "the client says who it is and what it could bind");
  const fuzz::Exact challenge(WithNonce(input.Until('\n')));
  const std::optional<ServerFirst> first = ReadFirst(challenge.text());
  if (first && first->iterations > kMostWorth) {
    return;
  }
  const auto answer = client.Respond(challenge.text());
  Require(answer.has_value() == first.has_value(), "a server's first message is one for both or for neither");
  Require(!client.WhyNotComplete().empty(), "nobody has proven anything yet");
  if (!answer) {
    CheckComplaint(answer.error(), challenge.text());
    return;
  }
  const Exchange expected = Computed(*first, header, plus ? kBinding : "", challenge.text());
  Require(*answer == expected.answer, "the answer is RFC 5802's");
  const fuzz::Exact last(true_final ? expected.server_final : input.Until('\n'));
  const auto end = client.Respond(last.text());
  const bool proven = Attributes(last.text())[0] == expected.server_final;
  Require(end.has_value() == proven && client.WhyNotComplete().empty() == proven,
          "only who knows the password is believed");
  Require(!end || end->empty(), "and is told nothing more");
  Require(!client.Respond(input.Until('\n')).has_value(), "there is no third message");
}

void CheckPlainOrLogin(verifier::SaslClient& client, bool plain, fuzz::Reader input) {
  const std::string both = std::string(1, '\0') + kUser + '\0' + kPassword;
  Require(client.Initial() == (plain ? std::optional(both) : std::nullopt), "PLAIN speaks first, LOGIN waits");
  for (int asked = 0; asked < 4; ++asked) {
    const fuzz::Exact challenge(input.Until('\n'));
    const auto answer = client.Respond(challenge.text());
    Require(answer.has_value() == (!plain && asked < 2), "whoever asks on is refused");
    if (answer) {
      Require(*answer == (asked == 0 ? kUser : kPassword), "LOGIN says name and password");
    } else {
      CheckComplaint(answer.error(), challenge.text());
    }
    Require(client.WhyNotComplete().empty() == (plain || asked == 1), "and has ended when both are said");
  }
}

// SCRAM needs what SASLprep (RFC 4013) would leave as it is, -PLUS something to bind to as well.
void CheckChoice(int flags, fuzz::Reader input) {
  const std::string user(input.Until('\n')), password(input.Until('\n'));
  const bool can_bind = password.size() % 2 == 0;
  const std::string both = user + password;
  const bool scram =
      !user.empty() && !password.empty() && std::ranges::all_of(both, [](char c) { return c >= ' ' && c <= '~'; });
  std::vector<SaslMechanism> offered, allowed;
  std::optional<SaslMechanism> best, named;
  std::string upper = user;
  std::ranges::transform(upper, upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  for (int i = 3; i >= 0; --i) {  // the best comes last
    const SaslMechanism mechanism = verifier::kAllSaslMechanisms[i];
    const bool is_offered = (flags >> i & 1) != 0, is_allowed = (flags >> (i + 4) & 1) != 0;
    offered.insert(offered.end(), is_offered ? 1 : 0, mechanism);
    allowed.insert(allowed.end(), is_allowed ? 1 : 0, mechanism);
    const bool bound = mechanism == SaslMechanism::kScramSha256Plus;
    const bool usable = (!bound && mechanism != SaslMechanism::kScramSha256) || (scram && (can_bind || !bound));
    best = is_offered && is_allowed && usable ? mechanism : best;
    named = Name(mechanism) == upper ? mechanism : named;
    Require(verifier::SaslMechanismByName(Name(mechanism)) == mechanism, "a mechanism is known by its name");
  }
  Require(verifier::ChooseSaslMechanism(offered, allowed, user, password, can_bind) == best, "the best is chosen");
  Require(verifier::SaslMechanismByName(user) == named, "and no other name is one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const int flags = input.Octet();
  const std::string all(fuzz::Reader(input).Rest());
  const auto octets = verifier::FromBase64(all);
  Require(!octets || Base64(*octets) == all, "base64 is read only if it is written so");
  Require(verifier::FromBase64(Base64(all)) == all, "and what is written is read");

  CheckChoice(flags, input);
  const SaslMechanism mechanism = verifier::kAllSaslMechanisms[flags & 3];
  const bool plus = mechanism == SaslMechanism::kScramSha256Plus;
  const bool bound = plus || (flags & 8) != 0, offered = plus || (flags & 4) != 0;
  const auto client = verifier::MakeSaslClient(mechanism, {.user = kUser,
                                                           .password = kPassword,
                                                           .nonce = kNonce,
                                                           .channel_binding = bound ? kBinding : "",
                                                           .plus_offered = offered});
  if (plus || mechanism == SaslMechanism::kScramSha256) {
    CheckScram(*client, plus, bound && !offered, (flags & 16) != 0, input);
  } else {
    CheckPlainOrLogin(*client, mechanism == SaslMechanism::kPlain, input);
  }
  return 0;
}
