// What those who build front ends lean on: situations made on purpose, and a word on what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "tests/e2e/embedded.h"
#include "tools/pitlane/doctor.h"
#include "tools/pitlane/tokens.h"
#include "tools/pitlane/trigger.h"

namespace pitlane::e2e {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using tools::Diagnose;
using tools::Finding;

class FrontEndTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = FreshFolder("front-end");
    deployment_ = std::make_unique<Embedded>(folder_);
    ASSERT_THAT(deployment_->Start(), IsOk());
    ASSERT_OK_AND_ASSIGN(session_, deployment_->Connect());
    ASSERT_OK_AND_ASSIGN(shop_, tools::LoadDemoShop(*session_));
  }
  void TearDown() override {
    session_.reset();
    deployment_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  // The events that proved a situation's steps.
  std::vector<std::string> EventsOf(const std::string& situation) {
    std::vector<std::string> events;
    EXPECT_THAT(
        tools::PlaySituation(situation, *session_, shop_,
                             [&](const tools::StoryStep& step) { events.push_back(step.event); }),
        IsOk())
        << situation;
    return events;
  }

  std::string folder_;
  std::unique_ptr<Embedded> deployment_;
  std::unique_ptr<tools::Session> session_;
  tools::DemoShop shop_;
};

TEST_F(FrontEndTest, EverySituationComesAboutTwice) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(EventsOf("card-declined"), Contains("pitlane.payment.v1.PaymentDeclined"));
    EXPECT_THAT(EventsOf("estimate-approved"), Contains("pitlane.ticket.v1.JobAuthorized"));
  }
  EXPECT_THAT(EventsOf("low-stock"), Contains("pitlane.inventory.v1.PurchaseOrderRaised"));
  EXPECT_THAT(tools::Situations(), SizeIs(4));
  EXPECT_THAT(tools::PlaySituation("flood", *session_, shop_, [](const tools::StoryStep&) {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'flood'")));
}

TEST_F(FrontEndTest, ALostReaderTellsInTheEndAndTheSaleCloses) {
  const std::vector<std::string> events = EventsOf("reader-lost");
  EXPECT_THAT(events, Contains("pitlane.payment.v1.OutcomeUnknown"));
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back(), "pitlane.ticket.v1.TicketClosed");
}

TEST_F(FrontEndTest, TheDoctorFindsNothingWhereEverythingWorks) {
  const std::vector<Finding> findings = Diagnose(deployment_->connection());
  EXPECT_THAT(findings, SizeIs(8)) << "token, gateway, six services";
  for (const Finding& finding : findings) EXPECT_TRUE(finding.ok) << finding.what;
}

TEST_F(FrontEndTest, TheDoctorNamesWhatIsWrongAndWhatToDo) {
  tools::ConnectionOptions none = deployment_->connection();
  none.gateway = "127.0.0.1:1";
  std::vector<Finding> findings = Diagnose(none);
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_THAT(findings[1].what, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(findings[1].fix, HasSubstr("pitlane up"));

  tools::ConnectionOptions stranger = deployment_->connection();
  stranger.data_dir = folder_ + "/nowhere";
  findings = Diagnose(stranger);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].fix, HasSubstr("--token-file"));

  tools::ConnectionOptions technician = deployment_->connection();
  technician.token_file = tools::TokenFile(folder_ + "/data", rpc::Role::kTechnician);
  EXPECT_THAT(Diagnose(technician), Contains(Field(&Finding::fix, HasSubstr("owner's token"))));
}

TEST_F(FrontEndTest, ARevokedTokenIsRefusedWithinSeconds) {
  ASSERT_OK_AND_ASSIGN(const std::string id, rpc::TokenIdOf(session_->token()));
  EXPECT_EQ(tools::RunRevoke(folder_ + "/data", {"not an id"}), 1);
  ASSERT_EQ(tools::RunRevoke(folder_ + "/data", {id}), 0);
  const absl::Time end = absl::Now() + absl::Seconds(15);
  std::vector<Finding> findings = Diagnose(deployment_->connection());
  while (findings.back().ok && absl::Now() < end) findings = Diagnose(deployment_->connection());
  EXPECT_FALSE(findings.back().ok);
  EXPECT_THAT(findings.back().what, HasSubstr("revoked"));
}

}  // namespace
}  // namespace pitlane::e2e
