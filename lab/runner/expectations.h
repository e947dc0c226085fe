// What clients are known to do: lab/clients/expectations/*.toml. One declaration is one weakness of today's versions
// with its reason; it turns an expected failure into xfail, and a failure that is gone into xpass.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/result.h"
#include "lab/runner/client.h"
#include "lab/runner/judge.h"

namespace lab {

// The declarations of one family, those of the files that it includes last. Errors carry file and line.
certs::Result<std::vector<Expected>> LoadExpectations(const std::string& path);

// Whether a declaration is believed at that time (seconds since the epoch): `until` has not passed.
bool IsBelieved(const Expected& one, int64_t now);

// Those that are meant for this configuration, in order.
std::vector<Expected> ExpectationsOf(const std::vector<Expected>& all, const CommandSpec& client);

// Whether a pattern (globs, "row:" ones included, separated by commas; '!' excludes) means this scenario.
bool PatternMatches(std::string_view pattern, const Scenario& scenario);

// The parts of a pattern that mean no scenario at all.
std::vector<std::string> EmptyParts(std::string_view pattern);

// The declaration that counts for this client in this scenario: the first whose pattern fits, whose outcome can happen
// there, and that holds in that mode, for the client's version and at that time (seconds since the epoch). Null: none.
const Expected* ExpectationFor(const CommandSpec& client, const Scenario& scenario, const Expectation& demanded,
                               fakeserver::TlsMode mode, int64_t now);

// Whether a client can show this outcome at all: nobody accepts a bad server where the server is good ("accept-bad" and
// "lax" only where a right client refuses, "reject-good" only where it accepts). So "*" may stand for every bad server.
bool CanHappen(Outcome outcome, const Expectation& demanded);

// Turns a judgement into xfail or xpass where something is declared. The outcome "pass" says that nothing is known, so
// that an exception can stand in front of a wide pattern.
Judgement ApplyExpectations(const Judgement& judgement, const Scenario& scenario, const CommandSpec& client,
                            fakeserver::TlsMode mode, int64_t now);

}  // namespace lab
