// SCRAM-SHA-256 (RFC 5802, RFC 7677): the client proves that it knows the password without sending it, and the server
// proves that it knows what the password was stored as.
//
//   C: n,,n=user,r=NONCE          S: r=NONCE+more,s=SALT,i=4096
//   C: c=biws,r=NONCE+more,p=PROOF          S: v=SIGNATURE          C: (empty)
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lab/verifier/sasl.h"

namespace verifier {

// With `plus`, the proof covers the setting's channel binding; without it, the client still tells the server that it
// could have bound the channel ("y"), so that a list of mechanisms somebody shortened is noticed (RFC 5802 6).
std::unique_ptr<SaslClient> MakeScramClient(bool plus, SaslSetting setting);

// The keys of RFC 5802 3, for both ends. `salted` is SaltedPassword.
using ScramKey = std::array<uint8_t, 32>;
ScramKey ScramSaltedPassword(std::string_view password, std::string_view salt, uint32_t iterations);
// ClientProof = ClientKey XOR HMAC(H(ClientKey), message)
ScramKey ScramClientProof(const ScramKey& salted, std::string_view auth_message);
// ServerSignature = HMAC(ServerKey, message)
ScramKey ScramServerSignature(const ScramKey& salted, std::string_view auth_message);

}  // namespace verifier
