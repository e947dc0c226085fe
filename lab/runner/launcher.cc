#include "lab/runner/launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "lab/runner/pass_descriptors.h"
#include "lab/runner/supervisor.h"

namespace lab {
namespace {

// The lab's end of the socket to its launcher; -1: there is none. Written once, before there are threads.
int launcher = -1;

class OrderWriter {
 public:
  template <typename T>
    requires std::is_trivially_copyable_v<T>
  void Value(const T& value) {
    octets.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void Text(const std::string& text) {
    Value(text.size());
    octets += text;
  }
  template <typename T, typename Each>
  void List(const std::vector<T>& list, Each each) {
    Value(list.size());
    for (const T& one : list) {
      each(one);
    }
  }

  std::string octets;
};

// Reads what an OrderWriter wrote, and nothing else: it comes from this program.
class OrderReader {
 public:
  explicit OrderReader(std::string_view octets) : left_(octets) {}

  template <typename T>
    requires std::is_trivially_copyable_v<T>
  void Value(T& value) {
    std::memcpy(&value, left_.data(), sizeof value);
    left_.remove_prefix(sizeof value);
  }
  void Text(std::string& text) {
    size_t size = 0;
    Value(size);
    text = left_.substr(0, size);
    left_.remove_prefix(size);
  }
  template <typename T, typename Each>
  void List(std::vector<T>& list, Each each) {
    size_t size = 0;
    Value(size);
    list.resize(size);
    for (T& one : list) {
      each(one);
    }
  }

 private:
  std::string_view left_;
};

// Writes an order, which is const then, or reads one: what it is made of is listed once.
template <typename Pipe, typename Order>
void Pass(Pipe& pipe, Order& order) {
  const auto texts = [&](auto& list) { pipe.List(list, [&](auto& text) { pipe.Text(text); }); };
  const auto steps = [&](auto& list) {
    pipe.List(list, [&](auto& step) {
      pipe.Value(step.kind);
      pipe.Text(step.path);
      pipe.Text(step.text);
      pipe.Value(step.mode);
    });
  };
  pipe.Text(order.program);
  texts(order.argv);
  texts(order.environment);
  pipe.Text(order.directory);
  pipe.Text(order.stdin_file);
  pipe.Value(order.limits);
  bool in_sandbox = order.sandbox.has_value();
  pipe.Value(in_sandbox);
  if (!in_sandbox) {
    return;
  }
  if constexpr (!std::is_const_v<Order>) {
    order.sandbox.emplace();
  }
  auto& plan = *order.sandbox;
  steps(plan.binds);
  steps(plan.steps);
  pipe.List(plan.sockets, [&](auto& socket) { pipe.Value(socket); });
  pipe.Value(plan.user);
  pipe.Value(plan.group);
  pipe.Value(plan.root);
}

std::vector<char*> PointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// The order as the supervisor takes it, which makes nothing but system calls. Refers to the order.
struct PreparedTask {
  explicit PreparedTask(LaunchOrder& order, int channel, int output)
      : argv(PointersTo(order.argv)), environment(PointersTo(order.environment)) {
    task = {.program = order.program.c_str(),
            .argv = argv.data(),
            .environment = environment.data(),
            .directory = order.directory.empty() ? nullptr : order.directory.c_str(),
            .stdin_file = order.stdin_file.c_str(),
            .sandbox = order.sandbox ? &*order.sandbox : nullptr,
            .limits = order.limits,
            .channel = channel,
            .output = output};
  }

  std::vector<char*> argv, environment;
  SupervisorTask task;
};

// What an order brings along.
constexpr size_t kTask = 0, kChannel = 1, kOutput = 2, kDescriptors = 3;
using Descriptors = std::array<int, kDescriptors>;

// One order: an octet, and the descriptors with it. False at the end of the socket.
bool ReceiveOrder(int from, Descriptors& descriptors) {
  std::byte octet{};
  const ReceivedPacket packet = ReceivePacket(from, {&octet, 1});
  if (packet.size != 1 || packet.count != descriptors.size()) {
    return false;
  }
  std::copy_n(packet.descriptors.begin(), descriptors.size(), descriptors.begin());
  return true;
}

bool SendOrder(int to, const Descriptors& descriptors) {
  constexpr std::byte kOctet{'L'};
  return SendPacket(to, {&kOctet, 1}, descriptors);
}

// A file without a name, in memory.
int WriteOrderFile(const std::string& octets) {
  const int file = memfd_create("order", MFD_CLOEXEC);
  size_t written = 0;
  while (file >= 0 && written < octets.size()) {
    const ssize_t size = write(file, octets.data() + written, octets.size() - written);
    if (size < 0 && errno != EINTR) {
      const int error = errno;
      close(file);
      errno = error;
      return -1;
    }
    written += static_cast<size_t>(std::max<ssize_t>(size, 0));
  }
  return file;
}

std::string ReadOrderFile(int file) {
  struct stat status{};
  if (fstat(file, &status) != 0) {
    return "";
  }
  std::string octets(static_cast<size_t>(status.st_size), '\0');
  for (size_t have = 0; have < octets.size();) {
    const ssize_t size = pread(file, octets.data() + have, octets.size() - have, static_cast<off_t>(have));
    if (size == 0 || (size < 0 && errno != EINTR)) {
      return "";
    }
    have += static_cast<size_t>(std::max<ssize_t>(size, 0));
  }
  return octets;
}

[[noreturn]] void BecomeSupervisor(const Descriptors& descriptors) {
  const std::string octets = ReadOrderFile(descriptors[kTask]);
  if (octets.empty()) {
    _exit(1);  // the lab sees the end of the channel
  }
  LaunchOrder order = ReadOrder(octets);
  const PreparedTask prepared(order, descriptors[kChannel], descriptors[kOutput]);
  Supervise(prepared.task);
}

// A supervisor that could not be started says nothing: the channel ends.
[[noreturn]] void BeLauncher(int socket) {
  setsid();                  // what the terminal's user interrupts is the lab, and that ends the rest in order
  signal(SIGCHLD, SIG_IGN);  // nobody waits for supervisors
  Descriptors descriptors{};
  while (ReceiveOrder(socket, descriptors)) {
    if (fork() == 0) {
      BecomeSupervisor(descriptors);
    }
    for (const int descriptor : descriptors) {
      close(descriptor);
    }
  }
  _exit(0);
}

}  // namespace

std::string WriteOrder(const LaunchOrder& order) {
  OrderWriter writer;
  Pass(writer, order);
  return std::move(writer.octets);
}

LaunchOrder ReadOrder(std::string_view octets) {
  LaunchOrder order;
  OrderReader reader(octets);
  Pass(reader, order);
  return order;
}

bool StartLauncher() {
  std::array<int, 2> ends{};
  if (launcher >= 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return launcher >= 0;
  }
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    BeLauncher(ends[1]);
  }
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return false;
  }
  launcher = ends[0];
  return true;
}

std::expected<pid_t, int> Launch(const LaunchOrder& order, int channel, int output) {
  if (launcher >= 0) {
    const int task = WriteOrderFile(WriteOrder(order));
    const bool sent = task >= 0 && SendOrder(launcher, {task, channel, output});
    const int error = errno;
    close(task);
    return sent ? std::expected<pid_t, int>(0) : std::unexpected(error);
  }
  LaunchOrder copy = order;
  const PreparedTask prepared(copy, channel, output);
  const pid_t child = fork();
  if (child == 0) {
    Supervise(prepared.task);
  }
  return child > 0 ? std::expected<pid_t, int>(child) : std::unexpected(errno);
}

}  // namespace lab
