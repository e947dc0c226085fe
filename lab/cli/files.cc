#include "lab/cli/files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "lab/verifier/certificate.h"
#include "lab/verifier/pem.h"

namespace lab {
namespace {

constexpr size_t kMostBytes = size_t{64} << 20;
constexpr const char* kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";

}  // namespace

certs::Result<std::string> ReadWholeFile(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::string text;
  char buffer[1 << 16];
  while (file && text.size() <= kMostBytes) {
    file.read(buffer, sizeof buffer);
    text.append(buffer, static_cast<size_t>(file.gcount()));
  }
  if (!file.eof()) {
    const std::string why = text.size() > kMostBytes ? "is larger than 64 MiB" : std::strerror(errno);
    return certs::Fail(certs::ErrorCode::kBadInput, fmt::format("cannot read {}: {}", certs::Escaped(name, 300), why));
  }
  return text;
}

certs::Result<void> ReplaceWholeFile(const std::string& name, const std::string& text) {
  const std::string draft = name + ".new";
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file || std::rename(draft.c_str(), name.c_str()) != 0) {
    const int why = errno;
    std::remove(draft.c_str());
    return certs::Fail(certs::ErrorCode::kIo,
                       fmt::format("cannot write {}: {}", certs::Escaped(name, 300), std::strerror(why)));
  }
  return {};
}

certs::Result<std::vector<certs::Bytes>> ReadCertificates(const std::string& name) {
  certs::Result<std::string> text = ReadWholeFile(name);
  if (!text) {
    return std::unexpected(text.error());
  }
  return verifier::CertificatesFromPem(*text, name);
}

certs::Result<std::vector<certs::Bytes>> ReadAnchors(const std::string& name) {
  certs::Result<std::vector<certs::Bytes>> anchors = ReadCertificates(name);
  for (size_t i = 0; anchors && i < anchors->size(); ++i) {
    if (const auto parsed = verifier::ParseCertificate((*anchors)[i]); !parsed) {
      return certs::Fail(certs::ErrorCode::kBadInput, fmt::format("{}: certificate {} is {}", certs::Escaped(name, 300),
                                                                  i + 1, parsed.error().detail));
    }
  }
  return anchors;
}

certs::Result<std::vector<certs::Bytes>> SystemAnchors() {
  const char* const named = std::getenv("SSL_CERT_FILE");
  return ReadCertificates(named != nullptr && *named != '\0' ? named : kSystemBundle);
}

}  // namespace lab
