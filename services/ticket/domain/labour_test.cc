#include "services/ticket/domain/labour.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/testing_menu.h"

namespace pitlane::ticket {
namespace {

const v1::Line& Last(const TestedTicket& ticket, int job = 0) {
  return *ticket.ticket().jobs(job).lines().rbegin();
}

v1::LabourRateRule Rate(const std::string& id, int64_t rate_minor) {
  v1::LabourRateRule rate;
  rate.set_rate_id(id);
  rate.set_labour_type(v1::LABOUR_TYPE_MECHANICAL);
  rate.set_rate_minor(rate_minor);
  return rate;
}

// Any 160.00, warranty 125.00, city-fleet 140.00, warranty of city-fleet 120.00.
v1::LabourPricing Rates() {
  v1::LabourPricing pricing;
  pricing.set_version(3);
  *pricing.add_rates() = Rate("any", 16000);
  *pricing.add_rates() = Rate("warranty", 12500);
  pricing.mutable_rates(1)->set_payer_kind("WARRANTY");
  *pricing.add_rates() = Rate("fleet", 14000);
  pricing.mutable_rates(2)->set_contract("city-fleet");
  *pricing.add_rates() = Rate("fleet warranty", 12000);
  pricing.mutable_rates(3)->set_payer_kind("WARRANTY");
  pricing.mutable_rates(3)->set_contract("city-fleet");
  return pricing;
}

std::string RateIdFor(const std::string& payer, const std::string& contract) {
  const v1::Location location = TestLocation();
  const v1::LabourPricing pricing = Rates();
  v1::CustomerTerms terms;
  terms.set_contract(contract);
  MenuPrices prices;
  prices.labour = &pricing;
  prices.terms = &terms;
  const auto offer = RateFor({.hours_centi = 100, .rate_by_hand = {}, .payer_kind = payer},
                             location, prices, "2026-01-15");
  EXPECT_TRUE(offer.ok()) << offer.status();
  return offer.ok() ? offer->source.rate_id() : "";
}

TEST(LabourRate, TheOneThatNamesMostOfPayerAndContractHolds) {
  EXPECT_EQ(RateIdFor("", ""), "any");
  EXPECT_EQ(RateIdFor("CUSTOMER", ""), "any");
  EXPECT_EQ(RateIdFor("WARRANTY", ""), "warranty");
  EXPECT_EQ(RateIdFor("", "city-fleet"), "fleet");
  EXPECT_EQ(RateIdFor("WARRANTY", "city-fleet"), "fleet warranty");
}

TEST(LabourRate, LocationsOwnHoldsWhereNoRuleDoes) {
  TestedTicket ticket = EstimatedTicket();
  ticket.menu().labour = Rates();
  for (v1::LabourRateRule& rate : *ticket.menu().labour.mutable_rates()) {
    rate.set_effective_from("2026-01-16");
  }
  ticket.Do(TestLabour(1, 3, 100));
  EXPECT_EQ(Last(ticket).rate_minor(), 14500);
  EXPECT_EQ(Last(ticket).labour_source().rate_id(), "");
  ticket.Wait(1).Do(TestLabour(1, 4, 100));
  EXPECT_EQ(Last(ticket).rate_minor(), 16000);
  EXPECT_EQ(Last(ticket).labour_source().rate_id(), "any");
  EXPECT_EQ(Last(ticket).labour_source().pricing_version(), 3u);
}

TEST(LabourRate, IsThatOfWhoPaysTheJobAlone) {
  TestedTicket ticket = EstimatedTicket();
  ticket.menu().labour = Rates();
  SplitJob split;
  split.request.set_ticket_id(kTestTicket);
  split.request.set_job_id(TestJob(1));
  v1::PayerShare& warranty = *split.request.add_payers();
  warranty.mutable_payer()->set_kind(v1::PAYER_KIND_WARRANTY);
  warranty.mutable_payer()->set_payer_ref("acme-warranty");
  warranty.set_rest(true);
  ticket.Do(split).Do(TestLabour(1, 3, 100));
  EXPECT_EQ(Last(ticket).labour_source().rate_id(), "warranty");
  EXPECT_EQ(Last(ticket).labour_source().payer_kind(), "WARRANTY");
}

TEST(LabourMatrix, LongerWorkIsDearerByTheHandbooksBands) {
  TestedTicket ticket = EstimatedTicket();
  *ticket.menu().labour.add_matrices() = HandbookLabourMatrix();
  const std::vector<std::pair<int32_t, int64_t>> table = {
      {100, 14500}, {101, 15225}, {300, 15225}, {301, 15950}, {1000, 15950}};
  int line = 10;
  for (const auto& [hours_centi, rate_minor] : table) {
    ticket.Do(TestLabour(1, line++, hours_centi));
    EXPECT_EQ(Last(ticket).rate_minor(), rate_minor) << hours_centi;
  }
  EXPECT_EQ(Last(ticket).labour_source().matrix_id(), "handbook");
  EXPECT_EQ(Last(ticket).labour_source().band(), 3);
  EXPECT_EQ(Last(ticket).labour_source().base_rate_minor(), 14500);
}

TEST(LabourMatrix, FollowsChangedHoursButNotARateByHand) {
  TestedTicket ticket = EstimatedTicket();
  *ticket.menu().labour.add_matrices() = HandbookLabourMatrix();
  AddLabourLine by_hand = TestLabour(1, 4, 100);
  by_hand.set_rate_minor(10000);
  ticket.Do(TestLabour(1, 3, 100)).Do(by_hand);
  for (int line : {3, 4}) {
    ChangeLine change;
    change.request.set_ticket_id(kTestTicket);
    change.request.set_line_id(TestLine(line));
    change.request.set_hours_centi(200);
    ticket.Do(change);
  }
  EXPECT_EQ(ticket.ticket().jobs(0).lines(2).rate_minor(), 15225);
  EXPECT_EQ(ticket.ticket().jobs(0).lines(3).rate_minor(), 10000);
}

TEST(LabourMode, ClockedTimeIsRoundedUpToThePolicysStep) {
  TestedTicket ticket = EstimatedTicket();
  AddLabourLine command = TestLabour(1, 3, 0);
  command.set_mode(v1::LABOUR_MODE_TIME_AND_MATERIALS);
  command.set_clocked_seconds(6301);  // 1.75 h and a second
  ticket.Do(command);
  EXPECT_EQ(Last(ticket).hours_centi(), 180);
  EXPECT_EQ(Last(ticket).amounts().gross_minor(), 26100);
  EXPECT_EQ(Last(ticket).clocked_seconds(), 6301);
  ticket.location().add_counter_policies()->set_clock_step_centi(25);
  command.set_line_id(TestLine(4));
  ticket.Do(command);
  EXPECT_EQ(Last(ticket).hours_centi(), 200);
}

TEST(LabourMode, FixedIgnoresHoursAndRate) {
  TestedTicket ticket = EstimatedTicket();
  AddLabourLine command = TestLabour(1, 3, 140);
  command.set_mode(v1::LABOUR_MODE_FIXED);
  command.set_fixed_price_minor(9900);
  ticket.Do(command);
  EXPECT_EQ(Last(ticket).amounts().gross_minor(), 9900);
  EXPECT_EQ(Last(ticket).hours_centi(), 140);
}

TEST(LabourHours, ComeFromTheMenuOrTheGuideForTheVehicle) {
  TestedTicket ticket = EstimatedTicket();
  v1::Operation& operation = ticket.menu().operations["BRK"];
  operation.set_code("BRK");
  operation.set_title("Replace front pads");
  operation.set_labour_type(v1::LABOUR_TYPE_MECHANICAL);
  operation.add_skills("ASE-A5");
  operation.set_version(2);
  const auto add_time = [&ticket](const char* make, const char* model, int32_t hours_centi) {
    v1::LabourTime& time = *ticket.menu().times["BRK"].add_times();
    time.set_make(make);
    time.set_model(model);
    time.set_hours_centi(hours_centi);
    time.set_source("shop");
    time.set_source_version("2026-01");
  };
  add_time("", "", 200);
  add_time("Toyota", "", 160);
  add_time("Toyota", "Camry", 140);
  add_time("Honda", "Civic", 130);
  AddLabourLine command = TestLabour(1, 3, 0);
  command.clear_description();
  command.set_operation_code("BRK");
  command.mutable_vehicle()->set_make("Toyota");
  command.mutable_vehicle()->set_model("Camry");
  ticket.Do(command);
  EXPECT_EQ(Last(ticket).description(), "Replace front pads");
  EXPECT_EQ(Last(ticket).hours_centi(), 140);
  EXPECT_EQ(Last(ticket).skills(0), "ASE-A5");
  EXPECT_EQ(Last(ticket).labour_source().guide_source(), "shop");
  EXPECT_EQ(Last(ticket).labour_source().guide_version(), "2026-01");
  command.set_line_id(TestLine(4));
  command.mutable_vehicle()->set_model("Corolla");
  ticket.Do(command);
  EXPECT_EQ(Last(ticket).hours_centi(), 160);
  operation.set_hours_centi(180);
  command.set_line_id(TestLine(5));
  ticket.Do(command);
  EXPECT_EQ(Last(ticket).hours_centi(), 180);
  EXPECT_EQ(Last(ticket).labour_source().operation_version(), 2u);
  EXPECT_EQ(Last(ticket).labour_source().guide_source(), "");
}

// Jobs 1 and 2 with 1.00 h each.
TestedTicket TwoJobs() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddJob(2)).Do(TestLabour(2, 4, 100));
  return ticket;
}

TEST(Overlap, SharedHoursAreBilledOnceWhileBothJobsCount) {
  TestedTicket ticket = TwoJobs();
  const int64_t before = ticket.ticket().totals().labour_net_minor();
  ticket.Do(TestOverlap(2, 1, 5, 40));
  EXPECT_EQ(Last(ticket, 1).hours_centi(), -40);
  EXPECT_EQ(Last(ticket, 1).amounts().net_minor(), -5800);
  EXPECT_EQ(ticket.ticket().totals().labour_net_minor(), before - 5800);
  ticket.Do(TestDecline(1));
  EXPECT_FALSE(Last(ticket, 1).has_amounts());
  EXPECT_EQ(ticket.ticket().totals().labour_net_minor(), 14500);
}

TEST(Overlap, TakesNoMoreThanEitherJobHas) {
  TestedTicket ticket = TwoJobs();
  EXPECT_TRUE(ticket.Try(TestOverlap(2, 1, 5, 100)).ok());
  EXPECT_TRUE(rpc::HasReason(ticket.Try(TestOverlap(2, 1, 5, 101)).status(), v1::OVERLAP_TOO_LONG));
  ticket.Do(TestOverlap(2, 1, 5, 60));
  EXPECT_TRUE(rpc::HasReason(ticket.Try(TestOverlap(2, 1, 6, 41)).status(), v1::OVERLAP_TOO_LONG));
  RemoveLine remove;
  remove.set_ticket_id(kTestTicket);
  remove.set_line_id(TestLine(1));
  EXPECT_TRUE(rpc::HasReason(ticket.Try(remove).status(), v1::OVERLAP_TOO_LONG));
  ChangeLine longer;
  longer.request.set_ticket_id(kTestTicket);
  longer.request.set_line_id(TestLine(5));
  longer.request.set_hours_centi(10);
  EXPECT_TRUE(rpc::HasReason(ticket.Try(longer).status(), v1::NOT_OF_THIS_LINE));
  DiscountLine discount;
  discount.set_ticket_id(kTestTicket);
  discount.set_line_id(TestLine(4));
  discount.mutable_discount()->set_rate_ppm(500'000);
  EXPECT_TRUE(rpc::HasReason(ticket.Try(discount).status(), v1::OVERLAP_TOO_LONG));
}

TEST(FlagHours, SplitAddsUpAndFollowsTheLine) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAssign(1, {Share("technician-7", 67), Share("technician-9", 33)}));
  ChangeLine change;
  change.request.set_ticket_id(kTestTicket);
  change.request.set_line_id(TestLine(1));
  change.request.set_hours_centi(150);
  ticket.Do(change);
  const v1::Line& line = ticket.ticket().jobs(0).lines(0);
  EXPECT_EQ(line.technician(), "technician-7");
  ASSERT_EQ(line.technicians_size(), 2);
  EXPECT_EQ(line.technicians(0).hours_centi(), 101);
  EXPECT_EQ(line.technicians(1).hours_centi(), 49);
  ticket.Do(TestAssign(1, {Share("technician-9", 0)}));
  EXPECT_EQ(ticket.ticket().jobs(0).lines(0).technicians(0).hours_centi(), 150);
}

RC_GTEST_PROP(FlagHours, SharesOfAnyHoursSumToThem, ()) {
  const auto hours = *rc::gen::inRange(0, 100'000);
  const auto weights =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10000)));
  google::protobuf::RepeatedPtrField<v1::FlagShare> shares;
  for (int weight : weights) *shares.Add() = Share("technician", weight);
  ShareFlagHours(hours, shares);
  RC_ASSERT(CheckFlagHours(shares, hours).ok());
}

}  // namespace
}  // namespace pitlane::ticket
