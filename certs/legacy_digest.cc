#include "certs/legacy_digest.h"

#include <openssl/md4.h>

#include <algorithm>

namespace certs {
namespace {

constexpr size_t kBlock = 16;

// RFC 1319 3.2: a permutation of 0..255 made from the digits of pi.
constexpr std::array<uint8_t, 256> kPi = {
    41,  46,  67,  201, 162, 216, 124, 1,   61,  54,  84,  161, 236, 240, 6,   19,  98,  167, 5,   243, 192, 199,
    115, 140, 152, 147, 43,  217, 188, 76,  130, 202, 30,  155, 87,  60,  253, 212, 224, 22,  103, 66,  111, 24,
    138, 23,  229, 18,  190, 78,  196, 214, 218, 158, 222, 73,  160, 251, 245, 142, 187, 47,  238, 122, 169, 104,
    121, 145, 21,  178, 7,   63,  148, 194, 16,  137, 11,  34,  95,  33,  128, 127, 93,  154, 90,  144, 50,  39,
    53,  62,  204, 231, 191, 247, 151, 3,   255, 25,  48,  179, 72,  165, 181, 209, 215, 94,  146, 42,  172, 86,
    170, 198, 79,  184, 56,  210, 150, 164, 125, 182, 118, 252, 107, 226, 156, 116, 4,   241, 69,  157, 112, 89,
    100, 113, 135, 32,  134, 91,  207, 101, 230, 45,  168, 2,   27,  96,  37,  173, 174, 176, 185, 246, 28,  70,
    97,  105, 52,  64,  126, 15,  85,  71,  163, 35,  221, 81,  175, 58,  195, 92,  249, 206, 186, 197, 234, 38,
    44,  83,  13,  110, 133, 40,  132, 9,   211, 223, 205, 244, 65,  129, 77,  82,  106, 220, 55,  200, 108, 193,
    171, 250, 36,  225, 123, 8,   12,  189, 177, 74,  120, 136, 149, 139, 227, 99,  232, 109, 233, 203, 213, 254,
    59,  0,   29,  57,  242, 239, 183, 14,  102, 88,  208, 228, 166, 119, 114, 248, 235, 117, 75,  10,  49,  68,
    80,  180, 143, 237, 31,  26,  219, 153, 141, 51,  159, 17,  131, 20,
};

// RFC 1319 3.1 and 3.2: padding to whole blocks, then the checksum block. The checksum step is that of the reference
// code (C[j] ^= S[c ^ L]): the text of 3.2 drops the old C[j], which is a reported erratum.
Bytes PaddedWithChecksum(ByteView message) {
  Bytes padded(message.begin(), message.end());
  const size_t padding = kBlock - message.size() % kBlock;
  padded.insert(padded.end(), padding, static_cast<uint8_t>(padding));
  std::array<uint8_t, kBlock> checksum{};
  uint8_t last = 0;
  for (size_t i = 0; i < padded.size(); ++i) {
    uint8_t& octet = checksum[i % kBlock];
    octet ^= kPi[padded[i] ^ last];
    last = octet;
  }
  Append(padded, checksum);
  return padded;
}

}  // namespace

std::array<uint8_t, 16> Md2(ByteView message) {
  const Bytes padded = PaddedWithChecksum(message);
  std::array<uint8_t, 3 * kBlock> state{};
  for (size_t start = 0; start < padded.size(); start += kBlock) {
    for (size_t j = 0; j < kBlock; ++j) {
      state[kBlock + j] = padded[start + j];
      state[2 * kBlock + j] = state[kBlock + j] ^ state[j];
    }
    uint8_t t = 0;
    for (unsigned round = 0; round < 18; ++round) {
      for (uint8_t& octet : state) {
        octet ^= kPi[t];
        t = octet;
      }
      t = static_cast<uint8_t>(t + round);
    }
  }
  std::array<uint8_t, 16> digest{};
  std::copy_n(state.begin(), digest.size(), digest.begin());
  return digest;
}

std::array<uint8_t, 16> Md4(ByteView message) {
  std::array<uint8_t, 16> digest{};
  MD4(message.data(), message.size(), digest.data());
  return digest;
}

}  // namespace certs
