// Each rule must be able to fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/project/tidy.h"

namespace tidy {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const std::set<std::string> kKnown = {"certs/bytes.h",         "certs/issue.h",         "certs/spec.h",
                                      "fakeserver/scripts.h",  "lab/verifier/verify.h", "lab/scenario/world.h",
                                      "lab/runner/run.h",      "lab/report/results.h",  "lab/cli/match.h",
                                      "tests/certs/issuing.h", "bench/bare_handshake.h"};

Complaints Layers(std::string path, std::string_view include) {
  return CheckLayers({std::move(path), "#include \"" + std::string(include) + "\"\n"}, kKnown);
}

TEST(Layers, ArrowsPointDown) {
  EXPECT_THAT(Layers("fakeserver/connection.cc", "certs/issue.h"), IsEmpty());
  EXPECT_THAT(Layers("certs/issue.cc", "fakeserver/scripts.h"), SizeIs(1));
  EXPECT_THAT(Layers("lab/runner/run.cc", "lab/verifier/verify.h"), IsEmpty());
  EXPECT_THAT(Layers("lab/scenario/world.cc", "lab/runner/run.h"), SizeIs(1));
  EXPECT_THAT(Layers("lab/report/html.cc", "lab/runner/run.h"), SizeIs(1));
  EXPECT_THAT(Layers("lab/runner/run.cc", "lab/cli/match.h"), SizeIs(1));
}

TEST(Layers, TheVerifierKnowsOnlyTheVocabulary) {
  EXPECT_THAT(Layers("lab/verifier/verify.cc", "certs/bytes.h"), IsEmpty());
  EXPECT_THAT(Layers("lab/verifier/verify.cc", "certs/spec.h"), SizeIs(1));
  EXPECT_THAT(Layers("lab/verifier/verify.cc", "lab/scenario/world.h"), SizeIs(1));
}

TEST(Layers, TheOracleKnowsNeitherTheVerifierNorHowToIssue) {
  EXPECT_THAT(Layers("lab/scenario/oracle.cc", "lab/scenario/world.h"), IsEmpty());
  EXPECT_THAT(Layers("lab/scenario/oracle_chain.cc", "certs/spec.h"), IsEmpty());
  EXPECT_THAT(Layers("lab/scenario/oracle.cc", "lab/verifier/verify.h"), SizeIs(1));
  EXPECT_THAT(Layers("lab/scenario/oracle_chain.cc", "certs/issue.h"), SizeIs(1));
  EXPECT_THAT(CheckLayers({"lab/scenario/oracle.cc", "#include <openssl/x509.h>\n"}, kKnown), SizeIs(1));
}

TEST(Layers, NobodyIncludesALeaf) {
  EXPECT_THAT(Layers("tests/lab/run_test.cc", "lab/cli/match.h"), IsEmpty());
  EXPECT_THAT(Layers("tests/certs/issue_test.cc", "tests/certs/issuing.h"), IsEmpty());
  EXPECT_THAT(Layers("lab/cli/match.cc", "tests/certs/issuing.h"), SizeIs(1));
  EXPECT_THAT(Layers("tests/certs/issue_test.cc", "bench/bare_handshake.h"), SizeIs(1));
}

TEST(Layers, IncludesAreWrittenFromTheRoot) { EXPECT_THAT(Layers("certs/bytes.cc", "bytes.h"), SizeIs(1)); }

TEST(Layers, LibrariesStayWhereTheyBelong) {
  EXPECT_THAT(CheckLayers({"certs/a.cc", "#include <openssl/ssl.h>\n"}, kKnown), SizeIs(1));
  EXPECT_THAT(CheckLayers({"lab/report/a.cc", "#include <uv.h>\n"}, kKnown), SizeIs(1));
  EXPECT_THAT(CheckLayers({"lab/cli/a.cc", "#include <format>\n"}, kKnown), SizeIs(1));
}

std::string Function(std::string_view indentation, size_t lines) {
  std::string text = std::string(indentation) + "int F(int a,\n" + std::string(indentation) + "      int b) {\n";
  for (size_t i = 0; i < lines - 3; ++i) {
    text += std::string(indentation) + "  a += b;\n";
  }
  return text + std::string(indentation) + "}\n";
}

TEST(Sizes, FunctionsHaveAtMost70Lines) {
  EXPECT_THAT(CheckSizes({"certs/a.cc", "namespace certs {\n\n" + Function("", 70) + "\n}  // namespace\n"}),
              IsEmpty());
  EXPECT_THAT(CheckSizes({"certs/a.cc", "namespace certs {\n\n" + Function("", 71) + "\n}  // namespace\n"}),
              SizeIs(1));
  EXPECT_THAT(CheckSizes({"certs/a.cc", "class A {\n" + Function("  ", 71) + "};\n"}), SizeIs(1));
  EXPECT_THAT(CheckSizes({"certs/catalogue_time.cc", Function("", 100)}), IsEmpty()) << "a table";
  EXPECT_THAT(CheckSizes({"certs/a.cc", Function("", 40) + Function("", 40)}), IsEmpty());
}

TEST(Sizes, FilesHaveAtMost400Lines) {
  EXPECT_THAT(CheckSizes({"certs/a.cc", std::string(400, '\n')}), IsEmpty());
  EXPECT_THAT(CheckSizes({"certs/a.cc", std::string(401, '\n')}), SizeIs(1));
  EXPECT_THAT(CheckSizes({"tests/certs/a_test.cc", std::string(600, '\n')}), IsEmpty());
  EXPECT_THAT(CheckSizes({"tests/certs/a_test.cc", std::string(601, '\n')}), SizeIs(1));
}

TEST(BannedTokens, ClocksAndRandomnessHaveOneOwner) {
  EXPECT_THAT(CheckBannedTokens({"lab/cli/a.cc", "auto t = std::chrono::system_clock::now();\n"}), SizeIs(1));
  EXPECT_THAT(CheckBannedTokens({"lab/runner/clock.cc", "auto t = std::chrono::system_clock::now();\n"}), IsEmpty());
  EXPECT_THAT(CheckBannedTokens({"certs/a.cc", "int r = rand();\n"}), SizeIs(1));
  EXPECT_THAT(CheckBannedTokens({"certs/a.cc", "int r = Grand(1) + operand(2);\n"}), IsEmpty());
  EXPECT_THAT(CheckBannedTokens({"certs/a.cc", "RAND_bytes(p, n);\n"}), SizeIs(1));
  EXPECT_THAT(CheckBannedTokens({"certs/keys.cc", "RAND_bytes(p, n);\n"}), IsEmpty());
}

TEST(BannedTokens, CommentsAndStringsMayNameThem) {
  EXPECT_THAT(CheckBannedTokens({"certs/a.cc", "int a;  // not rand()\n"}), IsEmpty());
  EXPECT_THAT(CheckBannedTokens({"certs/a.cc", "Call(\"say \\\"rand()\\\"\");\n"}), IsEmpty());
  EXPECT_THAT(CheckBannedTokens({"certs/a.cc", "int a = 1'000; int b = rand(); char c = 'x';\n"}), SizeIs(1));
}

TEST(BannedTokens, NothingIsLeftUnfinished) {
  EXPECT_THAT(CheckBannedTokens({"certs/a.cc",
                                 "// TO"
                                 "DO: later\n"}),
              SizeIs(1));
  EXPECT_THAT(CheckBannedTokens({"certs/a.cc",
                                 "// FIX"
                                 "ME\n"}),
              SizeIs(1));
  EXPECT_THAT(CheckBannedTokens({"certs/a.cc", "\"250 XXXXXXXA\"\n"}), IsEmpty()) << "a mangled STARTTLS";
}

TEST(BannedTokens, TestsAssertFactsNotWords) {
  EXPECT_THAT(CheckBannedTokens({"tests/a_test.cc", "EXPECT_THAT(e.detail, HasSubstr(\"x\"));\n"}), SizeIs(1));
  EXPECT_THAT(CheckBannedTokens({"tests/a_test.cc", "EXPECT_THAT(child.output, HasSubstr(\"x\"));\n"}), SizeIs(0));
}

TEST(Shape, HeadersHaveAGuardAndAComment) {
  EXPECT_THAT(CheckShape({"certs/a.h", "// What it is.\n#pragma once\n"}), IsEmpty());
  EXPECT_THAT(CheckShape({"certs/a.h", "// What it is.\n"}), SizeIs(1));
  EXPECT_THAT(CheckShape({"certs/a.h", "#pragma once\n"}), SizeIs(1));
}

TEST(Shape, TheOwnHeaderComesFirst) {
  EXPECT_THAT(CheckShape({"certs/a.cc", "#include \"certs/a.h\"\n\n#include <vector>\n"}), IsEmpty());
  EXPECT_THAT(CheckShape({"certs/a.cc", "#include <vector>\n\n#include \"certs/a.h\"\n"}), SizeIs(1));
  EXPECT_THAT(CheckShape({"certs/a.cc", "#include <vector>\n"}), IsEmpty()) << "it has no header of its own";
}

TEST(Guide, NamesEveryPublicHeader) {
  const SourceFile header = {"lab/verifier/pem.h", ""};
  EXPECT_THAT(CheckGuide(header, "| lab/verifier/pem.h | PEM |", ""), IsEmpty());
  EXPECT_THAT(CheckGuide(header, "", "| pem.h | PEM |"), IsEmpty());
  EXPECT_THAT(CheckGuide(header, "", "| spem.h |"), SizeIs(1));
  EXPECT_THAT(CheckGuide({"certs/catalogue_internal.h", ""}, "", ""), IsEmpty());
  EXPECT_THAT(CheckGuide({"tests/certs/issuing.h", ""}, "", ""), IsEmpty());
}

}  // namespace
}  // namespace tidy
