// Handshake messages that are missing, repeated, out of order, malformed, or that say what they must not (tables I, L).
#include <algorithm>
#include <string_view>

#include "lab/scenario/catalogue_tls.h"

namespace lab::tls {
namespace {

using enum EditKind;

constexpr uint8_t kCertificateRequestType = 13, kKeyUpdateType = 24, kCompressedCertificateType = 25,
                  kNewSessionTicketType = 4, kHelloRequestType = 0;

// A message of one of the two versions, and how far a client has come when it meets it.
struct Message {
  const char* id;
  const char* name;
  FlightPlace place;
  const char* twin;
  Rung rung;
};
constexpr Message kMessages[] = {
    {"tls12-server-hello", "ServerHello", FlightPlace::kServerHello, kTls12, Rung::kClientHello},
    {"tls12-certificate", "Certificate", FlightPlace::kCertificate, kTls12, Rung::kCertificateSent},
    {"tls12-key-exchange", "ServerKeyExchange", FlightPlace::kServerKeyExchange, kTls12, Rung::kCertificateSent},
    {"tls12-hello-done", "ServerHelloDone", FlightPlace::kServerHelloDone, kTls12, Rung::kCertificateSent},
    {"tls12-finished", "Finished", FlightPlace::kFinished, kTls12, Rung::kCertificateSent},
    {"tls13-server-hello", "ServerHello", FlightPlace::kServerHello, kTls13, Rung::kClientHello},
    {"tls13-extensions", "EncryptedExtensions", FlightPlace::kEncryptedExtensions, kTls13, Rung::kClientHello},
    {"tls13-certificate", "Certificate", FlightPlace::kCertificate, kTls13, Rung::kCertificateSent},
    {"tls13-verify", "CertificateVerify", FlightPlace::kCertificateVerify, kTls13, Rung::kCertificateSent},
    {"tls13-finished", "Finished", FlightPlace::kFinished, kTls13, Rung::kCertificateSent},
};

TlsRow Base(const Message& message, const std::string& what, const std::string& summary,
            std::vector<std::string> rows) {
  const bool tls13 = std::string_view(message.twin) == kTls13;
  return {.id = std::string(message.id) + "-" + what,
          .summary = std::string(message.name) + (tls13 ? " of TLS 1.3 " : " of TLS 1.2 ") + summary,
          .rows = std::move(rows),
          .source = tls13 ? "RFC 8446 4" : "RFC 5246 7.4",
          .twin = message.twin,
          .expect = Refused(message.rung)};
}

// ------------------------------------------------------------------------------------------------ form

struct Mangle {
  const char* id;
  const char* summary;
  EditKind kind;
  int number;
  Bytes bytes;
};

// Every message suffers each.
void AddMangled(std::vector<TlsRow>& rows) {
  const Mangle table[] = {
      {"trailing-octet", "has an octet too many", kAppendToBody, 0, {0}},
      {"cut-octet", "lacks its last octet", kCutBody, 1, {}},
      {"empty", "is empty", kSetBody, 0, {}},
      {"garbage", "is garbage", kSetBody, 0, Bytes(37, 0xa5)},
      {"claims-less", "says that it is an octet shorter than it is", kClaimLength, -1, {}},
      {"wrong-type", "has a handshake type that nobody knows", kSetType, 99, {}},
  };
  for (const Message& message : kMessages) {
    for (const Mangle& mangle : table) {
      const bool hello_done = message.place == FlightPlace::kServerHelloDone;  // empty as it is
      if (hello_done && mangle.kind != kAppendToBody && mangle.kind != kSetType && mangle.bytes.empty()) {
        continue;
      }
      TlsRow row = Base(message, mangle.id, mangle.summary, {"L9"});
      if (message.place == FlightPlace::kCertificate) {
        row.rows = {"I6"};
        if (mangle.kind == kSetBody) {
          row.rows.emplace_back("I2");
        }
      }
      if (message.place == FlightPlace::kCertificate && mangle.kind == kSetType) {
        row.expect.must_reach = Rung::kClientHello;  // then there is no Certificate
      }
      row.edit = Edits({{message.place, mangle.kind, mangle.number, mangle.bytes}});
      rows.push_back(std::move(row));
    }
  }
}

// The lengths inside a Certificate message: of the list, and of its first entry.
void AddCertificateLengths(std::vector<TlsRow>& rows) {
  for (const char* twin : {kTls12, kTls13}) {
    const bool tls13 = std::string_view(twin) == kTls13;
    const int list = tls13 ? 1 : 0;  // behind the empty certificate_request_context
    const auto add = [&](const char* id, const char* summary, int offset, Bytes bytes) {
      rows.push_back({.id = std::string(tls13 ? "tls13" : "tls12") + "-certificate-" + id,
                      .summary = std::string("in the Certificate message ") + summary,
                      .rows = {"I6"},
                      .source = tls13 ? "RFC 8446 4.4.2" : "RFC 5246 7.4.2",
                      .twin = twin,
                      .edit = Edits({{FlightPlace::kCertificate, kOverwrite, offset, std::move(bytes)}}),
                      .expect = Refused()});
    };
    add("list-too-long", "the list says that it is longer than the message", list, {0xff, 0xff, 0xff});
    add("list-empty-with-rest", "the list says that it is empty, and is not", list, {0, 0, 0});
    add("entry-too-long", "the first entry says that it is longer than the list", list + 3, {0xff, 0xff, 0xff});
    if (tls13) {
      add("context", "the request context is not empty", 0, {1});
    }
  }
  rows.push_back({.id = "certificate-never-ends",
                  .summary = "the Certificate message says that it is longer than what is sent",
                  .rows = {"I6"},
                  .source = "RFC 5246 7.4",
                  .twin = kTls12,
                  .edit = Edits({{FlightPlace::kCertificate, kClaimLength, 60'000}}),
                  .expect = Refused(Rung::kCertificateSent, Reason::kTimeout)});
  rows.push_back({.id = "certificate-of-megabytes",
                  .summary = "the Certificate message says that it has sixteen megabytes",
                  .rows = {"L20", "I6"},
                  .source = "RFC 8446 4.4.2",
                  .twin = kTls12,
                  .edit = Edits({{FlightPlace::kCertificate, kClaimLength, 0xff0000}}),
                  .expect = Refused()});
}

// ------------------------------------------------------------------------------------------------ order

void AddDisorder(std::vector<TlsRow>& rows) {
  for (const Message& message : kMessages) {
    if (message.place != FlightPlace::kFinished) {
      TlsRow twice = Base(message, "twice", "comes twice", {"L9"});
      twice.edit = Edits({{message.place, kRepeat, 1}});
      rows.push_back(std::move(twice));
    }
    const bool awaited = message.place == FlightPlace::kServerHelloDone || message.place == FlightPlace::kFinished;
    TlsRow missing = Base(message, "missing", "is missing", {"L8"});
    missing.edit = Edits({{message.place, kOmit}});
    if (message.place == FlightPlace::kCertificate) {
      missing.expect.must_reach = Rung::kClientHello;
    }
    if (awaited) {
      missing.expect.verdict.reason = Reason::kTimeout;
    }
    if (message.place == FlightPlace::kFinished && std::string_view(message.twin) == kTls12) {
      missing.modes = Modes::kStartTlsOnly;  // with implicit TLS the greeting comes instead, which nobody waits for
    }
    rows.push_back(std::move(missing));
    if (!awaited) {
      TlsRow late = Base(message, "late", "comes behind the message that should follow it", {"L9"});
      late.edit = Edits({{message.place, kBehindNext}});
      const bool hello = message.place == FlightPlace::kServerHello;
      if (!(hello && std::string_view(message.twin) == kTls13)) {  // that is encrypted with keys nobody has yet
        rows.push_back(std::move(late));
      }
    }
  }
  // ChangeCipherSpec is no handshake message, and in TLS 1.3 nothing at all (RFC 8446 5, D.4).
  rows.push_back({.id = "tls12-ccs-missing",
                  .summary = "Finished comes under encryption without ChangeCipherSpec",
                  .rows = {"L8"},
                  .source = "RFC 5246 7.1",
                  .twin = kTls12,
                  .edit = Edits({{FlightPlace::kChangeCipherSpec, kOmit}}),
                  .expect = Refused()});
  rows.push_back({.id = "tls12-ccs-early",
                  .summary = "ChangeCipherSpec comes before there is a key",
                  .rows = {"L10"},
                  .source = "RFC 5246 7.1, CVE-2014-0224",
                  .twin = kTls12,
                  .edit = Edits({{FlightPlace::kCertificate, kRecordBefore, kCcsRecord, {1}}}),
                  .expect = Refused(Rung::kClientHello),
                  .severity = Severity::kCritical});
  rows.push_back({.id = "tls13-ccs-missing",
                  .summary = "the ChangeCipherSpec that TLS 1.3 sends for old middleboxes is missing",
                  .rows = {"L8"},
                  .source = "RFC 8446 D.4",
                  .twin = kTls13,
                  .edit = Edits({{FlightPlace::kChangeCipherSpec, kOmit}}),
                  .expect = Tolerable(Reason::kOk, Rung::kClientHello)});
  rows.push_back({.id = "tls13-ccs-twice",
                  .summary = "the ChangeCipherSpec that means nothing comes twice",
                  .rows = {"L9"},
                  .source = "RFC 8446 5",
                  .twin = kTls13,
                  .edit = Edits({{FlightPlace::kChangeCipherSpec, kRepeat, 1}}),
                  .expect = Tolerable(Reason::kOk, Rung::kClientHello)});
  rows.push_back({.id = "tls13-hello-with-more",
                  .summary = "a message in clear shares the ServerHello's record",
                  .rows = {"L9"},
                  .source = "RFC 8446 5.1",
                  .twin = kTls13,
                  .edit = Edits({{FlightPlace::kServerHello, kMessageBehind, 8, {0, 0}}}),
                  .expect = Refused(Rung::kClientHello)});
}

// ------------------------------------------------------------------------------------------------ content

struct Content {
  const char* id;
  const char* summary;
  const char* row;
  const char* source;
  const char* twin;
  FlightEdit edit;
  Rung rung = Rung::kClientHello;
};

// Extensions and fields that a server must not say, each in one message.
void AddContents(std::vector<TlsRow>& rows) {
  const auto hello = FlightPlace::kServerHello;
  const auto extensions = FlightPlace::kEncryptedExtensions;
  const auto retry = FlightPlace::kHelloRetryRequest;
  const Content table[] = {
      {"tls12-unasked-extension",
       "ServerHello has an extension nobody asked for",
       "L14",
       "RFC 5246 7.4.1.4",
       kTls12,
       {hello, kAddExtension, 0x1234, {1}}},
      {"tls12-grease-extension",
       "ServerHello has a reserved extension",
       "L14",
       "RFC 8701 4",
       kTls12,
       {hello, kAddExtension, 0x2a2a}},
      {"tls12-extension-twice",
       "ServerHello has an extension twice",
       "L14",
       "RFC 5246 7.4.1.4",
       kTls12,
       {hello, kAddExtension, 23}},
      {"tls12-alpn-unasked",
       "ServerHello picks a protocol nobody offered",
       "K15",
       "RFC 7301 3.2",
       kTls12,
       {hello, kAddExtension, 16, {0, 3, 2, 'h', '2'}}},
      {"tls12-heartbeat-unasked",
       "ServerHello allows heartbeats nobody asked for",
       "L15",
       "RFC 6520 2",
       kTls12,
       {hello, kAddExtension, 15, {1}}},
      {"tls12-renegotiation-info-odd",
       "renegotiation_info of a first handshake is not empty",
       "L14",
       "RFC 5746 3.4",
       kTls12,
       {hello, kSetExtension, 0xff01, {2, 0xaa, 0xbb}}},
      {"tls12-ems-odd",
       "extended_master_secret is not empty",
       "L14",
       "RFC 7627 5.1",
       kTls12,
       {hello, kSetExtension, 23, {0}}},
      {"tls12-compression",
       "ServerHello picks a compression method",
       "L21",
       "RFC 9325 3.3",
       kTls12,
       {hello, kSetCompression, 1}},
      {"tls13-compression",
       "ServerHello picks a compression method",
       "L21",
       "RFC 8446 4.1.3",
       kTls13,
       {hello, kSetCompression, 1}},
      {"tls13-session-id",
       "ServerHello repeats another session id than the client's",
       "K11",
       "RFC 8446 4.1.3",
       kTls13,
       {hello, kOverwrite, 35, {0, 0, 0, 0, 0, 0, 0, 0}}},
      {"tls13-hello-unasked-extension",
       "ServerHello has an extension nobody asked for",
       "L14",
       "RFC 8446 4.2",
       kTls13,
       {hello, kAddExtension, 0x1234, {1}}},
      {"tls13-hello-misplaced-extension",
       "ServerHello has an extension that belongs elsewhere",
       "L14",
       "RFC 8446 4.2",
       kTls13,
       {hello, kAddExtension, 16, {0, 3, 2, 'h', '2'}}},
      {"tls13-hello-psk-unasked",
       "ServerHello picks a pre-shared key nobody offered",
       "L14",
       "RFC 8446 4.2.11",
       kTls13,
       {hello, kAddExtension, 41, {0, 0}}},
      {"tls13-hello-extension-twice",
       "ServerHello has key_share twice",
       "L14",
       "RFC 8446 4.2",
       kTls13,
       {hello, kAddExtension, 51, {0, 29, 0, 1, 9}}},
      {"tls13-hello-no-key-share",
       "ServerHello has no key_share",
       "L14",
       "RFC 8446 4.2.8",
       kTls13,
       {hello, kDropExtension, 51}},
      {"tls13-unasked-extension",
       "EncryptedExtensions has one nobody asked for",
       "L14",
       "RFC 8446 4.2",
       kTls13,
       {extensions, kAddExtension, 0x1234, {1}}},
      {"tls13-grease-extension",
       "EncryptedExtensions has a reserved one",
       "L14",
       "RFC 8701 4",
       kTls13,
       {extensions, kAddExtension, 0x2a2a}},
      {"tls13-misplaced-extension",
       "EncryptedExtensions has the one that belongs into ServerHello",
       "L14",
       "RFC 8446 4.2",
       kTls13,
       {extensions, kAddExtension, 43, {3, 4}}},
      {"tls13-alpn-unasked",
       "the server picks a protocol nobody offered",
       "K15",
       "RFC 7301 3.2",
       kTls13,
       {extensions, kAddExtension, 16, {0, 3, 2, 'h', '2'}}},
      {"tls13-early-data-unasked",
       "the server accepts early data nobody sent",
       "L18",
       "RFC 8446 4.2.10",
       kTls13,
       {extensions, kAddExtension, 42}},
      {"tls13-huge-extension",
       "EncryptedExtensions has one of sixty thousand octets",
       "L20",
       "RFC 8446 4.2",
       kTls13,
       {extensions, kAddExtension, 0x1234, Bytes(60'000)}},
      {"tls13-entry-unasked-extension",
       "the leaf's entry has an extension nobody asked for",
       "L14",
       "RFC 8446 4.4.2",
       kTls13,
       {FlightPlace::kCertificate, kAddExtension, 0x1234, {1}},
       Rung::kCertificateSent},
      {"tls12-key-exchange-unsigned-point",
       "ServerKeyExchange has a point that nobody signed",
       "L12",
       "RFC 5246 7.4.3, CVE-2014-1266",
       kTls12,
       {FlightPlace::kServerKeyExchange, kOverwrite, 10, {0xde, 0xad, 0xbe, 0xef}},
       Rung::kCertificateSent},
      {"tls12-suite-of-other-keys",
       "ServerHello picks a suite for RSA keys, and the certificate has another",
       "K11",
       "RFC 8422 2.3",
       kTls12,
       {hello, kSetSuite, 0xc02f}},
      {"tls12-finished-wrong",
       "Finished does not match what was said",
       "L11",
       "RFC 5246 7.4.9",
       kTls12,
       {FlightPlace::kFinished, kOverwrite, 0, {0, 0, 0, 0}},
       Rung::kCertificateSent},
      {"tls13-finished-wrong",
       "Finished does not match what was said",
       "L11",
       "RFC 8446 4.4.4",
       kTls13,
       {FlightPlace::kFinished, kOverwrite, 0, {0, 0, 0, 0}},
       Rung::kCertificateSent},
      {"retry-changes-nothing",
       "HelloRetryRequest asks for the key share that was sent",
       "L13",
       "RFC 8446 4.1.4",
       kHelloRetry,
       {retry, kSetExtension, 51, {0, 29}}},
      {"retry-without-request",
       "HelloRetryRequest asks for nothing",
       "L13",
       "RFC 8446 4.1.4",
       kHelloRetry,
       {retry, kDropExtension, 51}},
      {"retry-unknown-group",
       "HelloRetryRequest asks for a group nobody offered",
       "L13",
       "RFC 8446 4.2.8",
       kHelloRetry,
       {retry, kSetExtension, 51, {0, 30}}},
      {"retry-empty-cookie",
       "HelloRetryRequest has an empty cookie",
       "L13",
       "RFC 8446 4.2.2",
       kHelloRetry,
       {retry, kAddExtension, 44, {0, 0}}},
      {"retry-unasked-extension",
       "HelloRetryRequest has an extension it must not have",
       "L13",
       "RFC 8446 4.1.4",
       kHelloRetry,
       {retry, kAddExtension, 0x1234, {1}}},
      {"retry-then-other-suite",
       "ServerHello picks another suite than HelloRetryRequest",
       "L13",
       "RFC 8446 4.1.4",
       kHelloRetry,
       {hello, kSetSuite, -1}},
  };
  for (const Content& content : table) {
    rows.push_back({.id = content.id,
                    .summary = content.summary,
                    .rows = {content.row},
                    .source = content.source,
                    .twin = content.twin,
                    .edit = Edits({content.edit}),
                    .expect = Refused(content.rung)});
  }
  rows.push_back({.id = "retry-twice",
                  .summary = "the server asks for another key share, and again",
                  .rows = {"L13"},
                  .source = "RFC 8446 4.1.4",
                  .twin = kTls13,
                  .edit = [](TlsScript& tls) { tls.hello_retries = 2; },
                  .expect = Refused(Rung::kClientHello)});
  for (const auto& [id, extension, source] : {std::tuple{"no-extended-master-secret", 23, "RFC 7627 5.2"},
                                              {"no-renegotiation-info", 0xff01, "RFC 9325 3.5"}}) {
    rows.push_back({.id = id,
                    .summary = std::string("the server does not acknowledge ") + (id + 3),
                    .rows = {"L16", "K16"},
                    .source = source,
                    .twin = kTls12,
                    .edit = Edits({{hello, kDropExtension, extension}}),
                    .expect = Refused(),
                    .policy_dependent = true});
  }
}

// ------------------------------------------------------------------------------------------------ certificates

// RFC 8879 4: algorithm, uncompressed length, the compressed message. Our clients offer none; those that do are sent
// nothing that decompresses to what it says.
void AddOtherCertificates(std::vector<TlsRow>& rows) {
  struct Compressed {
    const char* id;
    const char* summary;
    Bytes body;
  };
  for (const Compressed& compressed : {
           Compressed{"unknown-algorithm", "by an algorithm nobody knows", {0x12, 0x34, 0, 0, 8, 0, 0, 4, 1, 2, 3, 4}},
           {"garbage", "by zlib, and does not decompress", {0, 1, 0, 0, 8, 0, 0, 4, 1, 2, 3, 4}},
           {"wrong-length",
            "by zlib, of nine octets where five were promised",
            {0, 1, 0, 0, 5, 0, 0, 14, 0x78, 0x9c, 0x63, 0x80, 0x02, 0x00, 0x00, 0x09, 0x00, 0x01, 0, 0}},
           {"bomb", "by zlib, and promises sixteen megabytes", {0, 1, 0xff, 0xff, 0xff, 0, 0, 4, 0x78, 0x9c, 0x63, 0}},
       }) {
    rows.push_back({.id = std::string("compressed-certificate-") + compressed.id,
                    .summary = std::string("the Certificate comes compressed ") + compressed.summary,
                    .rows = {"I8"},
                    .source = "RFC 8879 4, CVE-2025-66199",
                    .twin = kTls13,
                    .edit = Edits({{FlightPlace::kCertificate, kSetBody, 0, compressed.body},
                                   {FlightPlace::kCertificate, kSetType, kCompressedCertificateType}}),
                    .expect = Refused(Rung::kClientHello)});
  }
  rows.push_back({.id = "raw-public-key",
                  .summary = "a bare public key instead of a certificate, as nobody asked for it",
                  .rows = {"I9"},
                  .source = "RFC 7250 4.2",
                  .twin = kTls13,
                  .edit = Edits({{FlightPlace::kEncryptedExtensions, kAddExtension, 20, {2}},
                                 {FlightPlace::kCertificate, kRawPublicKey}}),
                  .expect = Refused(Rung::kClientHello)});
  rows.push_back({.id = "raw-public-key-unannounced",
                  .summary = "a bare public key stands where the leaf belongs",
                  .rows = {"I9", "I2"},
                  .source = "RFC 8446 4.4.2",
                  .twin = kTls13,
                  .edit = Edits({{FlightPlace::kCertificate, kRawPublicKey}}),
                  .expect = Refused(Rung::kCertificateSent, Reason::kMalformedCertificate)});
}

// ------------------------------------------------------------------------------------------------ behind the handshake

//   uint32 ticket_lifetime = a minute, ticket_age_add; opaque nonce<0..255> = 1, ticket<1..2^16-1>; no extensions
Bytes Ticket(size_t octets) {
  Bytes body = {0, 0, 0, 60, 1, 2, 3, 4, 1, 1, static_cast<uint8_t>(octets >> 8), static_cast<uint8_t>(octets)};
  body.resize(body.size() + octets, 0xa5);
  certs::Append(body, Bytes{0, 0});
  return body;
}

void AddBehind(std::vector<TlsRow>& rows) {
  const auto done = FlightPlace::kHandshakeDone;
  const auto finished = FlightPlace::kFinished;
  const Content table[] = {
      {"key-update-early",
       "KeyUpdate comes before Finished",
       "L18",
       "RFC 8446 4.6.3",
       kTls13,
       {finished, kMessageBefore, kKeyUpdateType, {0}},
       Rung::kCertificateSent},
      {"ticket-early",
       "a session ticket comes before Finished",
       "L18",
       "RFC 8446 4.6.1",
       kTls13,
       {finished, kMessageBefore, kNewSessionTicketType, Bytes(20)},
       Rung::kCertificateSent},
      {"hello-request-early-tls13",
       "HelloRequest, which TLS 1.3 does not know, comes before Finished",
       "L16",
       "RFC 8446 4",
       kTls13,
       {finished, kMessageBefore, kHelloRequestType},
       Rung::kCertificateSent},
      {"finished-twice",
       "Finished comes twice",
       "L9",
       "RFC 8446 4.4.4",
       kTls13,
       {finished, kRepeat, 1},
       Rung::kCertificateSent},
      {"key-update-odd",
       "KeyUpdate asks for something that is not defined",
       "L18",
       "RFC 8446 4.6.3",
       kTls13,
       {done, kMessageBehind, kKeyUpdateType, {2}},
       Rung::kTlsEstablished},
      {"post-handshake-request",
       "a client certificate is asked for behind the handshake",
       "L18",
       "RFC 8446 4.6.2",
       kTls13,
       {done, kMessageBehind, kCertificateRequestType, {0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3}},
       Rung::kTlsEstablished},
      {"ticket-garbage",
       "a session ticket is garbage",
       "L17",
       "RFC 8446 4.6.1",
       kTls13,
       {done, kMessageBehind, kNewSessionTicketType, {1, 2, 3}},
       Rung::kTlsEstablished},
      {"hello-again-tls13",
       "another ServerHello comes behind the handshake",
       "L9",
       "RFC 8446 4",
       kTls13,
       {done, kMessageBehind, 2, Bytes(70)},
       Rung::kTlsEstablished},
      {"hello-again-tls12",
       "another ServerHello comes behind the handshake",
       "L9",
       "RFC 5246 7.4",
       kTls12,
       {done, kMessageBehind, 2, Bytes(70)},
       Rung::kTlsEstablished},
      {"finished-again-tls12",
       "another Finished comes behind the handshake",
       "L9",
       "RFC 5246 7.4",
       kTls12,
       {done, kMessageBehind, 20, Bytes(12)},
       Rung::kTlsEstablished},
  };
  for (const Content& content : table) {
    Expectation expect = Refused(content.rung);
    expect.hello_may_precede = content.rung == Rung::kTlsEstablished;
    rows.push_back({.id = content.id,
                    .summary = content.summary,
                    .rows = {content.row},
                    .source = content.source,
                    .twin = content.twin,
                    .edit = Edits({content.edit}),
                    .expect = expect});
  }
  rows.push_back({.id = "key-update-flood",
                  .summary = "a thousand KeyUpdates in a row",
                  .rows = {"L18"},
                  .source = "RFC 8446 4.6.3",
                  .twin = kTls13,
                  .edit = Edits({{done, kMessageBehind, kKeyUpdateType, {0}, 1000}}),
                  .expect = Tolerable(Reason::kTlsFailed, Rung::kTlsEstablished)});
  rows.push_back({.id = "tickets-a-thousand",
                  .summary = "a thousand session tickets",
                  .rows = {"L17"},
                  .source = "RFC 8446 4.6.1",
                  .twin = kTls13,
                  .edit = Edits({{done, kMessageBehind, kNewSessionTicketType, Ticket(32), 1000}}),
                  .expect = Tolerable(Reason::kOk, Rung::kTlsEstablished)});
  rows.push_back({.id = "ticket-of-thirty-kilobytes",
                  .summary = "a session ticket of thirty thousand octets",
                  .rows = {"L17"},
                  .source = "RFC 8446 4.6.1",
                  .twin = kTls13,
                  .edit = Edits({{done, kMessageBehind, kNewSessionTicketType, Ticket(30'000)}}),
                  .expect = Tolerable(Reason::kTlsFailed, Rung::kTlsEstablished)});
  rows.push_back({.id = "hello-request",
                  .summary = "the server asks to renegotiate",
                  .rows = {"L16"},
                  .source = "RFC 5246 7.4.1.1, RFC 9325 3.5",
                  .twin = kTls12,
                  .edit = Edits({{done, kMessageBehind, kHelloRequestType}}),
                  .expect = Tolerable(Reason::kTlsFailed, Rung::kTlsEstablished)});
  rows.push_back({.id = "hello-request-first",
                  .summary = "the server asks for a handshake that has begun already",
                  .rows = {"L16"},
                  .source = "RFC 5246 7.4.1.1",
                  .twin = kTls12,
                  .edit = Edits({{FlightPlace::kServerHello, kMessageBefore, kHelloRequestType}}),
                  .expect = Tolerable(Reason::kTlsFailed, Rung::kClientHello)});
}

}  // namespace

std::vector<TlsRow> FlightRows() {
  std::vector<TlsRow> rows;
  AddMangled(rows);
  AddCertificateLengths(rows);
  AddDisorder(rows);
  AddContents(rows);
  AddOtherCertificates(rows);
  AddBehind(rows);
  return rows;
}

}  // namespace lab::tls
