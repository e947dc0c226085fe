// Watches one direction of a TLS stream from outside: which alerts pass in clear, and what passes that is not TLS at
// all. A TLS 1.3 client that fails before it has handshake keys sends a plaintext alert, which the server's library, by
// then reading with those keys, misreports.
#pragma once

#include <functional>

#include "fakeserver/byte_stream.h"

namespace fakeserver {

class RecordSniffer {
 public:
  struct Sink {
    std::function<void(uint8_t level, uint8_t description)> plaintext_alert;
    std::function<void(ByteView)> clear_bytes;  // not a TLS record; from the first such octet all that follows
  };
  explicit RecordSniffer(Sink sink) : sink_(std::move(sink)) {}

  // The next bytes of the stream, in any portions.
  void Feed(ByteView bytes);

 private:
  bool HeaderFits() const;

  Sink sink_;
  uint8_t header_[5] = {};
  size_t header_size_ = 0;
  size_t body_left_ = 0;
  bool alert_ = false;  // the record that is passing is an alert in clear
  Bytes body_;          // of such an alert
  bool clear_ = false;
};

}  // namespace fakeserver
