// The built-in client: the repository's own verifier behind an SMTP client, told what any client under test is told.
#pragma once

#include <string>
#include <string_view>

#include "certs/issue.h"
#include "fakeserver/scripts.h"
#include "lab/runner/client.h"
#include "lab/runner/observation.h"
#include "lab/scenario/world.h"
#include "lab/verifier/smtp_client.h"

namespace lab {

inline constexpr std::string_view kBuiltIn = "built-in";

// The message every client delivers: RFC 5322 text with LF line ends, dated `now` (seconds since the epoch).
std::string MakeMessage(const Honey& honey, int64_t now);

// What the built-in client is configured with for a world: a user agent has a password, a relay has none.
verifier::SmtpClientConfig MakeConfig(const World& world, fakeserver::TlsMode mode, const certs::IssuedChain& chain,
                                      const Honey& honey, int64_t now, Policy policy = Policy::kSubmission);

// What the built-in client says of itself after a run. With `collect_all` the certificate it saw is judged once more,
// for every defect; a verdict that no certificate explains is then the only one.
ClientReport MakeReport(const verifier::SmtpClient& client, const verifier::SmtpClientConfig& config, bool collect_all);

}  // namespace lab
