// Replies as bytes (RFC 5321 4.2).
#pragma once

#include <string>

#include "fakeserver/scripts.h"

namespace fakeserver {

// "250-first CRLF 250 last CRLF"; the code alone when there is no line; exactly `raw` when that is given.
Bytes Encode(const Reply& reply);

}  // namespace fakeserver
