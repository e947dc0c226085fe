// Scenarios as files, so that one can be written without compiling anything. A file says which scenario it starts from,
// what it edits of that one's world, and what must follow:
//
//   id = "mine.expired-and-slow"
//   summary = "expired yesterday, and slow"
//   base = "control.good"
//
//   [edit]
//   chain.certs.leaf.not_after.from_now = "-1 d"
//   link.to_client.latency = "20 ms"
//
//   [expect.submission]
//   reason = "expired"
//
// The keys of [edit] are the members of World (world.h) and of what it consists of. Values: true and false; numbers; an
// enumeration by its name, or by its number where it has none; octets and text as a string, or as { hex = "0d 0a" }; a
// duration as "300 ms", with us, ms, s, min, h or d; a list in full, as one of values or of inline tables that give
// what is not as usual. Certificates and DNS sets are told apart by name: as a table by name they are edited one by
// one, as a list they are all there are, each beginning as the base's of that name. `false` takes an optional value or
// an entry away. The chain of a visit (world.h) is said as it differs from the good one.
//
// What [expect.POLICY] does not say is as for a refusal of the server's certificate. A file without any [expect] asks
// the oracle (oracle.h), and is refused where that is not sure.
#pragma once

#include <string>
#include <string_view>

#include "certs/result.h"
#include "lab/scenario/scenario.h"

namespace lab {

// kBadInput with file and line ("mine.toml:7: ...").
certs::Result<Scenario> ReadScenario(std::string_view text, const std::string& file);

// Reads a file and keeps the scenario as long as the program runs; the same path gives the same scenario. Thread-safe.
// kIo where the file cannot be read.
certs::Result<const Scenario*> LoadScenario(const std::string& path);

// The file of a scenario: an edit of its twin, every expectation written out. Reading it gives the scenario again, but
// for `file`; printing that gives the same octets again.
std::string PrintScenario(const Scenario& scenario);

}  // namespace lab
