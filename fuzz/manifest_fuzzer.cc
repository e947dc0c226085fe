// Property: a client's manifest or expectations file is read as it is meant or refused with its line: what is read is
// within the documented bounds, a comment more in front changes nothing but line numbers, and a key that nobody knows,
// wherever it stands, is never passed over.
//
// Input: 'm' and a manifest, or any other octet and an expectations file (lab/clients/README.md).
#include <regex.h>

#include <optional>
#include <set>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"
#include "lab/runner/expectations.h"
#include "lab/scenario/outcome.h"

namespace {

using fuzz::Require;

// What was read in a form that can be compared, or the complaint; places without their line.
struct Reading {
  std::string content;
  bool refused = false;
  std::optional<unsigned long> line;  // of the complaint
};

void Put(Reading& reading, std::string_view part) { reading.content.append(part).push_back('\0'); }

// "FILE:LINE: what", printable; a file that cannot be opened has no line.
Reading Refused(const certs::Error& error, const std::string& path) {
  Reading reading{.content = error.detail, .refused = true};
  for (const char c : error.detail) {
    Require(c >= ' ' && c < 0x7f, "a complaint is printable");
  }
  if (error.code != certs::ErrorCode::kBadInput || !error.detail.starts_with(path + ':')) {
    Require(error.code != certs::ErrorCode::kBadInput, "a complaint about a file names it");
    return reading;
  }
  const size_t begin = path.size() + 1;
  const size_t end = error.detail.find_first_not_of("0123456789", begin);
  Require(end != begin && end != std::string::npos && error.detail[end] == ':', "and the line");
  reading.line = std::stoul(error.detail.substr(begin, end - begin));
  reading.content.erase(0, end);
  return reading;
}

void CheckCommand(const lab::CommandSpec& spec) {
  Require(!spec.family.empty() && (spec.name == spec.family || spec.name.starts_with(spec.family + '.')),
          "a configuration is called after its family");
  Require(!spec.argv.empty() && (!spec.shell || spec.argv.size() == 1) && !spec.title.empty(), "it can be run");
  Require(spec.limit >= std::chrono::milliseconds(100) && spec.limit <= std::chrono::minutes(10), "for a while");
  Require(spec.memory >= uint64_t{16} << 20 && spec.memory <= uint64_t{64} << 30, "with some memory");
  Require(spec.tier >= 0 && spec.tier <= 3 && spec.unsupported_exit_code >= 0 && spec.unsupported_exit_code <= 255,
          "its numbers are within their bounds");
  for (const lab::ClientFile& file : spec.files) {
    Require(!file.path.empty() && file.mode <= 07777, "its files have a place and a mode");
  }
  regex_t compiled;
  Require(spec.claim_pattern.empty() || regcomp(&compiled, spec.claim_pattern.c_str(), REG_EXTENDED) == 0,
          "its pattern is a regular expression");
  if (!spec.claim_pattern.empty()) {
    regfree(&compiled);
  }
}

Reading ReadManifest(const std::string& path) {
  const auto specs = lab::LoadManifest(path);
  if (!specs) {
    return Refused(specs.error(), path);
  }
  Reading reading;
  std::set<std::string> names;
  Require(!specs->empty(), "a manifest has a configuration");
  for (const lab::CommandSpec& spec : *specs) {
    CheckCommand(spec);
    Require(names.insert(spec.name).second, "every configuration has a name of its own");
    for (const std::string& text :
         {spec.name, spec.title, spec.version_command, spec.claim_pattern, spec.install.build,
          std::to_string(spec.limit.count()), std::to_string(spec.tier), std::string(Name(spec.level))}) {
      Put(reading, text);
    }
    for (const auto* list : {&spec.argv, &spec.environment, &spec.needs, &spec.visible, &spec.install.packages}) {
      for (const std::string& text : *list) {
        Put(reading, text);
      }
    }
    for (const lab::ClientFile& file : spec.files) {
      Put(reading, file.path + ' ' + file.text + ' ' + std::to_string(file.mode));
    }
  }
  return reading;
}

Reading ReadExpectations(const std::string& path) {
  const auto all = lab::LoadExpectations(path);
  if (!all) {
    return Refused(all.error(), path);
  }
  Reading reading;
  for (const lab::Expected& one : *all) {
    Require(!one.pattern.empty() && !one.reason.empty() && !one.source.empty(), "a declaration says what and why");
    Require(lab::OutcomeByName(one.outcome).has_value(), "and an outcome that there is");
    Require(one.until.empty() || one.until.size() == 10, "and a date");
    Require(one.where.starts_with(path + ':'), "and where it stands");
    for (const std::string& text : {one.configuration, one.pattern, one.outcome, one.reason, one.source, one.until}) {
      Put(reading, text);
    }
  }
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  Reading (*const read)(const std::string&) = input.Octet() == 'm' ? ReadManifest : ReadExpectations;
  const std::string text(input.Rest());
  const Reading reading = read(fuzz::MemoryFile(text).path());
  const Reading later = read(fuzz::MemoryFile("# a comment more\n" + text).path());
  const bool begins_with_mark = text.starts_with("\xef\xbb\xbf");  // which counts only in front
  Require(begins_with_mark || later.refused == reading.refused, "a comment more changes nothing");
  Require(begins_with_mark || reading.refused || later.content == reading.content, "of what is read");
  // What is missing in all of a file is said of its beginning.
  const bool at_the_beginning = reading.line == 1 && later.line == 1;
  Require(begins_with_mark || !reading.line || *reading.line + 1 == later.line || at_the_beginning,
          "but the number of the line at fault");
  if (!reading.refused) {
    const Reading more = read(fuzz::MemoryFile(text + "\nnever_heard_of = 1\n").path());
    Require(more.refused && more.line, "a key that nobody knows is refused");
  }
  return 0;
}
