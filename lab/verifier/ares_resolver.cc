#include "lab/verifier/ares_resolver.h"

#include <ares.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "lab/verifier/ip_literal.h"

namespace verifier {
namespace {

using certs::ErrorCode;

// One process-wide set-up for as long as the program runs.
bool SetUpLibrary() {
  static const bool done = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return done;
}

DnsStatus StatusOf(int ares_status) {
  switch (ares_status) {
    case ARES_ESERVFAIL:
      return DnsStatus::kServFail;
    case ARES_EREFUSED:
    case ARES_ENOTIMP:
      return DnsStatus::kRefused;
    case ARES_EBADRESP:
    case ARES_EFORMERR:
    case ARES_EBADQUERY:
    case ARES_EBADNAME:
      return DnsStatus::kMalformed;
    default:
      return DnsStatus::kTimeout;  // refused connections and cancelled queries too: nobody answered
  }
}

// "address:port" as c-ares reads it; nothing if that is no address or no port: c-ares takes "1.2.3" and
// "1.2.3.4:70000".
std::optional<std::string> WithPort(std::string_view server, uint16_t port) {
  const bool bracketed = server.starts_with('[');
  const size_t colon = server.rfind(':');
  std::string_view address = server;
  if (bracketed ? server.find("]:") != std::string_view::npos
                : colon != std::string_view::npos && server.find(':') == colon) {
    const std::string_view digits = server.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
      return std::nullopt;
    }
    address = server.substr(0, colon);
  }
  if (bracketed) {
    if (!address.ends_with(']')) {
      return std::nullopt;
    }
    address = address.substr(1, address.size() - 2);
  }
  const auto literal = ParseIpAddress(address.substr(0, address.find('%')));
  if (!literal || (bracketed && literal->length == 4)) {
    return std::nullopt;
  }
  return fmt::format("{}:{}", literal->length == 4 ? std::string(address) : fmt::format("[{}]", address), port);
}

// A channel to one server, or (empty) to the system's; null if c-ares refuses.
ares_channel Open(const std::string& server, Micros patience) {
  ares_options options{};
  // An error of the resolver comes through as what it is: asking elsewhere is decided here.
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP;
  options.timeout = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(patience).count());
  options.tries = 1;
  ares_channel channel = nullptr;
  if (ares_init_options(&channel, &options, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) != ARES_SUCCESS) {
    return nullptr;
  }
  if (!server.empty() && ares_set_servers_ports_csv(channel, server.c_str()) != ARES_SUCCESS) {
    ares_destroy(channel);
    return nullptr;
  }
  return channel;
}

}  // namespace

struct AresResolver::State {
  // One question on its way.
  struct Pending {
    State* state = nullptr;
    DnsQuestion question;
    int attempts = 0;  // so far
    DnsStatus worst = DnsStatus::kTimeout;
  };

  std::vector<ares_channel> channels;  // one a server
  int tries = 1;
  int pending = 0;
  std::vector<std::pair<DnsQuestion, DnsAnswer>> answered;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    for (ares_channel channel : channels) {
      ares_destroy(channel);  // answers what is pending, with an error
    }
  }

  void Send(std::unique_ptr<Pending> asked) {
    uint16_t id = 0;
    // An ID that can be guessed is half a forged answer (RFC 5452 4.3).
    RAND_bytes(reinterpret_cast<uint8_t*>(&id), sizeof id);
    const auto query = WriteQuery(id, asked->question);
    if (!query) {
      answered.emplace_back(asked->question, DnsAnswer{.status = DnsStatus::kMalformed});
      return;
    }
    ++pending;
    const ares_channel channel = channels[static_cast<size_t>(asked->attempts) % channels.size()];
    ares_send(channel, query->data(), static_cast<int>(query->size()), OnAnswer, asked.release());
  }

  static void OnAnswer(void* arg, int status, int, unsigned char* bytes, int size) {
    std::unique_ptr<Pending> asked(static_cast<Pending*>(arg));
    State& state = *asked->state;
    --state.pending;
    if (status == ARES_EDESTRUCTION) {
      return;
    }
    DnsAnswer answer{.status = StatusOf(status)};
    if (bytes != nullptr && size > 0) {
      answer = ReadAnswer(ByteView(bytes, static_cast<size_t>(size)), asked->question);
    }
    if (!answer.known()) {
      asked->worst = answer.status == DnsStatus::kTimeout ? asked->worst : answer.status;
      if (++asked->attempts < static_cast<int>(state.channels.size()) * state.tries) {
        state.Send(std::move(asked));
        return;
      }
      answer = {.status = asked->worst};
    }
    state.answered.emplace_back(asked->question, std::move(answer));
  }
};

AresResolver::AresResolver(std::unique_ptr<State> state) : state_(std::move(state)) {}
AresResolver::~AresResolver() = default;

certs::Result<std::unique_ptr<AresResolver>> AresResolver::Make(AresConfig config) {
  auto state = std::make_unique<State>();
  state->tries = std::max(config.times.tries, 1);
  if (config.servers.empty()) {
    config.servers.emplace_back();
  }
  for (const std::string& server : config.servers) {
    const auto address = server.empty() ? std::optional(server) : WithPort(server, config.port);
    ares_channel channel = address && SetUpLibrary() ? Open(*address, config.times.per_try) : nullptr;
    if (channel == nullptr) {
      return certs::Fail(ErrorCode::kBadInput,
                         fmt::format("\"{}\" is no address of a resolver", certs::Escaped(server, 200)));
    }
    state->channels.push_back(channel);
  }
  return std::unique_ptr<AresResolver>(new AresResolver(std::move(state)));
}

void AresResolver::Ask(const DnsQuestion& question) {
  state_->Send(std::make_unique<State::Pending>(State::Pending{.state = state_.get(), .question = question}));
}

bool AresResolver::Advance(Micros) {
  const size_t before = state_->answered.size();
  Wait(std::chrono::milliseconds(0));
  return state_->answered.size() > before;
}

std::optional<Micros> AresResolver::NextDeadline() const { return std::nullopt; }

std::vector<std::pair<DnsQuestion, DnsAnswer>> AresResolver::Take() { return std::exchange(state_->answered, {}); }

bool AresResolver::Wait(std::chrono::milliseconds limit) {
  if (state_->pending == 0) {
    return false;
  }
  std::vector<pollfd> watched;
  std::vector<ares_channel> owners;
  timeval most{.tv_sec = limit.count() / 1000, .tv_usec = limit.count() % 1000 * 1000};
  int wait_ms = static_cast<int>(limit.count());
  for (ares_channel channel : state_->channels) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const auto bits = static_cast<unsigned>(ares_getsock(channel, sockets.data(), ARES_GETSOCK_MAXNUM));
    for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
      const int events = (ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) | (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0);
      if (events != 0) {
        watched.push_back({.fd = sockets[i], .events = static_cast<short>(events), .revents = 0});
        owners.push_back(channel);
      }
    }
    timeval wanted{};
    const timeval* wait = ares_timeout(channel, &most, &wanted);
    wait_ms = std::min(wait_ms, static_cast<int>(wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000));
  }
  poll(watched.data(), watched.size(), wait_ms);
  for (size_t i = 0; i < watched.size(); ++i) {
    const bool readable = (watched[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
    const bool writable = (watched[i].revents & (POLLOUT | POLLERR | POLLHUP)) != 0;
    if (readable || writable) {
      ares_process_fd(owners[i], readable ? watched[i].fd : ARES_SOCKET_BAD,
                      writable ? watched[i].fd : ARES_SOCKET_BAD);
    }
  }
  for (ares_channel channel : state_->channels) {
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what has run out of time
  }
  return true;
}

}  // namespace verifier
