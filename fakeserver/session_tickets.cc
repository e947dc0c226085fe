#include "fakeserver/session_tickets.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace fakeserver {
namespace {

// A fault is in one direction; the other does the least that works. What these seal is not secret: such a ticket never
// comes back to anybody who would open it.
size_t NoOverhead(SSL*) { return 0; }

int SealNothing(SSL*, uint8_t* out, size_t* out_len, size_t max_out_len, const uint8_t* in, size_t in_len) {
  *out_len = std::min(in_len, max_out_len);
  std::memmove(out, in, *out_len);
  return 1;
}

int SealNever(SSL*, uint8_t*, size_t*, size_t, const uint8_t*, size_t) { return 0; }

ssl_ticket_aead_result_t Ignore(SSL*, uint8_t*, size_t*, size_t, const uint8_t*, size_t) {
  return ssl_ticket_aead_ignore_ticket;
}
ssl_ticket_aead_result_t Refuse(SSL*, uint8_t*, size_t*, size_t, const uint8_t*, size_t) {
  return ssl_ticket_aead_error;
}
ssl_ticket_aead_result_t Wait(SSL*, uint8_t*, size_t*, size_t, const uint8_t*, size_t) { return ssl_ticket_aead_retry; }

const SSL_TICKET_AEAD_METHOD* MethodOf(TicketFault fault) {
  static constexpr SSL_TICKET_AEAD_METHOD kSealFails = {NoOverhead, SealNever, Ignore},
                                          kOpenFails = {NoOverhead, SealNothing, Refuse},
                                          kOpenStalls = {NoOverhead, SealNothing, Wait};
  switch (fault) {
    case TicketFault::kSealFails:
      return &kSealFails;
    case TicketFault::kOpenFails:
      return &kOpenFails;
    case TicketFault::kOpenStalls:
      return &kOpenStalls;
    case TicketFault::kNone:
      break;
  }
  return nullptr;
}

// Keys that everybody knows, as everything here is for show.
std::array<uint8_t, SHA384_DIGEST_LENGTH> KeysOf(int number) {
  const std::string name = "starttls-lab ticket keys " + std::to_string(number);
  std::array<uint8_t, SHA384_DIGEST_LENGTH> keys;
  SHA384(reinterpret_cast<const uint8_t*>(name.data()), name.size(), keys.data());
  return keys;
}

}  // namespace

bool SetUpSessions(SSL_CTX* ctx, const TlsScript& script) {
  const ResumptionScript& resumption = script.resumption;
  SSL_CTX_set_session_cache_mode(ctx, resumption.ids ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_OFF);
  if (script.tickets <= 0) {
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  }
  if (resumption.lifetime.count() > 0) {
    const auto seconds = static_cast<uint32_t>(std::min<int64_t>(resumption.lifetime.count(), UINT32_MAX));
    SSL_CTX_set_timeout(ctx, seconds);
    SSL_CTX_set_session_psk_dhe_timeout(ctx, seconds);
  }
  SSL_CTX_set_early_data_enabled(ctx, resumption.early_data ? 1 : 0);
  if (const SSL_TICKET_AEAD_METHOD* method = MethodOf(resumption.fault)) {
    SSL_CTX_set_ticket_aead_method(ctx, method);
  } else if (resumption.keys != 0) {
    const auto keys = KeysOf(resumption.keys);
    if (!SSL_CTX_set_tlsext_ticket_keys(ctx, keys.data(), keys.size())) {
      return false;
    }
  }
  return SSL_CTX_set_num_tickets(ctx, static_cast<size_t>(std::max(script.tickets, 0))) != 0;
}

}  // namespace fakeserver
