// What every verb shares: where to print, and whether the user wants to stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "certs/result.h"
#include "lab/report/terminal.h"

namespace lab {

struct CommonOptions {
  ColorChoice color = ColorChoice::kAuto;
  bool quiet = false;  // no progress line
};

// Prints the error as one sentence on stderr and returns its exit code.
int Complain(const certs::Error& error);

// From the first call on, SIGINT and SIGTERM set the flag instead of killing the program; a second one kills it.
const std::atomic<bool>& StopRequested();
// kExitInterrupted or kExitTerminated after a signal, else nothing.
std::optional<int> InterruptedExitCode();

// RFC 3339 in UTC, "2026-01-01T00:00:00Z", and back; nothing if it is no such text.
std::string ToRfc3339(int64_t seconds_since_epoch);
std::optional<int64_t> FromRfc3339(const std::string& text);
// Reads the date of an option, if it was given; false, after a sentence on stderr, if it is none.
bool TakeTime(const char* option, const std::string& text, std::optional<int64_t>& time);

// The folder of the client manifests: $STARTTLS_LAB_CLIENTS, else the one beside the sources this was built from.
std::string ClientsFolder();

}  // namespace lab
