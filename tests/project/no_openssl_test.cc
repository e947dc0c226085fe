// No program of the build may load OpenSSL: its symbols have the names of BoringSSL's, and whichever library comes
// first answers for both.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

bool IsElf(const fs::path& path) {
  char magic[4] = {};
  std::ifstream in(path, std::ios::binary);
  return in.read(magic, sizeof magic) && std::string(magic, sizeof magic) ==
                                             "\x7f"
                                             "ELF";
}

// Programs and shared libraries; object files and archives load nothing.
std::vector<fs::path> Programs(const fs::path& folder) {
  std::vector<fs::path> programs;
  for (fs::recursive_directory_iterator it(folder), end; it != end; ++it) {
    if (it->is_directory() && it->path().filename() == "CMakeFiles") {
      it.disable_recursion_pending();
      continue;
    }
    const bool executable = (it->status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    if (it->is_regular_file() && executable && IsElf(it->path())) {
      programs.push_back(it->path());
    }
  }
  std::ranges::sort(programs);
  return programs;
}

// What the dynamic loader would load, indirect needs included; empty if the file is not dynamic.
std::string LoadedLibraries(const fs::path& program) {
  const std::string quoted = "'" + program.string() + "'";
  std::string output;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("ldd " + quoted + " 2>/dev/null").c_str(), "r"), pclose);
  char buffer[4096];
  while (pipe) {
    const size_t count = fread(buffer, 1, sizeof buffer, pipe.get());
    if (count == 0) {
      break;
    }
    output.append(buffer, count);
  }
  return output;
}

// OpenSSL carries its version in the name of the library, BoringSSL does not.
// Debian's BoringSSL is libcrypto.so.0; OpenSSL has never used that number.
bool LoadsOpenSsl(const std::string& libraries) {
  for (const std::string stem : {"libssl.so.", "libcrypto.so."}) {
    for (size_t at = libraries.find(stem); at != std::string::npos; at = libraries.find(stem, at + 1)) {
      if (const size_t version = at + stem.size(); version < libraries.size() && libraries[version] != '0') {
        return true;
      }
    }
  }
  return false;
}

TEST(NoOpenSsl, IsRecognised) {
  EXPECT_TRUE(LoadsOpenSsl("\tlibcrypto.so.3 => /lib/x86_64-linux-gnu/libcrypto.so.3 (0x00007f0000000000)\n"));
  EXPECT_TRUE(LoadsOpenSsl("\tlibssl.so.1.1 => not found\n"));
  EXPECT_FALSE(LoadsOpenSsl("\tlibcrypto.so.0 => /usr/lib/x86_64-linux-gnu/android/libcrypto.so.0 (0x00007f00)\n"));
  EXPECT_FALSE(LoadsOpenSsl("\tlibcrypto.so => /usr/lib/x86_64-linux-gnu/android/libcrypto.so (0x00007f0000000000)\n"));
  const fs::path openssl = "/usr/bin/openssl";
  if (fs::exists(openssl)) {
    EXPECT_TRUE(LoadsOpenSsl(LoadedLibraries(openssl))) << "ldd shows what " << openssl << " loads";
  }
}

TEST(NoOpenSsl, IsLoadedByNoProgramOfTheBuild) {
  const std::vector<fs::path> programs = Programs(STARTTLS_LAB_BINARY_DIR);
  ASSERT_FALSE(programs.empty());
  for (const fs::path& program : programs) {
    ASSERT_EQ(program.string().find('\''), std::string::npos) << program;
    const std::string libraries = LoadedLibraries(program);
    EXPECT_NE(libraries, "") << program << ": ldd said nothing";
    EXPECT_FALSE(LoadsOpenSsl(libraries)) << program << "\n" << libraries;
  }
}

}  // namespace
