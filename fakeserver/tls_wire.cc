#include "fakeserver/tls_wire.h"

namespace fakeserver {

std::vector<uint16_t> ReadNumbers(CBS list) {
  std::vector<uint16_t> numbers;
  uint16_t number = 0;
  while (CBS_get_u16(&list, &number)) {
    numbers.push_back(number);
  }
  return numbers;
}

void AppendExtension(certs::Bytes& block, uint16_t type, certs::ByteView data) {
  certs::Append(block, certs::Bytes{static_cast<uint8_t>(type >> 8), static_cast<uint8_t>(type),
                                    static_cast<uint8_t>(data.size() >> 8), static_cast<uint8_t>(data.size())});
  certs::Append(block, data);
}

}  // namespace fakeserver
