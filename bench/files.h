// Files of results and pages.
#pragma once

#include <string>
#include <string_view>

#include "certs/result.h"

namespace bench {

// kIo says why it cannot be read.
certs::Result<std::string> ReadFile(const std::string& path);
// In one step: whoever reads the file sees the old content or the new, never a part.
certs::Result<void> WriteFile(const std::string& path, std::string_view content);
// Whether WriteFile() would succeed; leaves nothing behind.
certs::Result<void> CheckWritable(const std::string& path);

}  // namespace bench
