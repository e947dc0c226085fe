// Load over loopback: so many mail clients at a time against one port, on one thread, until so many have been through.
// The same client whatever the server is.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/mail_client.h"
#include "bench/plain_sockets.h"

namespace bench {

struct LoadOptions {
  uint16_t port = 0;  // on 127.0.0.1
  int clients = 1;    // at a time
  int connections = 100;
  Talk talk = Talk::kStartTls;
  int seconds = 60;  // after which whoever is not through has failed
};

struct LoadResult {
  int shook_hands = 0;  // handshakes that were finished
  int failed = 0;       // connections in which something did not go as it should
  std::string negotiated;
  double seconds = 0;              // real time
  std::vector<Turn> turns;         // of the first handshake's connection
  std::vector<int64_t> latencies;  // real nanoseconds from connect to the end of the handshake
};

LoadResult RunLoad(SSL_CTX* client, const char* host, const LoadOptions& options);
// The same octets in the same turns as in such a result, against a PlainServer.
LoadResult RunPlainLoad(const std::vector<Turn>& turns, const LoadOptions& options);

// The same as a program of its own, to be run beside a server inside a sandbox: measures what all the other processes
// there have used of the processor meanwhile, and prints a line of JSON. Its first argument is kLoadVerb.
inline constexpr char kLoadVerb[] = "load";
int LoadMain(int argc, char** argv);

// The fake server as a program of its own, to be such a server: kServeVerb KEY PORT TALK, until it is killed.
inline constexpr char kServeVerb[] = "serve";
int ServeMain(int argc, char** argv);

}  // namespace bench
