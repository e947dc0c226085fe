// Property: whatever a client sends, in whatever portions, the SMTP session stays bounded, says nothing after it has
// closed, and no split of the input changes what it does.
//
// Input: octet 0 picks the script, octet 1 how the input is split; the rest is what the client sends.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fakeserver/smtp_session.h"
#include "fuzz/fuzz.h"

namespace {

using fakeserver::Effect;
using fuzz::Require;

fakeserver::SmtpScript ScriptOf(uint8_t choice) {
  fakeserver::SmtpScript script;
  script.capabilities_clear = {"SIZE 64", "8BITMIME", "AUTH PLAIN LOGIN", "STARTTLS"};
  if (choice & 1) {
    script.after_starttls = fakeserver::AfterStartTls::kStayInClear;
  }
  if (choice & 2) {
    script.replies[fakeserver::Verb::kData] = {354, {}};
  }
  if (choice & 4) {
    script.injection = {fakeserver::Placement::kNextSegment, certs::ToBytes("250 evil\r\n")};
  }
  if (choice & 8) {
    script.replies[fakeserver::Verb::kAuth] = {535, {"no"}};
  }
  return script;
}

// Everything that was done, as one text; pieces of one stream of discarded octets are joined by leaving the seams out.
std::string Run(const fakeserver::SmtpScript& script, certs::ByteView input, size_t portion) {
  fakeserver::SmtpSession session(script, fakeserver::TlsMode::kStartTls);
  std::string done;
  const auto keep = [&](const std::vector<Effect>& effects, bool was_closed) {
    Require(effects.empty() || !was_closed, "nothing happens behind the end");
    for (const Effect& effect : effects) {
      Require(effect.text.size() <= 80 * 1024 && effect.secret.size() <= 16 * 1024, "what is kept is bounded");
      const bool piece = effect.kind == Effect::Kind::kClearDiscarded || effect.kind == Effect::Kind::kEarlyTls;
      done +=
          piece ? "" : '\n' + std::to_string(static_cast<int>(effect.kind)) + ' ' + std::to_string(effect.code) + ' ';
      done += effect.text + effect.secret + std::string(certs::AsText(effect.bytes));
    }
  };
  keep(session.Start(), false);
  while (!input.empty()) {
    const size_t count = std::min(portion, input.size());
    const bool closed = session.closed();
    keep(session.OnBytes(fuzz::Exact(certs::AsText(input.first(count))).bytes()), closed);
    input = input.subspan(count);
  }
  return done;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) {
    return 0;
  }
  const certs::ByteView input(data + 2, size - 2);
  const fakeserver::SmtpScript script = ScriptOf(data[0]);
  Require(Run(script, input, input.size() + 1) == Run(script, input, size_t{data[1]} + 1),
          "in portions the input does the same");
  return 0;
}
