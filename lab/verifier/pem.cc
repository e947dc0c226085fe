#include "lab/verifier/pem.h"

#include <fmt/format.h>
#include <openssl/base64.h>

#include <optional>
#include <string>

namespace verifier {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

std::string_view WithoutBlanks(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r\f\v";
  const size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

// The label between `opening` and the dashes that end the line, or nothing if the line is something else.
std::optional<std::string_view> Label(std::string_view line, std::string_view opening) {
  if (!line.starts_with(opening) || !line.ends_with(kDashes) || line.size() < opening.size() + kDashes.size()) {
    return std::nullopt;
  }
  return line.substr(opening.size(), line.size() - opening.size() - kDashes.size());
}

bool IsBase64Line(std::string_view line) {
  return line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
         std::string_view::npos;
}

std::optional<certs::Bytes> Decode(const std::string& base64) {
  size_t most = 0;
  size_t length = 0;
  if (base64.empty() || !EVP_DecodedLength(&most, base64.size())) {
    return std::nullopt;
  }
  certs::Bytes der(most);
  if (!EVP_DecodeBase64(der.data(), &length, der.size(), reinterpret_cast<const uint8_t*>(base64.data()),
                        base64.size())) {
    return std::nullopt;
  }
  der.resize(length);
  return der;
}

// Goes through the text line by line.
class Reader {
 public:
  Reader(std::string_view text, std::string_view source) : rest_(text), source_(certs::Escaped(source, 300)) {}

  // The blocks of either label.
  certs::Result<std::vector<certs::Bytes>> Read(std::string_view wanted, std::string_view alias) {
    std::vector<certs::Bytes> blocks;
    while (NextLine()) {
      const std::optional<std::string_view> label = Label(line_, kBegin);
      if (!label) {
        continue;
      }
      ++block_;
      certs::Result<std::string> base64 = ReadBlock();
      if (!base64) {
        return std::unexpected(base64.error());
      }
      if (*label != wanted && *label != alias) {
        continue;
      }
      std::optional<certs::Bytes> der = Decode(*base64);
      if (!der) {
        return Fail(fmt::format("block {} is not base64 at line {}", block_, line_number_));
      }
      blocks.push_back(std::move(*der));
    }
    if (blocks.empty()) {
      return Fail(fmt::format("no {} block", wanted));
    }
    return blocks;
  }

 private:
  bool NextLine() {
    if (rest_.empty()) {
      return false;
    }
    const size_t end = rest_.find('\n');
    line_ = WithoutBlanks(rest_.substr(0, end));
    rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
    ++line_number_;
    return true;
  }

  // Reads to the END line; what is no base64 is an error (headers as in encrypted keys: a block of another kind).
  certs::Result<std::string> ReadBlock() {
    const size_t begin = line_number_;
    std::string base64;
    bool headers = false;
    while (NextLine()) {
      if (Label(line_, kEnd)) {
        return base64;
      }
      headers = headers || line_.find(':') != std::string_view::npos;
      if (!headers && !IsBase64Line(line_)) {
        return Fail(fmt::format("block {} is not base64 at line {}", block_, line_number_));
      }
      base64 += line_;
    }
    return Fail(fmt::format("block {}, which begins at line {}, has no END line", block_, begin));
  }

  std::unexpected<certs::Error> Fail(std::string what) const {
    return certs::Fail(certs::ErrorCode::kBadInput, fmt::format("{}: {}", source_, what));
  }

  std::string_view rest_;
  std::string source_;
  std::string_view line_;
  size_t line_number_ = 0;
  int block_ = 0;
};

}  // namespace

certs::Result<std::vector<certs::Bytes>> CertificatesFromPem(std::string_view text, std::string_view source) {
  return Reader(text, source).Read("CERTIFICATE", "X509 CERTIFICATE");
}

certs::Result<std::vector<certs::Bytes>> StatementsFromFile(std::string_view bytes, std::string_view label,
                                                            std::string_view source) {
  const bool is_pem = bytes.starts_with(kBegin) || bytes.find(std::string("\n") + std::string(kBegin)) != bytes.npos;
  if (!is_pem) {
    return std::vector<certs::Bytes>{certs::ToBytes(bytes)};
  }
  return Reader(bytes, source).Read(label, label);
}

}  // namespace verifier
