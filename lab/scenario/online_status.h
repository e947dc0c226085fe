// What of the certificates' status can be fetched by a client that looks: the lists and the OCSP responses that a web
// server has, as a value. They are not part of the chain: whatever is published, the certificates are the same.
#pragma once

#include <vector>

#include "certs/members.h"
#include "certs/revocation_spec.h"
#include "fakeserver/http_script.h"

namespace lab {

struct OnlineStatus {
  std::vector<certs::CrlSpec> crls;        // the nth at CrlUrl(n)
  std::vector<certs::OcspSpec> responses;  // each at OcspUrl() of its certificate; at most one a certificate
  fakeserver::HttpScript http;

  bool Any() const { return !crls.empty() || !responses.empty(); }

  bool operator==(const OnlineStatus&) const = default;
  static constexpr auto kMembers =
      certs::Members{certs::Member{"crls", &OnlineStatus::crls}, certs::Member{"responses", &OnlineStatus::responses},
                     certs::Member{"http", &OnlineStatus::http}};
};

}  // namespace lab
