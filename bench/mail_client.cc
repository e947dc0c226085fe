#include "bench/mail_client.h"

#include <openssl/bio.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "bench/bare_handshake.h"
#include "certs/bytes.h"

namespace bench {

std::string MailClient::negotiated() { return NegotiatedBy(ssl_.get()); }

MailClient::MailClient(SSL_CTX* context, const char* host, Talk talk, SSL_SESSION* session)
    : ssl_(SSL_new(context)),
      talk_(talk),
      state_(talk == Talk::kStartTls ? State::kGreeting : State::kHandshake),
      offered_(session != nullptr) {
  in_ = BIO_new(BIO_s_mem());
  out_ = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in_, -1);
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_connect_state(ssl_.get());
  SSL_set_tlsext_host_name(ssl_.get(), host);
  if (session != nullptr) {
    SSL_set_session(ssl_.get(), session);
  }
}

void MailClient::Receive(certs::ByteView bytes) {
  if (state_ < State::kHandshake) {
    text_ += certs::AsText(bytes);
  } else {
    BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
  }
}

void MailClient::ReceiveEof(bool) { eof_ = true; }

bool MailClient::Advance(verifier::Micros) {
  bool progress = false;
  while (!Done() && Step()) {
    progress = true;
  }
  if (eof_ && !Done()) {
    // A server may close behind its answer to QUIT, or instead of it.
    state_ = state_ == State::kQuit ? State::kDone : State::kFailed;
    progress = true;
  }
  return progress;
}

bool MailClient::Step() {
  if (state_ == State::kHandshake) {
    return Handshake();
  }
  if (state_ > State::kHandshake) {
    ReadTls();
  }
  const std::optional<int> code = Reply();
  if (!code) {
    return false;
  }
  const auto go_on = [&](const char* command, State next) {
    Say(command);
    state_ = next;
  };
  if (*code / 100 != 2) {
    state_ = State::kFailed;
  } else if (state_ == State::kGreeting) {
    go_on("EHLO client.lab.test\r\n", State::kEhlo);
  } else if (state_ == State::kEhlo) {
    go_on("STARTTLS\r\n", State::kStartTls);
  } else if (state_ == State::kStartTls) {
    state_ = State::kHandshake;
  } else if (state_ == State::kTlsGreeting) {
    go_on("EHLO client.lab.test\r\n", State::kTlsEhlo);
  } else if (state_ == State::kTlsEhlo) {
    go_on("QUIT\r\n", State::kQuit);
  } else {
    SSL_shutdown(ssl_.get());
    state_ = State::kDone;
  }
  return true;
}

bool MailClient::Handshake() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    AfterHandshake();
    return true;
  }
  const int error = SSL_get_error(ssl_.get(), result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
    state_ = State::kFailed;
    return true;
  }
  return false;
}

void MailClient::AfterHandshake() {
  shook_hands_ = true;
  switch (talk_) {
    case Talk::kTlsOnly:
      SSL_shutdown(ssl_.get());
      state_ = State::kDone;
      break;
    case Talk::kImplicit:
      state_ = State::kTlsGreeting;
      break;
    case Talk::kStartTls:
      Say("EHLO client.lab.test\r\n");
      state_ = State::kTlsEhlo;
      break;
  }
}

void MailClient::ReadTls() {
  std::array<char, 2048> buffer;
  int count = 0;
  while ((count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0) {
    text_.append(buffer.data(), static_cast<size_t>(count));
  }
  if (SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN) {
    eof_ = true;
  }
}

// Replies end with the first line whose code is followed by a space (RFC 5321 4.2.1).
std::optional<int> MailClient::Reply() {
  size_t start = 0;
  for (size_t end = text_.find('\n'); end != text_.npos; start = end + 1, end = text_.find('\n', start)) {
    if (end - start >= 4 && text_[start + 3] == ' ') {
      const int code = std::atoi(text_.c_str() + start);
      text_.erase(0, end + 1);
      return code;
    }
  }
  return std::nullopt;
}

void MailClient::Say(const char* command) {
  if (shook_hands_) {
    SSL_write(ssl_.get(), command, static_cast<int>(std::strlen(command)));
  } else {
    const certs::ByteView octets(reinterpret_cast<const uint8_t*>(command), std::strlen(command));
    certs::Append(clear_, octets);
  }
}

certs::Bytes MailClient::TakeOutput() {
  certs::Bytes output = std::move(clear_);
  clear_.clear();
  const uint8_t* data = nullptr;
  size_t size = 0;
  if (BIO_mem_contents(out_, &data, &size) && size > 0) {
    output.insert(output.end(), data, data + size);
    BIO_reset(out_);
  }
  return output;
}

}  // namespace bench
