// Response injection: what somebody on the path puts in clear around the 220, so that it is taken for an answer from
// inside TLS (CVE-2021-22947 and its kin). The family is payload by placement by segmentation.
#include <utility>

#include "lab/scenario/catalogue_smtp.h"

namespace lab::conversation {
namespace {

struct Payload {
  const char* id;
  const char* what;
  const char* text;
  bool whole_transaction = false;
};

constexpr Payload kPayloads[] = {
    {"ehlo", "a whole EHLO reply with AUTH and SIZE", "250-mail.bob.test\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n"},
    // The end of the fragment has no CRLF: who keeps it joins it with the first line that arrives inside TLS.
    {"fragment", "a reply and half a line, which joins the first reply inside TLS", "250 mail.bob.test\r\n250-"},
    {"transaction", "the replies of a whole transaction, so that nothing need be asked",
     "250-mail.bob.test\r\n250 AUTH PLAIN LOGIN\r\n235 Authenticated\r\n250 Sender OK\r\n"
     "250 Recipient OK\r\n354 Go on\r\n250 Queued\r\n221 Bye\r\n",
     true},
    {"second-220", "another invitation to start TLS", "220 2.0.0 Ready to start TLS\r\n"},
    {"no-auth", "an EHLO reply that offers nothing", "250 mail.bob.test\r\n"},
    {"authenticated", "the replies to EHLO and to AUTH",
     "250-mail.bob.test\r\n250 AUTH PLAIN LOGIN\r\n235 2.7.0 Authentication successful\r\n", true},
    {"challenge", "replies that ask for user name and password",
     "250-mail.bob.test\r\n250 AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n", true},
    {"goodbye", "a reply that ends the service", "421 4.3.2 Service not available\r\n"},
    {"octet", "one LF", "\n"},
    {"half-line", "half a line and no more", "250-"},
};

struct Place {
  Placement placement;
  const char* id;
  const char* where;
  std::vector<std::string> rows;
};

struct Cut {
  int slice;
  const char* id;
  const char* how;
};

std::function<void(World&)> Injected(Injection injection) {
  return [injection = std::move(injection)](World& world) { world.smtp.injection = injection; };
}

// In front of the 220 the first injected reply is what answers STARTTLS; unless it is a 220, it refuses. An LF is the
// end of no reply, and half a line makes of the 220 a line that is not the last.
Reason OwnReason(Placement placement, std::string_view payload) {
  if (placement != Placement::kBeforeReply || payload == "second-220") {
    return Reason::kClearTextBehind220;
  }
  return payload == "octet"       ? Reason::kMalformedReply
         : payload == "half-line" ? Reason::kTimeout
                                  : Reason::kStartTlsRefused;
}

// Where TLS has begun, clear text is no TLS record (RFC 9846 5.1): nobody can go on there, believing it or not.
Expectations NoRecord(Rung rung) {
  Expectations expect = MustRefuse(Reason::kTlsFailed, rung);
  for (auto& [policy, expectation] : expect) {
    expectation.hello_may_precede = true;  // the client's part of the handshake is over before it reads that
  }
  return expect;
}

}  // namespace

std::vector<SmtpRow> InjectionRows() {
  const Place places[] = {
      {Placement::kSameSegment, "same-segment", "behind the 220, in its segment", {"M12"}},
      {Placement::kNextSegment, "next-segment", "behind the 220, in the next segment", {"M12", "M13"}},
      {Placement::kBeforeServerHello,
       "before-server-hello",
       "between ClientHello and ServerHello",
       {"M12", "M13", "L2"}},
      {Placement::kBeforeReply, "before-reply", "in front of the 220, in its segment", {"M12"}},
      // The answer is there before the question (CVE-2026-42246): who takes it for one has a 220 too many, or none.
      {Placement::kBehindEhlo, "behind-ehlo", "behind the reply to EHLO, before anybody said STARTTLS", {"M12"}},
      {Placement::kBetweenFlights, "between-flights", "between the two flights of the server", {"M13", "L2"}},
      {Placement::kBehindHandshake, "behind-handshake", "right behind the handshake", {"M13", "L2"}},
  };
  constexpr Cut kCuts[] = {
      {0, "", ""}, {1, "-octets", ", octet by octet"}, {16, "-pieces", ", in pieces of 16 octets"}};
  std::vector<SmtpRow> rows;
  for (const Place& place : places) {
    for (const Payload& payload : kPayloads) {
      const std::string_view text = payload.text;
      for (const Cut& cut : kCuts) {
        if (cut.slice >= static_cast<int>(text.size())) {
          continue;  // it is whole already
        }
        SmtpRow row{.id = std::string("smtp.injection-") + place.id + "-" + payload.id + cut.id,
                    .summary = std::string(payload.what) + ", in clear " + place.where + cut.how,
                    .rows = place.rows,
                    .source = "RFC 3207 4.2, CVE-2021-22947",
                    .edit = Injected({place.placement, certs::ToBytes(text), cut.slice}),
                    .expect = MayGoOn(OwnReason(place.placement, payload.id), Rung::kStartTlsSent),
                    .modes = Modes::kStartTlsOnly,
                    .severity = Severity::kHigh,
                    .twin = kSlowFirstEhlo};
        if (place.placement == Placement::kBehindEhlo) {
          row.expect = MayGoOn(Reason::kClearTextBehind220, Rung::kEhloInClear);
          row.source = "RFC 3207 4.2, CVE-2026-42246";
        } else if (place.placement >= Placement::kBetweenFlights) {
          row.expect =
              NoRecord(place.placement == Placement::kBehindHandshake ? Rung::kTlsEstablished : Rung::kCertificateSent);
          row.modes = Modes::kBoth;
        }
        if (payload.whole_transaction) {
          row.rows.emplace_back("M14");
        }
        rows.push_back(std::move(row));
      }
    }
  }
  return rows;
}

}  // namespace lab::conversation
