// Property: an HTTP response is read the same however much of it has arrived (once the answer is known, nothing that
// follows changes it), what it keeps is bounded by the caller's limit, and a body that was framed by its length, by
// chunks or by the end comes out as it went in.
//
// Input: an octet of flags (bit 0: the connection has ended; bits 1-3: the limit), an octet that cuts; then the
// response.
#include "fuzz/fuzz.h"
#include "lab/verifier/http_reply.h"

namespace {

using fuzz::Require;
using verifier::HttpReply;
using verifier::HttpState;

constexpr size_t kMostFramed = 2000;  // octets: more take long, and show nothing new

HttpReply Read(std::string_view bytes, bool ended, size_t limit) {
  const fuzz::Exact exact(bytes);
  const HttpReply reply = verifier::ReadHttp(exact.text(), ended, limit);
  Require(reply.body.size() <= limit, "the body is within the limit");
  Require(!ended || reply.state != HttpState::kIncomplete, "what has ended is complete or broken");
  const bool known = reply.state == HttpState::kDone || reply.state == HttpState::kTooLong;
  Require(!known || (reply.status >= 100 && reply.status <= 599), "a status has three digits");
  Require(reply.content_type.find_first_of(" \t;ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 0, "a content type is trimmed");
  for (const char c : reply.content_type) {
    Require(c != ';' && (c < 'A' || c > 'Z'), "a content type is in lower case and without parameters");
  }
  return reply;
}

bool Same(const HttpReply& a, const HttpReply& b) {
  return a.state == b.state && (a.state != HttpState::kDone ||
                                (a.status == b.status && a.content_type == b.content_type && a.body == b.body));
}

// What was answered about the beginning still holds for the whole.
void CheckArrival(std::string_view bytes, size_t cut, bool ended, size_t limit) {
  const HttpReply whole = Read(bytes, ended, limit);
  const HttpReply part = Read(bytes.substr(0, cut), false, limit);
  Require(part.state == HttpState::kIncomplete || Same(part, whole), "nothing that follows changes an answer");
  const HttpReply open = Read(bytes, false, limit);
  Require(open.state == HttpState::kIncomplete || Same(open, whole), "the end changes no answer");
}

std::string Hexadecimal(size_t number) {
  char text[20];
  std::snprintf(text, sizeof text, "%zx", number);
  return text;
}

void CheckFraming(std::string_view body, size_t chunk, size_t limit) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=x\r\n";
  std::string chunks = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (size_t at = 0; at < body.size(); at += chunk) {
    const std::string_view piece = body.substr(at, chunk);
    chunks.append(Hexadecimal(piece.size())).append("\r\n").append(piece).append("\r\n");
  }
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const HttpReply replies[] = {Read(head + length + std::string(body), false, limit),
                               Read(chunks + "0\r\n\r\n", false, limit),
                               Read(head + "\r\n" + std::string(body), true, limit)};
  for (const HttpReply& reply : replies) {
    if (body.size() > limit) {
      Require(reply.state == HttpState::kTooLong, "a body beyond the limit is too long, however it is framed");
    } else {
      Require(reply.state == HttpState::kDone && reply.status == 200 && reply.content_type == "text/plain" &&
                  reply.body == body,
              "a body comes out as it went in");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const int flags = input.Octet();
  constexpr size_t kLimits[] = {0, 1, 5, 16, 64, 300, 4096, 64 * 1024};
  const size_t limit = kLimits[flags >> 1 & 7];
  const size_t cut = input.Octet();
  const std::string_view bytes = input.Rest();
  // The cut is a part of 255ths of the whole, so that every place can be reached.
  CheckArrival(bytes, bytes.size() * cut / 255, (flags & 1) != 0, limit);
  CheckFraming(bytes.substr(0, kMostFramed), 1 + cut, limit);
  return 0;
}
