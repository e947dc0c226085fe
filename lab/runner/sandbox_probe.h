// What of a sandbox the kernel of this machine permits.
#pragma once

#include <string>

#include "lab/runner/sandbox.h"

namespace lab {

// What the kernel permits; tried once a process.
SandboxResult ProbeSandbox();
// What that means, in one sentence for a person: why names are not mapped, and what to do about it. Empty when all is
// permitted.
std::string SandboxAdvice(const SandboxResult& sandbox);

}  // namespace lab
