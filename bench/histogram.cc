#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bench {

// Values below 2^(kSubBits+1) have a bucket each; above, the leading kSubBits+1 bits decide.
size_t Histogram::IndexOf(int64_t value) {
  const auto v = static_cast<uint64_t>(value);
  const auto width = static_cast<int>(std::bit_width(v));
  if (width <= kSubBits + 1) {
    return static_cast<size_t>(v);
  }
  const int shift = width - (kSubBits + 1);
  return (static_cast<size_t>(shift) << kSubBits) + static_cast<size_t>(v >> shift);
}

int64_t Histogram::UpperOf(size_t index) {
  constexpr size_t kOne = size_t{1} << kSubBits;
  if (index < 2 * kOne) {
    return static_cast<int64_t>(index);
  }
  const size_t shift = (index >> kSubBits) - 1;
  const uint64_t leading = kOne + (index & (kOne - 1));
  return static_cast<int64_t>(((leading + 1) << shift) - 1);
}

void Histogram::Add(int64_t value) {
  value = std::max<int64_t>(value, 0);
  ++counts_[IndexOf(value)];
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
  ++count_;
}

void Histogram::Merge(const Histogram& other) {
  if (other.count_ == 0) {
    return;
  }
  for (size_t i = 0; i < kBuckets; ++i) {
    counts_[i] += other.counts_[i];
  }
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
  count_ += other.count_;
}

int64_t Histogram::Quantile(double share) const {
  const auto wanted = static_cast<uint64_t>(std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen >= std::max<uint64_t>(wanted, 1)) {
      return std::clamp(UpperOf(i), min_, max_);
    }
  }
  return max_;
}

std::vector<Histogram::Bucket> Histogram::Buckets() const {
  std::vector<Bucket> buckets;
  for (size_t i = 0; i < kBuckets; ++i) {
    if (counts_[i] != 0) {
      buckets.push_back({UpperOf(i), counts_[i]});
    }
  }
  return buckets;
}

}  // namespace bench
