#include "lab/runner/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "lab/verifier/idna.h"

namespace lab {
namespace {

bool WriteFile(const char* path, const char* text, size_t size) noexcept {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    return false;
  }
  const ssize_t written = write(file, text, size);
  const int error = errno;
  close(file);
  errno = error;
  return written == static_cast<ssize_t>(size);
}

// Maps one id to itself, so that the client remains who it was: "1000 1000 1". No library call may be used here.
bool MapToItself(const char* path, unsigned id) noexcept {
  std::array<char, 10> digits{};
  size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + id % 10);
    id /= 10;
  } while (id != 0);
  std::array<char, 32> line{};
  size_t size = 0;
  for (int copy = 0; copy < 2; ++copy) {
    for (size_t i = count; i > 0; --i) {
      line[size++] = digits[i - 1];
    }
    line[size++] = ' ';
  }
  line[size++] = '1';
  return WriteFile(path, line.data(), size);
}

SandboxResult Refused() noexcept { return {SandboxKind::kNone, errno}; }

bool IsIpLiteral(const std::string& text) {
  std::array<uint8_t, 16> octets;
  return inet_pton(AF_INET, text.c_str(), octets.data()) == 1 || inet_pton(AF_INET6, text.c_str(), octets.data()) == 1;
}

bool FitsAHostsFile(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) { return c > 0x20 && c != 0x7f && c != '#'; });
}

}  // namespace

std::string_view Name(SandboxKind kind) {
  switch (kind) {
    case SandboxKind::kNone:
      return "none";
    case SandboxKind::kMountNamespace:
      return "mount namespace";
    case SandboxKind::kUserNamespace:
      return "user and mount namespace";
  }
  return "?";
}

SandboxResult EnterSandbox(const std::vector<Overlay>& overlays) noexcept {
  SandboxResult result;
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (uid == 0 && unshare(CLONE_NEWNS) == 0) {
    result.kind = SandboxKind::kMountNamespace;
  } else {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
      return Refused();
    }
    // setgroups must be given up before an unprivileged process may map its group (user_namespaces(7)).
    if (!WriteFile("/proc/self/setgroups", "deny", 4) || !MapToItself("/proc/self/uid_map", uid) ||
        !MapToItself("/proc/self/gid_map", gid)) {
      return Refused();
    }
    result.kind = SandboxKind::kUserNamespace;
  }
  // What is mounted here must not spread to where we came from.
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return Refused();
  }
  for (const Overlay& overlay : overlays) {
    if (mount(overlay.from.c_str(), overlay.onto.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      return Refused();
    }
  }
  return result;
}

std::string HostsFile(std::string_view reference) {
  std::string text = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";
  std::vector<std::string> names;
  const auto add = [&](std::string name) {
    if (FitsAHostsFile(name) && !IsIpLiteral(name) && std::ranges::count(names, name) == 0) {
      names.push_back(std::move(name));
    }
  };
  add(std::string(reference));
  add(std::string(reference.substr(0, reference.find_last_not_of('.') + 1)));
  if (std::ranges::any_of(reference, [](unsigned char c) { return c >= 0x80; })) {
    if (const auto ascii = verifier::ToALabels(reference)) {
      add(*ascii);
    }
  }
  for (const std::string& name : names) {
    text += "127.0.0.1 " + name + "\n";
  }
  return text;
}

std::string FilesOnly(std::string_view nsswitch) {
  std::string text;
  while (!nsswitch.empty()) {
    const size_t end = std::min(nsswitch.find('\n'), nsswitch.size());
    const std::string_view line = nsswitch.substr(0, end);
    if (!line.starts_with("hosts:")) {
      text.append(line) += '\n';
    }
    nsswitch.remove_prefix(std::min(end + 1, nsswitch.size()));
  }
  return text + "hosts: files\n";
}

}  // namespace lab
