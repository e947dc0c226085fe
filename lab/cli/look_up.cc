#include "lab/cli/look_up.h"

#include <chrono>

#include "certs/bytes.h"

namespace lab {

certs::Result<Resolvers> Resolvers::Make(const std::vector<std::string>& resolvers, verifier::ResolverTimes times,
                                         const std::atomic<bool>& stop) {
  Resolvers made(stop);
  const std::vector<std::string> system = {""};
  for (const std::string& server : resolvers.empty() ? system : resolvers) {
    if (server.empty() && !resolvers.empty()) {
      return certs::Fail(certs::ErrorCode::kBadInput, "--resolver takes an address, such as 127.0.0.1 or [::1]:5353");
    }
    verifier::AresConfig config{.servers = {}, .times = times};
    if (!server.empty()) {
      config.servers = {server};
    }
    auto resolver = verifier::AresResolver::Make(std::move(config));
    if (!resolver) {
      return std::unexpected(resolver.error());
    }
    made.views_.push_back({.name = server.empty() ? "the system's resolver" : certs::Escaped(server, 200),
                           .resolver = *std::move(resolver),
                           .table = {}});
  }
  return made;
}

const verifier::DnsAnswer& Resolvers::Ask(size_t resolver, const verifier::DnsQuestion& question) {
  View& view = views_[resolver];
  while (true) {
    if (const verifier::DnsAnswer* answer = view.table.Look(question.name, question.type)) {
      return *answer;
    }
    AskWanted(view);
  }
}

void Resolvers::AskWanted(View& view) {
  constexpr std::chrono::milliseconds kStopInterval{100};
  std::vector<verifier::DnsQuestion> wanted = view.table.TakeWanted();
  for (const verifier::DnsQuestion& question : wanted) {
    view.resolver->Ask(question);
  }
  bool pending = true;
  while (!wanted.empty()) {
    for (auto& [question, answer] : view.resolver->Take()) {
      std::erase(wanted, question);
      view.table.Put(question, std::move(answer));
    }
    if (wanted.empty() || !pending || *stop_) {
      break;
    }
    pending = view.resolver->Wait(kStopInterval);
  }
  for (const verifier::DnsQuestion& question : wanted) {
    view.table.Put(question, {});
  }
}

}  // namespace lab
