// Records, alerts and ends that should not be (table L).
#include <string_view>

#include "lab/scenario/catalogue_tls.h"

namespace lab::tls {
namespace {

using enum EditKind;

// ------------------------------------------------------------------------------------------------ alerts

struct AlertRow {
  int code;
  const char* name;
};
constexpr AlertRow kAlerts[] = {
    {10, "unexpected-message"},
    {20, "bad-record-mac"},
    {22, "record-overflow"},
    {40, "handshake-failure"},
    {42, "bad-certificate"},
    {47, "illegal-parameter"},
    {48, "unknown-ca"},
    {50, "decode-error"},
    {70, "protocol-version"},
    {71, "insufficient-security"},
    {80, "internal-error"},
    {86, "inappropriate-fallback"},
    {90, "user-canceled"},
    {109, "missing-extension"},
    {112, "unrecognized-name"},
    {116, "certificate-required"},
    {120, "no-application-protocol"},
    {255, "unknown"},
};

void AddAlerts(std::vector<TlsRow>& rows) {
  for (const AlertRow& alert : kAlerts) {
    rows.push_back(
        {.id = std::string("alert-") + alert.name,
         .summary = "a fatal alert instead of ServerHello: " + std::to_string(alert.code),
         .rows = {"L1"},
         .source = "RFC 8446 6.2",
         .edit = Edits({{FlightPlace::kServerHello, kRecordBefore, kAlertRecord, {2, static_cast<uint8_t>(alert.code)}},
                        {FlightPlace::kServerHello, kClose}}),
         .expect = Refused(Rung::kClientHello)});
  }
  rows.push_back({.id = "goodbye-for-hello",
                  .summary = "close_notify instead of ServerHello",
                  .rows = {"L1", "L3"},
                  .source = "RFC 8446 6.1",
                  .edit = Edits({{FlightPlace::kServerHello, kRecordBefore, kAlertRecord, {1, 0}},
                                 {FlightPlace::kServerHello, kClose}}),
                  .expect = Refused(Rung::kClientHello, Reason::kClosedByPeer)});
  const auto after = [](TlsRow row) {
    row.expect.hello_may_precede = true;
    return row;
  };
  for (const char* twin : {kTls12, kTls13}) {
    const std::string prefix = std::string_view(twin) == kTls13 ? "tls13-" : "tls12-";
    rows.push_back(after({.id = prefix + "alert-behind-handshake",
                          .summary = "a fatal alert right behind the handshake",
                          .rows = {"L1"},
                          .source = "RFC 8446 6.2",
                          .twin = twin,
                          .edit = Edits({{FlightPlace::kHandshakeDone, kRecordBehind, kAlertRecord, {2, 80}}}),
                          .expect = Refused(Rung::kTlsEstablished)}));
    rows.push_back(after({.id = prefix + "goodbye-behind-handshake",
                          .summary = "close_notify right behind the handshake",
                          .rows = {"L3", "L19"},
                          .source = "RFC 8446 6.1",
                          .twin = twin,
                          .edit = Edits({{FlightPlace::kHandshakeDone, kRecordBehind, kAlertRecord, {1, 0}}}),
                          .expect = Refused(Rung::kTlsEstablished, Reason::kClosedByPeer)}));
    rows.push_back(after({.id = prefix + "data-behind-goodbye",
                          .summary = "close_notify right behind the handshake, and a reply behind that",
                          .rows = {"L19", "L9"},
                          .source = "RFC 8446 6.1",
                          .twin = twin,
                          .edit = Edits({{FlightPlace::kHandshakeDone, kRecordBehind, kAlertRecord, {1, 0}},
                                         {FlightPlace::kHandshakeDone, kRecordBehind, kDataRecord,
                                          certs::ToBytes("250 mail.bob.test\r\n")}}),
                          .expect = Refused(Rung::kTlsEstablished, Reason::kClosedByPeer)}));
    rows.push_back(after({.id = prefix + "clear-alert-behind-handshake",
                          .summary = "an alert in clear where everything is encrypted",
                          .rows = {"L1"},
                          .source = "RFC 8446 5.2",
                          .twin = twin,
                          .edit = Edits({{FlightPlace::kHandshakeDone, kBytesBehind, 0, {21, 3, 3, 0, 2, 2, 80}}}),
                          .expect = Refused(Rung::kTlsEstablished)}));
  }
  rows.push_back({.id = "warning-unrecognized-name",
                  .summary = "the server warns that it does not know the name, and goes on",
                  .rows = {"F27", "L1"},
                  .source = "RFC 6066 3",
                  .twin = kTls12,
                  .edit = Edits({{FlightPlace::kServerHello, kRecordBefore, kAlertRecord, {1, 112}}}),
                  .expect = Tolerable(Reason::kOk, Rung::kClientHello)});
  rows.push_back({.id = "warnings-forty",
                  .summary = "forty warnings, and nothing against anybody",
                  .rows = {"L1"},
                  .source = "RFC 5246 7.2.2",
                  .twin = kTls12,
                  .edit = Edits({{FlightPlace::kServerHello, kRecordBefore, kAlertRecord, {1, 112}, 40}}),
                  .expect = Tolerable(Reason::kTlsFailed, Rung::kClientHello)});
  rows.push_back({.id = "user-canceled-then-on",
                  .summary = "the server says user_canceled, and goes on",
                  .rows = {"L18"},
                  .source = "RFC 8446 6.1",
                  .twin = kTls13,
                  .edit = Edits({{FlightPlace::kFinished, kRecordBefore, kAlertRecord, {1, 90}}}),
                  .expect = Tolerable(Reason::kOk, Rung::kCertificateSent)});
}

// ------------------------------------------------------------------------------------------------ not TLS

// Where it is no TLS record, a STARTTLS client says so in other words (smtp.injection-before-server-hello-...).
void AddNonsense(std::vector<TlsRow>& rows) {
  struct Nonsense {
    const char* id;
    const char* summary;
    Bytes bytes;
    Modes modes;
  };
  for (const Nonsense& nonsense : {
           Nonsense{"smtp-for-hello", "an SMTP greeting", certs::ToBytes("220 mail.bob.test ESMTP\r\n"),
                    Modes::kImplicitOnly},
           {"http-for-hello", "an HTTP answer", certs::ToBytes("HTTP/1.1 400 Bad Request\r\n\r\n"),
            Modes::kImplicitOnly},
           {"zeros-for-hello", "zeros", Bytes(64), Modes::kImplicitOnly},
           {"ssl2-for-hello",
            "a ServerHello of SSL 2",
            {0x80, 0x0b, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0},
            Modes::kImplicitOnly},
           {"garbage-for-hello", "a record of version 22.22", Bytes(64, 0x16), Modes::kBoth},
           {"record-too-long", "a record that says it has 65535 octets", {0x16, 3, 3, 0xff, 0xff, 2}, Modes::kBoth},
       }) {
    rows.push_back({.id = nonsense.id,
                    .summary = std::string("instead of ServerHello comes ") + nonsense.summary,
                    .rows = {std::string_view(nonsense.id).starts_with("ssl2") ? "K1" : "L2"},
                    .source = "RFC 8446 5.1",
                    .edit = Edits({{FlightPlace::kServerHello, kBytesBefore, 0, nonsense.bytes},
                                   {FlightPlace::kServerHello, kClose}}),
                    .expect = Refused(Rung::kClientHello),
                    .modes = nonsense.modes});
  }
  rows[rows.size() - 1].rows = {"L6"};
}

// ------------------------------------------------------------------------------------------------ records

struct RecordRow {
  const char* id;
  const char* summary;
  const char* row;
  const char* source;
  const char* twin;
  FlightEdit edit;
  Expectation expect;
};

Expectation Behind() {
  Expectation expect = Refused(Rung::kTlsEstablished);
  expect.hello_may_precede = true;
  return expect;
}

void AddRecords(std::vector<TlsRow>& rows) {
  const auto hello = FlightPlace::kServerHello, certificate = FlightPlace::kCertificate,
             finished = FlightPlace::kFinished, done = FlightPlace::kHandshakeDone;
  // A record that no key has made: header and 32 zeros.
  Bytes forged = {23, 3, 3, 0, 32};
  forged.resize(forged.size() + 32);
  const Bytes too_long((size_t{1} << 14) + 1, 'x');
  const RecordRow table[] = {
      {"data-first",
       "application data comes before ServerHello",
       "L9",
       "RFC 8446 5",
       kAny,
       {hello, kRecordBefore, kDataRecord, {'2', '2', '0'}},
       Refused(Rung::kClientHello)},
      {"tls12-data-early",
       "application data in clear comes before Certificate",
       "L9",
       "RFC 5246 7.4",
       kTls12,
       {certificate, kRecordBefore, kDataRecord, {'2', '2', '0'}},
       Refused(Rung::kClientHello)},
      {"tls13-data-early",
       "application data comes before Finished",
       "L9",
       "RFC 8446 2.3",
       kTls13,
       {finished, kRecordBefore, kDataRecord, {'2', '2', '0', '\r', '\n'}},
       Refused()},
      {"tls12-unknown-record",
       "a record of a type that nobody knows",
       "L7",
       "RFC 5246 6",
       kTls12,
       {certificate, kRecordBefore, 99, {0}},
       Refused(Rung::kClientHello)},
      {"tls13-unknown-record",
       "an encrypted record of a type that nobody knows",
       "L7",
       "RFC 8446 5",
       kTls13,
       {finished, kRecordBefore, 99, {0}},
       Refused()},
      {"tls13-padding-only",
       "an encrypted record of nothing but padding, which has no type",
       "L11",
       "RFC 8446 5.4",
       kTls13,
       {finished, kRecordBefore, 0, {}},
       Refused()},
      {"tls12-ccs-odd",
       "ChangeCipherSpec of two octets",
       "L7",
       "RFC 5246 7.1",
       kTls12,
       {FlightPlace::kChangeCipherSpec, kRecordBefore, kCcsRecord, {1, 1}},
       Refused()},
      {"tls13-ccs-odd",
       "ChangeCipherSpec of another value",
       "L7",
       "RFC 8446 5",
       kTls13,
       {FlightPlace::kChangeCipherSpec, kRecordBefore, kCcsRecord, {2}},
       Refused(Rung::kClientHello)},
      {"tls12-heartbeat",
       "a heartbeat that asks for more than it brings",
       "L15",
       "RFC 6520 4, CVE-2014-0160",
       kTls12,
       {done, kRecordBehind, kHeartbeatRecord, {1, 0x40, 0}},
       Behind()},
      {"tls13-heartbeat",
       "a heartbeat that asks for more than it brings",
       "L15",
       "RFC 6520 4, CVE-2014-0160",
       kTls13,
       {done, kRecordBehind, kHeartbeatRecord, {1, 0x40, 0}},
       Behind()},
      {"tls12-record-too-large",
       "an encrypted record of more than 2^14 octets",
       "L6",
       "RFC 5246 6.2.1",
       kTls12,
       {done, kRecordBehind, kDataRecord, too_long},
       Behind()},
      {"tls13-record-too-large",
       "an encrypted record of more than 2^14 octets",
       "L6",
       "RFC 8446 5.1",
       kTls13,
       {done, kRecordBehind, kDataRecord, too_long},
       Behind()},
      {"tls13-forged-record-early",
       "a record that no key has made comes before Finished",
       "L11",
       "RFC 8446 5.2",
       kTls13,
       {finished, kBytesBefore, 0, forged},
       Refused()},
      {"tls12-forged-record",
       "a record that no key has made comes behind the handshake",
       "L11",
       "RFC 5246 6.2.3.3",
       kTls12,
       {done, kBytesBehind, 0, forged},
       Behind()},
      {"tls13-forged-record",
       "a record that no key has made comes behind the handshake",
       "L11",
       "RFC 8446 5.2",
       kTls13,
       {done, kBytesBehind, 0, forged},
       Behind()},
      {"tls13-short-record",
       "a record too short to have a tag",
       "L11",
       "RFC 8446 5.2",
       kTls13,
       {done, kBytesBehind, 0, {23, 3, 3, 0, 3, 1, 2, 3}},
       Behind()},
      {"tls12-clear-text-inside",
       "an SMTP reply in clear where everything is encrypted",
       "L2",
       "RFC 5246 6.2.3",
       kTls12,
       {done, kBytesBehind, 0, certs::ToBytes("250 OK\r\n")},
       Behind()},
      {"tls13-clear-text-inside",
       "an SMTP reply in clear where everything is encrypted",
       "L2",
       "RFC 8446 5.2",
       kTls13,
       {done, kBytesBehind, 0, certs::ToBytes("250 OK\r\n")},
       Behind()},
      {"empty-records-few",
       "five empty records of application data",
       "L5",
       "RFC 8446 5.1",
       kTls13,
       {done, kRecordBehind, kDataRecord, {}, 5},
       Tolerable(Reason::kOk, Rung::kTlsEstablished)},
      {"empty-records-many",
       "a thousand empty records of application data",
       "L5",
       "RFC 8446 5.1",
       kTls13,
       {done, kRecordBehind, kDataRecord, {}, 1000},
       Tolerable(Reason::kTlsFailed, Rung::kTlsEstablished)},
      {"empty-handshake-records-many",
       "a thousand empty handshake records in front of ServerHello",
       "L5",
       "RFC 8446 5.1",
       kAny,
       {hello, kRecordBefore, kHandshakeRecord, {}, 1000},
       Tolerable(Reason::kTlsFailed, Rung::kClientHello)},
  };
  for (const RecordRow& row : table) {
    rows.push_back({.id = row.id,
                    .summary = row.summary,
                    .rows = {row.row},
                    .source = row.source,
                    .twin = row.twin,
                    .edit = Edits({row.edit}),
                    .expect = row.expect});
  }
}

// ------------------------------------------------------------------------------------------------ ends

struct Where {
  const char* id;
  const char* summary;
  FlightPlace place;
  int octets;
  const char* twin;
  Rung rung;
};
constexpr Where kPlaces[] = {
    {"tls12-hello", "twenty octets into ServerHello", FlightPlace::kServerHello, 20, kTls12, Rung::kClientHello},
    {"tls12-certificate", "behind ServerHello", FlightPlace::kCertificate, 0, kTls12, Rung::kClientHello},
    {"tls12-in-certificate", "in the middle of Certificate", FlightPlace::kCertificate, 300, kTls12,
     Rung::kClientHello},
    {"tls12-key-exchange", "behind Certificate", FlightPlace::kServerKeyExchange, 0, kTls12, Rung::kCertificateSent},
    {"tls12-done", "behind ServerKeyExchange", FlightPlace::kServerHelloDone, 0, kTls12, Rung::kCertificateSent},
    {"tls12-finished", "in front of Finished", FlightPlace::kFinished, 0, kTls12, Rung::kCertificateSent},
    {"tls13-hello", "twenty octets into ServerHello", FlightPlace::kServerHello, 20, kTls13, Rung::kClientHello},
    {"tls13-in-certificate", "in the middle of Certificate", FlightPlace::kCertificate, 300, kTls13,
     Rung::kClientHello},
    {"tls13-verify", "behind Certificate", FlightPlace::kCertificateVerify, 0, kTls13, Rung::kCertificateSent},
    {"tls13-finished", "in front of Finished", FlightPlace::kFinished, 0, kTls13, Rung::kCertificateSent},
    {"tls13-behind", "behind the handshake", FlightPlace::kHandshakeDone, 0, kTls13, Rung::kTlsEstablished},
};

void AddEnds(std::vector<TlsRow>& rows) {
  struct End {
    EditKind kind;
    const char* id;
    const char* summary;
    const char* row;
    Reason reason;
  };
  for (const End& end : {End{kClose, "close", "the connection is closed ", "L3", Reason::kClosedByPeer},
                         {kReset, "reset", "the connection is reset ", "L3", Reason::kClosedByPeer},
                         {kStall, "stall", "the server falls silent ", "L4", Reason::kTimeout}}) {
    for (const Where& where : kPlaces) {
      Expectation expect = Refused(where.rung, end.reason);
      expect.hello_may_precede = where.place == FlightPlace::kHandshakeDone;
      rows.push_back({.id = std::string(end.id) + "-" + where.id,
                      .summary = std::string(end.summary) + where.summary,
                      .rows = {end.row},
                      .source = end.kind == kStall ? "RFC 5321 4.5.3.2" : "RFC 8446 6.1",
                      .twin = where.twin,
                      .edit = Edits({{where.place, end.kind, where.octets}}),
                      .expect = expect});
      if (where.place == FlightPlace::kHandshakeDone) {
        rows.back().rows.emplace_back("L19");
      }
    }
  }
}

}  // namespace

std::vector<TlsRow> WireRows() {
  std::vector<TlsRow> rows;
  AddAlerts(rows);
  AddNonsense(rows);
  AddRecords(rows);
  AddEnds(rows);
  return rows;
}

}  // namespace lab::tls
