// Counts what the heap is asked for, by this project's code and by the libraries alike.
#pragma once

#include <cstdint>

namespace bench {

// False where something else has the heap: a sanitizer. The count then stays 0.
bool CountsAllocations();
// How many blocks have been asked for so far.
uint64_t Allocations();

}  // namespace bench
