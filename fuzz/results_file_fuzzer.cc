// Property: a results file is read as it stands or refused in one printable sentence. What is read and written again is
// read as the same; every number is the one that stands in the file; a file whose end is missing is refused, and one
// that is marked incomplete is read with all its cells.
//
// Input: an octet that cuts, then the file (lab/report/results.schema.json).
#include <nlohmann/json.hpp>

#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"
#include "lab/report/results.h"

namespace {

using fuzz::Require;
using Json = nlohmann::json;

void CheckComplaint(const std::string& detail) {
  Require(detail.starts_with("/proc/self/fd/") && detail.size() < 4000, "a complaint names the file, and is short");
  for (const char c : detail) {
    Require(c >= ' ' && c < 0x7f, "and printable");
  }
}

// Whether the file says that very number.
bool Says(const Json& json, int64_t number) {
  return json.is_number_unsigned() ? number >= 0 && json.get<uint64_t>() == static_cast<uint64_t>(number)
                                   : json.is_number_integer() && json.get<int64_t>() == number;
}

void CheckNumbers(const std::string& text, const lab::Results& results) {
  const Json json = Json::parse(text);
  const Json& seed = json["header"]["seed"];
  Require(seed.is_number_unsigned() && seed.get<uint64_t>() == results.header.seed, "the seed is the file's");
  for (size_t i = 0; i < results.cells.size(); ++i) {
    const Json& cell = json["results"][i];
    const lab::ResultCell& read = results.cells[i];
    Require(Says(cell["server"]["connections"], read.connections), "the number of connections is the file's");
    Require(Says(cell["duration_us"], read.duration_us), "and the duration");
    const Json& alert = cell["server"]["client_alert"];
    Require(read.client_alert ? Says(alert, *read.client_alert) : alert.is_null(), "and the alert");
  }
}

// What the writer makes of results, unfinished.
std::string Written(const lab::Results& results, bool finish) {
  static const std::string path = "/tmp/starttls-lab-fuzz-results." + std::to_string(getpid());
  auto writer = lab::ResultsWriter::Create(path, results.header);
  Require(writer.has_value(), "a results file can be written");
  for (const lab::ResultCell& cell : results.cells) {
    Require((*writer)->Append(cell).has_value(), "cell by cell");
  }
  Require(!finish || (*writer)->Finish().has_value(), "and finished");
  std::string text;
  FILE* const file = std::fopen(path.c_str(), "rb");
  Require(file != nullptr, "it is there");
  char block[4096];
  for (size_t count = 0; (count = std::fread(block, 1, sizeof block, file)) > 0;) {
    text.append(block, count);
  }
  std::fclose(file);
  unlink(path.c_str());
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const size_t cut = input.Octet();
  const std::string text(input.Rest());
  const auto results = lab::ReadResults(fuzz::MemoryFile(text).path());
  if (!results) {
    CheckComplaint(results.error().detail);
    return 0;
  }
  CheckNumbers(text, *results);
  const std::string written = Written(*results, false);
  const auto unfinished = lab::ReadResults(fuzz::MemoryFile(written).path());
  Require(unfinished && !unfinished->complete && unfinished->cells.size() == results->cells.size(),
          "a run that was killed leaves a file with all its cells");
  Require(Written(*unfinished, false) == written, "what was written is read as the same");
  const auto finished = lab::ReadResults(fuzz::MemoryFile(Written(*results, true)).path());
  Require(finished && finished->complete, "a finished file says so");
  const std::string part = written.substr(0, (written.size() - 2) * cut / 255);
  Require(!lab::ReadResults(fuzz::MemoryFile(part).path()), "a file whose end is missing is refused");
  return 0;
}
