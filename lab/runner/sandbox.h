// A client's surroundings: user, mount, network, process, IPC and host name namespaces of its own, made without root.
// Nothing is there but loopback, a read-only copy of the system's programs, a fresh home, and an /etc in which hosts,
// resolver, trust store and users are the lab's. What runs in it can reach nobody, see nobody's home, and outlive
// nothing: its first process takes everything along when it ends.
//
// This header is the plan, made by ordinary code; sandbox_enter.h carries it out between fork and exec.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"
#include "fakeserver/scripts.h"

namespace lab {

enum class SandboxKind : int {
  kNone = 0,            // refused: names are not mapped, nothing is hidden
  kPrivate = 1,         // namespaces of its own; one user id
  kPrivateWithIds = 2,  // ... and a range of ids, so that clients that want to be root can be (manifests: root = true)
};
// "private namespaces", "private namespaces with a range of ids", "none".
std::string_view Name(SandboxKind kind);

struct SandboxResult {
  SandboxKind kind = SandboxKind::kNone;
  int error = 0;          // errno of what was refused
  std::string step = {};  // what was refused: "mount /proc"
};

// A file that the client finds. Folders above it are made.
struct SandboxFile {
  std::string path;  // absolute
  std::string content;
  mode_t mode = 0644;
};

// A socket to be bound inside, before the client starts; the lab's fake servers answer it from outside.
struct SandboxSocket {
  std::string address = "127.0.0.1";  // or any of 127.0.0.0/8, or ::1
  uint16_t port = 0;
  bool datagram = false;
  fakeserver::Door door = fakeserver::Door::kOpen;
};

// What one run needs. The zero value shows the system's programs and an empty home.
struct SandboxSpec {
  std::string home = "/home/lab";     // writable, in memory; gone with the run
  std::vector<SandboxFile> files;     // beside those that every sandbox has
  std::vector<std::string> visible;   // folders or files of the machine that the client may read, at their own paths
  std::vector<certs::Bytes> anchors;  // DER; the system trust store, and all of it
  std::vector<std::string> names;     // mapped to 127.0.0.1 by /etc/hosts
  bool dns = false;                   // names are asked of 127.0.0.1 port 53, too
  bool root = false;                  // the client is the sandbox's root, and may become its other users
  std::vector<SandboxSocket> sockets;
};

// One step of laying out the client's file system; paths are relative to its root.
struct SandboxStep {
  enum class Kind : uint8_t { kFolder, kLink, kFile, kBind };
  Kind kind = Kind::kFolder;
  std::string path;
  std::string text = {};  // the link's target, the file's content, or what is bound
  mode_t mode = 0755;
};

struct BoundSocket {
  sockaddr_storage address{};
  socklen_t size = 0;
  int type = SOCK_STREAM;
  fakeserver::Door door = fakeserver::Door::kOpen;
};

// Everything the child needs, so that it makes nothing but system calls.
struct SandboxPlan {
  std::vector<SandboxStep> binds;  // kBind only: opened first, put in place where `steps` have made room
  std::vector<SandboxStep> steps;
  std::vector<BoundSocket> sockets;
  uid_t user = 1000;  // as the client sees itself
  gid_t group = 1000;
  bool root = false;
};

// kBadInput for a path that is not absolute or an address that is none.
certs::Result<SandboxPlan> MakeSandboxPlan(const SandboxSpec& spec);

// Whether a folder may be shown to a client: it is not the root, a home, or above one, and, where the lab is root and
// its clients are not, others may read it.
bool MayBeVisible(const std::string& folder);

// The text of a hosts file that maps `references` to 127.0.0.1, in every form a client may look one up in: as given,
// without its trailing dot, and as A-labels. A reference that is no name (an IP literal, or octets that would break the
// file) adds nothing.
std::string HostsFile(const std::vector<std::string>& references);

// `nsswitch` with the hosts line replaced, so that glibc looks nowhere but where `hosts` says ("files", "files dns").
std::string WithHostsFrom(std::string_view nsswitch, std::string_view hosts);

// `passwd` (passwd(5)) with the user `lab` of these ids, whose home and root's is `home`, and with those users that
// mail transport agents want and the machine lacks.
std::string WithLabUsers(std::string_view passwd, std::string_view home);
std::string WithLabGroups(std::string_view group);

}  // namespace lab
