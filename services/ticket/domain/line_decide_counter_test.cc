// The parts counter, fees that come by themselves, and T1 with matrices.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/fee_schedule.h"
#include "services/ticket/domain/testing_menu.h"
#include "services/ticket/domain/tire.h"

namespace pitlane::ticket {
namespace {

const v1::Line& Last(const TestedTicket& ticket) {
  return *ticket.ticket().jobs(0).lines().rbegin();
}

AddPartLine Tire(int line, int32_t rim_tenths, int64_t quantity_milli = 4000) {
  AddPartLine command = AddPriced(1, line, PricedPart(7, 800000, 12000, "tires"), quantity_milli);
  command.request.set_rim_tenths(rim_tenths);
  command.fee_line_ids = {TestLine(line * 100), TestLine(line * 100 + 1), TestLine(line * 100 + 2),
                          TestLine(line * 100 + 3)};
  return command;
}

std::vector<std::string> FeesOf(const TestedTicket& ticket) {
  std::vector<std::string> fees;
  for (const v1::Line& line : ticket.ticket().jobs(0).lines()) {
    if (!line.fee_id().empty()) fees.push_back(line.fee_id());
  }
  return fees;
}

using Fees = std::vector<std::string>;

TEST(PartsCounter, T1IsPricedByTheHandbooksMatrix) {
  TestedTicket ticket(TestLocation());
  *ticket.menu().parts.add_matrices() = HandbookMatrix();
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER)).Do(TestAddJob(1)).Do(TestAddJob(2));
  AddLabourLine labour = TestLabour(1, 1, 180);
  ticket.Do(labour);
  ticket.Do(AddPriced(1, 2, PricedPart(1, 423000, 0)));
  ticket.Do(AddPriced(1, 3, PricedPart(2, 581200, 0), 2000));
  ticket.Do(TestLabour(2, 4, 140));
  AddPartLine alternator = AddPriced(2, 5, PricedPart(3, 1687500, 0, "charging", 4500));
  alternator.core_line_id = TestLine(6);
  ticket.Do(alternator);
  DiscountLine ten_percent;
  ten_percent.set_ticket_id(kTestTicket);
  ten_percent.set_line_id(TestLine(1));
  ten_percent.mutable_discount()->set_rate_ppm(100'000);
  ten_percent.mutable_discount()->set_reason("returning customer");
  DiscountTicket twenty;
  twenty.set_ticket_id(kTestTicket);
  twenty.mutable_discount()->set_amount_minor(2000);
  twenty.mutable_discount()->set_reason("coupon");
  ticket.Do(ten_percent).Do(twenty);
  const v1::Ticket& t1 = ticket.ticket();
  EXPECT_EQ(t1.jobs(0).lines(1).unit_price_minor(), 8460);
  EXPECT_EQ(t1.jobs(0).lines(2).unit_price_minor(), 11624);
  EXPECT_EQ(t1.jobs(1).lines(1).unit_price_minor(), 29531);
  EXPECT_EQ(t1.totals().labour_net_minor() + t1.totals().parts_net_minor(), 103029);
  EXPECT_EQ(t1.totals().tax_minor(), 5616);
  EXPECT_EQ(t1.totals().total_minor(), 117095);
}

TEST(PartsCounter, SubletIsCostAndMarkupOrAPrice) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestSublet(1, 3, 6000, 250'000));
  EXPECT_EQ(Last(ticket).amounts().gross_minor(), 7500);
  AddSubletLine priced = TestSublet(1, 4, 6000, 250'000);
  priced.set_price_minor(8000);
  ticket.Do(priced);
  EXPECT_EQ(Last(ticket).amounts().gross_minor(), 8000);
  EXPECT_EQ(Last(ticket).sublet().markup_ppm(), 0);
  ticket.Do(TestAuthorize(1));
  ChangeLine invoice;
  invoice.request.set_ticket_id(kTestTicket);
  invoice.request.set_line_id(TestLine(4));
  invoice.request.set_vendor_invoice("88-1204");
  invoice.request.set_sublet_cost_minor(6500);
  ticket.Do(invoice);
  EXPECT_EQ(Last(ticket).sublet().vendor_invoice(), "88-1204");
  EXPECT_FALSE(ticket.ticket().jobs(0).consent_outdated());
}

TEST(PartsCounter, ReplacementIsNeitherChargedNorTaxedNorAskedFor) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddPart(1, 3, 20000, 2000)).Do(TestAuthorize(1));
  const v1::Totals before = ticket.ticket().totals();
  ticket.Do(TestReplace(3, 4, 1000));
  EXPECT_EQ(ticket.ticket().totals().SerializeAsString(), before.SerializeAsString());
  EXPECT_FALSE(ticket.ticket().jobs(0).consent_outdated());
  EXPECT_EQ(Last(ticket).part_id(), kTestPart);
  EXPECT_EQ(Last(ticket).quantity_milli(), 1000);
  EXPECT_EQ(Last(ticket).price_source().rule(), v1::PriceSource::RULE_REPLACEMENT);
  EXPECT_TRUE(ticket.last_events()[1].has_part_replaced());
  ChangeLine change;
  change.request.set_ticket_id(kTestTicket);
  change.request.set_line_id(TestLine(4));
  change.request.set_quantity_milli(2000);
  EXPECT_TRUE(rpc::HasReason(ticket.Try(change).status(), v1::NOT_OF_THIS_LINE));
  ticket.Do(TestReplace(3, 5));
  EXPECT_TRUE(rpc::HasReason(ticket.Try(TestReplace(3, 6)).status(), v1::ALREADY_REPLACED));
  ticket.Do(TestReplace(5, 6));  // what replaced it failed, too
}

TEST(PartsCounter, SpecialOrderWaitsForItsDeposit) {
  TestedTicket ticket = EstimatedTicket();  // 100.00 + 8.25 tax, half of it
  const absl::Status refused = ticket.Try(TestSpecialOrder(2)).status();
  EXPECT_EQ(rpc::ErrorMetadata(refused)["deposit_minor"], "5413");
  ticket.Do(ReceiveMoney{"pay_01JGGZV1C0AFR0000000000009", 5413, "USD"});
  ticket.Do(TestSpecialOrder(2));
  const v1::Line& line = ticket.ticket().jobs(0).lines(1);
  EXPECT_EQ(line.special_order().state(), v1::SpecialOrder::STATE_ORDERED);
  EXPECT_EQ(line.special_order().deposit_minor(), 5413);
  ticket.Do(TestReceiveOrder(2));
  EXPECT_EQ(line.special_order().state(), v1::SpecialOrder::STATE_RECEIVED);
}

TEST(PartsCounter, WillCallKeepsAuthorisedPartsAsLongAsThePolicySays) {
  TestedTicket ticket = EstimatedTicket(v1::TICKET_KIND_COUNTER_SALE);
  EXPECT_TRUE(rpc::HasReason(ticket.Try(TestWillCall()).status(), v1::NOTHING_AUTHORIZED));
  ticket.Do(TestAuthorize(1)).Do(TestWillCall());
  EXPECT_EQ(ticket.ticket().will_call_until(), "2026-01-22");
  EXPECT_EQ(ticket.last_events()[0].will_call_held().parts_size(), 1);
  HoldForWillCall past = TestWillCall();
  past.set_until("2026-01-14");
  EXPECT_EQ(ticket.Try(past).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Tires, EachHasItsOwnNumberWeekAndYear) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(Tire(3, 170, 2000));
  ticket.Do(TestTires(3, {"DOT 4B9R T1AB 2325", "4B9RT1AC2325"}));
  const v1::Line& line = ticket.ticket().jobs(0).lines(2);
  ASSERT_EQ(line.tires_size(), 2);
  EXPECT_EQ(line.tires(0).tin(), "4B9RT1AB2325");
  EXPECT_EQ(line.tires(0).week(), 23);
  EXPECT_EQ(line.tires(0).year(), 2025);
  EXPECT_EQ(MadeOn(line.tires(0)), "2025-06-02");
  ticket.Do(Tire(4, 170, 1000));
  EXPECT_TRUE(
      rpc::HasReason(ticket.Try(TestTires(4, {"4B9RT1AB2325"})).status(), v1::TIRES_DIFFER));
}

TEST(Tires, WhatIsNoDotNumberIsRefused) {
  for (const char* text : {"", "2325", "4B9RT1AB5425", "4B9RT1AB0025", "4B9RT1AG2325",
                           "4B9RT1ABCDEF2325", "4B9RT1ABABCD",
                           "4B9RT1A\xc3\xa9"
                           "2325"}) {
    EXPECT_FALSE(ParseTire(text).ok()) << text;
  }
  EXPECT_TRUE(ParseTire("4B9R2325").ok());
  EXPECT_TRUE(ParseTire("1234567892325").ok());
}

TEST(FeeSchedule, FeesComeWithThePartsOfTheirCategory) {
  TestedTicket ticket = EstimatedTicket();
  ticket.menu().fees = TestFees();
  ticket.Do(Tire(3, 170));
  EXPECT_EQ(FeesOf(ticket), (Fees{"tire", "disposal"}));
  const v1::Line& fee = ticket.ticket().jobs(0).lines(3);
  EXPECT_EQ(fee.amounts().gross_minor(), 4 * 175);
  EXPECT_EQ(fee.for_line_id(), TestLine(3));
  EXPECT_EQ(fee.fee_schedule_version(), 2u);
  ChangeLine change;
  change.request.set_ticket_id(kTestTicket);
  change.request.set_line_id(TestLine(3));
  change.request.set_quantity_milli(2000);
  ticket.Do(change);
  EXPECT_EQ(ticket.ticket().jobs(0).lines(3).amounts().gross_minor(), 2 * 175);
  RemoveLine remove;
  remove.set_ticket_id(kTestTicket);
  remove.set_line_id(TestLine(3));
  ticket.Do(remove);
  EXPECT_EQ(FeesOf(ticket), Fees());
}

TEST(FeeSchedule, RimDiameterKeptPartsAndExemptionsDecide) {
  TestedTicket ticket = EstimatedTicket();
  ticket.menu().fees = TestFees();
  AddPartLine heavy = Tire(3, 225);
  heavy.request.set_keeps_old_part(true);
  ticket.Do(heavy);
  EXPECT_EQ(FeesOf(ticket), (Fees{"tire", "fet"}));
  TestedTicket exempt = EstimatedTicket();
  exempt.menu().fees = TestFees();
  exempt.menu().terms.add_exempt_fee_ids("fet");
  exempt.Do(heavy);
  EXPECT_EQ(FeesOf(exempt), (Fees{"tire"}));
}

TEST(FeeSchedule, ExciseTaxIsInTheBaseOfPercentageFees) {
  TestedTicket ticket = EstimatedTicket();
  ticket.menu().fees = TestFees();
  const int64_t before = ticket.ticket().lines(0).amounts().gross_minor();
  AddPartLine heavy = Tire(3, 225, 1000);
  heavy.price.set_list_price_minor(1000);
  ticket.Do(heavy);
  // 6 % of 10.00 + 31.20, neither of the tire fee nor of disposal.
  EXPECT_EQ(ticket.ticket().lines(0).amounts().gross_minor() - before, 247);
}

TEST(FeeSchedule, GovernmentFeesAreNeverDiscountedNorTakenOff) {
  TestedTicket ticket = EstimatedTicket();
  ticket.menu().fees = TestFees();
  ticket.Do(Tire(3, 170));
  DiscountLine discount;
  discount.set_ticket_id(kTestTicket);
  discount.set_line_id(TestLine(300));
  discount.mutable_discount()->set_amount_minor(100);
  EXPECT_TRUE(rpc::HasReason(ticket.Try(discount).status(), v1::NOT_DISCOUNTABLE));
  RemoveLine remove;
  remove.set_ticket_id(kTestTicket);
  remove.set_line_id(TestLine(301));  // disposal is the shop's own
  EXPECT_TRUE(ticket.Try(remove).ok());
}

TEST(FeeSchedule, TicketsForAVehicleBeginWithTheirs) {
  TestedTicket ticket(TestLocation());
  v1::ScheduledFee& fee = *ticket.menu().fees.add_fees();
  fee.set_fee_id("env");
  fee.set_description("Environmental");
  fee.set_trigger(v1::ScheduledFee::TRIGGER_TICKET);
  fee.mutable_rule()->set_base(v1::FeeRule::BASE_FLAT);
  fee.mutable_rule()->set_unit_amount_minor(250);
  OpenTicket open = TestOpen(v1::TICKET_KIND_REPAIR_ORDER);
  open.fee_line_ids.push_back(TestLine(903));
  ticket.Do(open);
  ASSERT_EQ(ticket.ticket().lines_size(), 3);
  EXPECT_EQ(ticket.ticket().lines(2).fee_id(), "env");
  EXPECT_EQ(ticket.ticket().lines(2).amounts().gross_minor(), 250);
}

TEST(Storage, BeginsAfterTheFreeWorkingDays) {
  // Thursday; free are Friday, Monday and Tuesday.
  ASSERT_OK_AND_ASSIGN(const int64_t free, StorageDays("2026-01-15", "2026-01-20", 3));
  EXPECT_EQ(free, 0);
  ASSERT_OK_AND_ASSIGN(const int64_t two, StorageDays("2026-01-15", "2026-01-22", 3));
  EXPECT_EQ(two, 2);
  ASSERT_OK_AND_ASSIGN(const int64_t all, StorageDays("2026-01-15", "2026-01-22", 0));
  EXPECT_EQ(all, 7);
}

TEST(Storage, IsChargedOnOneLineThatGrows) {
  TestedTicket ticket = EstimatedTicket();
  ticket.menu().fees = TestFees();
  ticket.Do(TestStorage(3, "2026-01-15", "2026-01-22"));
  ASSERT_EQ(ticket.ticket().lines_size(), 3);
  EXPECT_EQ(ticket.ticket().lines(2).amounts().gross_minor(), 2 * 4000);
  ticket.Do(TestStorage(4, "2026-01-15", "2026-01-23"));
  ASSERT_EQ(ticket.ticket().lines_size(), 3);
  EXPECT_EQ(ticket.ticket().lines(2).amounts().gross_minor(), 3 * 4000);
}

}  // namespace
}  // namespace pitlane::ticket
