#include "lab/scenario/world.h"

#include <algorithm>
#include <set>

#include "certs/bytes.h"
#include "certs/diff_engine.h"

// One fault of a server is one edit, even where the script needs two members to say it: these types are compared whole.
// (Not in an unnamed namespace: the difference engine finds these functions by argument-dependent lookup, which does
// not look there.)
namespace fakeserver {

static std::string InWords(Micros time) { return std::to_string(time.count()) + " us"; }

static std::string InWords(const Reply& reply) {
  std::string text = reply.code == Reply::kOrdinary ? "as usual" : std::to_string(reply.code);
  if (reply.raw) {
    text = "bytes \"" + certs::Escaped(*reply.raw) + "\"";
  }
  for (const std::string& line : reply.lines) {
    text += (&line == reply.lines.data() ? " " : " / ") + certs::Escaped(line);
  }
  if (reply.form != ReplyForm::kProper) {
    text += ", " + std::string(Name(reply.form));
  }
  if (reply.scope != ReplyScope::kEverywhere) {
    text += ", " + std::string(Name(reply.scope));
  }
  if (reply.times > 0) {
    text += ", " + std::to_string(reply.times) + " times";
  }
  if (reply.hold > Micros{0}) {
    text += ", after " + InWords(reply.hold);
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
             : std::string(Name(injection.placement)) + ": \"" + certs::Escaped(injection.payload) + "\"" +
                   (injection.slice > 0 ? ", " + std::to_string(injection.slice) + " octets at a time" : "");
}

static std::string InWords(const Pace& pace) {
  std::string text = "latency " + InWords(pace.latency);
  if (pace.jitter > Micros{0}) {
    text += " to " + InWords(pace.latency + pace.jitter);
  }
  return pace.slice == 0
             ? text
             : text + ", " + std::to_string(pace.slice) + " octets at a time, " + InWords(pace.gap) + " apart";
}

static std::string InWords(const LinkScript& link) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (link.cut != CutKind::kNone) {
    add(std::string(Name(link.cut)) + " at " +
        (link.cut_time > Micros{0} ? InWords(link.cut_time) : std::string(Name(link.cut_at))) +
        (link.cut_after > 0 ? " and " + std::to_string(link.cut_after) + " octets" : "") +
        (link.cut_after_received > 0 ? " and " + std::to_string(link.cut_after_received) + " octets received" : "") +
        (link.cut_wait > Micros{0} ? " and " + InWords(link.cut_wait) : ""));
  }
  if (link.to_client != Pace{}) {
    add("to the client " + InWords(link.to_client));
  }
  if (link.from_client != Pace{}) {
    add("from the client " + InWords(link.from_client));
  }
  return text.empty() ? "whole" : text;
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

World GoodWorld() {
  static const World good;
  return good;
}

certs::ChainSpec PolicyHostChain() {
  static const certs::ChainSpec good = [] {
    certs::ChainSpec chain = certs::GoodChain();
    chain.leaf().san->names = {certs::Dns("mta-sts." + std::string(kDomain))};
    return chain;
  }();
  return good;
}

std::string WrongWithChain(const certs::ChainSpec& chain) {
  std::set<std::string_view> names;
  for (const certs::CertSpec& cert : chain.certs) {
    if (cert.name.empty() || !names.insert(cert.name).second) {
      return "chain.certs has two of the name \"" + certs::Escaped(cert.name, 60) + "\"";
    }
  }
  const auto missing = [&](const std::string& name) { return !names.contains(name); };
  for (const certs::CertSpec& cert : chain.certs) {
    if (missing(cert.issuer)) {
      return "chain.certs." + certs::Escaped(cert.name, 60) + " is issued by nobody's \"" +
             certs::Escaped(cert.issuer, 60) + "\"";
    }
  }
  for (const auto* list : {&chain.presented, &chain.trusted}) {
    if (const auto name = std::ranges::find_if(*list, missing); name != list->end()) {
      return "chain presents or trusts \"" + certs::Escaped(*name, 60) + "\", which is none of its certs";
    }
  }
  return "";
}

std::string WrongWithChains(const World& world) {
  std::string wrong = WrongWithChain(world.chain);
  for (const Visit& visit : world.earlier) {
    wrong = wrong.empty() && visit.chain ? WrongWithChain(*visit.chain) : wrong;
  }
  return wrong;
}

World OnVisit(const World& world, size_t visit) {
  World met = world;
  met.earlier.clear();
  if (visit < world.earlier.size()) {
    const Visit& earlier = world.earlier[visit];
    met.reference = earlier.reference.value_or(world.reference);
    met.chain = earlier.chain.value_or(world.chain);
    met.smtp = earlier.smtp;
    met.tls = earlier.tls;
    met.link = earlier.link;
  }
  return met;
}

std::chrono::seconds AgeOfVisit(const World& world, size_t visit) {
  return visit < world.earlier.size() ? world.earlier[visit].ago : std::chrono::seconds(0);
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
