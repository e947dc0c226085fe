// The seeds that come from the catalogue.
#pragma once

#include <filesystem>

namespace fuzz {

// Writes corpora/TARGET/... of the targets whose inputs the catalogue has, each file named after its case. The same
// catalogue gives the same files. False if a file cannot be written.
bool WriteSeeds(const std::filesystem::path& corpora);

}  // namespace fuzz
