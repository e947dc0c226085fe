#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

#include "certs/bytes.h"
#include "lab/runner/observation.h"

namespace lab {

Honey MakeHoney(uint64_t seed, std::string_view scenario, std::string_view client) {
  // Length-prefixed, so that no two inputs run together into the same text.
  const std::string input = fmt::format("{}|{}:{}|{}:{}", seed, scenario.size(), scenario, client.size(), client);
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(certs::ToBytes(input).data(), input.size(), digest.data());
  const std::string hex = certs::ToHex(digest);
  const std::string_view text(hex);
  // Every piece has digits of its own: two values of one run never contain each other either.
  return {.user = fmt::format("user-{}@client.test", text.substr(0, 10)),
          .password = fmt::format("secret-{}", text.substr(10, 16)),
          .helo = fmt::format("h-{}.client.test", text.substr(26, 8)),
          .from = fmt::format("from-{}@client.test", text.substr(34, 8)),
          .to = fmt::format("to-{}@bob.test", text.substr(42, 8)),
          .token = fmt::format("token-{}", text.substr(50, 14))};
}

}  // namespace lab
