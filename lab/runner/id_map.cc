#include "lab/runner/id_map.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "lab/runner/process.h"

namespace lab {
namespace {

constexpr uint64_t kWanted = 65536;
// Beyond what distributions and container managers hand out, below the largest id.
constexpr uint64_t kRangeOfRoot = 0x7a000000;
constexpr unsigned kNobody = 65534;

std::optional<std::string> WriteOnce(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const bool done = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  if (file >= 0) {
    close(file);
  }
  return done ? std::nullopt : std::optional(fmt::format("{}: {}", path, std::generic_category().message(error)));
}

// The user on whose behalf root acts, so that root's rights are nobody's.
unsigned ActingId(const char* variable) {
  const char* const text = std::getenv(variable);
  unsigned id = 0;
  if (text != nullptr) {
    const std::string_view digits(text);
    std::from_chars(digits.data(), digits.data() + digits.size(), id);
  }
  return id != 0 ? id : kNobody;
}

// The first line of subuid(5) for this user, by name or number.
std::optional<std::pair<uint64_t, uint64_t>> Subordinate(const char* path) {
  const passwd* const user = getpwuid(geteuid());
  const std::string number = std::to_string(geteuid());
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    const size_t second = line.find(':', colon + 1);
    if (colon == std::string::npos || second == std::string::npos) {
      continue;
    }
    const std::string name = line.substr(0, colon);
    if (name != number && (user == nullptr || name != user->pw_name)) {
      continue;
    }
    uint64_t first = 0, count = 0;
    std::from_chars(line.data() + colon + 1, line.data() + second, first);
    std::from_chars(line.data() + second + 1, line.data() + line.size(), count);
    if (first > 0 && count >= kWanted) {
      return std::pair(first, count);
    }
  }
  return std::nullopt;
}

std::optional<std::string> Helper(const char* program, pid_t process, uint64_t first) {
  const std::atomic<bool> never = false;
  const ProcessResult result = RunProcess(
      {.argv = {program, std::to_string(process), "0", std::to_string(first), std::to_string(kWanted)}}, never);
  return result.started && result.exit_code == 0 && result.signal == 0
             ? std::nullopt
             : std::optional(fmt::format("{}: {}", program, result.started ? result.output : result.error));
}

}  // namespace

std::optional<IdRange> FindIdRange() {
  if (geteuid() == 0) {
    return IdRange{.first_user = kRangeOfRoot, .first_group = kRangeOfRoot, .count = kWanted};
  }
  const auto users = Subordinate("/etc/subuid"), groups = Subordinate("/etc/subgid");
  if (!users || !groups || FindProgram("newuidmap").empty() || FindProgram("newgidmap").empty()) {
    return std::nullopt;
  }
  return IdRange{.first_user = users->first, .first_group = groups->first, .count = kWanted, .needs_helper = true};
}

std::optional<std::string> WriteIdMaps(pid_t process, const std::optional<IdRange>& range) {
  if (range && range->needs_helper) {
    auto failure = Helper("newuidmap", process, range->first_user);
    return failure ? failure : Helper("newgidmap", process, range->first_group);
  }
  const std::string base = fmt::format("/proc/{}/", process);
  std::string users, groups;
  if (range) {
    users = fmt::format("0 {} {}\n", range->first_user, range->count);
    groups = fmt::format("0 {} {}\n", range->first_group, range->count);
  } else {
    const bool is_root = geteuid() == 0;
    users = fmt::format("{} {} 1\n", kLabId, is_root ? ActingId("SUDO_UID") : geteuid());
    groups = fmt::format("{} {} 1\n", kLabId, is_root ? ActingId("SUDO_GID") : getegid());
    // Must be given up before an unprivileged process may map its group (user_namespaces(7)).
    if (auto failure = WriteOnce(base + "setgroups", "deny")) {
      return failure;
    }
  }
  auto failure = WriteOnce(base + "uid_map", users);
  return failure ? failure : WriteOnce(base + "gid_map", groups);
}

}  // namespace lab
