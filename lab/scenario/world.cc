#include "lab/scenario/world.h"

#include <algorithm>

#include "certs/bytes.h"
#include "certs/diff_engine.h"

// One fault of a server is one edit, even where the script needs two members to say it: these types are compared whole.
// (Not in an unnamed namespace: the difference engine finds these functions by argument-dependent lookup, which does
// not look there.)
namespace fakeserver {

static std::string InWords(const Reply& reply) {
  if (reply.raw) {
    return "bytes \"" + certs::Escaped(*reply.raw) + "\"";
  }
  std::string text = std::to_string(reply.code);
  for (const std::string& line : reply.lines) {
    text += (&line == reply.lines.data() ? " " : " / ") + certs::Escaped(line);
  }
  return text;
}

static std::string InWords(const std::map<Verb, Reply>& replies) {
  std::string text;
  for (const auto& [verb, reply] : replies) {
    text += (text.empty() ? "" : ", ") + std::string(Name(verb)) + ": " + InWords(reply);
  }
  return text.empty() ? "none" : text;
}

static std::string InWords(const Injection& injection) {
  return injection == Injection{}
             ? "none"
             : std::string(Name(injection.placement)) + ": \"" + certs::Escaped(injection.payload) + "\"";
}

static std::string InWords(const LinkScript& link) {
  return link.cut == CutKind::kNone ? "whole" : std::string(Name(link.cut)) + " at " + std::string(Name(link.cut_at));
}

}  // namespace fakeserver

namespace lab {
namespace {

using Replies = std::map<fakeserver::Verb, fakeserver::Reply>;
using Differences = std::vector<certs::Difference>;

// Two answers changed are two edits.
Differences DiffReplies(const std::string& member, const Replies& from, const Replies& to) {
  const auto words = [](const Replies& replies, fakeserver::Verb verb) {
    const auto found = replies.find(verb);
    return found == replies.end() ? std::string("as usual") : fakeserver::InWords(found->second);
  };
  Replies either = from;
  either.insert(to.begin(), to.end());
  Differences differences;
  for (const auto& [verb, reply] : either) {
    if (!from.contains(verb) || !to.contains(verb) || from.at(verb) != to.at(verb)) {
      differences.push_back({member + "[" + std::string(Name(verb)) + "]", words(from, verb), words(to, verb)});
    }
  }
  return differences;
}

}  // namespace

World GoodWorld() { return {}; }

certs::ChainSpec PolicyHostChain() {
  certs::ChainSpec chain = certs::GoodChain();
  chain.leaf().san->names = {certs::Dns("mta-sts." + std::string(kDomain))};
  return chain;
}

Differences Diff(const World& from, const World& to) {
  Differences differences;
  certs::DiffInto("", from, to, differences);
  constexpr std::string_view kReplies = "smtp.replies";
  if (const auto whole = std::ranges::find(differences, kReplies, &certs::Difference::member);
      whole != differences.end()) {
    const Differences each = DiffReplies(whole->member, from.smtp.replies, to.smtp.replies);
    differences.insert(differences.erase(whole), each.begin(), each.end());
  }
  return differences;
}

}  // namespace lab
