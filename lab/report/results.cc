#include "lab/report/results.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "certs/bytes.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;
using Json = nlohmann::ordered_json;

constexpr std::string_view kTail = "\n  ]\n}\n";
constexpr size_t kMostOctets = size_t{1} << 30;

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json ToJson(const ResultsHeader& header) {
  Json clients = Json::array();
  for (const auto& client : header.clients) {
    clients.push_back({{"name", client.name}, {"title", client.title}, {"version", client.version}});
  }
  return {{"suite", header.suite},           {"suite_hash", header.suite_hash},
          {"crypto", header.crypto},         {"seed", header.seed},
          {"now_memory", header.now_memory}, {"now_tcp", header.now_tcp},
          {"started", header.started},       {"clients", clients}};
}

Json ToJson(const ResultCell& cell) {
  Json json = {{"client", cell.client},           {"scenario", cell.scenario}, {"mode", cell.mode},
               {"policy", cell.policy},           {"wire", cell.wire},         {"outcome", cell.outcome},
               {"as_expected", cell.as_expected}, {"expected", cell.expected}, {"sentence", cell.sentence},
               {"summary", cell.summary},         {"source", cell.source},     {"rows", cell.rows},
               {"severity", cell.severity},       {"deed", cell.deed}};
  if (!cell.known.empty()) {
    json["known"] = cell.known;
  }
  if (!cell.sanity.empty()) {
    json["sanity"] = cell.sanity;
  }
  Json server = {{"connections", cell.connections},
                 {"reached", cell.reached},
                 {"saw", cell.server_saw},
                 {"server_name", cell.server_name}};
  server["client_alert"] = cell.client_alert ? Json(*cell.client_alert) : Json(nullptr);
  json["server"] = server;
  json["client_said"] = {{"said", cell.client_said}, {"output", cell.client_output}};
  json["chain_sha256"] = cell.chain_sha256;
  json["duration_us"] = cell.duration_us;
  json["repro"] = cell.repro;
  json["transcripts"] = cell.transcripts;
  return json;
}

// A whole number between `least` and `most`: the library would cut a larger one, and a fraction, to what fits.
int64_t Whole(const Json& json, const char* name, int64_t least, int64_t most) {
  const Json& number = json.at(name);
  const bool fits = number.is_number_unsigned() ? number.get<uint64_t>() <= static_cast<uint64_t>(most)
                                                : number.is_number_integer() && number.get<int64_t>() <= most;
  if (!fits || (!number.is_number_unsigned() && number.get<int64_t>() < least)) {
    throw std::out_of_range(std::string(name) + " is no whole number from " + std::to_string(least) + " to " +
                            std::to_string(most));
  }
  return number.get<int64_t>();
}

// Reads a member that must be there and of that type; nlohmann's exception names the member otherwise.
ResultCell CellFromJson(const Json& json) {
  ResultCell cell;
  json.at("client").get_to(cell.client);
  json.at("scenario").get_to(cell.scenario);
  json.at("mode").get_to(cell.mode);
  json.at("policy").get_to(cell.policy);
  json.at("wire").get_to(cell.wire);
  json.at("outcome").get_to(cell.outcome);
  json.at("as_expected").get_to(cell.as_expected);
  json.at("expected").get_to(cell.expected);
  json.at("sentence").get_to(cell.sentence);
  json.at("summary").get_to(cell.summary);
  json.at("source").get_to(cell.source);
  json.at("rows").get_to(cell.rows);
  json.at("severity").get_to(cell.severity);
  cell.sanity = json.value("sanity", "");
  cell.deed = json.value("deed", "");
  cell.known = json.value("known", "");
  const Json& server = json.at("server");
  cell.connections = static_cast<int>(Whole(server, "connections", 0, std::numeric_limits<int>::max()));
  server.at("reached").get_to(cell.reached);
  server.at("saw").get_to(cell.server_saw);
  server.at("server_name").get_to(cell.server_name);
  if (const Json& alert = server.at("client_alert"); !alert.is_null()) {
    cell.client_alert = static_cast<int>(Whole(server, "client_alert", 0, 255));
  }
  json.at("client_said").at("said").get_to(cell.client_said);
  json.at("client_said").at("output").get_to(cell.client_output);
  json.at("chain_sha256").get_to(cell.chain_sha256);
  cell.duration_us = Whole(json, "duration_us", 0, std::numeric_limits<int64_t>::max());
  json.at("repro").get_to(cell.repro);
  json.at("transcripts").get_to(cell.transcripts);
  return cell;
}

ResultsHeader HeaderFromJson(const Json& json) {
  ResultsHeader header;
  json.at("suite").get_to(header.suite);
  json.at("suite_hash").get_to(header.suite_hash);
  json.at("crypto").get_to(header.crypto);
  if (!json.at("seed").is_number_unsigned()) {
    throw std::out_of_range("seed is no whole number from 0 on");
  }
  json.at("seed").get_to(header.seed);
  json.at("now_memory").get_to(header.now_memory);
  json.at("now_tcp").get_to(header.now_tcp);
  json.at("started").get_to(header.started);
  for (const Json& client : json.at("clients")) {
    header.clients.push_back({client.at("name"), client.at("title"), client.at("version")});
  }
  return header;
}

}  // namespace

ResultsWriter::ResultsWriter(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

ResultsWriter::~ResultsWriter() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

certs::Result<std::unique_ptr<ResultsWriter>> ResultsWriter::Create(const std::string& path,
                                                                    const ResultsHeader& header,
                                                                    const std::vector<ResultCell>& earlier) {
  const auto complain = [&] {
    return Fail(ErrorCode::kIo, "cannot write " + certs::Escaped(path) + ": " + std::strerror(errno) +
                                    "; choose another folder with --out");
  };
  const std::string draft = path + ".new";
  const int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) {
    return complain();
  }
  std::unique_ptr<ResultsWriter> writer(new ResultsWriter(fd, path));
  // "false" and "true " are equally long, so that finishing a file is one write in place.
  std::string head = "{\n  \"version\": \"" + std::string(kResultsVersion) + "\",\n  \"complete\": ";
  writer->complete_at_ = static_cast<int64_t>(head.size());
  head += "false,\n  \"header\": " + Dump(ToJson(header)) + ",\n  \"results\": [";
  writer->end_ = static_cast<int64_t>(head.size());
  if (auto written = writer->WriteAt(0, head + std::string(kTail)); !written) {
    return std::unexpected(written.error());
  }
  for (const ResultCell& cell : earlier) {
    if (auto written = writer->Append(cell); !written) {
      return std::unexpected(written.error());
    }
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0) {
    return complain();
  }
  return writer;
}

certs::Result<void> ResultsWriter::WriteAt(int64_t offset, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = pwrite(fd_, text.data() + done, text.size() - done, offset + static_cast<int64_t>(done));
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return Fail(ErrorCode::kIo, "cannot write " + certs::Escaped(path_) + ": " + std::strerror(errno) +
                                      "; the results so far are in the file");
    }
    done += static_cast<size_t>(n);
  }
  return {};
}

certs::Result<void> ResultsWriter::Append(const ResultCell& cell) {
  const std::string record = std::string(first_ ? "\n    " : ",\n    ") + Dump(ToJson(cell));
  // One write replaces the closing brackets by the record and new brackets.
  auto written = WriteAt(end_, record + std::string(kTail));
  if (written) {
    first_ = false;
    end_ += static_cast<int64_t>(record.size());
  }
  return written;
}

certs::Result<void> ResultsWriter::Finish() {
  auto written = WriteAt(complete_at_, "true ");
  close(fd_);
  fd_ = -1;
  return written;
}

certs::Result<Results> ParseResults(std::string_view text, const std::string& name) {
  try {
    const Json json = Json::parse(text);
    const std::string version = json.at("version");
    if (version.substr(0, version.find('.')) != "1") {
      return Fail(ErrorCode::kBadInput, certs::Escaped(name, 300) + " has format version " +
                                            certs::Escaped(version, 40) +
                                            "; this program reads 1.x: take the program that wrote it, or a later one");
    }
    Results results;
    json.at("complete").get_to(results.complete);
    results.header = HeaderFromJson(json.at("header"));
    for (const Json& cell : json.at("results")) {
      results.cells.push_back(CellFromJson(cell));
    }
    return results;
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kBadInput,
                certs::Escaped(name, 300) + " is no results file: " + certs::Escaped(error.what(), 300));
  }
}

certs::Result<Results> ReadResults(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::vector<char> buffer(1 << 20);
  while (file && text.size() <= kMostOctets) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    text.append(buffer.data(), static_cast<size_t>(file.gcount()));
  }
  if (!file.eof()) {
    const std::string why = text.size() > kMostOctets ? "it is larger than 1 GiB" : std::strerror(errno);
    return Fail(ErrorCode::kBadInput, "cannot read " + certs::Escaped(path, 300) + ": " + why);
  }
  return ParseResults(text, path);
}

}  // namespace lab
