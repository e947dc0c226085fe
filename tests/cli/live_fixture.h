// A world on a loopback port, and the verbs `check` and `send` run on it in process.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "certs/issue.h"
#include "certs/keys.h"
#include "fakeserver/dns_server.h"
#include "fakeserver/policy_script.h"
#include "fakeserver/server.h"
#include "lab/cli/check.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/send.h"
#include "lab/runner/clock.h"
#include "lab/runner/scratch_dir.h"
#include "lab/scenario/scenario.h"

namespace lab {

// Serves a world on a free port, and knows where its trust anchor is.
class LiveVerbTest : public testing::Test {
 protected:
  void Serve(const World& world, fakeserver::TlsMode mode = fakeserver::TlsMode::kStartTls) {
    issuer_ = std::make_unique<certs::Issuer>(certs::KeyRing::Random(), UnixNow());
    const auto chain = issuer_->Issue(world.chain);
    ASSERT_TRUE(chain.has_value());
    dir_ = std::make_unique<ScratchDir>(*ScratchDir::Make());
    ASSERT_TRUE(dir_->Write("ca.pem", certs::CertificatesToPem((*chain)->trusted)).has_value());
    std::string lists;
    for (const certs::Bytes& crl : (*chain)->crls) {
      lists += certs::ToPem("X509 CRL", crl);
    }
    ASSERT_TRUE(dir_->Write("crls.pem", lists).has_value());
    const auto behaviour = std::make_shared<const fakeserver::Behaviour>(fakeserver::Behaviour{
        .mode = mode, .smtp = world.smtp, .tls = world.tls, .link = world.link, .identity = *chain});
    auto server = fakeserver::Start({});
    ASSERT_TRUE(server.has_value());
    server_ = std::make_unique<fakeserver::ServerHandle>(std::move(*server));
    const auto port = server_->Add({.id = "it", .behaviour = [behaviour](int) { return behaviour; }});
    ASSERT_TRUE(port.has_value());
    port_ = *port;
    reference_ = world.reference;
    mode_ = mode;
  }
  // Has resolvers at these addresses answer from the world's zone, its TLSA records moved to the port that is served;
  // and its policy host listen.
  void ServeDns(World world, std::vector<std::string> addresses = {"127.0.0.1"}) {
    constexpr std::string_view kUsual = "_25._tcp.{host} TLSA";
    if (world.dns.Find(kUsual) != nullptr) {
      world.dns.At(kUsual).name = "_" + std::to_string(port_) + "._tcp.{host} TLSA";
    }
    const auto data = fakeserver::Publish(world.dns, world.chain, *issuer_, world.reference);
    ASSERT_TRUE(data.has_value()) << data.error().detail;
    auto dns = fakeserver::StartDns({.data = *data, .addresses = addresses});
    ASSERT_TRUE(dns.has_value()) << dns.error().detail;
    dns_ = std::make_unique<fakeserver::DnsHandle>(std::move(*dns));
    const auto identity = issuer_->Issue(world.policy_host->chain);
    ASSERT_TRUE(identity.has_value());
    const auto behaviour = std::make_shared<fakeserver::Behaviour>();
    behaviour->mode = fakeserver::TlsMode::kImplicit;
    behaviour->smtp.answers_request_with = fakeserver::PolicyResponse(world.policy_host->policy, world.reference);
    behaviour->identity = *identity;
    const auto port = server_->Add({.id = "policy", .behaviour = [behaviour](int) { return behaviour; }});
    ASSERT_TRUE(port.has_value());
    policy_port_ = *port;
  }
  void Serve(const World& world, const std::vector<std::string>& resolvers) {
    Serve(world);
    ServeDns(world, resolvers);
  }
  void Serve(const std::string& scenario) {
    ASSERT_NE(FindScenario(scenario), nullptr) << scenario;
    Serve(FindScenario(scenario)->world);
  }

  LiveOptions Options() const {
    return {.server = reference_,
            .port = port_,
            .implicit = mode_ == fakeserver::TlsMode::kImplicit,
            .address = "127.0.0.1",
            .ca = dir_->path() + "/ca.pem",
            .timeout_s = 10};
  }
  // The same by what the resolvers at these addresses say.
  LiveOptions DnsOptionsOf(const std::vector<std::string>& resolvers = {"127.0.0.1"}) const {
    LiveOptions options = Options();
    options.address = "";
    options.dns.signals = true;
    options.dns.policy_port = policy_port_;
    options.dns.times = {.per_try = std::chrono::milliseconds(200), .tries = 1};
    for (const std::string& address : resolvers) {
      options.dns.resolvers.push_back(address + ":" + std::to_string(dns_->port()));
    }
    return options;
  }
  std::string Lists() const { return dir_->path() + "/crls.pem"; }
  int Check(LiveOptions options) {
    std::ostringstream out, err;
    const int code = RunCheck({.live = std::move(options), .json = as_json_}, out, err);
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  int Send(SendOptions options, const std::string& message) {
    std::istringstream in(message);
    std::ostringstream out, err;
    const int code = RunSend(options, in, out, err);
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  std::string PasswordFile(const std::string& text) {
    EXPECT_TRUE(dir_->Write("password", text).has_value());
    return dir_->path() + "/password";
  }
  nlohmann::json Answer() const { return nlohmann::json::parse(out_); }
  // Every octet that a client sent to the server, decrypted where it was encrypted.
  std::vector<fakeserver::Transcript> Transcripts() { return server_->Remove("it"); }

  bool as_json_ = true;
  std::string out_, err_;
  uint16_t port_ = 0;

 private:
  std::unique_ptr<ScratchDir> dir_;
  std::unique_ptr<certs::Issuer> issuer_;
  std::unique_ptr<fakeserver::DnsHandle> dns_;
  uint16_t policy_port_ = 0;
  std::unique_ptr<fakeserver::ServerHandle> server_;
  std::string reference_;
  fakeserver::TlsMode mode_ = fakeserver::TlsMode::kStartTls;
};

}  // namespace lab
