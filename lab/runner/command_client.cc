#include "lab/runner/command_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <regex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <system_error>

#include "lab/runner/built_in.h"
#include "lab/runner/id_map.h"
#include "lab/runner/process.h"
#include "lab/runner/scratch_dir.h"
#include "lab/scenario/world.h"

namespace lab {
namespace {

constexpr std::string_view kAddress = "127.0.0.1";
constexpr int kShellNotFound = 127, kShellNotExecutable = 126;

bool IsIpv6(const std::string& text) {
  std::array<uint8_t, 16> octets;
  return inet_pton(AF_INET6, text.c_str(), octets.data()) == 1;
}

bool IsIpv4(const std::string& text) {
  std::array<uint8_t, 4> octets;
  return inet_pton(AF_INET, text.c_str(), octets.data()) == 1;
}

// The files of one run, and where they are.
struct Files {
  std::string dir;
  std::vector<SandboxFile> files;
  std::string ca, message;
};

Files MakeFiles(const Meeting& meeting, const std::string& dir) {
  Files made{.dir = dir, .files = {}, .ca = dir + "/ca.pem", .message = dir + "/message.eml"};
  made.files.push_back({.path = made.ca, .content = certs::CertificatesToPem(meeting.anchors)});
  made.files.push_back({.path = made.message, .content = MakeMessage(meeting.honey, meeting.now)});
  return made;
}

std::vector<Placeholder> PlaceholdersOf(const CommandSpec& client, const Meeting& meeting, const Files& files) {
  const bool implicit = meeting.mode == fakeserver::TlsMode::kImplicit;
  return {{"host", meeting.reference},
          {"domain", std::string(kDomain)},
          {"urlhost", IsIpv6(meeting.reference) ? "[" + meeting.reference + "]" : meeting.reference},
          {"address", std::string(kAddress)},
          {"port", std::to_string(meeting.port)},
          {"scheme", implicit ? "smtps" : "smtp"},
          {"mode", std::string(fakeserver::Name(meeting.mode))},
          {"ca", files.ca},
          {"fingerprint", meeting.fingerprint},
          {"user", meeting.honey.user},
          {"password", meeting.honey.password},
          {"from", meeting.honey.from},
          {"to", meeting.honey.to},
          {"helo", meeting.honey.helo},
          {"message", files.message},
          {"dir", files.dir},
          {"here", client.folder},
          {"installed", client.installed},
          {"arch", MultiarchName()}};
}

// Adds the client's own files, their templates filled in.
void AddClientFiles(const CommandSpec& client, const std::vector<Placeholder>& values, Files& files) {
  for (const ClientFile& file : client.files) {
    files.files.push_back({.path = file.path.starts_with('/') ? file.path : files.dir + "/" + file.path,
                           .content = Expand(file.text, values, false),
                           .mode = static_cast<mode_t>(file.mode)});
  }
}

// Without a sandbox the files stand in a folder of the machine.
certs::Result<void> WriteOutside(const Files& files) {
  std::error_code error;
  std::filesystem::create_directory(files.dir + "/tmp", error);
  for (const SandboxFile& file : files.files) {
    const std::filesystem::path path(file.path);
    std::filesystem::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary);
    out << file.content;
    out.close();
    if (!out) {
      return certs::Fail(certs::ErrorCode::kIo, "cannot write " + file.path);
    }
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(file.mode), error);
  }
  return {};
}

// A client with a manifest is the system's; a command of the user's own may be anywhere in the user's PATH.
std::string PathOf(const CommandSpec& client) {
  return client.family.empty() ? PathOfThisProcess() + ":" + kSystemPath : kSystemPath;
}

// What of the machine the client may read, beside the system's own folders.
std::vector<std::string> VisibleTo(const CommandSpec& client) {
  std::vector<std::string> visible = client.visible;
  const auto add = [&](const std::string& folder) {
    if (MayBeVisible(folder)) {
      visible.push_back(folder);
    }
  };
  for (const std::string* folder : {&client.folder, &client.installed}) {
    if (!folder->empty()) {
      visible.push_back(*folder);
    }
  }
  for (const auto part : std::views::split(PathOf(client), ':')) {
    add(std::string(part.begin(), part.end()));
  }
  // A command of the user's own may name files beside it.
  std::error_code error;
  if (!client.own_directory) {
    add(std::filesystem::current_path(error));
  }
  if (!client.shell && !client.argv.empty() && client.argv.front().contains('/')) {
    visible.push_back(std::filesystem::absolute(client.argv.front(), error).lexically_normal());
  }
  return visible;
}

// Where it starts: where the lab was started, if the client may see that.
std::string StartFolder(const CommandSpec& client, const Files& files, bool sandbox) {
  std::error_code error;
  const std::string here = std::filesystem::current_path(error);
  if (client.own_directory || (sandbox && !MayBeVisible(here))) {
    return files.dir;
  }
  return here;
}

// Nothing of the user's own settings may decide a verdict, so nothing but PATH is inherited.
std::vector<std::string> EnvironmentOf(const CommandSpec& client, const std::vector<Placeholder>& values,
                                       const Files& files, bool sandbox) {
  std::vector<std::string> environment = {"PATH=" + PathOf(client),
                                          "HOME=" + files.dir,
                                          "TMPDIR=" + (sandbox ? std::string("/tmp") : files.dir + "/tmp"),
                                          fmt::format("USER={}", client.root ? "root" : "lab"),
                                          fmt::format("LOGNAME={}", client.root ? "root" : "lab"),
                                          "LANG=C.UTF-8",
                                          "LC_ALL=C.UTF-8",
                                          "TZ=UTC"};
  for (const std::string& entry : client.environment) {
    environment.push_back(Expand(entry, values, false));
  }
  return environment;
}

std::vector<std::string> ArgumentsOf(const CommandSpec& client, const std::vector<Placeholder>& values) {
  std::vector<std::string> argv;
  for (const std::string& argument : client.argv) {
    argv.push_back(Expand(argument, values, client.shell));
  }
  return client.shell ? std::vector<std::string>{"/bin/sh", "-c", fmt::format("{}", fmt::join(argv, " "))} : argv;
}

// A shell turns the deadly signal of its last command into an exit code (POSIX sh, 2.8.2).
void ReadShellCode(ProcessResult& process) {
  constexpr int kBase = 128;
  const int number = process.exit_code - kBase;
  if (number == SIGSEGV || number == SIGABRT || number == SIGBUS || number == SIGFPE || number == SIGILL) {
    process.signal = number;
    process.exit_code = 0;
  }
}

// The pattern was checked when the manifest was read.
bool Says(const std::string& output, const std::string& pattern) {
  regex_t compiled;
  if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0) {
    return false;
  }
  const bool found = regexec(&compiled, output.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return found;
}

Claim ClaimOf(const CommandSpec& client, const ProcessResult& process) {
  if (process.signal != 0 || process.timed_out) {
    return Claim::kNothing;
  }
  if (client.unsupported_exit_code != 0 && process.exit_code == client.unsupported_exit_code) {
    return Claim::kUnsupported;
  }
  if (!client.claim_pattern.empty()) {
    return Says(process.output, client.claim_pattern) ? Claim::kDelivered : Claim::kRefused;
  }
  if (!client.exit_code_is_claim) {
    return Claim::kNothing;
  }
  return process.exit_code == 0 ? Claim::kDelivered : Claim::kRefused;
}

std::string LastLine(const std::string& output) {
  const size_t end = output.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) {
    return "";
  }
  const size_t before = output.find_last_of('\n', end);
  return output.substr(before == std::string::npos ? 0 : before + 1,
                       end - (before == std::string::npos ? 0 : before + 1) + 1);
}

std::string DetailOf(const ProcessResult& process) {
  constexpr size_t kShown = 200;
  const std::string end =
      process.timed_out ? "stopped at its time limit"
      : process.signal != 0
          ? fmt::format("died of signal {} ({})", process.signal,
                        sigdescr_np(process.signal) != nullptr ? sigdescr_np(process.signal) : "unknown")
          : fmt::format("exit code {}", process.exit_code);
  const std::string line = certs::Escaped(LastLine(process.output), kShown);
  return line.empty() ? end : end + ": " + line;
}

std::vector<certs::Bytes> SystemAnchors(const Meeting& meeting) {
  std::vector<certs::Bytes> all = meeting.anchors;
  for (const certs::Bytes& anchor : meeting.web_anchors) {
    if (std::ranges::find(all, anchor) == all.end()) {
      all.push_back(anchor);
    }
  }
  return all;
}

ClientReport CouldNotStart(std::string why) { return {.started = false, .detail = certs::Escaped(why, 300)}; }

bool Mentions(const CommandSpec& client, std::string_view placeholder) {
  const auto has = [&](const std::string& text) { return text.contains(placeholder); };
  return std::ranges::any_of(client.argv, has) || std::ranges::any_of(client.environment, has) ||
         std::ranges::any_of(client.files, has, &ClientFile::text);
}

}  // namespace

ClientReport RunCommand(const CommandSpec& client, const Meeting& meeting, const std::atomic<bool>& stop) {
  std::optional<ScratchDir> scratch;
  std::string dir = SandboxSpec().home;
  if (!meeting.sandbox) {
    auto made = ScratchDir::Make();
    if (!made) {
      return CouldNotStart(made.error().detail);
    }
    dir = scratch.emplace(std::move(*made)).path();
  }
  Files files = MakeFiles(meeting, dir);
  const std::vector<Placeholder> values = PlaceholdersOf(client, meeting, files);
  AddClientFiles(client, values, files);
  ProcessSpec spec{.argv = ArgumentsOf(client, values),
                   .environment = EnvironmentOf(client, values, files, meeting.sandbox),
                   .directory = StartFolder(client, files, meeting.sandbox),
                   .stdin_file = client.message_on_stdin ? files.message : "",
                   .limit = client.limit};
  spec.limits.memory = client.memory;
  if (meeting.sandbox) {
    spec.sandbox = SandboxSpec{.home = dir,
                               .files = files.files,
                               .visible = VisibleTo(client),
                               .anchors = SystemAnchors(meeting),
                               .names = {meeting.names.begin() + (meeting.dns ? 1 : 0), meeting.names.end()},
                               .dns = meeting.dns,
                               .root = client.root,
                               .sockets = meeting.sockets};
    spec.on_sockets = meeting.on_sockets;
  } else if (auto written = WriteOutside(files); !written) {
    return CouldNotStart(written.error().detail);
  }
  ProcessResult process = RunProcess(spec, stop);
  if (client.shell) {
    ReadShellCode(process);
  }
  if (!process.started) {
    return CouldNotStart(process.error);
  }
  if (client.shell && (process.exit_code == kShellNotFound || process.exit_code == kShellNotExecutable)) {
    return CouldNotStart(LastLine(process.output));
  }
  return {.claim = ClaimOf(client, process),
          .goal = client.goal,
          .exit_code = process.exit_code,
          .signal = process.signal,
          .timed_out = process.timed_out,
          .cpu = process.cpu,
          .memory = process.memory,
          .detail = DetailOf(process),
          .output = std::move(process.output),
          .sandbox = meeting.sandbox ? std::string(Name(process.sandbox.kind)) : "none: names are not mapped"};
}

std::optional<std::string> CannotBeTold(const CommandSpec& client, const std::string& reference, SandboxKind sandbox) {
  if (reference.empty() || reference.contains('\0')) {
    return "the reference name cannot be a program's argument";
  }
  if (client.dns && sandbox == SandboxKind::kNone) {
    return "it looks its server up in the DNS, and private namespaces, where port 53 is the lab's, are refused here";
  }
  if (client.dns && (IsIpv4(reference) || IsIpv6(reference))) {
    return "it is told a mail domain, and the reference is an address";
  }
  if (sandbox == SandboxKind::kNone && client.unconstrained_anchor) {
    return "its trust anchor has no name constraints and is for the sandbox only, and private namespaces are refused "
           "here";
  }
  if (sandbox == SandboxKind::kNone && client.sandbox_only) {
    return "it needs fixed paths or ports, and private namespaces are refused here";
  }
  if (sandbox != SandboxKind::kPrivateWithIds && client.root) {
    return sandbox == SandboxKind::kNone
               ? "it wants to be root, and private namespaces are refused here"
               : "it wants to be root and other users, and only one user id can be mapped here (package uidmap, and a "
                 "line in /etc/subuid and /etc/subgid, or run the lab as root)";
  }
  if (Mentions(client, "{address}") || !(Mentions(client, "{host}") || Mentions(client, "{urlhost}"))) {
    return std::nullopt;
  }
  if (IsIpv6(reference)) {
    return "the server listens on 127.0.0.1 only, and the command does not take {address}";
  }
  if (sandbox == SandboxKind::kNone && !IsIpv4(reference)) {
    return "names cannot be mapped here (private namespaces are refused), and the command does not take {address}";
  }
  return std::nullopt;
}

std::string MultiarchName() {
  utsname system{};
  uname(&system);
  return std::string(system.machine) + "-linux-gnu";
}

std::string ShellQuoted(const std::string& text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./:@%+=,-").contains(static_cast<char>(c));
  });
  if (plain) {
    return text;
  }
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return quoted + "'";
}

std::string Expand(const std::string& text, const std::vector<Placeholder>& values, bool quote) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t end = text[i] == '{' ? text.find('}', i) : std::string::npos;
    const auto value = end == std::string::npos
                           ? values.end()
                           : std::ranges::find(values, text.substr(i + 1, end - i - 1), &Placeholder::name);
    if (value == values.end()) {
      out += text[i++];
      continue;
    }
    out += quote ? ShellQuoted(value->value) : value->value;
    i = end + 1;
  }
  return out;
}

}  // namespace lab
