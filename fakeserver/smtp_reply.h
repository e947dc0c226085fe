// Replies as bytes (RFC 5321 4.2).
#pragma once

#include <string>
#include <vector>

#include "fakeserver/scripts.h"

namespace fakeserver {

// As its form has it: "250-first CRLF 250 last CRLF"; the code alone when there is no line; exactly `raw` when that is
// given.
Bytes Encode(const Reply& reply);

// `payload` in pieces of `slice` octets; whole if that is 0.
std::vector<Bytes> Slices(ByteView payload, int slice);

}  // namespace fakeserver
