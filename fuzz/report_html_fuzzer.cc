// Property: whatever stands in a results file, its page is markup that a small reader written from the HTML and XML
// grammars reads to its end, with the elements and attributes of a harmless page and no others, one style and one
// script (the program's own), links into the page only, no character without ink; and what was not a pass is said in
// the very words of the file.
//
// Input: the results file (lab/report/results.schema.json).
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"
#include "lab/report/escape.h"
#include "lab/report/html.h"
#include "lab/report/html_parts.h"

namespace {

using fuzz::Require;

// --- The reader. ---

struct Tag {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
};

// What `text` says when its character references are read; every & begins one of those that there are.
std::string Unescaped(std::string_view text) {
  static const std::map<std::string_view, char> kReferences = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"#39", '\''}};
  std::string plain;
  while (!text.empty()) {
    const size_t reference = std::min(text.find('&'), text.size());
    plain += text.substr(0, reference);
    text.remove_prefix(reference);
    if (!text.empty()) {
      const size_t end = text.find(';');
      const auto known = kReferences.find(text.substr(1, end == text.npos ? 0 : end - 1));
      Require(known != kReferences.end(), "a reference is one that there is");
      plain += known->second;
      text.remove_prefix(end + 1);
    }
  }
  return plain;
}

class Page {
 public:
  explicit Page(std::string_view html) : rest_(html) {
    Require(Skip("<!DOCTYPE html>\n"), "a page says what it is");
    while (!rest_.empty()) {
      ReadText();
      if (!rest_.empty()) {
        ReadTag();
      }
    }
    Require(open_.empty(), "what is opened is closed");
  }

  std::set<std::string> elements, attributes;
  std::vector<std::string> styles, scripts, sentences;

 private:
  bool Skip(std::string_view what) {
    const bool there = rest_.starts_with(what);
    rest_.remove_prefix(there ? what.size() : 0);
    return there;
  }
  std::string_view TakeName() {
    const size_t end = rest_.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-");
    Require(end != 0 && end != rest_.npos, "a name is a name");
    const std::string_view name = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return name;
  }
  void ReadText() {
    const std::string_view text = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(text.size());
    Require(text.find('>') == text.npos, "no bracket stands alone");
    for (const char c : text) {
      Require(c == '\n' || static_cast<uint8_t>(c) >= ' ', "no control character is left");
      Require(c != 0x7f, "and no delete");
    }
    const std::string plain = Unescaped(text);
    if (in_sentence_) {
      sentences.back() += plain;
    }
  }
  void ReadTag() {
    Require(Skip("<"), "a tag begins with a bracket");
    if (Skip("/")) {
      const std::string_view name = TakeName();
      Require(Skip(">") && !open_.empty() && open_.back() == name, "what is closed was opened last");
      open_.pop_back();
      in_sentence_ = false;
      return;
    }
    Tag tag{std::string(TakeName()), {}};
    while (Skip(" ") || Skip("\n")) {
      ReadAttribute(tag);
    }
    const bool empty = Skip("/");
    Require(Skip(">"), "a tag ends with a bracket");
    elements.insert(tag.name);
    Note(tag);
    if (!empty) {
      open_.push_back(tag.name);
      if (tag.name == "script" || tag.name == "style") {
        ReadRaw(tag.name);
      }
    }
  }
  void ReadAttribute(Tag& tag) {
    const std::string name(TakeName());
    Require(Skip("=\""), "a value stands in quotes");
    const std::string_view value = rest_.substr(0, rest_.find('"'));
    Require(value.size() < rest_.size() && value.find_first_of("<>\n") == value.npos, "and holds no bracket");
    rest_.remove_prefix(value.size() + 1);
    tag.attributes.emplace_back(name, Unescaped(value));
    attributes.insert(name);
  }
  void Note(const Tag& tag) {
    for (const auto& [name, value] : tag.attributes) {
      Require(name != "href" || (value.starts_with("#c") && value.find_first_not_of("0123456789", 2) == value.npos),
              "links lead into the page");
      if (tag.name == "p" && name == "class" && value == "sentence") {
        sentences.emplace_back();
        in_sentence_ = true;
      }
    }
  }
  // Raw text ends at the first end tag (HTML 13.2.5.2 and following).
  void ReadRaw(const std::string& name) {
    const size_t end = rest_.find("</" + name);
    Require(end != rest_.npos, "a script ends");
    (name == "script" ? scripts : styles).emplace_back(rest_.substr(0, end));
    rest_.remove_prefix(end);
  }

  std::string_view rest_;
  std::vector<std::string> open_;
  bool in_sentence_ = false;
};

// What any page may have: that of results with every outcome, and of two runs that differ.
const Page& Harmless() {
  static const Page page = [] {
    std::vector<lab::Results> runs(2);
    for (const lab::Outcome outcome : lab::AllOutcomes()) {
      for (const char* policy : {"a", "b"}) {
        lab::ResultCell cell;
        cell.client = cell.mode = cell.wire = cell.sentence = cell.known = cell.server_name = cell.client_output = "x";
        cell.chain_sha256 = cell.repro = cell.expected = cell.deed = cell.client_said = "x";
        cell.scenario = std::string("x.") + std::string(Name(outcome));
        cell.policy = policy;
        cell.outcome = Name(outcome);
        cell.rows = {"x", "y"};
        cell.client_alert = 1;
        cell.transcripts = {std::vector<std::string>(lab::kMostTranscriptLines + 1, "x")};
        runs.front().cells.push_back(cell);
        cell.sanity = "first";
        runs.front().cells.push_back(cell);
      }
    }
    runs.back().header.suite_hash = "y";
    static const std::vector<lab::Results> kept = runs;
    static const std::string html = lab::HtmlReport(*lab::MakeGrid(kept), {.transcript_budget = 20000});
    return Page(html);
  }();
  return page;
}

bool IsSubset(const std::set<std::string>& part, const std::set<std::string>& whole) {
  return std::ranges::includes(whole, part);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto results = lab::ReadResults(fuzz::MemoryFile(text).path());
  if (!results) {
    return 0;
  }
  const std::vector<lab::Results> runs = {std::move(*results)};
  const auto grid = lab::MakeGrid(runs);
  Require(grid.has_value(), "so few results are no grid too large");
  const std::string html = lab::HtmlReport(*grid);
  const Page page(html);
  Require(IsSubset(page.elements, Harmless().elements), "no element comes from the results");
  Require(IsSubset(page.attributes, Harmless().attributes), "and no attribute");
  Require(page.styles.size() == 1 && page.styles[0] == lab::kReportStyle, "the style is the program's");
  Require(page.scripts.size() == 1 && page.scripts[0] == lab::kReportScript, "and so is the script");
  std::vector<std::string> expected;
  for (const lab::Grid::Family& family : grid->families) {
    for (const lab::Grid::Row& row : family.rows) {
      for (const auto& cells : row.cells) {
        for (const lab::Grid::Cell& cell : cells) {
          if (cell.outcome != lab::Outcome::kPass) {
            expected.push_back(lab::PrintableUtf8(cell.result->sentence));
          }
        }
      }
    }
  }
  Require(page.sentences == expected, "what was no pass is said in the file's words");
  return 0;
}
