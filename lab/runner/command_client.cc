#include "lab/runner/command_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "lab/runner/built_in.h"
#include "lab/runner/process.h"
#include "lab/runner/scratch_dir.h"

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

// The files of one run.
struct Files {
  std::string ca, message;
  std::vector<Overlay> overlays;
};

certs::Result<Files> WriteFiles(const ScratchDir& dir, const Meeting& meeting) {
  Files files;
  const auto ca = dir.Write("ca.pem", certs::CertificatesToPem(meeting.anchors));
  const auto message = dir.Write("message.eml", MakeMessage(meeting.honey, meeting.now));
  const auto hosts = dir.Write("hosts", HostsFile(meeting.reference));
  for (const auto* written : {&ca, &message, &hosts}) {
    if (!*written) {
      return std::unexpected(written->error());
    }
  }
  std::error_code error;
  std::filesystem::create_directory(dir.path() + "/tmp", error);
  files.ca = *ca;
  files.message = *message;
  files.overlays.push_back({*hosts, "/etc/hosts"});
  if (std::ifstream nsswitch("/etc/nsswitch.conf"); nsswitch) {
    const std::string text{std::istreambuf_iterator<char>(nsswitch), std::istreambuf_iterator<char>()};
    const auto replaced = dir.Write("nsswitch.conf", FilesOnly(text));
    if (!replaced) {
      return std::unexpected(replaced.error());
    }
    files.overlays.push_back({*replaced, "/etc/nsswitch.conf"});
  }
  return files;
}

std::vector<Placeholder> PlaceholdersOf(const CommandSpec& client, const Meeting& meeting, const Files& files,
                                        const std::string& dir) {
  const bool implicit = meeting.mode == fakeserver::TlsMode::kImplicit;
  return {{"host", meeting.reference},
          {"urlhost", IsIpv6(meeting.reference) ? "[" + meeting.reference + "]" : meeting.reference},
          {"address", std::string(kAddress)},
          {"port", std::to_string(meeting.port)},
          {"scheme", implicit ? "smtps" : "smtp"},
          {"mode", std::string(fakeserver::Name(meeting.mode))},
          {"ca", files.ca},
          {"user", meeting.honey.user},
          {"password", meeting.honey.password},
          {"from", meeting.honey.from},
          {"to", meeting.honey.to},
          {"helo", meeting.honey.helo},
          {"message", files.message},
          {"dir", dir},
          {"here", client.folder}};
}

// Nothing of the user's own settings may decide a verdict, so nothing but PATH is inherited.
std::vector<std::string> EnvironmentOf(const CommandSpec& client, const std::vector<Placeholder>& values,
                                       const std::string& dir) {
  const char* const path = std::getenv("PATH");
  std::vector<std::string> environment = {
      fmt::format("PATH={}", path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin"),
      "HOME=" + dir,
      "TMPDIR=" + dir + "/tmp",
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

Claim ClaimOf(const CommandSpec& client, const ProcessResult& process) {
  if (process.signal != 0 || process.timed_out) {
    return Claim::kNothing;
  }
  if (client.unsupported_exit_code != 0 && process.exit_code == client.unsupported_exit_code) {
    return Claim::kUnsupported;
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

std::string SandboxWords(const SandboxResult& sandbox) {
  if (sandbox.kind == SandboxKind::kNone) {
    return fmt::format("names are not mapped: {}", std::generic_category().message(sandbox.error));
  }
  return fmt::format("names are mapped in a {}", Name(sandbox.kind));
}

ClientReport CouldNotStart(std::string why) { return {.started = false, .detail = certs::Escaped(why, 300)}; }

bool Mentions(const CommandSpec& client, std::string_view placeholder) {
  const auto has = [&](const std::string& text) { return text.contains(placeholder); };
  return std::ranges::any_of(client.argv, has) || std::ranges::any_of(client.environment, has);
}

}  // namespace

ClientReport RunCommand(const CommandSpec& client, const Meeting& meeting, const std::atomic<bool>& stop) {
  const auto dir = ScratchDir::Make();
  if (!dir) {
    return CouldNotStart(dir.error().detail);
  }
  const auto files = WriteFiles(*dir, meeting);
  if (!files) {
    return CouldNotStart(files.error().detail);
  }
  const std::vector<Placeholder> values = PlaceholdersOf(client, meeting, *files, dir->path());
  ProcessSpec spec{.argv = ArgumentsOf(client, values),
                   .environment = EnvironmentOf(client, values, dir->path()),
                   .directory = client.own_directory ? dir->path() : "",
                   .stdin_file = client.message_on_stdin ? files->message : "",
                   .sandbox = meeting.sandbox,
                   .overlays = files->overlays,
                   .limit = client.limit};
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
          .was_to_deliver = client.delivers,
          .exit_code = process.exit_code,
          .signal = process.signal,
          .timed_out = process.timed_out,
          .detail = DetailOf(process),
          .output = std::move(process.output),
          .sandbox = meeting.sandbox ? SandboxWords(process.sandbox) : "names are not mapped: not asked for"};
}

std::optional<std::string> CannotBeTold(const CommandSpec& client, const std::string& reference, SandboxKind sandbox) {
  if (reference.empty() || reference.contains('\0')) {
    return "the reference name cannot be a program's argument";
  }
  if (Mentions(client, "{address}") || !(Mentions(client, "{host}") || Mentions(client, "{urlhost}"))) {
    return std::nullopt;
  }
  if (IsIpv6(reference)) {
    return "the server listens on 127.0.0.1 only, and the command does not take {address}";
  }
  if (sandbox == SandboxKind::kNone && !IsIpv4(reference)) {
    return "names cannot be mapped here (no mount namespace), and the command does not take {address}";
  }
  return std::nullopt;
}

SandboxResult ProbeSandbox() {
  const auto dir = ScratchDir::Make();
  if (!dir) {
    return {};
  }
  const auto hosts = dir->Write("hosts", HostsFile("probe.test"));
  if (!hosts) {
    return {};
  }
  const std::atomic<bool> never = false;
  return RunProcess({.argv = {"/bin/true"}, .sandbox = true, .overlays = {{*hosts, "/etc/hosts"}}}, never).sandbox;
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
