#include "fakeserver/smtp_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace fakeserver {
namespace {

constexpr size_t kLongText = 4000, kEndlessText = 100'000;
constexpr int kEndlessLines = 10'000;
// Clears the screen, goes home, and sets the title of an xterm.
constexpr std::string_view kEscapes = "\x1b[2J\x1b[H\x1b]0;verified\x07 ";

void PutLine(Bytes& bytes, std::string_view code, char separator, std::string_view text, std::string_view end) {
  fmt::format_to(std::back_inserter(bytes), "{}", code);
  if (separator != '\0') {
    bytes.push_back(static_cast<uint8_t>(separator));
  }
  certs::Append(bytes, certs::ToBytes(text));
  certs::Append(bytes, certs::ToBytes(end));
}

std::string CodeOf(const Reply& reply, bool last) {
  switch (reply.form) {
    case ReplyForm::kShortCode:
      return fmt::format("{:02}", reply.code / 10);
    case ReplyForm::kLongCode:
      return fmt::format("{:04}", reply.code * 10);
    case ReplyForm::kOddCode:
      return fmt::format("6{:02}", reply.code % 100);
    case ReplyForm::kLetters:
      return "OK!";
    case ReplyForm::kCodesDisagree:
      return fmt::format("{:03}", last ? reply.code + 1 : reply.code);
    default:
      return fmt::format("{:03}", reply.code);
  }
}

// What the form does to the text of the last line.
std::string LastText(const Reply& reply, std::string text) {
  const auto half = static_cast<std::ptrdiff_t>(text.size() / 2);
  switch (reply.form) {
    case ReplyForm::kStrayCr:
      text.insert(text.begin() + half, '\r');
      break;
    case ReplyForm::kNul:
      text.insert(text.begin() + half, '\0');
      break;
    case ReplyForm::kEightBit:
      text += " \xe9\xff\x80";
      break;
    case ReplyForm::kTerminalEscapes:
      text.insert(0, kEscapes);
      break;
    case ReplyForm::kLongLine:
      text.append(kLongText - std::min(kLongText, text.size()), 'x');
      break;
    case ReplyForm::kEndlessLine:
      text.append(kEndlessText, 'x');
      break;
    default:
      break;
  }
  return text;
}

Bytes Once(const Reply& reply) {
  std::vector<std::string> lines = reply.lines;
  if (reply.form == ReplyForm::kCodesDisagree && lines.size() == 1) {
    lines.push_back(lines.front());
  }
  if (reply.form != ReplyForm::kProper && lines.empty()) {
    lines.emplace_back("odd");
  }
  Bytes bytes;
  if (lines.empty()) {
    PutLine(bytes, CodeOf(reply, true), '\0', "", "\r\n");
    return bytes;
  }
  const bool endless = reply.form == ReplyForm::kEndlessLine || reply.form == ReplyForm::kNoEnd;
  const std::string_view end = reply.form == ReplyForm::kBareLf ? "\n" : "\r\n";
  const auto separator = [&](bool last) {
    return reply.form == ReplyForm::kNoSeparator && last ? '\0' : last ? ' ' : '-';
  };
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    PutLine(bytes, CodeOf(reply, false), separator(false), lines[i], end);
  }
  if (reply.form == ReplyForm::kEndlessLines) {
    for (int i = 0; i < kEndlessLines; ++i) {
      PutLine(bytes, CodeOf(reply, false), '-', lines.back(), end);
    }
    return bytes;
  }
  PutLine(bytes, CodeOf(reply, true), separator(true), LastText(reply, lines.back()), endless ? "" : end);
  return bytes;
}

}  // namespace

Bytes Encode(const Reply& reply) {
  if (reply.raw) {
    return *reply.raw;
  }
  Bytes bytes = Once(reply);
  if (reply.form == ReplyForm::kTwice) {
    certs::Append(bytes, Bytes(bytes));
  }
  return bytes;
}

std::vector<Bytes> Slices(ByteView payload, int slice) {
  const size_t size = slice > 0 ? static_cast<size_t>(slice) : std::max<size_t>(payload.size(), 1);
  std::vector<Bytes> slices;
  for (; !payload.empty(); payload = payload.subspan(std::min(size, payload.size()))) {
    const ByteView piece = payload.first(std::min(size, payload.size()));
    slices.emplace_back(piece.begin(), piece.end());
  }
  return slices;
}

}  // namespace fakeserver
