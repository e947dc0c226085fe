// The server's half of a meeting, made from a world.
#pragma once

#include <memory>
#include <vector>

#include "certs/issue.h"
#include "certs/result.h"
#include "fakeserver/connection.h"
#include "lab/scenario/world.h"

namespace lab {

struct Host {
  // By the number of the connection; the last is for all that follow. Never empty.
  std::vector<std::shared_ptr<const fakeserver::Behaviour>> visits;
  // What is presented and trusted on each of them; the last is the world's.
  std::vector<std::shared_ptr<const certs::IssuedChain>> chains;
};

// Issues the chains and prepares TLS. Visits that are the same meet the same behaviour, sessions included. kUnsupported
// for what BoringSSL will not present; whatever Issue() says.
certs::Result<Host> MakeHost(const World& world, fakeserver::TlsMode mode, certs::Issuer& issuer);

}  // namespace lab
