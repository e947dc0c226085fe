#include "certs/spki_form.h"

#include <openssl/base.h>
#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/sha.h>

#include <string_view>

#include "certs/der.h"

namespace certs {
namespace {

// P-256 (SEC 2 2.4.2, FIPS 186-4 D.1.2.3).
constexpr std::string_view kP = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
constexpr std::string_view kA = "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc";
constexpr std::string_view kB = "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b";
constexpr std::string_view kG =
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
constexpr std::string_view kN = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

Bytes FromHex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(digit(hex[i]) << 4 | digit(hex[i + 1])));
  }
  return bytes;
}

Bytes Positive(std::string_view hex) { return der::IntegerWithContent(der::Concat({Bytes{0}, FromHex(hex)})); }

// The two fields of a SubjectPublicKeyInfo.
struct Parts {
  Bytes algorithm;  // the whole AlgorithmIdentifier
  Bytes bits;       // the public key, without the count of unused bits
};

bool Split(const Bytes& spki, Parts& parts) {
  CBS input, body, algorithm, bits;
  CBS_init(&input, spki.data(), spki.size());
  if (!CBS_get_asn1(&input, &body, CBS_ASN1_SEQUENCE) || !CBS_get_asn1_element(&body, &algorithm, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&body, &bits, CBS_ASN1_BITSTRING) || !CBS_skip(&bits, 1)) {
    return false;
  }
  parts.algorithm.assign(CBS_data(&algorithm), CBS_data(&algorithm) + CBS_len(&algorithm));
  parts.bits.assign(CBS_data(&bits), CBS_data(&bits) + CBS_len(&bits));
  return true;
}

Bytes EcPublicKey() { return der::Oid("1.2.840.10045.2.1"); }
bool IsP256(const Parts& parts) {
  return parts.algorithm == der::Sequence({EcPublicKey(), der::Oid("1.2.840.10045.3.1.7")});
}

// ECParameters ::= SEQUENCE { version INTEGER { ecdpVer1(1) }, fieldID FieldID, curve Curve, base ECPoint,
//                             order INTEGER, cofactor INTEGER OPTIONAL } (SEC 1 C.2)
// FieldID ::= SEQUENCE { fieldType prime-field, parameters INTEGER }; Curve ::= SEQUENCE { a, b OCTET STRING }
Bytes ExplicitParameters(ByteView generator) {
  return der::Sequence({der::Integer(1), der::Sequence({der::Oid("1.2.840.10045.1.1"), Positive(kP)}),
                        der::Sequence({der::OctetString(FromHex(kA)), der::OctetString(FromHex(kB))}),
                        der::OctetString(generator), Positive(kN), der::Integer(1)});
}

Bytes Spki(const Bytes& algorithm, const Bytes& bits) { return der::Sequence({algorithm, der::BitString(bits)}); }

bssl::UniquePtr<BIGNUM> Number(ByteView octets) {
  return bssl::UniquePtr<BIGNUM>(BN_bin2bn(octets.data(), octets.size(), nullptr));
}

// INTEGER of a number that is not negative.
Bytes EncodeNumber(const BIGNUM* number) {
  Bytes octets(BN_num_bytes(number) + 1);
  BN_bn2bin(number, octets.data() + 1);
  const bool padded = octets.size() > 1 && octets[1] < 0x80;
  return der::IntegerWithContent(ByteView(octets).subspan(padded ? 1 : 0));
}

}  // namespace

Bytes InForm(SpkiForm form, const Bytes& spki) {
  Parts parts;
  if (form == SpkiForm::kUsual || !Split(spki, parts)) {
    return spki;
  }
  switch (form) {
    case SpkiForm::kUsual:
      break;
    case SpkiForm::kExplicitCurve:
    case SpkiForm::kCurveBall:
      if (IsP256(parts)) {
        const Bytes generator = form == SpkiForm::kCurveBall ? parts.bits : FromHex(kG);
        return Spki(der::Sequence({EcPublicKey(), ExplicitParameters(generator)}), parts.bits);
      }
      break;
    case SpkiForm::kNoParameters:
      if (const Bytes rsa = der::Oid("1.2.840.113549.1.1.1"); parts.algorithm == der::Sequence({rsa, der::Null()})) {
        return Spki(der::Sequence(rsa), parts.bits);
      }
      break;
    case SpkiForm::kLongLength: {
      const Bytes content = der::Concat({parts.algorithm, der::BitString(parts.bits)});
      const Bytes frame = {der::kSequence, 0x83, 0, static_cast<uint8_t>(content.size() >> 8),
                           static_cast<uint8_t>(content.size())};
      return der::Concat({frame, content});
    }
  }
  return spki;
}

// ECDSA signs with r = x(k G), s = (hash + r d) / k. With d = 1, and k = 1 as nothing is to be hidden, r is the x of
// the generator, which here is the public point itself, and s = hash + r.
Result<Bytes> SignWithKeyOne(const Bytes& spki, ByteView message) {
  constexpr size_t kCoordinate = 32;
  Parts parts;
  if (!Split(spki, parts) || !IsP256(parts) || parts.bits.size() != 1 + 2 * kCoordinate) {
    return Fail(ErrorCode::kBadInput, "only a P-256 key can have its point for a generator");
  }
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(message.data(), message.size(), digest.data());
  const bssl::UniquePtr<BN_CTX> context(BN_CTX_new());
  const bssl::UniquePtr<BIGNUM> order = Number(FromHex(kN)), hash = Number(digest);
  const bssl::UniquePtr<BIGNUM> x = Number(ByteView(parts.bits).subspan(1, kCoordinate));
  const bssl::UniquePtr<BIGNUM> r(BN_new()), s(BN_new());
  if (!context || !order || !hash || !x || !r || !s || !BN_nnmod(r.get(), x.get(), order.get(), context.get()) ||
      !BN_mod_add(s.get(), hash.get(), r.get(), order.get(), context.get())) {
    return Fail(ErrorCode::kCrypto, "no memory for an ECDSA signature");
  }
  return der::Sequence({EncodeNumber(r.get()), EncodeNumber(s.get())});
}

}  // namespace certs
