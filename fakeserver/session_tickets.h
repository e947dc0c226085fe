// What a server gives its clients to come back with, and what it makes of it when they do: a script's tickets and
// resumption, as settings of BoringSSL.
#pragma once

#include <openssl/ssl.h>

#include "fakeserver/scripts.h"

namespace fakeserver {

// Sets up `ctx` for `script.tickets` and `script.resumption`. False if the library refuses.
bool SetUpSessions(SSL_CTX* ctx, const TlsScript& script);

}  // namespace fakeserver
