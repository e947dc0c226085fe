// Property: what BoringSSL takes for a ClientHello both of our readers take for one, and read the same of it: suites,
// extensions, server name; the two never contradict each other; and what they keep is bounded by what came.
//
// Input: an octet (even: the rest is the body of a ClientHello, to which its header is added; odd: the whole message).
#include <openssl/bytestring.h>
#include <openssl/ssl.h>

#include <map>
#include <optional>
#include <vector>

#include "fakeserver/client_hello.h"
#include "fakeserver/client_offer.h"
#include "fuzz/fuzz.h"

namespace {

using certs::Bytes;
using certs::ByteView;
using fuzz::Require;

// --- BoringSSL's opinion. ---

struct Seen {
  Bytes random, session_id;
  std::vector<uint16_t> ciphers;
  std::map<uint16_t, Bytes> extensions;
  std::string server_name;
};

std::optional<Seen>* g_seen = nullptr;

ssl_select_cert_result_t OnClientHello(const SSL_CLIENT_HELLO* hello) {
  Seen seen;
  seen.random.assign(hello->random, hello->random + hello->random_len);
  seen.session_id.assign(hello->session_id, hello->session_id + hello->session_id_len);
  CBS ciphers, extensions, body;
  CBS_init(&ciphers, hello->cipher_suites, hello->cipher_suites_len);
  for (uint16_t cipher = 0; CBS_get_u16(&ciphers, &cipher);) {
    seen.ciphers.push_back(cipher);
  }
  CBS_init(&extensions, hello->extensions, hello->extensions_len);
  for (uint16_t type = 0; CBS_get_u16(&extensions, &type) && CBS_get_u16_length_prefixed(&extensions, &body);) {
    seen.extensions.emplace(type, Bytes(CBS_data(&body), CBS_data(&body) + CBS_len(&body)));
  }
  if (const char* name = SSL_get_servername(hello->ssl, TLSEXT_NAMETYPE_host_name)) {
    seen.server_name = name;
  }
  *g_seen = std::move(seen);
  return ssl_select_cert_error;
}

std::optional<Seen> BoringSslReads(ByteView message) {
  static const bssl::UniquePtr<SSL_CTX> context = [] {
    bssl::UniquePtr<SSL_CTX> made(SSL_CTX_new(TLS_method()));
    SSL_CTX_set_select_certificate_cb(made.get(), OnClientHello);
    return made;
  }();
  Bytes record = {22, 3, 1, static_cast<uint8_t>(message.size() >> 8), static_cast<uint8_t>(message.size())};
  certs::Append(record, message);
  std::optional<Seen> seen;
  g_seen = &seen;
  const bssl::UniquePtr<SSL> server(SSL_new(context.get()));
  BIO* const in = BIO_new_mem_buf(record.data(), static_cast<int>(record.size()));
  SSL_set_bio(server.get(), in, BIO_new(BIO_s_mem()));
  SSL_set_accept_state(server.get());
  SSL_do_handshake(server.get());
  return seen;
}

// --- Ours. ---

size_t Octets(const fakeserver::ClientHello& hello) {
  size_t octets = hello.server_name.size() + 2 * (hello.ciphers.size() + hello.signature_algorithms.size());
  for (const std::string& protocol : hello.alpn) {
    octets += 1 + protocol.size();
  }
  return octets;
}

void CheckOffer(const fakeserver::ClientOffer& offer, const fakeserver::ClientHello& hello, size_t size) {
  Require(offer.ciphers == hello.ciphers, "both readers see the same suites");
  // Of an extension that comes twice one reader has the first, the other both.
  Require(offer.Has(16) || hello.alpn.empty(), "protocols come from their extension");
  Require(offer.Has(0) || hello.server_name.empty(), "a server name comes from its extension");
  const std::vector<uint16_t> versions = offer.Versions();
  Require(versions.size() <= size / 2 + 4, "no more versions than there are");
  Require(offer.Groups().size() <= size / 2 && offer.SignatureAlgorithms().size() <= size / 2, "and so with groups");
  for (const uint16_t group : offer.Groups()) {
    const auto share = offer.Share(group);
    Require(!share || share->size() <= size, "a share is a part of what came");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const bool whole = input.Flag();
  const std::string_view rest = input.Rest();
  if (rest.size() > 16000) {
    return 0;
  }
  Bytes message;
  if (!whole) {
    message = {1, 0, static_cast<uint8_t>(rest.size() >> 8), static_cast<uint8_t>(rest.size())};
  }
  certs::Append(message, fuzz::AsBytes(rest));
  const fuzz::Exact exact(certs::AsText(message));
  const auto hello = fakeserver::ParseClientHello(exact.bytes());
  const auto offer = fakeserver::ParseClientOffer(exact.bytes());
  Require(!offer || hello, "what can be answered can be recorded");
  Require(!hello || (Octets(*hello) <= message.size() && !hello->versions.empty()), "what is kept is what came");
  if (offer) {
    CheckOffer(*offer, *hello, message.size());
  }
  const std::optional<Seen> seen = BoringSslReads(exact.bytes());
  if (!seen) {
    return 0;
  }
  Require(hello && offer, "what BoringSSL takes for a ClientHello is one");
  Require(hello->ciphers == seen->ciphers && offer->ciphers == seen->ciphers, "with the same suites");
  Require(offer->random == seen->random && offer->session_id == seen->session_id, "the same numbers");
  Require(offer->extensions == seen->extensions, "the same extensions");
  Require(hello->server_name == seen->server_name, "and the same server name");
  return 0;
}
