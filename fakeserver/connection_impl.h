// The inside of Connection: connection.cc turns the crank and ends things, connection_effects.cc carries out what
// session and TLS ask for.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fakeserver/connection.h"
#include "fakeserver/paced_stream.h"
#include "fakeserver/smtp_session.h"
#include "fakeserver/tls_server.h"

namespace fakeserver {

// One write, and what is true once it is done.
struct Segment {
  Bytes bytes;
  size_t sent = 0;
  std::vector<Event> facts;
  std::vector<Stage> stages;
  CutKind cut = CutKind::kNone;  // TLS said that this is the end
};

class Connection::Impl {
 public:
  Impl(std::shared_ptr<const Behaviour> behaviour, ByteStream& stream)
      : behaviour_(std::move(behaviour)),
        stream_(behaviour_->link.to_client, behaviour_->link.from_client, stream),
        session_(behaviour_->smtp, behaviour_->mode) {}

  bool Advance(Micros now);
  std::optional<Micros> NextDeadline() const;
  void Abort(Micros now, const std::string& why);

  bool done_ = false;
  Transcript transcript_;
  std::function<void(const Event&)> listener_;

 private:
  void Begin();
  bool EndHold();
  bool AdvanceTls();
  void AnnounceTls();
  void OnTlsEnded();
  bool Flush();
  bool ReadStream();
  bool Conclude();

  void Take(std::vector<Effect> effects);
  void RecordFact(Effect& effect);
  void RecordTlsRecord(std::string& record);
  void Do(Effect& effect);
  void Send(Bytes bytes, bool is_greeting, Verb verb);
  void StartTls();
  void CollectTlsOutput();
  void InjectAt(Placement placement);
  void OnTlsEvent(Event event);
  void OnPeerGone(IoStatus status);

  void Announce(Stage stage);
  void Cut(CutKind kind, std::string_view where);
  void CutNow(CutKind kind);
  bool EndCutWait();
  bool CutInTime();
  void CloseSending(std::string why);
  void Finish(CloseKind kind);
  void Record(Event event);
  void DropOutput();
  bool TlsComesFirst() const;
  bool InTls() const { return tls_ != nullptr && tls_->established(); }

  const std::shared_ptr<const Behaviour> behaviour_;
  PacedStream stream_;
  SmtpSession session_;
  std::unique_ptr<TlsServer> tls_;
  Micros now_{0};

  std::deque<Segment> output_;
  size_t output_size_ = 0;
  std::vector<Event> facts_of_next_send_;
  std::deque<Effect> waiting_;
  std::optional<Micros> hold_until_, linger_until_, cut_due_, cut_time_;
  size_t lingered_bytes_ = 0;

  bool started_ = false;
  bool greeted_ = false;        // the first send was made
  bool tls_announced_ = false;  // the session knows that TLS is up
  bool injected_ = false;       // around the handshake
  bool hello_seen_ = false, flight_announced_ = false;
  std::optional<size_t> cut_in_;       // octets to be sent before the cut is made
  std::optional<size_t> cut_in_read_;  // ... or to be received
  bool silent_ = false;                // nothing is sent any more
  bool closing_ = false;               // once everything is sent
  bool tls_ended_ = false;             // and the closing has begun
  bool peer_eof_ = false, write_dead_ = false;
};

}  // namespace fakeserver
