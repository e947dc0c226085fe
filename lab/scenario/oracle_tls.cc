// What a right client makes of a server's TLS, from the script alone: RFC 8446, RFC 5246 and RFC 9325 as they stand.
#include <algorithm>
#include <array>
#include <string_view>

#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::Reason;
using fakeserver::EditKind;
using fakeserver::FlightEdit;
using fakeserver::FlightPlace;
using fakeserver::TlsScript;

constexpr uint16_t kTls12 = 0x0303, kTls13 = 0x0304;
constexpr int kHeardOut = 32;  // how many things without meaning a client hears out; BoringSSL's number

// A right client and a right server agree on the newest version that both have.
bool NegotiatesTls13(const TlsScript& tls) { return tls.max_version >= kTls13; }

// Whether the version has such a message at all.
bool Occurs(FlightPlace place, const TlsScript& tls) {
  switch (place) {
    case FlightPlace::kHelloRetryRequest:
      return tls.hello_retries > 0;
    case FlightPlace::kEncryptedExtensions:
    case FlightPlace::kCertificateVerify:
      return NegotiatesTls13(tls);
    case FlightPlace::kServerKeyExchange:
    case FlightPlace::kServerHelloDone:
      return !NegotiatesTls13(tls);
    case FlightPlace::kCertificateRequest:
      return tls.client_certificate != fakeserver::ClientCertificate::kNone;
    default:
      return true;
  }
}

// How far the client has come when it meets something there.
Rung RungAt(FlightPlace place, bool tls13) {
  if (place == FlightPlace::kHandshakeDone) {
    return Rung::kTlsEstablished;
  }
  const bool compatibility = place == FlightPlace::kChangeCipherSpec && tls13;  // it stands behind ServerHello
  return place < FlightPlace::kCertificate || compatibility ? Rung::kClientHello : Rung::kCertificateSent;
}

Ending Fails(Rung rung) { return {.reason = Reason::kTlsFailed, .rung = rung}; }
Ending MayPass(Rung rung, Reason own = Reason::kOk) { return {.reason = own, .rung = rung, .ignorable = true}; }

std::optional<Ending> OfTheAlert(const FlightEdit& edit, bool tls13, Rung rung) {
  constexpr uint8_t kWarning = 1, kCloseNotify = 0, kUserCanceled = 90;
  constexpr int kWarnings = 4;  // BoringSSL's number
  if (edit.bytes.size() != 2 || edit.bytes[0] != kWarning) {
    return Fails(rung);
  }
  if (edit.bytes[1] == kCloseNotify) {
    return Ending{.reason = Reason::kClosedByPeer, .rung = rung};
  }
  if (tls13 && edit.bytes[1] != kUserCanceled) {
    return Fails(rung);  // RFC 8446 6: all but two alerts are errors
  }
  return MayPass(rung, edit.times <= kWarnings ? Reason::kOk : Reason::kTlsFailed);
}

// A record among those of the handshake.
std::optional<Ending> OfTheRecord(const FlightEdit& edit, bool tls13, Rung rung) {
  constexpr int kChangeCipherSpec = 20, kAlert = 21, kHandshake = 22, kData = 23;
  const bool behind = edit.place == FlightPlace::kHandshakeDone;
  // RFC 8446 5: a change_cipher_spec that is protected, as its neighbours are, is refused.
  const bool in_clear = edit.place <= FlightPlace::kServerHello || edit.place == FlightPlace::kChangeCipherSpec;
  const Reason own = edit.times <= kHeardOut ? Reason::kOk : Reason::kTlsFailed;
  switch (edit.number) {
    case kAlert:
      return OfTheAlert(edit, tls13, rung);
    case kChangeCipherSpec:
      return tls13 && in_clear && edit.bytes == certs::Bytes{1} ? MayPass(rung, own) : Fails(rung);
    case kHandshake:
      return edit.bytes.empty() ? MayPass(rung, own) : Fails(rung);
    case kData:
      return behind && edit.bytes.empty() ? MayPass(rung, own) : Fails(rung);
    default:
      return Fails(rung);
  }
}

// A message that belongs there or not.
std::optional<Ending> OfTheMessage(const FlightEdit& edit, bool tls13, Rung rung) {
  constexpr int kHelloRequest = 0, kNewSessionTicket = 4, kKeyUpdate = 24;
  constexpr size_t kShortestTicket = 13, kLongestTicket = 16'384;  // BoringSSL's number
  const bool behind = edit.place == FlightPlace::kHandshakeDone;
  if (edit.number == kHelloRequest && !tls13) {
    return MayPass(rung, Reason::kTlsFailed);  // RFC 5246 7.4.1.1: may be ignored
  }
  if (behind && tls13 && edit.number == kKeyUpdate && edit.bytes.size() == 1 && edit.bytes[0] <= 1) {
    return edit.times <= kHeardOut ? std::nullopt : std::optional(MayPass(rung, Reason::kTlsFailed));
  }
  if (behind && tls13 && edit.number == kNewSessionTicket && edit.bytes.size() >= kShortestTicket) {
    const bool usual = edit.bytes.size() <= kLongestTicket && edit.times <= kHeardOut;
    return usual ? std::nullopt
                 : std::optional(MayPass(rung, edit.bytes.size() <= kLongestTicket ? Reason::kOk : Reason::kTlsFailed));
  }
  return Fails(rung);
}

std::optional<Ending> WithoutTheMessage(const FlightEdit& edit, bool tls13, Rung rung) {
  switch (edit.place) {
    case FlightPlace::kChangeCipherSpec:
      return tls13 ? MayPass(rung) : Fails(rung);
    case FlightPlace::kServerHelloDone:
    case FlightPlace::kFinished:
      return Ending{.reason = Reason::kTimeout, .rung = rung};  // both sides wait
    case FlightPlace::kCertificate:
      return Fails(Rung::kClientHello);
    default:
      return Fails(rung);
  }
}

// A server's random is any 32 octets behind the two of the version. What its end may say, it says of older versions
// only (RFC 8446 4.1.3); and there what both sides reckon from it would differ.
bool ChangesNothing(const FlightEdit& edit, bool tls13) {
  constexpr int kRandom = 2, kBehindRandom = 34;
  return tls13 && edit.kind == EditKind::kOverwrite && edit.place == FlightPlace::kServerHello &&
         edit.number >= kRandom && edit.number + static_cast<int>(edit.bytes.size()) <= kBehindRandom;
}

std::optional<Ending> OfTheEdit(const FlightEdit& edit, bool tls13) {
  constexpr int kCookie = 44, kPointFormats = 11, kLongestMessage = 1 << 20;
  const Rung rung = RungAt(edit.place, tls13);
  // The Certificate has not arrived while part of it is missing.
  const Rung cut_rung = edit.place == FlightPlace::kCertificate ? Rung::kClientHello : rung;
  switch (edit.kind) {
    case EditKind::kStall:
      return Ending{.reason = Reason::kTimeout, .rung = cut_rung};
    case EditKind::kClose:
    case EditKind::kReset:
      return Ending{.reason = Reason::kClosedByPeer, .rung = cut_rung};
    case EditKind::kOmit:
      return WithoutTheMessage(edit, tls13, rung);
    case EditKind::kRepeat:
      return edit.place == FlightPlace::kChangeCipherSpec && tls13 ? MayPass(rung) : Fails(rung);
    case EditKind::kMessageBefore:
    case EditKind::kMessageBehind:
      return OfTheMessage(edit, tls13, rung);
    case EditKind::kRecordBefore:
    case EditKind::kRecordBehind:
      // In front of the Certificate nobody has seen it.
      return OfTheRecord(edit, tls13, edit.place == FlightPlace::kCertificate ? Rung::kClientHello : rung);
    case EditKind::kAddExtension:
      if (edit.place == FlightPlace::kHelloRetryRequest && edit.number == kCookie && edit.bytes.size() > 2) {
        return std::nullopt;  // RFC 8446 4.2.2
      }
      return Fails(rung);
    case EditKind::kDropExtension:
      // RFC 8422 5.2: what is not said of point formats means the uncompressed one.
      return edit.number == kPointFormats
                 ? std::nullopt
                 : std::optional(
                       Fails(edit.place == FlightPlace::kServerHello && !tls13 ? Rung::kCertificateSent : rung));
    case EditKind::kClaimLength:
      // What is claimed and does not come is waited for, unless it is more than anybody would send.
      if (!tls13 && edit.number > 0 && edit.number < kLongestMessage) {
        return Ending{.reason = Reason::kTimeout, .rung = rung};
      }
      return Fails(rung);
    case EditKind::kRawPublicKey:
      return Ending{.reason = Reason::kMalformedCertificate, .rung = rung};
    case EditKind::kSetType:
      return Fails(cut_rung);
    default:
      return Fails(rung);
  }
}

// RFC 9325 4.2: forward secrecy and authenticated encryption.
bool AllGood(std::string_view ciphers) {
  while (!ciphers.empty()) {
    const std::string_view name = ciphers.substr(0, ciphers.find(':'));
    ciphers.remove_prefix(std::min(ciphers.size(), name.size() + 1));
    const bool aead = name.find("GCM") != std::string_view::npos || name.find("CHACHA20") != std::string_view::npos;
    if (!name.starts_with("ECDHE-") || !aead) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool CertifiesRsa(const World& world) {
  return IsRsa(CertifiedKey(world.chain.At(world.chain.presented.front())).type);
}

std::optional<Ending> JudgeTls(const TlsScript& tls) {
  const bool tls13 = NegotiatesTls13(tls);
  if (tls.max_version < kTls12 || (!tls13 && !AllGood(tls.ciphers)) || tls.hello_retries > 1) {
    return Fails(Rung::kClientHello);
  }
  // Tickets come behind the client's certificate (RFC 8446 4.6.1).
  const bool certificate_wanted = tls.client_certificate == fakeserver::ClientCertificate::kRequired;
  if (tls.tickets > 0 && tls.resumption.fault == fakeserver::TicketFault::kSealFails && !certificate_wanted) {
    // In TLS 1.2 a ticket is for those who ask for one (RFC 5077 3.1), as who keeps no sessions does not.
    return tls13 ? Ending{.reason = Reason::kClosedByPeer, .rung = Rung::kCertificateSent}
                 : MayPass(Rung::kCertificateSent);
  }
  // A message that is turned into another is met as what it has become.
  const bool other_type = std::ranges::any_of(tls.edits, [](const FlightEdit& edit) {
    return edit.place == FlightPlace::kCertificate && edit.kind == EditKind::kSetType;
  });
  for (const FlightEdit& edit : tls.edits) {
    if (!Occurs(edit.place, tls) || ChangesNothing(edit, tls13)) {
      continue;
    }
    if (std::optional<Ending> ending = OfTheEdit(edit, tls13)) {
      ending->rung = other_type ? Rung::kClientHello : ending->rung;
      ending->hello_may_precede = edit.place == FlightPlace::kHandshakeDone;
      // The client's certificate comes before these (RFC 8446 2, RFC 5246 7.3).
      const bool behind_client =
          edit.place == FlightPlace::kHandshakeDone ||
          (!tls13 && (edit.place == FlightPlace::kChangeCipherSpec || edit.place == FlightPlace::kFinished));
      if (certificate_wanted && (ending->ignorable || behind_client)) {
        return Fails(std::min(ending->rung, Rung::kCertificateSent));
      }
      return ending;
    }
  }
  if (tls.key_share != fakeserver::KeyShareScript{}) {
    return Fails(tls13 ? Rung::kClientHello : Rung::kCertificateSent);
  }
  // All that scripts ask for: signatures that are wrong, by SHA-1 (RFC 9155), or called what they are not.
  if (tls.signature != fakeserver::SignatureScript{} || certificate_wanted) {
    return Fails(Rung::kCertificateSent);
  }
  return std::nullopt;
}

bool FitsNoSuite(const World& world) {
  if (NegotiatesTls13(world.tls) || world.tls.ciphers.empty() || world.chain.presented.empty() ||
      !AllGood(world.tls.ciphers)) {
    return false;
  }
  return world.tls.ciphers.find(CertifiesRsa(world) ? "ECDHE-RSA" : "ECDHE-ECDSA") == std::string::npos;
}

bool NamesAFittingSuite(const World& world) {
  if (NegotiatesTls13(world.tls) || world.chain.presented.empty()) {
    return false;
  }
  // ECDHE with AES-GCM or ChaCha20 (RFC 5289 3.2, RFC 7905 2).
  constexpr std::array<int, 3> kOfEcdsa = {0xc02b, 0xc02c, 0xcca9}, kOfRsa = {0xc02f, 0xc030, 0xcca8};
  const auto& fitting = CertifiesRsa(world) ? kOfRsa : kOfEcdsa;
  return std::ranges::any_of(world.tls.edits, [&](const FlightEdit& edit) {
    return edit.kind == EditKind::kSetSuite && std::ranges::find(fitting, edit.number) != fitting.end();
  });
}

}  // namespace lab::oracle
