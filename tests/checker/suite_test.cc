// What the real services write is clean: the checker is wrong about the formats or the rules, or
// they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "tests/checker/rocks_store.h"
#include "tests/checker/testing_history.h"
#include "tests/checker/verify.h"
#include "tests/e2e/embedded.h"
#include "tests/e2e/script.h"
#include "tests/e2e/take_back.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/replay.h"

namespace pitlane::checker {
namespace {

using ::testing::IsEmpty;

constexpr int kDays = 6;

Report CheckStores(const std::string& data) {
  History history;
  auto stores = OpenStores(data);
  EXPECT_THAT(stores, IsOk());
  if (stores.ok()) history.stores = *std::move(stores);
  auto report = Verify(history, {});
  EXPECT_THAT(report, IsOk());
  return report.ok() ? *std::move(report) : Report();
}

TEST(RealStores, AreCleanDayAfterDay) {
  const std::string folder = e2e::FreshFolder("checker-suite");
  for (int day = 0; day < kDays; ++day) {
    e2e::Embedded suite(folder);
    ASSERT_THAT(suite.Start(), IsOk());
    {
      ASSERT_OK_AND_ASSIGN(const auto session, suite.Connect());
      ASSERT_THAT(e2e::PlayDemoSale(*session), IsOk());
      ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session));
      for (const auto disposition :
           {ticket::v1::DISPOSITION_RESTOCK, ticket::v1::DISPOSITION_SCRAP}) {
        const std::string name = absl::StrCat("return-", day, "-", disposition);
        ASSERT_THAT(
            e2e::SellAndTakeBack(*session, e2e::CounterSale(name, shop), disposition).status(),
            IsOk());
      }
      tools::ReplayOptions replay = e2e::SteadyDemand(suite, 2 + day, 1);
      replay.seed = static_cast<uint64_t>(day + 1);
      ASSERT_EQ(tools::RunReplay(replay), 0);
      ASSERT_OK_AND_ASSIGN(const std::string broken, e2e::BrokenEquations(*session));
      EXPECT_EQ(broken, "");
    }
    ASSERT_THAT(suite.Stop(), IsOk());

    const Report report = CheckStores(folder + "/data");

    EXPECT_THAT(report.Broken(), IsEmpty()) << report.Text(false);
    EXPECT_GE(report.figures().at("closed tickets"), static_cast<uint64_t>(day + 2));
  }
}

TEST(RealStores, ReadIntoADraftAndWrittenAgainHaveTheSameRecords) {
  const std::string folder = e2e::FreshFolder("checker-copy");
  e2e::Embedded suite(folder);
  ASSERT_THAT(suite.Start(), IsOk());
  {
    ASSERT_OK_AND_ASSIGN(const auto session, suite.Connect());
    ASSERT_THAT(e2e::PlayDemoSale(*session), IsOk());
    ASSERT_OK_AND_ASSIGN(const std::string broken, e2e::BrokenEquations(*session));
    EXPECT_EQ(broken, "");
  }
  ASSERT_THAT(suite.Stop(), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto stores, OpenStores(folder + "/data"));
  ASSERT_OK_AND_ASSIGN(Draft draft, DraftOf(stores));
  draft.RecordEveryRequest();

  History written = Write(draft);

  for (const auto& store : stores) {
    ASSERT_OK_AND_ASSIGN(const auto real, CopyOf(*store));
    EXPECT_EQ(real->families["log"], StoreOf(written, store->name()).families["log"]);
    EXPECT_EQ(real->families["streams"], StoreOf(written, store->name()).families["streams"]);
  }
  ASSERT_OK_AND_ASSIGN(const Report report, Verify(written, {.no_duplicates = true}));
  EXPECT_THAT(report.Broken(), IsEmpty()) << report.Text(false);
}

}  // namespace
}  // namespace pitlane::checker
