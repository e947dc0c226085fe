// The inside of the fake resolver: a libuv loop and its sockets. Everything but Post and the query log runs on the
// loop's thread, or, before there is one, on the thread that sets it up. Whatever libuv holds a pointer to is owned by
// the loop and outlives its handles.
#pragma once

#include <uv.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fakeserver/dns_server.h"

namespace fakeserver {

class DnsLoop;

// One address and its two sockets.
struct DnsAddress {
  DnsLoop* loop = nullptr;
  std::string text;
  uv_udp_t udp{};
  uv_tcp_t tcp{};
};

// One TCP connection (RFC 7766): messages behind their length, as many as come.
struct DnsConnection {
  DnsLoop* loop = nullptr;
  int id = 0;
  std::string resolver;
  uv_tcp_t handle{};
  Bytes input;
};

// An answer that waits for its time.
struct DnsDelayed {
  DnsLoop* loop = nullptr;
  int id = 0;
  uv_timer_t timer{};
  std::function<void()> send;
};

class DnsLoop {
 public:
  explicit DnsLoop(std::shared_ptr<const DnsData> data);
  ~DnsLoop();

  // Binds UDP and TCP at one address; with port 0 any that is free in both. Returns the port.
  certs::Result<uint16_t> Bind(const std::string& address, uint16_t port);
  // Answers at sockets that are bound already; they are the loop's from now on.
  certs::Result<void> Adopt(const DnsSockets& sockets);
  void Run() { uv_run(&loop_, UV_RUN_DEFAULT); }
  void Stop();                            // closes everything
  void Post(std::function<void()> task);  // runs it on the loop's thread; callable from any thread
  void Serve(std::shared_ptr<const DnsData> data) { data_ = std::move(data); }

  // Callable from any thread.
  std::vector<DnsQuery> Queries() const;
  void ForgetQueries();

 private:
  DnsAddress& AddAddress(const std::string& text);
  static int StartReading(DnsAddress& bound);  // libuv's error
  void Abandon(DnsAddress& bound);
  certs::Result<uint16_t> TryBind(const std::string& address, uint16_t port);
  static void OnDatagram(uv_udp_t* udp, ssize_t size, const uv_buf_t* buffer, const sockaddr* from, unsigned flags);
  static void OnConnection(uv_stream_t* listener, int status);
  static void OnStream(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer);
  static void LendBuffer(uv_handle_t* handle, size_t suggested, uv_buf_t* buffer);
  // Answers a message by way of `send`, now or later, or never.
  void Answer(ByteView query, const std::string& resolver, DnsTransport transport, std::function<void(Bytes)> send);
  void Note(ByteView query, const std::string& resolver, DnsTransport transport);
  void Later(Micros delay, std::function<void()> send);
  void SendTo(int connection, Bytes message);
  void Close(DnsConnection& connection);
  void RunTasks();

  uv_loop_t loop_{};
  std::array<char, 65536> read_buffer_{};
  std::shared_ptr<const DnsData> data_;
  std::vector<std::unique_ptr<DnsAddress>> addresses_;  // those that could not be bound too, until the end
  std::map<int, std::unique_ptr<DnsConnection>> connections_;
  std::map<int, std::unique_ptr<DnsDelayed>> delayed_;
  int next_id_ = 1;
  uv_async_t wake_{};
  bool stopped_ = false;

  mutable std::mutex mutex_;  // of the two that follow
  std::vector<std::function<void()>> tasks_;
  std::vector<DnsQuery> queries_;
};

}  // namespace fakeserver
