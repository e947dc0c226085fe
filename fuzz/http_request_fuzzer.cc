// Property: whatever a client sends to the web server, in whatever portions, it is answered at most once, the same,
// with a well-formed head and no more content than there is; and the server comes to an end when the client hangs up.
//
// Input: an octet (bits 0-3: the script's fault; bits 4-7 the portions), then what the client sends.
#include <array>
#include <memory>

#include "fakeserver/http_connection.h"
#include "fuzz/fuzz.h"

namespace {

using fakeserver::HttpFault;
using fuzz::Require;

constexpr std::string_view kContent = "ten octets";
constexpr size_t kEnough = 64 * 1024;  // of an answer without end

// The faults whose answers do not depend on how long one listens.
constexpr HttpFault kFaults[] = {HttpFault::kNone,    HttpFault::kSilence,  HttpFault::kShort,
                                 HttpFault::kReset,   HttpFault::kNotFound, HttpFault::kServerError,
                                 HttpFault::kWebPage, HttpFault::kEmpty,    HttpFault::kRedirectLoop};

std::shared_ptr<const fakeserver::HttpSite> Site(HttpFault fault) {
  auto site = std::make_shared<fakeserver::HttpSite>();
  site->script.fault = fault;
  site->resources["/crl/0"] = {.type = "application/pkix-crl", .content = certs::ToBytes(kContent)};
  return site;
}

struct Visit {
  std::string answer;
  size_t commands = 0, replies = 0;
};

Visit Run(HttpFault fault, std::string_view request, size_t portion) {
  fakeserver::MemoryPipe pipe;
  fakeserver::HttpConnection connection(Site(fault), pipe.server());
  fakeserver::Micros now{0};
  Visit visit;
  // Lets the server do what it can, and listens.
  const auto turn = [&] {
    size_t steps = 1000;
    for (bool moved = true; moved && !connection.Done() && visit.answer.size() < kEnough;) {
      Require(steps-- > 0, "without news the server comes to rest");
      moved = connection.Advance(now);
      std::array<uint8_t, 4096> block;
      for (auto result = pipe.client().Read(block); result.status == fakeserver::IoStatus::kOk;
           result = pipe.client().Read(block)) {
        visit.answer += certs::AsText(certs::ByteView(block).first(result.count));
        moved = true;
      }
    }
  };
  turn();
  for (; !request.empty(); request.remove_prefix(std::min(portion, request.size()))) {
    pipe.client().Write(fuzz::Exact(request.substr(0, portion)).bytes());
    turn();
  }
  pipe.client().Close(fakeserver::CloseKind::kFin);
  turn();
  for (int waits = 0; !connection.Done() && connection.NextDeadline(); ++waits) {
    Require(waits < 100, "a server that nobody listens to ends");
    now = *connection.NextDeadline();
    turn();
  }
  Require(connection.Done(), "when the client hangs up the server has done");
  const fakeserver::Transcript transcript = connection.TakeTranscript();
  for (const fakeserver::Event& event : transcript.events()) {
    visit.commands += event.kind == fakeserver::EventKind::kCommand ? 1 : 0;
    visit.replies += event.kind == fakeserver::EventKind::kReply ? 1 : 0;
  }
  return visit;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const uint8_t flags = input.Octet();
  const HttpFault fault = kFaults[(flags & 15) % std::size(kFaults)];
  const std::string_view request = input.Rest();
  const Visit whole = Run(fault, request, request.size() + 1);
  const Visit pieces = Run(fault, request, size_t{1} + (flags >> 4));
  Require(whole.answer == pieces.answer && whole.commands == pieces.commands && whole.replies == pieces.replies,
          "in portions a request is answered the same");
  Require(whole.commands <= 1 && whole.replies <= 1, "and once");
  if (whole.answer.empty()) {
    return 0;
  }
  Require(whole.answer.starts_with("HTTP/1.1 ") && whole.answer.find("\r\n\r\n") != std::string::npos,
          "an answer has a head");
  const std::string head = whole.answer.substr(0, whole.answer.find("\r\n\r\n"));
  const std::string content = whole.answer.substr(head.size() + 4);
  Require(fault != HttpFault::kNone || content.empty() || content == kContent || !head.starts_with("HTTP/1.1 200"),
          "what is handed out is what there is");
  for (size_t at = 0; (at = head.find('\n', at)) != std::string::npos; ++at) {
    Require(at > 0 && head[at - 1] == '\r', "no line of the head was put there by the client");
  }
  return 0;
}
