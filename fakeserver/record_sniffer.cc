#include "fakeserver/record_sniffer.h"

#include <algorithm>
#include <utility>

namespace fakeserver {
namespace {

constexpr uint8_t kAlert = 21;

}  // namespace

// Whether what there is of the header may begin a TLS record: content type 20..24, version 3.x, and a length that a
// careless peer might still use.
bool RecordSniffer::HeaderFits() const {
  return (header_size_ < 1 || (header_[0] >= 20 && header_[0] <= 24)) && (header_size_ < 2 || header_[1] == 3);
}

void RecordSniffer::Feed(ByteView bytes) {
  while (!bytes.empty() && !clear_) {
    if (body_left_ > 0) {
      const size_t count = std::min(body_left_, bytes.size());
      if (alert_) {
        certs::Append(body_, bytes.first(count));
      }
      body_left_ -= count;
      bytes = bytes.subspan(count);
      if (body_left_ == 0 && std::exchange(alert_, false)) {
        sink_.plaintext_alert(body_[0], body_[1]);
        body_.clear();
      }
      continue;
    }
    header_[header_size_++] = bytes.front();
    bytes = bytes.subspan(1);
    if (!HeaderFits()) {
      clear_ = true;
      Bytes all(header_, header_ + header_size_);
      certs::Append(all, bytes);
      sink_.clear_bytes(all);
      return;
    }
    if (header_size_ == sizeof(header_)) {
      header_size_ = 0;
      body_left_ = size_t{header_[3]} * 256 + header_[4];
      // An encrypted alert is never two octets long: there is always a tag or a MAC as well.
      alert_ = header_[0] == kAlert && body_left_ == 2;
    }
  }
  if (clear_ && !bytes.empty()) {
    sink_.clear_bytes(bytes);
  }
}

}  // namespace fakeserver
