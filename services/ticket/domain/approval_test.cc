#include "services/ticket/domain/approval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {
namespace {

// The part of EstimatedTicket costs 42.30 and sells at 100.00.
DiscountLine LineDiscount(int64_t amount_minor) {
  DiscountLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(2));
  command.mutable_discount()->set_amount_minor(amount_minor);
  command.mutable_discount()->set_reason("comeback");
  return command;
}

DiscountTicket TicketDiscount(int64_t amount_minor, v1::DiscountScope scope) {
  DiscountTicket command;
  command.set_ticket_id(kTestTicket);
  command.mutable_discount()->set_amount_minor(amount_minor);
  command.mutable_discount()->set_scope(scope);
  return command;
}

RequestApproval AskFor(const v1::Discount& discount, const std::string& line_id) {
  RequestApproval command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_line_id(line_id);
  *command.request.mutable_discount() = discount;
  command.request.set_reason("second visit for the same fault");
  command.approval_id = "apr_1";
  return command;
}

ChangeLine PriceOf(int64_t unit_price_minor) {
  ChangeLine command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_line_id(TestLine(2));
  command.request.set_unit_price_minor(unit_price_minor);
  command.request.set_price_reason("matched a quote");
  command.price = TestPrice(10000);
  return command;
}

// An adviser who may give 10 % and nothing below cost.
Context Adviser(const TestedTicket& ticket) {
  Context context = ticket.context();
  context.discount_limit_ppm = 100000;
  context.may_approve = false;
  return context;
}

template <class Command>
absl::Status ByAdviser(const TestedTicket& ticket, const Command& command) {
  return Decide(ticket.state(), command, Adviser(ticket)).status();
}

// Somebody with a limit of 80 % says yes.
absl::Status SayYes(TestedTicket& ticket, int64_t limit_ppm = 800000) {
  GiveApproval command;
  command.set_ticket_id(kTestTicket);
  command.set_approval_id("apr_1");
  command.set_method(v1::APPROVAL_METHOD_SECOND_DEVICE);
  Context context = ticket.context();
  context.actor = "manager-1";
  context.discount_limit_ppm = limit_ppm;
  auto events = Decide(ticket.state(), command, context);
  if (!events.ok()) return events.status();
  for (const v1::TicketEvent& event : *events) ticket.Record(event);
  return absl::OkStatus();
}

TEST(Approval, LetsTheRequesterGiveExactlyWhatWasApproved) {
  TestedTicket ticket = EstimatedTicket();
  EXPECT_TRUE(rpc::HasReason(ByAdviser(ticket, LineDiscount(6000)), v1::DISCOUNT_OVER_LIMIT));
  ticket.Do(AskFor(LineDiscount(6000).discount(), TestLine(2)));
  EXPECT_EQ(ticket.ticket().approvals(0).amount_minor(), 6000);
  EXPECT_TRUE(rpc::HasReason(ByAdviser(ticket, LineDiscount(6000)), v1::DISCOUNT_OVER_LIMIT));
  ASSERT_THAT(SayYes(ticket), IsOk());
  EXPECT_EQ(ticket.ticket().approvals(0).approved_by(), "manager-1");
  EXPECT_THAT(ByAdviser(ticket, LineDiscount(6000)), IsOk());
  EXPECT_TRUE(rpc::HasReason(ByAdviser(ticket, LineDiscount(6001)), v1::DISCOUNT_OVER_LIMIT));
  ticket.Wait(1);
  EXPECT_TRUE(rpc::HasReason(ByAdviser(ticket, LineDiscount(6000)), v1::DISCOUNT_OVER_LIMIT));
}

TEST(Approval, IsForTheAmountOfThenAndNoOther) {
  TestedTicket ticket = EstimatedTicket();
  DiscountLine half = LineDiscount(0);
  half.mutable_discount()->set_rate_ppm(500000);
  ticket.Do(AskFor(half.discount(), TestLine(2)));
  ASSERT_THAT(SayYes(ticket), IsOk());
  EXPECT_THAT(ByAdviser(ticket, half), IsOk());
  ChangeLine more;
  more.request.set_ticket_id(kTestTicket);
  more.request.set_line_id(TestLine(2));
  more.request.set_quantity_milli(2000);
  ticket.Do(more);
  EXPECT_TRUE(rpc::HasReason(ByAdviser(ticket, half), v1::DISCOUNT_OVER_LIMIT));
}

TEST(Approval, ApproverGivesNoMoreThanTheirOwnLimit) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(AskFor(LineDiscount(6000).discount(), TestLine(2)));
  EXPECT_TRUE(rpc::HasReason(SayYes(ticket, 250000), v1::DISCOUNT_OVER_LIMIT));
}

TEST(Approval, CoversTheTicketsDiscount) {
  TestedTicket ticket = EstimatedTicket();
  const DiscountTicket wanted = TicketDiscount(9000, v1::DISCOUNT_SCOPE_LABOUR);
  EXPECT_TRUE(rpc::HasReason(ByAdviser(ticket, wanted), v1::DISCOUNT_OVER_LIMIT));
  ticket.Do(AskFor(wanted.discount(), ""));
  ASSERT_THAT(SayYes(ticket), IsOk());
  EXPECT_THAT(ByAdviser(ticket, wanted), IsOk());
}

TEST(Approval, CoversAPriceByHand) {
  TestedTicket ticket = EstimatedTicket();
  RequestApproval ask = AskFor({}, TestLine(2));
  ask.request.set_unit_price_minor(4000);
  ask.price = TestPrice(10000);
  ticket.Do(ask);
  EXPECT_EQ(ticket.ticket().approvals(0).amount_minor(), 6000);
  EXPECT_TRUE(rpc::HasReason(ByAdviser(ticket, PriceOf(4000)), v1::DISCOUNT_OVER_LIMIT));
  ASSERT_THAT(SayYes(ticket), IsOk());
  EXPECT_THAT(ByAdviser(ticket, PriceOf(4000)), IsOk());
}

TEST(BelowCost, NeedsASecondPersonHoweverThePriceFell) {
  const TestedTicket ticket = EstimatedTicket();
  Context context = ticket.context();  // no limit on discounts
  context.may_approve = false;
  const auto reason = [&](const auto& command) {
    return rpc::ErrorReason(Decide(ticket.state(), command, context).status());
  };
  EXPECT_EQ(reason(LineDiscount(5770)), "");
  EXPECT_EQ(reason(LineDiscount(5771)), "SELLS_BELOW_COST");
  EXPECT_EQ(reason(TicketDiscount(5770, v1::DISCOUNT_SCOPE_PARTS)), "");
  EXPECT_EQ(reason(TicketDiscount(5771, v1::DISCOUNT_SCOPE_PARTS)), "SELLS_BELOW_COST");
  EXPECT_EQ(reason(PriceOf(4230)), "");
  EXPECT_EQ(reason(PriceOf(4229)), "SELLS_BELOW_COST");
  AddPartLine part = TestAddPart(1, 3, 10000);
  part.request.set_unit_price_minor(4229);
  part.request.set_price_reason("matched a quote");
  EXPECT_EQ(reason(part), "SELLS_BELOW_COST");
}

TEST(BelowCost, WhatSomebodyElseDecidedIsNotAskedAgain) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(LineDiscount(6000));
  Context context = ticket.context();
  context.may_approve = false;
  EXPECT_THAT(
      Decide(ticket.state(), TicketDiscount(100, v1::DISCOUNT_SCOPE_LABOUR), context).status(),
      IsOk());
}

// Handbook 3.5: coupons marked for labour or parts restrict what they are shared over.
TEST(Coupons, AreSharedOverWhatTheyAreForAndTakenOffInTurn) {
  TestedTicket ticket = EstimatedTicket();
  DiscountTicket command = TicketDiscount(500, v1::DISCOUNT_SCOPE_UNSPECIFIED);
  v1::Discount& labour = *command.add_coupons();
  labour.set_amount_minor(1000);
  labour.set_scope(v1::DISCOUNT_SCOPE_LABOUR);
  labour.set_coupon_code("LAB-10");
  v1::Discount& parts = *command.add_coupons();
  parts.set_rate_ppm(100000);
  parts.set_scope(v1::DISCOUNT_SCOPE_PARTS);
  ticket.Do(command);
  const v1::Job& job = ticket.ticket().jobs(0);
  // 5.00 over 145.00 and 100.00 is 2.96 and 2.04.
  EXPECT_EQ(job.lines(0).amounts().ticket_discount_minor(), 296 + 1000);
  EXPECT_EQ(job.lines(1).amounts().ticket_discount_minor(), 204 + 980);
  EXPECT_EQ(ticket.ticket().coupons_size(), 2);
  ticket.Do(command);
  EXPECT_TRUE(ticket.last_events().empty());
}

TEST(Coupons, CountForTheLimitOfTheRole) {
  const TestedTicket ticket = EstimatedTicket();
  DiscountTicket command = TicketDiscount(1450, v1::DISCOUNT_SCOPE_LABOUR);
  EXPECT_THAT(ByAdviser(ticket, command), IsOk());
  command.add_coupons()->set_amount_minor(1000);
  EXPECT_THAT(ByAdviser(ticket, command), IsOk());
  command.mutable_coupons(0)->set_amount_minor(1001);
  EXPECT_TRUE(rpc::HasReason(ByAdviser(ticket, command), v1::DISCOUNT_OVER_LIMIT));
}

}  // namespace
}  // namespace pitlane::ticket
