// Property: of a stream of TLS records the sniffer hears every alert in clear, and from the first octet that is no
// record on everything else, whatever the portions; and the body of a Certificate message is cut into the very pieces
// that a reader written from RFC 8446 4.4.2 and RFC 5246 7.4.2 finds, or refused by both.
//
// Input: an octet (0 a stream, 1 a Certificate of TLS 1.2, 2 one of TLS 1.3), for a stream one that sets its portions,
// then the bytes.
#include <optional>
#include <utility>
#include <vector>

#include "fakeserver/record_sniffer.h"
#include "fuzz/fuzz.h"
#include "lab/verifier/tls_bytes.h"

namespace {

using fuzz::Require;

// --- The stream. ---

struct Heard {
  std::vector<std::pair<uint8_t, uint8_t>> alerts;
  std::string clear;
  bool operator==(const Heard&) const = default;
};

Heard Sniffed(std::string_view stream, size_t portion) {
  Heard heard;
  fakeserver::RecordSniffer sniffer(
      {.plaintext_alert = [&](uint8_t level, uint8_t what) { heard.alerts.emplace_back(level, what); },
       .clear_bytes = [&](certs::ByteView clear) { heard.clear += certs::AsText(clear); }});
  for (; !stream.empty(); stream.remove_prefix(std::min(portion, stream.size()))) {
    sniffer.Feed(fuzz::Exact(stream.substr(0, portion)).bytes());
  }
  return heard;
}

// TLSPlaintext (RFC 8446 5.1): type, version, length, fragment; an alert in clear has two octets.
Heard Model(std::string_view stream) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(stream[i]); };
  Heard heard;
  while (!stream.empty()) {
    if (at(0) < 20 || at(0) > 24 || (stream.size() > 1 && at(1) != 3)) {
      heard.clear = stream;
      break;
    }
    if (stream.size() < 5) {
      break;
    }
    const size_t length = static_cast<size_t>(at(3)) << 8 | at(4);
    if (stream.size() < 5 + length) {
      break;
    }
    if (at(0) == 21 && length == 2) {
      heard.alerts.emplace_back(at(5), at(6));
    }
    stream.remove_prefix(5 + length);
  }
  return heard;
}

// --- The Certificate message. ---

// A vector with a length of so many octets, taken from the front.
std::optional<std::string> TakeVector(std::string_view& from, size_t length_octets) {
  size_t length = 0;
  if (from.size() < length_octets) {
    return std::nullopt;
  }
  for (size_t i = 0; i < length_octets; ++i) {
    length = length << 8 | static_cast<uint8_t>(from[i]);
  }
  from.remove_prefix(length_octets);
  if (from.size() < length) {
    return std::nullopt;
  }
  std::string taken(from.substr(0, length));
  from.remove_prefix(length);
  return taken;
}

// The first OCSP response among the extensions of an entry (RFC 6066 8); none behind an extension that is cut off.
std::string ModelStaple(std::string_view extensions) {
  while (extensions.size() >= 2) {
    const bool status_request = extensions.substr(0, 2) == std::string_view("\0\5", 2);
    extensions.remove_prefix(2);
    const auto body = TakeVector(extensions, 2);
    if (!body) {
      return "";
    }
    std::string_view rest = *body;
    if (status_request && rest.starts_with('\1')) {
      rest.remove_prefix(1);
      if (const auto response = TakeVector(rest, 3)) {
        return *response;
      }
    }
  }
  return "";
}

using Entries = std::vector<std::pair<std::string, std::string>>;

std::optional<Entries> ModelCertificate(std::string_view body, bool tls13) {
  if (tls13 && !TakeVector(body, 1)) {
    return std::nullopt;
  }
  const auto list = TakeVector(body, 3);
  if (!list || !body.empty()) {
    return std::nullopt;
  }
  Entries entries;
  for (std::string_view rest = *list; !rest.empty();) {
    const auto certificate = TakeVector(rest, 3);
    const auto extensions = !certificate ? std::nullopt : tls13 ? TakeVector(rest, 2) : std::optional<std::string>("");
    if (!extensions) {
      return std::nullopt;
    }
    entries.emplace_back(*certificate, ModelStaple(*extensions));
  }
  return entries;
}

void CheckCertificate(std::string_view body, bool tls13) {
  const auto message = verifier::ParseCertificateMessage(fuzz::Exact(body).bytes(), tls13);
  const auto model = ModelCertificate(body, tls13);
  Require(message.has_value() == model.has_value(), "a Certificate message is one for both or for neither");
  if (!message) {
    return;
  }
  Require(message->chain.size() == model->size() && message->staples.size() == model->size(), "of as many entries");
  for (size_t i = 0; i < model->size(); ++i) {
    Require(certs::AsText(message->chain[i]) == (*model)[i].first, "with the same certificates");
    Require(certs::AsText(message->staples[i]) == (*model)[i].second, "and the same staples");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const size_t kind = input.Choice(3);
  if (kind == 0) {
    const size_t portion = size_t{1} + input.Octet();
    const std::string_view stream = input.Rest();
    const Heard model = Model(stream);
    Require(Sniffed(stream, stream.size() + 1) == model, "the sniffer hears what there is");
    Require(Sniffed(stream, portion) == model, "in whatever portions");
  } else {
    CheckCertificate(input.Rest(), kind == 2);
  }
  return 0;
}
