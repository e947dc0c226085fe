// Who is who in a user namespace: written from outside, by the lab, for the process that has left its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace lab {

// The user and group that a client is inside its sandbox.
inline constexpr unsigned kLabId = 1000;

// A range of this machine's ids that the lab may give to the users of a sandbox.
struct IdRange {
  uint64_t first_user = 0, first_group = 0;
  uint64_t count = 0;
  bool needs_helper = false;  // newuidmap(1) and newgidmap(1) must write the map
};

// Root may take any range and takes one that nobody uses; others have what subuid(5) and subgid(5) give them, if
// newuidmap and newgidmap are there. Nothing: only one id can be mapped.
std::optional<IdRange> FindIdRange();

// Maps the sandbox's user 1000 to the lab's own user (to an unprivileged one, where that is root), or, with a range,
// the ids from 0 on to it. Returns what went wrong, or nothing.
std::optional<std::string> WriteIdMaps(pid_t process, const std::optional<IdRange>& range);

}  // namespace lab
