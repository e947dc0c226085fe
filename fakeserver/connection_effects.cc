// What session and TLS ask for: facts go into the record at once, actions wait their turn.
#include <utility>

#include "fakeserver/client_hello.h"
#include "fakeserver/connection_impl.h"
#include "fakeserver/smtp_reply.h"

namespace fakeserver {
namespace {

constexpr uint8_t kHandshakeRecord = 22, kAlertRecord = 21;
constexpr size_t kRecordHeader = 5;

// What the client did is recorded when it is seen. What the server does waits its turn.
bool IsAction(Effect::Kind kind) {
  using enum Effect::Kind;
  return kind == kSend || kind == kStartTls || kind == kEarlyTls || kind == kClose || kind == kReply ||
         kind == kInjected || kind == kHold;
}

EventKind EventOf(Effect::Kind fact) {
  switch (fact) {
    case Effect::Kind::kCommand:
      return EventKind::kCommand;
    case Effect::Kind::kAuthStarted:
      return EventKind::kAuthStarted;
    case Effect::Kind::kSecret:
      return EventKind::kSecret;
    case Effect::Kind::kMailFrom:
      return EventKind::kMailFrom;
    case Effect::Kind::kRcptTo:
      return EventKind::kRcptTo;
    case Effect::Kind::kMessage:
      return EventKind::kMessage;
    case Effect::Kind::kClearDiscarded:
      return EventKind::kClearBytesIn;
    default:
      return EventKind::kNote;
  }
}

// The stage that a fact reaches.
std::optional<Stage> StageOf(const Effect& fact, bool in_tls) {
  if (fact.kind == Effect::Kind::kMessage) {
    return Stage::kMessageSeen;
  }
  if (fact.kind != Effect::Kind::kCommand) {
    return std::nullopt;
  }
  switch (fact.verb) {
    case Verb::kHelo:
    case Verb::kEhlo:
      return in_tls ? Stage::kEhloInTlsSeen : Stage::kEhloSeen;
    case Verb::kStartTls:
      return Stage::kStartTlsSeen;
    case Verb::kAuth:
      return Stage::kAuthSeen;
    case Verb::kMail:
      return Stage::kMailSeen;
    case Verb::kRcpt:
      return Stage::kRcptSeen;
    case Verb::kData:
      return Stage::kDataSeen;
    default:
      return std::nullopt;
  }
}

}  // namespace

// -------------------------------------------------------------------------------------------- effects

void Connection::Impl::Take(std::vector<Effect> effects) {
  for (Effect& effect : effects) {
    if (!IsAction(effect.kind)) {
      RecordFact(effect);
    } else if (hold_until_) {
      waiting_.push_back(std::move(effect));
    } else {
      Do(effect);
    }
  }
}

void Connection::Impl::RecordFact(Effect& effect) {
  if (effect.kind == Effect::Kind::kTlsRecordInClear) {
    RecordTlsRecord(effect.text);
    return;
  }
  const std::optional<Stage> stage = StageOf(effect, InTls());
  Record({.kind = EventOf(effect.kind),
          .incoming = true,
          .verb = effect.verb,
          .text = std::move(effect.text),
          .secret = std::move(effect.secret)});
  if (stage) {
    Announce(*stage);
  }
}

// A TLS record among the commands: no TLS is active that would read it.
void Connection::Impl::RecordTlsRecord(std::string& record) {
  const ByteView bytes(reinterpret_cast<const uint8_t*>(record.data()), record.size());
  const ByteView body = bytes.subspan(kRecordHeader);
  if (bytes[0] == kAlertRecord && body.size() == 2) {
    Record({.kind = EventKind::kAlertIn, .incoming = true, .code = body[1], .level = body[0]});
    return;
  }
  auto hello = bytes[0] == kHandshakeRecord ? ParseClientHello(body) : std::nullopt;
  if (hello) {
    Record({.kind = EventKind::kClientHello, .incoming = true, .text = "in clear", .hello = std::move(hello)});
    Announce(Stage::kClientHelloSeen);
  } else {
    Record({.kind = EventKind::kNote, .incoming = true, .text = "a TLS record in clear: " + record});
  }
}

void Connection::Impl::Do(Effect& effect) {
  using enum Effect::Kind;
  if (silent_ || done_) {
    return;
  }
  switch (effect.kind) {
    case kReply:
      facts_of_next_send_.push_back({.kind = EventKind::kReply,
                                     .in_tls = InTls(),
                                     .code = effect.code,
                                     .verb = effect.verb,
                                     .text = std::move(effect.text)});
      break;
    case kInjected:
      facts_of_next_send_.push_back({.kind = EventKind::kInjected, .text = std::string(certs::AsText(effect.bytes))});
      break;
    case kSend:
      Send(std::move(effect.bytes), !std::exchange(greeted_, true), effect.verb);
      break;
    case kHold:
      hold_until_ = now_ + effect.wait;
      break;
    case kStartTls:
      StartTls();
      break;
    case kEarlyTls:
      Record({.kind = EventKind::kNote, .incoming = true, .text = "TLS was begun before the reply to STARTTLS"});
      if (tls_) {
        tls_->Feed(effect.bytes);
      }
      break;
    case kClose:
      closing_ = true;
      break;
    default:
      break;
  }
}

void Connection::Impl::Send(Bytes bytes, bool is_greeting, Verb verb) {
  if (InTls()) {
    tls_->Write(bytes);
    bytes = tls_->TakeOutput().bytes;
  }
  Segment& segment = output_.emplace_back();
  output_size_ += bytes.size();
  segment.bytes = std::move(bytes);
  segment.facts = std::exchange(facts_of_next_send_, {});
  if (is_greeting) {
    segment.stages.push_back(Stage::kGreetingSent);
  } else if (verb == Verb::kStartTls) {
    segment.stages.push_back(Stage::kStartTlsAnswered);
  }
}

// ------------------------------------------------------------------------------------------------ TLS

void Connection::Impl::StartTls() {
  auto context = behaviour_->tls_context.Get(behaviour_->tls, behaviour_->identity);
  if (!context) {
    Record({.kind = EventKind::kNote, .text = "no TLS: " + context.error().detail});
    closing_ = true;
    return;
  }
  tls_ = TlsServer::Make(std::move(*context), [this](Event event) { OnTlsEvent(std::move(event)); });
}

void Connection::Impl::OnTlsEvent(Event event) {
  const bool ours = event.kind == EventKind::kTlsMessage || event.kind == EventKind::kAlertOut;
  if (silent_ && ours && !event.incoming) {
    return;  // it will never be sent
  }
  const bool hello = event.kind == EventKind::kClientHello;
  Record(std::move(event));
  if (hello) {
    hello_seen_ = true;
    Announce(Stage::kClientHelloSeen);
  }
}

void Connection::Impl::CollectTlsOutput() {
  TlsServer::Output output = tls_->TakeOutput();
  if ((output.bytes.empty() && output.cut == CutKind::kNone) || silent_) {
    return;
  }
  if (hello_seen_) {
    InjectAt(Placement::kBeforeServerHello);
  }
  Segment& segment = output_.emplace_back();
  output_size_ += output.bytes.size();
  segment.bytes = std::move(output.bytes);
  segment.cut = output.cut;
  if (output.certificate) {
    segment.facts.push_back({.kind = EventKind::kCertificateSent});
  }
  if (output.flight && !std::exchange(flight_announced_, true)) {
    segment.stages.push_back(Stage::kServerFlightSent);
    InjectAt(Placement::kBetweenFlights);
  }
}

// What the script injects at a place around the handshake, in clear, once.
void Connection::Impl::InjectAt(Placement placement) {
  const Injection& injection = behaviour_->smtp.injection;
  if (silent_ || done_ || injection.placement != placement || std::exchange(injected_, true)) {
    return;
  }
  std::vector<Event> facts = {{.kind = EventKind::kInjected, .text = std::string(certs::AsText(injection.payload))}};
  for (Bytes& slice : Slices(injection.payload, injection.slice)) {
    Segment& segment = output_.emplace_back();
    segment.bytes = std::move(slice);
    segment.facts = std::exchange(facts, {});
    output_size_ += segment.bytes.size();
  }
}

bool Connection::Impl::TlsComesFirst() const {
  const SmtpScript& smtp = behaviour_->smtp;
  return behaviour_->mode == TlsMode::kImplicit ? !smtp.greet_in_clear_on_implicit : smtp.tls_on_connect;
}

void Connection::Impl::AnnounceTls() {
  // The stage is reached when the last message of the handshake has left, and that may still wait.
  if (output_.empty()) {
    Announce(Stage::kHandshakeDone);
  } else {
    output_.back().stages.push_back(Stage::kHandshakeDone);
  }
  InjectAt(Placement::kBehindHandshake);
  Take(TlsComesFirst() ? session_.Start() : session_.OnTlsEstablished());
}

void Connection::Impl::OnTlsEnded() {
  closing_ = true;
  waiting_.clear();
  hold_until_.reset();
  if (tls_->state() == TlsServer::State::kPeerFinished) {
    Record({.kind = EventKind::kNote, .incoming = true, .text = "close_notify"});
    Take(session_.OnEof());
  }
}

}  // namespace fakeserver
