#include "lab/scenario/scenario_value.h"

#include <array>
#include <charconv>

#include "certs/bytes.h"

namespace lab::scenario_file {
namespace {

struct Unit {
  std::string_view name;
  int64_t micros;
};
// The largest first.
constexpr std::array kUnits = {Unit{"d", 86'400'000'000}, Unit{"h", 3'600'000'000}, Unit{"min", 60'000'000},
                               Unit{"s", 1'000'000},      Unit{"ms", 1000},         Unit{"us", 1}};

bool IsPlain(char c) { return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t'; }

std::optional<std::string> FromHex(std::string_view hex) {
  std::string bytes;
  int digits = 0, octet = 0;
  for (const char c : hex) {
    if (c == ' ') {
      continue;
    }
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) {
      return std::nullopt;
    }
    octet = octet * 16 + digit;
    if (++digits % 2 == 0) {
      bytes.push_back(static_cast<char>(octet));
      octet = 0;
    }
  }
  return digits % 2 == 0 ? std::optional(bytes) : std::nullopt;
}

}  // namespace

// ------------------------------------------------------------------------------------------------ printing

std::string PrintText(std::string_view text) {
  if (!std::ranges::all_of(text, IsPlain)) {
    return "{ hex = \"" + certs::ToHex(certs::ToBytes(text)) + "\" }";
  }
  std::string quoted = "\"";
  for (const char c : text) {
    switch (c) {
      case '\r':
        quoted += "\\r";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\t':
        quoted += "\\t";
        break;
      case '"':
      case '\\':
        quoted += '\\';
        [[fallthrough]];
      default:
        quoted += c;
    }
  }
  return quoted + '"';
}

std::string PrintDuration(std::chrono::microseconds duration) {
  if (duration.count() == 0) {
    return "\"0 s\"";
  }
  const auto unit = std::ranges::find_if(kUnits, [&](const Unit& u) { return duration.count() % u.micros == 0; });
  return "\"" + std::to_string(duration.count() / unit->micros) + " " + std::string(unit->name) + "\"";
}

// bare-key = 1*( ALPHA / DIGIT / "-" / "_" )
std::string PrintKey(std::string_view key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  return bare ? std::string(key) : "\"" + certs::Escaped(key) + "\"";
}

// ------------------------------------------------------------------------------------------------ reading

void ValueReader::Complain(const toml::source_region& where, const std::string& what) {
  if (!error_) {
    error_ = certs::Error{certs::ErrorCode::kBadInput, file_ + ":" + std::to_string(where.begin.line) + ": " + what};
  }
}

void ValueReader::Mistyped(const toml::node& node, const std::string& path, std::string_view wanted) {
  Complain(node.source(), path + " must be " + std::string(wanted));
}

std::optional<std::string> ValueReader::Text(const toml::node& node, const std::string& path) {
  if (auto text = node.value_exact<std::string>()) {
    return text;
  }
  const toml::table* table = node.as_table();
  const auto hex = table != nullptr && table->size() == 1 ? (*table)["hex"].value<std::string>() : std::nullopt;
  auto bytes = hex ? FromHex(*hex) : std::nullopt;
  if (!bytes) {
    Mistyped(node, path, "a string, or { hex = \"...\" }");
  }
  return bytes;
}

std::optional<int64_t> ValueReader::Number(const toml::node& node, const std::string& path, int64_t least,
                                           int64_t most) {
  const auto number = node.value_exact<int64_t>();
  if (!number || *number < least || *number > most) {
    Mistyped(node, path, "a number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return number;
}

std::optional<std::chrono::microseconds> ValueReader::Duration(const toml::node& node, const std::string& path) {
  const auto text = node.value_exact<std::string>();
  int64_t number = 0;
  if (text) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    std::string_view unit(end, static_cast<size_t>(text->data() + text->size() - end));
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    const auto found = std::ranges::find(kUnits, unit, &Unit::name);
    int64_t micros = 0;
    if (error == std::errc() && found != kUnits.end() && !__builtin_mul_overflow(number, found->micros, &micros)) {
      return std::chrono::microseconds(micros);
    }
  }
  Mistyped(node, path, "a duration: \"300 ms\", with us, ms, s, min, h or d");
  return std::nullopt;
}

}  // namespace lab::scenario_file
