// What every spec is made of: keys and signature algorithms by name, dates that do not rot, signatures that are wrong.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "certs/members.h"

namespace certs {

// ------------------------------------------------------------------------------------------------ keys, algorithms

enum class KeyType : uint8_t {
  kP256,
  kP384,
  kP521,
  kP224,
  kEd25519,
  kRsa512,
  kRsa768,
  kRsa1024,
  kRsa2048,
  kRsa3072,
  kRsa4096,
  kRsa8192,
  kRsa2052,  // not a multiple of 8
};
std::string_view Name(KeyType type);  // "p256", "rsa2048", ...

// Names one key. Two specs with equal type and label share the key; the key ring (keys.h) holds it.
struct KeySpec {
  KeyType type = KeyType::kP256;
  std::string label;  // whose it is: "leaf", "intermediate", "root", "eve" ...

  bool operator==(const KeySpec&) const = default;
  static constexpr auto kMembers = Members{Member{"type", &KeySpec::type}, Member{"label", &KeySpec::label}};
};

// How a certificate writes its key down.
enum class SpkiForm : uint8_t {
  kUsual,          // RFC 3279, RFC 5480, RFC 8410
  kExplicitCurve,  // P-256 keys: the curve's parameters in full instead of its name (RFC 5480 2.1.1 forbids it)
  // The same, but with the public point itself as the generator: whoever knows the point alone then knows a private
  // key, 1, and what the certificate issues is signed with that (CVE-2020-0601).
  kCurveBall,
  kNoParameters,  // RSA keys: without the NULL that RFC 3279 2.3.1 demands
  kLongLength,    // the outermost length in one octet more than DER allows
};
std::string_view Name(SpkiForm form);

// A certificate signature algorithm, as AlgorithmIdentifier and as the operation itself.
enum class SigAlg : uint8_t {
  kEcdsaSha256,
  kEcdsaSha384,
  kEcdsaSha512,
  kEcdsaSha1,
  kRsaSha256,
  kRsaSha384,
  kRsaSha512,
  kRsaSha1,
  kRsaMd5,
  kRsaMd4,
  kRsaMd2,
  kRsaPssSha256,
  kRsaPssSha384,
  kRsaPssSha512,
  kRsaPssSalt20,    // SHA-256 with a salt of 20 octets
  kRsaPssMgf1Sha1,  // SHA-256, but the mask from SHA-1
  kEd25519,
  kUnknownOid,  // an algorithm nobody knows (1.3.6.1.4.1.55738.1.1, from an unassigned private arc); as a truth it
                // signs nothing useful
};
std::string_view Name(SigAlg alg);

// ------------------------------------------------------------------------------------------------ time

enum class TimeForm : uint8_t {
  kAuto,         // UTCTime to 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5)
  kUtc,          // always UTCTime
  kGeneralized,  // always GeneralizedTime
};
std::string_view Name(TimeForm form);

// A date, relative to the run's "now" so that nothing rots; or, with `raw`, exactly the text to encode.
struct TimeSpec {
  std::chrono::seconds from_now{0};
  TimeForm form = TimeForm::kAuto;
  std::optional<std::string> raw =
      std::nullopt;  // overrides from_now; `form` then picks the tag (kAuto: by length, 13 = UTCTime)

  bool operator==(const TimeSpec&) const = default;
  static constexpr auto kMembers =
      Members{Member{"from_now", &TimeSpec::from_now}, Member{"form", &TimeSpec::form}, Member{"raw", &TimeSpec::raw}};
};

// ------------------------------------------------------------------------------------------------ signatures

// What happens to the signature bits after they were made.
enum class SignatureFault : uint8_t { kNone, kFlipBit, kEmpty, kZeros };
std::string_view Name(SignatureFault fault);

}  // namespace certs
