#include "fakeserver/flight_edit.h"

#include <fmt/core.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <optional>

namespace fakeserver {
namespace {

constexpr size_t kShownOctets = 40;
constexpr size_t kMaxBody = 0xffffff;

void AppendNumber(Bytes& out, size_t number, int octets) {
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<uint8_t>(number >> shift));
  }
}

size_t NumberAt(ByteView bytes, size_t at, size_t octets) {
  size_t number = 0;
  for (size_t i = 0; i < octets; ++i) {
    number = number << 8 | bytes[at + i];
  }
  return number;
}

struct MessageExtension {
  uint16_t type = 0;
  Bytes data;
};

// Where a message keeps its extensions: everything in front of the list's length, the list, everything behind it.
struct Extended {
  Bytes head;
  std::vector<MessageExtension> list;
  Bytes tail;

  Bytes Encoded() const {
    Bytes block;
    for (const MessageExtension& extension : list) {
      AppendNumber(block, extension.type, 2);
      AppendNumber(block, extension.data.size(), 2);
      certs::Append(block, extension.data);
    }
    Bytes body = head;
    AppendNumber(body, block.size(), 2);
    certs::Append(body, block);
    certs::Append(body, tail);
    return body;
  }
};

// The octet where the extensions' length stands.
//
//   ServerHello: version 2, random 32, session_id<0..32>, cipher_suite 2, compression_method 1, extensions<0..2^16-1>
//   EncryptedExtensions: extensions<0..2^16-1>
//   Certificate (TLS 1.3): request_context<0..2^8-1>, list<0..2^24-1> of cert_data<1..2^24-1>, extensions<0..2^16-1>
std::optional<size_t> ExtensionsAt(const HandshakeMessage& message) {
  const Bytes& body = message.body;
  size_t at = 0;
  switch (message.type) {
    case SSL3_MT_SERVER_HELLO:
      if (body.size() < 35) {
        return std::nullopt;
      }
      at = 35 + size_t{body[34]} + 3;
      break;
    case SSL3_MT_ENCRYPTED_EXTENSIONS:
      break;
    case SSL3_MT_CERTIFICATE:
      // request_context is empty, as it must be of a server's own Certificate (RFC 8446 4.4.2).
      if (body.size() < 7) {
        return std::nullopt;
      }
      at = 7 + NumberAt(body, 4, 3);
      break;
    default:
      return std::nullopt;
  }
  return at + 2 <= body.size() ? std::optional(at) : std::nullopt;
}

std::optional<Extended> Parse(const HandshakeMessage& message) {
  const std::optional<size_t> at = ExtensionsAt(message);
  if (!at) {
    return std::nullopt;
  }
  const ByteView body = message.body;
  const size_t size = NumberAt(body, *at, 2);
  if (*at + 2 + size > body.size()) {
    return std::nullopt;
  }
  Extended parsed;
  parsed.head.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(*at));
  ByteView block = body.subspan(*at + 2, size);
  const ByteView tail = body.subspan(*at + 2 + size);
  parsed.tail.assign(tail.begin(), tail.end());
  while (block.size() >= 4) {
    const size_t data = NumberAt(block, 2, 2);
    if (4 + data > block.size()) {
      return std::nullopt;
    }
    const ByteView bytes = block.subspan(4, data);
    parsed.list.push_back({static_cast<uint16_t>(NumberAt(block, 0, 2)), Bytes(bytes.begin(), bytes.end())});
    block = block.subspan(4 + data);
  }
  return block.empty() ? std::optional(parsed) : std::nullopt;
}

// A certificate list has lengths of its own around the extensions.
void CountCertificateList(HandshakeMessage& message) {
  if (message.type == SSL3_MT_CERTIFICATE) {
    const size_t list = message.body.size() - 4;
    for (size_t i = 0; i < 3; ++i) {
      message.body[1 + i] = static_cast<uint8_t>(list >> (16 - 8 * i));
    }
  }
}

bool EditExtensions(const FlightEdit& edit, HandshakeMessage& message) {
  std::optional<Extended> parsed = Parse(message);
  if (!parsed) {
    return false;
  }
  const auto type = static_cast<uint16_t>(edit.number);
  const auto found = std::ranges::find(parsed->list, type, &MessageExtension::type);
  if (edit.kind == EditKind::kDropExtension) {
    if (found == parsed->list.end()) {
      return false;
    }
    parsed->list.erase(found);
  } else if (edit.kind == EditKind::kSetExtension && found != parsed->list.end()) {
    found->data = edit.bytes;
  } else {
    parsed->list.push_back({type, edit.bytes});
  }
  message.body = parsed->Encoded();
  CountCertificateList(message);
  return true;
}

// Of a ServerHello: behind version, random and session id stand the suite and the compression method.
bool EditServerHello(const FlightEdit& edit, HandshakeMessage& message) {
  constexpr size_t kSessionIdLength = 34;
  Bytes& body = message.body;
  if (message.type != SSL3_MT_SERVER_HELLO || body.size() <= kSessionIdLength) {
    return false;
  }
  const size_t suite = kSessionIdLength + 1 + body[kSessionIdLength];
  if (suite + 3 > body.size()) {
    return false;
  }
  if (edit.kind == EditKind::kSetCompression) {
    body[suite + 2] = static_cast<uint8_t>(edit.number);
  } else {
    constexpr int kAes128Gcm = 0x1301, kChaCha20Poly1305 = 0x1303;
    const bool is_first = NumberAt(body, suite, 2) == kAes128Gcm;
    const int number = edit.number >= 0 ? edit.number : is_first ? kChaCha20Poly1305 : kAes128Gcm;
    body[suite] = static_cast<uint8_t>(number >> 8);
    body[suite + 1] = static_cast<uint8_t>(number);
  }
  return true;
}

bool Overwrite(const FlightEdit& edit, Bytes& body) {
  const auto size = static_cast<std::ptrdiff_t>(body.size());
  const std::ptrdiff_t at = edit.number < 0 ? size + edit.number : edit.number;
  if (at < 0 || at + static_cast<std::ptrdiff_t>(edit.bytes.size()) > size) {
    return false;
  }
  std::ranges::copy(edit.bytes, body.begin() + at);
  return true;
}

}  // namespace

std::string_view Name(FlightPlace place) {
  switch (place) {
    case FlightPlace::kHelloRetryRequest:
      return "hello-retry-request";
    case FlightPlace::kServerHello:
      return "server-hello";
    case FlightPlace::kEncryptedExtensions:
      return "encrypted-extensions";
    case FlightPlace::kCertificateRequest:
      return "certificate-request";
    case FlightPlace::kCertificate:
      return "certificate";
    case FlightPlace::kServerKeyExchange:
      return "server-key-exchange";
    case FlightPlace::kServerHelloDone:
      return "server-hello-done";
    case FlightPlace::kCertificateVerify:
      return "certificate-verify";
    case FlightPlace::kChangeCipherSpec:
      return "change-cipher-spec";
    case FlightPlace::kFinished:
      return "finished";
    case FlightPlace::kHandshakeDone:
      return "handshake-done";
  }
  return "?";
}

std::string_view Name(EditKind kind) {
  switch (kind) {
    case EditKind::kOmit:
      return "omit";
    case EditKind::kRepeat:
      return "repeat";
    case EditKind::kBehindNext:
      return "behind-next";
    case EditKind::kSetBody:
      return "set-body";
    case EditKind::kAppendToBody:
      return "append-to-body";
    case EditKind::kCutBody:
      return "cut-body";
    case EditKind::kOverwrite:
      return "overwrite";
    case EditKind::kClaimLength:
      return "claim-length";
    case EditKind::kSetExtension:
      return "set-extension";
    case EditKind::kAddExtension:
      return "add-extension";
    case EditKind::kDropExtension:
      return "drop-extension";
    case EditKind::kSetType:
      return "set-type";
    case EditKind::kSetSuite:
      return "set-suite";
    case EditKind::kSetCompression:
      return "set-compression";
    case EditKind::kRawPublicKey:
      return "raw-public-key";
    case EditKind::kMessageBefore:
      return "message-before";
    case EditKind::kMessageBehind:
      return "message-behind";
    case EditKind::kRecordBefore:
      return "record-before";
    case EditKind::kRecordBehind:
      return "record-behind";
    case EditKind::kBytesBefore:
      return "bytes-before";
    case EditKind::kBytesBehind:
      return "bytes-behind";
    case EditKind::kStall:
      return "stall";
    case EditKind::kClose:
      return "close";
    case EditKind::kReset:
      return "reset";
  }
  return "?";
}

std::string InWords(const FlightEdit& edit) {
  std::string text = fmt::format("{}: {}", Name(edit.place), Name(edit.kind));
  if (edit.number != 0) {
    text += fmt::format(" {}", edit.number);
  }
  if (!edit.bytes.empty()) {
    const ByteView shown = ByteView(edit.bytes).first(std::min(edit.bytes.size(), kShownOctets));
    text += fmt::format(", bytes 0x{}", certs::ToHex(shown));
    text += shown.size() < edit.bytes.size() ? fmt::format("...({} octets)", edit.bytes.size()) : "";
  }
  return edit.times == 1 ? text : fmt::format("{}, {} times", text, edit.times);
}

std::string InWords(const RecordShape& shape) {
  if (shape == RecordShape{}) {
    return "usual";
  }
  std::string text;
  const auto add = [&](bool holds, const std::string& words) {
    if (holds) {
      text += (text.empty() ? "" : ", ") + words;
    }
  };
  add(shape.fragment != 0, fmt::format("fragments of {}", shape.fragment));
  add(shape.data != 0, fmt::format("application data in pieces of {}", shape.data));
  add(shape.padding != 0, fmt::format("{} octets of padding", shape.padding));
  add(shape.version != 0, fmt::format("version {:#06x}", shape.version));
  add(shape.alone, "one message each");
  return text;
}

std::string_view Name(SignatureFault fault) {
  switch (fault) {
    case SignatureFault::kNone:
      return "none";
    case SignatureFault::kFlipped:
      return "flipped";
    case SignatureFault::kEmpty:
      return "empty";
    case SignatureFault::kZeros:
      return "zeros";
    case SignatureFault::kOldHello:
      return "old-hello";
  }
  return "?";
}

std::string InWords(const SignatureScript& script) {
  if (script == SignatureScript{}) {
    return "true";
  }
  std::string text = script.fault == SignatureFault::kNone ? "true" : std::string(Name(script.fault));
  text += script.algorithm != 0 ? fmt::format(", by {:#06x}", script.algorithm) : "";
  return text + (script.claimed != 0 ? fmt::format(", called {:#06x}", script.claimed) : "");
}

std::string InWords(const KeyShareScript& script) {
  if (script == KeyShareScript{}) {
    return "true";
  }
  std::string text = script.group != 0 ? fmt::format("group {:#06x}", script.group) : "the best group";
  const auto add = [&](const char* what, const Bytes& bytes) {
    if (!bytes.empty()) {
      const ByteView shown = ByteView(bytes).first(std::min(bytes.size(), kShownOctets));
      text += fmt::format(", {} 0x{}{}", what, certs::ToHex(shown), shown.size() < bytes.size() ? "..." : "");
    }
  };
  add("value", script.value);
  add("params", script.params);
  return text;
}

Bytes HandshakeMessage::Encoded() const {
  Bytes bytes = {type};
  AppendNumber(bytes, static_cast<size_t>(static_cast<std::ptrdiff_t>(body.size()) + length_error), 3);
  certs::Append(bytes, body);
  return bytes;
}

bool Apply(const FlightEdit& edit, HandshakeMessage& message) {
  switch (edit.kind) {
    case EditKind::kSetBody:
      message.body = edit.bytes;
      return true;
    case EditKind::kAppendToBody:
      if (message.body.size() + edit.bytes.size() > kMaxBody) {
        return false;
      }
      certs::Append(message.body, edit.bytes);
      return true;
    case EditKind::kCutBody:
      message.body.resize(message.body.size() - std::min(message.body.size(), static_cast<size_t>(edit.number)));
      return true;
    case EditKind::kOverwrite:
      return Overwrite(edit, message.body);
    case EditKind::kClaimLength:
      message.length_error = edit.number;
      return true;
    case EditKind::kSetExtension:
    case EditKind::kAddExtension:
    case EditKind::kDropExtension:
      return EditExtensions(edit, message);
    case EditKind::kSetType:
      message.type = static_cast<uint8_t>(edit.number);
      return true;
    case EditKind::kSetSuite:
    case EditKind::kSetCompression:
      return EditServerHello(edit, message);
    default:
      return false;
  }
}

bool HasExtension(const HandshakeMessage& message, uint16_t type) {
  const std::optional<Extended> parsed = Parse(message);
  return parsed && std::ranges::find(parsed->list, type, &MessageExtension::type) != parsed->list.end();
}

}  // namespace fakeserver
