// Where a script can be met in several right ways, so that only that the client is safe can be asked: what is met
// first, how much has been said by then, how long a client waits.
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "lab/scenario/oracle_smtp.h"

namespace lab::oracle {
namespace {

using fakeserver::CutKind;
using fakeserver::Injection;
using fakeserver::Micros;
using fakeserver::Pace;
using fakeserver::Placement;
using fakeserver::Reply;
using fakeserver::ReplyForm;
using fakeserver::SmtpScript;
using fakeserver::Stage;
using fakeserver::Verb;

bool IsBrisk(const Pace& pace) {
  return pace.latency + pace.jitter <= kSoon / 4 && pace.gap <= std::chrono::milliseconds(1);
}
bool IsUnclear(Micros hold) { return hold > kSoon && hold < kNever; }

std::string DoubtAboutTheInjection(const SmtpScript& smtp) {
  const Injection& injection = smtp.injection;
  if (injection.placement == Placement::kBehindEhlo && EhloInClear(smtp)) {
    return "which is met first, an EHLO reply that will not do or what stands behind it";
  }
  // RFC 5321 4.5.3.1.5: nobody need hear lines of more than 512 octets, and nobody must not.
  constexpr size_t kLongestLine = 512, kWhatFollows = 64;
  if (injection.placement == Placement::kBeforeReply && injection.payload.size() + kWhatFollows > kLongestLine) {
    return "whether a line that may be too long is heard to its end";
  }
  const bool half_a_line = !injection.payload.empty() && injection.payload.back() != '\n';
  if (injection.placement == Placement::kBeforeReply && half_a_line && Scripted(smtp, Verb::kStartTls, false)) {
    return "what half a line and an odd reply are together";
  }
  return "";
}

constexpr std::string_view kOvertakes = "whether the end of a connection overtakes what is under way";

std::string DoubtAboutTheCut(const World& world) {
  if (world.link.cut == CutKind::kNone) {
    return "";
  }
  World rest = world;
  rest.link.cut = CutKind::kNone;
  rest.link.cut_at = {};
  rest.link.cut_after = rest.link.cut_after_received = 0;
  rest.link.cut_wait = rest.link.cut_time = {};
  if (world.link.cut_after + world.link.cut_after_received > 0 && rest != GoodWorld()) {
    return "what has been said when so many octets have passed";
  }
  if (world.link.cut_time > Micros{0} && !IsSlow(world.link.to_client)) {
    return "how far a client has come by then";
  }
  if (world.smtp.interrupt_data && world.link.cut_at >= Stage::kMessageSeen) {
    return "whether the answer to half a message is read before the connection is cut";
  }
  const bool unasked = world.smtp.injection.placement != Placement::kNone ||
                       world.smtp.after_starttls == fakeserver::AfterStartTls::kStayInClear;
  const bool among_tls = world.smtp.injection.placement >= Placement::kBetweenFlights;
  if (unasked && world.link.cut_at >= Stage::kStartTlsSeen &&
      (world.link.cut_at <= Stage::kClientHelloSeen || among_tls)) {
    return "whether the connection is cut before or behind what is said unasked";
  }
  if (IsSlow(world.link.to_client) && world.link.cut_time == Micros{0}) {
    return std::string(kOvertakes);
  }
  return "";
}

std::string DoubtAboutTls(const World& world) {
  constexpr uint16_t kTls12 = 0x0303;
  if (world.tls.min_version > world.tls.max_version && world.tls.max_version >= kTls12) {
    return "versions of which there are none";
  }
  if (const auto& signature = world.tls.signature; signature.claimed != 0 && !world.chain.presented.empty()) {
    constexpr int kPkcs1 = 0x0401, kEd25519 = 0x0807;  // of keys other than the usual one
    const certs::KeyType type = CertifiedKey(world.chain.At(world.chain.presented.front())).type;
    if ((IsRsa(type) && signature.claimed == kPkcs1) ||
        (type == certs::KeyType::kEd25519 && signature.claimed == kEd25519)) {
      return "whether the signature is what it is called";
    }
  }
  if (!world.earlier.empty() && world.tls.max_version <= kTls12 &&
      world.tls.resumption.fault == fakeserver::TicketFault::kSealFails) {
    return "whether the client asks for a ticket";
  }
  if (IsSlow(world.link.to_client) && world.tls.resumption.fault == fakeserver::TicketFault::kOpenFails) {
    return std::string(kOvertakes);
  }
  return "";
}

}  // namespace

std::string DoubtAbout(const World& world) {
  const SmtpScript& smtp = world.smtp;
  if (std::string doubt = DoubtAboutTls(world); !doubt.empty()) {
    return doubt;
  }
  constexpr uint8_t kFirstRecordType = 20, kLastRecordType = 23;  // RFC 8446 5.1
  const certs::Bytes& injected = smtp.injection.payload;
  if (!injected.empty() && injected.front() >= kFirstRecordType && injected.front() <= kLastRecordType) {
    return "whether what is injected is taken for text or for TLS";
  }
  if (world.link.to_client != Pace{} && smtp.greeting) {
    return "how much of an odd greeting is seen when it comes in pieces";
  }
  const Reply* ehlo = Scripted(smtp, Verb::kEhlo, true);
  const auto limits = [](const std::string& line) {  // that the lab's message does not keep
    return line.starts_with("SIZE ") && line.size() <= std::string_view("SIZE 99").size() && line != "SIZE 0";
  };
  if (ehlo != nullptr && std::ranges::any_of(smtp.capabilities_tls, limits) &&
      std::ranges::none_of(ehlo->lines, limits)) {
    return "a limit that is kept and not said";
  }
  if (std::string doubt = DoubtAboutTheInjection(smtp); !doubt.empty()) {
    return doubt;
  }
  if (std::string doubt = DoubtAboutTheCut(world); !doubt.empty()) {
    return doubt;
  }
  const bool among_tls = smtp.injection.placement >= Placement::kBetweenFlights && !injected.empty();
  if (among_tls && (world.tls.ByHand() || world.tls.resumption.fault == fakeserver::TicketFault::kSealFails)) {
    return "which is met first, wrong TLS or clear text among it";
  }
  const auto has_no_end = [](const Reply& reply) { return reply.form == ReplyForm::kNoEnd || reply.hold >= kNever; };
  const bool never_ends =
      (smtp.greeting && has_no_end(*smtp.greeting)) ||
      std::ranges::any_of(smtp.replies, [&](const auto& entry) { return has_no_end(entry.second); });
  if (never_ends && (world.link.cut != CutKind::kNone || smtp.injection.placement != Placement::kNone)) {
    return "what puts an end to a reply that has none";
  }
  const auto raw = [](const Reply& reply) { return reply.raw.has_value(); };
  if ((smtp.greeting && raw(*smtp.greeting)) || (smtp.interrupt_data && raw(*smtp.interrupt_data)) ||
      std::ranges::any_of(smtp.replies, [&](const auto& entry) { return raw(entry.second); })) {
    return "a reply given as raw bytes";
  }
  for (const Pace& pace : {world.link.to_client, world.link.from_client}) {
    if (!IsSlow(pace) && !IsBrisk(pace)) {
      return "how long a client is patient";
    }
  }
  if (IsUnclear(world.link.cut_wait) || IsUnclear(world.link.cut_time) ||
      (smtp.greeting && IsUnclear(smtp.greeting->hold)) || IsUnclear(smtp.hold_first_ehlo_in_tls) ||
      std::ranges::any_of(smtp.replies, [&](const auto& entry) { return IsUnclear(entry.second.hold); })) {
    return "how long a client is patient";
  }
  return "";
}

}  // namespace lab::oracle
