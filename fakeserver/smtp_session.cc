#include "fakeserver/smtp_session.h"

#include "fakeserver/smtp_machine.h"

namespace fakeserver {

struct SmtpSession::State {
  SmtpMachine machine;
};

SmtpSession::SmtpSession(const SmtpScript& script, TlsMode mode)
    : state_(std::make_unique<State>(SmtpMachine(script, mode))) {}
SmtpSession::~SmtpSession() = default;

std::vector<Effect> SmtpSession::Start() {
  state_->machine.Start();
  return state_->machine.TakeEffects();
}

std::vector<Effect> SmtpSession::OnBytes(ByteView bytes) {
  state_->machine.OnBytes(bytes);
  return state_->machine.TakeEffects();
}

std::vector<Effect> SmtpSession::OnEof() {
  state_->machine.OnEof();
  return state_->machine.TakeEffects();
}

std::vector<Effect> SmtpSession::OnTlsEstablished() {
  state_->machine.OnTlsEstablished();
  return state_->machine.TakeEffects();
}

bool SmtpSession::closed() const { return state_->machine.closed(); }

}  // namespace fakeserver
