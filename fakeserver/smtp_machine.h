// The state behind SmtpSession: octets to lines, lines to commands, commands to effects. Private to the session; split
// over smtp_machine.cc (input and replies), smtp_commands.cc (the table of verbs) and smtp_auth.cc (RFC 4954).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fakeserver/smtp_data.h"
#include "fakeserver/smtp_session.h"

namespace fakeserver {

class SmtpMachine {
 public:
  SmtpMachine(const SmtpScript& script, TlsMode mode);

  void Start();
  void OnBytes(ByteView bytes);
  void OnEof();
  void OnTlsEstablished();
  bool closed() const { return phase_ == Phase::kClosed; }
  std::vector<Effect> TakeEffects();

 private:
  enum class Phase : uint8_t {
    kCommand,
    kAuthPlain,     // the response to an empty 334
    kAuthUser,      // AUTH LOGIN, user name
    kAuthPassword,  // AUTH LOGIN, password
    kData,
    kAwaitTls,  // STARTTLS was answered with 220
    kClosed,
  };
  // What the first octet behind STARTTLS said about all that arrives before the switch.
  enum class BehindStartTls : uint8_t { kNothing, kClearText, kTls };

  // One row of the table of verbs.
  struct Command {
    std::string_view name;
    Verb verb;
    void (SmtpMachine::*handler)(std::string_view args);
  };
  static const Command kCommands[];

  // ---- input (smtp_machine.cc)
  void TakeLineOctet(uint8_t octet);
  bool TakeRecordOctet(uint8_t octet);
  void TakeBehindStartTls(ByteView bytes);
  void TakeRequestLine(std::string_view line);
  void TakeData(ByteView& bytes);
  void EndLine();
  void EndData();
  size_t LineLimit() const;

  // ---- output (smtp_machine.cc)
  Effect& Emit(Effect::Kind kind, std::string text = {});
  void NoteOnce(bool& noted, std::string text);
  // The reply that the script has for `verb` here and now, or nullptr.
  const Reply* Scripted(Verb verb) const;
  // That reply, or the ordinary one; it counts as given.
  Reply Chosen(Verb verb, Reply ordinary);
  // Sends the scripted reply of `verb`, or `ordinary`; returns the code that was sent.
  int Answer(Verb verb, Reply ordinary);
  int Answer(Verb verb, int code, std::string line);
  int SendReply(Verb verb, const Reply& reply);
  void Close();

  // ---- commands (smtp_commands.cc)
  void OnCommand(std::string_view line);
  void Helo(std::string_view args);
  void Ehlo(std::string_view args);
  void StartTls(std::string_view args);
  void Mail(std::string_view args);
  void Rcpt(std::string_view args);
  void Data(std::string_view args);
  void Rset(std::string_view args);
  void Noop(std::string_view args);
  void Vrfy(std::string_view args);
  void Help(std::string_view args);
  void Quit(std::string_view args);
  void Unimplemented(std::string_view args);
  void Greet(Verb verb, std::string_view args, Reply ordinary);
  void SendStartTlsReply(const Reply& reply);
  void InjectBehindEhlo();
  Reply MailReply(std::string_view path, std::string_view params);
  std::optional<Reply> BadMailParameter(std::string_view param);
  Reply RcptReply(std::string_view path, std::string_view params);
  void ForgetTransaction();
  const std::vector<std::string>& Capabilities() const;
  // The advertised line of an extension, or nullptr.
  const std::string* Offered(std::string_view keyword) const;
  size_t SizeLimit() const;  // advertised; 0 = none

  // ---- AUTH (smtp_auth.cc)
  void Auth(std::string_view args);
  void OnAuthResponse(std::string_view line);
  std::optional<Reply> RefusalOfAuth(std::string_view mechanism) const;
  void BeginPlain(std::optional<std::string_view> initial);
  void BeginLogin(std::optional<std::string_view> initial);
  void RecordInitialSecret(std::string_view mechanism, std::optional<std::string_view> initial);
  void FinishPlain(std::string_view base64);
  void FinishAuth(bool decoded);
  bool ScriptedAuthReplyComesAtOnce() const;

  const SmtpScript& script_;
  bool in_tls_;
  Phase phase_ = Phase::kCommand;
  std::vector<Effect> effects_;

  std::string line_;
  size_t line_size_ = 0;  // octets of the line so far, kept or not
  std::string record_;    // octets that began like a TLS record where a command was expected
  bool in_record_ = false;
  BehindStartTls behind_ = BehindStartTls::kNothing;
  size_t commands_ = 0;

  bool service_refused_ = false;  // by the greeting: only QUIT is served (RFC 5321 3.1)
  bool greeted_ = false, extended_ = false;
  bool held_ehlo_ = false, injected_ = false;
  std::map<Verb, int> used_;  // how often each scripted reply was given
  bool interrupted_ = false;  // the message was answered before it ended
  bool authenticated_ = false;
  std::string auth_user_;
  bool in_transaction_ = false;
  size_t recipients_ = 0;
  DataReader data_;

  bool noted_bare_lf_ = false, noted_data_ends_ = false, noted_lf_dot_ = false, noted_long_line_ = false;
};

// Splits at the first space: the first word, and what follows without leading spaces.
std::pair<std::string_view, std::string_view> FirstWord(std::string_view text);
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace fakeserver
