// What the oracle's half for SMTP knows of a script, for its doubts. Internal to the oracle.
#pragma once

#include <chrono>
#include <optional>

#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {

// RFC 5321 4.5.3.2: no client gives up sooner than after minutes, and none need wait longer than ten of them. The lab's
// own waits for seconds; what lies between is nobody's duty.
inline constexpr fakeserver::Micros kSoon = std::chrono::seconds(1), kNever = std::chrono::minutes(10);

// The reply to a command that the script gives instead of the usual one, or null.
const fakeserver::Reply* Scripted(const fakeserver::SmtpScript& smtp, fakeserver::Verb verb, bool in_tls);

// What an EHLO in clear, and what it says about STARTTLS, comes to.
std::optional<Ending> EhloInClear(const fakeserver::SmtpScript& smtp);

// Whether octets take longer than anybody waits.
bool IsSlow(const fakeserver::Pace& pace);

}  // namespace lab::oracle
