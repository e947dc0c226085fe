#include "fakeserver/http_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "certs/bytes.h"

namespace fakeserver {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr size_t kBlock = 16 * 1024;
constexpr Micros kDripInterval = std::chrono::seconds(1);

// The words of a request line (RFC 9112 3): method, target, version. A target is made of visible characters (RFC 3986
// 2): what a redirect repeats of it cannot begin a line of its own.
struct RequestLine {
  std::string method, target;
};
std::optional<RequestLine> ParseRequestLine(std::string_view line) {
  const size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !line.substr(last + 1).starts_with("HTTP/1.")) {
    return std::nullopt;
  }
  RequestLine request{std::string(line.substr(0, first)), std::string(line.substr(first + 1, last - first - 1))};
  const bool visible = std::ranges::all_of(request.target, [](char c) { return c > ' ' && c < 0x7f; });
  return visible ? std::optional(std::move(request)) : std::nullopt;
}

// The path of a request target in origin-form or absolute-form (RFC 9112 3.2).
std::string PathOf(const std::string& target) {
  constexpr std::string_view kScheme = "http://";
  if (!target.starts_with(kScheme)) {
    return target;
  }
  const size_t slash = target.find('/', kScheme.size());
  return slash == std::string::npos ? "/" : target.substr(slash);
}

char LowerLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Content-Length; 0 where there is none, nothing where it cannot be read.
std::optional<size_t> ContentLength(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  const auto found = std::ranges::search(head, kName, {}, LowerLetter);
  if (found.empty()) {
    return 0;
  }
  std::string_view value(found.end(), head.end());
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  size_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  return error == std::errc() ? std::optional(length) : std::nullopt;
}

std::string_view ReasonPhrase(int code) {
  switch (code) {
    case 200:
      return "OK";
    case 302:
      return "Found";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

std::string_view Name(HttpFault fault) {
  switch (fault) {
    case HttpFault::kNone:
      return "none";
    case HttpFault::kSilence:
      return "silence";
    case HttpFault::kDrip:
      return "drip";
    case HttpFault::kEndless:
      return "endless";
    case HttpFault::kHuge:
      return "huge";
    case HttpFault::kShort:
      return "short";
    case HttpFault::kReset:
      return "reset";
    case HttpFault::kRedirectLoop:
      return "redirect-loop";
    case HttpFault::kNotFound:
      return "not-found";
    case HttpFault::kServerError:
      return "server-error";
    case HttpFault::kWebPage:
      return "web-page";
    case HttpFault::kEmpty:
      return "empty";
  }
  return "unknown";
}

HttpConnection::HttpConnection(std::shared_ptr<const HttpSite> site, ByteStream& stream)
    : site_(std::move(site)), stream_(stream) {
  transcript_.http = true;
}

bool HttpConnection::Advance(Micros now) {
  now_ = now;
  if (done_) {
    return false;
  }
  stream_.Tick(now);
  const bool first = !std::exchange(started_, true);
  if (first) {
    Record({.kind = EventKind::kConnected, .incoming = true});
  }
  const bool read = Read();
  const bool wrote = !done_ && Write();
  return first || read || wrote;
}

std::optional<Micros> HttpConnection::NextDeadline() const {
  const std::optional<Micros> own = done_ ? std::nullopt : next_octet_, stream = stream_.NextDeadline();
  return own && stream ? std::min(*own, *stream) : own ? own : stream;
}

void HttpConnection::Abort(Micros now, const std::string& why) {
  now_ = now;
  if (!done_) {
    Finish(CloseKind::kReset, why);
  }
}

Transcript HttpConnection::TakeTranscript() { return std::move(transcript_); }

// What comes behind the request is read and forgotten: left unread, it would turn the close into a reset.
bool HttpConnection::Read() {
  std::array<uint8_t, kBlock> block;
  const IoResult result = stream_.Read(block);
  switch (result.status) {
    case IoStatus::kWouldBlock:
      return false;
    case IoStatus::kReset:
      Record({.kind = EventKind::kPeerReset, .incoming = true});
      Finish(CloseKind::kFin, "the peer has gone");
      return true;
    case IoStatus::kEof:
      // A client that closes its sending side may still want its answer.
      if (answered_ && !silent_) {
        return false;
      }
      Record({.kind = EventKind::kPeerClosed, .incoming = true});
      Finish(CloseKind::kFin, "the peer has gone");
      return true;
    case IoStatus::kOk:
      break;
  }
  transcript_.bytes_in += result.count;
  if (!answered_) {
    certs::Append(request_, ByteView(block).first(result.count));
    OnRequest();
  }
  return true;
}

// Waits until the request is whole.
void HttpConnection::OnRequest() {
  const std::string_view text = certs::AsText(request_);
  const size_t end = text.find(kHeadEnd);
  const std::optional<size_t> length =
      end == std::string_view::npos ? std::optional<size_t>(0) : ContentLength(text.substr(0, end + 2));
  if (request_.size() > kMaxRequest || (length && *length > kMaxRequest)) {
    Answer(413, "", {});
    return;
  }
  if (end == std::string_view::npos || (length && request_.size() < end + kHeadEnd.size() + *length)) {
    return;
  }
  const std::string line(text.substr(0, text.find("\r\n")));
  Record({.kind = EventKind::kCommand, .incoming = true, .text = line});
  const auto request = ParseRequestLine(line);
  if (!request || !length) {
    Answer(400, "", {});
    return;
  }
  head_only_ = request->method == "HEAD";
  if (!head_only_ && request->method != "GET" && request->method != "POST") {
    Answer(405, "Allow: GET, HEAD, POST\r\n", {});
    return;
  }
  const std::string path = PathOf(request->target);
  const HttpResource* resource = Find(path);
  if (site_->script.fault != HttpFault::kNone) {
    CarryOut(site_->script.fault, path);
  } else if (resource == nullptr) {
    Answer(404, "", {});
  } else {
    Answer(200, "Content-Type: " + resource->type + "\r\n", resource->content);
  }
}

const HttpResource* HttpConnection::Find(const std::string& path) const {
  for (const auto& [at, resource] : site_->resources) {
    if (path == at || path.starts_with(at + "/")) {
      return &resource;
    }
  }
  return nullptr;
}

void HttpConnection::CarryOut(HttpFault fault, const std::string& path) {
  constexpr size_t kHugeLength = size_t{8} << 30;
  constexpr std::string_view kPage = "<!DOCTYPE html><title>Welcome</title><p>Please log in to the hotel's network.\n";
  const HttpResource* found = Find(path);
  const HttpResource resource = found != nullptr ? *found : HttpResource{.type = "application/octet-stream"};
  const std::string type = "Content-Type: " + resource.type + "\r\n";
  Record({.kind = EventKind::kFault, .text = std::string(Name(fault))});
  switch (fault) {
    case HttpFault::kNone:
      break;
    case HttpFault::kSilence:
      silent_ = answered_ = true;
      break;
    case HttpFault::kDrip:
      drips_ = true;
      next_octet_ = now_;
      Answer(200, type, resource.content);
      break;
    case HttpFault::kEndless:
      AnswerWith(200, type, {});  // RFC 9112 6.3: its end is the end of the connection
      filler_left_ = kMaxContent;
      break;
    case HttpFault::kHuge:
      AnswerWith(200, type + fmt::format("Content-Length: {}\r\n", kHugeLength), resource.content);
      filler_left_ = kMaxContent;
      break;
    case HttpFault::kShort:
      AnswerWith(200, type + fmt::format("Content-Length: {}\r\n", resource.content.size()),
                 ByteView(resource.content).first(resource.content.size() / 2));
      break;
    case HttpFault::kReset:
      Finish(CloseKind::kReset, "the script's reset");
      break;
    case HttpFault::kRedirectLoop:
      Answer(302, "Location: " + path + "\r\n", {});
      break;
    case HttpFault::kNotFound:
      Answer(404, "", {});
      break;
    case HttpFault::kServerError:
      Answer(500, "", {});
      break;
    case HttpFault::kWebPage:
      Answer(200, "Content-Type: text/html\r\n", certs::ToBytes(kPage));
      break;
    case HttpFault::kEmpty:
      Answer(200, type, {});
      break;
  }
}

void HttpConnection::Answer(int code, const std::string& headers, ByteView content) {
  AnswerWith(code, headers + fmt::format("Content-Length: {}\r\n", content.size()), content);
}

void HttpConnection::AnswerWith(int code, const std::string& headers, ByteView content) {
  const std::string status = fmt::format("HTTP/1.1 {} {}", code, ReasonPhrase(code));
  Record({.kind = EventKind::kReply, .code = code, .text = status});
  output_ = certs::ToBytes(fmt::format("{}\r\n{}Connection: close\r\n\r\n", status, headers));
  if (!head_only_) {
    certs::Append(output_, content);
  }
  answered_ = true;
}

bool HttpConnection::Write() {
  if (!answered_ || silent_) {
    return false;
  }
  if (drips_ && next_octet_ && now_ < *next_octet_) {
    return false;
  }
  if (sent_ == output_.size() && filler_left_ > 0) {
    output_.assign(std::min(kBlock, filler_left_), 0);
    filler_left_ -= output_.size();
    sent_ = 0;
  }
  if (sent_ == output_.size()) {
    Finish(CloseKind::kFin, "answered");
    return true;
  }
  const ByteView rest = ByteView(output_).subspan(sent_);
  const IoResult result = stream_.Write(drips_ ? rest.first(1) : rest);
  if (result.status == IoStatus::kWouldBlock) {
    next_octet_.reset();
    return false;
  }
  if (result.status != IoStatus::kOk) {
    Finish(CloseKind::kFin, "the peer has gone");
    return true;
  }
  sent_ += result.count;
  transcript_.bytes_out += result.count;
  if (drips_) {
    next_octet_ = now_ + kDripInterval;
  }
  return true;
}

void HttpConnection::Record(Event event) {
  event.at = now_;
  if (listener_) {
    listener_(event);
  }
  transcript_.Add(std::move(event));
}

void HttpConnection::Finish(CloseKind kind, const std::string& why) {
  Record({.kind = EventKind::kClosed, .text = why});
  stream_.Close(kind);
  done_ = true;
}

}  // namespace fakeserver
