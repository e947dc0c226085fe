// The table of all targets, and their replay without a fuzzing engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace fuzz {

struct Target {
  std::string_view name;
  int (*run)(const uint8_t* data, size_t size);
};

std::span<const Target> Targets();

// Null if there is none of that name.
const Target* FindTarget(std::string_view name);

// The inputs that a file or folder is, in name order; one that does not exist holds none.
std::vector<std::filesystem::path> InputsIn(const std::filesystem::path& path);

// Runs every input of those files and folders, and says how many there were; nothing, after a sentence on standard
// error, if one cannot be read. A failing input ends the program, so each path is printed before it runs.
std::optional<size_t> Replay(const Target& target, std::span<const std::filesystem::path> paths);

}  // namespace fuzz
