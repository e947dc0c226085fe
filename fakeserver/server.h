// The fake server on real loopback sockets: one event loop, one thread, any number of listeners, each with a behaviour
// of its own. Threads and sockets live behind this header and nowhere else.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "certs/result.h"
#include "fakeserver/connection.h"

namespace fakeserver {

// What a listener serves to its nth visitor (from 0). Called on the server's thread; must be quick and thread-safe.
using BehaviourOfVisit = std::function<std::shared_ptr<const Behaviour>(int visit)>;

struct ListenerConfig {
  std::string id;     // unique among the live listeners of a server
  uint16_t port = 0;  // 0: any free port. Always bound on 127.0.0.1, and never anywhere else
  int socket = -1;    // a listening socket, perhaps of another network namespace, to be taken over instead of binding
  BehaviourOfVisit behaviour;
  // A socket that is taken over must be what `listen.door` says already: listening with a full queue, if it never
  // answers. For a door that is closed the port is only reserved.
  ListenScript listen = {};
};

struct ServerConfig {
  std::vector<ListenerConfig> listeners;
  // Called on the server's thread with every event of every connection, for live logs. Optional.
  std::function<void(const std::string& listener, int visit, const Event&)> on_event;
  size_t max_connections = 20000;  // beyond it a new connection is closed at once
  // A connection on which nothing happens for so long is closed by the server, so that nothing stays for ever.
  std::chrono::milliseconds idle_limit = std::chrono::minutes(10);
};

// Lets the bound socket listen, and nobody through: what Door::kNeverAnswers means. Makes nothing but system calls.
// False: errno says why.
bool FillQueue(int socket) noexcept;

// A running server. The destructor closes everything, stops the loop and joins the thread. All methods are thread-safe.
class ServerHandle {
 public:
  ServerHandle(ServerHandle&&) noexcept;
  ServerHandle& operator=(ServerHandle&&) noexcept;
  ~ServerHandle();

  // The port of a listener; 0 if there is no such listener.
  uint16_t port(const std::string& id) const;
  // Adds a listener to the running server; returns its port. kIo when the port is in use, naming it.
  certs::Result<uint16_t> Add(ListenerConfig listener);
  // Closes the listener and its connections, and returns their transcripts in order of connection.
  std::vector<Transcript> Remove(const std::string& id);
  // Waits until every connection of the listener has ended, at most `limit`; true if none is left.
  bool WaitUntilQuiet(const std::string& id, std::chrono::milliseconds limit);
  // How many connections the listener has had.
  int visits(const std::string& id) const;

 private:
  friend certs::Result<ServerHandle> Start(ServerConfig config);
  class Impl;
  explicit ServerHandle(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Starts a server. On any error nothing is left running.
certs::Result<ServerHandle> Start(ServerConfig config);

}  // namespace fakeserver
