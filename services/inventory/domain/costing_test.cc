#include "services/inventory/domain/costing.h"

#include <gtest/gtest.h>

#include <limits>

#include "libs/base/status_matchers.h"
#include "rapidcheck/gtest.h"

namespace pitlane::inventory {
namespace {

// 1/10 000 of the major unit, thousandths.
constexpr int64_t kFifty = 500'000;
constexpr int64_t kFiftySix = 560'000;

Valuation After(Valuation stock, int64_t quantity, const ReceiptValue& receipt) {
  return {stock.on_hand_milli + quantity,
          stock.value_e4 + receipt.added_e4 - receipt.difference_e4};
}

TEST(MovingAverage, HandbookReceiptsAndIssueComeOut) {
  Valuation stock;
  ASSERT_OK_AND_ASSIGN(ReceiptValue receipt, ValueOfReceipt(stock, 10'000, kFifty));
  stock = After(stock, 10'000, receipt);
  ASSERT_OK_AND_ASSIGN(receipt, ValueOfReceipt(stock, 6'000, kFiftySix));
  stock = After(stock, 6'000, receipt);
  EXPECT_EQ(stock, (Valuation{16'000, 8'360'000}));                 // 836.00
  EXPECT_EQ(stock.value_e4 * 1000 / stock.on_hand_milli, 522'500);  // 52.25
  EXPECT_THAT(CostOfIssue(stock, 4'000, kFiftySix),
              IsOkAndHolds(IssueCost{2'090'000, false}));  // 209.00
  EXPECT_EQ(stock.value_e4 - 2'090'000, 6'270'000);        // left 12 = 627.00
}

TEST(NegativeIssue, HandbookTrueUpComesOut) {
  Valuation stock;
  ASSERT_OK_AND_ASSIGN(const IssueCost issue, CostOfIssue(stock, 2'000, kFifty));
  EXPECT_EQ(issue, (IssueCost{1'000'000, true}));
  stock = {-2'000, -1'000'000};
  ASSERT_OK_AND_ASSIGN(const ReceiptValue receipt, ValueOfReceipt(stock, 5'000, kFiftySix));
  EXPECT_EQ(receipt.settled_milli, 2'000);
  EXPECT_EQ(receipt.difference_e4, 120'000);                               // +12.00
  EXPECT_EQ(After(stock, 5'000, receipt), (Valuation{3'000, 1'680'000}));  // 168.00
}

TEST(NegativeIssue, PartlyThereTakesAllItsValueAndTheRestAtLastCost) {
  EXPECT_THAT(CostOfIssue({1'000, 510'000}, 3'000, kFiftySix),
              IsOkAndHolds(IssueCost{510'000 + 2 * kFiftySix, true}));
}

TEST(NegativeIssue, ReceiptThatDoesNotReachZeroSettlesItsShare) {
  ASSERT_OK_AND_ASSIGN(const ReceiptValue receipt,
                       ValueOfReceipt({-5'000, -2'500'000}, 2'000, kFiftySix));
  EXPECT_EQ(receipt.settled_milli, 2'000);
  EXPECT_EQ(receipt.difference_e4, 120'000);
  EXPECT_EQ(After({-5'000, -2'500'000}, 2'000, receipt), (Valuation{-3'000, -1'500'000}));
}

TEST(Found, ComesInAtTheAverageOrAtLastCost) {
  EXPECT_THAT(ValueOfFound({16'000, 8'360'000}, 2'000, 1), IsOkAndHolds(1'045'000));
  EXPECT_THAT(ValueOfFound({0, 0}, 2'000, kFifty), IsOkAndHolds(1'000'000));
  // Two that were sold without being there turn up, and one more.
  EXPECT_THAT(ValueOfFound({-2'000, -1'000'000}, 3'000, kFiftySix),
              IsOkAndHolds(1'000'000 + kFiftySix));
}

TEST(Costing, WhatDoesNotFitIsOutOfRange) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_THAT(ValueOfReceipt({}, kMost, kMost), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(CostOfIssue({}, kMost, kMost), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(CostOfIssue({1'000, kMost}, 2'000, 1'000), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(ValueOfFound({}, kMost, kMost), StatusIs(absl::StatusCode::kOutOfRange));
}

RC_GTEST_PROP(Costing, AnySequenceKeepsValueAndQuantityTogether, ()) {
  Valuation stock;
  int64_t last = *rc::gen::inRange<int64_t>(0, 1'000'000);
  const int steps = *rc::gen::inRange(1, 40);
  for (int i = 0; i < steps; ++i) {
    const int64_t quantity = *rc::gen::inRange<int64_t>(1, 50'000);
    if (*rc::gen::arbitrary<bool>()) {
      last = *rc::gen::inRange<int64_t>(0, 1'000'000);
      stock = After(stock, quantity, *ValueOfReceipt(stock, quantity, last));
    } else {
      const IssueCost issue = *CostOfIssue(stock, quantity, last);
      RC_ASSERT(issue.cost_e4 >= 0);
      RC_ASSERT(issue.provisional == (quantity > stock.on_hand_milli));
      stock = {stock.on_hand_milli - quantity, stock.value_e4 - issue.cost_e4};
    }
    if (stock.on_hand_milli == 0) RC_ASSERT(stock.value_e4 == 0);
    if (stock.on_hand_milli > 0) RC_ASSERT(stock.value_e4 >= 0);
    if (stock.on_hand_milli < 0) RC_ASSERT(stock.value_e4 <= 0);
  }
}

}  // namespace
}  // namespace pitlane::inventory
