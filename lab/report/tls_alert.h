// TLS alerts by name.
#pragma once

#include <string_view>

namespace lab {

// "bad_certificate" for 42: the AlertDescription of RFC 8446 B.2, the reserved ones too; "unassigned" for any other
// number.
std::string_view TlsAlertName(int description);

}  // namespace lab
