// How long things took, as counts in buckets: bounded in memory, exact at the ends, within a thirty-second in between.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

class Histogram {
 public:
  struct Bucket {
    int64_t upper = 0;  // the greatest value that falls into it
    uint64_t count = 0;
  };

  // Negative values count as 0.
  void Add(int64_t value);
  void Merge(const Histogram& other);

  uint64_t count() const { return count_; }
  int64_t min() const { return min_; }  // exact; 0 if empty
  int64_t max() const { return max_; }
  double mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }
  // The smallest value that at least `share` (0 to 1) of all do not exceed, rounded up to its bucket's upper end but
  // never beyond the greatest value; 0 if empty.
  int64_t Quantile(double share) const;
  // Those that hold anything, in ascending order.
  std::vector<Bucket> Buckets() const;

 private:
  static constexpr int kSubBits = 5;  // buckets for each power of two: 2^5
  static constexpr size_t kBuckets = size_t{64 - kSubBits} << kSubBits;
  static size_t IndexOf(int64_t value);
  static int64_t UpperOf(size_t index);

  std::array<uint32_t, kBuckets> counts_{};
  uint64_t count_ = 0;
  int64_t min_ = 0, max_ = 0;
  double sum_ = 0;
};

}  // namespace bench
