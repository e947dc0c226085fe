// Property: MTA-STS records, policies and hosts are judged as a model written from RFC 8461 3.1, 3.2 and 4.1 judges
// them, and a policy that was read is read the same once it is written out, and applies as long as it says.
//
// Input: 'r' and the TXT records of the domain, a line each; or 'p', a host up to the first newline, and a policy.
#include <map>
#include <optional>
#include <vector>

#include "fuzz/fuzz.h"
#include "lab/verifier/mta_sts.h"

namespace {

using fuzz::Require;

bool IsAlnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return lower;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string Trim(std::string text) {
  while (!text.empty() && IsBlank(text.front())) {
    text.erase(0, 1);
  }
  while (!text.empty() && IsBlank(text.back())) {
    text.pop_back();
  }
  return text;
}

// --- Records: 3.1. ---

// sts-extension and sts-id: a name of 1*32 characters, '=', a value of visible characters without ';' and '='.
bool IsField(const std::string& field) {
  const size_t equals = field.find('=');
  if (equals == 0 || equals == std::string::npos || equals > 32 || !IsAlnum(field[0]) || equals + 1 == field.size()) {
    return false;
  }
  for (size_t i = 0; i < field.size(); ++i) {
    const char c = field[i];
    const bool in_name = IsAlnum(c) || c == '_' || c == '-' || c == '.';
    const bool in_value = c > 0x20 && c < 0x7f && c != ';' && c != '=';
    if (i != equals && !(i < equals ? in_name : in_value)) {
      return false;
    }
  }
  return true;
}

std::optional<std::string> ModelId(const std::vector<std::string>& records) {
  std::vector<std::vector<std::string>> ours;
  for (const std::string& record : records) {
    std::vector<std::string> fields = Split(record, ';');
    // "v=STSv1", with blanks only before the delimiter behind it.
    if (record.starts_with("v=STSv1") && Trim(fields[0]) == "v=STSv1") {
      ours.push_back(fields);
    }
  }
  if (ours.size() != 1) {
    return std::nullopt;
  }
  std::vector<std::string>& fields = ours[0];
  if (Trim(fields.back()).empty()) {
    fields.pop_back();
  }
  std::optional<std::string> id;
  for (size_t i = 1; i < fields.size(); ++i) {
    const std::string field = Trim(fields[i]);
    if (!IsField(field)) {
      return std::nullopt;
    }
    if (field.starts_with("id=") && !id) {
      id = field.substr(3);
      if (id->size() > 32 || !std::ranges::all_of(*id, IsAlnum)) {
        return std::nullopt;
      }
    }
  }
  return id;
}

void CheckRecords(fuzz::Reader input) {
  std::vector<std::string> records;
  verifier::DnsAnswer answer{.status = verifier::DnsStatus::kAnswer};
  while (!input.empty()) {
    records.emplace_back(input.Until('\n'));
    answer.records.push_back({.type = verifier::DnsType::kTxt, .text = records.back()});
  }
  Require(verifier::StsIdOf(answer) == ModelId(records), "the id is what the model reads");
}

// --- Policies: 3.2, 4.1. ---

// "*." or nothing, then a host name: labels of letters, digits, inner hyphens and underscores, the last not all digits.
bool IsPattern(std::string pattern) {
  pattern = pattern.starts_with("*.") ? pattern.substr(2) : pattern;
  const std::vector<std::string> labels = Split(pattern, '.');
  for (const std::string& label : labels) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::ranges::all_of(label, [](char c) { return IsAlnum(c) || c == '-' || c == '_'; })) {
      return false;
    }
  }
  return pattern.size() <= 253 && labels.back().find_first_not_of("0123456789") != std::string::npos;
}

std::optional<verifier::StsPolicy> ModelPolicy(std::string_view text) {
  std::map<std::string, std::vector<std::string>> fields;
  for (std::string line : Split(text, '\n')) {
    if (line.ends_with('\r')) {
      line.pop_back();
    }
    const size_t colon = line.find(':');
    if (!Trim(line).empty() && colon == std::string::npos) {
      return std::nullopt;
    }
    if (!Trim(line).empty()) {
      fields[Trim(line.substr(0, colon))].push_back(Trim(line.substr(colon + 1)));
    }
  }
  const std::vector<std::string>& mx = fields["mx"];
  if (fields["version"].empty() || fields["mode"].empty() || fields["max_age"].empty() ||
      fields["version"][0] != "STSv1" || !std::ranges::all_of(mx, IsPattern)) {
    return std::nullopt;
  }
  const std::map<std::string, verifier::StsMode> modes = {{"none", verifier::StsMode::kNone},
                                                          {"testing", verifier::StsMode::kTesting},
                                                          {"enforce", verifier::StsMode::kEnforce}};
  const auto mode = modes.find(fields["mode"][0]);
  const std::string& age = fields["max_age"][0];
  if (mode == modes.end() || (mode->first != "none" && mx.empty()) || age.empty() || age.size() > 10 ||
      age.find_first_not_of("0123456789") != age.npos || std::stoll(age) > 31557600) {
    return std::nullopt;
  }
  verifier::StsPolicy policy{.mode = mode->second, .max_age = static_cast<uint32_t>(std::stoll(age))};
  std::ranges::transform(mx, std::back_inserter(policy.mx), Lower);
  return policy;
}

bool ModelMatches(std::string host, const std::vector<std::string>& patterns) {
  std::vector<std::string> labels = Split(Lower(host.ends_with('.') ? host.substr(0, host.size() - 1) : host), '.');
  return std::ranges::any_of(patterns, [&](const std::string& text) {
    std::vector<std::string> pattern = Split(text, '.');
    std::vector<std::string> wanted = labels;
    if (pattern[0] == "*") {
      pattern.erase(pattern.begin());
      if (wanted[0].empty()) {
        return false;
      }
      wanted.erase(wanted.begin());
    }
    return pattern == wanted;
  });
}

std::string Written(const verifier::StsPolicy& policy) {
  std::string text = "version: STSv1\r\nmode: " + std::string(Name(policy.mode)) + "\r\n";
  for (const std::string& mx : policy.mx) {
    text += "mx: " + mx + "\r\n";
  }
  return text + "max_age: " + std::to_string(policy.max_age) + "\r\n";
}

// "max_age: the policy's lifetime in seconds"; until it is over it applies even if DNS or HTTPS fail, and another id
// says that there is a new one (3.2, 3.3, 5.1).
void CheckLifetime(const verifier::StsPolicy& policy) {
  const verifier::DnsAnswer record{.status = verifier::DnsStatus::kAnswer,
                                   .records = {{.type = verifier::DnsType::kTxt, .text = "v=STSv1; id=1;"}}};
  const verifier::StsFetch fetched{.policy = policy}, failed;
  constexpr int64_t kThen = 1700000000;
  const int64_t end = kThen + policy.max_age;
  verifier::StsCache cache;
  Require(DecideSts("bob.test", record, &fetched, kThen, cache).policy == policy, "what was fetched applies");
  for (const int64_t now : {kThen, end - 1, end}) {
    const bool fresh = now >= kThen && now < end;
    const auto silent = DecideSts("bob.test", {}, nullptr, now, cache);
    Require(silent.policy == (fresh ? std::optional(policy) : std::nullopt), "a policy applies until it is over");
    const auto failing = DecideSts("bob.test", record, &failed, now, cache);
    Require(failing.policy == silent.policy && failing.failure, "also if no other can be fetched, which is said");
    Require(cache.NeedsFetch("bob.test", "1", now) == !fresh, "it is fetched again when it is over");
    Require(cache.NeedsFetch("bob.test", "2", now), "or when its id is another one");
  }
}

void CheckPolicy(fuzz::Reader input) {
  const fuzz::Exact host(input.Until('\n'));
  const std::string_view text = input.Rest();
  const certs::Result<verifier::StsPolicy> policy = verifier::ParseStsPolicy(text);
  const std::optional<verifier::StsPolicy> model = ModelPolicy(text);
  Require(policy.has_value() == model.has_value(), "a policy is one for both or for neither");
  if (!policy) {
    return;
  }
  Require(*policy == *model, "and says the same");
  Require(verifier::MatchesPolicy(host.text(), *policy) == ModelMatches(std::string(host.text()), policy->mx),
          "a host is the policy's or is not");
  const auto again = verifier::ParseStsPolicy(Written(*policy));
  Require(again && *again == *policy, "written out, it is read again");
  CheckLifetime(*policy);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  if (input.Octet() == 'r') {
    CheckRecords(input);
  } else {
    CheckPolicy(input);
  }
  return 0;
}
