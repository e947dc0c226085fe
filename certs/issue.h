// From specs to certificates. Pure: the same spec, ring and now give the same TBSCertificate bytes, always (ECDSA
// signatures themselves are randomised by the library).
#pragma once

#include <openssl/base.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/keys.h"
#include "certs/result.h"
#include "certs/spec.h"

namespace certs {

class CanonicalChain;

// A chain as bytes, ready to serve. All certificates are DER.
struct IssuedChain {
  std::vector<Bytes> presented;        // in the order of the Certificate message
  std::vector<Bytes> trusted;          // the client's trust anchors
  std::map<std::string, Bytes> nodes;  // every issued node by name
  // OCSP responses stapled to `presented`, one place each; empty where no chain member has one.
  std::vector<std::optional<Bytes>> staples;
  std::vector<Bytes> crls;  // the lists the client is configured with
  Bytes scts;               // SignedCertificateTimestampList for the handshake; empty if there is none
  // Signs the handshake: the spec's handshake_key, else the key in the leaf's certificate. The leaf is the first
  // certificate presented, or the node "leaf" where nothing is; null where there is neither.
  bssl::UniquePtr<EVP_PKEY> key;
  KeyType key_type = KeyType::kP256;  // of `key`
};

// Issues chains for one ring and one point in time, and remembers what it has issued: a certificate that occurs in a
// thousand chains is signed once. What it remembers is bounded: beyond some thousands of certificates it starts anew.
// Thread-safe.
class Issuer {
 public:
  // `now` in seconds since the epoch; every date of every spec is relative to it.
  Issuer(std::shared_ptr<KeyRing> keys, int64_t now);
  ~Issuer();

  // Issues what the spec presents, trusts and needs. Errors (kBadInput) name the member that cannot be issued:
  // an unknown issuer node, a name used twice, a tamper that does not occur exactly once, a key type that cannot sign
  // so.
  Result<std::shared_ptr<const IssuedChain>> Issue(const ChainSpec& spec);
  // The same for several that meet one client: a certificate that two of them have is the same octets in both. Of
  // chains issued one after the other that is not sure, since what is remembered may have been given up in between.
  Result<std::vector<std::shared_ptr<const IssuedChain>>> IssueTogether(const std::vector<const ChainSpec*>& specs);

  int64_t now() const { return now_; }
  KeyRing& keys() { return *keys_; }
  // How many signatures have been made so far: what issuing really cost.
  uint64_t signatures_made() const;

 private:
  struct Memo;

  Result<std::shared_ptr<const IssuedChain>> IssueOrRecall(const ChainSpec& spec);
  Result<std::shared_ptr<const IssuedChain>> IssueAnew(const ChainSpec& spec, const CanonicalChain& canonical);
  Result<Bytes> IssueNode(const ChainSpec& spec, const CertSpec& node, ByteView canonical_node);
  Result<void> IssueStatements(const ChainSpec& spec, IssuedChain& chain);
  Result<Bytes> IssueCertificate(const CertSpec& node, const CertSpec& issuer, ByteView canonical);

  const std::shared_ptr<KeyRing> keys_;
  const int64_t now_;
  std::unique_ptr<Memo> memo_;
};

// PEM with one armour ("CERTIFICATE", "PRIVATE KEY") and a final newline.
std::string ToPem(std::string_view label, ByteView der);
std::string CertificatesToPem(const std::vector<Bytes>& certificates);
// The private key as unencrypted PKCS #8 PEM.
Result<std::string> PrivateKeyToPem(EVP_PKEY* key);

}  // namespace certs
