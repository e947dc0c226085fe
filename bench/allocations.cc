#include "bench/allocations.h"

#include <atomic>
#include <cstddef>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BENCH_COUNTS_ALLOCATIONS 1
#else
#define BENCH_COUNTS_ALLOCATIONS 0
#endif

namespace {

std::atomic<uint64_t> allocations = 0;

}  // namespace

#if BENCH_COUNTS_ALLOCATIONS
// glibc lets a program put its own functions in the place of these (Replacing malloc, glibc manual); what they are
// given still is glibc's heap, so free() need not be replaced.
extern "C" {
void* __libc_malloc(size_t size);                // NOLINT(bugprone-reserved-identifier): glibc's name
void* __libc_calloc(size_t count, size_t size);  // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* old, size_t size);    // NOLINT(bugprone-reserved-identifier)

void* malloc(size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(count, size);
}

void* realloc(void* old, size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(old, size);
}
}
#endif

namespace bench {

bool CountsAllocations() { return BENCH_COUNTS_ALLOCATIONS != 0; }
uint64_t Allocations() { return allocations.load(std::memory_order_relaxed); }

}  // namespace bench
