// Under which conditions a run was made: what figures mean nothing without.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/cases.h"
#include "bench/session.h"

namespace bench {

// "date", "boringssl", "processor", "governor", "cores", "load", "clock", "compiler", "build", "rounds".
std::map<std::string, std::string> ContextOf(const SessionOptions& session);

// What a reader must know before believing the figures: a small BoringSSL, a build that is not optimised, a busy
// machine; and which of the chosen cases have something to do that is not there.
std::vector<std::string> Remarks(const std::vector<Case>& cases);

}  // namespace bench
