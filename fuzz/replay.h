// The table of all targets, for the program that replays inputs without a fuzzing engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace fuzz {

struct Target {
  std::string_view name;
  int (*run)(const uint8_t* data, size_t size);
};

std::span<const Target> Targets();

}  // namespace fuzz
