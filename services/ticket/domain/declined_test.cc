// Declined and deferred work: what is kept, when to ask again, and what it would cost today.
#include "services/ticket/domain/declined.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/known_vehicle.h"
#include "services/ticket/domain/testing_tickets.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <class T>
std::string Reason(const absl::StatusOr<T>& answer) {
  return answer.ok() ? "" : rpc::ErrorReason(answer.status());
}

// Labour of an hour and a part at 100.00, declined.
TestedTicket DeclinedTicket(v1::Location location = TestLocation(), bool safety_critical = false) {
  TestedTicket ticket(std::move(location));
  AddJob job = TestAddJob(1);
  job.set_safety_critical(safety_critical);
  AddLabourLine labour = TestLabour(1, 1, 100);
  labour.set_operation_code("BRK-PAD-F");
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER)).Do(job).Do(labour);
  ticket.Do(TestAddPart(1, 2, 10000)).Do(TestDecline(1));
  return ticket;
}

v1::DeclinedWork WorkOf(const TestedTicket& ticket) {
  return ticket.last_events().front().job_declined().work();
}

TEST(DeclinedWork, DeclinedThenKeptAsItWasOffered) {
  const TestedTicket ticket = DeclinedTicket();
  const v1::DeclinedWork work = WorkOf(ticket);
  EXPECT_EQ(work.vehicle_id(), kTestVehicle);
  EXPECT_EQ(work.ticket_id(), kTestTicket);
  EXPECT_EQ(work.decision(), v1::CONSENT_DECISION_DECLINE);
  EXPECT_EQ(work.decided_on(), "2026-01-15");
  EXPECT_EQ(work.amount_excluding_tax_minor(), 24500);
  EXPECT_EQ(work.amount_including_tax_minor(), 25325);
  EXPECT_THAT(work.operation_codes(), ElementsAre("BRK-PAD-F"));
  EXPECT_THAT(work.job().lines(), SizeIs(2));
  EXPECT_THAT(work.follow_up_on(), ElementsAre("2026-02-14", "2026-04-15", "2026-07-14"));
}

TEST(DeclinedWork, SafetyCriticalThenAskedAgainAfterAWeek) {
  const v1::DeclinedWork work = WorkOf(DeclinedTicket(TestLocation(), true));
  EXPECT_TRUE(work.job().safety_critical());
  EXPECT_THAT(work.follow_up_on(),
              ElementsAre("2026-01-22", "2026-02-14", "2026-04-15", "2026-07-14"));
}

TEST(DeclinedWork, LocationsOwnPolicyThenItsDays) {
  v1::Location location = TestLocation();
  location.add_follow_up_days(10);
  location.set_safety_follow_up_days(2);
  const v1::DeclinedWork work = WorkOf(DeclinedTicket(location, true));
  EXPECT_THAT(work.follow_up_on(), ElementsAre("2026-01-17", "2026-01-25"));
}

TEST(DeclinedWork, CustomerNamesADayThenNotAskedBefore) {
  TestedTicket ticket = EstimatedTicket();
  DeferJob defer = TestDefer(1);
  *defer.mutable_follow_up_at() =
      ToTimestamp(absl::FromCivil(absl::CivilSecond(2026, 3, 1), absl::UTCTimeZone()));
  ticket.Do(defer);
  const v1::DeclinedWork work = ticket.last_events().front().job_deferred().work();
  EXPECT_EQ(work.decision(), v1::CONSENT_DECISION_DEFER);
  EXPECT_THAT(work.follow_up_on(), ElementsAre("2026-03-01", "2026-04-15", "2026-07-14"));
}

TEST(DeclinedWork, DeferredThenDeclinedThenTheOldOfferStands) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestDefer(1)).Do(TestDecline(1));
  EXPECT_EQ(WorkOf(ticket).amount_including_tax_minor(), 25325);
}

TEST(DeclinedWork, CounterSaleThenNothingIsKept) {
  TestedTicket ticket = EstimatedTicket(v1::TICKET_KIND_COUNTER_SALE);
  ticket.Do(TestDecline(1));
  EXPECT_FALSE(ticket.last_events().front().job_declined().has_work());
}

TEST(Offer, MonthsLaterThenOldPriceTodaysPriceAndAge) {
  const v1::DeclinedWork work = WorkOf(DeclinedTicket());
  v1::Location today = TestLocation();
  today.mutable_labour_rates(0)->set_rate_minor(16000);
  const PriceList prices = {{kTestPart, TestPrice(12000)}};
  ASSERT_OK_AND_ASSIGN(const v1::DeclinedWorkOffer offer,
                       OfferOf(work, today, "2026-03-16", prices));
  EXPECT_EQ(offer.age_days(), 60);
  EXPECT_EQ(offer.next_follow_up_on(), "2026-04-15");
  EXPECT_EQ(offer.work().amount_excluding_tax_minor(), 24500);
  EXPECT_EQ(offer.amount_now_excluding_tax_minor(), 28000);
  EXPECT_EQ(offer.amount_now_including_tax_minor(), 28990);
  EXPECT_THAT(offer.unlisted_line_ids(), IsEmpty());
}

TEST(Offer, PartNotListedAnyMoreThenSaidAndLeftOut) {
  const v1::DeclinedWork work = WorkOf(DeclinedTicket());
  ASSERT_OK_AND_ASSIGN(const v1::DeclinedWorkOffer offer,
                       OfferOf(work, TestLocation(), "2027-01-15", {}));
  EXPECT_THAT(offer.unlisted_line_ids(), ElementsAre(TestLine(2)));
  EXPECT_EQ(offer.amount_now_excluding_tax_minor(), 14500);
  EXPECT_EQ(offer.next_follow_up_on(), "") << "all are past";
}

TEST(TakeUp, TwiceOnOneTicketThenWorkIsTakenUp) {
  TestedTicket ticket;
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER));
  TakeUpJob command{.request = TestAddJob(1), .from = {}};
  command.from.set_ticket_id("tkt_old");
  command.from.set_job_id("job_old");
  ticket.Do(command);
  EXPECT_EQ(ticket.ticket().jobs(0).taken_up_from().job_id(), "job_old");
  command.request = TestAddJob(2);
  EXPECT_EQ(Reason(ticket.Try(command)), "WORK_IS_TAKEN_UP");
}

TEST(TakeUp, NotDeclinedOrAnotherVehiclesThenRefused) {
  v1::WorkRef from;
  from.set_ticket_id(kTestTicket);
  from.set_job_id(TestJob(1));
  EXPECT_EQ(Reason(DeclinedJob(v1::TicketState(), from, kTestVehicle)), "TICKET_UNKNOWN");
  EXPECT_EQ(Reason(DeclinedJob(AuthorizedTicket().state(), from, kTestVehicle)),
            "WORK_NOT_DECLINED");
  const TestedTicket declined = DeclinedTicket();
  EXPECT_EQ(Reason(DeclinedJob(declined.state(), from, "veh_other")), "WORK_OF_ANOTHER_VEHICLE");
  EXPECT_THAT(DeclinedJob(declined.state(), from, kTestVehicle), IsOk());
  from.set_job_id(TestJob(9));
  EXPECT_EQ(Reason(DeclinedJob(declined.state(), from, kTestVehicle)), "JOB_UNKNOWN");
}

TEST(KnownVehicle, SameDayToldAgainThenNothing) {
  v1::KnownVehicle vehicle;
  const EndOwnership command{.vehicle_id = kTestVehicle, .on_date = "2026-05-01"};
  const auto events = Decide(vehicle, command);
  ASSERT_THAT(events, SizeIs(1));
  KnownVehicleAggregate::Apply(vehicle, events[0]);
  EXPECT_EQ(vehicle.changed_hands_on(), "2026-05-01");
  EXPECT_THAT(Decide(vehicle, command), IsEmpty());
}

}  // namespace
}  // namespace pitlane::ticket
