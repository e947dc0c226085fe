#include "certs/issue.h"

#include <openssl/base64.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/sha.h>

#include <algorithm>
#include <atomic>
#include <initializer_list>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/canonical.h"
#include "certs/crl.h"
#include "certs/der.h"
#include "certs/encode.h"
#include "certs/issue_memo.h"
#include "certs/ocsp.h"
#include "certs/revocation.h"
#include "certs/sct.h"
#include "certs/sign.h"
#include "certs/spki_form.h"

namespace certs {
namespace {

// The content octets of a serial number (RFC 5280 4.1.2.2: positive, not zero, at most 20 octets) that depends on
// everything that tells two certificates of one issuer apart, and on nothing else.
Bytes DerivedSerial(ByteView canonical, const Key& issuer_key, int64_t now) {
  Canonical rest(64);
  AppendCanonical(rest, issuer_key.identifier);
  AppendCanonical(rest, now);
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, canonical.data(), canonical.size());
  SHA256_Update(&context, rest.octets().data(), rest.size());
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256_Final(digest.data(), &context);
  digest.resize(16);
  digest[0] = static_cast<uint8_t>((digest[0] & 0x3f) | 0x40);  // no sign bit, no leading zero octet
  return digest;
}

// Applies the tampers in order; says what is wrong with one that cannot be applied.
Result<void> ApplyTampers(const CertSpec& spec, Bytes& certificate) {
  for (size_t i = 0; i < spec.tampers.size(); ++i) {
    const Tamper& tamper = spec.tampers[i];
    const std::string member = spec.name + ".tampers[" + std::to_string(i) + "]: ";
    if (tamper.from.empty() || tamper.from.size() != tamper.to.size()) {
      return Fail(ErrorCode::kBadInput, member + "`from` and `to` must have one length, and not zero");
    }
    const auto first = std::ranges::search(certificate, tamper.from);
    if (first.empty()) {
      return Fail(ErrorCode::kBadInput, member + Escaped(tamper.from, 64) + " does not occur in the certificate");
    }
    const auto rest = std::ranges::subrange(first.begin() + 1, certificate.end());
    if (!std::ranges::search(rest, tamper.from).empty()) {
      return Fail(ErrorCode::kBadInput, member + Escaped(tamper.from, 64) + " occurs more than once");
    }
    std::ranges::copy(tamper.to, first.begin());
  }
  return {};
}

// SEQUENCE with its length in another form than the shortest, if one is asked for.
Bytes Framed(LengthForm form, std::initializer_list<ByteView> elements) {
  if (form == LengthForm::kShortest) {
    return der::Sequence(elements);
  }
  const Bytes content = der::Concat(elements);
  if (form == LengthForm::kIndefinite) {  // 0x80, and two zero octets at the end
    return der::Concat({Bytes{der::kSequence, 0x80}, content, Bytes{0, 0}});
  }
  Bytes frame = {der::kSequence, 0x84};  // four octets of length follow
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<uint8_t>(content.size() >> shift));
  }
  return der::Concat({frame, content});
}

// The finished certificate of its three parts, and what is done to it then.
Result<Bytes> Assembled(const CertSpec& node, std::initializer_list<ByteView> parts) {
  Bytes certificate = Framed(node.length_form, parts);
  if (auto tampered = ApplyTampers(node, certificate); !tampered) {
    return std::unexpected(tampered.error());
  }
  certificate.resize(certificate.size() - std::min(static_cast<size_t>(std::max(node.cut, 0)), certificate.size()));
  Append(certificate, node.trailing);
  return certificate;
}

// Nodes are found by name, so a name must be one node's.
std::optional<std::string> NameUsedTwice(const ChainSpec& spec) {
  std::vector<std::string_view> names;
  names.reserve(spec.certs.size());
  for (const CertSpec& node : spec.certs) {
    names.push_back(node.name);
  }
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  return twice == names.end() ? std::nullopt : std::optional<std::string>(*twice);
}

std::unexpected<Error> NoSuchNode(const std::string& member, const std::string& name) {
  return Fail(ErrorCode::kBadInput, member + ": there is no node \"" + Escaped(name, 64) + "\"");
}

std::unexpected<Error> Within(const std::string& member, const Error& error) {
  return Fail(error.code, member + ": " + error.detail);
}

}  // namespace

struct Issuer::Memo {
  std::mutex mutex;
  Remembered<Bytes> certificates;
  Remembered<std::shared_ptr<const IssuedChain>> chains;
  Canonical scratch{1024};  // for one certificate at a time

  // All at once: what is left of one would go with certificates of the same specs and other signatures.
  void StartAnewIfFull() {
    if (certificates.full() || chains.full()) {
      certificates.Clear();
      chains.Clear();
    }
  }

  std::atomic<uint64_t> signatures = 0;
};

Issuer::Issuer(std::shared_ptr<KeyRing> keys, int64_t now)
    : keys_(std::move(keys)), now_(now), memo_(std::make_unique<Memo>()) {}
Issuer::~Issuer() = default;

uint64_t Issuer::signatures_made() const { return memo_->signatures; }

Result<std::shared_ptr<const IssuedChain>> Issuer::Issue(const ChainSpec& spec) {
  const std::lock_guard lock(memo_->mutex);
  memo_->StartAnewIfFull();
  return IssueOrRecall(spec);
}

Result<std::vector<std::shared_ptr<const IssuedChain>>> Issuer::IssueTogether(
    const std::vector<const ChainSpec*>& specs) {
  const std::lock_guard lock(memo_->mutex);
  memo_->StartAnewIfFull();
  std::vector<std::shared_ptr<const IssuedChain>> chains;
  for (const ChainSpec* spec : specs) {
    auto chain = IssueOrRecall(*spec);
    if (!chain) {
      return std::unexpected(chain.error());
    }
    chains.push_back(*std::move(chain));
  }
  return chains;
}

// Under the lock, which is one for the whole of issuing: what is wanted twice at once must be signed once.
Result<std::shared_ptr<const IssuedChain>> Issuer::IssueOrRecall(const ChainSpec& spec) {
  const CanonicalChain canonical(spec);
  const MemoKey key(canonical.whole());
  if (const auto* found = memo_->chains.Find(key)) {
    return *found;
  }
  auto chain = IssueAnew(spec, canonical);
  if (chain) {
    memo_->chains.Keep(key, *chain);
  }
  return chain;
}

Result<std::shared_ptr<const IssuedChain>> Issuer::IssueAnew(const ChainSpec& spec, const CanonicalChain& canonical) {
  if (const auto name = NameUsedTwice(spec)) {
    return Fail(ErrorCode::kBadInput, "certs: two nodes are named \"" + Escaped(*name, 64) + "\"");
  }
  auto chain = std::make_shared<IssuedChain>();
  std::vector<Bytes> ignored;
  const auto issue_all = [&](const std::vector<std::string>& names, const std::string& member,
                             std::vector<Bytes>& out) -> Result<void> {
    out.reserve(names.size());
    for (const std::string& name : names) {
      // The node itself, then whoever is needed above it, until one is its own issuer or known already.
      for (const CertSpec* node = spec.Find(name); !chain->nodes.contains(node == nullptr ? name : node->name);) {
        if (node == nullptr) {
          return NoSuchNode(member, name);
        }
        auto certificate = IssueNode(spec, *node, canonical.Node(*node));
        if (!certificate) {
          return std::unexpected(certificate.error());
        }
        chain->nodes.emplace(node->name, *std::move(certificate));
        node = spec.Find(node->issuer);
      }
      out.push_back(chain->nodes.at(name));
    }
    return {};
  };
  if (auto done = issue_all(spec.presented, "presented", chain->presented); !done) {
    return std::unexpected(done.error());
  }
  if (auto done = issue_all(spec.trusted, "trusted", chain->trusted); !done) {
    return std::unexpected(done.error());
  }

  if (auto done = issue_all(StatusNodes(spec), "revocation", ignored); !done) {
    return std::unexpected(done.error());
  }
  if (auto done = IssueStatements(spec, *chain); !done) {
    return std::unexpected(done.error());
  }

  const CertSpec* leaf = spec.Find(spec.presented.empty() ? "leaf" : spec.presented.front());
  if (spec.handshake_key || leaf != nullptr) {
    const KeySpec& key_spec = spec.handshake_key ? *spec.handshake_key : leaf->swapped_key.value_or(leaf->key);
    const auto key = keys_->Get(key_spec);
    if (!key) {
      return Within(spec.handshake_key ? "handshake_key" : leaf->name + ".key", key.error());
    }
    chain->key = bssl::UpRef(*key);
    chain->key_type = key_spec.type;
  }
  return std::shared_ptr<const IssuedChain>(std::move(chain));
}

// What is said about the certificates: each statement anew, since none occurs in two chains that are not equal.
Result<void> Issuer::IssueStatements(const ChainSpec& spec, IssuedChain& chain) {
  const RevocationSpec& revocation = spec.revocation;
  if (revocation.staples.empty() && revocation.crls.empty() && revocation.scts.empty()) {
    return {};
  }
  const IssuedNodes nodes{.spec = spec, .certificates = chain.nodes, .keys = *keys_, .now = now_};
  uint64_t signatures = 0;
  chain.staples.resize(spec.presented.size());
  for (const OcspSpec& staple : revocation.staples) {
    const auto presented = std::ranges::find(spec.presented, staple.certificate);
    if (presented == spec.presented.end()) {
      return Fail(ErrorCode::kBadInput,
                  "revocation.staples.certificate: \"" + Escaped(staple.certificate, 64) + "\" is not presented");
    }
    auto response = IssueOcsp(staple, nodes, signatures);
    if (!response) {
      return Within("revocation", response.error());
    }
    chain.staples[static_cast<size_t>(presented - spec.presented.begin())] = *std::move(response);
  }
  for (const CrlSpec& crl : revocation.crls) {
    auto list = IssueCrl(crl, nodes, signatures);
    if (!list) {
      return Within("revocation", list.error());
    }
    chain.crls.push_back(*std::move(list));
  }
  if (!revocation.scts.empty() && !chain.presented.empty()) {
    auto list = IssueScts(revocation.scts, {.certificate = chain.presented.front()}, "revocation.scts", *keys_, now_,
                          signatures);
    if (!list) {
      return std::unexpected(list.error());
    }
    chain.scts = *std::move(list);
  }
  memo_->signatures += signatures;
  return {};
}

// A certificate depends on its own spec and on its issuer's subject and key, and on nothing else of the chain.
Result<Bytes> Issuer::IssueNode(const ChainSpec& spec, const CertSpec& node, ByteView canonical_node) {
  if (node.raw_certificate) {
    return *node.raw_certificate;
  }
  const CertSpec* issuer = spec.Find(node.issuer);
  if (issuer == nullptr) {
    return NoSuchNode(node.name + ".issuer", node.issuer);
  }
  Canonical& canonical = memo_->scratch;
  canonical.Clear();
  canonical.Finished(canonical_node);
  AppendCanonical(canonical, issuer->subject);
  AppendCanonical(canonical, issuer->key);
  AppendCanonical(canonical, issuer->spki_form);
  const MemoKey key(canonical.octets());
  if (const Bytes* found = memo_->certificates.Find(key)) {
    return *found;
  }
  auto certificate = IssueCertificate(node, *issuer, key.octets);
  if (certificate) {
    memo_->certificates.Keep(key, *certificate);
  }
  return certificate;
}

// Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier,
//                            signatureValue BIT STRING } (RFC 5280 4.1)
Result<Bytes> Issuer::IssueCertificate(const CertSpec& node, const CertSpec& issuer, ByteView canonical) {
  const auto key = keys_->GetKey(node.key);
  if (!key) {
    return Within(node.name + ".key", key.error());
  }
  const auto issuer_key = keys_->GetKey(issuer.key);
  if (!issuer_key) {
    return Within(issuer.name + ".key", issuer_key.error());
  }
  const KeySpec& signer_spec = node.signing_key.value_or(issuer.key);
  const auto signer = keys_->GetKey(signer_spec);
  if (!signer) {
    return Within(node.name + ".signing_key", signer.error());
  }
  const SigAlg algorithm = node.signature.value_or(DefaultSignature(signer_spec.type));
  const Bytes serial = DerivedSerial(canonical, **issuer_key, now_);
  const auto identifier = [&](SigAlg claimed) {
    return ByteView(node.raw_algorithm ? *node.raw_algorithm : AlgorithmIdentifier(claimed));
  };
  const Bytes issuer_name = EncodeName(issuer.subject);
  const Bytes spki = node.raw_spki.value_or(InForm(node.spki_form, (*key)->spki));
  TbsInputs inputs{.now = now_,
                   .serial = serial,
                   .algorithm = identifier(node.inner_algorithm.value_or(algorithm)),
                   .issuer = issuer_name,
                   .spki = spki,
                   .subject_key_id = (*key)->identifier};
  if (node.authority_key_id && node.issuer != node.name) {
    inputs.issuer_key_id = (*issuer_key)->identifier;
  }
  auto tbs = EncodeTbs(node, inputs);
  if (!tbs) {
    return tbs;
  }
  RawExtension timestamps;
  if (!node.scts.empty()) {  // the logs saw it without them
    uint64_t signatures = 0;
    const auto list = IssueScts(node.scts, {.issuer_key_hash = Sha256Of((*issuer_key)->spki), .tbs = *tbs},
                                node.name + ".scts", *keys_, now_, signatures);
    if (!list) {
      return list;
    }
    memo_->signatures += signatures;
    timestamps = SctExtension(*list);
    inputs.scts = &timestamps;
    tbs = EncodeTbs(node, inputs);
  }
  auto signature = issuer.spki_form == SpkiForm::kCurveBall && !node.signing_key
                       ? SignWithKeyOne((*issuer_key)->spki, *tbs)
                       : Sign(algorithm, (*signer)->pkey.get(), *tbs);
  if (!signature) {
    return Within(node.name + ".signature", signature.error());
  }
  ++memo_->signatures;
  ApplyFault(node.signature_fault, *signature);
  if (node.swapped_key) {  // the signature stays: it was made over the victim's key
    const auto swapped = keys_->GetKey(*node.swapped_key);
    if (!swapped) {
      return Within(node.name + ".swapped_key", swapped.error());
    }
    inputs.spki = (*swapped)->spki;
    tbs = EncodeTbs(node, inputs);
  }
  return Assembled(node, {*tbs, identifier(node.outer_algorithm.value_or(algorithm)), der::BitString(*signature)});
}

std::string ToPem(std::string_view label, ByteView der) {
  constexpr size_t kLineOctets = 48;  // 64 characters
  std::string pem = "-----BEGIN " + std::string(label) + "-----\n";
  uint8_t line[65];
  for (size_t start = 0; start < der.size(); start += kLineOctets) {
    const ByteView part = der.subspan(start, std::min(kLineOctets, der.size() - start));
    const size_t length = EVP_EncodeBlock(line, part.data(), part.size());
    pem += AsText(ByteView(line, length));
    pem += '\n';
  }
  return pem + "-----END " + std::string(label) + "-----\n";
}

std::string CertificatesToPem(const std::vector<Bytes>& certificates) {
  std::string pem;
  for (const Bytes& certificate : certificates) {
    pem += ToPem("CERTIFICATE", certificate);
  }
  return pem;
}

Result<std::string> PrivateKeyToPem(EVP_PKEY* key) {
  bssl::ScopedCBB cbb;
  uint8_t* data = nullptr;
  size_t size = 0;
  if (key == nullptr || !CBB_init(cbb.get(), 256) || !EVP_marshal_private_key(cbb.get(), key) ||
      !CBB_finish(cbb.get(), &data, &size)) {
    ERR_clear_error();
    return Fail(ErrorCode::kCrypto, "the private key could not be encoded");
  }
  bssl::UniquePtr<uint8_t> owned(data);
  return ToPem("PRIVATE KEY", ByteView(data, size));
}

}  // namespace certs
