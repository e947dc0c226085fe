// The inside of the server: one libuv loop, its listeners and its visitors. Everything here runs on the loop's thread,
// or, before there is one, on the thread that sets it up.
#pragma once

#include <uv.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "fakeserver/server.h"
#include "fakeserver/socket_stream.h"

namespace fakeserver {

class ServerLoop;

// A listening socket and what came of it.
struct Listener {
  ServerLoop* loop = nullptr;
  ListenerConfig config;
  uv_tcp_t handle{};
  uint16_t port = 0;
  int visits = 0;
  int live = 0;
  size_t kept_text = 0;
  std::vector<Transcript> finished;
};

// One connection. Deletes itself, by way of the loop, when libuv has let go of both of its handles.
class Visitor {
 public:
  Visitor(ServerLoop& loop, Listener& listener);

  bool Accept();
  // Meets the behaviour; call once, after Accept.
  void Begin(std::shared_ptr<const Behaviour> behaviour, int visit);
  // Drives the connection as far as it goes now, and arms the timer for the next time.
  void Pump();
  // Ends it for that reason.
  void Abort(const std::string& why);
  // Closes the handles, the socket's once its output has gone. The visitor is gone some time later.
  void Leave();
  // The same, without waiting for the output.
  void Drop();
  const Listener* listener() const { return listener_; }

 private:
  void Finish();
  void Arm(uint64_t in_ms);
  void OnHandleClosed();

  ServerLoop& loop_;
  Listener* listener_;  // null once the transcript has been handed over
  SocketStream stream_;
  uv_timer_t timer_{};
  std::unique_ptr<Conversation> connection_;
  int visit_ = 0;
  Micros last_activity_{0};
  uint64_t armed_for_ = 0;  // in the loop's milliseconds; 0: not armed
  int open_handles_ = 2;
  bool leaving_ = false;
};

class ServerLoop {
 public:
  explicit ServerLoop(ServerConfig config);
  ~ServerLoop();

  certs::Result<uint16_t> Listen(ListenerConfig listener);
  void Run();   // until Stop
  void Stop();  // closes everything

  Listener* Find(const std::string& id);
  std::vector<Transcript> Remove(const std::string& id);
  bool IsQuiet(const Listener& listener) const;

  // For Visitor.
  Micros Now() const;
  void Erase(Visitor* visitor) { visitors_.erase(visitor); }
  void OnFinished(Listener& listener, Transcript transcript);

  // Runs `task` on the loop's thread as soon as may be; callable from any thread.
  void Post(std::function<void()> task);
  // Waits until a connection has ended, at most `limit`; callable from any other thread.
  void WaitForEnd(std::chrono::milliseconds limit);

  const ServerConfig config_;
  uv_loop_t loop_{};
  SocketStream::ReadBuffer read_buffer_;

 private:
  static void OnConnection(uv_stream_t* handle, int status);
  void Accept(Listener& listener);
  void RunTasks();
  void CloseListener(std::unique_ptr<Listener> listener);

  uint64_t start_ns_ = 0;
  uv_async_t wake_{};
  bool stopped_ = false;
  std::map<std::string, std::unique_ptr<Listener>> listeners_;
  std::unordered_map<Visitor*, std::unique_ptr<Visitor>> visitors_;

  std::mutex mutex_;  // of the tasks and of the condition
  std::condition_variable ended_;
  uint64_t ends_ = 0;
  std::vector<std::function<void()>> tasks_;
};

}  // namespace fakeserver
