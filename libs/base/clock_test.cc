#include "libs/base/clock.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace pitlane {
namespace {

TEST(SystemClock, AskedTwiceThenSameClockAndTodaysTime) {
  EXPECT_EQ(&Clock::System(), &Clock::System());
  // Two readings around one of Abseil's own bound it; nothing here waits.
  const absl::Time before = absl::Now();
  const absl::Time now = Clock::System().Now();
  const absl::Time after = absl::Now();
  EXPECT_LE(before - absl::Seconds(1), now);
  EXPECT_LE(now, after + absl::Seconds(1));
}

TEST(FakeClock, NotToldToMoveThenStandsStillAtNewYear2026) {
  FakeClock clock;
  EXPECT_EQ(absl::FormatTime(clock.Now(), absl::UTCTimeZone()), "2026-01-01T00:00:00+00:00");
  EXPECT_EQ(clock.Now(), clock.Now());
}

TEST(FakeClock, AdvancedAndSetThenShowsIt) {
  FakeClock clock(absl::FromUnixSeconds(100));
  clock.Advance(absl::Seconds(5));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(105));
  clock.Advance(-absl::Seconds(10));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(95));
  clock.Set(absl::FromUnixSeconds(7));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(7));
}

TEST(FakeClock, AdvancedFromManyThreadsThenNoStepIsLost) {
  FakeClock clock(absl::UnixEpoch());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&clock] {
      for (int step = 0; step < 1000; ++step) clock.Advance(absl::Seconds(1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(4000));
}

TEST(SystemEntropy, ManyDrawsThenAllDiffer) {
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(Entropy::System().Next64());
  EXPECT_EQ(seen.size(), 1000u);
}

// First outputs of the reference SplitMix64 for seed 1234567 (Vigna, splitmix64.c).
TEST(SeededEntropy, ReferenceSeedThenReferenceSequence) {
  SeededEntropy entropy(1234567);
  EXPECT_EQ(entropy.Next64(), 6457827717110365317u);
  EXPECT_EQ(entropy.Next64(), 3203168211198807973u);
  EXPECT_EQ(entropy.Next64(), 9817491932198370423u);
}

TEST(SeededEntropy, SameSeedThenSameSequenceAndOtherSeedThenAnother) {
  SeededEntropy a(42), b(42), c(43);
  for (int i = 0; i < 100; ++i) {
    const uint64_t value = a.Next64();
    EXPECT_EQ(value, b.Next64());
    EXPECT_NE(value, c.Next64());
  }
}

}  // namespace
}  // namespace pitlane
