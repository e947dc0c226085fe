// What the files of the TLS catalogue share: catalogue_tls.cc has the controls and the parameters,
// catalogue_tls_flight.cc the handshake messages, catalogue_tls_wire.cc records, alerts and ends. For catalogue_tls*.cc
// only.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fakeserver/scripts.h"
#include "lab/scenario/scenario.h"

namespace lab::tls {

using certs::Bytes;
using certs::Reason;
using certs::Severity;
using fakeserver::EditKind;
using fakeserver::FlightEdit;
using fakeserver::FlightPlace;
using fakeserver::TlsScript;

inline constexpr const char* kAny = "control.good";
inline constexpr const char* kTls12 = "control.tls12-only";
inline constexpr const char* kTls13 = "control.tls13-only";
inline constexpr const char* kHelloRetry = "control.hello-retry";
inline constexpr const char* kTls12Rsa = "control.tls12-only-rsa";

// Content types, handshake types and extensions that rows name (RFC 8446 5.1, 4, 4.2).
enum ContentType : int {
  kCcsRecord = 20,
  kAlertRecord = 21,
  kHandshakeRecord = 22,
  kDataRecord = 23,
  kHeartbeatRecord = 24
};

// One row. What it says of the server is the edit of its twin's TlsScript.
struct TlsRow {
  std::string id;  // behind "tls."
  std::string summary;
  std::vector<std::string> rows;
  std::string source;
  const char* twin = kAny;
  std::function<void(TlsScript&)> edit;
  Expectation expect = {.verdict = {Reason::kTlsFailed, 0}};
  Modes modes = Modes::kBoth;
  Severity severity = Severity::kMedium;
  bool policy_dependent = false;
};

// The edit that is a list of flight edits.
inline std::function<void(TlsScript&)> Edits(std::vector<FlightEdit> edits) {
  return [edits = std::move(edits)](TlsScript& tls) { tls.edits = edits; };
}

// Must refuse, having come as far as `rung`.
Expectation Refused(Rung rung = Rung::kCertificateSent, Reason reason = Reason::kTlsFailed);
// May go on, or refuse as our own client does (kOk: it goes on).
Expectation Tolerable(Reason own, Rung rung);

// The worlds of the twins: one place says what they are.
World TwinWorld(const char* twin);

Scenario ToScenario(const TlsRow& row);

std::vector<TlsRow> FlightRows();
std::vector<TlsRow> WireRows();

}  // namespace lab::tls
