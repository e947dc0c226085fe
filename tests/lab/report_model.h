// Results to report on: a small run of two clients, and one in which every string is hostile.
#pragma once

#include <string>
#include <vector>

#include "lab/report/results.h"

namespace lab::testing {

inline ResultCell MakeCell(const std::string& client, const std::string& scenario, const std::string& outcome) {
  ResultCell cell;
  cell.client = client;
  cell.scenario = scenario;
  cell.mode = "starttls";
  cell.policy = "submission";
  cell.wire = "tcp";
  cell.summary = "about " + scenario;
  cell.source = "RFC 9525 6.3";
  cell.rows = {"A1"};
  cell.severity = "high";
  cell.expected = "refuse: name-mismatch@0";
  cell.outcome = outcome;
  cell.deed = outcome == "accept-bad" ? "accepted" : "refused";
  cell.as_expected = outcome == "pass" || outcome == "xfail" || outcome == "skip";
  cell.sentence = client + " met " + scenario;
  cell.connections = 1;
  cell.reached = "envelope";
  cell.server_saw = "the server's word";
  cell.client_said = "exit code 0";
  cell.chain_sha256 = std::string(64, 'a');
  cell.duration_us = 1234;
  cell.repro = "starttls-lab run --client " + client + " --filter " + scenario;
  cell.transcripts = {{"+0.000001 s  connected", "+0.000023 s  S: 220 mail.bob.test", "+0.000345 s  C (TLS): EHLO x"}};
  if (outcome == "xfail") {
    cell.known = "declared for " + client;
  }
  return cell;
}

inline Results MakeRun(std::vector<ResultCell> cells) {
  Results run;
  run.complete = true;
  run.header.suite = "starttls-lab 0.1.0";
  run.header.suite_hash = std::string(64, 'b');
  run.header.crypto = "BoringSSL, API version 17";
  run.header.now_memory = run.header.now_tcp = run.header.started = "2026-01-01T00:00:00Z";
  run.header.clients = {{"curl", "curl with --ssl-reqd", "7.88.1"}, {"built-in", "the verifier", "0.1.0"}};
  run.cells = std::move(cells);
  return run;
}

// The cells are not in the order of the header's clients, and the sanity case is last.
inline Results SmallRun() {
  Results run = MakeRun({MakeCell("built-in", "name.wrong-host", "pass"), MakeCell("curl", "name.wrong-host", "pass"),
                         MakeCell("built-in", "name.cn-only", "pass"), MakeCell("curl", "name.cn-only", "accept-bad"),
                         MakeCell("curl", "time.leaf-expired", "xfail"), MakeCell("curl", "dane.ee", "skip")});
  ResultCell sanity = MakeCell("curl", "control.good", "pass");
  sanity.sanity = "first";
  run.cells.push_back(sanity);
  return run;
}

// What a certificate, a client or a forged file might say to be something else than text: markup, a script's end,
// CDATA, character references, an escape sequence, NUL, bidi controls, no UTF-8, line ends, a table's bars.
inline const std::string kHostile =
    std::string("</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>]]>&lt;&#0;") + '\0' +
    "\x1b[2J\xe2\x80\xae"
    "evil\xff\xc0\xaf\r\n# | `x` ${x} {{x}} -->\x07\xed\xa0\x80";

inline ResultCell HostileCell(const std::string& outcome) {
  ResultCell cell = MakeCell(kHostile, kHostile, outcome);
  for (std::string* text :
       {&cell.mode, &cell.policy, &cell.wire, &cell.summary, &cell.source, &cell.severity, &cell.expected, &cell.deed,
        &cell.known, &cell.sentence, &cell.reached, &cell.server_saw, &cell.server_name, &cell.client_said,
        &cell.client_output, &cell.chain_sha256, &cell.repro}) {
    *text = kHostile;
  }
  cell.rows = {kHostile, ""};
  cell.transcripts = {{kHostile, "+0.000001 s  C: " + kHostile}, {}};
  cell.client_alert = 300;
  cell.duration_us = -1;
  return cell;
}

inline Results HostileRun() {
  Results run;
  run.header = {kHostile, kHostile, kHostile, ~uint64_t{0},
                kHostile, kHostile, kHostile, {{kHostile, kHostile, kHostile}}};
  for (const char* outcome : {"accept-bad", "xfail", "skip", "error", "pass"}) {
    ResultCell cell = HostileCell(outcome);
    cell.scenario = outcome + kHostile;
    run.cells.push_back(cell);
  }
  run.cells.push_back(HostileCell(kHostile));
  run.cells.back().sanity = kHostile;
  run.cells.push_back({});  // every member empty
  return run;
}

}  // namespace lab::testing
