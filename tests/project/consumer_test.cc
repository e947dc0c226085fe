// The libraries as others get them: installed somewhere, found by find_package, linked into a small program. Nothing is
// compiled but that program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/program.h"

namespace lab::testing {
namespace {

using ::testing::HasSubstr;

// A command line for sh; its output, and its exit code.
ProgramRun Shell(const TemporaryFolder& folder, const std::string& command) {
  const std::string out = folder.path() + "/out";
  const int status = std::system(("{ " + command + "; } >" + out + " 2>&1 </dev/null").c_str());
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1, .out = ReadFile(out), .err = ""};
}

// Installs these components into a prefix of their own.
void Install(const TemporaryFolder& folder, const std::vector<std::string>& components) {
  for (const std::string& component : components) {
    const ProgramRun run = Shell(folder, "cmake --install '" STARTTLS_LAB_BINARY_DIR "' --prefix '" + folder.path() +
                                             "/prefix' --component " + component);
    ASSERT_EQ(run.exit_code, 0) << run.out;
  }
}

ProgramRun Configure(const TemporaryFolder& folder, const std::string& project) {
  return Shell(folder, "cmake -G Ninja -DCMAKE_CXX_COMPILER='" STARTTLS_LAB_CXX "' -DCMAKE_PREFIX_PATH='" +
                           folder.path() + "/prefix' -S '" + project + "' -B '" + folder.path() + "/build'");
}

// The verifier alone is enough for whoever wants the verifier alone.
TEST(Consumer, LinksTheInstalledVerifier) {
  const TemporaryFolder folder;
  Install(folder, {"vocabulary", "verifier"});
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/prefix/include/starttls-lab/fakeserver"));
  const ProgramRun configured = Configure(folder, STARTTLS_LAB_SOURCE_DIR "/tests/project/consumer");
  ASSERT_EQ(configured.exit_code, 0) << configured.out;
  const ProgramRun built = Shell(folder, "cmake --build '" + folder.path() + "/build'");
  ASSERT_EQ(built.exit_code, 0) << built.out;

  const std::string chains = folder.path() + "/certs";
  const ProgramRun made = RunLab({"certs", "--filter", "control.good,name.wrong-host", chains});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto verify = [&](const std::string& id) {
    return Shell(folder, "'" + folder.path() + "/build/consumer' " + chains + "/" + id + ".chain.pem " + chains + "/" +
                             id + ".ca.pem mail.bob.test");
  };
  EXPECT_EQ(verify("control.good").out, "ok\n");
  EXPECT_EQ(verify("control.good").exit_code, 0);
  EXPECT_EQ(verify("name.wrong-host").out, "name-mismatch@0\n");
  EXPECT_EQ(verify("name.wrong-host").exit_code, 1);
}

TEST(Consumer, FindsEveryLibraryWhereAllAreInstalled) {
  const TemporaryFolder folder;
  Install(folder, {"vocabulary", "verifier", "certs", "fakeserver", "lab"});
  folder.Write("CMakeLists.txt",
               "cmake_minimum_required(VERSION 3.25)\n"
               "project(everything LANGUAGES CXX)\n"
               "find_package(starttls-lab REQUIRED)\n"
               "foreach(name certs fakeserver verifier lab)\n"
               "  if(NOT TARGET starttls_lab::${name})\n"
               "    message(FATAL_ERROR \"starttls_lab::${name} is missing\")\n"
               "  endif()\n"
               "endforeach()\n"
               "add_executable(everything empty.cc)\n"
               "target_link_libraries(everything PRIVATE starttls_lab::lab)\n");
  folder.Write("empty.cc", "int main() { return 0; }\n");
  const ProgramRun configured = Configure(folder, folder.path());
  EXPECT_EQ(configured.exit_code, 0) << configured.out;
  const ProgramRun built = Shell(folder, "cmake --build '" + folder.path() + "/build'");
  EXPECT_EQ(built.exit_code, 0) << built.out;
}

// The installed program finds Debian's BoringSSL, and the clients beside it, not those of the sources.
TEST(Consumer, RunsTheInstalledProgram) {
  const TemporaryFolder folder;
  Install(folder, {"program"});
  const std::string list =
      "env -u STARTTLS_LAB_CLIENTS '" + folder.path() + "/prefix/bin/starttls-lab' clients list curl";
  const ProgramRun run = Shell(folder, list);
  EXPECT_EQ(run.exit_code, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr("curl"));
  ASSERT_TRUE(std::filesystem::remove(folder.path() + "/prefix/share/starttls-lab/clients/curl.toml"));
  EXPECT_NE(Shell(folder, list).exit_code, 0);
}

TEST(Consumer, IsToldWhichLibraryIsMissing) {
  const TemporaryFolder folder;
  Install(folder, {"vocabulary", "verifier"});
  folder.Write("CMakeLists.txt",
               "cmake_minimum_required(VERSION 3.25)\n"
               "project(missing LANGUAGES CXX)\n"
               "find_package(starttls-lab REQUIRED COMPONENTS lab)\n");
  const ProgramRun configured = Configure(folder, folder.path());
  EXPECT_NE(configured.exit_code, 0);
  EXPECT_THAT(configured.out, HasSubstr("lab"));
}

// The example that people read is the program that is built above.
TEST(Consumer, StandsInTheReadme) {
  const std::string readme = ReadFile(STARTTLS_LAB_SOURCE_DIR "/lab/verifier/README.md");
  for (const char* file : {"main.cc", "CMakeLists.txt"}) {
    const std::string text = ReadFile(std::string(STARTTLS_LAB_SOURCE_DIR "/tests/project/consumer/") + file);
    ASSERT_NE(text, "");
    EXPECT_THAT(readme, HasSubstr(text.substr(text.find(text.starts_with("#include") ? "#include" : "find_package"))));
  }
}

}  // namespace
}  // namespace lab::testing
