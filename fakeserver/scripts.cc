#include "fakeserver/scripts.h"

namespace fakeserver {

std::string_view Name(TlsMode mode) {
  switch (mode) {
    case TlsMode::kStartTls:
      return "starttls";
    case TlsMode::kImplicit:
      return "implicit";
  }
  return "?";
}

std::string_view Name(Verb verb) {
  switch (verb) {
    case Verb::kHelo:
      return "HELO";
    case Verb::kEhlo:
      return "EHLO";
    case Verb::kStartTls:
      return "STARTTLS";
    case Verb::kAuth:
      return "AUTH";
    case Verb::kMail:
      return "MAIL";
    case Verb::kRcpt:
      return "RCPT";
    case Verb::kData:
      return "DATA";
    case Verb::kEndOfData:
      return "end of data";
    case Verb::kRset:
      return "RSET";
    case Verb::kNoop:
      return "NOOP";
    case Verb::kVrfy:
      return "VRFY";
    case Verb::kHelp:
      return "HELP";
    case Verb::kQuit:
      return "QUIT";
    case Verb::kOther:
      return "other";
  }
  return "?";
}

std::string_view Name(ReplyForm form) {
  switch (form) {
    case ReplyForm::kProper:
      return "proper";
    case ReplyForm::kBareLf:
      return "bare-lf";
    case ReplyForm::kStrayCr:
      return "stray-cr";
    case ReplyForm::kNoSeparator:
      return "no-separator";
    case ReplyForm::kShortCode:
      return "short-code";
    case ReplyForm::kLongCode:
      return "long-code";
    case ReplyForm::kOddCode:
      return "odd-code";
    case ReplyForm::kLetters:
      return "letters";
    case ReplyForm::kNul:
      return "nul";
    case ReplyForm::kEightBit:
      return "eight-bit";
    case ReplyForm::kTerminalEscapes:
      return "terminal-escapes";
    case ReplyForm::kLongLine:
      return "long-line";
    case ReplyForm::kEndlessLine:
      return "endless-line";
    case ReplyForm::kEndlessLines:
      return "endless-lines";
    case ReplyForm::kCodesDisagree:
      return "codes-disagree";
    case ReplyForm::kNoEnd:
      return "no-end";
    case ReplyForm::kTwice:
      return "twice";
  }
  return "unknown";
}

std::string_view Name(ReplyScope scope) {
  switch (scope) {
    case ReplyScope::kEverywhere:
      return "everywhere";
    case ReplyScope::kInClear:
      return "in-clear";
    case ReplyScope::kInTls:
      return "in-tls";
  }
  return "unknown";
}

std::string_view Name(Placement placement) {
  switch (placement) {
    case Placement::kNone:
      return "none";
    case Placement::kBehindEhlo:
      return "behind-ehlo";
    case Placement::kBeforeReply:
      return "before-reply";
    case Placement::kSameSegment:
      return "same-segment";
    case Placement::kNextSegment:
      return "next-segment";
    case Placement::kBeforeServerHello:
      return "before-server-hello";
    case Placement::kBetweenFlights:
      return "between-flights";
    case Placement::kBehindHandshake:
      return "behind-handshake";
  }
  return "?";
}

std::string_view Name(AfterStartTls after) {
  switch (after) {
    case AfterStartTls::kHandshake:
      return "handshake";
    case AfterStartTls::kStayInClear:
      return "stay-in-clear";
  }
  return "?";
}

std::string_view Name(TicketFault fault) {
  switch (fault) {
    case TicketFault::kNone:
      return "none";
    case TicketFault::kSealFails:
      return "seal-fails";
    case TicketFault::kOpenFails:
      return "open-fails";
    case TicketFault::kOpenStalls:
      return "open-stalls";
  }
  return "?";
}

std::string_view Name(ClientCertificate certificate) {
  switch (certificate) {
    case ClientCertificate::kNone:
      return "none";
    case ClientCertificate::kRequested:
      return "requested";
    case ClientCertificate::kRequired:
      return "required";
  }
  return "?";
}

std::string_view Name(Stage stage) {
  switch (stage) {
    case Stage::kConnected:
      return "connected";
    case Stage::kGreetingSent:
      return "greeting-sent";
    case Stage::kEhloSeen:
      return "ehlo-seen";
    case Stage::kStartTlsSeen:
      return "starttls-seen";
    case Stage::kStartTlsAnswered:
      return "starttls-answered";
    case Stage::kClientHelloSeen:
      return "client-hello-seen";
    case Stage::kServerFlightSent:
      return "server-flight-sent";
    case Stage::kHandshakeDone:
      return "handshake-done";
    case Stage::kEhloInTlsSeen:
      return "ehlo-in-tls-seen";
    case Stage::kAuthSeen:
      return "auth-seen";
    case Stage::kMailSeen:
      return "mail-seen";
    case Stage::kRcptSeen:
      return "rcpt-seen";
    case Stage::kDataSeen:
      return "data-seen";
    case Stage::kMessageSeen:
      return "message-seen";
  }
  return "?";
}

std::string_view Name(CutKind kind) {
  switch (kind) {
    case CutKind::kNone:
      return "none";
    case CutKind::kClose:
      return "close";
    case CutKind::kReset:
      return "reset";
    case CutKind::kSilence:
      return "silence";
  }
  return "?";
}

std::string_view Name(Door door) {
  switch (door) {
    case Door::kOpen:
      return "open";
    case Door::kRefused:
      return "refused";
    case Door::kNeverAnswers:
      return "never-answers";
  }
  return "?";
}

std::string_view Name(CloseKind kind) {
  switch (kind) {
    case CloseKind::kFin:
      return "fin";
    case CloseKind::kHalf:
      return "half";
    case CloseKind::kReset:
      return "reset";
  }
  return "?";
}

}  // namespace fakeserver
