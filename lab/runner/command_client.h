// A client that is a program: what it is told, in which surroundings it runs, and what its end means.
//
// Placeholders in a command and in its environment:
//   {host}      the reference name or IP literal: what the server's certificate must be for
//   {urlhost}   the same for a URL: an IPv6 literal in brackets
//   {address}   where the server really listens, 127.0.0.1
//   {port}      its port
//   {scheme}    "smtp" or "smtps"; {mode}: "starttls" or "implicit"
//   {ca}        a PEM file with the trust anchors
//   {fingerprint}  SHA-256 of the good server's certificate (control.good), 64 lower-case hexadecimal digits: for who
//   pins {user} {password} {from} {to} {helo}   honey values, new for every run {message}   a file with the message to
//   deliver (RFC 5322 text, LF line ends) {dir}       the run's own folder, also its HOME; {here}: the manifest's
//   folder {installed} where `starttls-lab clients install` put what belongs to the manifest; {arch}:
//   "x86_64-linux-gnu"
// Anything else in braces stays as it is. In a command for sh -c, values are quoted where the shell needs it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certs/issue.h"
#include "fakeserver/scripts.h"
#include "lab/runner/client.h"
#include "lab/runner/observation.h"
#include "lab/runner/sandbox.h"

namespace lab {

// What one run of a command meets.
struct Meeting {
  std::string reference;
  std::vector<std::string> names = {reference};  // that /etc/hosts maps to 127.0.0.1; the reference comes first
  uint16_t port = 0;
  fakeserver::TlsMode mode = fakeserver::TlsMode::kStartTls;
  std::vector<certs::Bytes> anchors;           // DER
  std::vector<certs::Bytes> web_anchors = {};  // for HTTPS: in the system's trust store beside the others, not in {ca}
  std::string fingerprint = {};
  Honey honey;
  int64_t now = 0;                          // for the message's date
  bool sandbox = true;                      // a sandbox must be there: without one, the command does not start
  std::vector<SandboxSocket> sockets = {};  // to be bound in it, and handed over before the command starts
  std::function<std::optional<std::string>(const std::vector<int>&)> on_sockets = {};
  bool dns = false;  // port 53 is answered: the reference is not in /etc/hosts
};

// Runs the command to its end. Its folder is gone when this returns, and so is every process it started.
ClientReport RunCommand(const CommandSpec& client, const Meeting& meeting, const std::atomic<bool>& stop);

// Why this client cannot meet this reference at all, if so: it cannot be an argument, nothing maps it, or the client
// needs more than is permitted here.
std::optional<std::string> CannotBeTold(const CommandSpec& client, const std::string& reference, SandboxKind sandbox);

// Replaces placeholders; `Expand` is for one argument, with `quote` for a line of shell.
struct Placeholder {
  std::string name, value;
};
std::string Expand(const std::string& text, const std::vector<Placeholder>& values, bool quote);
// Debian's name for this machine's programs: "x86_64-linux-gnu".
std::string MultiarchName();
// `text` as one word of a POSIX shell.
std::string ShellQuoted(const std::string& text);

}  // namespace lab
