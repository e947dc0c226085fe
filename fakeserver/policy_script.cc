#include "fakeserver/policy_script.h"

namespace fakeserver {

std::string PolicyText(const PolicyScript& script, std::string_view host) {
  std::string text;
  if (script.body) {
    text = *script.body;
  } else {
    const auto field = [&](std::string_view name, std::string_view value) {
      text += value.empty() ? "" : std::string(name) + ": " + std::string(value) + "\r\n";
    };
    for (const std::string& line : script.more) {
      text += line + "\r\n";
    }
    field("version", script.version);
    field("mode", script.mode);
    for (const std::string& mx : script.mx) {
      field("mx", mx);
    }
    field("max_age", script.max_age);
  }
  constexpr std::string_view kHost = "{host}";
  for (size_t at = text.find(kHost); at != std::string::npos; at = text.find(kHost, at + host.size())) {
    text.replace(at, kHost.size(), host);
  }
  for (size_t i = 0; i < script.padding; i += 2) {
    text += "\r\n";
  }
  return text;
}

Bytes PolicyResponse(const PolicyScript& script, std::string_view host) {
  const std::string body = PolicyText(script, host);
  std::string response = "HTTP/1.1 " + std::to_string(script.status) + (script.status == 200 ? " OK" : " Other") +
                         "\r\nContent-Type: " + script.media_type + "\r\n";
  if (script.status / 100 == 3) {
    response += "Location: https://mta-sts.eve.test/.well-known/mta-sts.txt\r\n";
  }
  response += "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
  return certs::ToBytes(response + body);
}

}  // namespace fakeserver
