// One connection of the web server: one request, one answer (RFC 9112), and the script's fault instead where there is
// one. Knows nothing of what it hands out.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "fakeserver/conversation.h"
#include "fakeserver/http_script.h"

namespace fakeserver {

struct HttpResource {
  std::string type;  // media type
  Bytes content;
};

// Everything that is there. Immutable, shared by all connections.
struct HttpSite {
  HttpScript script;
  // By path. A path also answers for everything below it, which is where a GET puts an OCSP request (RFC 6960 A.1.1).
  std::map<std::string, HttpResource> resources;
};

// GET, HEAD and POST are answered alike; what a POST brings is read and not looked at. The request is a kCommand of the
// transcript, the status line of the answer a kReply. A request longer than kMaxRequest is answered 413, what is none
// 400.
class HttpConnection : public Conversation {
 public:
  static constexpr size_t kMaxRequest = 64 * 1024;
  // Where even an endless answer ends, so that a client that would read for ever is stopped by its own time limit.
  static constexpr size_t kMaxContent = size_t{1} << 30;

  // Borrows `stream` for its lifetime.
  HttpConnection(std::shared_ptr<const HttpSite> site, ByteStream& stream);

  bool Advance(Micros now) override;
  std::optional<Micros> NextDeadline() const override;
  void Abort(Micros now, const std::string& why) override;
  bool Done() const override { return done_; }
  Transcript TakeTranscript() override;
  void OnEvent(std::function<void(const Event&)> listener) override { listener_ = std::move(listener); }

 private:
  bool Read();
  bool Write();
  void OnRequest();
  void Answer(int code, const std::string& headers, ByteView content);
  void AnswerWith(int code, const std::string& headers, ByteView content);  // the length is the headers' affair
  void CarryOut(HttpFault fault, const std::string& path);
  const HttpResource* Find(const std::string& path) const;
  void Record(Event event);
  void Finish(CloseKind kind, const std::string& why);

  const std::shared_ptr<const HttpSite> site_;
  ByteStream& stream_;
  std::function<void(const Event&)> listener_;
  Transcript transcript_;
  Micros now_{0};
  Bytes request_, output_;
  size_t sent_ = 0;         // of output_
  size_t filler_left_ = 0;  // octets that follow output_, of no meaning
  std::optional<Micros> next_octet_;
  bool started_ = false, head_only_ = false, answered_ = false, silent_ = false, drips_ = false, done_ = false;
};

}  // namespace fakeserver
