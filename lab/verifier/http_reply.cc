#include "lab/verifier/http_reply.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "lab/verifier/ascii_text.h"

namespace verifier {
namespace {

constexpr std::string_view kEndOfLine = "\r\n", kEndOfHead = "\r\n\r\n";

bool ReadSize(std::string_view text, int base, size_t& size) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size, base);
  return error == std::errc() && end == text.data() + text.size();
}

// How long the body is, as the head says.
struct Framing {
  std::optional<size_t> length;
  bool chunked = false;
  bool malformed = false;
};

void TakeField(std::string_view line, HttpReply& reply, Framing& framing) {
  const size_t colon = line.find(':');
  // RFC 9112 5.1: no blank before the colon; 5.2: no folded lines.
  if (colon == std::string_view::npos || colon == 0 || line.front() == ' ' || line.front() == '\t' ||
      line[colon - 1] == ' ' || line[colon - 1] == '\t') {
    framing.malformed = true;
    return;
  }
  const std::string name = AsciiLower(line.substr(0, colon));
  const std::string_view value = Trimmed(line.substr(colon + 1));
  if (name == "content-type") {
    reply.content_type = AsciiLower(Trimmed(value.substr(0, value.find(';'))));
  } else if (name == "content-length") {
    size_t length = 0;
    const bool good = ReadSize(value, 10, length);
    // RFC 9112 6.3: two lengths that differ are an attempt to smuggle.
    framing.malformed = framing.malformed || !good || (framing.length && *framing.length != length);
    framing.length = length;
  } else if (name == "transfer-encoding") {
    framing.chunked = AsciiLower(value) == "chunked";
    framing.malformed = framing.malformed || !framing.chunked;
  }
}

bool ReadStatusLine(std::string_view line, HttpReply& reply) {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr size_t kStatusAt = 9;
  if (!line.starts_with(kVersion) || line.size() < kStatusAt + 3 || line[kStatusAt - 1] != ' ' ||
      (line.size() > kStatusAt + 3 && line[kStatusAt + 3] != ' ')) {
    return false;
  }
  size_t status = 0;
  const bool good = ReadSize(line.substr(kStatusAt, 3), 10, status);
  reply.status = static_cast<int>(status);
  return good && status >= 100 && status <= 599;
}

// RFC 9112 7.1. Trailers are passed over unread.
void ReadChunks(std::string_view bytes, size_t limit, HttpReply& reply) {
  while (true) {
    const size_t end = bytes.find(kEndOfLine);
    if (std::min(end, bytes.size()) > kMaxHttpHead) {  // whether or not its end has arrived
      reply.state = HttpState::kMalformed;
      return;
    }
    if (end == std::string_view::npos) {
      return;
    }
    size_t size = 0;
    if (!ReadSize(Trimmed(bytes.substr(0, std::min(bytes.find(';'), end))), 16, size)) {
      reply.state = HttpState::kMalformed;
      return;
    }
    if (size > limit || reply.body.size() + size > limit) {
      reply.state = HttpState::kTooLong;
      return;
    }
    bytes.remove_prefix(end + kEndOfLine.size());
    if (size == 0) {
      reply.state = HttpState::kDone;
      return;
    }
    if (bytes.size() < size + kEndOfLine.size()) {
      return;
    }
    reply.body += bytes.substr(0, size);
    if (!bytes.substr(size).starts_with(kEndOfLine)) {
      reply.state = HttpState::kMalformed;
      return;
    }
    bytes.remove_prefix(size + kEndOfLine.size());
  }
}

void ReadBody(std::string_view bytes, const Framing& framing, bool ended, size_t limit, HttpReply& reply) {
  if (framing.chunked) {
    ReadChunks(bytes, limit, reply);
    return;
  }
  if (framing.length.value_or(0) > limit || (!framing.length && bytes.size() > limit)) {
    reply.state = HttpState::kTooLong;
  } else if (framing.length && bytes.size() >= *framing.length) {
    reply.body = bytes.substr(0, *framing.length);
    reply.state = HttpState::kDone;
  } else if (!framing.length && ended) {
    reply.body = bytes;
    reply.state = HttpState::kDone;
  }
}

}  // namespace

HttpReply ReadHttp(std::string_view bytes, bool ended, size_t limit) {
  HttpReply reply;
  const size_t head_end = bytes.find(kEndOfHead);
  if (head_end == std::string_view::npos || head_end > kMaxHttpHead) {
    reply.state = bytes.size() > kMaxHttpHead || head_end != std::string_view::npos ? HttpState::kMalformed
                                                                                    : HttpState::kIncomplete;
  } else {
    std::string_view head = bytes.substr(0, head_end);
    Framing framing;
    size_t end = std::min(head.find(kEndOfLine), head.size());
    framing.malformed = !ReadStatusLine(head.substr(0, end), reply);
    while (end < head.size()) {
      head.remove_prefix(end + kEndOfLine.size());
      end = std::min(head.find(kEndOfLine), head.size());
      TakeField(head.substr(0, end), reply, framing);
    }
    // RFC 9112 6.1: both are an attempt to smuggle.
    if (framing.malformed || (framing.chunked && framing.length)) {
      reply.state = HttpState::kMalformed;
    } else {
      ReadBody(bytes.substr(head_end + kEndOfHead.size()), framing, ended, limit, reply);
    }
  }
  if (reply.state == HttpState::kIncomplete && ended) {
    reply.state = HttpState::kMalformed;
  }
  return reply;
}

}  // namespace verifier
