#include "certs/spec.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "certs/der.h"
#include "certs/encode.h"

namespace certs {
namespace {

using std::chrono::days;

// ::1/128 and 127.0.0.0/8, as the address-and-mask octets of RFC 5280 4.2.1.10.
GeneralName Loopback4() { return IpOctets({127, 0, 0, 0, 255, 0, 0, 0}); }
GeneralName Loopback6() {
  Bytes octets(32, 0xff);
  std::fill_n(octets.begin(), 15, uint8_t{0});
  octets[15] = 1;
  return IpOctets(std::move(octets));
}

DistinguishedName Join(DistinguishedName head, const DistinguishedName& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

// Dates of two years, and yet a root lives no longer than the run: its key is made for the run and thrown away.
CertSpec Root(std::string_view name, DistinguishedName subject) {
  CertSpec root;
  root.name = name;
  root.issuer = name;
  root.subject = std::move(subject);
  root.not_before.from_now = days(-30);
  root.not_after.from_now = days(730);
  root.key.label = name;
  root.basic_constraints = BasicConstraints{.ca = true};
  root.key_usage = KeyUsage{.bits = kKeyCertSign | kCrlSign};
  root.name_constraints = NameConstraints{.permitted = {Dns("test"), Loopback4(), Loopback6()}};
  return root;
}

CertSpec Intermediate(std::string_view name, std::string_view issuer, DistinguishedName subject) {
  CertSpec intermediate;
  intermediate.name = name;
  intermediate.issuer = issuer;
  intermediate.subject = std::move(subject);
  intermediate.not_before.from_now = days(-30);
  intermediate.not_after.from_now = days(365);
  intermediate.key.label = name;
  intermediate.basic_constraints = BasicConstraints{.ca = true, .path_len = 0};
  intermediate.key_usage = KeyUsage{.bits = kKeyCertSign | kCrlSign};
  return intermediate;
}

CertSpec Leaf() {
  CertSpec leaf;
  leaf.name = "leaf";
  leaf.issuer = "intermediate";
  leaf.subject = Organization("Bob's Mail");  // no CN: one that looks like a host would be a second identifier
  leaf.not_before.from_now = days(-1);
  leaf.not_after.from_now = days(30);
  leaf.key.label = "leaf";
  leaf.basic_constraints = BasicConstraints{.ca = false};
  leaf.key_usage = KeyUsage{.bits = kDigitalSignature};
  leaf.extended_key_usage = ExtendedKeyUsage{.purposes = {std::string(kServerAuth)}};
  leaf.san = SubjectAltName{.names = {Dns(kBobHost)}};
  return leaf;
}

}  // namespace

std::string_view Name(KeyType type) {
  switch (type) {
    case KeyType::kP256:
      return "p256";
    case KeyType::kP384:
      return "p384";
    case KeyType::kP521:
      return "p521";
    case KeyType::kP224:
      return "p224";
    case KeyType::kEd25519:
      return "ed25519";
    case KeyType::kRsa512:
      return "rsa512";
    case KeyType::kRsa768:
      return "rsa768";
    case KeyType::kRsa1024:
      return "rsa1024";
    case KeyType::kRsa2048:
      return "rsa2048";
    case KeyType::kRsa3072:
      return "rsa3072";
    case KeyType::kRsa4096:
      return "rsa4096";
    case KeyType::kRsa8192:
      return "rsa8192";
    case KeyType::kRsa2052:
      return "rsa2052";
  }
  return "unknown";
}

std::string_view Name(SigAlg alg) {
  switch (alg) {
    case SigAlg::kEcdsaSha256:
      return "ecdsa-sha256";
    case SigAlg::kEcdsaSha384:
      return "ecdsa-sha384";
    case SigAlg::kEcdsaSha512:
      return "ecdsa-sha512";
    case SigAlg::kEcdsaSha1:
      return "ecdsa-sha1";
    case SigAlg::kRsaSha256:
      return "rsa-sha256";
    case SigAlg::kRsaSha384:
      return "rsa-sha384";
    case SigAlg::kRsaSha512:
      return "rsa-sha512";
    case SigAlg::kRsaSha1:
      return "rsa-sha1";
    case SigAlg::kRsaMd5:
      return "rsa-md5";
    case SigAlg::kRsaMd4:
      return "rsa-md4";
    case SigAlg::kRsaMd2:
      return "rsa-md2";
    case SigAlg::kRsaPssSha256:
      return "rsa-pss-sha256";
    case SigAlg::kRsaPssSha384:
      return "rsa-pss-sha384";
    case SigAlg::kRsaPssSha512:
      return "rsa-pss-sha512";
    case SigAlg::kRsaPssSalt20:
      return "rsa-pss-salt-20";
    case SigAlg::kRsaPssMgf1Sha1:
      return "rsa-pss-mgf1-sha1";
    case SigAlg::kEd25519:
      return "ed25519";
    case SigAlg::kUnknownOid:
      return "unknown-oid";
  }
  return "unknown";
}

std::string_view Name(StringType type) {
  switch (type) {
    case StringType::kUtf8:
      return "utf8";
    case StringType::kPrintable:
      return "printable";
    case StringType::kT61:
      return "t61";
    case StringType::kIa5:
      return "ia5";
    case StringType::kBmp:
      return "bmp";
  }
  return "unknown";
}

std::string_view Name(NameForm form) {
  switch (form) {
    case NameForm::kOther:
      return "other";
    case NameForm::kEmail:
      return "email";
    case NameForm::kDns:
      return "dns";
    case NameForm::kX400:
      return "x400";
    case NameForm::kDirectory:
      return "directory";
    case NameForm::kEdi:
      return "edi";
    case NameForm::kUri:
      return "uri";
    case NameForm::kIp:
      return "ip";
    case NameForm::kRegisteredId:
      return "registered-id";
  }
  return "unknown";
}

std::string_view Name(SpkiForm form) {
  switch (form) {
    case SpkiForm::kUsual:
      return "usual";
    case SpkiForm::kExplicitCurve:
      return "explicit-curve";
    case SpkiForm::kCurveBall:
      return "curve-ball";
    case SpkiForm::kNoParameters:
      return "no-parameters";
    case SpkiForm::kLongLength:
      return "long-length";
  }
  return "unknown";
}

std::string_view Name(LengthForm form) {
  switch (form) {
    case LengthForm::kShortest:
      return "shortest";
    case LengthForm::kLong:
      return "long";
    case LengthForm::kIndefinite:
      return "indefinite";
  }
  return "unknown";
}

std::string_view Name(TimeForm form) {
  switch (form) {
    case TimeForm::kAuto:
      return "auto";
    case TimeForm::kUtc:
      return "utc";
    case TimeForm::kGeneralized:
      return "generalized";
  }
  return "unknown";
}

std::string_view Name(SignatureFault fault) {
  switch (fault) {
    case SignatureFault::kNone:
      return "none";
    case SignatureFault::kFlipBit:
      return "flip-bit";
    case SignatureFault::kEmpty:
      return "empty";
    case SignatureFault::kZeros:
      return "zeros";
  }
  return "unknown";
}

DistinguishedName CommonName(std::string_view text) { return {Attribute{.oid = "2.5.4.3", .value = ToBytes(text)}}; }
DistinguishedName Organization(std::string_view text) { return {Attribute{.oid = "2.5.4.10", .value = ToBytes(text)}}; }

GeneralName Dns(std::string_view name) { return {.form = NameForm::kDns, .value = ToBytes(name)}; }
GeneralName IpOctets(Bytes octets) { return {.form = NameForm::kIp, .value = std::move(octets)}; }
GeneralName Email(std::string_view address) { return {.form = NameForm::kEmail, .value = ToBytes(address)}; }
GeneralName Uri(std::string_view uri) { return {.form = NameForm::kUri, .value = ToBytes(uri)}; }

GeneralName Ip(std::string_view literal) {
  const std::string text(literal);
  Bytes octets(4);
  if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) {
    return IpOctets(std::move(octets));
  }
  octets.resize(16);
  [[maybe_unused]] const int parsed = inet_pton(AF_INET6, text.c_str(), octets.data());
  assert(parsed == 1);
  return IpOctets(std::move(octets));
}

// OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY DEFINED BY type-id }
// id-on-dnsSRV ::= { id-on 7 }, SRVName ::= IA5String (RFC 4985 2)
GeneralName SrvName(std::string_view service_name) {
  const Bytes type = der::Oid("1.3.6.1.5.5.7.8.7");
  const Bytes value = der::ContextConstructed(0, der::Ia5String(service_name));
  return {.form = NameForm::kOther, .value = der::Concat({type, value})};
}

GeneralName DirectoryName(const DistinguishedName& name) {
  return {.form = NameForm::kDirectory, .value = EncodeName(name)};
}

const CertSpec* ChainSpec::Find(std::string_view name) const {
  const auto found = std::ranges::find(certs, name, &CertSpec::name);
  return found == certs.end() ? nullptr : &*found;
}

const CertSpec& ChainSpec::At(std::string_view name) const {
  const CertSpec* found = Find(name);
  assert(found != nullptr);
  return *found;
}

CertSpec& ChainSpec::At(std::string_view name) { return const_cast<CertSpec&>(std::as_const(*this).At(name)); }

ChainSpec GoodChain() {
  // Every scenario begins with a copy; making one anew costs three times as much.
  static const ChainSpec good = [] {
    const DistinguishedName root_name = Join(Organization("starttls-lab"), CommonName("Lab Root CA"));
    ChainSpec chain;
    chain.certs = {Leaf(),
                   Intermediate("intermediate", "root", CommonName("Lab Intermediate CA")),
                   Root("root", root_name),
                   Intermediate("eve-intermediate", "eve-root", CommonName("Eve Intermediate CA")),
                   Root("eve-root", CommonName("Eve Root CA")),
                   Root("fake-root", root_name)};
    chain.presented = {"leaf", "intermediate"};
    chain.trusted = {"root"};
    return chain;
  }();
  return good;
}

}  // namespace certs
