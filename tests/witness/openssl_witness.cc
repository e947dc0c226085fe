#include <arpa/inet.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "certs/issue.h"
#include "tests/witness/witness.h"

namespace witness {
namespace {

namespace fs = std::filesystem;

struct ProgramRun {
  int exit_code = -1;
  std::string output;
};

// Runs the openssl program, its output (both kinds) into the file `out`.
ProgramRun RunOpenssl(const std::vector<std::string>& arguments, const fs::path& out) {
  std::vector<char*> argv = {const_cast<char*>("openssl")};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  // The machine's settings are not the question. Spawned, not forked: a sanitizer's address space is dear to copy.
  std::array<char*, 4> environment = {const_cast<char*>("OPENSSL_CONF=/dev/null"), const_cast<char*>("LC_ALL=C"),
                                      const_cast<char*>("PATH=/usr/local/bin:/usr/bin:/bin"), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = -1;
  const int failed = posix_spawnp(&child, "openssl", &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return {.output = "openssl could not be started"};
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::ostringstream text;
  text << std::ifstream(out).rdbuf();
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text.str()};
}

// "error 10 at 0 depth lookup: certificate has expired", else the first line.
std::string WordsOf(const std::string& output) {
  std::istringstream lines(output);
  std::string line, first;
  while (std::getline(lines, line)) {
    if (line.starts_with("error ")) {
      return certs::Escaped(line, 200);
    }
    first = first.empty() ? line : first;
  }
  return certs::Escaped(first, 200);
}

bool IsIpLiteral(const std::string& text) {
  std::array<uint8_t, 16> octets{};
  return inet_pton(AF_INET, text.c_str(), octets.data()) == 1 || inet_pton(AF_INET6, text.c_str(), octets.data()) == 1;
}

Answer Ask(const Question& question, const fs::path& folder) {
  const auto write = [&](const char* name, const std::vector<certs::Bytes>& certificates) {
    std::ofstream(folder / name) << certs::CertificatesToPem(certificates);
    return (folder / name).string();
  };
  std::vector<std::string> arguments = {"verify",
                                        "-CAfile",
                                        write("ca.pem", question.trusted),
                                        "-no-CApath",
                                        "-no-CAstore",
                                        "-partial_chain",
                                        "-policy",  // RFC 5280 6.1.1 c: any-policy, or it takes none for satisfying
                                        "2.5.29.32.0",
                                        "-purpose",
                                        "sslserver",
                                        "-auth_level",
                                        "2",
                                        "-verify_depth",
                                        "10",
                                        "-attime",
                                        std::to_string(question.now),
                                        IsIpLiteral(question.reference) ? "-verify_ip" : "-verify_hostname",
                                        question.reference};
  if (question.presented.size() > 1) {
    arguments.emplace_back("-untrusted");
    arguments.push_back(write("rest.pem", {question.presented.begin() + 1, question.presented.end()}));
  }
  arguments.push_back(write("leaf.pem", {question.presented.front()}));
  const ProgramRun run = RunOpenssl(arguments, folder / "out");
  return {.accepted = run.exit_code == 0, .words = run.exit_code == 0 ? "" : WordsOf(run.output)};
}

std::string Write(const fs::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
  return file.string();
}

Answer AskAboutLists(const Question& question, const fs::path& folder) {
  std::string lists;
  for (const certs::Bytes& crl : question.crls) {
    lists += certs::ToPem("X509 CRL", crl);
  }
  const ProgramRun run = RunOpenssl(
      {"verify", "-CAfile", Write(folder / "ca.pem", certs::CertificatesToPem(question.trusted)), "-no-CApath",
       "-no-CAstore", "-auth_level", "2", "-attime", std::to_string(question.now), "-crl_check_all", "-extended_crl",
       "-use_deltas", "-CRLfile", Write(folder / "crls.pem", lists), "-untrusted",
       Write(folder / "rest.pem", certs::CertificatesToPem({question.presented.begin() + 1, question.presented.end()})),
       Write(folder / "leaf.pem", certs::CertificatesToPem({question.presented.front()}))},
      folder / "out");
  return {.accepted = run.exit_code == 0, .words = run.exit_code == 0 ? "" : WordsOf(run.output)};
}

Answer AskAboutStaple(const Question& question, const fs::path& folder) {
  const ProgramRun run =
      RunOpenssl({"ocsp", "-respin", Write(folder / "staple.der", certs::AsText(question.staple)), "-no_nonce",
                  "-issuer", Write(folder / "issuer.pem", certs::CertificatesToPem({question.issuer})), "-cert",
                  Write(folder / "leaf.pem", certs::CertificatesToPem({question.presented.front()})), "-CAfile",
                  Write(folder / "ca.pem", certs::CertificatesToPem(question.trusted)), "-no-CApath", "-no-CAstore",
                  "-attime", std::to_string(question.now)},
                 folder / "out");
  // "leaf.pem: good", or "leaf.pem: WARNING: ..." with the word on a line of its own.
  const bool says_good = run.output.contains(": good\n") || run.output.contains("\ngood\n");
  const bool good = run.exit_code == 0 && run.output.contains("Response verify OK") && says_good;
  return {.accepted = good, .words = good ? "" : WordsOf(run.output)};
}

fs::path MakeFolder() {
  std::string pattern = (fs::temp_directory_path() / "starttls-lab-witness-XXXXXX").string();
  return mkdtemp(pattern.data()) == nullptr ? fs::path() : fs::path(pattern);
}

std::vector<Answer> AskEach(const std::vector<Question>& questions, Answer (*ask)(const Question&, const fs::path&)) {
  std::vector<Answer> answers(questions.size());
  constexpr size_t kWorkers = 2;
  const auto work = [&](size_t worker) {
    const fs::path folder = MakeFolder();
    for (size_t i = worker; i < questions.size(); i += kWorkers) {
      answers[i] = ask(questions[i], folder);
    }
    fs::remove_all(folder);
  };
  std::vector<std::jthread> workers;
  for (size_t worker = 0; worker < kWorkers; ++worker) {
    workers.emplace_back(work, worker);
  }
  workers.clear();
  return answers;
}

}  // namespace

std::string OpensslVersion() {
  const fs::path folder = MakeFolder();
  const std::string text = RunOpenssl({"version"}, folder / "out").output;  // "OpenSSL 3.0.19 27 Jan 2026 ..."
  fs::remove_all(folder);
  std::istringstream words(text);
  std::string name, version;
  words >> name >> version;
  return name == "OpenSSL" ? version.substr(0, version.find('.', version.find('.') + 1)) : certs::Escaped(name, 40);
}

std::vector<Answer> AskOpenssl(const std::vector<Question>& questions) { return AskEach(questions, Ask); }
std::vector<Answer> AskOpensslAboutLists(const std::vector<Question>& questions) {
  return AskEach(questions, AskAboutLists);
}
std::vector<Answer> AskOpensslAboutStaples(const std::vector<Question>& questions) {
  return AskEach(questions, AskAboutStaple);
}

}  // namespace witness
