#include "fakeserver/flight_writer.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

namespace fakeserver {
namespace {

constexpr size_t kMaxFlight = size_t{32} << 20;  // of one flight, floods included

bool IsEnd(EditKind kind) { return kind == EditKind::kStall || kind == EditKind::kClose || kind == EditKind::kReset; }

CutKind CutOf(EditKind end) {
  return end == EditKind::kClose ? CutKind::kClose : end == EditKind::kReset ? CutKind::kReset : CutKind::kSilence;
}

}  // namespace

HandshakeMessage FlightWriter::Say(FlightPlace place, HandshakeMessage message) {
  int copies = 1;
  bool hold = false;
  for (const FlightEdit& edit : script_.edits) {
    if (edit.place != place) {
      continue;
    }
    bool done = true;
    if (edit.kind == EditKind::kOmit) {
      copies = 0;
    } else if (edit.kind == EditKind::kRepeat) {
      copies += std::min(edit.number, FlightEdit::kMaxTimes);
    } else if (edit.kind == EditKind::kBehindNext) {
      hold = true;
    } else {
      done = Apply(edit, message);
    }
    if (done) {
      NoteFault(edit);
    }
  }
  Around(place, true);
  const Bytes encoded = message.Encoded();
  if (EndAt(place, SSL3_RT_HANDSHAKE, encoded)) {
    return message;
  }
  if (hold) {
    held_ = encoded;
  } else {
    for (; copies > 0; --copies) {
      Emit(encoded);
    }
    if (!held_.empty()) {
      Emit(std::exchange(held_, {}));
    }
  }
  Around(place, false);
  return message;
}

void FlightWriter::SayChangeCipherSpec() {
  constexpr FlightPlace kPlace = FlightPlace::kChangeCipherSpec;
  constexpr uint8_t kContent[] = {1};
  int copies = 1;
  for (const FlightEdit& edit : script_.edits) {
    if (edit.place == kPlace && (edit.kind == EditKind::kOmit || edit.kind == EditKind::kRepeat)) {
      copies = edit.kind == EditKind::kOmit ? 0 : copies + std::min(edit.number, FlightEdit::kMaxTimes);
      NoteFault(edit);
    }
  }
  Around(kPlace, true);
  if (EndAt(kPlace, SSL3_RT_CHANGE_CIPHER_SPEC, kContent)) {
    return;
  }
  Flush();
  for (; copies > 0; --copies) {
    Wire(RecordProtection().Seal(SSL3_RT_CHANGE_CIPHER_SPEC, kContent));
  }
  Around(kPlace, false);
}

void FlightWriter::SayHandshakeDone() {
  handshake_done_ = true;
  Around(FlightPlace::kHandshakeDone, true);
  if (!EndAt(FlightPlace::kHandshakeDone, SSL3_RT_APPLICATION_DATA, {})) {
    Around(FlightPlace::kHandshakeDone, false);
    Flush();
  }
}

// What the script puts in front of a message, or behind it.
void FlightWriter::Around(FlightPlace place, bool before) {
  const EditKind message = before ? EditKind::kMessageBefore : EditKind::kMessageBehind;
  const EditKind record = before ? EditKind::kRecordBefore : EditKind::kRecordBehind;
  const EditKind bytes = before ? EditKind::kBytesBefore : EditKind::kBytesBehind;
  for (const FlightEdit& edit : script_.edits) {
    if (edit.place != place || ended_ || (edit.kind != message && edit.kind != record && edit.kind != bytes)) {
      continue;
    }
    NoteFault(edit);
    for (int i = std::min(edit.times, FlightEdit::kMaxTimes); i > 0 && output_.bytes.size() < kMaxFlight; --i) {
      if (edit.kind == message) {
        Emit(HandshakeMessage{.type = static_cast<uint8_t>(edit.number), .body = edit.bytes}.Encoded());
      } else if (edit.kind == record) {
        Flush();
        Wire(protection_.Seal(static_cast<uint8_t>(edit.number), edit.bytes));
      } else {
        Flush();
        Wire(edit.bytes);
      }
    }
  }
}

bool FlightWriter::EndAt(FlightPlace place, uint8_t type, ByteView content) {
  for (const FlightEdit& edit : script_.edits) {
    if (edit.place != place || !IsEnd(edit.kind) || ended_) {
      continue;
    }
    Flush();
    if (edit.number > 0) {
      const Bytes record = protection_.Seal(type, content.first(std::min(content.size(), kMaxPlaintext)));
      Wire(ByteView(record).first(std::min(record.size(), kRecordHeaderSize + static_cast<size_t>(edit.number))));
    }
    NoteFault(edit);
    output_.cut = CutOf(edit.kind);
    ended_ = true;
  }
  return ended_;
}

void FlightWriter::Emit(ByteView message) {
  if (ended_) {
    return;
  }
  const uint8_t type = message[0];
  record_({.kind = EventKind::kTlsMessage, .code = type});
  if (type != SSL3_MT_HELLO_REQUEST) {  // RFC 5246 7.4.1.1: it is no part of the handshake hashes
    hash_.Add(message);
  }
  certs::Append(pending_, message);
  output_.certificate |= type == SSL3_MT_CERTIFICATE;
  output_.flight |= type == SSL3_MT_CERTIFICATE || type == SSL3_MT_FINISHED;
  if (script_.records.alone) {
    Flush();
  }
  if (handshake_done_ && type == SSL3_MT_KEY_UPDATE) {
    RollKey();
  }
}

void FlightWriter::Plain(const HandshakeMessage& message) {
  Records(SSL3_RT_HANDSHAKE, message.Encoded(), kMaxPlaintext, 0);
}

void FlightWriter::Flush() {
  const Bytes pending = std::exchange(pending_, {});
  const auto fragment = static_cast<size_t>(std::max(script_.records.fragment, 0));
  Records(SSL3_RT_HANDSHAKE, pending, fragment, static_cast<size_t>(std::max(script_.records.padding, 0)));
}

void FlightWriter::Records(uint8_t type, ByteView content, size_t fragment, size_t padding) {
  const size_t most = fragment > 0 ? std::min(fragment, kMaxPlaintext) : kMaxPlaintext;
  const uint16_t version = script_.records.version != 0 ? static_cast<uint16_t>(script_.records.version) : 0x0303;
  while (!content.empty() && output_.bytes.size() < kMaxFlight) {
    const size_t count = std::min(most, content.size());
    Wire(protection_.Seal(type, content.first(count), version, std::min(padding, kMaxPlaintext - count)));
    content = content.subspan(count);
  }
}

void FlightWriter::Wire(ByteView bytes) {
  if (!ended_) {
    certs::Append(output_.bytes, bytes);
  }
}

void FlightWriter::Alert(uint8_t level, uint8_t description) {
  Flush();
  const uint8_t alert[] = {level, description};
  if (!ended_) {
    record_({.kind = EventKind::kAlertOut, .code = description, .level = level});
    Wire(protection_.Seal(SSL3_RT_ALERT, alert));
  }
}

void FlightWriter::Data(ByteView plaintext) {
  Records(SSL3_RT_APPLICATION_DATA, plaintext, static_cast<size_t>(std::max(script_.records.data, 0)), 0);
}

void FlightWriter::Protect(RecordProtection protection) {
  Flush();
  protection_ = std::move(protection);
  suite_ = nullptr;
}

void FlightWriter::ProtectTls13(const CipherSuite& suite, Bytes traffic_secret) {
  Protect(RecordProtection::Tls13(suite, traffic_secret));
  suite_ = &suite;
  traffic_secret_ = std::move(traffic_secret);
}

// RFC 8446 7.2.
void FlightWriter::RollKey() {
  if (suite_ != nullptr) {
    const CipherSuite& suite = *suite_;
    const EVP_MD* md = suite.md();
    ProtectTls13(suite, ExpandLabel(md, traffic_secret_, "traffic upd", {}, traffic_secret_.size()));
  }
}

void FlightWriter::NoteFault(const FlightEdit& edit) {
  if (!ended_) {
    record_({.kind = EventKind::kFault, .text = InWords(edit)});
  }
}

TlsServer::Output FlightWriter::TakeOutput() { return std::exchange(output_, {}); }

}  // namespace fakeserver
