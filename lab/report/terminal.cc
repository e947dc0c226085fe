#include "lab/report/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "lab/report/outcome_words.h"

namespace lab {
namespace {

// Chosen to be told apart without red and green: bold yellow and magenta for what is bad, blue for what is known.
std::string_view ColorOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "\033[32m";
    case Outcome::kAcceptBad:
    case Outcome::kLeak:
    case Outcome::kCrash:
      return "\033[1;31m";
    case Outcome::kRejectGood:
    case Outcome::kHang:
    case Outcome::kInconsistent:
    case Outcome::kError:
    case Outcome::kXpass:
      return "\033[1;35m";
    case Outcome::kLax:
    case Outcome::kNotReached:
      return "\033[33m";
    case Outcome::kXfail:
      return "\033[36m";
    case Outcome::kSkip:
      return "\033[2m";
  }
  return "";
}

constexpr std::string_view kReset = "\033[0m";

std::string Wrap(const Terminal& terminal, std::string_view code, std::string_view text) {
  return terminal.color ? fmt::format("{}{}{}", code, text, kReset) : std::string(text);
}

}  // namespace

Terminal DescribeTerminal(std::FILE* stream, ColorChoice choice) {
  Terminal terminal;
  const int fd = fileno(stream);
  const char* term = std::getenv("TERM");
  terminal.live = isatty(fd) != 0 && term != nullptr && std::string_view(term) != "dumb";
  switch (choice) {
    case ColorChoice::kAlways:
      terminal.color = true;
      break;
    case ColorChoice::kNever:
      terminal.color = false;
      break;
    case ColorChoice::kAuto: {
      const char* no_color = std::getenv("NO_COLOR");
      const char* force = std::getenv("CLICOLOR_FORCE");
      terminal.color = (terminal.live && (no_color == nullptr || *no_color == '\0')) ||
                       (force != nullptr && *force != '\0' && std::string_view(force) != "0");
      break;
    }
  }
  winsize size{};
  if (terminal.live && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) {
    terminal.columns = size.ws_col;
  }
  return terminal;
}

size_t DisplayWidth(std::string_view text) {
  // Continuation octets of UTF-8 take no column.
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

std::string Fit(std::string_view text, size_t width) {
  std::string fitted(text);
  if (DisplayWidth(fitted) > width) {
    size_t columns = 0, octets = 0;
    while (octets < fitted.size() && columns + 1 < width) {
      do {
        ++octets;
      } while (octets < fitted.size() && (static_cast<uint8_t>(fitted[octets]) & 0xc0) == 0x80);
      ++columns;
    }
    fitted.resize(octets);
    fitted += "…";
  }
  fitted.append(width - DisplayWidth(fitted), ' ');
  return fitted;
}

std::string Badge(const Terminal& terminal, Outcome outcome, std::string_view word) {
  return Wrap(terminal, ColorOf(outcome), fmt::format("{} {}", Symbol(outcome), word.empty() ? Name(outcome) : word));
}

std::string Bold(const Terminal& terminal, std::string_view text) { return Wrap(terminal, "\033[1m", text); }
std::string Dim(const Terminal& terminal, std::string_view text) { return Wrap(terminal, "\033[2m", text); }

ProgressLine::ProgressLine(std::FILE* stream, Terminal terminal, size_t total)
    : stream_(stream), terminal_(terminal), total_(total) {}

ProgressLine::~ProgressLine() { Clear(); }

void ProgressLine::Update(size_t done, size_t failed, std::chrono::milliseconds elapsed, std::string_view doing) {
  using std::chrono::milliseconds;
  const size_t tenth = total_ == 0 ? 10 : done * 10 / total_;
  if (!terminal_.live) {
    // A log file gets at most ten lines, and none for what is over in a moment.
    if (tenth > last_tenth_ && elapsed > std::chrono::seconds(5)) {
      fmt::print(stream_, "{}/{} done, {} failed\n", done, total_, failed);
      std::fflush(stream_);
    }
    last_tenth_ = tenth;
    return;
  }
  if (elapsed - last_shown_ < milliseconds(50) && done != total_) {
    return;
  }
  last_shown_ = elapsed;
  const auto left =
      done == 0 ? milliseconds(0) : elapsed * static_cast<int64_t>(total_ - done) / static_cast<int64_t>(done);
  const std::string line =
      fmt::format("{}/{} done, {} failed, {} s left  {}", done, total_, failed, left.count() / 1000, doing);
  fmt::print(stream_, "\r{}", Fit(line, static_cast<size_t>(terminal_.columns) - 1));
  std::fflush(stream_);
  shown_ = true;
}

void ProgressLine::Clear() {
  if (shown_) {
    fmt::print(stream_, "\r{}\r", std::string(static_cast<size_t>(terminal_.columns) - 1, ' '));
    std::fflush(stream_);
    shown_ = false;
  }
}

std::string Render(const Terminal& terminal, const Matrix& matrix) {
  size_t label_width = DisplayWidth(matrix.corner);
  for (const Matrix::Line& line : matrix.lines) {
    label_width = std::max(label_width, DisplayWidth(line.label));
  }
  label_width = std::min<size_t>(label_width, 44);
  std::vector<size_t> widths;
  for (size_t column = 0; column < matrix.columns.size(); ++column) {
    size_t width = DisplayWidth(matrix.columns[column]);
    for (const Matrix::Line& line : matrix.lines) {
      if (column < line.cells.size() && line.cells[column]) {
        const MatrixCell& cell = *line.cells[column];
        width = std::max(width, 2 + DisplayWidth(cell.word.empty() ? Name(cell.outcome) : cell.word));
      }
    }
    widths.push_back(std::min<size_t>(width, 24));
  }
  std::string text = Bold(terminal, Fit(matrix.corner, label_width));
  for (size_t column = 0; column < matrix.columns.size(); ++column) {
    text += "  " + Bold(terminal, Fit(matrix.columns[column], widths[column]));
  }
  text += "\n";
  for (const Matrix::Line& line : matrix.lines) {
    text += Fit(line.label, label_width);
    for (size_t column = 0; column < matrix.columns.size(); ++column) {
      text += "  ";
      if (column >= line.cells.size() || !line.cells[column]) {
        text += Fit("", widths[column]);
        continue;
      }
      const MatrixCell& cell = *line.cells[column];
      const std::string_view word = cell.word.empty() ? Name(cell.outcome) : std::string_view(cell.word);
      text +=
          Wrap(terminal, ColorOf(cell.outcome), Fit(fmt::format("{} {}", Symbol(cell.outcome), word), widths[column]));
    }
    while (!terminal.color && text.ends_with(' ')) {
      text.pop_back();
    }
    text += "\n";
  }
  return text;
}

std::string Legend(const Terminal& terminal, const std::vector<Outcome>& outcomes) {
  std::string text;
  for (Outcome outcome : outcomes) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "   ", Wrap(terminal, ColorOf(outcome), Symbol(outcome)),
                        Meaning(outcome));
  }
  return text;
}

}  // namespace lab
