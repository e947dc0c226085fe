// What stands between the TLS library and bytes: a BIO on two byte strings, the Certificate message cut into pieces,
// lists as extensions have them, and errors.
#pragma once

#include <openssl/base.h>

#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.h"

namespace verifier {

// What arrived and was not yet read, and what is to be sent.
struct TlsWire {
  certs::Bytes in, out;
  size_t in_pos = 0;  // how much of `in` has been read
};

// A BIO that reads and writes `wire`, which must outlive it. Cheaper than the library's memory BIOs, which move what is
// left at every read. Null if out of memory.
bssl::UniquePtr<BIO> MakeWireBio(TlsWire* wire);

// What a Certificate message holds.
struct CertificateMessage {
  std::vector<certs::Bytes> chain;    // an entry may be empty
  std::vector<certs::Bytes> staples;  // TLS 1.3: OCSP responses, one beside each certificate; empty where there is none
};

// Cuts the body of a Certificate message into its parts; nothing if it has not the form.
//
//   struct { opaque certificate_request_context<0..2^8-1>; CertificateEntry certificate_list<0..2^24-1>; }   TLS 1.3
//   struct { ASN.1Cert certificate_list<0..2^24-1>; }                                                        TLS 1.2
std::optional<CertificateMessage> ParseCertificateMessage(certs::ByteView body, bool tls13);

// ProtocolNameList of RFC 7301 3.1. A name that does not fit its length octet is left out.
certs::Bytes AlpnList(const std::vector<std::string>& names);

// Whether what went wrong first in the library is that a message came where another had to be.
bool IsMessageOutOfTurn();
// What the library says went wrong first ("WRONG_VERSION_NUMBER"), escaped; empties its queue.
std::string TakeLibraryReason();

}  // namespace verifier
