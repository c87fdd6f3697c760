// The main job on one computer: one sale, through all six services, without a broker.
#include "tools/pitlane/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "tools/pitlane/check.h"
#include "tools/pitlane/connection.h"
#include "tools/pitlane/replay.h"
#include "tools/pitlane/sale.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::e2e {
namespace {

class SuiteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              absl::StrCat("pitlane-suite-",
                           ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    Open();
  }
  void TearDown() override {
    suite_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    auto suite = tools::Suite::Open(
        {.data_dir = folder_.string(), .listen = "127.0.0.1:0", .admin = "", .kafka = ""});
    ASSERT_THAT(suite.status(), IsOk());
    suite_ = *std::move(suite);
    ASSERT_THAT(tools::WriteTokenFiles(suite_->issuer(), folder_.string()), IsOk());
    auto session = tools::Connect(Connection());
    ASSERT_THAT(session.status(), IsOk());
    session_ = *std::move(session);
  }

  tools::ConnectionOptions Connection() const {
    tools::ConnectionOptions connection;
    connection.gateway = suite_->address();
    connection.data_dir = folder_.string();
    return connection;
  }

  std::vector<std::string> Sale() {
    std::vector<std::string> steps;
    auto shop = tools::LoadDemoShop(*session_);
    EXPECT_THAT(shop.status(), IsOk());
    if (!shop.ok()) return steps;
    EXPECT_THAT(tools::PlaySale(*session_, *shop,
                                [&](const tools::SaleStep& step) {
                                  EXPECT_TRUE(step.ok) << step.step << ": " << step.error;
                                  steps.push_back(step.step);
                                }),
                IsOk());
    return steps;
  }

  void ExpectEveryEquationHolds() {
    ASSERT_OK_AND_ASSIGN(const auto equations, tools::CheckAll(*session_));
    EXPECT_GE(equations.size(), 9u);
    for (const tools::Equation& equation : equations) {
      EXPECT_TRUE(equation.holds) << equation.what << ": " << equation.culprit;
    }
  }

  std::filesystem::path folder_;
  std::unique_ptr<tools::Suite> suite_;
  std::unique_ptr<tools::Session> session_;
};

TEST_F(SuiteTest, OneSaleThenEveryServiceHasDoneItsPart) {
  EXPECT_THAT(Sale(),
              ::testing::ElementsAre("open", "write_up", "authorize", "reserve", "start",
                                     "complete", "invoice", "receivable", "charge", "capture",
                                     "close", "issue", "reorder", "history", "profile", "report"));
  ExpectEveryEquationHolds();
}

TEST_F(SuiteTest, RestartBetweenTwoSalesThenBothAreThere) {
  Sale();
  session_.reset();
  suite_->Stop();
  suite_.reset();
  Open();
  Sale();
  ExpectEveryEquationHolds();
}

TEST_F(SuiteTest, ReplayTwiceThenNothingIsSoldTwice) {
  const std::string file = (folder_ / "demand.csv").string();
  std::ofstream(file) << "index,part,1998-01,1998-02\n1,A,3,1\n2,B,0,2\n3,C,NaN,7\n4,D,11,0\n";
  tools::ReplayOptions options;
  options.connection = Connection();
  options.file = file;
  options.concurrency = 3;
  ASSERT_EQ(tools::RunReplay(options), 0);
  ExpectEveryEquationHolds();
  const uint64_t position = suite_->host("inventory").journal().last_position();
  ASSERT_EQ(tools::RunReplay(options), 0);
  EXPECT_EQ(suite_->host("inventory").journal().last_position(), position);
  ExpectEveryEquationHolds();
}

}  // namespace
}  // namespace pitlane::e2e
