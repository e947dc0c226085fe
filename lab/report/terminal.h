// What a person sees: colour only where it is wanted, one progress line, and a matrix of symbol, word and colour. All
// text handed in must be printable already (certs::Escaped): nothing here lets an escape sequence of its own be forged.
#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/scenario/outcome.h"

namespace lab {

enum class ColorChoice : uint8_t { kAuto, kAlways, kNever };

// What the stream can show. kAuto: colour on a terminal unless NO_COLOR is set; CLICOLOR_FORCE forces it.
struct Terminal {
  bool color = false;
  bool live = false;  // a line can be rewritten
  int columns = 100;
};
Terminal DescribeTerminal(std::FILE* stream, ColorChoice choice);

// The columns the text takes: UTF-8 aware for the symbols used here (each is one column), no escape sequences in
// `text`.
size_t DisplayWidth(std::string_view text);
// Cuts to `width` columns (with "…") or pads with spaces on the right.
std::string Fit(std::string_view text, size_t width);

// "✓ pass", coloured by the outcome where the terminal has colour.
std::string Badge(const Terminal& terminal, Outcome outcome, std::string_view word = {});
std::string Bold(const Terminal& terminal, std::string_view text);
std::string Dim(const Terminal& terminal, std::string_view text);

// One line that says how far a long run is: rewritten in place on a terminal, a plain line now and then elsewhere.
class ProgressLine {
 public:
  ProgressLine(std::FILE* stream, Terminal terminal, size_t total);
  ~ProgressLine();
  // `elapsed` since the run began; the rest is estimated from it.
  void Update(size_t done, size_t failed, std::chrono::milliseconds elapsed, std::string_view doing);
  // Removes the line, so that something else can be printed.
  void Clear();

 private:
  std::FILE* stream_;
  Terminal terminal_;
  size_t total_;
  size_t last_tenth_ = 0;
  std::chrono::milliseconds last_shown_{-1000};
  bool shown_ = false;
};

// Clients across, scenarios down.
struct MatrixCell {
  Outcome outcome = Outcome::kSkip;
  std::string word;  // shown behind the symbol; empty: the outcome's name
};
struct Matrix {
  std::string corner;
  std::vector<std::string> columns;
  struct Line {
    std::string label;
    std::vector<std::optional<MatrixCell>> cells;  // nullopt: was not run
  };
  std::vector<Line> lines;
};
std::string Render(const Terminal& terminal, const Matrix& matrix);

// What each symbol of the given outcomes means, one line.
std::string Legend(const Terminal& terminal, const std::vector<Outcome>& outcomes);

}  // namespace lab
