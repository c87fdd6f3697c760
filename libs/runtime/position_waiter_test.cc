#include "libs/runtime/position_waiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"

namespace pitlane::runtime {
namespace {

class Waiting {
 public:
  FakeClock clock;
  PositionWaiter waiter{"ticket", {"inventory", "payment"}, clock, /*max_waiting=*/2};

  // Waits; nullopt while it waits.
  std::shared_ptr<std::optional<absl::Status>> Wait(std::string_view after,
                                                    absl::Duration timeout = absl::Seconds(1)) {
    auto result = std::make_shared<std::optional<absl::Status>>();
    const auto token = rpc::PositionToken::Parse(after);
    EXPECT_THAT(token, IsOk());
    ticket = waiter.Wait(*token, clock.Now() + timeout,
                         [result](absl::Status status) { *result = std::move(status); });
    return result;
  }
  void Commit(std::string name, uint64_t position) {
    waiter.Committed({.last_position = 1, .cursors = {{std::move(name), position}}, .effects = {}});
    waiter.Step();
  }

  uint64_t ticket = 0;
};

TEST(PositionWaiter, OwnAndForeignAreasDoNotConcernIt) {
  Waiting w;
  const auto result = w.Wait("ticket.0.3@900,reporting.0.0@5");
  ASSERT_TRUE(result->has_value());
  EXPECT_THAT(**result, IsOk());
  EXPECT_EQ(w.ticket, 0u);
}

TEST(PositionWaiter, ReachedPositionEndsTheWait) {
  Waiting w;
  const auto result = w.Wait("payment.0.1@5,inventory.0.0@2");
  w.Commit("feed/payment.0.1", 4);
  w.Commit("feed/inventory.0.0", 3);
  EXPECT_FALSE(result->has_value());
  w.Commit("feed/payment.0.0", 100);
  EXPECT_FALSE(result->has_value());
  w.Commit("feed/payment.0.1", 6);
  ASSERT_TRUE(result->has_value());
  EXPECT_THAT(**result, IsOk());
}

TEST(PositionWaiter, LoadedCursorsCount) {
  Waiting w;
  w.waiter.LoadCursors({{{"payment", 0, 1}, 7}});
  const auto result = w.Wait("payment.0.1@7");
  ASSERT_TRUE(result->has_value());
  EXPECT_THAT(**result, IsOk());
  EXPECT_EQ(w.waiter.Cursor({"payment", 0, 1}), 7u);
  EXPECT_EQ(w.waiter.Cursor({"payment", 0, 2}), 0u);
}

TEST(PositionWaiter, DeadlineEndsTheWaitWithAReason) {
  Waiting w;
  const auto result = w.Wait("payment.0.1@7", absl::Seconds(2));
  EXPECT_EQ(w.waiter.NextStep(), w.clock.Now() + absl::Seconds(2));
  w.clock.Advance(absl::Seconds(2));
  EXPECT_EQ(w.waiter.Step(), 1u);
  ASSERT_TRUE(result->has_value());
  EXPECT_THAT(**result,
              StatusIs(absl::StatusCode::kDeadlineExceeded, ::testing::HasSubstr("payment.0.1")));
  EXPECT_TRUE(rpc::HasReason(**result, common::v1::POSITION_NOT_REACHED));
  EXPECT_EQ(w.waiter.NextStep(), absl::InfiniteFuture());
}

TEST(PositionWaiter, PassedDeadlineDoesNotWait) {
  Waiting w;
  const auto result = w.Wait("payment.0.1@7", absl::ZeroDuration());
  ASSERT_TRUE(result->has_value());
  EXPECT_TRUE(rpc::HasReason(**result, common::v1::POSITION_NOT_REACHED));
}

TEST(PositionWaiter, TooManyWaitersAreRefused) {
  Waiting w;
  const auto first = w.Wait("payment.0.1@7");
  const auto second = w.Wait("payment.0.1@7");
  const auto third = w.Wait("payment.0.1@7");
  EXPECT_FALSE(first->has_value());
  ASSERT_TRUE(third->has_value());
  EXPECT_TRUE(rpc::HasReason(**third, common::v1::OVERLOADED));
}

TEST(PositionWaiter, CancelEndsTheWait) {
  Waiting w;
  const auto result = w.Wait("payment.0.1@7");
  w.waiter.Cancel(w.ticket);
  ASSERT_TRUE(result->has_value());
  EXPECT_THAT(**result, StatusIs(absl::StatusCode::kCancelled));
  w.waiter.Cancel(w.ticket);
}

TEST(PositionWaiter, StopEndsAllWaits) {
  Waiting w;
  const auto before = w.Wait("payment.0.1@7");
  w.waiter.Stop();
  const auto after = w.Wait("payment.0.1@7");
  for (const auto& result : {before, after}) {
    ASSERT_TRUE(result->has_value());
    EXPECT_TRUE(rpc::HasReason(**result, common::v1::NOT_SERVING));
  }
}

}  // namespace
}  // namespace pitlane::runtime
