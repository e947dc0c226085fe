// Packets between processes of the lab that carry descriptors along (unix(7), SCM_RIGHTS).
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <span>

namespace lab {

inline constexpr size_t kMostPassed = 32;  // descriptors of one packet

// Sends `octets` as one packet, with at most kMostPassed descriptors, which stay the sender's. System calls only.
// False, and errno, if it was not sent.
bool SendPacket(int socket, std::span<const std::byte> octets, std::span<const int> descriptors) noexcept;

struct ReceivedPacket {
  ssize_t size = 0;  // octets; 0: the other end is closed; -1: errno
  std::array<int, kMostPassed> descriptors{};
  size_t count = 0;  // of those, which are the receiver's to close
};

// Waits for a packet of at most that size. What comes along is closed on exec.
ReceivedPacket ReceivePacket(int socket, std::span<std::byte> octets) noexcept;

}  // namespace lab
