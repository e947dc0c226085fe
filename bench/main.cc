// bench/run's program: chooses, runs, shows and keeps. Exit codes: 0; 2 wrong arguments or a file that cannot be read
// or written; 4 no benchmark of that name; 130, 143 interrupted, what was measured is kept.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/cases.h"
#include "bench/chains.h"
#include "bench/context.h"
#include "bench/files.h"
#include "bench/load.h"
#include "bench/page.h"
#include "bench/session.h"

namespace {

constexpr char kHelp[] =
    "Usage: bench/run [FILTER] [options]\n"
    "  FILTER            a regular expression for names of benchmarks; default: all of them\n"
    "  --quick           a useful part, in two minutes; with FILTER: fewer and shorter rounds\n"
    "  --rounds N        how often each has its turn (default 5)\n"
    "  --seconds S       processor time that each is given in a round (default 0.1)\n"
    "  --json FILE       the results, whole after every measurement\n"
    "  --html FILE       one page that needs no network: distributions, ratios, history\n"
    "  --history FILE    results of an earlier run, for the page; may be given again\n"
    "  --page-only       measure nothing: make the page of the files given as --history\n"
    "  --list            show names and run nothing\n"
    "  --smoke           run every chosen benchmark once, to see that it works\n";

struct Options {
  std::string filter, json, html;
  std::vector<std::string> history;
  bool quick = false, list = false, smoke = false, page_only = false;
  int rounds = 0;
  double seconds = 0;
};

[[noreturn]] void Refuse(const std::string& sentence, int code = 2) {
  fmt::print(stderr, "bench/run: {}\n", sentence);
  std::exit(code);
}

double NumberOf(const std::string& option, const std::string& text, double least, double most) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= least && value <= most)) {
    Refuse(fmt::format("{} wants a number from {} to {}, not \"{}\".", option, least, most, certs::Escaped(text, 80)));
  }
  return value;
}

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 >= argc) {
        Refuse(argument + " wants a value; --help shows what there is.");
      }
      return argv[++i];
    };
    if (argument == "--quick") {
      options.quick = true;
    } else if (argument == "--list") {
      options.list = true;
    } else if (argument == "--smoke") {
      options.smoke = true;
    } else if (argument == "--page-only") {
      options.page_only = true;
    } else if (argument == "--json") {
      options.json = value();
    } else if (argument == "--html") {
      options.html = value();
    } else if (argument == "--history") {
      options.history.push_back(value());
    } else if (argument == "--rounds") {
      options.rounds = static_cast<int>(NumberOf(argument, value(), 1, 1000));
    } else if (argument == "--seconds") {
      options.seconds = NumberOf(argument, value(), 0.001, 60);
    } else if (argument == "--help" || argument == "-h") {
      fmt::print("{}", kHelp);
      std::exit(0);
    } else if (argument.starts_with("-")) {
      Refuse(fmt::format("there is no option \"{}\"; --help shows what there is.", certs::Escaped(argument, 80)));
    } else if (!options.filter.empty()) {
      Refuse(fmt::format("one filter at a time: \"{}\" and \"{}\" can be joined by a |.",
                         certs::Escaped(options.filter, 80), certs::Escaped(argument, 80)));
    } else {
      options.filter = argument;
    }
  }
  return options;
}

std::atomic<bool> stop = false;
std::atomic<int> stop_signal = 0;

void OnSignal(int number) {
  stop_signal = number;
  stop = true;
}

std::vector<bench::Report> ReadHistory(const std::vector<std::string>& files) {
  std::vector<bench::Report> history;
  for (const std::string& file : files) {
    const auto text = bench::ReadFile(file);
    auto report = text ? bench::FromJson(*text) : std::unexpected(text.error());
    if (!report) {
      Refuse(fmt::format("{}: {}.", certs::Escaped(file, 200), report.error().detail));
    }
    history.push_back(*std::move(report));
  }
  return history;
}

void Keep(const std::string& file, const std::string& content) {
  if (const auto written = bench::WriteFile(file, content); !written) {
    Refuse(fmt::format("{}: {}. Nothing else is lost: the table is on standard output.", certs::Escaped(file, 200),
                       written.error().detail));
  }
}

// Found out now rather than after ten minutes.
void CheckWritable(const std::string& file) {
  if (!file.empty()) {
    if (const auto possible = bench::CheckWritable(file); !possible) {
      Refuse(fmt::format("{} cannot be written: {}.", certs::Escaped(file, 200), possible.error().detail));
    }
  }
}

class Progress {
 public:
  explicit Progress(size_t all) : all_(all), shown_(isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (shown_) {
      fmt::print(stderr, "\r\033[K");
    }
  }
  void Show(const std::string& name) {
    ++done_;
    if (shown_) {
      fmt::print(stderr, "\r\033[K[{}/{}] {}", done_, all_, name);
      std::fflush(stderr);
    }
  }

 private:
  size_t all_, done_ = 0;
  bool shown_;
};

int MakePage(const Options& options) {
  std::vector<bench::Report> history = ReadHistory(options.history);
  if (history.empty() || options.html.empty()) {
    Refuse("--page-only wants --html FILE and at least one --history FILE.");
  }
  const bench::Report last = history.back();
  history.pop_back();
  Keep(options.html, bench::PageOf(last, history));
  return 0;
}

bench::SessionOptions SessionOf(const Options& options) {
  bench::SessionOptions session;
  session.rounds = options.quick ? 3 : 5;
  session.seconds = options.quick ? 0.03 : 0.1;
  if (options.smoke) {
    session = {.rounds = 1, .seconds = 1e-9, .warm_up = 0};
  }
  session.rounds = options.rounds > 0 ? options.rounds : session.rounds;
  session.seconds = options.seconds > 0 ? options.seconds : session.seconds;
  return session;
}

int Measure(const Options& options, const std::vector<bench::Case>& cases) {
  const std::vector<bench::Report> history = ReadHistory(options.history);
  CheckWritable(options.json);
  CheckWritable(options.html);
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  const bench::SessionOptions session = SessionOf(options);
  bench::Report report;
  report.context = bench::ContextOf(session);
  report.remarks = bench::Remarks(cases);
  {
    Progress progress(cases.size() * static_cast<size_t>(session.rounds));
    int64_t kept = -1'000'000'001;
    bench::Run(cases, session, report, stop, [&](const std::string& name) {
      progress.Show(name);
      // Rewriting the file costs as much as a measurement, so not more often than every second of processor time.
      if (!options.json.empty() && bench::ProcessCpu() - kept > 1'000'000'000) {
        Keep(options.json, bench::ToJson(report));
        kept = bench::ProcessCpu();
      }
    });
  }
  std::erase_if(report.rows, [](const bench::Row& row) { return row.rounds == 0 && row.error.empty(); });
  fmt::print("{}", bench::TableOf(report));
  std::fflush(stdout);
  if (!options.json.empty()) {
    Keep(options.json, bench::ToJson(report));
  }
  if (!options.html.empty()) {
    Keep(options.html, bench::PageOf(report, history));
  }
  if (stop) {
    fmt::print(stderr, "bench/run: interrupted; what was measured until then is above{}.\n",
               options.json.empty() ? "" : " and in " + certs::Escaped(options.json, 200));
    return 128 + stop_signal;
  }
  const bool broken = std::ranges::any_of(report.rows, [](const bench::Row& row) { return !row.error.empty(); });
  return broken ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == bench::kLoadVerb) {
    return bench::LoadMain(argc, argv);
  }
  if (argc > 1 && std::string_view(argv[1]) == bench::kChainsVerb) {
    return bench::ChainsMain(argc, argv);
  }
  if (argc > 1 && std::string_view(argv[1]) == bench::kServeVerb) {
    return bench::ServeMain(argc, argv);
  }
  const Options options = Parse(argc, argv);
  if (options.page_only) {
    return MakePage(options);
  }
  const auto cases = bench::Choose(bench::AllCases(), options.filter, options.quick);
  if (!cases) {
    Refuse(cases.error().detail + ".");
  }
  if (cases->empty()) {
    Refuse(fmt::format("no benchmark matches \"{}\"; --list shows their names.", certs::Escaped(options.filter, 80)),
           4);
  }
  if (options.list) {
    for (const bench::Case& one : *cases) {
      fmt::print("{}\n", one.name);
    }
    return 0;
  }
  return Measure(options, *cases);
}
