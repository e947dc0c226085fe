// Fetches one small text by HTTPS: the TLS of the mail client (tls_client.h), one GET, one response. No redirects, no
// caching, no cookies, no second request.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/verifier/endpoint.h"
#include "lab/verifier/http_reply.h"
#include "lab/verifier/mta_sts.h"
#include "lab/verifier/tls_client.h"

namespace verifier {

struct HttpsConfig {
  std::string host;                           // what the certificate must name; also SNI and Host
  std::string path = "/";                     // absolute, ASCII
  std::vector<certs::Bytes> anchors;          // DER
  int64_t now = 0;                            // seconds since the epoch
  Micros timeout = std::chrono::seconds(60);  // for all of it (RFC 8461 3.3: about a minute)
  size_t max_body = kMaxStsPolicy;
};

struct HttpsResult {
  // kOk: a whole response came from the host that was meant, whatever its status.
  certs::Verdict verdict{certs::Reason::kConnectFailed, 0};
  bool certificate_refused = false;  // and that is the verdict
  HttpReply reply;
  std::string detail;  // escaped
};

class HttpsGet : public Endpoint {
 public:
  explicit HttpsGet(HttpsConfig config);
  ~HttpsGet() override;
  HttpsGet(const HttpsGet&) = delete;
  HttpsGet& operator=(const HttpsGet&) = delete;

  void Receive(certs::ByteView bytes) override;
  void ReceiveEof(bool reset) override;
  bool Advance(Micros now) override;
  std::optional<Micros> NextDeadline() const override;
  certs::Bytes TakeOutput() override;
  bool Done() const override;
  const HttpsResult& result() const { return result_; }

 private:
  bool Handshake();
  bool ReadReply();
  void Finish(certs::Verdict verdict, std::string detail);

  const HttpsConfig config_;
  std::unique_ptr<TlsClient> tls_;
  certs::Bytes plain_;
  std::optional<Micros> deadline_;
  bool eof_ = false, over_ = false, fresh_ = true;
  certs::Bytes out_;
  HttpsResult result_;
};

// Where a domain's policy is (RFC 8461 3.3).
HttpsConfig StsPolicyAt(const std::string& domain);

// What a fetch of it came to.
StsFetch ToStsFetch(const HttpsResult& result);

}  // namespace verifier
