#include "lab/cli/cell.h"

#include <fmt/format.h>
#include <openssl/base.h>
#include <openssl/sha.h>

#include <array>
#include <cstdio>
#include <memory>

#include "certs/bytes.h"
#include "lab/cli/context.h"
#include "lab/runner/clock.h"

namespace lab {
namespace {

constexpr size_t kMaxTranscriptLines = 400;

std::string ClientSaid(const ClientReport& report) {
  if (!report.started) {
    return "could not be started: " + certs::Escaped(report.detail);
  }
  std::string said;
  if (report.verdict) {
    said = report.verdict->ok() ? "verified" : "refused: " + certs::ToString(*report.verdict);
  } else if (report.timed_out) {
    said = "killed after its time limit";
  } else if (report.signal != 0) {
    said = fmt::format("died of signal {}", report.signal);
  } else {
    said = fmt::format("exit code {}", report.exit_code);
  }
  said += report.detail.empty() ? "" : " (" + certs::Escaped(report.detail, 300) + ")";
  if (report.memory > 0) {
    constexpr uint64_t kMegabyte = 1 << 20;
    said += fmt::format("; {} ms of processor time, at most {} MB", report.cpu.count() / 1000,
                        (report.memory + kMegabyte - 1) / kMegabyte);
  }
  return said;
}

std::vector<std::vector<std::string>> Lines(const std::vector<fakeserver::Transcript>& transcripts) {
  std::vector<std::vector<std::string>> all;
  for (const auto& transcript : transcripts) {
    std::vector<std::string>& lines = all.emplace_back();
    for (const auto& event : transcript.events()) {
      if (lines.size() == kMaxTranscriptLines) {
        lines.push_back(
            fmt::format("... {} more events", transcript.events().size() - kMaxTranscriptLines + transcript.dropped()));
        break;
      }
      lines.push_back(fakeserver::ToString(event));
    }
  }
  return all;
}

// Two files with the same hash asked the same questions.
std::string SuiteHash() {
  SHA256_CTX hash;
  SHA256_Init(&hash);
  const auto add = [&](std::string_view text) {
    SHA256_Update(&hash, text.data(), text.size());
    SHA256_Update(&hash, "", 1);  // the NUL keeps neighbours apart
  };
  for (const Scenario& scenario : AllScenarios()) {
    add(scenario.id);
    for (const std::string& edit : EditInWords(scenario)) {
      add(edit);
    }
    for (const auto& [policy, expectation] : scenario.expect) {
      add(Name(policy));
      add(ToWords(expectation));
    }
  }
  certs::Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256_Final(digest.data(), &hash);
  return certs::ToHex(digest);
}

}  // namespace

std::string ToWords(const Expectation& expectation) {
  std::string words(Name(expectation.demand));
  if (!expectation.verdict.ok() && expectation.demand != Demand::kAccept) {
    words += ": " + certs::ToString(expectation.verdict);
    for (certs::Reason also : expectation.also) {
      words += " + " + std::string(certs::Name(also));
    }
  }
  return words;
}

namespace {

// The members that say which cell it is.
ResultCell EmptyCell(const RunRecord& record) {
  ResultCell cell;
  cell.client = certs::Escaped(record.client);
  cell.scenario = record.scenario->id;
  cell.mode = fakeserver::Name(record.mode);
  cell.policy = Name(record.policy);
  cell.wire = Name(record.wire);
  cell.sanity = record.sanity;
  return cell;
}

}  // namespace

std::string KeyOf(const RunRecord& record) { return EmptyCell(record).Key(); }

ResultCell ToCell(const RunRecord& record) {
  const Scenario& scenario = *record.scenario;
  ResultCell cell = EmptyCell(record);
  cell.summary = certs::Escaped(scenario.summary);
  cell.source = scenario.source;
  cell.rows = scenario.rows;
  cell.severity = certs::Name(scenario.severity);
  cell.expected = ToWords(record.expectation);
  cell.outcome = Name(record.outcome);
  cell.as_expected = AsExpected(record.outcome);
  cell.sentence = certs::Escaped(record.sentence);
  cell.deed = Deed(record);
  cell.known = certs::Escaped(record.known);
  cell.connections = record.observation.connections;
  cell.reached = record.observation.connections == 0 ? "nothing" : std::string(Name(record.observation.rung));
  cell.server_saw = certs::Escaped(ToSentence(record.observation));
  cell.client_alert = record.observation.client_alert;
  cell.server_name = certs::Escaped(record.observation.server_name);
  cell.client_said = ClientSaid(record.report);
  cell.client_output = certs::Escaped(record.report.output, 2000);
  cell.chain_sha256 = record.chain_sha256;
  cell.duration_us = record.duration.count();
  cell.repro = certs::Escaped(record.repro);
  cell.transcripts = Lines(record.transcripts);
  return cell;
}

std::string Deed(const RunRecord& record) {
  const Observation& seen = record.observation;
  if (record.outcome == Outcome::kSkip || record.outcome == Outcome::kError || record.outcome == Outcome::kNotReached) {
    return std::string(Name(record.outcome));
  }
  if (record.report.timed_out) {
    return "hung";
  }
  if (record.report.signal != 0) {
    return "crashed";
  }
  if (seen.auth_in_clear || seen.secret_in_clear || seen.envelope_in_clear || seen.body_in_clear) {
    return "leaked";
  }
  if (seen.auth_in_tls || seen.envelope_in_tls || seen.body_in_tls) {
    return "accepted";
  }
  if (seen.ehlo_in_tls) {
    return "said EHLO";
  }
  return "refused";
}

ResultsHeader MakeHeader(const RunOptions& options) {
  ResultsHeader header;
  header.suite = "starttls-lab " STARTTLS_LAB_VERSION;
  header.suite_hash = SuiteHash();
  header.crypto = fmt::format("BoringSSL, API version {}", BORINGSSL_API_VERSION);
  header.seed = options.seed;
  header.now_memory = ToRfc3339(options.now.value_or(kLabNow));
  header.now_tcp = ToRfc3339(options.now.value_or(UnixNow()));
  header.started = ToRfc3339(UnixNow());
  if (options.built_in) {
    header.clients.push_back({"built-in", "the lab's own verifier", "starttls-lab " STARTTLS_LAB_VERSION});
  }
  for (const CommandSpec& command : options.commands) {
    header.clients.push_back(
        {certs::Escaped(command.name), certs::Escaped(command.title), certs::Escaped(command.version)});
  }
  return header;
}

}  // namespace lab
