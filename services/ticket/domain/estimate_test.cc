// Estimates and consent: what is frozen, what differs, what it needs to be charged.
#include "services/ticket/domain/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/util/json_util.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/consent_rules.h"
#include "services/ticket/domain/estimate_form.h"
#include "services/ticket/domain/testing_tickets.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kRepairOrder = v1::TICKET_KIND_REPAIR_ORDER;

std::string Reason(const absl::StatusOr<Events>& events) {
  return events.ok() ? "" : rpc::ErrorReason(events.status());
}

v1::EstimateVersion Present(TestedTicket& ticket) {
  ticket.Do(TestPresent());
  return ticket.last_events()[0].estimate_presented().estimate();
}

// The shipped rules, in a location of that jurisdiction without fees of its own.
v1::Location LocationIn(const std::string& jurisdiction) {
  std::ifstream file(std::string(PITLANE_SOURCE_DIR) + "/services/ticket/data/consent_rules.json");
  const std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  v1::Location rules;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &rules).ok());
  v1::Location location = TestLocation();
  location.clear_default_fees();
  location.set_jurisdiction(jurisdiction);
  *location.mutable_consent_rules() = rules.consent_rules();
  return location;
}

// Agreed to at 600.00 and done.
TestedTicket DoneFor600(v1::Location location) {
  TestedTicket ticket(std::move(location));
  ticket.Do(TestOpen(kRepairOrder))
      .Do(TestAddJob(1))
      .Do(TestFee(1, 1, 60000))
      .Do(TestPresent())
      .Do(TestAuthorize(1))
      .Do(TestStart(1))
      .Do(TestComplete(1));
  EXPECT_EQ(ticket.ticket().agreed_including_tax_minor(), 60000);
  return ticket;
}

// Handbook 2.5 with the rules that are shipped: to the cent of the ceiling, and not a cent more.
TEST(Ceiling, EstimateExceededInEachListedState) {
  const std::map<std::string, int64_t> ceilings = {
      {"US-CA", 60000}, {"US-FL", 65000}, {"US-MI", 61000}, {"US-MA", 61000},
      {"US-CO", 62500}, {"US-OH", 66000}, {"US-WA", 66000}, {"US-MD", 66000}};
  for (const auto& [jurisdiction, ceiling] : ceilings) {
    TestedTicket within = DoneFor600(LocationIn(jurisdiction));
    if (ceiling > 60000) within.Do(TestFee(1, 2, ceiling - 60000));
    EXPECT_EQ(Reason(within.Try(TestInvoice())), "") << jurisdiction;

    TestedTicket above = DoneFor600(LocationIn(jurisdiction));
    above.Do(TestFee(1, 2, ceiling - 60000 + 1));
    const absl::Status refused = above.Try(TestInvoice()).status();
    EXPECT_EQ(rpc::ErrorReason(refused), ceiling > 60000 ? "CEILING_EXCEEDED" : "CONSENT_OUTDATED")
        << jurisdiction;

    // New consent, which needs a new page, or a reduction.
    EXPECT_EQ(Reason(above.Try(TestAuthorize(1))), "ESTIMATE_OUTDATED") << jurisdiction;
    above.Do(TestPresent()).Do(TestAuthorize(1));
    EXPECT_EQ(Reason(above.Try(TestInvoice())), "") << jurisdiction;
  }
}

TEST(Ceiling, RefusalNamesItsRuleAndAmounts) {
  TestedTicket ticket = DoneFor600(LocationIn("US-FL"));
  ticket.Do(TestFee(1, 2, 5001));
  const auto metadata = rpc::ErrorMetadata(ticket.Try(TestInvoice()).status());
  const std::map<std::string, std::string> expected = {{"rule_id", "us-fl-559.909"},
                                                       {"agreed_minor", "60000"},
                                                       {"ceiling_minor", "65000"},
                                                       {"amount_minor", "65001"}};
  EXPECT_EQ(metadata, expected);
}

// Washington measures before sales tax, Ohio what the customer pays.
TEST(Ceiling, BeforeTaxIsMeasuredBeforeTax) {
  const auto done = [](const std::string& jurisdiction) {
    TestedTicket ticket(LocationIn(jurisdiction));
    ticket.Do(TestOpen(kRepairOrder))
        .Do(TestAddJob(1))
        .Do(TestFee(1, 1, 50000))
        .Do(TestAddPart(1, 2, 10000))
        .Do(TestPresent())
        .Do(TestAuthorize(1))
        .Do(TestAddPart(1, 3, 6000))
        .Do(TestStart(1))
        .Do(TestComplete(1));
    return ticket;
  };
  // 600.00 and 608.25 with tax; now 660.00 and 673.20, where 669.07 are allowed.
  EXPECT_EQ(Reason(done("US-WA").Try(TestInvoice())), "");
  EXPECT_EQ(Reason(done("US-OH").Try(TestInvoice())), "CEILING_EXCEEDED");
}

TEST(Ceiling, OwnPolicyAndLawHaveBothToBeKept) {
  v1::Location location = LocationIn("US-OH");
  location.mutable_overage()->set_amount_minor(500);
  TestedTicket ticket = DoneFor600(location);
  ticket.Do(TestFee(1, 2, 501));
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "CEILING_EXCEEDED");
  EXPECT_EQ(rpc::ErrorMetadata(ticket.Try(TestInvoice()).status())["rule_id"], "");
  location.mutable_overage()->set_amount_minor(50000);
  TestedTicket generous = DoneFor600(location);
  generous.Do(TestFee(1, 2, 6001));
  EXPECT_EQ(rpc::ErrorMetadata(generous.Try(TestInvoice()).status())["rule_id"],
            "us-oh-109-4-3-13");
}

TEST(Ceiling, RuleHoldsOnItsDaysOnly) {
  v1::Location location = LocationIn("US-OH");
  for (v1::ConsentRule& rule : *location.mutable_consent_rules()) {
    if (rule.jurisdiction() == "US-OH") rule.set_effective_to("2026-01-15");
  }
  EXPECT_NE(ConsentRuleInForce(location, "2026-01-15"), nullptr);
  EXPECT_EQ(ConsentRuleInForce(location, "2026-01-16"), nullptr);
  TestedTicket ticket = DoneFor600(location);
  ticket.Do(TestFee(1, 2, 6000));
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "");
  // Without a rule nothing is allowed.
  ticket.Wait(1);
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "CONSENT_OUTDATED");
}

TEST(WrittenEstimate, IsRequiredFromItsAmountOn) {
  TestedTicket below(LocationIn("US-MI"));
  below.Do(TestOpen(kRepairOrder)).Do(TestAddJob(1)).Do(TestFee(1, 1, 4999));
  EXPECT_EQ(Reason(below.Try(TestAuthorize(1))), "");
  TestedTicket at(LocationIn("US-MI"));
  at.Do(TestOpen(kRepairOrder)).Do(TestAddJob(1)).Do(TestFee(1, 1, 5000));
  const absl::Status refused = at.Try(TestAuthorize(1)).status();
  EXPECT_EQ(rpc::ErrorReason(refused), "ESTIMATE_REQUIRED");
  EXPECT_EQ(rpc::ErrorMetadata(refused)["rule_id"], "us-mi-repair-act");
  at.Do(TestPresent());
  EXPECT_EQ(Reason(at.Try(TestAuthorize(1))), "");
}

TEST(PresentEstimate, FreezesEveryLineWithPriceAndTaxUntilADay) {
  TestedTicket ticket = EstimatedTicket();
  const v1::EstimateVersion first = Present(ticket);
  EXPECT_EQ(first.number(), 1);
  EXPECT_EQ(first.valid_until(), "2026-02-14");  // 30 days
  EXPECT_EQ(first.presented_by(), "advisor-2");
  ASSERT_EQ(first.jobs_size(), 1);
  ASSERT_EQ(first.jobs(0).lines_size(), 2);
  EXPECT_EQ(first.jobs(0).lines(1).unit_price_minor(), 10000);
  EXPECT_EQ(first.jobs(0).lines(1).amounts().taxes_size(), 2);
  EXPECT_EQ(first.lines_size(), 2);  // the location's fees
  EXPECT_EQ(first.totals().total_minor(), ticket.ticket().totals().total_minor());
  EXPECT_EQ(first.sha256(), EstimateHash(first));
  EXPECT_EQ(first.previous_sha256(), "");
  EXPECT_EQ(ticket.ticket().jobs(0).estimate_version(), 1);

  ticket.location().set_estimate_valid_days(7);
  const v1::EstimateVersion second = Present(ticket);
  EXPECT_EQ(second.number(), 2);
  EXPECT_EQ(second.valid_until(), "2026-01-22");
  EXPECT_EQ(second.previous_sha256(), first.sha256());
  ASSERT_EQ(ticket.ticket().estimates_size(), 2);
  EXPECT_EQ(ticket.ticket().estimates(0).sha256(), first.sha256());
  EXPECT_EQ(ticket.ticket().estimates(0).ticket_version(), ticket.events().size() - 1);
}

// The taxes are those of the day it is presented, and the ticket then shows the same.
TEST(PresentEstimate, TicketShowsWhatWasPresented) {
  TestedTicket ticket = EstimatedTicket();
  const int64_t before = ticket.ticket().totals().total_minor();
  ticket.location().mutable_tax_rules(0)->set_rate_ppm(100000);
  const v1::EstimateVersion estimate = Present(ticket);
  EXPECT_GT(estimate.totals().total_minor(), before);
  EXPECT_EQ(ticket.ticket().totals().total_minor(), estimate.totals().total_minor());
  EXPECT_EQ(ticket.ticket().jobs(0).lines(1).amounts().tax_minor(),
            estimate.jobs(0).lines(1).amounts().tax_minor());
  EXPECT_EQ(ticket.ticket().lines(0).amounts().tax_minor(),
            estimate.lines(0).amounts().tax_minor());
}

// The customer sees neither what the shop pays nor who does the work.
TEST(PresentEstimate, ShowsNoCostAndNoTechnician) {
  TestedTicket ticket = AuthorizedTicket();
  ticket.Do(TestStart(1));
  const v1::EstimateVersion estimate = Present(ticket);
  EXPECT_NE(FindLine(ticket.ticket(), TestLine(2)).line->unit_cost_e4(), 0);
  EXPECT_THAT(CanonicalForm(estimate), Not(HasSubstr("unit_cost_e4")));
  EXPECT_THAT(CanonicalForm(estimate), Not(HasSubstr("technician")));
}

TEST(PresentEstimate, WhatTheCustomerTurnedDownIsNotInIt) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddJob(2)).Do(TestAddPart(2, 3, 2500)).Do(TestDecline(2));
  EXPECT_EQ(Present(ticket).jobs_size(), 1);
}

TEST(EstimateForm, IsTheDocumentedText) {
  v1::EstimateVersion estimate;
  estimate.set_ticket_id(kTestTicket);
  estimate.set_number(1);
  estimate.set_kind(kRepairOrder);
  estimate.mutable_presented_at()->set_seconds(1768500000);
  v1::EstimateJob& job = *estimate.add_jobs();
  job.set_title("Front\tbrakes\n\\ left");
  job.add_lines()->mutable_fee()->set_max_minor(0);
  estimate.set_return_old_parts(true);
  estimate.set_sha256("not in the form");
  EXPECT_EQ(CanonicalForm(estimate),
            "pitlane-estimate-1\n"
            "ticket_id=tkt_01JGGZV1C0AFR0000000000002\n"
            "number=1\n"
            "kind=TICKET_KIND_REPAIR_ORDER\n"
            "presented_at.seconds=1768500000\n"
            "jobs[0].title=Front\\tbrakes\\n\\\\ left\n"
            "jobs[0].lines[0].fee.max_minor=0\n"
            "return_old_parts=true\n");
  EXPECT_EQ(EstimateHash(estimate),
            "3b82c938c2a38a326928f4fadd542b1d7d91aa42ac31ee536bea431e29caaf04");
}

TEST(EstimateForm, AnyChangeChangesTheHash) {
  TestedTicket ticket = EstimatedTicket();
  const v1::EstimateVersion estimate = Present(ticket);
  v1::EstimateVersion changed = estimate;
  changed.mutable_jobs(0)->mutable_lines(1)->set_unit_price_minor(10001);
  EXPECT_NE(EstimateHash(changed), estimate.sha256());
  changed = estimate;
  changed.set_valid_until("2026-02-15");
  EXPECT_NE(EstimateHash(changed), estimate.sha256());
  changed = estimate;
  changed.mutable_jobs(0)->mutable_lines(1)->mutable_amounts()->mutable_taxes(0)->set_tax_minor(1);
  EXPECT_NE(EstimateHash(changed), estimate.sha256());
}

// Handbook 2.3: "approved 612.00, now 655.00 (+43.00)".
TEST(Difference, ShowsWhatWasApprovedAndWhatItIsNow) {
  TestedTicket ticket(LocationIn("US-OH"));
  ticket.Do(TestOpen(kRepairOrder))
      .Do(TestAddJob(1))
      .Do(TestFee(1, 1, 40000))
      .Do(TestAddJob(2))
      .Do(TestFee(2, 2, 21200))
      .Do(TestPresent())
      .Do(TestAuthorize(1))
      .Do(TestAuthorize(2))
      .Do(TestFee(2, 3, 4300));
  const v1::EstimateVersion second = Present(ticket);
  const v1::EstimateDifference difference =
      Difference(AgreedSide(ticket.ticket()), VersionSide(second), ticket.ticket());
  EXPECT_EQ(difference.from_version(), 0);
  EXPECT_EQ(difference.to_version(), 2);
  EXPECT_EQ(difference.before_including_tax_minor(), 61200);
  EXPECT_EQ(difference.after_including_tax_minor(), 65500);
  EXPECT_EQ(difference.change_minor(), 4300);
  ASSERT_EQ(difference.jobs_size(), 2);
  EXPECT_EQ(difference.jobs(0).change(), v1::EstimateDifference::CHANGE_NONE);
  EXPECT_FALSE(difference.jobs(0).needs_consent());
  EXPECT_EQ(difference.jobs(1).change(), v1::EstimateDifference::CHANGE_CHANGED);
  EXPECT_EQ(difference.jobs(1).change_minor(), 4300);
  EXPECT_TRUE(difference.jobs(1).needs_consent());

  // Only the changed job is asked about again.
  ticket.Do(TestAuthorize(2));
  EXPECT_EQ(ticket.ticket().agreed_including_tax_minor(), 65500);
  EXPECT_EQ(ticket.ticket().jobs(0).authorization().estimate_version(), 1);
  EXPECT_EQ(ticket.ticket().jobs(1).authorization().estimate_version(), 2);
}

TEST(Difference, NamesWhatWasAddedAndWhatIsGone) {
  TestedTicket ticket = EstimatedTicket();
  const v1::EstimateVersion first = Present(ticket);
  ticket.Do(TestAddJob(2)).Do(TestAddPart(2, 3, 2500)).Do(TestDecline(1));
  const v1::EstimateVersion second = Present(ticket);
  const v1::EstimateDifference difference =
      Difference(VersionSide(first), VersionSide(second), ticket.ticket());
  ASSERT_EQ(difference.jobs_size(), 2);
  EXPECT_EQ(difference.jobs(0).job_id(), TestJob(2));
  EXPECT_EQ(difference.jobs(0).change(), v1::EstimateDifference::CHANGE_ADDED);
  EXPECT_EQ(difference.jobs(1).job_id(), TestJob(1));
  EXPECT_EQ(difference.jobs(1).change(), v1::EstimateDifference::CHANGE_REMOVED);
  EXPECT_EQ(difference.jobs(1).after_including_tax_minor(), 0);
}

// Handbook 2.4: everything the law asks for is in the record.
TEST(AuthorizeJob, RecordSaysWhoWhatWhenHowAndOnWhichPage) {
  TestedTicket ticket = EstimatedTicket();
  const v1::EstimateVersion shown = Present(ticket);
  ticket.Do(TestAuthorize(1));
  const v1::Authorization& record = ticket.ticket().jobs(0).authorization();
  EXPECT_EQ(record.decision(), v1::CONSENT_DECISION_APPROVE);
  EXPECT_EQ(record.estimate_version(), 1);
  EXPECT_EQ(record.estimate_sha256(), shown.sha256());
  EXPECT_EQ(record.amount_excluding_tax_minor(), shown.jobs(0).amount_excluding_tax_minor());
  EXPECT_EQ(record.amount_including_tax_minor(), shown.jobs(0).amount_including_tax_minor());
  EXPECT_EQ(record.person_ref(), kTestCustomer);
  EXPECT_EQ(record.channel(), v1::AUTHORIZATION_CHANNEL_PHONE);
  EXPECT_EQ(record.contact_ref(), "phone-1");
  EXPECT_EQ(record.taken_by(), "advisor-2");
  EXPECT_EQ(record.evidence_id(), "call-note-118");
  EXPECT_TRUE(record.has_decided_at());
}

TEST(AuthorizeJob, WhoWasNotThereWasReachedSomewhere) {
  AuthorizeJob command = TestAuthorize(1);
  command.clear_contact_ref();
  EXPECT_EQ(Reason(EstimatedTicket().Try(command)), "AUTHORIZATION_INCOMPLETE");
  command.set_channel(v1::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
  EXPECT_EQ(Reason(EstimatedTicket().Try(command)), "");
}

TEST(AuthorizeJob, RefusalsNameTheirPageToo) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestPresent()).Do(TestDefer(1));
  EXPECT_EQ(ticket.ticket().jobs(0).authorization().decision(), v1::CONSENT_DECISION_DEFER);
  EXPECT_EQ(ticket.ticket().jobs(0).authorization().estimate_version(), 1);
  ticket.Do(TestDecline(1));
  EXPECT_EQ(ticket.ticket().jobs(0).authorization().decision(), v1::CONSENT_DECISION_DECLINE);
}

TEST(AuthorizeJob, NotesTechniciansAndLowerPricesLeaveThePageAsItIs) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestPresent());
  AddNoteLine note;
  note.set_ticket_id(kTestTicket);
  note.set_job_id(TestJob(1));
  note.set_line_id(TestLine(3));
  note.set_description("The customer waits");
  DiscountLine discount;
  discount.set_ticket_id(kTestTicket);
  discount.set_line_id(TestLine(2));
  discount.mutable_discount()->set_amount_minor(500);
  ticket.Do(note).Do(discount);
  EXPECT_EQ(Reason(ticket.Try(TestAuthorize(1))), "");
}

TEST(CancelJob, LowersWhatWasAgreedToByTheJob) {
  TestedTicket ticket(LocationIn("US-OH"));
  ticket.Do(TestOpen(kRepairOrder))
      .Do(TestAddJob(1))
      .Do(TestFee(1, 1, 4000))
      .Do(TestAddJob(2))
      .Do(TestFee(2, 2, 1000))
      .Do(TestAuthorize(1))
      .Do(TestAuthorize(2));
  EXPECT_EQ(ticket.ticket().agreed_including_tax_minor(), 5000);
  // What was added since does not slip in.
  ticket.Do(TestFee(1, 3, 700)).Do(TestFee(0, 4, 300)).Do(TestCancelJob(2));
  EXPECT_EQ(ticket.ticket().agreed_including_tax_minor(), 4000);
  EXPECT_FALSE(FindLine(ticket.ticket(), TestLine(2)).line->has_amounts());
  ticket.Do(TestCancelJob(1));
  EXPECT_EQ(ticket.ticket().agreed_including_tax_minor(), 0);
  EXPECT_EQ(ticket.ticket().production(), v1::JOB_STATUS_CANCELLED);
}

TEST(CancelJob, RestIsInvoicedWithoutIt) {
  TestedTicket ticket = CompletedTicket();
  ticket.Do(TestAddJob(2)).Do(TestAddPart(2, 3, 2500)).Do(TestAuthorize(2));
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "WORK_UNFINISHED");
  ticket.Do(TestCancelJob(2)).Do(TestInvoice());
  EXPECT_EQ(ticket.ticket().totals().total_minor(),
            InvoicedTicket().ticket().totals().total_minor());
}

TEST(ExpireEstimate, EndsWhatNobodyAgreedTo) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestPresent()).Wait(31).Do(TestExpireEstimate());
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED_UNSOLD);
  EXPECT_EQ(ticket.last_events()[0].estimate_expired().estimate_version(), 1);
}

TEST(ExpireEstimate, MoneyIsReturnedFirst) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestPresent()).Wait(31).Do(ReceiveMoney{"pay_1", 100, "USD"});
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_DEPOSIT_HELD);
  EXPECT_EQ(Reason(ticket.Try(TestExpireEstimate())), "MONEY_WAS_RECEIVED");
  EXPECT_EQ(Reason(ticket.Try(TestCancelEstimate())), "MONEY_WAS_RECEIVED");
}

OpenFromQuote Order(const TestedTicket& quote, v1::TicketKind kind) {
  OpenFromQuote order;
  order.request = TestConvert(kind).request;
  if (kind == kRepairOrder) order.request.set_vehicle_id(kTestVehicle);
  order.quote = quote.ticket();
  order.number = "RO-00018";
  order.job_ids = {TestJob(11), TestJob(12)};
  for (int line = 11; line < 21; ++line) order.line_ids.push_back(TestLine(line));
  return order;
}

TEST(ConvertQuote, OrderGoesOnWithJobsAndPricesUnderNewIds) {
  TestedTicket quote = EstimatedTicket(v1::TICKET_KIND_QUOTE);
  quote.Do(TestAddPart(1, 3, 29531, 1000, 4500)).Do(TestAddJob(2)).Do(TestAddPart(2, 4, 100));
  quote.Do(TestDecline(2));
  TestedTicket ticket;
  ticket.Do(Order(quote, kRepairOrder));
  EXPECT_EQ(ticket.ticket().kind(), kRepairOrder);
  EXPECT_EQ(ticket.ticket().links(0).relation(), v1::TicketLink::RELATION_FROM_QUOTE);
  EXPECT_EQ(ticket.ticket().totals().total_minor(), quote.ticket().totals().total_minor());
  ASSERT_EQ(ticket.ticket().jobs_size(), 1);  // without the declined one
  EXPECT_EQ(ticket.ticket().jobs(0).status(), v1::JOB_STATUS_PROPOSED);
  // The core still belongs to its part.
  const v1::Line& core = ticket.ticket().jobs(0).lines(2);
  EXPECT_EQ(core.kind(), v1::LINE_KIND_CORE);
  EXPECT_EQ(core.for_line_id(), ticket.ticket().jobs(0).lines(1).line_id());

  quote.Do(TestConvert(kRepairOrder));
  EXPECT_EQ(quote.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(quote.ticket().settlement(), v1::SETTLEMENT_UNPAID);
  EXPECT_EQ(quote.ticket().links(0).relation(), v1::TicketLink::RELATION_BECAME);
}

TEST(ConvertQuote, WhatDoesNotFitIsRefused) {
  TestedTicket quote = EstimatedTicket(v1::TICKET_KIND_QUOTE);
  OpenFromQuote no_vehicle = Order(quote, kRepairOrder);
  no_vehicle.request.clear_vehicle_id();
  EXPECT_EQ(Reason(TestedTicket().Try(no_vehicle)), "VEHICLE_REQUIRED");
  EXPECT_EQ(Reason(EstimatedTicket().Try(Order(quote, kRepairOrder))), "TICKET_EXISTS");
  OpenFromQuote erased = Order(quote, kRepairOrder);
  erased.customer.set_erased(true);
  EXPECT_EQ(Reason(TestedTicket().Try(erased)), "CUSTOMER_ERASED");
  quote.Do(TestLabour(1, 1, 100));
  EXPECT_EQ(Reason(TestedTicket().Try(Order(quote, v1::TICKET_KIND_COUNTER_SALE))),
            "COUNTER_SALE_HAS_NO_WORK");
  quote.Do(TestPresent()).Wait(31);
  EXPECT_EQ(Reason(quote.Try(TestConvert(kRepairOrder))), "ESTIMATE_EXPIRED");
}

TEST(FollowTicket, BothDocumentsNameEachOther) {
  TestedTicket old = ClosedTicket();
  old.Do(FollowTicket{kTestTicket, "tkt_01JGGZV1C0AFR000000000000D"});
  EXPECT_EQ(old.ticket().links(0).relation(), v1::TicketLink::RELATION_FOLLOWED_BY);
  EXPECT_EQ(old.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
  TestedTicket ticket;
  OpenTicket open = TestOpen(kRepairOrder);
  open.request.set_follows_ticket_id("tkt_01JGGZV1C0AFR000000000000D");
  ticket.Do(open);
  EXPECT_EQ(ticket.ticket().links(0).relation(), v1::TicketLink::RELATION_FOLLOWS);
}

}  // namespace
}  // namespace pitlane::ticket
