// For the fuzz target whose matcher has a bug: $STARTTLS_LAB_PLANTED names it (lab/verifier/name_bugs.h).
#include <cstdio>
#include <cstdlib>

#include "lab/verifier/name_bugs.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  (void)argc, (void)argv;
  const char* const bug = std::getenv("STARTTLS_LAB_PLANTED");
  if (bug != nullptr && !verifier::PlantNameBug(bug)) {
    std::fprintf(stderr, "there is no bug \"%s\" to plant; there are:", bug);
    for (const std::string_view known : verifier::NameBugs()) {
      std::fprintf(stderr, " %.*s", static_cast<int>(known.size()), known.data());
    }
    std::fprintf(stderr, "\n");
    std::exit(2);
  }
  return 0;
}
