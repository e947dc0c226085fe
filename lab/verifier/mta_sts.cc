#include "lab/verifier/mta_sts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "lab/verifier/ascii_text.h"
#include "lab/verifier/name_match.h"
#include "lab/verifier/rules.h"

namespace verifier {
namespace {

using certs::ErrorCode;
using certs::Fail;

constexpr std::string_view kVersion = "v=STSv1";
constexpr size_t kMaxId = 32, kMaxPatterns = 1000, kMaxLines = 5000;

std::vector<std::string_view> SplitAt(std::string_view text, char separator, size_t limit) {
  std::vector<std::string_view> parts;
  while (parts.size() < limit) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      break;
    }
    text.remove_prefix(end + 1);
  }
  return parts;
}

// Records of another purpose do not count (RFC 8461 3.1): only those that begin with the version, whole.
bool BeginsRight(std::string_view text) {
  if (!text.starts_with(kVersion)) {
    return false;
  }
  const std::string_view rest = Trimmed(text.substr(kVersion.size()));
  return rest.empty() || rest.starts_with(';');
}

bool IsField(std::string_view field) {
  const size_t equals = field.find('=');
  const std::string_view name = field.substr(0, equals);
  return equals != std::string_view::npos && !name.empty() && name.size() <= 32 && IsAlnum(name.front()) &&
         equals + 1 < field.size() &&
         std::ranges::all_of(name, [](char c) { return IsAlnum(c) || c == '_' || c == '-' || c == '.'; }) &&
         std::ranges::all_of(field.substr(equals + 1), [](char c) { return c > ' ' && c < 0x7f && c != '='; });
}

bool IsPattern(std::string_view pattern) {
  if (pattern.starts_with("*.")) {
    pattern.remove_prefix(2);
  }
  const auto reference = ParseReference(pattern);
  return reference && reference->kind == Reference::Kind::kDns && !pattern.ends_with('.') &&
         reference->dns == AsciiLower(pattern);
}

// ------------------------------------------------------------------------------------------------ the policy's lines

struct Draft {
  bool version = false;
  std::optional<StsMode> mode;
  std::optional<uint32_t> max_age;
  std::vector<std::string> mx;
};

std::optional<StsMode> ModeOf(std::string_view text) {
  for (const StsMode mode : {StsMode::kNone, StsMode::kTesting, StsMode::kEnforce}) {
    if (text == Name(mode)) {
      return mode;
    }
  }
  return std::nullopt;
}

// Takes one field; false if it is one of ours and malformed.
bool Take(std::string_view name, std::string_view value, Draft& draft) {
  if (name == "version" && !draft.version) {
    return draft.version = value == "STSv1";
  }
  if (name == "mode" && !draft.mode) {
    draft.mode = ModeOf(value);
    return draft.mode.has_value();
  }
  if (name == "max_age" && !draft.max_age) {
    constexpr size_t kMaxDigits = 10;
    uint64_t age = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), age);
    draft.max_age = static_cast<uint32_t>(std::min<uint64_t>(age, UINT32_MAX));
    return error == std::errc() && end == value.data() + value.size() && value.size() <= kMaxDigits &&
           age <= kMaxStsAge;
  }
  if (name == "mx") {
    draft.mx.push_back(AsciiLower(value));
    return IsPattern(draft.mx.back()) && draft.mx.size() <= kMaxPatterns;
  }
  return true;
}

}  // namespace

std::string_view Name(StsMode mode) {
  switch (mode) {
    case StsMode::kNone:
      return "none";
    case StsMode::kTesting:
      return "testing";
    case StsMode::kEnforce:
      return "enforce";
  }
  return "?";
}

std::optional<std::string> StsIdOf(const DnsAnswer& txt) {
  std::vector<std::string_view> records;
  for (const DnsRecord& record : txt.records) {
    if (BeginsRight(record.text)) {
      records.push_back(record.text);
    }
  }
  if (records.empty() || (records.size() > 1 && RuleOn(Rule::kStsRecord))) {
    return std::nullopt;
  }
  std::vector<std::string_view> fields = SplitAt(records.front(), ';', 100);
  if (Trimmed(fields.back()).empty()) {
    fields.pop_back();
  }
  std::optional<std::string> id;
  for (size_t i = 1; i < fields.size(); ++i) {
    const std::string_view field = Trimmed(fields[i]);
    if (!IsField(field)) {
      return std::nullopt;
    }
    if (field.starts_with("id=") && !id) {
      const std::string_view value = field.substr(3);
      if (value.empty() || value.size() > kMaxId || !std::ranges::all_of(value, IsAlnum)) {
        return std::nullopt;
      }
      id = value;
    }
  }
  return id;
}

certs::Result<StsPolicy> ParseStsPolicy(std::string_view text) {
  if (text.size() > kMaxStsPolicy) {
    return Fail(ErrorCode::kBadInput, "the policy is too long");
  }
  Draft draft;
  for (std::string_view line : SplitAt(text, '\n', kMaxLines)) {
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (Trimmed(line).empty()) {
      continue;
    }
    const size_t colon = line.find(':');
    const bool taken =
        colon != std::string_view::npos && Take(Trimmed(line.substr(0, colon)), Trimmed(line.substr(colon + 1)), draft);
    if (!taken && RuleOn(Rule::kStsSyntax)) {
      return Fail(ErrorCode::kBadInput, fmt::format("the line \"{}\" is malformed", certs::Escaped(line, 200)));
    }
  }
  if (!draft.version || !draft.mode || !draft.max_age) {
    return Fail(ErrorCode::kBadInput, "the policy lacks its version, its mode or its max_age");
  }
  if (draft.mx.empty() && *draft.mode != StsMode::kNone) {
    return Fail(ErrorCode::kBadInput, "the policy names no mx");
  }
  return StsPolicy{.mode = *draft.mode, .mx = std::move(draft.mx), .max_age = *draft.max_age};
}

bool MatchesPolicy(std::string_view mx_host, const StsPolicy& policy) {
  if (!RuleOn(Rule::kStsMx)) {
    return true;
  }
  const std::string host = AsciiLower(mx_host.ends_with('.') ? mx_host.substr(0, mx_host.size() - 1) : mx_host);
  return std::ranges::any_of(policy.mx, [&](std::string_view pattern) {
    if (!pattern.starts_with("*.")) {
      return host == pattern;
    }
    const size_t dot = host.find('.');
    const std::string_view parent = dot == std::string::npos ? "" : std::string_view(host).substr(dot + 1);
    return (dot != 0 && parent == pattern.substr(2)) ||
           (!RuleOn(Rule::kStsWildcard) && std::string_view(host).ends_with(pattern.substr(1)));
  });
}

const StsCache::Entry* StsCache::Find(const std::string& domain, int64_t now) const {
  const auto found = entries_.find(domain);
  if (found == entries_.end()) {
    return nullptr;
  }
  const bool fresh = now >= found->second.fetched && now - found->second.fetched < found->second.policy.max_age;
  return fresh || !RuleOn(Rule::kStsCache) ? &found->second : nullptr;
}

bool StsCache::NeedsFetch(const std::string& domain, const std::string& id, int64_t now) const {
  const Entry* entry = Find(domain, now);
  return entry == nullptr || entry->id != id;
}

void StsCache::Put(const std::string& domain, Entry entry) {
  if (entry.policy.max_age == 0) {
    entries_.erase(domain);
    return;
  }
  if (entries_.size() >= kMaxEntries && !entries_.contains(domain)) {
    entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& kept) { return kept.second.fetched; }));
  }
  entries_[domain] = std::move(entry);
}

StsDecision DecideSts(const std::string& domain, const DnsAnswer& txt, const StsFetch* fetch, int64_t now,
                      StsCache& cache) {
  StsDecision decision;
  const std::optional<std::string> id = StsIdOf(txt);
  if (id && fetch != nullptr && fetch->policy) {
    cache.Put(domain, {.policy = *fetch->policy, .id = *id, .fetched = now});
    decision.policy = fetch->policy;
  } else {
    if (id && fetch != nullptr) {
      decision.failure = *fetch;
    }
    if (const StsCache::Entry* entry = cache.Find(domain, now)) {
      decision.policy = entry->policy;
      decision.from_cache = true;
    }
  }
  if (decision.policy && decision.policy->mode == StsMode::kTesting && !RuleOn(Rule::kStsMode)) {
    decision.policy->mode = StsMode::kEnforce;
  }
  return decision;
}

}  // namespace verifier
