#include "lab/runner/sandbox_enter.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fakeserver/server.h"

// After <linux/mount.h>: glibc's own declarations clash with the kernel's, so only what is needed is declared here.
extern "C" int mount(const char* source, const char* target, const char* type, unsigned long flags, const void* data);
extern "C" int umount2(const char* target, int flags);

namespace lab {
namespace {

constexpr unsigned long kNoSuid = 2, kNoDev = 4, kNoExec = 8, kRecursive = 16384, kPrivate = 1 << 18;
constexpr int kDetach = 2;
constexpr size_t kMaxBinds = 64;
// More than any mail client writes; less than a machine notices.
constexpr const char* kRootOptions = "size=256m,nr_inodes=32k,mode=755";
// Any folder that every machine has and that needs not be seen any more; sources of binds are open by then.
constexpr const char* kStage = "/tmp";

SandboxFailure Refused(const char* step) noexcept { return {.step = step, .error = errno}; }

// Where mounts of the machine are cloned to, unattached.
struct Clones {
  std::array<int, kMaxBinds> trees{};
  size_t count = 0;
};

int OpenTree(const char* path) noexcept {
  return static_cast<int>(syscall(SYS_open_tree, AT_FDCWD, path,
                                  OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | static_cast<unsigned>(AT_RECURSIVE)));
}

bool MakeReadOnly(int tree, bool device) noexcept {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | (device ? 0U : unsigned{MOUNT_ATTR_NODEV});
  return syscall(SYS_mount_setattr, tree, "", static_cast<unsigned>(AT_EMPTY_PATH | AT_RECURSIVE), &attributes,
                 sizeof attributes) == 0;
}

SandboxFailure CloneSources(const SandboxPlan& plan, Clones& clones) noexcept {
  if (plan.binds.size() > kMaxBinds) {
    errno = E2BIG;
    return Refused("showing so many folders");
  }
  for (const SandboxStep& bind : plan.binds) {
    const int tree = OpenTree(bind.text.c_str());
    if (tree < 0) {
      return Refused("cloning a mount");
    }
    clones.trees[clones.count++] = tree;
    if (!MakeReadOnly(tree, bind.path.compare(0, 4, "dev/") == 0)) {
      return Refused("making a mount read-only");
    }
  }
  return {};
}

SandboxFailure BecomeUser(const SandboxPlan& plan) noexcept {
  // setgroups may have been given up for the sake of the group map; then there are none to drop.
  const bool groups_dropped = syscall(SYS_setgroups, size_t{0}, nullptr) == 0 || errno == EPERM;
  if (!groups_dropped || syscall(SYS_setresgid, plan.group, plan.group, plan.group) != 0 ||
      syscall(SYS_setresuid, plan.user, plan.user, plan.user) != 0) {
    return Refused("becoming the sandbox's user");
  }
  // Changing ids made the process undumpable: /proc/self would belong to somebody else.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  return {};
}

SandboxFailure BringLoopbackUp() noexcept {
  const int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP;
  const bool up = probe >= 0 && ioctl(probe, SIOCSIFFLAGS, &request) == 0;
  const SandboxFailure failure = up ? SandboxFailure{} : Refused("bringing loopback up");
  close(probe);
  return failure;
}

bool Answer(int socket, const BoundSocket& wanted) noexcept {
  constexpr int kBacklog = 1024;
  if (wanted.type != SOCK_STREAM || wanted.door == fakeserver::Door::kRefused) {
    return true;
  }
  return wanted.door == fakeserver::Door::kNeverAnswers ? fakeserver::FillQueue(socket) : listen(socket, kBacklog) == 0;
}

SandboxFailure Listen(const SandboxPlan& plan, std::array<int, kMaxSandboxSockets>& sockets) noexcept {
  if (plan.sockets.size() > sockets.size()) {
    errno = E2BIG;
    return Refused("binding so many sockets");
  }
  for (size_t i = 0; i < plan.sockets.size(); ++i) {
    const BoundSocket& wanted = plan.sockets[i];
    const int one = 1;
    sockets[i] = socket(wanted.address.ss_family, wanted.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (sockets[i] < 0 || setsockopt(sockets[i], SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(sockets[i], reinterpret_cast<const sockaddr*>(&wanted.address), wanted.size) != 0 ||
        !Answer(sockets[i], wanted)) {
      return Refused("binding the fake server's port");
    }
  }
  return {};
}

bool WriteFile(const SandboxStep& step) noexcept {
  const int file = open(step.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, step.mode);
  if (file < 0) {
    return false;
  }
  const char* next = step.text.data();
  size_t left = step.text.size();
  while (left > 0) {
    const ssize_t written = write(file, next, left);
    if (written <= 0) {
      break;
    }
    next += written;
    left -= static_cast<size_t>(written);
  }
  const bool done = left == 0 && fchmod(file, step.mode) == 0;
  close(file);
  return done;
}

bool Do(const SandboxStep& step) noexcept {
  switch (step.kind) {
    case SandboxStep::Kind::kFolder:
      return mkdir(step.path.c_str(), step.mode) == 0 && chmod(step.path.c_str(), step.mode) == 0;
    case SandboxStep::Kind::kLink:
      return symlink(step.text.c_str(), step.path.c_str()) == 0;
    case SandboxStep::Kind::kFile:
      return WriteFile(step);
    case SandboxStep::Kind::kBind:
      break;
  }
  return false;
}

// The working directory is the new root.
SandboxFailure Populate(const SandboxPlan& plan, const Clones& clones) noexcept {
  umask(0);
  for (const SandboxStep& step : plan.steps) {
    if (!Do(step)) {
      return Refused("laying out the file system");
    }
  }
  umask(022);
  for (size_t i = 0; i < clones.count; ++i) {
    if (syscall(SYS_move_mount, clones.trees[i], "", AT_FDCWD, plan.binds[i].path.c_str(),
                unsigned{MOVE_MOUNT_F_EMPTY_PATH}) != 0) {
      return Refused("mounting a folder");
    }
    close(clones.trees[i]);
  }
  // Of the new process namespace; some containers refuse it, and then the old one is looked at, read-only.
  if (mount("proc", "proc", "proc", kNoSuid | kNoDev | kNoExec, nullptr) != 0) {
    return Refused("mounting /proc");
  }
  return {};
}

SandboxFailure ChangeRoot(const SandboxPlan& plan, const Clones& clones) noexcept {
  if (mount(nullptr, "/", nullptr, kRecursive | kPrivate, nullptr) != 0) {
    return Refused("making mounts private");
  }
  if (mount("lab", kStage, "tmpfs", kNoSuid | kNoDev, kRootOptions) != 0 || chdir(kStage) != 0) {
    return Refused("mounting a file system in memory");
  }
  if (const SandboxFailure failure = Populate(plan, clones); failure.failed()) {
    return failure;
  }
  // The old root is put on top of the new one, and taken away from there (pivot_root(2)).
  if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", kDetach) != 0 || chdir("/") != 0) {
    return Refused("changing the root");
  }
  return {};
}

}  // namespace

SandboxFailure LeaveNamespaces() noexcept {
  return unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS) == 0
             ? SandboxFailure{}
             : Refused("user namespaces");
}

SandboxFailure EnterSandbox(const SandboxPlan& plan, std::array<int, kMaxSandboxSockets>& sockets) noexcept {
  // What the lab's user may read may be shown; afterwards this is somebody else.
  Clones clones;
  if (const auto failure = CloneSources(plan, clones); failure.failed()) {
    return failure;
  }
  if (const auto failure = BecomeUser(plan); failure.failed()) {
    return failure;
  }
  if (const auto failure = BringLoopbackUp(); failure.failed()) {
    return failure;
  }
  if (const auto failure = Listen(plan, sockets); failure.failed()) {
    return failure;
  }
  if (const auto failure = ChangeRoot(plan, clones); failure.failed()) {
    return failure;
  }
  sethostname("client", 6);
  syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);  // the user's keys are not the client's
  return {};
}

SandboxFailure DropPrivileges(bool root) noexcept {
  // What Postfix, Exim and OpenSMTPD do when root starts them. Nothing that reaches beyond the namespaces.
  constexpr uint64_t kOfAServer = uint64_t{1} << CAP_CHOWN | uint64_t{1} << CAP_DAC_OVERRIDE |
                                  uint64_t{1} << CAP_FOWNER | uint64_t{1} << CAP_FSETID | uint64_t{1} << CAP_KILL |
                                  uint64_t{1} << CAP_SETGID | uint64_t{1} << CAP_SETUID |
                                  uint64_t{1} << CAP_NET_BIND_SERVICE | uint64_t{1} << CAP_SYS_CHROOT;
  const uint64_t kept = root ? kOfAServer : 0;
  constexpr int kMostCapabilities = 64;
  for (int capability = 0; capability < kMostCapabilities; ++capability) {
    if ((kept >> capability & 1) == 0) {
      prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);  // fails for those that this kernel does not know
    }
  }
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const __user_cap_data_struct low{
      .effective = static_cast<uint32_t>(kept), .permitted = static_cast<uint32_t>(kept), .inheritable = 0};
  const std::array<__user_cap_data_struct, 2> sets{low, __user_cap_data_struct{}};
  if (syscall(SYS_capset, &header, sets.data()) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return Refused("giving up privileges");
  }
  return {};
}

}  // namespace lab
