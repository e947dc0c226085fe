// TLS sessions kept for later (RFC 9846 2.2, RFC 5077), each bound to everything that made its connection acceptable. A
// session is handed out once, and only to a client that would connect to the same host and port, under the same policy,
// with the same trust anchors: a session of one host is never offered to another, and a session from before an anchor
// was withdrawn is never offered after. Even then it vouches for nothing: the client judges the stored certificate
// again, under its present clock and policy (tls_client.h).
#pragma once

#include <openssl/base.h>

#include <array>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "certs/bytes.h"
#include "lab/verifier/name_match.h"
#include "lab/verifier/revocation.h"
#include "lab/verifier/trust.h"

namespace verifier {

// Where and under which rules a session was made. Two scopes that differ in anything do not share sessions.
struct SessionScope {
  Reference host;
  uint16_t port = 0;
  NamePolicy names;
  std::string policy;               // the caller's own word for all else that it demands; TlsClientConfig::policy
  std::vector<std::string> alpn;    // what was offered
  std::array<uint8_t, 32> trust{};  // DigestOf() the anchors
  RevocationMode revocation = RevocationMode::kSoft;
  std::array<uint8_t, 32> crls{};  // DigestOf() the revocation lists
  TrustMode mode = TrustMode::kPkix;
  std::vector<TlsaRecord> tlsa;

  bool operator==(const SessionScope&) const = default;
};

// SHA-256 over anchors or lists, in order, each with its length. One added or withdrawn makes another digest.
std::array<uint8_t, 32> DigestOf(const std::vector<certs::ByteView>& files);

// Not thread-safe. Must outlive the clients that use it. Holds at most `capacity` sessions: the oldest goes first.
class SessionCache {
 public:
  explicit SessionCache(size_t capacity = 128);
  ~SessionCache();
  SessionCache(const SessionCache&) = delete;
  SessionCache& operator=(const SessionCache&) = delete;

  // Keeps a session made at `now` (seconds since the epoch) for as long as its server said, but no longer than seven
  // days (RFC 9846 4.6.1).
  void Put(const SessionScope& scope, bssl::UniquePtr<SSL_SESSION> session, int64_t now);
  // Takes out the youngest session of exactly that scope that is still alive; null if there is none. Nobody gets it a
  // second time: a ticket that is used twice links its connections (RFC 9846 C.4).
  bssl::UniquePtr<SSL_SESSION> Take(const SessionScope& scope, int64_t now);

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    SessionScope scope;
    bssl::UniquePtr<SSL_SESSION> session;
    int64_t made = 0, end = 0;
  };
  const size_t capacity_;
  std::list<Entry> entries_;  // youngest first
};

}  // namespace verifier
