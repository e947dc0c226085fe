// starttls-lab: the command line. One row a verb; CLI11 is included here and nowhere else, because it is slow to
// compile.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <map>

#include "certs/bytes.h"
#include "lab/cli/campaign.h"
#include "lab/cli/catalogue_verbs.h"
#include "lab/cli/check.h"
#include "lab/cli/clients.h"
#include "lab/cli/context.h"
#include "lab/cli/diff_results.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/expect.h"
#include "lab/cli/from_fuzz.h"
#include "lab/cli/match.h"
#include "lab/cli/matrix.h"
#include "lab/cli/report.h"
#include "lab/cli/run.h"
#include "lab/cli/send.h"
#include "lab/cli/serve.h"
#include "lab/cli/verify.h"

namespace {

using lab::ColorChoice;
using lab::CommonOptions;

void AddCommon(CLI::App* verb, CommonOptions& common) {
  static const std::map<std::string, ColorChoice> kChoices = {
      {"auto", ColorChoice::kAuto}, {"always", ColorChoice::kAlways}, {"never", ColorChoice::kNever}};
  verb->add_option("--color", common.color, "auto, always or never")->transform(CLI::CheckedTransformer(kChoices));
  verb->add_flag("-q,--quiet", common.quiet, "no progress line");
}

// Where the reports of a run go.
void AddReportFiles(CLI::App* verb, lab::ReportFiles& files) {
  verb->add_option("--html", files.html, "write the report as one HTML file; - is standard output, here and below");
  verb->add_option("--junit", files.junit, "as JUnit XML, for Jenkins, GitLab and their like");
  verb->add_option("--tap", files.tap, "as TAP 14");
  verb->add_option("--md", files.md, "as Markdown, for a step summary");
  verb->add_option("--sarif", files.sarif, "what was accepted though it is bad, as SARIF 2.1.0 for code scanning");
}

// Each Add… declares one verb on the options struct it fills, and says what runs it.
using Action = std::function<int()>;

void AddTour(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::TourOptions>();
  CLI::App* verb = app.add_subcommand(
      "tour", "The main job: the impersonation table for real clients, then the whole catalogue on both wires");
  AddCommon(verb, options->common);
  verb->add_option("-j,--jobs", options->jobs, "clients at a time; default: what suits the machine and the client");
  verb->add_option("--seed", options->seed, "of keys and honey credentials");
  verb->add_option("--out", options->out, "folder for results.json");
  verb->callback([options, &action] { action = [options] { return TourVerb(*options); }; });
}

void AddRun(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::RunVerbOptions>();
  CLI::App* verb = app.add_subcommand("run", "Run clients through scenarios: run [options] [-- COMMAND...]");
  AddCommon(verb, options->common);
  verb->add_option(
          "--client", options->clients,
          "configuration by name or glob: built-in, curl, 'openssl.*'; tier:2 is all up to tier 2 that are here")
      ->delimiter(',');
  verb->add_option("--filter", options->filter,
                   "scenarios: globs on ids, row:B1, set:core, set:tables, set:smoke, commas between, ! excludes");
  verb->add_option("--policy", options->policy, "submission, relay-opportunistic, relay-dane, relay-mta-sts");
  verb->add_option("--mode", options->mode, "starttls, implicit or both");
  verb->add_option("--wire", options->wire, "memory or tcp");
  verb->add_option("-j,--jobs", options->jobs, "clients at a time; default: what suits the machine and the client");
  verb->add_option("--seed", options->seed, "of keys and honey credentials");
  verb->add_option("--now", options->now, "the date the certificates are made for: 2026-01-01T00:00:00Z");
  verb->add_option("--limit", options->limit_ms, "milliseconds a command may take");
  verb->add_flag("--collect-all", options->collect_all,
                 "the built-in verifier must report exactly the intended defects");
  verb->add_flag("--shell", options->shell, "COMMAND is one line for sh -c");
  verb->add_flag("-v,--verbose", options->verbose, "print every transcript");
  verb->add_option("--out", options->out, "folder for results.json");
  AddReportFiles(verb, options->reports);
  verb->add_flag("--resume", options->resume, "go on with the results in that folder: what is done is not run again");
  verb->add_flag("--install", options->install, "first install what the clients lack, as `clients install` does");
  verb->add_option("command", options->command,
                   "a client of your own; {host} {port} {address} {ca} {user} {password} {from} {to} {helo} {message} "
                   "{dir} {mode} are filled in");
  verb->positionals_at_end();
  verb->callback([options, &action] { action = [options] { return RunVerb(*options); }; });
}

void AddClients(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("clients", "The programs that can be put in the client's place");
  verb->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, int (*run)(const lab::ClientsOptions&)) {
    auto options = std::make_shared<lab::ClientsOptions>();
    CLI::App* part = verb->add_subcommand(name, what);
    AddCommon(part, options->common);
    part->add_option("name", options->names, "families or configurations, globs; none: all");
    part->callback([options, run, &action] { action = [options, run] { return run(*options); }; });
    return std::pair(part, options);
  };
  const auto [list, listed] = add("list", "What there is, and which of it is installed", lab::ClientsListVerb);
  list->add_flag("--json", listed->json, "machine-readable");
  const auto [install, installed] =
      add("install", "Say how they come to this machine, and do it", lab::ClientsInstallVerb);
  install->add_flag("--dry-run", installed->dry_run, "say, do not do");
  const auto [check, checked] =
      add("check", "Prove that they work here: a good server accepted, a bad one decided, both witnesses agree",
          lab::ClientsCheckVerb);
  check->add_option("-j,--jobs", checked->jobs, "clients at a time; default: what suits the machine");
  auto matrix = std::make_shared<lab::MatrixOptions>();
  CLI::App* published = verb->add_subcommand("matrix", "Results as a page: every configuration by every table");
  published->add_option("--results", matrix->results, "results files");
  published->add_option("--into", matrix->into, "put it into this file, between its two marks, instead of printing it");
  published->callback([matrix, &action] { action = [matrix] { return MatrixVerb(*matrix); }; });
}

void AddCampaign(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::CampaignVerbOptions>();
  CLI::App* verb = app.add_subcommand(
      "campaign", "Random worlds: edits of the catalogue put together; every disagreement is cut down to a file");
  AddCommon(verb, options->common);
  verb->add_option("--client", options->client, "built-in, or a configuration's name");
  verb->add_option("--for", options->duration, "how long: 60s, 10m, 2h");
  verb->add_option("--count", options->count, "how many worlds; without it and --for: every pair of rows once");
  verb->add_option("--seed", options->seed, "the same seed draws the same worlds");
  verb->add_option("--first", options->first, "number of the first world");
  verb->add_option("--findings", options->findings, "how many different disagreements end it; default 10");
  verb->add_option("--policy", options->policy, "default: a client's own; for the built-in one drawn for every world");
  verb->add_option("--mode", options->mode, "starttls or implicit; default: both");
  verb->add_option("-j,--jobs", options->jobs, "worlds at a time; default: one a core");
  verb->add_option("--out", options->out, "folder for the scenario files");
  verb->callback([options, &action] { action = [options] { return CampaignVerb(*options); }; });
}

void AddExpect(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("expect", "What clients are known to do (lab/clients/expectations), kept true");
  verb->require_subcommand(1);
  auto common = std::make_shared<lab::CommonOptions>();
  CLI::App* lint = verb->add_subcommand("lint", "Name the declarations that say nothing any more; exit 5 if there are");
  AddCommon(lint, *common);
  lint->callback([common, &action] { action = [common] { return ExpectLintVerb(*common); }; });
  auto options = std::make_shared<lab::ExpectOptions>();
  CLI::App* update = verb->add_subcommand("update", "Bring the declarations in line with the results of a run");
  AddCommon(update, options->common);
  update->add_option("name", options->names, "families or configurations, globs; none: all that ran");
  update->add_option("--results", options->results, "the results file");
  update->add_flag("--dry-run", options->dry_run, "say, do not do");
  update->callback([options, &action] { action = [options] { return ExpectUpdateVerb(*options); }; });
}

void AddReport(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::ReportOptions>();
  CLI::App* verb = app.add_subcommand("report", "Results as documents, for people and for other programs");
  verb->add_option("--from", options->from, "results files; later ones win over earlier ones");
  AddReportFiles(verb, options->files);
  verb->callback([options, &action] { action = [options] { return ReportVerb(*options); }; });
}

void AddDiff(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::DiffOptions>();
  CLI::App* verb = app.add_subcommand("diff", "What has changed between two runs; exit 1 if something regressed");
  AddCommon(verb, options->common);
  verb->add_option("before", options->before, "a results file")->required();
  verb->add_option("after", options->after, "a later one")->required();
  verb->callback([options, &action] { action = [options] { return DiffVerb(*options); }; });
}

void AddList(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::ListOptions>();
  CLI::App* verb = app.add_subcommand("list", "List scenarios");
  AddCommon(verb, options->common);
  verb->add_option("--filter", options->filter, "globs on ids, row:B1, files.toml, commas between, ! excludes");
  verb->add_flag("--json", options->json, "machine-readable");
  verb->add_flag("--rows", options->rows, "by row of the coverage table");
  verb->callback([options, &action] { action = [options] { return ListVerb(*options); }; });
}

void AddExplain(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::ExplainOptions>();
  CLI::App* verb =
      app.add_subcommand("explain", "Explain a scenario: purpose, source, edit, expectation, decoded chain");
  AddCommon(verb, options->common);
  verb->add_option("id", options->id, "scenario id, glob or file")->required();
  verb->add_flag("--toml", options->toml, "as a scenario file, to be edited and run");
  verb->callback([options, &action] { action = [options] { return ExplainVerb(*options); }; });
}

void AddScenario(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::FromFuzzOptions>();
  CLI::App* verb = app.add_subcommand("scenario", "Scenario files out of other things")->require_subcommand(1);
  CLI::App* part = verb->add_subcommand("from-fuzz", "Print an input of a fuzz target as a scenario file that runs");
  part->add_option("file", options->file, "the input")->required();
  part->add_option("--target", options->target, "chain_spec or starttls_injection; default: by the file's folder");
  part->callback([options, &action] { action = [options] { return FromFuzzVerb(*options); }; });
}

void AddServe(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::ServeOptions>();
  CLI::App* verb =
      app.add_subcommand("serve", "Serve scenarios on loopback ports, with a live log of what each client did");
  AddCommon(verb, options->common);
  verb->add_option("id", options->ids, "scenario ids, globs, row:ID or files; none: all");
  verb->add_option("--mode", options->mode, "starttls, implicit or both");
  verb->add_option("--port", options->port, "of the first scenario; the others follow");
  verb->add_option("--out", options->out, "folder for the CA files");
  verb->add_option("--for", options->seconds, "stop after so many seconds");
  verb->callback([options, &action] { action = [options] { return ServeVerb(*options); }; });
}

void AddCerts(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::CertsOptions>();
  CLI::App* verb = app.add_subcommand("certs", "Write every chain, key and anchor as PEM, with a manifest");
  AddCommon(verb, options->common);
  verb->add_option("--filter", options->filter, "globs on ids, row:B1, files.toml, commas between, ! excludes");
  verb->add_option("--now", options->now, "the date the certificates are made for");
  verb->add_option("--limbo", options->limbo, "an x509-limbo document of the cases; - is standard output");
  verb->add_flag("--force", options->force, "write into a folder that is not empty, over a file that exists");
  verb->add_option("folder", options->folder, "where to; may be left out with --limbo");
  verb->callback([options, &action] { action = [options] { return CertsVerb(*options); }; });
}

void AddMatch(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::MatchOptions>();
  CLI::App* verb =
      app.add_subcommand("match", "Explain one name decision, or answer a table on standard input (--batch)");
  verb->add_flag("--batch", options->batch, "lines: kind TAB presented TAB reference");
  verb->add_option("--profile", options->profile, "whose rules: rfc9525-strict, rfc9525-literal");
  verb->add_option("presented", options->presented, "a name from a certificate");
  verb->add_option("reference", options->reference, "the host name or IP address that was configured");
  verb->callback([options, verb, &action] {
    action = [options, verb] {
      if (!options->batch && verb->count("reference") == 0) {
        fmt::print(stderr,
                   "starttls-lab: match takes PRESENTED and REFERENCE, or --batch and a table on standard input\n");
        return static_cast<int>(lab::kExitUsage);
      }
      return RunMatch(*options, std::cin, std::cout, std::cerr);
    };
  });
}

// How much the status of certificates matters, and what is known of it beforehand.
void AddLists(CLI::App* verb, lab::StatementOptions& status, const std::string& usual) {
  verb->add_option("--crl", status.crl_files, "CRLs, PEM or DER; may be given several times");
  verb->add_option("--revocation", status.revocation,
                   "off, soft (what is said counts) or hard (everyone must be known to be good); default: " + usual);
}

void AddVerify(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::VerifyOptions>();
  auto time = std::make_shared<std::string>();
  CLI::App* verb =
      app.add_subcommand("verify", "Verify a chain offline and list every defect; or answer x509-limbo (--limbo)");
  verb->add_option("--chain", options->chain_file, "PEM, the server's certificate first");
  verb->add_option("--ca", options->ca_file, "PEM, the trust anchors");
  verb->add_option("--host", options->host, "the host name or IP address that was configured");
  verb->add_option("--time,--at", *time, "validation time, 2026-01-01T00:00:00Z; default: now");
  verb->add_option("--profile", options->profile, "whose rules of name matching; default: rfc9525-strict");
  verb->add_option("--tlsa", options->tlsa, "a TLSA record, \"3 1 1 HEX\", to judge by instead of --ca (RFC 7672)");
  AddLists(verb, options->status, "soft if --crl or --ocsp is given");
  verb->add_option("--ocsp", options->status.ocsp_file,
                   "OCSP response stapled to the server's certificate, PEM or DER");
  verb->add_flag("--json", options->json, "machine-readable");
  verb->add_flag("--limbo", options->limbo, "one x509-limbo document on standard input, results on standard output");
  verb->callback([options, time, verb, &action] {
    action = [options, time, verb] {
      const bool trusts = verb->count("--ca") + verb->count("--tlsa") > 0;
      if (!options->limbo && (verb->count("--chain") == 0 || !trusts || verb->count("--host") == 0)) {
        fmt::print(stderr,
                   "starttls-lab: verify takes --chain FILE --host NAME and --ca FILE or --tlsa RECORD, or --limbo and "
                   "a document on "
                   "standard input\n");
        return static_cast<int>(lab::kExitUsage);
      }
      if (!lab::TakeTime("--time", *time, options->now)) {
        return static_cast<int>(lab::kExitUsage);
      }
      return RunVerify(*options, std::cin, std::cout, std::cerr);
    };
  });
}

// What is asked of the DNS.
void AddDns(CLI::App* verb, lab::DnsOptions& dns) {
  verb->add_flag("--dns", dns.signals,
                 "look up what speaks for or against the server, as advice; and an MTA-STS policy");
  verb->add_option("--resolver", dns.resolvers,
                   "ask this resolver, ADDRESS or ADDRESS:PORT, and go where it says; several are compared");
  verb->add_flag("--dane", dns.dane, "where there are validated TLSA records, they decide instead of the anchors");
  verb->add_option("--domain", dns.domain, "whose mail the server takes; default: what follows its first label");
}

// The options of the verbs that talk to a real server.
void AddLive(CLI::App* verb, lab::LiveOptions& live) {
  verb->add_option("--port", live.port, "default: 587, with --implicit 465");
  verb->add_flag("--implicit", live.implicit, "TLS from the first byte (RFC 8314); the default on port 465");
  verb->add_flag("--starttls", live.starttls, "STARTTLS (RFC 3207); the default on every other port");
  verb->add_option("--address", live.address, "connect to this IP address instead of looking the host up");
  verb->add_option("--ca", live.ca, "PEM, the trust anchors; default: the system's");
  verb->add_option("--profile", live.profile, "whose rules of name matching; default: rfc9525-strict");
  verb->add_option("--helo", live.helo, "what to say in EHLO; default: the address of this end");
  AddLists(verb, live.status, "soft");
  verb->add_option("--timeout", live.timeout_s, "seconds for each wait; default: as RFC 5321 4.5.3.2");
}

void AddSend(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::SendOptions>();
  CLI::App* verb = app.add_subcommand("send", "Deliver a message through a real server, once it is verified");
  verb->add_option("--server", options->live.server, "HOST or HOST:PORT")->required();
  AddLive(verb, options->live);
  verb->add_option("--from", options->from, "the sender's address; '' for none")->required();
  verb->add_option("--to", options->to, "a recipient's address; may be repeated")->required();
  verb->add_option("--user", options->user, "log in, by the best mechanism that both sides know");
  verb->add_option("--password-file", options->password_file,
                   "its first line is the password; without it: $STARTTLS_LAB_PASSWORD");
  verb->add_option("--message", options->message, "file with an RFC 5322 message; - is standard input, the default");
  verb->add_flag("--require-tls", options->require_tls, "only if every relay will verify TLS, too (RFC 8689)");
  verb->add_flag("--json", options->json, "machine-readable");
  verb->add_flag("-v,--verbose", options->verbose, "print the dialogue");
  verb->callback(
      [options, &action] { action = [options] { return RunSend(*options, std::cin, std::cout, std::cerr); }; });
}

void AddCheck(CLI::App& app, Action& action) {
  auto options = std::make_shared<lab::CheckOptions>();
  auto time = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("check", "One honest look at a live server: dialogue, chain, names, verdict");
  verb->add_option("server", options->live.server, "HOST or HOST:PORT")->required();
  AddLive(verb, options->live);
  AddDns(verb, options->live.dns);
  verb->add_option("--at,--time", *time, "validation time, 2026-01-01T00:00:00Z; default: now");
  verb->add_option("--tlsrpt", options->tlsrpt, "write a TLS report on this session to a file (RFC 8460)");
  verb->add_flag("--json", options->json, "machine-readable");
  verb->callback([options, time, &action] {
    action = [options, time] {
      if (!lab::TakeTime("--at", *time, options->live.now)) {
        return static_cast<int>(lab::kExitUsage);
      }
      return RunCheck(*options, std::cout, std::cerr);
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  CLI::App app{"starttls-lab: does a mail client really check who it is talking to?"};
  app.set_version_flag("--version", "starttls-lab " STARTTLS_LAB_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 as expected, 1 unexpected result or refused, 2 usage, 3 harness error, 4 nothing matched, 5 stale "
      "expectations, 130/143 interrupted.");
  Action action;
  AddTour(app, action);
  AddRun(app, action);
  AddClients(app, action);
  AddCampaign(app, action);
  AddExpect(app, action);
  AddReport(app, action);
  AddDiff(app, action);
  AddList(app, action);
  AddExplain(app, action);
  AddScenario(app, action);
  AddServe(app, action);
  AddCerts(app, action);
  AddMatch(app, action);
  AddVerify(app, action);
  AddCheck(app, action);
  AddSend(app, action);
  const auto named = [&](const CLI::App* verb) { return argc > 1 && verb->get_name() == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(named).empty()) {
    fmt::print(stderr, "starttls-lab: there is no verb \"{}\"; see starttls-lab --help\n", certs::Escaped(argv[1]));
    return lab::kExitUsage;
  }
  try {
    app.parse(argc, argv);
    return action();
  } catch (const CLI::Success& success) {
    return app.exit(success);  // --help, --version
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "starttls-lab: {}; see starttls-lab --help\n", certs::Escaped(error.what()));
    return lab::kExitUsage;
  }
}
