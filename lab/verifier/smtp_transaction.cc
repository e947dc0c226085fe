// What the client says once the server is verified: AUTH (RFC 4954) and the mail transaction (RFC 5321 3.3).
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "lab/verifier/smtp_client_impl.h"

namespace verifier {
namespace {

// RFC 5705 4 leaves labels that begin so to whoever needs one. The octets are new with every connection, because the
// client's random is in them: no source of randomness of our own is needed.
constexpr std::string_view kNonceLabel = "EXPERIMENTAL SCRAM client nonce";
constexpr size_t kNonceOctets = 18;
constexpr std::string_view kBindingLabel = "EXPORTER-Channel-Binding";  // RFC 9266 3
constexpr size_t kBindingOctets = 32;

}  // namespace

// ------------------------------------------------------------------------------------------------ AUTH

void SmtpClient::Impl::BeginAuth() {
  if (!config_.user || !config_.password) {
    return BeginMessage();
  }
  if (tls_->verification().unauthenticated) {
    return Finish({Reason::kCommandRefused}, "nobody vouches for this server, so it gets no password", Leave::kQuit);
  }
  const std::string binding(certs::AsText(tls_->Export(kBindingLabel, kBindingOctets)));
  const auto mechanism =
      ChooseSaslMechanism(offers_.auth, config_.mechanisms, *config_.user, *config_.password, !binding.empty());
  if (!mechanism) {
    return Finish({Reason::kCommandRefused}, "inside TLS the server offers no mechanism of AUTH that may be used",
                  Leave::kQuit);
  }
  result_.mechanism = mechanism;
  sasl_ = MakeSaslClient(*mechanism,
                         {.user = *config_.user,
                          .password = *config_.password,
                          .nonce = Base64(certs::AsText(tls_->Export(kNonceLabel, kNonceOctets))),
                          .channel_binding = binding,
                          .plus_offered = std::ranges::count(offers_.auth, SaslMechanism::kScramSha256Plus) != 0});
  const std::optional<std::string> initial = sasl_->Initial();
  // "=" stands for a response without octets (RFC 4954 4).
  const std::string response = !initial ? "" : initial->empty() ? " =" : " " + Base64(*initial);
  Send(Wait::kAuth, fmt::format("AUTH {}{}\r\n", Name(*mechanism), response), config_.timeouts.auth,
       fmt::format("AUTH {}{}", Name(*mechanism), initial ? " ****" : ""));
}

void SmtpClient::Impl::OnChallenge(const Reply& reply) {
  const auto challenge = reply.lines.size() == 1 ? FromBase64(reply.lines.front()) : std::nullopt;
  if (!challenge) {
    return CancelAuth("the challenge is not one line of base64");
  }
  auto response = sasl_->Respond(*challenge);
  if (!response) {
    return CancelAuth(std::move(response.error()));
  }
  Send(Wait::kAuth, Base64(*response) + "\r\n", config_.timeouts.auth, "****");
}

// RFC 4954 4: a client that will not go on says "*". The verdict stands from here.
void SmtpClient::Impl::CancelAuth(std::string why) {
  decided_ = true;
  result_.verdict = {Reason::kMalformedReply};
  result_.detail = std::move(why);
  Send(Wait::kAuthCancel, "*\r\n", config_.timeouts.auth);
}

void SmtpClient::Impl::OnAuthenticated() {
  if (std::string why = sasl_->WhyNotComplete(); !why.empty()) {
    return Finish({Reason::kMalformedReply}, std::move(why), Leave::kQuit);
  }
  result_.stage = Stage::kAuthenticated;
  BeginMessage();
}

// ------------------------------------------------------------------------------------------------ the message

void SmtpClient::Impl::BeginMessage() {
  if (!config_.message) {
    return Finish({Reason::kOk}, "verified; there was nothing to deliver", Leave::kQuit);
  }
  // RFC 8689 4.2.1: TLS is not enough, the server must be verified.
  if (config_.message->require_tls && tls_->verification().unauthenticated) {
    return Finish({Reason::kCommandRefused},
                  "nobody vouches for this server, and the message requires that somebody does", Leave::kQuit);
  }
  const auto parameters = MailParameters(*config_.message, offers_);
  if (!parameters) {
    return Finish({Reason::kCommandRefused}, parameters.error(), Leave::kQuit);
  }
  Send(Wait::kMail, fmt::format("MAIL FROM:<{}>{}\r\n", config_.message->from, *parameters), config_.timeouts.mail);
}

void SmtpClient::Impl::SendRecipient() {
  const std::string& to = config_.message->to[result_.recipients.size()];
  result_.recipients.push_back({.address = to, .reply = ""});
  Send(Wait::kRcpt, fmt::format("RCPT TO:<{}>\r\n", to), config_.timeouts.rcpt);
}

void SmtpClient::Impl::OnRecipient(const Reply& reply) {
  result_.recipients.back().code = reply.code;
  result_.recipients.back().reply = certs::Escaped(reply.lines.front(), kShownText);
  if (result_.recipients.size() < config_.message->to.size()) {
    return SendRecipient();
  }
  if (std::ranges::none_of(result_.recipients, &RecipientResult::accepted)) {
    return OnRefusal(reply);
  }
  Send(Wait::kData, "DATA\r\n", config_.timeouts.data);
}

void SmtpClient::Impl::BeginData() {
  data_ = DataBlock(config_.message->body);
  Record(/*from_client=*/true, fmt::format("({} octets of message)", data_.size()));
  Await(Wait::kBlock, config_.timeouts.block);
}

// Hands the next block over once the wire has taken the one before: each has its own time limit, and no more than one
// waits in memory a second time.
bool SmtpClient::Impl::SendBlock() {
  if (!out_.empty()) {
    return false;
  }
  const std::string_view block = std::string_view(data_).substr(data_sent_, kDataBlock);
  data_sent_ += block.size();
  tls_->Write(block);
  if (data_sent_ < data_.size()) {
    Await(Wait::kBlock, config_.timeouts.block);
  } else {
    Await(Wait::kBody, config_.timeouts.end_of_data);
  }
  return true;
}

void SmtpClient::Impl::OnDelivered() {
  result_.stage = Stage::kDelivered;
  const auto accepted = std::ranges::count_if(result_.recipients, &RecipientResult::accepted);
  if (static_cast<size_t>(accepted) == result_.recipients.size()) {
    return Finish({Reason::kOk}, "verified and delivered", Leave::kQuit);
  }
  const auto refused = std::ranges::find_if_not(result_.recipients, &RecipientResult::accepted);
  Finish({Reason::kCommandRefused},
         fmt::format("delivered to {} of {} recipients; the answer to {} is \"{} {}\"", accepted,
                     result_.recipients.size(), certs::Escaped(refused->address, kShownText), refused->code,
                     refused->reply),
         Leave::kQuit);
}

}  // namespace verifier
