#include "lab/verifier/dns_table.h"

#include <algorithm>
#include <utility>

namespace verifier {

const DnsAnswer* DnsTable::Look(std::string_view name, DnsType type) {
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  DnsQuestion question{.name = std::string(name), .type = type};
  std::ranges::transform(question.name, question.name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  if (const auto found = answers_.find(question); found != answers_.end()) {
    return &found->second;
  }
  if (noted_.emplace(question, true).second) {
    wanted_.push_back(std::move(question));
  }
  return nullptr;
}

void DnsTable::Put(const DnsQuestion& question, DnsAnswer answer) { answers_[question] = std::move(answer); }

std::vector<DnsQuestion> DnsTable::TakeWanted() { return std::exchange(wanted_, {}); }

}  // namespace verifier
