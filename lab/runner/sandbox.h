// Names without root: a mount namespace of the client's own, in which /etc/hosts maps the reference name to loopback.
// Root makes it directly; anybody else through a user namespace, where the kernel permits one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lab {

enum class SandboxKind : int {
  kNone = 0,            // refused: names are not mapped
  kMountNamespace = 1,  // root's own mount namespace
  kUserNamespace = 2,   // a user and a mount namespace
};
// "mount namespace", "user and mount namespace", "none".
std::string_view Name(SandboxKind kind);

// A file that the client sees in place of another.
struct Overlay {
  std::string from, onto;
};

struct SandboxResult {
  SandboxKind kind = SandboxKind::kNone;
  int error = 0;  // errno of what was refused
};

// Moves the calling process, which must have one thread only, into namespaces of its own and mounts the overlays. Only
// system calls: safe between fork and exec. With kNone the process is where it was, or in namespaces that map nothing.
SandboxResult EnterSandbox(const std::vector<Overlay>& overlays) noexcept;

// The text of a hosts file that maps `reference` to 127.0.0.1, in every form a client may look it up in: as given,
// without its trailing dot, and as A-labels. A reference that is no name (an IP literal, or octets that would break the
// file) adds nothing.
std::string HostsFile(std::string_view reference);

// `nsswitch` with the hosts line replaced, so that glibc looks nowhere but in the hosts file.
std::string FilesOnly(std::string_view nsswitch);

}  // namespace lab
