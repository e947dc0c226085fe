// The files that verbs are given: PEM, messages, passwords. Bounded; an error is kBadInput with one escaped sentence.
#pragma once

#include <string>
#include <vector>

#include "certs/bytes.h"
#include "certs/result.h"

namespace lab {

// A whole file. Neither a directory nor an endless device will do; 64 MiB are the most.
certs::Result<std::string> ReadWholeFile(const std::string& name);

// Writes a file beside it, then puts it in its place: whatever happens, the file is the old or the new one. kIo.
certs::Result<void> ReplaceWholeFile(const std::string& name, const std::string& text);

// The DER of every certificate of a PEM file, at least one; they are not looked into.
certs::Result<std::vector<certs::Bytes>> ReadCertificates(const std::string& name);

// The same for trust anchors: one that is no certificate is a mistake in the configuration, and an error.
certs::Result<std::vector<certs::Bytes>> ReadAnchors(const std::string& name);

// The system's trust anchors: those of $SSL_CERT_FILE, else of Debian's bundle. Those that do not parse are no anchors.
certs::Result<std::vector<certs::Bytes>> SystemAnchors();

}  // namespace lab
