#include "lab/cli/send.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <istream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "certs/bytes.h"
#include "lab/cli/check_print.h"
#include "lab/cli/context.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/files.h"

namespace lab {
namespace {

using certs::ErrorCode;
using certs::Fail;

constexpr size_t kShownAddress = 300;

certs::Result<std::string> ReadMessage(const std::string& name, std::istream& in) {
  if (name != "-") {
    return ReadWholeFile(name);
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Nothing if no user is named.
certs::Result<std::optional<std::string>> ReadPassword(const SendOptions& options) {
  if (options.user.empty()) {
    if (!options.password_file.empty()) {
      return Fail(ErrorCode::kBadInput, "--password-file needs --user");
    }
    return std::nullopt;
  }
  if (options.password_file.empty()) {
    const char* const password = std::getenv("STARTTLS_LAB_PASSWORD");
    if (password == nullptr) {
      return Fail(ErrorCode::kBadInput, "--user needs --password-file, or a password in $STARTTLS_LAB_PASSWORD");
    }
    return password;
  }
  auto text = ReadWholeFile(options.password_file);
  if (!text) {
    return std::unexpected(text.error());
  }
  return text->substr(0, text->find_first_of("\r\n"));
}

std::string AnswerText(const SendOptions& options, const Live& live) {
  const verifier::SmtpClientResult& result = live.result;
  std::string text = options.verbose ? DialogueText(live) : "";
  if (result.stage == verifier::Stage::kDelivered) {
    const auto taken = std::ranges::count_if(result.recipients, &verifier::RecipientResult::accepted);
    text += fmt::format("delivered to {} of {} recipients through {}, verified by {}\n", taken,
                        result.recipients.size(), ToWords(live.endpoint), result.verification.matched_name);
  } else {
    text += fmt::format("not delivered through {}: {}\n    {}\n", ToWords(live.endpoint), ToWords(result.verdict),
                        result.detail);
  }
  for (const verifier::RecipientResult& recipient : result.recipients) {
    if (recipient.code != 0 && !recipient.accepted()) {
      text += fmt::format("    {} was refused: {} {}\n", certs::Escaped(recipient.address, kShownAddress),
                          recipient.code, recipient.reply);
    }
  }
  return text;
}

std::string AnswerJson(const Live& live) {
  using nlohmann::ordered_json;
  const verifier::SmtpClientResult& result = live.result;
  ordered_json recipients = ordered_json::array();
  for (const verifier::RecipientResult& recipient : result.recipients) {
    recipients.push_back(ordered_json{{"address", certs::Escaped(recipient.address, kShownAddress)},
                                      {"code", recipient.code},
                                      {"reply", recipient.reply}});
  }
  const ordered_json answer{{"host", certs::Escaped(live.endpoint.host, kShownAddress)},
                            {"port", live.endpoint.port},
                            {"delivered", result.stage == verifier::Stage::kDelivered},
                            {"verified", result.verified},
                            {"verdict", certs::ToString(result.verdict)},
                            {"clause", certs::Clause(result.verdict.reason)},
                            {"detail", result.detail},
                            {"stage", Name(result.stage)},
                            {"matched_name", result.verification.matched_name},
                            {"tls", TlsJson(result.tls)},
                            {"mechanism", result.mechanism ? std::string(Name(*result.mechanism)) : std::string()},
                            {"recipients", recipients}};
  return answer.dump(2) + "\n";
}

int ComplainOn(std::ostream& err, const certs::Error& error) {
  err << "starttls-lab: " << error.detail << "\n";
  return InterruptedExitCode().value_or(ExitCodeOf(error));
}

}  // namespace

int RunSend(const SendOptions& options, std::istream& in, std::ostream& out, std::ostream& err) {
  // Whatever is wrong at this end is said before anybody is connected to, and before standard input is waited for.
  if (const auto endpoint = EndpointOf(options.live); !endpoint) {
    return ComplainOn(err, endpoint.error());
  }
  auto password = ReadPassword(options);
  if (!password) {
    return ComplainOn(err, password.error());
  }
  auto body = ReadMessage(options.message, in);
  if (!body) {
    return ComplainOn(err, body.error());
  }
  verifier::Message message{
      .from = options.from, .to = options.to, .body = *std::move(body), .require_tls = options.require_tls};
  if (std::string why = verifier::WhyUnsendable(message); !why.empty()) {
    return ComplainOn(err, {ErrorCode::kBadInput, std::move(why)});
  }
  verifier::SmtpClientConfig config;
  if (*password) {
    config.user = options.user;
    config.password = **password;
  }
  config.message = std::move(message);
  const auto live = MeetServer(options.live, std::move(config));
  if (!live) {
    return ComplainOn(err, live.error());
  }
  out << (options.json ? AnswerJson(*live) : AnswerText(options, *live));
  const int code = live->result.verdict.ok() ? kExitOk : kExitUnexpected;
  return InterruptedExitCode().value_or(code);
}

}  // namespace lab
