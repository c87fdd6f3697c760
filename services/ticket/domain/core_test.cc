#include "services/ticket/domain/core.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/testing_menu.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

constexpr auto kGood = v1::CORE_STATUS_RETURNED_GOOD;
constexpr auto kDamaged = v1::CORE_STATUS_RETURNED_DAMAGED;

// Job 1 with a part (3) of two units and its core (503) at 45.00 each.
TestedTicket WithCores() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddPart(1, 3, 10000, 2000, 4500));
  return ticket;
}

TestedTicket InvoicedWithCores() {
  TestedTicket ticket = WithCores();
  ticket.Do(TestAuthorize(1)).Do(TestStart(1)).Do(TestComplete(1)).Do(TestInvoice());
  return ticket;
}

const v1::Line& Core(const TestedTicket& ticket) {
  return *FindLine(ticket.ticket(), TestLine(503)).line;
}

int64_t UnitsIn(const v1::Line& core, v1::CoreStatus status) {
  int64_t quantity = 0;
  for (const v1::CoreUnits& units : core.core_units()) {
    if (units.status() == status) quantity += units.quantity_milli();
  }
  return quantity;
}

TEST(CoreLife, BeginsChargedAndFollowsThePartsQuantity) {
  TestedTicket ticket = WithCores();
  EXPECT_EQ(UnitsIn(Core(ticket), v1::CORE_STATUS_CHARGED), 2000);
  ChangeLine change;
  change.request.set_ticket_id(kTestTicket);
  change.request.set_line_id(TestLine(3));
  change.request.set_quantity_milli(3000);
  ticket.Do(change);
  EXPECT_EQ(UnitsIn(Core(ticket), v1::CORE_STATUS_CHARGED), 3000);
}

TEST(CoreLife, InHandNetsToZeroAndBothEventsAreRecorded) {
  TestedTicket ticket = WithCores();
  const v1::Totals charged = ticket.ticket().totals();
  EXPECT_EQ(charged.cores_net_minor(), 9000);
  ticket.Do(TestReturnCore(503, 4));
  EXPECT_EQ(ticket.ticket().totals().cores_net_minor(), 0);
  EXPECT_EQ(charged.total_minor() - ticket.ticket().totals().total_minor(),
            9000 + (charged.tax_minor() - ticket.ticket().totals().tax_minor()));
  ASSERT_EQ(ticket.last_events().size(), 2u);
  EXPECT_TRUE(ticket.last_events()[0].has_core_returned());
  EXPECT_EQ(ticket.last_events()[1].line_added().line().fixed_extension_minor(), -9000);
  EXPECT_EQ(UnitsIn(Core(ticket), kGood), 2000);
  EXPECT_EQ(CoresOut(Core(ticket)), 0);
}

TEST(CoreLife, TheLastUnitBringsTheExactRest) {
  TestedTicket ticket = EstimatedTicket();
  AddPartLine third = TestAddPart(1, 3, 10000, 3000, 4500);
  third.request.set_quantity_milli(2999);  // 134.955, charged 134.96
  ticket.Do(third);
  ticket.Do(TestReturnCore(503, 4, 1000)).Do(TestReturnCore(503, 5, 1000));
  ticket.Do(TestReturnCore(503, 6));
  EXPECT_EQ(CoreCreditGiven(Core(ticket)), 13496);
  EXPECT_EQ(ticket.ticket().totals().cores_net_minor(), 0);
}

TEST(CoreLife, DamagedOneBringsAPart) {
  TestedTicket ticket = WithCores();
  ticket.Do(TestReturnCore(503, 4, 1000, 2000));
  EXPECT_EQ(ticket.ticket().totals().cores_net_minor(), 7000);
  EXPECT_EQ(UnitsIn(Core(ticket), kDamaged), 1000);
  EXPECT_EQ(UnitsIn(Core(ticket), v1::CORE_STATUS_CHARGED), 1000);
}

TEST(CoreLife, IsAwaitedFromTheInvoiceUntilThePolicysDay) {
  TestedTicket ticket = InvoicedWithCores();
  ASSERT_EQ(Core(ticket).core_units_size(), 1);
  EXPECT_EQ(Core(ticket).core_units(0).status(), v1::CORE_STATUS_AWAITING_RETURN);
  EXPECT_EQ(Core(ticket).core_units(0).due_date(), "2026-02-14");
}

TEST(CoreLife, IsForfeitedAfterItsDayAndNotBefore) {
  TestedTicket ticket = InvoicedWithCores();
  ticket.Wait(30);
  EXPECT_TRUE(rpc::HasReason(ticket.Try(TestForfeit(503)).status(), v1::CORE_NOT_DUE));
  ticket.Wait(1).Do(TestForfeit(503));
  EXPECT_EQ(UnitsIn(Core(ticket), v1::CORE_STATUS_FORFEITED), 2000);
  EXPECT_EQ(ticket.last_events()[0].core_forfeited().due_date(), "2026-02-14");
  EXPECT_TRUE(rpc::HasReason(ticket.Try(TestForfeit(503)).status(), v1::CORE_NOT_OUT));
}

TEST(CoreLife, PartsCannotBeFewerThanCoresThatCameBack) {
  TestedTicket ticket = WithCores();
  ticket.Do(TestReturnCore(503, 4, 1000));
  ChangeLine change;
  change.request.set_ticket_id(kTestTicket);
  change.request.set_line_id(TestLine(3));
  change.request.set_quantity_milli(500);
  EXPECT_TRUE(rpc::HasReason(ticket.Try(change).status(), v1::CORE_NOT_OUT));
  change.request.set_quantity_milli(1000);
  ticket.Do(change);
  EXPECT_EQ(CoresOut(Core(ticket)), 0);
  RemoveLine remove;
  remove.set_ticket_id(kTestTicket);
  remove.set_line_id(TestLine(3));
  EXPECT_TRUE(rpc::HasReason(ticket.Try(remove).status(), v1::CORE_NOT_OUT));
}

TEST(CoreLife, OnlyLinesThatChargeCoresHaveOne) {
  TestedTicket ticket = WithCores();
  EXPECT_TRUE(rpc::HasReason(ticket.Try(TestReturnCore(2, 4)).status(), v1::NOT_OF_THIS_LINE));
  ticket.Do(TestReturnCore(503, 4));
  EXPECT_TRUE(rpc::HasReason(ticket.Try(TestReturnCore(4, 5)).status(), v1::NOT_OF_THIS_LINE));
}

RC_GTEST_PROP(CoreLife, EveryUnitIsInExactlyOneGroup, ()) {
  v1::Line core;
  core.set_kind(v1::LINE_KIND_CORE);
  core.set_quantity_milli(*rc::gen::inRange<int64_t>(1, 100'000));
  core.set_unit_price_minor(4500);
  for (int i = *rc::gen::inRange(0, 20); i > 0; --i) {
    const auto to = *rc::gen::elementOf(std::vector<v1::CoreStatus>{
        kGood, kDamaged, v1::CORE_STATUS_FORFEITED, v1::CORE_STATUS_AWAITING_RETURN});
    MoveCores(core, *rc::gen::inRange<int64_t>(0, 50'000), to, 0);
    int64_t sum = 0;
    for (const v1::CoreUnits& units : core.core_units()) sum += units.quantity_milli();
    RC_ASSERT(sum == core.quantity_milli());
  }
}

}  // namespace
}  // namespace pitlane::ticket
