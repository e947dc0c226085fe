#include "fakeserver/socket_stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace fakeserver {
namespace {

SocketStream& Of(const uv_handle_t* handle) { return *static_cast<SocketStream*>(handle->data); }
template <typename Handle>
uv_stream_t* AsStream(Handle* handle) {
  return reinterpret_cast<uv_stream_t*>(handle);
}
uv_buf_t Buffer(ByteView bytes) {
  // libuv does not write through it.
  return uv_buf_init(const_cast<char*>(reinterpret_cast<const char*>(bytes.data())),
                     static_cast<unsigned>(bytes.size()));
}

}  // namespace

// One block of output that the kernel did not take yet.
struct SocketStream::WriteRequest {
  uv_write_t request{};
  SocketStream* stream = nullptr;
  Bytes bytes;
};

SocketStream::SocketStream(uv_loop_t* loop, ReadBuffer& buffer, std::function<void()> on_ready)
    : buffer_(buffer), on_ready_(std::move(on_ready)) {
  uv_tcp_init(loop, &handle_);
  handle_.data = this;
}

SocketStream::~SocketStream() { assert(closed_); }

bool SocketStream::Accept(uv_stream_t* listener) {
  if (uv_accept(listener, AsStream(&handle_)) != 0) {
    return false;
  }
  // Each write is to be a segment of its own, as far as TCP goes.
  uv_tcp_nodelay(&handle_, 1);
  StartReading();
  return true;
}

void SocketStream::StartReading() {
  reading_ = true;
  uv_read_start(
      AsStream(&handle_),
      [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
        ReadBuffer& shared = Of(handle).buffer_;
        *buffer = uv_buf_init(shared.data(), static_cast<unsigned>(shared.size()));
      },
      OnRead);
}

void SocketStream::OnRead(uv_stream_t* handle, ssize_t count, const uv_buf_t* buffer) {
  SocketStream& stream = Of(AsHandle(handle));
  if (count == 0) {
    return;  // nothing now
  }
  if (count > 0) {
    certs::Append(stream.inbox_, ByteView(reinterpret_cast<const uint8_t*>(buffer->base), static_cast<size_t>(count)));
    if (stream.inbox_.size() - stream.inbox_read_ >= kInbox) {
      uv_read_stop(handle);
      stream.reading_ = false;
    }
  } else {
    uv_read_stop(handle);
    stream.reading_ = false;
    (count == UV_EOF ? stream.eof_ : stream.failed_) = true;
  }
  stream.on_ready_();
}

IoResult SocketStream::Read(std::span<uint8_t> into) {
  const size_t left = inbox_.size() - inbox_read_;
  if (left == 0) {
    return {closing_ || failed_ ? IoStatus::kReset : eof_ ? IoStatus::kEof : IoStatus::kWouldBlock};
  }
  const size_t count = std::min(left, into.size());
  std::copy_n(inbox_.begin() + static_cast<std::ptrdiff_t>(inbox_read_), count, into.begin());
  inbox_read_ += count;
  if (inbox_read_ == inbox_.size()) {
    // A stalled connection must not sit on a buffer that a burst once needed.
    inbox_ = Bytes();
    inbox_read_ = 0;
    if (!reading_ && !eof_ && !failed_ && !closing_) {
      StartReading();
    }
  }
  return {IoStatus::kOk, count};
}

IoResult SocketStream::Write(ByteView from) {
  if (closing_ || half_closed_ || close_when_drained_ || failed_) {
    return {IoStatus::kReset};
  }
  if (queued_ > 0 || from.empty()) {
    return {IoStatus::kWouldBlock};
  }
  uv_buf_t buffer = Buffer(from);
  const int count = uv_try_write(AsStream(&handle_), &buffer, 1);
  if (count > 0) {
    return {IoStatus::kOk, static_cast<size_t>(count)};
  }
  if (count != UV_EAGAIN && count != 0) {
    return {IoStatus::kReset};
  }
  auto request = std::make_unique<WriteRequest>();
  const ByteView block = from.first(std::min(from.size(), kBlock));
  request->stream = this;
  request->bytes.assign(block.begin(), block.end());
  request->request.data = request.get();
  buffer = Buffer(request->bytes);
  if (uv_write(&request->request, AsStream(&handle_), &buffer, 1, OnWritten) != 0) {
    return {IoStatus::kReset};
  }
  queued_ = block.size();
  request.release();  // OnWritten, which libuv always calls, owns it
  return {IoStatus::kOk, block.size()};
}

void SocketStream::OnWritten(uv_write_t* request, int status) {
  const std::unique_ptr<WriteRequest> done(static_cast<WriteRequest*>(request->data));
  SocketStream& stream = *done->stream;
  stream.queued_ = 0;
  if (stream.closing_) {
    return;
  }
  stream.failed_ = stream.failed_ || status != 0;
  if (stream.close_when_drained_ && !stream.shutting_) {
    stream.CloseNow();
  } else {
    stream.on_ready_();
  }
}

void SocketStream::OnShutdown(uv_shutdown_t* request, int) {
  SocketStream& stream = Of(AsHandle(request->handle));
  stream.shutting_ = false;
  if (stream.close_when_drained_ && !stream.closing_) {
    stream.CloseNow();
  }
}

void SocketStream::Close(CloseKind kind) {
  if (closing_) {
    return;
  }
  switch (kind) {
    case CloseKind::kHalf:
      if (!std::exchange(half_closed_, true) && uv_shutdown(&shutdown_, AsStream(&handle_), OnShutdown) == 0) {
        shutting_ = true;
      }
      break;
    case CloseKind::kFin:
      close_when_drained_ = true;
      if (queued_ == 0 && !shutting_) {
        CloseNow();
      }
      break;
    case CloseKind::kReset: {
      // uv_tcp_close_reset does the same, but refuses once a shutdown is under way.
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      uv_os_fd_t fd = -1;
      if (uv_fileno(AsHandle(&handle_), &fd) == 0) {
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
      }
      CloseNow();
      break;
    }
  }
}

void SocketStream::CloseNow() {
  if (std::exchange(closing_, true)) {
    return;
  }
  uv_close(AsHandle(&handle_), [](uv_handle_t* handle) {
    SocketStream& stream = Of(handle);
    stream.closed_ = true;
    if (stream.on_closed_) {
      // It may destroy the stream.
      std::exchange(stream.on_closed_, {})();
    }
  });
}

void SocketStream::Release(std::function<void()> closed) {
  if (closed_) {
    closed();
    return;
  }
  on_closed_ = std::move(closed);
  if (!draining()) {
    CloseNow();
  }
}

}  // namespace fakeserver
