#include "fakeserver/tls_secrets.h"

#include <openssl/digest.h>
#include <openssl/hkdf.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace fakeserver {
namespace {

Bytes DigestOf(const EVP_MD* md, ByteView data) {
  Bytes digest(EVP_MD_size(md));
  EVP_Digest(data.data(), data.size(), digest.data(), nullptr, md, nullptr);
  return digest;
}

Bytes Extract(const EVP_MD* md, ByteView salt, ByteView secret) {
  Bytes out(EVP_MD_size(md));
  size_t size = 0;
  HKDF_extract(out.data(), &size, md, secret.data(), secret.size(), salt.data(), salt.size());
  return out;
}

}  // namespace

void HandshakeHash::Add(ByteView message) { certs::Append(messages_, message); }

Bytes HandshakeHash::Hash(const EVP_MD* md) const { return DigestOf(md, messages_); }

void HandshakeHash::ReplaceByItsHash(const EVP_MD* md) {
  constexpr uint8_t kMessageHash = 254;
  const Bytes hash = Hash(md);
  messages_ = {kMessageHash, 0, 0, static_cast<uint8_t>(hash.size())};
  certs::Append(messages_, hash);
}

Bytes Hmac(const EVP_MD* md, ByteView key, ByteView data) {
  Bytes out(EVP_MD_size(md));
  unsigned size = 0;
  HMAC(md, key.data(), key.size(), data.data(), data.size(), out.data(), &size);
  return out;
}

Bytes Tls12Prf(const EVP_MD* md, ByteView secret, std::string_view label, ByteView seed, size_t size) {
  Bytes labelled = certs::ToBytes(label);
  certs::Append(labelled, seed);
  Bytes out;
  for (Bytes a = Hmac(md, secret, labelled); out.size() < size; a = Hmac(md, secret, a)) {
    Bytes input = a;
    certs::Append(input, labelled);
    certs::Append(out, Hmac(md, secret, input));
  }
  out.resize(size);
  return out;
}

//   struct { uint16 length; opaque label<7..255> = "tls13 " + Label; opaque context<0..255>; } HkdfLabel;
Bytes ExpandLabel(const EVP_MD* md, ByteView secret, std::string_view label, ByteView context, size_t size) {
  constexpr std::string_view kPrefix = "tls13 ";
  Bytes info = {static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size),
                static_cast<uint8_t>(kPrefix.size() + label.size())};
  certs::Append(info, certs::ToBytes(kPrefix));
  certs::Append(info, certs::ToBytes(label));
  info.push_back(static_cast<uint8_t>(context.size()));
  certs::Append(info, context);
  Bytes out(size);
  HKDF_expand(out.data(), size, md, secret.data(), secret.size(), info.data(), info.size());
  return out;
}

void Tls13Secrets::OnSharedSecret(ByteView shared, ByteView hash) {
  const size_t size = EVP_MD_size(md);
  const Bytes zeros(size);
  const Bytes nothing = DigestOf(md, {});
  const Bytes early = Extract(md, zeros, zeros);
  handshake_secret_ = Extract(md, ExpandLabel(md, early, "derived", nothing, size), shared);
  client_handshake = ExpandLabel(md, handshake_secret_, "c hs traffic", hash, size);
  server_handshake = ExpandLabel(md, handshake_secret_, "s hs traffic", hash, size);
}

void Tls13Secrets::OnServerFinished(ByteView hash) {
  const size_t size = EVP_MD_size(md);
  const Bytes master = Extract(md, ExpandLabel(md, handshake_secret_, "derived", DigestOf(md, {}), size), Bytes(size));
  client_application = ExpandLabel(md, master, "c ap traffic", hash, size);
  server_application = ExpandLabel(md, master, "s ap traffic", hash, size);
}

Bytes Tls13Secrets::VerifyData(ByteView handshake_secret, ByteView hash) const {
  return Hmac(md, ExpandLabel(md, handshake_secret, "finished", {}, EVP_MD_size(md)), hash);
}

}  // namespace fakeserver
