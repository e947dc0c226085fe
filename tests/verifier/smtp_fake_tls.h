// The TLS endpoint of the fake server. Nobody but it includes this.
#pragma once

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "tests/verifier/smtp_fake_server.h"

namespace verifier {

struct FakeServer::Tls {
  std::shared_ptr<const certs::IssuedChain> chain;
  bssl::UniquePtr<SSL_CTX> context;
  bssl::UniquePtr<SSL> ssl;
  BIO* in = nullptr;   // owned by ssl
  BIO* out = nullptr;  // owned by ssl
  bool open = false;
  std::string plain;
};

}  // namespace verifier
