// A ByteStream over an accepted libuv TCP socket. Lives on its loop's thread. Bounded both ways: it stops reading from
// the socket while kInbox octets wait to be read, and takes one block of output into a queue only when the kernel takes
// no more; until that has gone, Write says kWouldBlock. Nothing is allocated before it is needed.
#pragma once

#include <uv.h>

#include <array>
#include <functional>

#include "fakeserver/byte_stream.h"

namespace fakeserver {

// Any libuv handle as the general one that libuv's common functions take.
template <typename Handle>
uv_handle_t* AsHandle(Handle* handle) {
  return reinterpret_cast<uv_handle_t*>(handle);
}

class SocketStream : public ByteStream {
 public:
  static constexpr size_t kInbox = 64 * 1024;
  static constexpr size_t kBlock = 64 * 1024;
  using ReadBuffer = std::array<char, 64 * 1024>;

  // `buffer` is where the loop's sockets read to, one after the other; it outlives the stream. `on_ready` is called
  // from the loop when something has changed: bytes or an end came, or output went out.
  SocketStream(uv_loop_t* loop, ReadBuffer& buffer, std::function<void()> on_ready);
  ~SocketStream() override;
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  // Accepts the next connection of `listener` and starts reading; false if that fails.
  bool Accept(uv_stream_t* listener);

  IoResult Read(std::span<uint8_t> into) override;
  IoResult Write(ByteView from) override;
  // kFin and kReset end the socket as soon as queued output has gone (kReset: at once).
  void Close(CloseKind kind) override;

  // Ends the socket now if it is not ended. `closed` is called, maybe at once, when the loop holds it no longer; only
  // then may the stream be destroyed.
  void Release(std::function<void()> closed);
  // Whether Close has been asked for but waits for output to go.
  bool draining() const { return close_when_drained_ && !closing_; }

 private:
  struct WriteRequest;

  static void OnRead(uv_stream_t* handle, ssize_t count, const uv_buf_t* buffer);
  static void OnWritten(uv_write_t* request, int status);
  static void OnShutdown(uv_shutdown_t* request, int status);
  void StartReading();
  void CloseNow();

  uv_tcp_t handle_{};
  uv_shutdown_t shutdown_{};
  ReadBuffer& buffer_;
  std::function<void()> on_ready_, on_closed_;
  Bytes inbox_;
  size_t inbox_read_ = 0;
  size_t queued_ = 0;
  bool reading_ = false, eof_ = false, failed_ = false;
  bool shutting_ = false, half_closed_ = false, close_when_drained_ = false, closing_ = false, closed_ = false;
};

}  // namespace fakeserver
