#include "tests/project/tidy.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

namespace tidy {
namespace {

std::string Where(const SourceFile& file, size_t line) { return file.path + ":" + std::to_string(line + 1) + ": "; }

std::string FileName(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

bool IsHeader(const SourceFile& file) { return file.path.ends_with(".h"); }

// The path between the quotes of an #include line; nothing on any other line.
std::optional<std::string> QuotedInclude(std::string_view line) {
  constexpr std::string_view kInclude = "#include \"";
  if (!line.starts_with(kInclude)) {
    return std::nullopt;
  }
  line.remove_prefix(kInclude.size());
  return std::string(line.substr(0, line.find('"')));
}

bool IsIdentifierPart(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Whether `word` occurs with no letter or digit right in front of it (nor behind it, if it ends in one).
bool HasWord(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !IsIdentifierPart(text[at - 1]);
    const size_t end = at + word.size();
    const bool ends = !IsIdentifierPart(word.back()) || end == text.size() || !IsIdentifierPart(text[end]);
    if (begins && ends) {
      return true;
    }
  }
  return false;
}

// ------------------------------------------------------------------------------------------------ layers

// The layer a file belongs to, and which layers it may include.
const std::map<std::string, std::set<std::string>>& Layers() {
  static const std::map<std::string, std::set<std::string>> layers = {
      {"certs", {"certs"}},
      {"fakeserver", {"certs", "fakeserver"}},
      {"lab/verifier", {"lab/verifier"}},
      {"lab/scenario", {"certs", "fakeserver", "lab/scenario"}},
      {"lab/runner", {"certs", "fakeserver", "lab/verifier", "lab/scenario", "lab/runner"}},
      {"lab/report", {"certs", "fakeserver", "lab/scenario", "lab/report"}},
      {"lab/cli", {"certs", "fakeserver", "lab/verifier", "lab/scenario", "lab/runner", "lab/report", "lab/cli"}},
  };
  return layers;
}

// The leaves include everything but each other.
bool IsLeaf(std::string_view layer) { return layer == "tests" || layer == "fuzz" || layer == "bench"; }

std::string LayerOf(std::string_view path) {
  const size_t first = path.find('/');
  const std::string top(path.substr(0, first));
  if (top != "lab" || first == std::string_view::npos) {
    return top;
  }
  return std::string(path.substr(0, path.find('/', first + 1)));
}

// All of the generator that the verifier may know: two independent opinions, or the lab proves nothing.
const std::set<std::string>& Vocabulary() {
  static const std::set<std::string> vocabulary = {"certs/bytes.h", "certs/result.h", "certs/verdict.h"};
  return vocabulary;
}

// The oracle predicts from descriptions: whoever issues, signs or lists the cases is none of its business. The DER
// encoders only spell what a description says.
bool OracleMayInclude(std::string_view include) {
  return include.starts_with("lab/scenario/") || Vocabulary().contains(std::string(include)) ||
         include == "certs/spec.h" || include == "certs/members.h" || include == "certs/der.h";
}

bool MayInclude(const SourceFile& file, const std::string& include) {
  const std::string from = LayerOf(file.path), to = LayerOf(include);
  if (IsLeaf(from)) {
    return to == from || !IsLeaf(to);
  }
  if (from == "lab/verifier" && Vocabulary().contains(include)) {
    return true;
  }
  if (FileName(file.path).starts_with("oracle") && !OracleMayInclude(include)) {
    return false;
  }
  const auto layer = Layers().find(from);
  return layer != Layers().end() && layer->second.contains(to);
}

// Libraries that belong to some layers only.
std::optional<std::string> ForbiddenLibrary(const SourceFile& file, std::string_view line) {
  const std::string layer = LayerOf(file.path);
  const auto includes = [&](std::string_view what) {
    return line.starts_with("#include <") && line.find(what) != std::string_view::npos;
  };
  if (layer == "certs" && includes("openssl/ssl.h")) {
    return "certs needs libcrypto only";
  }
  if (FileName(file.path).starts_with("oracle") && layer == "lab/scenario" && includes("openssl/")) {
    return "the oracle predicts without crypto";
  }
  if (includes("uv.h") && layer != "fakeserver" && layer != "lab/runner" && !IsLeaf(layer)) {
    return "threads and sockets live in fakeserver and lab/runner";
  }
  if (includes("<format>") || includes("<print>")) {
    return "g++ 12 has neither <format> nor <print>: use fmt";
  }
  return std::nullopt;
}

// ------------------------------------------------------------------------------------------------ sizes

constexpr size_t kLongestFile = 400, kLongestTest = 600, kLongestFunction = 70;

bool IsTable(std::string_view path) {
  const std::string name = FileName(path);
  return name.starts_with("catalogue") || path == "lab/scenario/rows.cc";
}

size_t Indentation(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// Where the function begins whose last line is `end`: the formatter indents all of its lines but the first.
size_t BeginningOf(const std::vector<std::string_view>& lines, size_t end, size_t indentation) {
  for (size_t i = end; i-- > 0;) {
    const std::string_view line = lines[i].substr(Indentation(lines[i]));
    const bool label = line.starts_with("}") || line.starts_with("#") || line.starts_with("//");
    if (!line.empty() && !label && Indentation(lines[i]) <= indentation) {
      return i;
    }
  }
  return end;
}

}  // namespace

std::string CodeOf(std::string_view line) {
  std::string code;
  char quote = '\0';
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != '\0') {
      if (c == '\\') {
        ++i;
      } else if (c == quote) {
        quote = '\0';
        code += c;
      }
    } else if (c == '/' && i + 1 < line.size() && line[i + 1] == '/') {
      break;
    } else {
      // A quote between digits only separates them.
      const bool separates = c == '\'' && !code.empty() && std::isxdigit(static_cast<unsigned char>(code.back())) != 0;
      quote = (c == '"' || c == '\'') && !separates ? c : '\0';
      code += c;
    }
  }
  return code;
}

Complaints CheckLayers(const SourceFile& file, const std::set<std::string>& known) {
  Complaints complaints;
  const std::vector<std::string_view> lines = Lines(file.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (const auto library = ForbiddenLibrary(file, lines[i])) {
      complaints.push_back(Where(file, i) + *library);
    }
    const std::optional<std::string> include = QuotedInclude(lines[i]);
    if (!include) {
      continue;
    }
    if (!known.contains(*include)) {
      complaints.push_back(Where(file, i) + "there is no " + *include + "; includes are written from the root");
    } else if (!MayInclude(file, *include)) {
      complaints.push_back(Where(file, i) + LayerOf(file.path) + " must not include " + *include);
    }
  }
  return complaints;
}

Complaints CheckSizes(const SourceFile& file) {
  Complaints complaints;
  if (IsTable(file.path)) {
    return complaints;
  }
  const std::vector<std::string_view> lines = Lines(file.text);
  const bool is_test = file.path.starts_with("tests/");
  const size_t longest = is_test ? kLongestTest : kLongestFile;
  if (lines.size() > longest) {
    complaints.push_back(Where(file, longest) + "a file of " + std::to_string(lines.size()) + " lines: split it");
  }
  for (size_t end = 0; end < lines.size(); ++end) {
    for (const size_t indentation : {size_t{0}, size_t{2}}) {
      if (lines[end] != std::string(indentation, ' ') + "}") {
        continue;
      }
      const size_t begin = BeginningOf(lines, end, indentation);
      const std::string_view head = lines[begin].substr(Indentation(lines[begin]));
      const size_t size = end - begin + 1;
      if (!is_test && size > kLongestFunction && !head.starts_with("namespace") && !head.starts_with("extern")) {
        complaints.push_back(Where(file, begin) + "a function of " + std::to_string(size) + " lines: split it");
      }
    }
  }
  return complaints;
}

Complaints CheckBannedTokens(const SourceFile& file) {
  struct Token {
    std::string_view token;
    std::set<std::string_view> owners;  // files that may use it
    std::string_view instead;
  };
  static const std::vector<Token> tokens = {
      {"system_clock::now", {"lab/runner/clock.cc"}, "take the time from the caller"},
      {"time(nullptr)", {"tests/project/consumer/main.cc"}, "take the time from the caller"},
      {"time(NULL)", {}, "take the time from the caller"},
      {"gettimeofday", {}, "take the time from the caller"},
      {"rand(", {}, "derive it from a seed"},
      {"srand(", {}, "derive it from a seed"},
      {"random_device", {}, "derive it from a seed"},
      // An ID of a DNS query that can be guessed is half a forged answer (RFC 5452).
      {"RAND_bytes", {"certs/keys.cc", "lab/verifier/ares_resolver.cc"}, "take it from the key ring, or derive it from a seed"},
      {"sleep_for", {"lab/cli/serve.cc"}, "wait for what you wait for"},
      {"usleep", {}, "wait for what you wait for"},
      {"nanosleep", {}, "wait for what you wait for"},
  };
  constexpr std::string_view kUnfinished[] = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "X"
      "XX"};
  Complaints complaints;
  const bool is_test = file.path.starts_with("tests/");
  const std::vector<std::string_view> lines = Lines(file.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string code = CodeOf(lines[i]);
    for (const Token& banned : tokens) {
      if (HasWord(code, banned.token) && !banned.owners.contains(file.path)) {
        complaints.push_back(Where(file, i) + std::string(banned.token) + ": " + std::string(banned.instead));
      }
    }
    for (const std::string_view word : kUnfinished) {
      if (HasWord(lines[i], word)) {
        complaints.push_back(Where(file, i) + "unfinished: do it, or file an issue");
      }
    }
    // What a program under test printed is data; what the lab says to people is words.
    const bool words = HasWord(code, "detail") || HasWord(code, "sentence") || HasWord(code, "what");
    if (is_test && HasWord(code, "HasSubstr") && words) {
      complaints.push_back(Where(file, i) + "assert a verdict or a typed fact, not the words of a message");
    }
  }
  return complaints;
}

Complaints CheckShape(const SourceFile& file) {
  Complaints complaints;
  const std::vector<std::string_view> lines = Lines(file.text);
  if (IsHeader(file)) {
    if (lines.empty() || !lines.front().starts_with("// ")) {
      complaints.push_back(Where(file, 0) + "a header begins with a comment: what it is for");
    }
    if (std::ranges::find(lines, "#pragma once") == lines.end()) {
      complaints.push_back(Where(file, 0) + "#pragma once is missing");
    }
    return complaints;
  }
  const std::string own = file.path.substr(0, file.path.size() - 3) + ".h";
  const auto names_own = [&](std::string_view line) { return QuotedInclude(line) == own; };
  const auto first = std::ranges::find_if(lines, [](std::string_view line) { return line.starts_with("#include"); });
  const auto own_include = std::ranges::find_if(lines, names_own);
  if (own_include != lines.end() && own_include != first) {
    complaints.push_back(Where(file, static_cast<size_t>(own_include - lines.begin())) + "its own header comes first");
  }
  return complaints;
}

Complaints CheckGuide(const SourceFile& header, std::string_view guide, std::string_view folder_readme) {
  const std::string name = FileName(header.path);
  const bool internal = name.ends_with("_internal.h") || name.ends_with("_impl.h") || name.ends_with("_parts.h");
  if (internal || IsLeaf(LayerOf(header.path)) || HasWord(guide, name) || HasWord(folder_readme, name)) {
    return {};
  }
  return {Where(header, 0) + "is named neither in the README's guide to headers nor in its folder's README"};
}

}  // namespace tidy
