#include "bench/histogram.h"

#include <gtest/gtest.h>

#include <limits>

namespace bench {
namespace {

TEST(Histogram, IsExactForSmallValuesAndAtTheEnds) {
  Histogram histogram;
  for (const int64_t value : {7, 3, 5, 1, 123'456'789}) {
    histogram.Add(value);
  }
  EXPECT_EQ(histogram.count(), 5u);
  EXPECT_EQ(histogram.min(), 1);
  EXPECT_EQ(histogram.max(), 123'456'789);
  EXPECT_EQ(histogram.Quantile(0), 1);
  EXPECT_EQ(histogram.Quantile(0.5), 5);
  EXPECT_EQ(histogram.Quantile(0.8), 7);
  EXPECT_EQ(histogram.Quantile(1), 123'456'789);
}

TEST(Histogram, IsNeverMoreThanAThirtySecondTooHigh) {
  for (int64_t value = 1; value < std::numeric_limits<int64_t>::max() / 3; value = value * 3 + 1) {
    Histogram histogram;
    histogram.Add(value);
    histogram.Add(std::numeric_limits<int64_t>::max());  // so that the greatest does not cap the quantile
    const int64_t seen = histogram.Quantile(0.5);
    EXPECT_GE(seen, value);
    EXPECT_LE(seen - value, value / 32) << value;
  }
}

TEST(Histogram, CountsEverythingThatItHolds) {
  Histogram histogram;
  for (int64_t value = 0; value < 10'000; ++value) {
    histogram.Add(value * value);
  }
  uint64_t count = 0;
  int64_t last = -1;
  for (const Histogram::Bucket& bucket : histogram.Buckets()) {
    EXPECT_GT(bucket.upper, last);
    last = bucket.upper;
    count += bucket.count;
  }
  EXPECT_EQ(count, 10'000u);
  EXPECT_GE(last, histogram.max());
}

TEST(Histogram, MergesAsIfAllHadBeenAddedToOne) {
  Histogram one, other, all;
  for (int64_t value = 0; value < 1000; ++value) {
    (value % 3 == 0 ? one : other).Add(value);
    all.Add(value);
  }
  one.Merge(other);
  one.Merge(Histogram());
  EXPECT_EQ(one.count(), all.count());
  EXPECT_EQ(one.min(), all.min());
  EXPECT_EQ(one.max(), all.max());
  EXPECT_DOUBLE_EQ(one.mean(), all.mean());
  EXPECT_EQ(one.Quantile(0.9), all.Quantile(0.9));
}

TEST(Histogram, TakesNothingForNothing) {
  EXPECT_EQ(Histogram().Quantile(0.5), 0);
  EXPECT_TRUE(Histogram().Buckets().empty());
  Histogram histogram;
  histogram.Add(-5);  // a clock that was set back
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.count(), 1u);
}

}  // namespace
}  // namespace bench
