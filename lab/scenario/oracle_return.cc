// What a right client does when it comes back. It may have a session: then the server proves nothing but that it is the
// one of that time, and its certificate of that time is judged as of now (RFC 9846 4.6.1, RFC 5280 6.1). Or it has
// none, or does not use it.
#include <algorithm>
#include <chrono>
#include <ranges>

#include "certs/members.h"
#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::Reason;
using fakeserver::TicketFault;

// Calls visit(time) for every date in a value, however deep.
template <typename T, typename Visit>
void EachTime(T& value, const Visit& visit) {
  if constexpr (std::is_same_v<T, certs::TimeSpec>) {
    visit(value);
  } else if constexpr (certs::HasMembers<T>) {
    certs::ForEachMember(value, [&](std::string_view, auto& member) { EachTime(member, visit); });
  } else if constexpr (requires { value.has_value(); }) {
    if (value) {
      EachTime(*value, visit);
    }
  } else if constexpr (std::ranges::range<T>) {
    for (auto& element : value) {
      EachTime(element, visit);
    }
  }
}

// How long the sessions of a server are good for: seven days at most (RFC 9846 4.6.1), and BoringSSL's two hours of
// TLS 1.2 where the script names nothing.
std::chrono::seconds LifetimeOf(const fakeserver::TlsScript& tls) {
  constexpr std::chrono::seconds kLongest = std::chrono::days(7), kUsual = std::chrono::hours(2);
  return tls.resumption.lifetime.count() > 0 ? std::min(tls.resumption.lifetime, kLongest) : kUsual;
}

// Whether a client that was let in on `before`, `ago`, has a session, and `now` would take it.
bool CanResume(const World& before, const World& now, std::chrono::seconds ago) {
  const auto& gave = before.tls.resumption;
  const bool same = before.tls == now.tls && before.chain == now.chain && before.smtp == now.smtp &&
                    before.link == now.link;  // then it is the same server (lab/runner/host.h)
  const TicketFault fault = now.tls.resumption.fault;
  const bool any = fault == TicketFault::kOpenFails || fault == TicketFault::kOpenStalls;  // whoever sealed it
  const bool known = same || any || (gave.keys != 0 && gave.keys == now.tls.resumption.keys);
  const bool by_ticket =
      before.tls.tickets > 0 && gave.fault != TicketFault::kSealFails && now.tls.tickets > 0 && known;
  constexpr uint16_t kTls13 = 0x0304;
  // A session of TLS 1.2 has one suite, and that is for one kind of key (RFC 5246 7.4.1.3, RFC 8422 2).
  if (before.tls.max_version < kTls13 && !now.chain.presented.empty() && CertifiesRsa(before) != CertifiesRsa(now)) {
    return false;
  }
  return (by_ticket || (same && gave.ids && before.tls.max_version < kTls13)) && ago < LifetimeOf(before.tls);
}

// Our own client uses a session only under the rules it was made under (lab/verifier/tls_session_cache.h).
bool SameRules(const World& before, const World& now) {
  const auto& then = before.chain.revocation;
  const auto& today = now.chain.revocation;
  const auto same_anchor = [&](const std::string& name) {
    const certs::CertSpec *a = before.chain.Find(name), *b = now.chain.Find(name);
    return a != nullptr && b != nullptr && *a == *b;
  };
  return before.reference == now.reference && before.chain.trusted == now.chain.trusted &&
         std::ranges::all_of(now.chain.trusted, same_anchor) && then.check == today.check && then.crls == today.crls;
}

// What comes of a session that is used: the certificate of that time, under the rules of today.
Prediction OfTheSession(const World& before, const World& now, Policy policy, fakeserver::TlsMode mode) {
  World known = now;
  known.chain.certs = before.chain.certs;
  known.chain.presented = before.chain.presented;
  known.chain.handshake_key = before.chain.handshake_key;
  known.chain.revocation.staples = before.chain.revocation.staples;
  // Nobody signs, and nobody is asked for a certificate (RFC 8446 4.3.2; RFC 5246 7.3, figure 2).
  known.tls.signature = {};
  known.tls.client_certificate = fakeserver::ClientCertificate::kNone;
  if (!WrongWithChain(known.chain).empty()) {
    return {.uncertain = "whether what is trusted now has anything to say of what was presented then"};
  }
  Prediction resumed = PredictVisit(known, policy, mode);
  if (const TicketFault fault = now.tls.resumption.fault;
      fault == TicketFault::kOpenFails || fault == TicketFault::kOpenStalls) {
    if (resumed.expectation.demand != Demand::kAccept && resumed.uncertain.empty()) {
      resumed.uncertain = "what ends the connection first";
      resumed.only_the_reason = true;
    }
    const bool says_why = now.tls.max_version > 0x0303;  // the server's TLS 1.2 just closes
    resumed.expectation = {.verdict = {fault == TicketFault::kOpenStalls ? Reason::kTimeout
                                       : says_why                        ? Reason::kTlsFailed
                                                                         : Reason::kClosedByPeer,
                                       0}};
  }
  return resumed;
}

// Whether the client has nobody to show its session to. What is said in front of ServerHello is said behind
// ClientHello.
bool EndsBeforeTls(const World& world, fakeserver::TlsMode mode) {
  if (!ReadReference(world.reference).valid() || world.listen.door != fakeserver::Door::kOpen) {
    return true;
  }
  std::optional<Ending> ending = BeforeTheCertificate(world, mode);
  if (world.smtp.injection.placement == fakeserver::Placement::kBeforeServerHello) {
    World calm = world;
    calm.smtp.injection = {};
    ending = BeforeTheCertificate(calm, mode);
  }
  return ending && ending->rung < Rung::kClientHello;
}

}  // namespace

World AsItWas(const World& world, size_t visit) {
  World was = OnVisit(world, visit);
  if (const std::chrono::seconds ago = AgeOfVisit(world, visit); ago.count() > 0) {
    EachTime(was.chain, [ago](certs::TimeSpec& time) { time.from_now += ago; });
  }
  return was;
}

Prediction PredictReturn(const World& world, Policy policy, fakeserver::TlsMode mode) {
  Prediction last = PredictVisit(world, policy, mode);
  const size_t visit = world.earlier.size() - 1;
  const Prediction first = PredictVisit(AsItWas(world, visit), policy, mode);
  const World before = OnVisit(world, visit);
  const bool looks_up = policy == Policy::kRelayDane || policy == Policy::kRelayMtaSts;
  if (visit > 0 || looks_up || !first.uncertain.empty() || before.tls.max_version != world.tls.max_version) {
    last.uncertain = "what a client remembers of earlier visits";
    last.only_the_reason = false;
    last.expectation.must_reach = std::min(last.expectation.must_reach, Rung::kClientHello);
    return last;
  }
  if (first.expectation.demand == Demand::kIgnoreOrRefuse && first.expectation.verdict.ok() && last.uncertain.empty()) {
    last.uncertain =
        "whether a client has been there before";  // one that is told the host has, one that finds none not
    last.only_the_reason = true;
    return last;
  }
  if (EndsBeforeTls(world, mode) || first.expectation.demand != Demand::kAccept ||
      !CanResume(before, world, AgeOfVisit(world, visit))) {
    return last;
  }
  const Prediction resumed = OfTheSession(before, world, policy, mode);
  last.expectation.must_reach = std::min(last.expectation.must_reach, Rung::kClientHello);
  last.expectation.hello_may_precede |= resumed.expectation.hello_may_precede;
  if (resumed.uncertain.empty() && last.uncertain.empty() && resumed.expectation.demand == last.expectation.demand &&
      resumed.expectation.verdict == last.expectation.verdict) {
    return last;
  }
  last.expectation.demand = Demand::kIgnoreOrRefuse;
  if (last.uncertain.empty() && !world.chain.revocation.crls.empty() && before.chain != world.chain) {
    last.uncertain = "whether lists that were signed anew are the same";  // to who compares octets
    last.only_the_reason = true;
  }
  if (SameRules(before, world)) {
    last.expectation.verdict = resumed.expectation.verdict;
    last.expectation.also = resumed.expectation.also;
  }
  if (last.uncertain.empty() && !resumed.uncertain.empty()) {
    last.uncertain = resumed.uncertain;
    last.only_the_reason = resumed.only_the_reason;
  }
  return last;
}

}  // namespace lab::oracle
