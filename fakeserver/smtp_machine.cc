#include "fakeserver/smtp_machine.h"

#include <algorithm>
#include <utility>

#include "fakeserver/smtp_reply.h"

namespace fakeserver {
namespace {

constexpr size_t kCommandLimit = 512;               // RFC 5321 4.5.3.1.4
constexpr size_t kMailLimit = 512 + 26 + 17 + 500;  // RFC 1870 3, RFC 6152 2, RFC 4954 3
constexpr size_t kAuthLimit = 12288 + 2;            // RFC 4954 4
constexpr size_t kMaxUnended = 64 * 1024;           // without a line end
constexpr size_t kMaxCommands = 4000;
constexpr size_t kMaxMessage = size_t{256} << 20;
constexpr size_t kLongestRecord = 5 + 16384 + 2048;

uint8_t LowerCase(uint8_t octet) { return octet >= 'A' && octet <= 'Z' ? static_cast<uint8_t>(octet | 0x20) : octet; }

// The scripted reply, with the words of the ordinary one where it has none of its own.
Reply Filled(Reply scripted, Reply ordinary) {
  if (scripted.code == Reply::kOrdinary) {
    scripted.code = ordinary.code;
    scripted.lines = std::move(ordinary.lines);
  }
  return scripted;
}

bool BeginsWithVerb(std::string_view line, std::string_view verb) {
  return EqualsIgnoringCase(FirstWord(line).first, verb);
}

}  // namespace

std::pair<std::string_view, std::string_view> FirstWord(std::string_view text) {
  const size_t space = std::min(text.find(' '), text.size());
  std::string_view rest = text.substr(space);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return {text.substr(0, space), rest};
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](char x, char y) { return LowerCase(static_cast<uint8_t>(x)) == LowerCase(static_cast<uint8_t>(y)); });
}

SmtpMachine::SmtpMachine(const SmtpScript& script, TlsMode mode)
    : script_(script),
      in_tls_(mode == TlsMode::kImplicit ? !script.greet_in_clear_on_implicit : script.tls_on_connect) {}

std::vector<Effect> SmtpMachine::TakeEffects() { return std::exchange(effects_, {}); }

void SmtpMachine::Start() {
  if (script_.answers_request_with) {
    return;
  }
  const Reply ordinary{220, {script_.host + " ESMTP"}};
  const int code = SendReply(Verb::kOther, script_.greeting ? Filled(*script_.greeting, ordinary) : ordinary);
  // RFC 5321 3.1: after 554 (or any refusal) the server still waits for QUIT, and answers everything else with 503.
  service_refused_ = code / 100 != 2;
}

void SmtpMachine::OnTlsEstablished() {
  in_tls_ = true;
  phase_ = Phase::kCommand;
  behind_ = BehindStartTls::kNothing;
  // RFC 3207 4.2: the server discards any knowledge obtained from the client.
  greeted_ = extended_ = authenticated_ = false;
  line_.clear();
  line_size_ = 0;
  ForgetTransaction();
}

// ---------------------------------------------------------------------------------------------- input

void SmtpMachine::OnBytes(ByteView bytes) {
  while (!bytes.empty()) {
    switch (phase_) {
      case Phase::kClosed:
        return;
      case Phase::kAwaitTls:
        TakeBehindStartTls(bytes);
        return;
      case Phase::kData:
        TakeData(bytes);
        break;
      case Phase::kCommand:
      case Phase::kAuthPlain:
      case Phase::kAuthUser:
      case Phase::kAuthPassword:
        if (!TakeRecordOctet(bytes.front())) {
          TakeLineOctet(bytes.front());
        }
        bytes = bytes.subspan(1);
        break;
    }
  }
}

void SmtpMachine::OnEof() {
  if (phase_ == Phase::kData) {
    Emit(Effect::Kind::kNote, "unfinished message: " + data_.text()).size = data_.size();
  } else if (line_size_ > 0 || in_record_) {
    Emit(Effect::Kind::kNote, "unfinished line: " + (in_record_ ? record_ : line_));
  }
}

// A TLS record where a command was expected, recognised by its header: its random octets would make nonsense commands.
// Returns false if the octet belongs to a line.
bool SmtpMachine::TakeRecordOctet(uint8_t octet) {
  if (!in_record_) {
    const bool record_type = octet >= 0x14 && octet <= 0x17;  // change_cipher_spec .. application_data
    if (in_tls_ || line_size_ > 0 || !record_type) {
      return false;
    }
    in_record_ = true;
    record_.clear();
  }
  record_.push_back(static_cast<char>(octet));
  const auto at = [this](size_t i) { return static_cast<uint8_t>(record_[i]); };
  const size_t size = record_.size();
  const size_t whole = size < 5 ? kLongestRecord : 5 + size_t{at(3)} * 256 + at(4);
  if ((size == 2 && octet != 3) || (size == 3 && octet > 4) || whole > kLongestRecord) {
    // Not a record: these were octets of a line.
    in_record_ = false;
    for (char c : std::exchange(record_, {})) {
      TakeLineOctet(static_cast<uint8_t>(c));
    }
  } else if (size == whole) {
    in_record_ = false;
    const bool handshake = at(0) == 0x16;
    Emit(Effect::Kind::kTlsRecordInClear, std::exchange(record_, {}));
    if (handshake) {
      // What a server that reads lines says to a ClientHello; a silent one would only make the client wait.
      SendReply(Verb::kOther, {500, {"5.5.2 Command unrecognized"}});
    }
  }
  return true;
}

size_t SmtpMachine::LineLimit() const {
  if (phase_ != Phase::kCommand || BeginsWithVerb(line_, "AUTH")) {
    return kAuthLimit;
  }
  return BeginsWithVerb(line_, "MAIL") ? kMailLimit : kCommandLimit;
}

void SmtpMachine::TakeLineOctet(uint8_t octet) {
  ++line_size_;
  if (octet == '\n') {
    EndLine();
  } else if (line_.size() <= kAuthLimit) {
    line_.push_back(static_cast<char>(octet));
  }
  if (line_size_ > kMaxUnended) {
    Emit(Effect::Kind::kCommand, line_.substr(0, kCommandLimit));
    SendReply(Verb::kOther, {421, {"4.5.2 Line without an end, closing"}});
  }
}

void SmtpMachine::EndLine() {
  const bool too_long = line_size_ > LineLimit();
  std::string line = std::exchange(line_, {});
  line_size_ = 0;
  if (line.ends_with('\r')) {
    line.pop_back();
  } else {
    NoteOnce(noted_bare_lf_, "a command line ends in a bare LF");
  }
  if (++commands_ > kMaxCommands) {
    SendReply(Verb::kOther, {421, {"4.7.0 Too many commands, closing"}});
    return;
  }
  if (script_.answers_request_with) {
    return TakeRequestLine(line);
  }
  if (too_long) {
    if (phase_ == Phase::kCommand) {
      line.resize(std::min(line.size(), kCommandLimit));
      Emit(Effect::Kind::kCommand, std::move(line));
    }
    const std::string_view why =
        phase_ == Phase::kCommand ? "5.5.2 Line too long" : "5.5.6 Authentication line too long";
    phase_ = Phase::kCommand;
    SendReply(Verb::kOther, {500, {std::string(why)}});
  } else if (phase_ == Phase::kCommand) {
    OnCommand(line);
  } else {
    OnAuthResponse(line);
  }
}

// A request of another protocol ends in a blank line.
void SmtpMachine::TakeRequestLine(std::string_view line) {
  if (!line.empty()) {
    Emit(Effect::Kind::kNote, "request: " + std::string(line.substr(0, kCommandLimit)));
    return;
  }
  Effect& send = Emit(Effect::Kind::kSend);
  send.bytes = *script_.answers_request_with;
  Close();
}

void SmtpMachine::TakeBehindStartTls(ByteView bytes) {
  if (behind_ == BehindStartTls::kNothing) {
    behind_ = bytes.front() == 0x16 ? BehindStartTls::kTls : BehindStartTls::kClearText;
  }
  if (behind_ == BehindStartTls::kTls) {
    Emit(Effect::Kind::kEarlyTls).bytes.assign(bytes.begin(), bytes.end());
  } else {
    Emit(Effect::Kind::kClearDiscarded, std::string(certs::AsText(bytes)));
  }
}

void SmtpMachine::TakeData(ByteView& bytes) {
  if (script_.interrupt_data && !std::exchange(interrupted_, true)) {
    SendReply(Verb::kEndOfData, *script_.interrupt_data);
    if (phase_ != Phase::kData) {
      return;
    }
  }
  bytes = bytes.subspan(data_.Take(bytes));
  if (data_.done()) {
    EndData();
  } else if (data_.size() > kMaxMessage) {
    SendReply(Verb::kEndOfData, {421, {"4.3.1 Message without an end, closing"}});
  }
}

void SmtpMachine::EndData() {
  phase_ = Phase::kCommand;
  Emit(Effect::Kind::kMessage, data_.text()).size = data_.size();
  if (data_.bare_line_end()) {
    NoteOnce(noted_data_ends_, "a message has bare CRs or LFs");
  }
  if (data_.bare_lf_dot()) {
    NoteOnce(noted_lf_dot_, "a message has a dot between bare LFs, which does not end it");
  }
  const size_t limit = SizeLimit();
  Reply ordinary{250, {"2.0.0 Message accepted"}};
  if (limit > 0 && data_.size() > limit) {
    ordinary = {552, {"5.3.4 Message exceeds the fixed maximum size"}};
  } else if (data_.long_line()) {
    NoteOnce(noted_long_line_, "a message has a line of more than 1000 octets");
    ordinary = {500, {"5.5.2 A text line is too long"}};
  }
  ForgetTransaction();
  if (!std::exchange(interrupted_, false)) {
    Answer(Verb::kEndOfData, std::move(ordinary));
  }
}

// --------------------------------------------------------------------------------------------- output

Effect& SmtpMachine::Emit(Effect::Kind kind, std::string text) {
  Effect& effect = effects_.emplace_back();
  effect.kind = kind;
  effect.text = std::move(text);
  return effect;
}

void SmtpMachine::NoteOnce(bool& noted, std::string text) {
  if (!std::exchange(noted, true)) {
    Emit(Effect::Kind::kNote, std::move(text));
  }
}

int SmtpMachine::Answer(Verb verb, int code, std::string line) { return Answer(verb, Reply{code, {std::move(line)}}); }

const Reply* SmtpMachine::Scripted(Verb verb) const {
  const auto scripted = script_.replies.find(verb);
  if (scripted == script_.replies.end()) {
    return nullptr;
  }
  const Reply& reply = scripted->second;
  const bool elsewhere = reply.scope == (in_tls_ ? ReplyScope::kInClear : ReplyScope::kInTls);
  const auto used = used_.find(verb);
  return elsewhere || (reply.times > 0 && used != used_.end() && used->second >= reply.times) ? nullptr : &reply;
}

Reply SmtpMachine::Chosen(Verb verb, Reply ordinary) {
  const Reply* scripted = Scripted(verb);
  if (scripted == nullptr) {
    return ordinary;
  }
  ++used_[verb];
  return Filled(*scripted, std::move(ordinary));
}

int SmtpMachine::Answer(Verb verb, Reply ordinary) { return SendReply(verb, Chosen(verb, std::move(ordinary))); }

int SmtpMachine::SendReply(Verb verb, const Reply& reply) {
  if (reply.hold > Micros{0}) {
    Emit(Effect::Kind::kHold).wait = reply.hold;
  }
  Bytes bytes = Encode(reply);
  std::string_view text = certs::AsText(bytes);
  if (text.ends_with("\r\n")) {
    text.remove_suffix(2);
  }
  Effect& fact = Emit(Effect::Kind::kReply, std::string(text));
  fact.verb = verb;
  fact.code = reply.code;
  Effect& send = Emit(Effect::Kind::kSend);
  send.verb = verb;
  send.bytes = std::move(bytes);
  if (reply.code == 421) {
    Close();  // RFC 5321 3.8
  }
  return reply.code;
}

void SmtpMachine::Close() {
  if (phase_ != Phase::kClosed) {
    phase_ = Phase::kClosed;
    Emit(Effect::Kind::kClose);
  }
}

}  // namespace fakeserver
