#include "lab/verifier/resolver.h"

#include <algorithm>

namespace verifier {

MemoryResolver::MemoryResolver(MemoryServer server, int servers, ResolverTimes times)
    : server_(std::move(server)), servers_(std::max(servers, 1)), times_(times) {}

void MemoryResolver::Ask(const DnsQuestion& question) { pending_.push_back({.question = question}); }

void MemoryResolver::Send(Pending& pending, Micros now) {
  pending.id = next_id_++;
  pending.asked = true;
  pending.reply.clear();
  pending.at = now + times_.per_try;
  const auto query = WriteQuery(pending.id, pending.question);
  if (!query) {
    pending.at = now;
    return;
  }
  MemoryReply reply = server_(*query, pending.attempts % servers_, pending.tcp);
  if (!reply.message.empty() && reply.delay < times_.per_try) {
    pending.reply = std::move(reply.message);
    pending.at = now + reply.delay;
  }
}

// What came, or that nothing did.
bool MemoryResolver::Judge(Pending& pending, Micros now) {
  const std::optional<DnsHead> head = ReadHead(pending.reply);
  if (head && head->id == pending.id && head->truncated && !pending.tcp) {
    pending.tcp = true;
    Send(pending, now);
    return false;
  }
  if (head && head->id == pending.id) {
    const DnsAnswer answer = ReadAnswer(pending.reply, pending.question);
    if (answer.known()) {
      answered_.emplace_back(pending.question, answer);
      return true;
    }
    pending.worst = answer.status;
  } else if (!pending.reply.empty()) {
    pending.worst = DnsStatus::kMalformed;
  }
  pending.tcp = false;
  if (++pending.attempts < servers_ * times_.tries) {
    Send(pending, now);
    return false;
  }
  answered_.emplace_back(pending.question, DnsAnswer{.status = pending.worst});
  return true;
}

bool MemoryResolver::Step(Pending& pending, Micros now) {
  if (!pending.asked) {
    Send(pending, now);
  }
  while (pending.at <= now) {
    if (Judge(pending, now)) {
      return true;
    }
  }
  return false;
}

bool MemoryResolver::Advance(Micros now) {
  return std::erase_if(pending_, [&](Pending& pending) { return Step(pending, now); }) > 0;
}

std::optional<Micros> MemoryResolver::NextDeadline() const {
  std::optional<Micros> next;
  for (const Pending& pending : pending_) {
    const Micros at = pending.asked ? pending.at : Micros(0);
    next = std::min(next.value_or(at), at);
  }
  return next;
}

std::vector<std::pair<DnsQuestion, DnsAnswer>> MemoryResolver::Take() { return std::exchange(answered_, {}); }

}  // namespace verifier
