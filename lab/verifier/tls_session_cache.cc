#include "lab/verifier/tls_session_cache.h"

#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

namespace verifier {
namespace {

constexpr int64_t kLongest = int64_t{7} * 24 * 3600;

}  // namespace

std::array<uint8_t, 32> DigestOf(const std::vector<certs::ByteView>& files) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const certs::ByteView file : files) {
    const uint64_t length = file.size();
    SHA256_Update(&context, &length, sizeof length);
    SHA256_Update(&context, file.data(), file.size());
  }
  std::array<uint8_t, 32> digest;
  SHA256_Final(digest.data(), &context);
  return digest;
}

SessionCache::SessionCache(size_t capacity) : capacity_(capacity) {}
SessionCache::~SessionCache() = default;

void SessionCache::Put(const SessionScope& scope, bssl::UniquePtr<SSL_SESSION> session, int64_t now) {
  if (!session || capacity_ == 0) {
    return;
  }
  // TLS 1.2: the library goes by its own idea of a session's life, and the server's is a hint (RFC 5077 3.3).
  const int64_t hint = SSL_SESSION_get_ticket_lifetime_hint(session.get());
  const int64_t said = std::min<int64_t>(SSL_SESSION_get_timeout(session.get()), hint > 0 ? hint : kLongest);
  const int64_t lifetime = std::min(said, kLongest);
  entries_.push_front({scope, std::move(session), now, now + lifetime});
  if (entries_.size() > capacity_) {
    entries_.pop_back();
  }
}

bssl::UniquePtr<SSL_SESSION> SessionCache::Take(const SessionScope& scope, int64_t now) {
  // A clock that ran backwards proves nothing about how old a session is: such sessions go, too.
  std::erase_if(entries_, [&](const Entry& entry) { return now < entry.made || now >= entry.end; });
  const auto found = std::ranges::find(entries_, scope, &Entry::scope);
  if (found == entries_.end()) {
    return nullptr;
  }
  bssl::UniquePtr<SSL_SESSION> session = std::move(found->session);
  entries_.erase(found);
  return session;
}

}  // namespace verifier
