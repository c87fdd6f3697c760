// The main job as separate processes over a real Kafka broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "libs/testing/kafka/kafka_broker.h"
#include "tests/e2e/installation.h"
#include "tools/pitlane/check.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/sale.h"

namespace pitlane::e2e {
namespace {

class KafkaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::path(::testing::TempDir()) /
               absl::StrCat("pitlane-kafka-",
                            ::testing::UnitTest::GetInstance()->current_test_info()->name()))
                  .string();
    std::filesystem::remove_all(folder_);
    auto broker = testing::KafkaBroker::Start(folder_ + "/broker");
    ASSERT_THAT(broker.status(), IsOk());
    broker_ = *std::move(broker);
    auto installation = Installation::Make(folder_, broker_->address());
    ASSERT_THAT(installation.status(), IsOk());
    installation_ = *std::move(installation);
  }
  void TearDown() override {
    session_.reset();
    installation_.reset();
    broker_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  void Start(const std::vector<std::string>& areas) {
    ASSERT_THAT(installation_->StartAll(areas), IsOk());
    Connect();
  }

  void Connect() {
    auto session = installation_->Connect();
    ASSERT_THAT(session.status(), IsOk());
    session_ = *std::move(session);
  }

  void Sale() {
    ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session_));
    EXPECT_THAT(tools::PlaySale(*session_, shop,
                                [](const tools::SaleStep& step) {
                                  EXPECT_TRUE(step.ok) << step.step << ": " << step.error;
                                }),
                IsOk());
  }

  void ExpectEveryEquationHolds() {
    ASSERT_OK_AND_ASSIGN(const auto equations, tools::CheckAll(*session_));
    for (const tools::Equation& equation : equations) {
      EXPECT_TRUE(equation.holds) << equation.what << ": " << equation.culprit;
    }
  }

  std::string folder_;
  std::unique_ptr<testing::KafkaBroker> broker_;
  std::unique_ptr<Installation> installation_;
  std::unique_ptr<tools::Session> session_;
};

const std::vector<std::string> kUsualOrder = {"ticket",  "inventory",        "customer_vehicle",
                                              "payment", "terminal_gateway", "reporting"};

TEST_F(KafkaTest, OneSaleThenEveryServiceHasDoneItsPart) {
  Start(kUsualOrder);
  Sale();
  ExpectEveryEquationHolds();
  session_.reset();
  for (const std::string& area : kUsualOrder) {
    EXPECT_THAT(installation_->Stop(area), IsOk());
  }
}

TEST_F(KafkaTest, ConsumersStartedBeforeProducersThenTheSaleIsTheSame) {
  Start({"reporting", "terminal_gateway", "payment", "customer_vehicle", "inventory", "ticket"});
  Sale();
  ExpectEveryEquationHolds();
}

TEST_F(KafkaTest, KafkaStartedLastThenServicesCatchUp) {
  ASSERT_THAT(broker_->Stop(), IsOk());
  ASSERT_THAT(installation_->StartAll(kUsualOrder), IsOk());
  ASSERT_THAT(broker_->Restart(), IsOk());
  Connect();
  Sale();
  ExpectEveryEquationHolds();
}

TEST_F(KafkaTest, ConsumerKilledAndBackThenNothingIsMissingOrDoubled) {
  Start(kUsualOrder);
  Sale();
  installation_->Kill("reporting");
  installation_->Kill("inventory");
  ASSERT_THAT(installation_->StartService("inventory"), IsOk());
  ASSERT_THAT(installation_->StartService("reporting"), IsOk());
  Connect();
  Sale();
  ExpectEveryEquationHolds();
}

TEST_F(KafkaTest, BrokerKilledAndBackThenNothingIsMissingOrDoubled) {
  Start(kUsualOrder);
  Sale();
  ASSERT_THAT(broker_->Kill(), IsOk());
  ASSERT_THAT(broker_->Restart(), IsOk());
  Sale();
  ExpectEveryEquationHolds();
}

}  // namespace
}  // namespace pitlane::e2e
