// Property: what a certificate was made to say, the verifier reads: every field of a well-formed spec comes back as it
// was, no more and no less, and the parser finds nothing to complain about.
//
// Input: read from the front, an octet or a few a choice; at its end everything is absent or zero.
#include <optional>
#include <vector>

#include "certs/der.h"
#include "certs/encode.h"
#include "certs/keys.h"
#include "certs/sign.h"
#include "fuzz/fuzz.h"
#include "lab/verifier/certificate.h"
#include "lab/verifier/general_name.h"

namespace {

using certs::Bytes;
using certs::ByteView;
using fuzz::Reader;
using fuzz::Require;

constexpr int64_t kNow = 1767225600;                                  // 2026-01-01T00:00:00Z
constexpr int64_t kYear1950 = -631152000, kYear10000 = 253402300800;  // seconds since the epoch

// --- A spec out of octets. ---

// Octets as characters of every string type, one at least.
std::string Text(Reader& input) {
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:/+=?";
  std::string text;
  for (const char c : input.Take(1 + input.Choice(40))) {
    text += kCharacters[static_cast<uint8_t>(c) % kCharacters.size()];
  }
  return text.empty() ? "a" : text;
}

// A positive INTEGER of at most 20 octets, in its shortest form.
Bytes Serial(Reader& input) {
  Bytes serial = certs::ToBytes(input.Take(input.Choice(20)));
  serial.insert(serial.begin(), static_cast<uint8_t>(1 + input.Choice(0x7f)));
  return serial;
}

certs::DistinguishedName Name(Reader& input) {
  constexpr const char* kOids[] = {"2.5.4.3", "2.5.4.10", "2.5.4.11", "2.5.4.7", "2.5.4.5"};
  constexpr certs::StringType kTypes[] = {certs::StringType::kUtf8, certs::StringType::kPrintable};
  certs::DistinguishedName name;
  for (size_t count = 1 + input.Choice(4); count > 0; --count) {
    const char* oid = kOids[input.Choice(std::size(kOids))];
    const certs::StringType type = kTypes[input.Choice(std::size(kTypes))];
    name.push_back({oid, type, certs::ToBytes(Text(input))});
  }
  return name;
}

certs::TimeSpec Time(Reader& input) {
  uint64_t number = 0;
  for (int i = 0; i < 5; ++i) {
    number = number << 8 | input.Octet();
  }
  const auto time = kYear1950 + static_cast<int64_t>(number % static_cast<uint64_t>(kYear10000 - kYear1950));
  return certs::TimeSpec{std::chrono::seconds(time - kNow)};
}

std::string Oid(Reader& input) {
  return "1.3.6.1.4.1." + std::to_string(input.Number()) + '.' + std::to_string(input.Number() << 8 | input.Octet());
}

std::vector<std::string> Oids(Reader& input) {
  std::vector<std::string> oids;
  for (size_t count = 1 + input.Choice(4); count > 0; --count) {
    const std::string oid = Oid(input);
    if (std::ranges::find(oids, oid) == oids.end()) {
      oids.push_back(oid);
    }
  }
  return oids;
}

certs::GeneralName Name(Reader& input, size_t form) {
  switch (form) {
    case 0:
      return certs::Dns(Text(input));
    case 1:
      return certs::Email(Text(input) + "@bob.test");
    case 2:
      return certs::Uri("smtp://" + Text(input));
    case 3:
      return certs::DirectoryName(Name(input));
    default: {
      Bytes octets = certs::ToBytes(input.Take(16));
      octets.resize(octets.size() < 16 ? 4 : 16);
      return certs::IpOctets(octets);
    }
  }
}

std::vector<certs::GeneralName> Names(Reader& input) {
  std::vector<certs::GeneralName> names;
  for (size_t count = 1 + input.Choice(6); count > 0; --count) {
    names.push_back(Name(input, input.Choice(5)));
  }
  return names;
}

// Subtrees of dNSNames and networks.
std::vector<certs::GeneralName> Subtrees(Reader& input) {
  std::vector<certs::GeneralName> bases;
  for (size_t count = input.Choice(4); count > 0; --count) {
    Bytes network = certs::ToBytes(input.Take(4));
    network.resize(4);
    certs::Append(network, Bytes{0xff, 0xff, 0, 0});
    bases.push_back(input.Flag() ? certs::Dns("bob" + std::to_string(count) + ".test") : certs::IpOctets(network));
  }
  return bases;
}

certs::CertSpec Spec(Reader& input) {
  certs::CertSpec spec;
  spec.name = "leaf";
  spec.serial = Serial(input);
  spec.subject = Name(input);
  spec.claimed_issuer = Name(input);
  spec.not_before = Time(input);
  spec.not_after = Time(input);
  const int present = input.Octet(), critical = input.Octet();
  const bool ca = (present & 1) != 0;
  if (ca) {
    spec.basic_constraints = certs::BasicConstraints{.ca = true, .critical = true};
    if (input.Flag()) {
      spec.basic_constraints->path_len = input.Octet();
    }
    spec.key_usage = certs::KeyUsage{.bits = certs::kKeyCertSign, .critical = (critical & 1) != 0};
  }
  if ((present & 2) != 0) {
    const auto bits = static_cast<uint16_t>(1 + input.Choice(31));
    spec.key_usage = certs::KeyUsage{.bits = static_cast<uint16_t>(bits | (ca ? certs::kKeyCertSign : 0))};
  }
  if ((present & 4) != 0) {
    spec.extended_key_usage = certs::ExtendedKeyUsage{.purposes = Oids(input), .critical = (critical & 2) != 0};
  }
  if ((present & 8) != 0) {
    spec.san = certs::SubjectAltName{.names = Names(input), .critical = (critical & 4) != 0};
  }
  if (ca && (present & 16) != 0) {
    spec.name_constraints = certs::NameConstraints{.permitted = Subtrees(input), .excluded = Subtrees(input)};
    if (spec.name_constraints->permitted.empty() && spec.name_constraints->excluded.empty()) {
      spec.name_constraints.reset();
    }
  }
  if ((present & 32) != 0) {
    spec.policies = certs::CertificatePolicies{.oids = Oids(input), .critical = (critical & 8) != 0};
  }
  if (ca && (present & 64) != 0) {
    spec.policy_mappings = {{Oid(input), Oid(input)}, {Oid(input), Oid(input)}};
    spec.policy_constraints = certs::PolicyConstraints{.require_explicit_policy = input.Octet()};
    spec.inhibit_any_policy = certs::InhibitAnyPolicy{.skip_certs = input.Octet()};
  }
  if ((present & 128) != 0) {
    spec.extra_extensions = {{"1.3.6.1.4.1.55738.9", false, certs::ToBytes(input.Take(200))}};
  }
  return spec;
}

// --- And what was read of it. ---

bool Same(ByteView a, ByteView b) { return std::ranges::equal(a, b); }

bool Same(const std::vector<ByteView>& read, const std::vector<std::string>& oids) {
  return std::ranges::equal(read, oids,
                            [](ByteView a, const std::string& b) { return Same(a, *certs::der::OidContent(b)); });
}

bool Same(const verifier::GeneralNameView& read, const certs::GeneralName& name) {
  return read.tag == static_cast<int>(name.form) && Same(read.value, name.value);
}

bool Same(const std::vector<verifier::SubtreeView>& read, const std::vector<certs::GeneralName>& bases) {
  return std::ranges::equal(read, bases, [](const verifier::SubtreeView& a, const certs::GeneralName& b) {
    return a.plain && Same(a.base, b);
  });
}

void CheckExtensions(const verifier::Certificate& read, const certs::CertSpec& spec) {
  Require(read.has_basic_constraints == spec.basic_constraints.has_value() &&
              read.is_ca == (spec.basic_constraints && spec.basic_constraints->ca) &&
              read.path_len == (spec.basic_constraints ? spec.basic_constraints->path_len : std::nullopt),
          "basicConstraints");
  Require(read.key_usage == (spec.key_usage ? std::optional(spec.key_usage->bits) : std::nullopt), "keyUsage");
  Require(read.extended_key_usage.has_value() == spec.extended_key_usage.has_value() &&
              (!read.extended_key_usage || Same(*read.extended_key_usage, spec.extended_key_usage->purposes)),
          "extendedKeyUsage");
  Require(read.san.has_value() == spec.san.has_value() &&
              (!read.san || (read.san_critical == spec.san->critical &&
                             std::ranges::equal(*read.san, spec.san->names,
                                                [](const auto& a, const auto& b) { return Same(a, b); }))),
          "subjectAltName");
  const certs::NameConstraints none, &constraints = spec.name_constraints ? *spec.name_constraints : none;
  Require(read.has_name_constraints == spec.name_constraints.has_value() &&
              Same(read.permitted, constraints.permitted) && Same(read.excluded, constraints.excluded),
          "nameConstraints");
  Require(read.policies.has_value() == spec.policies.has_value() &&
              (!read.policies || Same(*read.policies, spec.policies->oids)),
          "certificatePolicies");
  Require(std::ranges::equal(read.policy_mappings, spec.policy_mappings,
                             [](const verifier::PolicyMappingView& a, const certs::PolicyMapping& b) {
                               return Same(a.issuer_domain, *certs::der::OidContent(b.issuer_domain)) &&
                                      Same(a.subject_domain, *certs::der::OidContent(b.subject_domain));
                             }),
          "policyMappings");
  const bool limited = spec.policy_constraints.has_value();
  Require(read.require_explicit_policy.has_value() == limited && read.inhibit_any_policy.has_value() == limited &&
              !read.inhibit_policy_mapping,
          "policyConstraints and inhibitAnyPolicy are there");
  Require(!limited || (*read.require_explicit_policy ==
                           static_cast<uint64_t>(*spec.policy_constraints->require_explicit_policy) &&
                       *read.inhibit_any_policy == static_cast<uint64_t>(spec.inhibit_any_policy->skip_certs)),
          "and say what they were made to say");
  for (const certs::RawExtension& extra : spec.extra_extensions) {
    Require(!read.extensions.empty() && Same(read.extensions.back().value, extra.value) &&
                Same(read.extensions.back().oid, *certs::der::OidContent(extra.oid)),
            "an extension that nobody knows");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::shared_ptr<certs::KeyRing> ring = certs::KeyRing::FromSeed(1);
  static const Bytes spki = (*ring->GetKey({certs::KeyType::kP256, "leaf"}))->spki;
  static const Bytes algorithm = certs::AlgorithmIdentifier(certs::SigAlg::kEcdsaSha256);
  Reader input(data, size);
  const certs::CertSpec spec = Spec(input);
  const Bytes key_id(20, 7), issuer_key_id(20, 9);
  const auto tbs = certs::EncodeTbs(spec, {.now = kNow,
                                           .serial = {},
                                           .algorithm = algorithm,
                                           .issuer = {},
                                           .spki = spki,
                                           .subject_key_id = key_id,
                                           .issuer_key_id = issuer_key_id});
  Require(tbs.has_value(), "a well-formed spec can be encoded");
  const Bytes der = certs::der::Sequence({*tbs, algorithm, certs::der::BitString(Bytes(8, 1))});
  const fuzz::Exact exact(certs::AsText(der));
  const auto read = verifier::ParseCertificate(exact.bytes());
  Require(read.has_value(), "what was encoded parses");
  for (const verifier::Note& note : read->notes) {
    std::fprintf(stderr, "\n%s\n", note.detail.c_str());
  }
  Require(read->notes.empty(), "the parser has nothing to complain about");
  Require(read->version == 3 && Same(read->serial, *spec.serial) && Same(read->tbs, *tbs) && Same(read->spki, spki),
          "version, serial and key");
  Require(Same(read->subject, certs::EncodeName(spec.subject)) &&
              Same(read->issuer, certs::EncodeName(*spec.claimed_issuer)),
          "subject and issuer");
  Require(read->not_before == kNow + spec.not_before.from_now.count() &&
              read->not_after == kNow + spec.not_after.from_now.count() && !read->generalized_too_early,
          "the dates");
  Require(read->subject_key_id && Same(*read->subject_key_id, key_id) && read->authority_key_id &&
              Same(*read->authority_key_id, issuer_key_id),
          "the key identifiers");
  CheckExtensions(*read, spec);
  return 0;
}
