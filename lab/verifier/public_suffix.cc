// The only place that knows libpsl.
#include <libpsl.h>

#include <algorithm>
#include <string>

#include "lab/verifier/name_lenient.h"

namespace verifier {

bool IsPublicSuffix(std::string_view name) {
  const psl_ctx_t* list = psl_builtin();
  std::string terminated(name);
  std::ranges::transform(terminated, terminated.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return list != nullptr &&
         psl_is_public_suffix2(list, terminated.c_str(), PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}

}  // namespace verifier
