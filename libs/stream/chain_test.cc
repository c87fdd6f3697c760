#include "libs/stream/chain.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pitlane::stream {
namespace {

using Verdict = ChainFilter::Verdict;
using From = ChainScan::From;

TEST(ChainFilter, SuccessorThenDelivered) {
  ChainFilter chain(0);
  EXPECT_EQ(chain.Offer(3, 0), Verdict::kDeliver);
  EXPECT_EQ(chain.Offer(7, 3), Verdict::kDeliver);
  EXPECT_EQ(chain.last(), 7u);
}

TEST(ChainFilter, SeenBeforeOrBeforeTheCursorThenDropped) {
  ChainFilter chain(5);
  EXPECT_EQ(chain.Offer(3, 0), Verdict::kDrop);
  EXPECT_EQ(chain.Offer(5, 3), Verdict::kDrop);
  EXPECT_EQ(chain.Offer(9, 5), Verdict::kDeliver);
  EXPECT_EQ(chain.Offer(9, 5), Verdict::kDrop);
}

TEST(ChainFilter, PredecessorNotSeenThenMissingUntilItComes) {
  ChainFilter chain(3);
  EXPECT_EQ(chain.Offer(9, 7), Verdict::kMissing);
  EXPECT_EQ(chain.Offer(7, 3), Verdict::kDeliver);
  EXPECT_EQ(chain.Offer(9, 7), Verdict::kDeliver);
}

TEST(ChainFilter, CursorIsNoPositionOfTheSourceThenDeliveredForTheReaderToSee) {
  ChainFilter chain(5);
  EXPECT_EQ(chain.Offer(9, 4), Verdict::kDeliver);
}

TEST(ChainScan, WholePartitionThenEndOfWhatIsComplete) {
  ChainScan scan(From::kWhole);
  EXPECT_EQ(scan.end(), 0u);
  EXPECT_TRUE(scan.Add(3, 0));
  EXPECT_TRUE(scan.Add(7, 3));
  EXPECT_FALSE(scan.Add(12, 9));
  EXPECT_EQ(scan.end(), 7u);
  EXPECT_FALSE(scan.perfect());
}

TEST(ChainScan, PartitionThatDoesNotBeginWithTheFirstRecordThenNothingIsComplete) {
  ChainScan scan(From::kWhole);
  EXPECT_FALSE(scan.Add(7, 3));
  EXPECT_EQ(scan.end(), 0u);
  EXPECT_TRUE(scan.Add(3, 0));
  EXPECT_EQ(scan.end(), 3u);
}

TEST(ChainScan, TailWithoutGapThenPerfect) {
  ChainScan scan(From::kTail);
  EXPECT_TRUE(scan.Add(7, 3));
  EXPECT_TRUE(scan.Add(9, 7));
  EXPECT_TRUE(scan.perfect());
  EXPECT_EQ(scan.end(), 9u);
}

TEST(ChainScan, TailWithAGapOrARepetitionThenNotPerfect) {
  ChainScan gap(From::kTail);
  gap.Add(7, 3);
  gap.Add(12, 9);
  EXPECT_FALSE(gap.perfect());
  ChainScan repetition(From::kTail);
  repetition.Add(7, 3);
  repetition.Add(7, 3);
  EXPECT_FALSE(repetition.perfect());
}

struct Link {
  size_t position;
  size_t previous;
};

// A partition as a relay makes it that was cut off and started again anywhere: runs of successive
// records, each beginning no later than behind the end of what is complete.
std::vector<Link> Partition(const std::vector<size_t>& run_lengths,
                            const std::vector<size_t>& steps_back) {
  std::vector<Link> out;
  size_t complete = 0;
  for (size_t i = 0; i < run_lengths.size(); ++i) {
    const size_t from = complete - std::min(complete, i < steps_back.size() ? steps_back[i] : 0);
    for (size_t n = from + 1; n <= from + run_lengths[i]; ++n)
      out.push_back({n * 10, (n - 1) * 10});
    complete = std::max(complete, from + run_lengths[i]);
  }
  return out;
}

RC_GTEST_PROP(ChainFilterProperty, RunsRepeatedAnywhereThenEachRecordOnceInOrder, ()) {
  const auto lengths = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, 12));
  const auto back = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, 30));
  ChainFilter chain(0);
  size_t next = 10;
  for (const Link& link : Partition(lengths, back)) {
    const Verdict verdict = chain.Offer(link.position, link.previous);
    RC_ASSERT(verdict != Verdict::kMissing);
    if (verdict != Verdict::kDeliver) continue;
    RC_ASSERT(link.position == next);
    next += 10;
  }
}

RC_GTEST_PROP(ChainScanProperty, WholeScanThenTheSameEndAsAReaderReaches, ()) {
  auto links = Partition(*rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, 12)),
                         *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, 30)));
  // Records out of turn, as a producer leaves them whose topic was replaced under it.
  const auto early = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(1, 60));
  for (const size_t n : early) {
    const size_t at = *rc::gen::inRange<size_t>(0, links.size() + 1);
    links.insert(links.begin() + static_cast<std::ptrdiff_t>(at), {n * 10, (n - 1) * 10});
  }
  ChainFilter reader(0);
  ChainScan scan(From::kWhole);
  for (const Link& link : links) {
    reader.Offer(link.position, link.previous);
    scan.Add(link.position, link.previous);
  }
  RC_ASSERT(scan.end() == reader.last());
}

}  // namespace
}  // namespace pitlane::stream
