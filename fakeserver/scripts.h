// What a server does, as data. The zero value of every struct behaves well; a fault is one member set. Nothing here
// does anything: smtp_session.h, tls_endpoint.h and connection.h read it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/members.h"
#include "fakeserver/byte_stream.h"
#include "fakeserver/flight_edit.h"

namespace fakeserver {

using certs::Member;
using certs::Members;

// Whether TLS starts after STARTTLS (RFC 3207) or with the first byte (RFC 8314).
enum class TlsMode : uint8_t { kStartTls, kImplicit };
std::string_view Name(TlsMode mode);  // "starttls", "implicit"

// ------------------------------------------------------------------------------------------------ SMTP

// A command verb; kOther is anything the server does not know.
enum class Verb : uint8_t {
  kHelo,
  kEhlo,
  kStartTls,
  kAuth,
  kMail,
  kRcpt,
  kData,
  kEndOfData,
  kRset,
  kNoop,
  kVrfy,
  kHelp,
  kQuit,
  kOther
};
std::string_view Name(Verb verb);  // "EHLO", ...; "end of data"

// How a reply is written. All but the first are none of RFC 5321 4.2, or more than one.
enum class ReplyForm : uint8_t {
  kProper,
  kBareLf,           // lines end in LF alone
  kStrayCr,          // a CR in the middle of the last line's text
  kNoSeparator,      // nothing between code and text
  kShortCode,        // the code has two digits
  kLongCode,         // the code has four digits
  kOddCode,          // the code begins with 6
  kLetters,          // letters stand for the code
  kNul,              // a NUL in the last line's text
  kEightBit,         // octets above 127 in the last line's text, no UTF-8
  kTerminalEscapes,  // in the last line's text, the sequences that clear a terminal and rename its window
  kLongLine,         // the last line has 4000 octets of text
  kEndlessLine,      // the last line has 100,000 octets of text, and no end
  kEndlessLines,     // 10,000 lines, of which none is the last
  kCodesDisagree,    // the last line has another code than the first, which it repeats if there is only one
  kNoEnd,            // the last line has no end
  kTwice,            // the whole reply comes again behind it
};
std::string_view Name(ReplyForm form);

// Where a scripted reply is given.
enum class ReplyScope : uint8_t { kEverywhere, kInClear, kInTls };
std::string_view Name(ReplyScope scope);

// One reply (RFC 5321 4.2): a code and one line of text or several. With `raw`, exactly those bytes instead.
struct Reply {
  static constexpr int kOrdinary = 0;

  int code = 250;                  // kOrdinary: code and lines are what the command would get without a script
  std::vector<std::string> lines;  // none: the code alone
  std::optional<Bytes> raw = std::nullopt;
  ReplyForm form = ReplyForm::kProper;
  // Of a reply that stands in for another:
  ReplyScope scope = ReplyScope::kEverywhere;
  int times = 0;   // how often in a connection; then the ordinary reply. 0: always
  Micros hold{0};  // waits before it is sent

  bool operator==(const Reply&) const = default;
  static constexpr auto kMembers =
      Members{Member{"code", &Reply::code}, Member{"lines", &Reply::lines}, Member{"raw", &Reply::raw},
              Member{"form", &Reply::form}, Member{"scope", &Reply::scope}, Member{"times", &Reply::times},
              Member{"hold", &Reply::hold}};
};

// Where bytes are injected in clear around the reply to STARTTLS: the response-injection family (CVE-2021-22947 class).
enum class Placement : uint8_t {
  kNone,
  kBehindEhlo,         // behind the reply to EHLO, in the same write: before anybody said STARTTLS
  kBeforeReply,        // in the same segment, in front of the 220 line
  kSameSegment,        // behind the 220 line, in the same write
  kNextSegment,        // behind the 220 line, in a write of its own, before the client speaks
  kBeforeServerHello,  // after the ClientHello arrived, before the first TLS record
  kBetweenFlights,     // behind the server's first flight, before its second, or what it says first inside TLS
  kBehindHandshake,    // when both Finished have been exchanged
};
std::string_view Name(Placement placement);

struct Injection {
  Placement placement = Placement::kNone;
  Bytes payload;
  int slice = 0;  // octets of the payload in one write; with kSameSegment the first of them go with the 220. 0: all

  bool operator==(const Injection&) const = default;
  static constexpr auto kMembers = Members{Member{"placement", &Injection::placement},
                                           Member{"payload", &Injection::payload}, Member{"slice", &Injection::slice}};
};

// What follows a 220 to STARTTLS.
enum class AfterStartTls : uint8_t {
  kHandshake,    // TLS, as promised
  kStayInClear,  // the server goes on in clear SMTP, ClientHello or not
};
std::string_view Name(AfterStartTls after);

struct SmtpScript {
  std::string host = "mail.bob.test";  // in the greeting and the EHLO reply
  std::optional<Reply> greeting;       // default: 220 <host> ESMTP
  // EHLO keywords before and inside TLS. STARTTLS is listed like any other; inside TLS it must not be.
  std::vector<std::string> capabilities_clear = {"PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES",
                                                 "STARTTLS"};
  std::vector<std::string> capabilities_tls = {"PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES",
                                               "AUTH PLAIN LOGIN"};
  std::map<Verb, Reply> replies;  // instead of what the command would get
  AfterStartTls after_starttls = AfterStartTls::kHandshake;
  Injection injection;
  bool greet_in_clear_on_implicit = false;  // implicit TLS port: send the clear greeting instead of waiting for TLS
  bool tls_on_connect = false;              // STARTTLS port: speak TLS from the first byte instead of greeting
  // Not SMTP at all: nothing is said before a blank line has come, then exactly these octets, and then the end.
  std::optional<Bytes> answers_request_with;
  // Waits before answering the first EHLO/HELO inside TLS: a fooled client talks early.
  Micros hold_first_ehlo_in_tls{0};
  // Sent when the first octet of a message arrives; it is the answer to the message, and no other comes.
  std::optional<Reply> interrupt_data;

  bool operator==(const SmtpScript&) const = default;
  static constexpr auto kMembers = Members{
      Member{"host", &SmtpScript::host},
      Member{"greeting", &SmtpScript::greeting},
      Member{"capabilities_clear", &SmtpScript::capabilities_clear},
      Member{"capabilities_tls", &SmtpScript::capabilities_tls},
      Member{"replies", &SmtpScript::replies},
      Member{"after_starttls", &SmtpScript::after_starttls},
      Member{"injection", &SmtpScript::injection},
      Member{"greet_in_clear_on_implicit", &SmtpScript::greet_in_clear_on_implicit},
      Member{"tls_on_connect", &SmtpScript::tls_on_connect},
      Member{"answers_request_with", &SmtpScript::answers_request_with},
      Member{"hold_first_ehlo_in_tls", &SmtpScript::hold_first_ehlo_in_tls},
      Member{"interrupt_data", &SmtpScript::interrupt_data},
  };
};

// ------------------------------------------------------------------------------------------------ TLS

// What goes wrong with tickets, beyond what they say.
enum class TicketFault : uint8_t {
  kNone,
  kSealFails,   // none can be made: the connection ends where one would be sent
  kOpenFails,   // one that comes back ends the connection
  kOpenStalls,  // one that comes back is never answered
};
std::string_view Name(TicketFault fault);

// What a server remembers of its clients, or has them remember (RFC 8446 2.2, RFC 5077). Visits to one behaviour always
// share their keys.
struct ResumptionScript {
  int keys = 0;                      // behaviours with the same number open each other's tickets; 0: nobody else's
  bool ids = false;                  // TLS 1.2: remembers sessions by their ids (RFC 5246 7.4.1.3)
  bool early_data = false;           // its tickets invite early data (RFC 8446 4.2.10)
  std::chrono::seconds lifetime{0};  // of sessions, as the server says it; 0: what is usual
  TicketFault fault = TicketFault::kNone;

  bool operator==(const ResumptionScript&) const = default;
  static constexpr auto kMembers =
      Members{Member{"keys", &ResumptionScript::keys}, Member{"ids", &ResumptionScript::ids},
              Member{"early_data", &ResumptionScript::early_data}, Member{"lifetime", &ResumptionScript::lifetime},
              Member{"fault", &ResumptionScript::fault}};
};

// Whether the server asks for a certificate of the client's (RFC 8446 4.3.2). One that comes is not looked at.
enum class ClientCertificate : uint8_t { kNone, kRequested, kRequired };
std::string_view Name(ClientCertificate certificate);

// With any of the last five members set the server's side is written by hand (flight_forger.h), as it is for identities
// that BoringSSL does not present.
struct TlsScript {
  uint16_t min_version = 0x0303;  // TLS 1.2
  uint16_t max_version = 0x0304;  // TLS 1.3; below min_version: this one version
  int tickets = 0;  // session tickets after a handshake, at most 16; none, because some clients stumble over them
  ResumptionScript resumption;
  std::string ciphers;  // TLS 1.2 and older: what the server accepts, in BoringSSL's words; empty: its default
  std::string groups;   // likewise, key exchange; empty: X25519 and the NIST curves
  ClientCertificate client_certificate = ClientCertificate::kNone;
  std::vector<FlightEdit> edits;  // in this order
  RecordShape records;
  SignatureScript signature;
  KeyShareScript key_share;
  int hello_retries = 0;  // HelloRetryRequests to send; the first asks for a group without a share where there is one

  bool ByHand() const {
    return !edits.empty() || records != RecordShape{} || signature != SignatureScript{} ||
           key_share != KeyShareScript{} || hello_retries > 0;
  }

  bool operator==(const TlsScript&) const = default;
  static constexpr auto kMembers = Members{Member{"min_version", &TlsScript::min_version},
                                           Member{"max_version", &TlsScript::max_version},
                                           Member{"tickets", &TlsScript::tickets},
                                           Member{"resumption", &TlsScript::resumption},
                                           Member{"ciphers", &TlsScript::ciphers},
                                           Member{"groups", &TlsScript::groups},
                                           Member{"client_certificate", &TlsScript::client_certificate},
                                           Member{"edits", &TlsScript::edits},
                                           Member{"records", &TlsScript::records},
                                           Member{"signature", &TlsScript::signature},
                                           Member{"key_share", &TlsScript::key_share},
                                           Member{"hello_retries", &TlsScript::hello_retries}};
};

// ------------------------------------------------------------------------------------------------ transport

// The stages a connection announces, in order; faults name one.
enum class Stage : uint8_t {
  kConnected,
  kGreetingSent,
  kEhloSeen,
  kStartTlsSeen,
  kStartTlsAnswered,
  kClientHelloSeen,
  kServerFlightSent,
  kHandshakeDone,
  kEhloInTlsSeen,
  kAuthSeen,
  kMailSeen,
  kRcptSeen,
  kDataSeen,
  kMessageSeen,
};
std::string_view Name(Stage stage);

// What the transport does when the stage is reached, before anything else is sent.
enum class CutKind : uint8_t { kNone, kClose, kReset, kSilence };
std::string_view Name(CutKind kind);

// How fast bytes move in one direction.
struct Pace {
  Micros latency{0};  // before each write, or after what was read, until the next
  Micros jitter{0};   // at most so much more, never the same twice in a row; a fixed sequence
  int slice = 0;      // octets that move at once; 0: all
  Micros gap{0};      // between two slices

  bool operator==(const Pace&) const = default;
  static constexpr auto kMembers = Members{Member{"latency", &Pace::latency}, Member{"jitter", &Pace::jitter},
                                           Member{"slice", &Pace::slice}, Member{"gap", &Pace::gap}};
};

// One cut, and the pace of each direction. What triggers the cut is a stage, and then octets in either direction or
// time, or a time whatever stage that is.
struct LinkScript {
  CutKind cut = CutKind::kNone;
  Stage cut_at = Stage::kConnected;
  int cut_after = 0;           // the cut is made when so many octets more have been sent
  int cut_after_received = 0;  // ... or so many have come from the client
  Micros cut_wait{0};          // from then on nothing is sent, and the cut is made so much later
  Micros cut_time{0};          // instead of at a stage, so long after the connection was made
  Pace to_client, from_client;

  bool operator==(const LinkScript&) const = default;
  static constexpr auto kMembers = Members{Member{"cut", &LinkScript::cut},
                                           Member{"cut_at", &LinkScript::cut_at},
                                           Member{"cut_after", &LinkScript::cut_after},
                                           Member{"cut_after_received", &LinkScript::cut_after_received},
                                           Member{"cut_wait", &LinkScript::cut_wait},
                                           Member{"cut_time", &LinkScript::cut_time},
                                           Member{"to_client", &LinkScript::to_client},
                                           Member{"from_client", &LinkScript::from_client}};
};

// How those who call are met, before there is a connection.
enum class Door : uint8_t {
  kOpen,
  kRefused,       // nobody listens: the call is answered with a reset (RFC 9293 3.10.7.1)
  kNeverAnswers,  // the queue of those who wait is full: calls are not answered at all
};
std::string_view Name(Door door);

// What a listener is like, whoever calls.
struct ListenScript {
  Door door = Door::kOpen;
  int window = 0;  // octets that are taken from the client before the server has read them; 0: as the system likes

  bool operator==(const ListenScript&) const = default;
  static constexpr auto kMembers =
      Members{Member{"door", &ListenScript::door}, Member{"window", &ListenScript::window}};
};

}  // namespace fakeserver
