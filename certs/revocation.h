// What OCSP responses and CRLs have in common on their way to bytes: the nodes they speak of, and their signatures.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/issue.h"
#include "certs/keys.h"
#include "certs/result.h"
#include "certs/spec.h"

namespace certs {

// A chain whose certificates have been issued. Borrows everything.
struct IssuedNodes {
  const ChainSpec& spec;
  const std::map<std::string, Bytes>& certificates;  // by node; every node of StatusNodes() is in it
  KeyRing& keys;
  int64_t now = 0;  // seconds since the epoch
};

// The nodes whose certificates must exist before anything can be said of their status. Names that are no node's are
// left to whoever issues the statement.
std::vector<std::string> StatusNodes(const ChainSpec& spec);

// authorityInfoAccess with one location, not critical (RFC 5280 4.2.2.1).
RawExtension AuthorityInfoAccess(std::string_view method, std::string_view uri);
inline constexpr std::string_view kOcspAccess = "1.3.6.1.5.5.7.48.1";

// The content octets of a certificate's serial number; empty if it cannot be read.
Bytes SerialOf(ByteView certificate);

// SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING signature }, with room for what follows the signature (`behind`).
// `member` begins every complaint.
struct StatementSigner {
  const KeySpec& key;
  SigAlg algorithm;
  SignatureFault fault = SignatureFault::kNone;
};
Result<Bytes> SignStatement(const std::string& member, const Bytes& tbs, const StatementSigner& signer, KeyRing& keys,
                            const Bytes& behind = {});

// One file of an issued chain's revocation data.
struct RevocationFile {
  std::string name;  // "staple-0.ocsp.der", "crl-0.crl.der", "handshake.sct": kind and place, fit for a file name
  Bytes bytes;
};
// Everything that is said of the chain's status: `staple-N.ocsp.der` is stapled to the N-th presented certificate,
// `crl-N.crl.der` are the lists the client is configured with, `handshake.sct` the timestamps of the handshake. Empty
// if nothing is said.
std::vector<RevocationFile> RevocationFiles(const IssuedChain& chain);

}  // namespace certs
