#include "lab/cli/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <ranges>
#include <set>

#include "certs/bytes.h"
#include "lab/cli/cell.h"

namespace lab {

certs::Result<std::unique_ptr<Recorder>> Recorder::Create(const std::string& out, const ResultsHeader& header,
                                                          size_t expected, const CommonOptions& common,
                                                          const Earlier& earlier) {
  std::error_code error;
  std::filesystem::create_directories(out, error);
  if (error) {
    return certs::Fail(certs::ErrorCode::kIo, fmt::format("cannot make the folder {}: {}; choose another with --out",
                                                          certs::Escaped(out), error.message()));
  }
  std::unique_ptr<Recorder> recorder(new Recorder);
  recorder->path_ = out + "/results.json";
  auto writer = ResultsWriter::Create(recorder->path_, header, earlier.cells);
  if (!writer) {
    return std::unexpected(writer.error());
  }
  recorder->writer_ = std::move(*writer);
  recorder->started_ = std::chrono::steady_clock::now();
  recorder->out_terminal_ = DescribeTerminal(stdout, common.color);
  for (size_t i = 0; i < earlier.cells.size(); ++i) {
    const ResultCell& cell = earlier.cells[i];
    const Outcome outcome = OutcomeByName(cell.outcome).value_or(Outcome::kError);
    recorder->Count(outcome);
    recorder->seen_.push_back({cell.client, earlier.scenarios[i], cell.mode, cell.wire, cell.sanity, outcome, cell.deed,
                               cell.sentence, cell.known});
  }
  if (!common.quiet) {
    recorder->progress_ = std::make_unique<ProgressLine>(stderr, DescribeTerminal(stderr, common.color), expected);
  }
  return recorder;
}

void Recorder::Print(const std::string& text) {
  if (progress_) {
    progress_->Clear();
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Recorder::Count(Outcome outcome) {
  ++(outcome == Outcome::kSkip ? skipped_ : AsExpected(outcome) ? passed_ : failed_);
}

void Recorder::Take(const RunRecord& record, bool verbose) {
  const ResultCell cell = ToCell(record);
  if (auto written = writer_->Append(cell); !written && !write_failed_) {
    write_failed_ = true;  // said once; the run goes on, its table is still worth having
    Complain(written.error());
  }
  ++done_;
  Count(record.outcome);
  seen_.push_back({cell.client, record.scenario, cell.mode, cell.wire, cell.sanity, record.outcome, cell.deed,
                   cell.sentence, cell.known});
  if (!AsExpected(record.outcome) || verbose) {
    std::string text = fmt::format("{}  {} {} ({}, {})\n    {}\n", Badge(out_terminal_, record.outcome), cell.client,
                                   cell.scenario, cell.mode, cell.wire, cell.sentence);
    text += fmt::format("    expected {}; server saw: {}; client said: {}\n    again: {}\n", cell.expected,
                        cell.server_saw, cell.client_said, cell.repro);
    if (verbose) {
      for (size_t i = 0; i < cell.transcripts.size(); ++i) {
        text += fmt::format("    connection {}\n", i + 1);
        for (const std::string& line : cell.transcripts[i]) {
          text += "      " + line + "\n";
        }
      }
    }
    Print(text);
  }
  if (progress_) {
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_);
    progress_->Update(done_, static_cast<size_t>(failed_), elapsed, cell.client + " " + cell.scenario);
  }
}

void Recorder::Finish(bool complete) {
  if (progress_) {
    progress_->Clear();
  }
  if (complete && writer_) {
    if (auto finished = writer_->Finish(); !finished) {
      Complain(finished.error());
    }
  }
  writer_.reset();
}

void Recorder::PrintClosing() {
  Print(fmt::format("Results: {}\n", certs::Escaped(std::filesystem::absolute(path_).lexically_normal().string())));
  Print(fmt::format("{} passed, {} failed, {} skipped\n", passed_, failed_, skipped_));
}

std::string ClientTable(const Recorder& recorder, const std::vector<const Scenario*>& scenarios,
                        const std::vector<std::string>& clients, const std::string& mode) {
  Matrix matrix{.corner = mode == "implicit" ? "implicit TLS" : "STARTTLS", .columns = clients};
  for (const Scenario* scenario : scenarios) {
    Matrix::Line line{.label = scenario->id, .cells = {}};
    bool any = false;
    for (const std::string& client : clients) {
      std::optional<MatrixCell>& cell = line.cells.emplace_back();
      for (const Recorder::Seen& seen : recorder.seen()) {
        if (seen.client == client && seen.scenario == scenario && seen.mode == mode && seen.sanity.empty()) {
          cell = MatrixCell{seen.outcome, seen.deed};
          any = true;
        }
      }
    }
    if (any) {
      matrix.lines.push_back(std::move(line));
    }
  }
  return matrix.lines.empty() ? "" : Render(recorder.out_terminal(), matrix);
}

std::string FamilyTable(const Recorder& recorder, const std::string& client, size_t first) {
  std::vector<std::string> columns, families;
  std::map<std::pair<std::string, std::string>, std::map<Outcome, int>> counts;
  const auto remember = [](std::vector<std::string>& list, const std::string& item) {
    if (std::ranges::find(list, item) == list.end()) {
      list.push_back(item);
    }
  };
  for (const Recorder::Seen& seen : recorder.seen() | std::views::drop(first)) {
    if (seen.client != client || !seen.sanity.empty()) {
      continue;
    }
    const std::string family = seen.scenario->id.substr(0, seen.scenario->id.find('.'));
    const std::string column = seen.mode + ", " + seen.wire;
    remember(families, family);
    remember(columns, column);
    ++counts[{family, column}][seen.outcome];
  }
  Matrix matrix{.corner = "scenarios", .columns = columns};
  for (const std::string& family : families) {
    Matrix::Line line{.label = family, .cells = {}};
    for (const std::string& column : columns) {
      const auto& outcomes = counts[{family, column}];
      if (outcomes.empty()) {
        line.cells.push_back(std::nullopt);
        continue;
      }
      // The worst outcome gives the symbol; the count of it is what a person must look at.
      Outcome worst = outcomes.begin()->first;
      for (const auto& [outcome, count] : outcomes) {
        if (AsExpected(worst) && (!AsExpected(outcome) || worst == Outcome::kSkip)) {
          worst = outcome;
        }
      }
      line.cells.push_back(MatrixCell{worst, fmt::format("{} {}", outcomes.at(worst), Name(worst))});
    }
    matrix.lines.push_back(std::move(line));
  }
  return Render(recorder.out_terminal(), matrix);
}

}  // namespace lab
