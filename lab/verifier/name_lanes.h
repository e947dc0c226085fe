// Eight octets of a name at once, as the lanes of one integer, or sixteen, as the compiler's vector type, for the
// matcher's inner loops. No instruction set is assumed, and the byte order does not matter, since no lane looks at
// another.
#pragma once

#include <cstdint>
#include <cstring>

namespace verifier {

inline constexpr size_t kLaneOctets = 8;
inline constexpr uint64_t kLanes = 0x0101010101010101;
inline constexpr uint64_t kHighBits = 0x80 * kLanes;

// Reads kLaneOctets octets, which need no alignment.
inline uint64_t LoadBlock(const char* octets) {
  uint64_t block;
  std::memcpy(&block, octets, kLaneOctets);
  return block;
}

// The lanes within first..last, each answered by its highest bit. Every lane must be below 0x80, so that no sum carries
// into the next.
constexpr uint64_t Within(uint64_t block, uint8_t first, uint8_t last) {
  return (block + (0x80U - first) * kLanes) & ~(block + (0x7fU - last) * kLanes) & kHighBits;
}

// The block with A-Z as a-z; every other octet, those above 0x7f included, stays as it is.
constexpr uint64_t Folded(uint64_t block) {
  const uint64_t upper = Within(block & ~kHighBits, 'A', 'Z') & ~block;
  return block | upper >> 2;  // 0x80 to 0x20, the bit that makes a letter small
}

// Sixteen octets; GCC and clang make of it whatever the processor has.
using Octets = uint8_t __attribute__((vector_size(16)));
inline constexpr size_t kVectorOctets = sizeof(Octets);

// Reads kVectorOctets octets, which need no alignment.
inline Octets LoadOctets(const char* from) {
  Octets octets;
  std::memcpy(&octets, from, sizeof octets);
  return octets;
}

// All bits of the octets within first..last, none of the others.
inline Octets Between(Octets octets, uint8_t first, uint8_t last) {
  return reinterpret_cast<Octets>((octets - first) <= static_cast<uint8_t>(last - first));
}

inline Octets Folded(Octets octets) { return octets | (Between(octets, 'A', 'Z') & uint8_t{0x20}); }

inline bool AnyBit(Octets octets) {
  uint64_t halves[2];
  std::memcpy(halves, &octets, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace verifier
