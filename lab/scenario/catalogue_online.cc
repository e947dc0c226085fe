// Rows J1, J3, J12: revocation data that a client must fetch, and the web servers that it then meets.
//
// The built-in verifier fetches nothing, so all of these are good servers to it. A client that was seen to fetch is
// asked for more: what it has been told it must believe, if that is authentic; and where it has been told nothing of
// worth, it may go on or not, as its policy is, but it must come to an end.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "certs/revocation.h"
#include "lab/scenario/catalogue.h"
#include "lab/scenario/online.h"

namespace lab {
namespace {

using certs::CertStatus;
using certs::CrlSpec;
using certs::OcspResponseStatus;
using certs::OcspSpec;
using certs::Severity;
using certs::SignatureFault;
using certs::SingleStatus;
using certs::TimeSpec;
using fakeserver::HttpFault;
using std::chrono::hours;

constexpr const char* kOfflineTwin = "control.good";
constexpr const char* kCrlControl = "control.crl-online";
constexpr const char* kOcspControl = "control.ocsp-online";

std::map<Policy, Expectation> Accept(std::optional<Demand> once_fetched) {
  const Expectation expectation{.demand = Demand::kAccept, .once_fetched = once_fetched};
  Expectation opportunistic = expectation;
  if (once_fetched) {
    opportunistic.once_fetched = Demand::kAnything;  // it may deliver to anyone (RFC 7435 3)
  }
  return {{Policy::kSubmission, expectation},
          {Policy::kRelayOpportunistic, opportunistic},
          {Policy::kRelayMtaSts, expectation}};
}

// The leaf says where its issuer's list is, and there it is.
Scenario CrlControl() {
  Scenario scenario{.id = kCrlControl,
                    .summary = "the leaf says where its issuer's list is; it is there, and the leaf is not on it",
                    .rows = {"J1"},
                    .source = "RFC 5280 4.2.1.13",
                    .twin = kOfflineTwin,
                    .expect = Accept(std::nullopt),
                    .compound = true,
                    .severity = Severity::kMedium};
  scenario.world.chain.leaf().extra_extensions = {certs::CrlDistributionPoint({certs::Uri(CrlUrl(0))})};
  scenario.world.online.crls = {CrlSpec{}};
  return scenario;
}

Scenario OcspControl() {
  Scenario scenario{.id = kOcspControl,
                    .summary = "the leaf says where its OCSP responder is; it answers that the leaf is good",
                    .rows = {"J12"},
                    .source = "RFC 6960 3.1",
                    .twin = kOfflineTwin,
                    .expect = Accept(std::nullopt),
                    .compound = true,
                    .severity = Severity::kMedium};
  scenario.world.chain.leaf().extra_extensions = {certs::AuthorityInfoAccess(certs::kOcspAccess, OcspUrl("leaf"))};
  scenario.world.online.responses = {OcspSpec{}};
  return scenario;
}

// ------------------------------------------------------------------------------------------------ servers

struct ServerRow {
  HttpFault fault;
  const char* summary;
};
constexpr ServerRow kServers[] = {
    {HttpFault::kSilence, "takes the request and never answers"},
    {HttpFault::kDrip, "answers one octet a second"},
    {HttpFault::kEndless, "answers, and does not stop"},
    {HttpFault::kHuge, "answers with eight gigabytes"},
    {HttpFault::kShort, "closes the connection in the middle of its answer"},
    {HttpFault::kReset, "resets the connection"},
    {HttpFault::kRedirectLoop, "sends its visitors in a circle"},
    {HttpFault::kNotFound, "knows nothing of what is asked for"},
    {HttpFault::kServerError, "has an error of its own"},
    {HttpFault::kWebPage, "shows a page to log in on"},
    {HttpFault::kEmpty, "answers with nothing"},
};

// ------------------------------------------------------------------------------------------------ statements

struct CrlRow {
  const char* id;
  const char* summary;
  Demand once_fetched;
  void (*edit)(CrlSpec&);
};
constexpr CrlRow kLists[] = {
    {"revoked", "the leaf is on it", Demand::kRefuse, [](CrlSpec& crl) { crl.entries = {certs::CrlEntry{}}; }},
    {"expired", "another one was due an hour ago", Demand::kAnything,
     [](CrlSpec& crl) { crl.next_update = TimeSpec{hours(-1)}; }},
    {"flipped", "its signature has a bit flipped", Demand::kAnything,
     [](CrlSpec& crl) { crl.signature_fault = SignatureFault::kFlipBit; }},
    {"of-root", "it is the root's", Demand::kAnything, [](CrlSpec& crl) { crl.issuer = "root"; }},
    {"garbage", "it is text", Demand::kAnything, [](CrlSpec& crl) { crl.raw = certs::ToBytes("nobody is revoked"); }},
};

struct OcspRow {
  const char* id;
  const char* summary;
  std::optional<Demand> once_fetched;
  void (*edit)(OcspSpec&);
};
constexpr OcspRow kResponses[] = {
    {"revoked", "the leaf is revoked", Demand::kRefuse,
     [](OcspSpec& response) { response.singles[0].status = CertStatus::kRevoked; }},
    {"unknown", "it knows no such leaf", Demand::kAnything,
     [](OcspSpec& response) { response.singles[0].status = CertStatus::kUnknown; }},
    {"expired", "the leaf was good until an hour ago", Demand::kAnything,
     [](OcspSpec& response) { response.singles[0].next_update = TimeSpec{hours(-1)}; }},
    {"future", "the leaf will be good from tomorrow on", Demand::kAnything,
     [](OcspSpec& response) { response.singles[0].this_update = TimeSpec{hours(24)}; }},
    {"other-serial", "another certificate is good", Demand::kAnything,
     [](OcspSpec& response) { response.singles[0].serial = certs::Bytes{0x2a}; }},
    {"flipped", "the leaf is good, by a signature with a bit flipped", Demand::kAnything,
     [](OcspSpec& response) { response.signature_fault = SignatureFault::kFlipBit; }},
    {"by-eve", "the leaf is good, in another CA's name", Demand::kAnything,
     [](OcspSpec& response) { response.responder = "eve-intermediate"; }},
    {"malformed-request", "the request is malformed", Demand::kAnything,
     [](OcspSpec& response) { response.status = OcspResponseStatus::kMalformedRequest; }},
    {"internal-error", "it has an internal error", Demand::kAnything,
     [](OcspSpec& response) { response.status = OcspResponseStatus::kInternalError; }},
    {"try-later", "it wants to be asked again later", Demand::kAnything,
     [](OcspSpec& response) { response.status = OcspResponseStatus::kTryLater; }},
    {"sig-required", "it wants the request signed", Demand::kAnything,
     [](OcspSpec& response) { response.status = OcspResponseStatus::kSigRequired; }},
    {"unauthorized", "it does not answer for this issuer", Demand::kAnything,
     [](OcspSpec& response) { response.status = OcspResponseStatus::kUnauthorized; }},
    {"garbage", "text", Demand::kAnything, [](OcspSpec& response) { response.raw = certs::ToBytes("good"); }},
    {"sha256-id", "the leaf is good, its issuer named by SHA-256", std::nullopt,
     [](OcspSpec& response) { response.singles[0].digest = certs::CertIdDigest::kSha256; }},
};

// A scenario that is an edit of `twin`.
Scenario Edit(const Scenario& twin, std::string id, std::string summary, const char* row, const char* source,
              std::optional<Demand> once_fetched) {
  Scenario scenario{.id = std::move(id),
                    .summary = std::move(summary),
                    .rows = {row},
                    .source = source,
                    .twin = twin.id,
                    .world = twin.world,
                    .expect = Accept(once_fetched),
                    .policy_dependent = true,
                    .severity = once_fetched == Demand::kRefuse ? Severity::kHigh : Severity::kMedium};
  return scenario;
}

}  // namespace

std::vector<Scenario> OnlineScenarios() {
  const Scenario crl = CrlControl(), ocsp = OcspControl();
  std::vector<Scenario> scenarios = {crl, ocsp};
  for (const ServerRow& row : kServers) {
    const std::string fault(fakeserver::Name(row.fault));
    for (const auto& [twin, prefix, what, id] :
         {std::tuple(&crl, "revocation.crl-server-", "the server of the leaf's list ", "J3"),
          std::tuple(&ocsp, "revocation.ocsp-server-", "the leaf's OCSP responder ", "J12")}) {
      scenarios.push_back(
          Edit(*twin, prefix + fault, what + std::string(row.summary), id, "RFC 5280 6.3.3", Demand::kAnything));
      scenarios.back().world.online.http.fault = row.fault;
    }
  }
  for (const CrlRow& row : kLists) {
    scenarios.push_back(Edit(crl, std::string("revocation.crl-online-") + row.id,
                             std::string("the leaf's list can be fetched: ") + row.summary,
                             row.once_fetched == Demand::kRefuse ? "J1" : "J3", "RFC 5280 6.3.3", row.once_fetched));
    row.edit(scenarios.back().world.online.crls[0]);
  }
  for (const OcspRow& row : kResponses) {
    scenarios.push_back(Edit(ocsp, std::string("revocation.ocsp-online-") + row.id,
                             std::string("the leaf's OCSP responder says: ") + row.summary, "J12", "RFC 6960 3.2",
                             row.once_fetched));
    row.edit(scenarios.back().world.online.responses[0]);
  }
  return scenarios;
}

}  // namespace lab
