// The third witness: what other people's verifiers say of our chains. The verifier and the oracle are both the lab's;
// these two are not.
//
// Both are asked what a mail client would ask: the lab's anchors and no others, each of them an anchor whatever it is
// (RFC 5280 6.1.1 d), the time of the case, the purpose TLS server, the host, 112 bits of strength, ten intermediates.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "certs/bytes.h"

namespace witness {

struct Question {
  std::string id;
  std::vector<certs::Bytes> presented;  // the leaf first; never empty
  std::vector<certs::Bytes> trusted;
  std::string reference;  // host name or IP literal
  int64_t now = 0;        // seconds since the epoch
  // Of those who are asked about status only.
  std::vector<certs::Bytes> crls;
  certs::Bytes issuer, staple;  // of the leaf: its issuer's certificate, and the OCSP response
};

struct Answer {
  bool accepted = false;
  std::string words;  // why not, in the witness's own words; one line
};

// `openssl verify` of the system, one process a question. Version: "3.0", "3.5".
std::string OpensslVersion();
std::vector<Answer> AskOpenssl(const std::vector<Question>& questions);

// Whether the path is good by `crls`: `openssl verify -crl_check_all`, told to look at delta lists and at lists that
// speak for others, too. Each certificate below the anchor must be covered.
std::vector<Answer> AskOpensslAboutLists(const std::vector<Question>& questions);
// Whether the staple is authentic and says that the leaf is good: `openssl ocsp -respin`. That program compares the
// dates of a status with the machine's clock and only warns, so they are not part of the question.
std::vector<Answer> AskOpensslAboutStaples(const std::vector<Question>& questions);

// GnuTLS, in a child process: hostile certificates are its problem, not ours. A question it dies of is refused, and the
// words say so. Version: "3.7".
std::string GnutlsVersion();
std::vector<Answer> AskGnutls(const std::vector<Question>& questions);
// Whether GnuTLS's parser finds in the staple, by a signer with authority, that the leaf is good at that time.
std::vector<Answer> AskGnutlsAboutStaples(const std::vector<Question>& questions);

}  // namespace witness
