// The matcher runs on what a peer sends, for every name of a certificate: it must not allocate. This program counts.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "certs/bytes.h"
#include "lab/verifier/name_match.h"

namespace {

std::atomic<size_t> allocations = 0;

void* CountedAllocation(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) {
    return memory;
  }
  throw std::bad_alloc();
}

}  // namespace

void* operator new(size_t size) { return CountedAllocation(size); }
void* operator new[](size_t size) { return CountedAllocation(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace verifier {
namespace {

TEST(NameMatch, AllocatesNothing) {
  const Reference host = *ParseReference("mail.bob.test");
  const Reference address = *ParseReference("2001:db8::1");
  const std::string presented[] = {"mail.bob.test",
                                   "*.bob.test",
                                   "MAIL.BOB.TEST",
                                   "m*.bob.test",
                                   "eve.test",
                                   "",
                                   "*",
                                   std::string("a\0b.test", 8),
                                   "127.0.0.1",
                                   "mail.bob.test.",
                                   std::string(250, 'a'),
                                   std::string(100000, '.')};
  size_t matches = 0;
  const size_t before = allocations;
  for (const std::string& name : presented) {
    const certs::ByteView octets(reinterpret_cast<const uint8_t*>(name.data()), name.size());
    for (const PresentedForm form : {PresentedForm::kDns, PresentedForm::kIp, PresentedForm::kCommonName}) {
      const Presented identifier{form, octets};
      matches += MatchName(identifier, host, NamePolicy{}).match ? 1 : 0;
      matches += NameMatches(identifier, host, NamePolicy{}) ? 1 : 0;
      matches += MatchName(identifier, address, NamePolicy{}).match ? 1 : 0;
      matches += CheckPresented(identifier, NamePolicy{}) == NameReason::kValid ? 1 : 0;
    }
  }
  EXPECT_EQ(before, allocations.load());
  EXPECT_GT(matches, 3U);
}

TEST(AllocationCounter, Counts) {
  const size_t before = allocations;
  const Reference long_name = *ParseReference("a-name-too-long-for-the-small-string.bob.test");
  EXPECT_GT(allocations.load(), before);
}

}  // namespace
}  // namespace verifier
