// results.json: the truth of a run. Every other format derives from it and can be made later from the file. The format
// is described by results.schema.json beside this header.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/result.h"

namespace lab {

// The format's version: readers refuse a file with another number in front of the dot.
inline constexpr const char* kResultsVersion = "1.1";

// One client in one scenario. Every string is printable text: whatever came from outside has been escaped already.
struct ResultCell {
  std::string client, scenario, mode, policy, wire;  // together the cell's key
  std::string summary, source;
  std::vector<std::string> rows;
  std::string severity;
  std::string sanity;    // "first", "last" or empty
  std::string expected;  // "refuse: expired@0", "accept"
  std::string outcome;   // "pass", "accept-bad", ...
  std::string deed;      // one word for what the client did: "accepted", "refused" ... (since 1.1)
  std::string known;     // the declared reason of an xfail (since 1.1)
  bool as_expected = false;
  std::string sentence;  // why the outcome is what it is
  // The first witness, the server:
  int connections = 0;
  std::string reached;     // the highest rung of the disclosure ladder
  std::string server_saw;  // one sentence
  std::optional<int> client_alert;
  std::string server_name;  // SNI
  // The second witness, the client:
  std::string client_said;    // "refused: expired@0", "exit 60", "killed after 10 s"
  std::string client_output;  // tail
  std::string chain_sha256;
  int64_t duration_us = 0;
  std::string repro;
  std::vector<std::vector<std::string>> transcripts;  // one list of lines a connection

  std::string Key() const { return client + "|" + scenario + "|" + mode + "|" + policy + "|" + wire + "|" + sanity; }
};

struct ResultsHeader {
  std::string suite;       // "starttls-lab 0.1.0"
  std::string suite_hash;  // over all scenarios: two files with the same hash asked the same questions
  std::string crypto;      // "BoringSSL (Android), API version 17"
  uint64_t seed = 0;
  std::string now_memory, now_tcp;  // RFC 3339
  std::string started;              // RFC 3339
  struct Client {
    std::string name, title, version;
  };
  std::vector<Client> clients;
};

struct Results {
  ResultsHeader header;
  bool complete = false;
  std::vector<ResultCell> cells;
};

// Writes a results file that is readable JSON after every record: a killed run loses nothing but the cell under way.
class ResultsWriter {
 public:
  // Creates (or replaces) the file, with the cells of an earlier run in front. Until they are all in the new file the
  // old one stays. kIo names the path and the reason.
  static certs::Result<std::unique_ptr<ResultsWriter>> Create(const std::string& path, const ResultsHeader& header,
                                                              const std::vector<ResultCell>& earlier = {});
  ~ResultsWriter();

  certs::Result<void> Append(const ResultCell& cell);
  // Marks the file complete and closes it. Without it the file stays marked incomplete.
  certs::Result<void> Finish();

 private:
  ResultsWriter(int fd, std::string path);
  certs::Result<void> WriteAt(int64_t offset, const std::string& text);

  int fd_;
  std::string path_;
  int64_t complete_at_ = 0;  // offset of the word false
  int64_t end_ = 0;          // offset of the closing bracket
  bool first_ = true;
};

// Reads a results file, complete or not; 1 GiB is the most. kBadInput says what cannot be read, or what is malformed
// and where; a file of a later major version is told to need a later program.
certs::Result<Results> ReadResults(const std::string& path);

// The same for a text that is in memory already; `name` is what to call it in the error.
certs::Result<Results> ParseResults(std::string_view text, const std::string& name);

}  // namespace lab
