// Property: certificates that are written as PEM are read back, whatever stands around the blocks; what is read of any
// text stands in it as base64, in order; a line more in front changes nothing but the number of the line at fault; and
// a complaint names file and place, printable.
//
// Input: the text of a file. Its lines also serve as certificates to be written.
#include <optional>
#include <vector>

#include "fuzz/fuzz.h"
#include "lab/verifier/pem.h"

namespace {

using certs::Bytes;
using fuzz::Require;

constexpr size_t kMostBlocks = 8;
constexpr std::string_view kSource = "hostile\n.pem", kShown = "hostile\\x0a.pem: ";

std::string Base64(std::string_view octets) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0, count = 0;
  for (const char c : octets) {
    bits = (bits << 8 | static_cast<uint8_t>(c)) & 0xffffff;
    for (count += 8; count >= 6; count -= 6) {
      out += kDigits[bits >> (count - 6) & 63];
    }
  }
  if (count > 0) {
    out += kDigits[bits << (6 - count) & 63];
  }
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

certs::Result<std::vector<Bytes>> Read(std::string_view text) {
  return verifier::CertificatesFromPem(fuzz::Exact(text).text(), kSource);
}

// The number behind "at line " or "begins at line ", taken out of the sentence.
std::optional<unsigned long> TakeLine(std::string& sentence) {
  constexpr std::string_view kAt = "at line ";
  const size_t at = sentence.find(kAt);
  if (at == sentence.npos) {
    return std::nullopt;
  }
  const size_t end = std::min(sentence.find_first_not_of("0123456789", at + kAt.size()), sentence.size());
  const unsigned long line = std::stoul(sentence.substr(at + kAt.size(), end - at - kAt.size()));
  sentence.erase(at + kAt.size(), end - at - kAt.size());
  return line;
}

// Where base64 between two hyphens ends in `text`, from there on; npos if it does not stand there. The digit before the
// padding may have bits that say nothing.
size_t EndOf(const std::string& base64, std::string_view text, size_t from) {
  const size_t digits = std::min(base64.find('='), base64.size()), padding = base64.size() - digits;
  const std::string begin = "-" + base64.substr(0, digits - (padding > 0 ? 1 : 0));
  const std::string end = std::string(padding, '=') + "-";
  for (size_t at = text.find(begin, from); at != text.npos; at = text.find(begin, at + 1)) {
    if (text.substr(std::min(at + 1 + digits, text.size()), end.size()) == end) {
      return at + 1 + base64.size();
    }
  }
  return text.npos;
}

void CheckAnyText(std::string_view text) {
  const auto blocks = Read(text), later = Read("a line more\n" + std::string(text));
  Require(blocks.has_value() == later.has_value(), "a line more in front changes nothing");
  if (!blocks) {
    std::string complaint = blocks.error().detail, other = later.error().detail;
    Require(complaint.starts_with(kShown), "a complaint names the file");
    for (const char c : complaint) {
      Require(c >= ' ' && c < 0x7f, "and is printable");
    }
    const auto line = TakeLine(complaint), line_later = TakeLine(other);
    Require(complaint == other && line.has_value() == line_later.has_value() && (!line || *line + 1 == *line_later),
            "but the number of the line at fault");
    return;
  }
  Require(*blocks == *later && !blocks->empty(), "the certificates are the same, and at least one");
  std::string dense;
  for (const char c : text) {
    dense += std::string_view(" \t\r\f\v\n").find(c) == std::string_view::npos ? std::string(1, c) : "";
  }
  size_t at = 0;
  for (const Bytes& block : *blocks) {
    at = EndOf(Base64(certs::AsText(block)), dense, at);
    Require(at != dense.npos, "what is read stands in the text, in order");
  }
}

void CheckWritten(std::string_view text) {
  std::vector<Bytes> written;
  std::string file;
  fuzz::Reader lines(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  while (!lines.empty() && written.size() < kMostBlocks) {
    const std::string_view line = lines.Until('\n');
    const std::string end = written.size() % 2 == 0 ? "\n" : " \r\n";
    if (line.empty() || line.find("-----") != line.npos) {
      continue;
    }
    written.push_back(certs::ToBytes(line));
    file += std::string(line) + end + "-----BEGIN CERTIFICATE-----" + end;
    const std::string base64 = Base64(line);
    for (size_t at = 0; at < base64.size(); at += 64) {
      file += base64.substr(at, 64) + end;
    }
    file += "-----END CERTIFICATE-----" + end + "-----BEGIN PRIVATE KEY-----" + end + "bm8=" + end +
            "-----END PRIVATE KEY-----" + end;
  }
  const auto read = Read(file);
  Require(read.has_value() != written.empty() && (!read || *read == written), "what is written is read back");
  if (read) {
    Require(!Read(file.substr(0, file.rfind("-----END"))), "a file that ends inside a block is refused");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckAnyText(text);
  CheckWritten(text);
  const auto statements = verifier::StatementsFromFile(fuzz::Exact(text).text(), "X509 CRL", kSource);
  Require(text.find("-----BEGIN ") != text.npos ||
              (statements && statements->size() == 1 && certs::AsText(statements->front()) == text),
          "what is no PEM is taken for DER as it is");
  return 0;
}
