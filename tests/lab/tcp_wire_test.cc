#include "lab/runner/tcp_wire.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "lab/runner/run.h"

namespace lab {
namespace {

// A question of every kind: that every scenario passes on either wire, lab/run itself shows (tests/project/readme_test).
std::map<std::string, RunRecord> RunTheCore(Wire wire) {
  RunOptions options{.scenarios = *Select("set:core"), .wire = wire};
  std::map<std::string, RunRecord> records;
  const std::atomic<bool> stop = false;
  const auto summary = Run(
      options,
      [&](const RunRecord& record) {
        records[record.scenario->id + " " + std::string(fakeserver::Name(record.mode)) + " " + record.sanity] = record;
      },
      stop);
  EXPECT_TRUE(summary.has_value());
  return records;
}

// The two wires differ in clock, root key and transport, and in nothing that a client may answer by.
TEST(WiresTest, TheCoreGetsTheSameVerdictsOnBoth) {
  const auto memory = RunTheCore(Wire::kMemory), tcp = RunTheCore(Wire::kTcp);
  ASSERT_EQ(memory.size(), tcp.size());
  for (const auto& [name, record] : memory) {
    SCOPED_TRACE(name + "\nrepro: " + tcp.at(name).repro + "\n" + tcp.at(name).sentence);
    ASSERT_EQ(record.report.verdict.has_value(), tcp.at(name).report.verdict.has_value());
    if (record.report.verdict) {
      EXPECT_EQ(certs::ToString(*record.report.verdict), certs::ToString(*tcp.at(name).report.verdict));
    }
    EXPECT_EQ(Name(record.outcome), Name(tcp.at(name).outcome));
  }
}

TEST(TcpWireTest, ARefusedConnectionIsAnError) {
  verifier::SmtpClient client({.reference = "mail.bob.test"});
  const std::atomic<bool> stop = false;
  EXPECT_FALSE(RunOnTcpWire(client, 1, std::chrono::seconds(5), stop).connected);
}

}  // namespace
}  // namespace lab
