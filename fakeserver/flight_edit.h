// What can be wrong with the messages of a server's handshake, as data. An edit names a message and what is done to it;
// flight_forger.h carries edits out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.h"
#include "certs/members.h"

namespace fakeserver {

using certs::Bytes;
using certs::ByteView;
using certs::Member;
using certs::Members;

// The places in a server's part of the handshake, in order. An edit of a place that the negotiated version or the
// client does not lead to is not carried out, and nothing is recorded.
enum class FlightPlace : uint8_t {
  kHelloRetryRequest,    // TLS 1.3; sent only if the script forces it or the client offers no group of ours
  kServerHello,          //
  kEncryptedExtensions,  // TLS 1.3; the first message under encryption
  kCertificateRequest,   //
  kCertificate,          //
  kServerKeyExchange,    // TLS 1.2: the signed half of the key exchange
  kServerHelloDone,      // TLS 1.2
  kCertificateVerify,    // TLS 1.3: the signature over what was said so far
  kChangeCipherSpec,     // no handshake message; TLS 1.3 sends it for the sake of middleboxes (RFC 8446 D.4)
  kFinished,             //
  kHandshakeDone,        // no message: when both Finished have been exchanged, inside TLS
};
std::string_view Name(FlightPlace place);

enum class EditKind : uint8_t {
  // ---- the message: it is changed before it is hashed, so whoever takes no notice arrives at working keys
  kOmit,
  kRepeat,          // `number` more of it
  kBehindNext,      // it changes places with the message behind it
  kSetBody,         // the whole body, header excluded, becomes `bytes`
  kAppendToBody,    // `bytes` behind the body; the header counts them
  kCutBody,         // the last `number` octets of the body are missing; the header does not count them
  kOverwrite,       // `bytes` at octet `number` of the body; from its end if negative
  kClaimLength,     // the header's length is off by `number`
  kSetExtension,    // extension `number` of ServerHello or EncryptedExtensions has `bytes` for data; added if not there
  kAddExtension,    // likewise, but added in any case, twice if need be; of kCertificate: to the leaf's entry (TLS 1.3)
  kDropExtension,   // extension `number` is missing
  kSetType,         // the handshake type becomes `number`
  kSetSuite,        // of a ServerHello: it names cipher suite `number`; if negative, another of TLS 1.3 than it names
  kSetCompression,  // likewise, the compression method
  kRawPublicKey,    // of kCertificate: the list is one entry, and that the bare public key (RFC 7250 3)
  // ---- around the message
  kMessageBefore,  // a handshake message of type `number` and body `bytes`, as if it belonged there
  kMessageBehind,  //
  kRecordBefore,   // a record of content type `number` that holds `bytes`, protected as the message is
  kRecordBehind,   //
  kBytesBefore,    // `bytes` on the wire, no record of ours
  kBytesBehind,    //
  // ---- the end: of the message, the first `number` octets are sent (none, if 0), and then
  kStall,  // nothing more
  kClose,  // the sending side is closed
  kReset,  // the connection is aborted
};
std::string_view Name(EditKind kind);

struct FlightEdit {
  FlightPlace place = FlightPlace::kServerHello;
  EditKind kind = EditKind::kOmit;
  int number = 0;
  Bytes bytes;
  int times = 1;  // of what is put around a message: that often in a row, at most kMaxTimes

  static constexpr int kMaxTimes = 100'000;

  bool operator==(const FlightEdit&) const = default;
  static constexpr auto kMembers = Members{Member{"place", &FlightEdit::place}, Member{"kind", &FlightEdit::kind},
                                           Member{"number", &FlightEdit::number}, Member{"bytes", &FlightEdit::bytes},
                                           Member{"times", &FlightEdit::times}};
};

// "certificate: append-to-body, bytes 0x00": one edit in words, escaped and bounded.
std::string InWords(const FlightEdit& edit);

// How the forger cuts what it says into records. The zero value is what every server does.
struct RecordShape {
  int fragment = 0;    // most octets of handshake messages in one record; 0: as many as there are, up to 2^14
  int data = 0;        // the same for application data
  int padding = 0;     // TLS 1.3: zeros behind the content of every handshake record, at most 2^14 in all
  int version = 0;     // legacy_record_version of every handshake record in clear; 0: 0x0303
  bool alone = false;  // every handshake message in a record of its own, instead of as many as fit

  bool operator==(const RecordShape&) const = default;
  static constexpr auto kMembers =
      Members{Member{"fragment", &RecordShape::fragment}, Member{"data", &RecordShape::data},
              Member{"padding", &RecordShape::padding}, Member{"version", &RecordShape::version},
              Member{"alone", &RecordShape::alone}};
};
std::string InWords(const RecordShape& shape);

// What is wrong with the signature that proves possession of the leaf's key: of ServerKeyExchange in TLS 1.2, of
// CertificateVerify in TLS 1.3.
enum class SignatureFault : uint8_t {
  kNone,
  kFlipped,   // a true one, but for one bit
  kEmpty,     // no octet at all
  kZeros,     // as long as a true one, all zero
  kOldHello,  // a true one, over another ClientHello: as if replayed
};
std::string_view Name(SignatureFault fault);

struct SignatureScript {
  SignatureFault fault = SignatureFault::kNone;
  int algorithm = 0;  // SignatureScheme to sign with and to name; 0: the best that the client offers
  int claimed = 0;    // SignatureScheme to name instead; 0: the truth

  bool operator==(const SignatureScript&) const = default;
  static constexpr auto kMembers =
      Members{Member{"fault", &SignatureScript::fault}, Member{"algorithm", &SignatureScript::algorithm},
              Member{"claimed", &SignatureScript::claimed}};
};
std::string InWords(const SignatureScript& script);

// The server's half of the key exchange, other than a fresh key of the group that both prefer. Where it is not a true
// half there is no secret to agree on; the server then takes zeros for it, as does a client that does not look.
struct KeyShareScript {
  int group = 0;  // NamedGroup, offered or not; 0: the best that the client offers
  Bytes value;    // the public value; empty: a true one
  Bytes params;   // TLS 1.2: what is signed and sent instead of ServerECDHParams, ServerDHParams say

  bool operator==(const KeyShareScript&) const = default;
  static constexpr auto kMembers =
      Members{Member{"group", &KeyShareScript::group}, Member{"value", &KeyShareScript::value},
              Member{"params", &KeyShareScript::params}};
};
std::string InWords(const KeyShareScript& script);

// A handshake message as it is edited: what its header says and what it holds.
struct HandshakeMessage {
  uint8_t type = 0;
  Bytes body;
  int length_error = 0;  // the header's length less the body's

  Bytes Encoded() const;
};

// Applies one of the edits "the message" to a message, kOmit, kRepeat and kBehindNext excepted, which concern more than
// one, and kRawPublicKey, which takes a key. An edit that does not fit (an extension of a message that has none, an
// octet outside the body) changes nothing and returns false.
bool Apply(const FlightEdit& edit, HandshakeMessage& message);

// Whether a ServerHello or EncryptedExtensions has the extension.
bool HasExtension(const HandshakeMessage& message, uint16_t type);

}  // namespace fakeserver
