#include "lab/runner/pass_descriptors.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lab {
namespace {

constexpr size_t kControl = CMSG_SPACE(sizeof(int) * kMostPassed);

}  // namespace

bool SendPacket(int socket, std::span<const std::byte> octets, std::span<const int> descriptors) noexcept {
  iovec part{.iov_base = const_cast<std::byte*>(octets.data()), .iov_len = octets.size()};  // it is only read
  alignas(cmsghdr) std::array<char, kControl> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (const size_t size = std::min(descriptors.size(), kMostPassed) * sizeof(int); size > 0) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), descriptors.data(), size);
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(octets.size());
}

ReceivedPacket ReceivePacket(int socket, std::span<std::byte> octets) noexcept {
  iovec part{.iov_base = octets.data(), .iov_len = octets.size()};
  alignas(cmsghdr) std::array<char, kControl> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ReceivedPacket packet;
  do {
    packet.size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (packet.size < 0 && errno == EINTR);
  const cmsghdr* const header = packet.size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (header != nullptr && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
    packet.count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(packet.descriptors.data(), CMSG_DATA(header), packet.count * sizeof(int));
  }
  return packet;
}

}  // namespace lab
