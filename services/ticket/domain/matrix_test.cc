#include "services/ticket/domain/matrix.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "libs/base/status_matchers.h"
#include "services/ticket/domain/testing_menu.h"

namespace pitlane::ticket {
namespace {

const Currency kUsd = Currency::Known("USD");

int64_t PriceOf(const v1::PartMatrix& matrix, int64_t cost_e4, int64_t list_price_minor = 0) {
  const auto price = PriceByMatrix(matrix, UnitCost{cost_e4}, list_price_minor, kUsd);
  EXPECT_TRUE(price.ok()) << price.status();
  return price.ok() ? price->price_minor : -1;
}

TEST(PartMatrix, HandbookTableHoldsUpToAndIncludingEachEnd) {
  // 3.2: cost, price.
  const std::vector<std::pair<int64_t, int64_t>> table = {
      {50000, 1750},    {50001, 1250},    {250000, 6250},   {250100, 5002},
      {423000, 8460},   {581200, 11624},  {750000, 15000},  {750100, 13127},
      {1687500, 29531}, {2000000, 35000}, {2000100, 30002}, {10000000, 150000}};
  for (const auto& [cost_e4, price_minor] : table) {
    EXPECT_EQ(PriceOf(HandbookMatrix(), cost_e4), price_minor) << cost_e4;
  }
}

TEST(PartMatrix, InversionWhereADearerPartIsCheaperIsReported) {
  ASSERT_OK_AND_ASSIGN(const auto inversions, InversionsOf(HandbookMatrix(), kUsd));
  ASSERT_EQ(inversions.size(), 4u);
  const v1::BandInversion& second = inversions[1];
  EXPECT_EQ(second.matrix_id(), "handbook");
  EXPECT_EQ(second.band(), 3);
  EXPECT_EQ(second.lower_cost_e4(), 250000);
  EXPECT_EQ(second.higher_cost_e4(), 250100);
  EXPECT_EQ(second.lower_price_minor(), 6250);
  EXPECT_EQ(second.higher_price_minor(), 5002);
}

TEST(PartMatrix, FlooredBandsNeverFall) {
  v1::PartMatrix matrix = HandbookMatrix();
  matrix.set_floor_inversions(true);
  EXPECT_EQ(PriceOf(matrix, 250100), 6250);
  EXPECT_EQ(PriceOf(matrix, 312500), 6250);
  EXPECT_EQ(PriceOf(matrix, 312600), 6252);
  ASSERT_OK_AND_ASSIGN(const auto inversions, InversionsOf(matrix, kUsd));
  EXPECT_TRUE(inversions.empty());
  int64_t before = 0;
  for (int64_t cost_e4 = 100; cost_e4 < 3000000; cost_e4 += 700) {
    const int64_t price = PriceOf(matrix, cost_e4);
    ASSERT_GE(price, before) << cost_e4;
    before = price;
  }
}

TEST(PartMatrix, CapIsAShareOfTheListPriceAndNoneWithoutOne) {
  v1::PartMatrix matrix = HandbookMatrix();
  matrix.set_cap_list_ppm(1'100'000);
  EXPECT_EQ(PriceOf(matrix, 423000, 7000), 7700);
  EXPECT_EQ(PriceOf(matrix, 423000, 0), 8460);
  ASSERT_OK_AND_ASSIGN(const MatrixPrice price,
                       PriceByMatrix(matrix, UnitCost{423000}, 7000, kUsd));
  EXPECT_TRUE(price.capped);
  EXPECT_EQ(price.band, 3);
}

TEST(MarkupAndMargin, AreNotTheSame) {
  const UnitCost cost{1'000'000};  // 100.00
  ASSERT_OK_AND_ASSIGN(const int64_t doubled, PriceAt(cost, Markup{1'000'000}, kUsd));
  EXPECT_EQ(doubled, 20000);
  ASSERT_OK_AND_ASSIGN(const int64_t half, PriceAt(cost, Margin{500'000}, kUsd));
  EXPECT_EQ(half, 20000);
  ASSERT_OK_AND_ASSIGN(const Margin margin, ToMargin(Markup{1'000'000}));
  EXPECT_EQ(margin.ppm, 500'000);
  // The classic loss: 40 % markup less 30 % sells below cost.
  ASSERT_OK_AND_ASSIGN(const int64_t priced, PriceAt(cost, Markup{400'000}, kUsd));
  EXPECT_EQ(priced, 14000);
  ASSERT_OK_AND_ASSIGN(const Margin loss, MarginOf(9800, cost, kUsd));
  EXPECT_LT(loss.ppm, 0);
  ASSERT_OK_AND_ASSIGN(const Markup markup, MarkupOf(14000, cost, kUsd));
  EXPECT_EQ(markup.ppm, 400'000);
  EXPECT_FALSE(ToMargin(Markup{-1'000'000}).ok());
}

}  // namespace
}  // namespace pitlane::ticket
