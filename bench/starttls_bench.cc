// The same handshakes through STARTTLS: the fake server's whole SMTP dialogue on the memory wire, with the project's
// mail client or a bare one; greeting, EHLO, STARTTLS, TLS, EHLO, QUIT.
#include <memory>
#include <string>

#include "bench/bare_handshake.h"
#include "bench/cases.h"
#include "bench/chains.h"
#include "bench/mail_client.h"
#include "bench/timed_endpoint.h"
#include "lab/runner/memory_wire.h"
#include "lab/runner/run.h"
#include "lab/verifier/smtp_client.h"

namespace bench {
namespace {

constexpr char kHost[] = "mail.bob.test";

std::shared_ptr<const fakeserver::Behaviour> ServerOf(const HandshakeKind& kind) {
  auto behaviour = std::make_shared<fakeserver::Behaviour>();
  behaviour->tls.min_version = behaviour->tls.max_version = kind.tls13 ? 0x0304 : 0x0303;
  behaviour->tls.tickets = kind.resume ? 1 : 0;
  behaviour->identity = ChainOf(kind.key.type, kind.presented);
  return behaviour;
}

// One run on the memory wire; true if it went to its end.
template <typename Client>
bool Meet(Client& client, const std::shared_ptr<const fakeserver::Behaviour>& server, Probe* probe) {
  if (probe == nullptr) {
    return lab::RunOnMemoryWire(client, server).end == lab::WireEnd::kDone;
  }
  TimedEndpoint timed(client, *probe);
  const int64_t began = ThreadCpu();
  const bool done = lab::RunOnMemoryWire(timed, server).end == lab::WireEnd::kDone;
  timed.Book(ThreadCpu() - began);
  return done;
}

class BareMail {
 public:
  explicit BareMail(const HandshakeKind& kind)
      : kind_(kind),
        server_(ServerOf(kind)),
        context_(MakeBareClient(
            *server_->identity,
            {.version = kind.tls13 ? uint16_t{TLS1_3_VERSION} : uint16_t{TLS1_2_VERSION},
             .verify = kind.verifying == Verifying::kBoringSsl ? BareVerify::kBoringSsl : BareVerify::kNone,
             .now = lab::kLabNow})) {}

  // The session of a first full run.
  bool Prepare() {
    if (!kind_.resume) {
      return true;
    }
    struct Catch {
      static int New(SSL* ssl, SSL_SESSION* session) {
        static_cast<bssl::UniquePtr<SSL_SESSION>*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->reset(session);
        return 1;
      }
    };
    SSL_CTX_set_app_data(context_.get(), &session_);
    SSL_CTX_sess_set_new_cb(context_.get(), Catch::New);
    const bool met = Run(nullptr);
    SSL_CTX_sess_set_new_cb(context_.get(), nullptr);
    negotiated_.clear();
    return met && session_ != nullptr;
  }

  bool Run(Probe* probe) {
    MailClient client(context_.get(), kHost, Talk::kStartTls, session_.get());
    const bool met = Meet(client, server_, probe) && client.ok();
    if (negotiated_.empty() && met) {
      negotiated_ = NegotiatedBy(client.ssl());
    }
    return met;
  }
  const std::string& negotiated() const { return negotiated_; }

 private:
  HandshakeKind kind_;
  std::shared_ptr<const fakeserver::Behaviour> server_;
  bssl::UniquePtr<SSL_CTX> context_;
  bssl::UniquePtr<SSL_SESSION> session_;
  std::string negotiated_;
};

class ProductMail {
 public:
  explicit ProductMail(const HandshakeKind& kind) : kind_(kind), server_(ServerOf(kind)) {
    config_.reference = kHost;
    config_.anchors = server_->identity->trusted;
    config_.now = lab::kLabNow;
    config_.port = 587;
    config_.sessions = kind.resume ? &sessions_ : nullptr;
  }

  bool Prepare() {
    if (!kind_.resume) {
      return true;
    }
    if (!Run(nullptr, true)) {
      return false;
    }
    session_ = sessions_.Take(Scope(), lab::kLabNow);
    return session_ != nullptr;
  }

  bool Run(Probe* probe) {
    if (kind_.resume) {
      // The cache gives out every session once; the benchmark wants the same one again.
      sessions_.Put(Scope(), bssl::UpRef(session_), lab::kLabNow);
    }
    return Run(probe, false);
  }
  const std::string& negotiated() const { return negotiated_; }

 private:
  bool Run(Probe* probe, bool first) {
    verifier::SmtpClient client(config_);
    if (!Meet(client, server_, probe) || !client.result().verdict.ok()) {
      return false;
    }
    const verifier::TlsFacts& facts = client.result().tls;
    if (!first && negotiated_.empty()) {
      negotiated_ =
          facts.version + " " + facts.cipher + " " + facts.group + " " + (facts.resumed ? "resumed" : facts.signature);
    }
    return first || facts.resumed == kind_.resume;
  }

  verifier::SessionScope Scope() const {
    return {.host = *verifier::ParseReference(kHost),
            .port = config_.port,
            .trust = verifier::DigestOf({config_.anchors.begin(), config_.anchors.end()}),
            .revocation = config_.revocation,
            .crls = verifier::DigestOf({})};
  }

  HandshakeKind kind_;
  std::shared_ptr<const fakeserver::Behaviour> server_;
  verifier::SmtpClientConfig config_;
  verifier::SessionCache sessions_;
  bssl::UniquePtr<SSL_SESSION> session_;
  std::string negotiated_;
};

template <typename Mail>
void RunMail(benchmark::State& state, Probe& probe, const HandshakeKind& kind) {
  Mail mail(kind);
  if (!mail.Prepare()) {
    state.SkipWithError("no session could be made");
    return;
  }
  for (auto _ : state) {
    bool done = false;
    probe.Time([&] { done = mail.Run(&probe); });
    if (!done) {
      state.SkipWithError("the dialogue failed, or did not resume");
      return;
    }
  }
  state.SetLabel(mail.negotiated());
}

}  // namespace

std::vector<Case> StartTlsCases() {
  std::vector<Case> cases;
  for (const bool tls13 : {false, true}) {
    for (const KeyRow& key : kKeyRows) {
      for (const int presented : {1, 2, 3, 8}) {
        for (const bool resume : {false, true}) {
          for (const Verifying verifying : {Verifying::kNone, Verifying::kProduct, Verifying::kBoringSsl}) {
            const HandshakeKind kind{tls13, key, presented, resume, verifying};
            const bool everyday = tls13 && presented == 2 && std::string_view(key.name) == "p256";
            cases.push_back({.name = "BM_StartTls/" + kind.Text(),
                             .quick = everyday,
                             .run =
                                 [kind](benchmark::State& state, Probe& probe) {
                                   kind.verifying == Verifying::kProduct ? RunMail<ProductMail>(state, probe, kind)
                                                                         : RunMail<BareMail>(state, probe, kind);
                                 },
                             .floor = FloorOf(kind),
                             .yardstick = "BM_Handshake/" + kind.Text()});
          }
        }
      }
    }
  }
  return cases;
}

}  // namespace bench
