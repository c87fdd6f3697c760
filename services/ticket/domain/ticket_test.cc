#include "services/ticket/domain/ticket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/testing_tickets.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<v1::TicketEvent::EventCase> Cases(const Events& events) {
  std::vector<v1::TicketEvent::EventCase> cases;
  for (const v1::TicketEvent& event : events) cases.push_back(event.event_case());
  return cases;
}

std::string Reason(const absl::StatusOr<Events>& events) {
  return events.ok() ? "" : rpc::ErrorReason(events.status());
}

const v1::Line& LineOf(const TestedTicket& ticket, int line) {
  const FoundLine found = FindLine(ticket.ticket(), TestLine(line));
  EXPECT_NE(found.line, nullptr) << line;
  return found.line == nullptr ? v1::Line::default_instance() : *found.line;
}

ChangeLine Change(int line) {
  ChangeLine command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_line_id(TestLine(line));
  return command;
}

RemoveLine Remove(int line) {
  RemoveLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  return command;
}

DiscountLine LineDiscount(int line, int64_t amount_minor, int64_t rate_ppm = 0) {
  DiscountLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  command.mutable_discount()->set_amount_minor(amount_minor);
  command.mutable_discount()->set_rate_ppm(rate_ppm);
  return command;
}

DiscountTicket TicketDiscount(int64_t amount_minor, int64_t rate_ppm = 0) {
  DiscountTicket command;
  command.set_ticket_id(kTestTicket);
  command.mutable_discount()->set_amount_minor(amount_minor);
  command.mutable_discount()->set_rate_ppm(rate_ppm);
  return command;
}

ReceiveMoney Received(int64_t applied_minor, const std::string& payment = "pay_1") {
  return {payment, applied_minor, "USD"};
}

// Handbook 3.6 as it happens in the shop.
TEST(TicketScenario, WorkedTicketT1IsWrittenDoneInvoicedAndPaid) {
  TestedTicket ticket;
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER))
      .Do(TestAddJob(1))
      .Do(TestLabour(1, 1, 180))
      .Do(TestAddPart(1, 2, 8460))
      .Do(TestAddPart(1, 3, 11624, 2000))
      .Do(TestAddJob(2))
      .Do(TestLabour(2, 4, 140))
      .Do(TestAddPart(2, 5, 29531, 1000, 4500))
      .Do(TestAddJob(3))
      .Do(TestAddPart(3, 6, 2499))
      .Do(LineDiscount(1, 0, 100000))
      .Do(TicketDiscount(2000))
      .Do(TestAuthorize(1))
      .Do(TestDecline(3))
      .Do(TestAuthorize(2))
      .Do(TestStart(1))
      .Do(TestComplete(1))
      .Do(TestStart(2))
      .Do(TestComplete(2))
      .Do(TestInvoice());
  const v1::Ticket& invoiced = ticket.ticket();
  EXPECT_EQ(invoiced.stage(), v1::DOCUMENT_STAGE_INVOICED);
  EXPECT_EQ(invoiced.production(), v1::JOB_STATUS_COMPLETE);
  EXPECT_EQ(invoiced.settlement(), v1::SETTLEMENT_UNPAID);
  EXPECT_EQ(invoiced.totals().total_minor(), 117095);
  EXPECT_EQ(invoiced.totals().tax_minor(), 5616);
  EXPECT_EQ(invoiced.agreed_including_tax_minor(), 117095);
  EXPECT_EQ(LineOf(ticket, 2).amounts().tax_minor(), 685);
  EXPECT_EQ(LineOf(ticket, 3).amounts().tax_minor(), 1881);
  EXPECT_EQ(LineOf(ticket, 5).amounts().tax_minor(), 2390);
  EXPECT_EQ(LineOf(ticket, 505).kind(), v1::LINE_KIND_CORE);
  EXPECT_EQ(LineOf(ticket, 505).amounts().tax_minor(), 371);
  EXPECT_EQ(LineOf(ticket, 901).amounts().net_minor(), 3500);
  EXPECT_EQ(LineOf(ticket, 901).amounts().tax_minor(), 289);
  EXPECT_EQ(LineOf(ticket, 902).amounts().net_minor(), 450);
  EXPECT_FALSE(LineOf(ticket, 6).has_amounts());

  // Handbook 5.1: 200.00 and 600.00 leave 370.95.
  ticket.Do(Received(20000, "pay_1")).Do(Received(60000, "pay_2"));
  EXPECT_EQ(ticket.last_events()[0].money_received().balance_minor(), 37095);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_PARTIAL);
  ticket.Do(Received(37095, "pay_3"));
  EXPECT_THAT(Cases(ticket.last_events()),
              ElementsAre(v1::TicketEvent::kMoneyReceived, v1::TicketEvent::kTicketClosed));
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_PAID);
  const v1::Ticket& closed = ticket.last_events()[1].ticket_closed().ticket();
  ASSERT_EQ(closed.jobs_size(), 2);  // without the declined one
  EXPECT_EQ(closed.stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(closed.settlement(), v1::SETTLEMENT_PAID);
  EXPECT_EQ(closed.paid_minor(), 117095);
  EXPECT_EQ(closed.version(), ticket.ticket().version());
  EXPECT_EQ(ticket.ticket().jobs_size(), 3);
}

TEST(OpenTicket, RepairOrderTakesTheLocationsFeesAndHeader) {
  TestedTicket ticket;
  ticket.location().set_cash_increment_minor(5);
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER));
  EXPECT_EQ(ticket.ticket().number(), "RO-00017");
  EXPECT_EQ(ticket.ticket().currency(), "USD");
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_ESTIMATE);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_UNPAID);
  EXPECT_EQ(ticket.ticket().production(), v1::JOB_STATUS_UNSPECIFIED);
  EXPECT_EQ(ticket.ticket().advisor(), "advisor-2");
  EXPECT_EQ(ticket.ticket().cash_increment_minor(), 5);
  EXPECT_EQ(ticket.ticket().version(), 1u);
  ASSERT_EQ(ticket.ticket().lines_size(), 2);
  EXPECT_EQ(LineOf(ticket, 901).description(), "Shop supplies");
  EXPECT_EQ(ticket.ticket().totals().total_minor(), 450);
}

TEST(OpenTicket, CounterSaleTakesNoFees) {
  TestedTicket ticket;
  ticket.Do(TestOpen(v1::TICKET_KIND_COUNTER_SALE));
  EXPECT_EQ(ticket.ticket().lines_size(), 0);
  EXPECT_EQ(ticket.ticket().number(), "CS-00004");
}

TEST(OpenTicket, WalkInHasNoCustomer) {
  OpenTicket command = TestOpen(v1::TICKET_KIND_COUNTER_SALE);
  command.request.clear_customer_id();
  command.customer.Clear();
  TestedTicket ticket;
  ticket.Do(command);
  EXPECT_EQ(ticket.ticket().customer_id(), "");
}

TEST(AddPartLine, EverythingPrintedIsCopiedFromThePriceList) {
  const TestedTicket ticket = EstimatedTicket();
  const v1::Line& line = LineOf(ticket, 2);
  EXPECT_EQ(line.description(), "Brake pads, front");
  EXPECT_EQ(line.part_number(), "D-1210/A");
  EXPECT_EQ(line.brand(), "Ferro");
  EXPECT_EQ(line.category(), "brakes");
  EXPECT_EQ(line.unit(), "ea");
  EXPECT_EQ(line.unit_price_minor(), 10000);
  EXPECT_EQ(line.unit_cost_e4(), 423000);
  EXPECT_EQ(line.price_version(), 3u);
  EXPECT_EQ(line.condition(), v1::PART_CONDITION_NEW_AFTERMARKET);
  EXPECT_EQ(line.amounts().net_minor(), 10000);
}

TEST(AddPartLine, PriceByHandIsKeptWithItsReason) {
  TestedTicket ticket = EstimatedTicket();
  AddPartLine command = TestAddPart(1, 3, 10000);
  command.request.set_unit_price_minor(9000);
  command.request.set_price_reason("matched a quote");
  ticket.Do(command);
  EXPECT_EQ(LineOf(ticket, 3).unit_price_minor(), 9000);
  EXPECT_EQ(LineOf(ticket, 3).price_reason(), "matched a quote");
  EXPECT_EQ(LineOf(ticket, 3).price_version(), 0u);
}

TEST(AddPartLine, CoreLineComesAlongFollowsAndLeaves) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddPart(1, 3, 29531, 2000, 4500));
  EXPECT_THAT(Cases(ticket.last_events()),
              ElementsAre(v1::TicketEvent::kLineAdded, v1::TicketEvent::kLineAdded));
  EXPECT_EQ(LineOf(ticket, 503).for_line_id(), TestLine(3));
  EXPECT_EQ(LineOf(ticket, 503).amounts().net_minor(), 9000);

  ChangeLine change = Change(3);
  change.request.set_quantity_milli(1000);
  ticket.Do(change);
  EXPECT_EQ(LineOf(ticket, 503).quantity_milli(), 1000);
  EXPECT_EQ(LineOf(ticket, 503).amounts().net_minor(), 4500);

  ticket.Do(Remove(3));
  ASSERT_EQ(ticket.last_events().size(), 2u);
  EXPECT_EQ(ticket.last_events()[0].line_removed().part_id(), kTestPart);
  EXPECT_EQ(ticket.last_events()[1].line_removed().part_id(), "");
  EXPECT_EQ(FindLine(ticket.ticket(), TestLine(3)).line, nullptr);
  EXPECT_EQ(FindLine(ticket.ticket(), TestLine(503)).line, nullptr);
}

TEST(AddLabourLine, RateOfTheRequestGoesBeforeTheLocations) {
  TestedTicket ticket = EstimatedTicket();
  AddLabourLine command = TestLabour(1, 3, 50);
  command.set_labour_type(v1::LABOUR_TYPE_BODY);
  command.set_rate_minor(9001);
  ticket.Do(command);
  EXPECT_EQ(LineOf(ticket, 3).amounts().gross_minor(), 4501);  // 45.005, away from zero
  EXPECT_EQ(LineOf(ticket, 1).labour_type(), v1::LABOUR_TYPE_MECHANICAL);
}

TEST(ChangeLine, NothingChangedIsNoEvent) {
  TestedTicket ticket = EstimatedTicket();
  ChangeLine command = Change(2);
  command.request.set_quantity_milli(1000);
  ticket.Do(command);
  EXPECT_THAT(ticket.last_events(), IsEmpty());
}

TEST(ChangeLine, FeeThatBecomesAShareIsTakenOnce) {
  TestedTicket ticket = EstimatedTicket();
  AddFeeLine fee = TestFee(0, 3, 100);
  fee.set_quantity_milli(5000);
  ticket.Do(fee);
  EXPECT_EQ(LineOf(ticket, 3).amounts().gross_minor(), 500);
  ChangeLine command = Change(3);
  command.request.mutable_fee()->set_base(v1::FeeRule::BASE_PARTS);
  command.request.mutable_fee()->set_rate_ppm(100000);
  ticket.Do(command);
  EXPECT_EQ(LineOf(ticket, 3).amounts().gross_minor(), 1000);
  EXPECT_EQ(LineOf(ticket, 3).quantity_milli(), 1000);
}

TEST(Discounts, TheSameAgainIsNoEvent) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(LineDiscount(2, 100)).Do(LineDiscount(2, 100));
  EXPECT_THAT(ticket.last_events(), IsEmpty());
  ticket.Do(TicketDiscount(100)).Do(TicketDiscount(100));
  EXPECT_THAT(ticket.last_events(), IsEmpty());
  EXPECT_EQ(ticket.ticket().totals().discount_minor(), 200);
}

TEST(AuthorizeJob, RecordAndDemandAreComplete) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddPart(1, 3, 500, 4000));
  AuthorizeJob command = TestAuthorize(1);
  command.mutable_decided_at()->set_seconds(1768400000);
  ticket.Do(command);
  const v1::JobAuthorized& event = ticket.last_events()[0].job_authorized();
  ASSERT_EQ(event.parts_size(), 2);
  EXPECT_EQ(event.parts(1).line_id(), TestLine(3));
  EXPECT_EQ(event.parts(1).part_id(), kTestPart);
  EXPECT_EQ(event.parts(1).quantity_milli(), 4000);
  const v1::Authorization& record = ticket.ticket().jobs(0).authorization();
  EXPECT_EQ(record.amount_excluding_tax_minor(), 14500 + 10000 + 2000);
  EXPECT_EQ(record.amount_including_tax_minor(), 14500 + 10000 + 2000 + 990);
  EXPECT_EQ(record.person_ref(), kTestCustomer);
  EXPECT_EQ(record.channel(), v1::AUTHORIZATION_CHANNEL_PHONE);
  EXPECT_EQ(record.decided_at().seconds(), 1768400000);
  EXPECT_EQ(record.taken_by(), "advisor-2");
  EXPECT_EQ(record.evidence_id(), "call-note-118");
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_WORK_ORDER);
}

TEST(DeferJob, LeavesTheTotalsAndKeepsTheOffer) {
  TestedTicket ticket = EstimatedTicket();
  const int64_t offered = ticket.ticket().totals().total_minor();
  ticket.Do(TestDefer(1));
  EXPECT_GT(offered, ticket.ticket().totals().total_minor());
  EXPECT_EQ(ticket.ticket().totals().total_minor(), 450);
  const v1::Authorization& record = ticket.ticket().jobs(0).authorization();
  EXPECT_EQ(record.amount_excluding_tax_minor(), 24500);
  EXPECT_EQ(record.follow_up_at().seconds(), 1774951200);
  // Asked again, it is still the old offer.
  ticket.Do(TestDecline(1));
  EXPECT_EQ(ticket.ticket().jobs(0).authorization().amount_excluding_tax_minor(), 24500);
  // And it can be taken up after all.
  ticket.Do(TestAuthorize(1));
  EXPECT_EQ(ticket.ticket().totals().total_minor(), offered);
}

TEST(StartJob, LabourWithoutATechnicianBecomesTheirs) {
  TestedTicket ticket = EstimatedTicket();
  AddLabourLine other = TestLabour(1, 3, 50);
  other.set_technician("technician-9");
  ticket.Do(other).Do(TestAuthorize(1)).Do(TestStart(1)).Do(TestLabour(1, 4, 20));
  EXPECT_EQ(ticket.ticket().jobs(0).technician(), "technician-7");
  EXPECT_EQ(LineOf(ticket, 1).technician(), "technician-7");
  EXPECT_EQ(LineOf(ticket, 3).technician(), "technician-9");
  EXPECT_EQ(LineOf(ticket, 4).technician(), "technician-7");
  EXPECT_EQ(LineOf(ticket, 2).technician(), "");
}

TEST(StartJob, WithoutANameItIsTheCaller) {
  TestedTicket ticket = AuthorizedTicket();
  StartJob command = TestStart(1);
  command.clear_technician();
  ticket.Do(command);
  EXPECT_EQ(ticket.ticket().jobs(0).technician(), "advisor-2");
}

TEST(CompleteJob, EmptyCauseKeepsWhatWasFound) {
  TestedTicket ticket;
  AddJob job = TestAddJob(1);
  job.set_cause("Pads worn");
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER)).Do(job).Do(TestAuthorize(1)).Do(TestStart(1));
  ticket.Do(TestComplete(1));
  EXPECT_EQ(ticket.ticket().jobs(0).cause(), "Pads worn");
  EXPECT_EQ(ticket.ticket().jobs(0).correction(), "Replaced pads and rotors");
}

// What the customer has to be asked about again, and what not.
TEST(Consent, ChangesOfAnAuthorisedJobOutdateIt) {
  struct Case {
    const char* name;
    std::function<void(TestedTicket&)> change;
    bool outdates;
  };
  const std::vector<Case> cases = {
      {"a part more", [](TestedTicket& t) { t.Do(TestAddPart(1, 3, 100)); }, true},
      {"labour more", [](TestedTicket& t) { t.Do(TestLabour(1, 3, 10)); }, true},
      {"a fee on the job", [](TestedTicket& t) { t.Do(TestFee(1, 3, 100)); }, true},
      {"a fee on the ticket", [](TestedTicket& t) { t.Do(TestFee(0, 3, 100)); }, false},
      {"a line less", [](TestedTicket& t) { t.Do(Remove(2)); }, true},
      {"another quantity",
       [](TestedTicket& t) {
         ChangeLine change = Change(2);
         change.request.set_quantity_milli(500);
         t.Do(change);
       },
       true},
      {"another technician",
       [](TestedTicket& t) {
         ChangeLine change = Change(1);
         change.request.set_technician("technician-9");
         t.Do(change);
       },
       false},
      {"a discount", [](TestedTicket& t) { t.Do(LineDiscount(2, 500)); }, false},
      {"a discount taken back",
       [](TestedTicket& t) { t.Do(LineDiscount(2, 500)).Do(LineDiscount(2, 100)); }, true},
      {"a note",
       [](TestedTicket& t) {
         AddNoteLine note;
         note.set_ticket_id(kTestTicket);
         note.set_job_id(TestJob(1));
         note.set_line_id(TestLine(3));
         note.set_description("Customer waits");
         t.Do(note).Do(Remove(3));
       },
       false},
  };
  for (const Case& c : cases) {
    TestedTicket ticket = AuthorizedTicket();
    c.change(ticket);
    EXPECT_EQ(ticket.ticket().jobs(0).consent_outdated(), c.outdates) << c.name;
    TestedTicket proposed = EstimatedTicket();
    c.change(proposed);
    EXPECT_FALSE(proposed.ticket().jobs(0).consent_outdated()) << c.name;
  }
}

TEST(Consent, RenewingItReplacesTheDemandAndAllowsTheInvoice) {
  TestedTicket ticket = CompletedTicket();
  ticket.Do(TestAddPart(1, 3, 4000));
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "CONSENT_OUTDATED");
  ticket.Do(TestAuthorize(1));
  EXPECT_EQ(ticket.last_events()[0].job_authorized().parts_size(), 2);
  EXPECT_EQ(ticket.ticket().jobs(0).status(), v1::JOB_STATUS_COMPLETE);
  EXPECT_FALSE(ticket.ticket().jobs(0).consent_outdated());
  ticket.Do(TestInvoice());
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_INVOICED);
}

TEST(Ceiling, LawOfThePlaceLetsASmallChangeThroughWithoutNewConsent) {
  TestedTicket ticket = CompletedTicket();
  // Agreed: 145.00 + 100.00 + 14.70 supplies + 4.50, of which 114.70 taxed: 273.66.
  ASSERT_EQ(ticket.ticket().agreed_including_tax_minor(), 27366);
  ticket.location().mutable_overage()->set_amount_minor(1000);
  ticket.Do(TestAddPart(1, 3, 800));  // 8.00 + 0.48 supplies + tax 0.70
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "");
  ticket.Do(TestAddPart(1, 4, 200));
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "CEILING_EXCEEDED");
  ticket.Do(TestAuthorize(1));
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "");
}

// Consent to one job does not bring in what another was changed by.
TEST(Ceiling, RenewedConsentToOneJobLeavesTheOthersAsAgreed) {
  TestedTicket ticket;
  ticket.location().clear_default_fees();
  ticket.location().clear_tax_rules();
  ticket.location().mutable_overage()->set_amount_minor(1000);
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER))
      .Do(TestAddJob(1))
      .Do(TestAddPart(1, 1, 10000))
      .Do(TestAddJob(2))
      .Do(TestAddPart(2, 2, 20000))
      .Do(TestAuthorize(1))
      .Do(TestAuthorize(2));
  EXPECT_EQ(ticket.ticket().agreed_excluding_tax_minor(), 30000);
  ticket.Do(TestAddPart(1, 3, 5000)).Do(TestAuthorize(2));
  EXPECT_EQ(ticket.ticket().agreed_excluding_tax_minor(), 30000);
  ticket.Do(TestAuthorize(1));
  EXPECT_EQ(ticket.ticket().agreed_excluding_tax_minor(), 35000);
}

TEST(Ceiling, FeeOrLostDiscountAfterTheConsentNeedsANewOne) {
  TestedTicket with_fee = CompletedTicket();
  with_fee.Do(TestFee(0, 3, 1));
  const auto refused = with_fee.Try(TestInvoice());
  EXPECT_EQ(Reason(refused), "CEILING_EXCEEDED");
  EXPECT_EQ(rpc::ErrorMetadata(refused.status())["agreed_minor"], "27366");
  EXPECT_EQ(rpc::ErrorMetadata(refused.status())["ceiling_minor"], "27366");
  EXPECT_EQ(rpc::ErrorMetadata(refused.status())["amount_minor"], "27367");

  TestedTicket lost = EstimatedTicket();
  lost.Do(TicketDiscount(1000)).Do(TestAuthorize(1)).Do(TestStart(1)).Do(TestComplete(1));
  lost.Do(TicketDiscount(0));
  EXPECT_EQ(Reason(lost.Try(TestInvoice())), "CEILING_EXCEEDED");
}

TEST(Ceiling, BeforeTaxATaxThatRoseIsNotTheShopsDoing) {
  TestedTicket ticket = CompletedTicket();
  ticket.location().mutable_tax_rules(0)->set_rate_ppm(100000);
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "CEILING_EXCEEDED");
  ticket.location().mutable_overage()->set_before_tax(true);
  EXPECT_EQ(Reason(ticket.Try(TestInvoice())), "");
}

TEST(InvoiceTicket, OnlyWhatWasAuthorisedIsCharged) {
  TestedTicket ticket = CompletedTicket();
  ticket.Do(TestAddJob(2)).Do(TestAddPart(2, 3, 99900));
  const int64_t estimate = ticket.ticket().totals().total_minor();
  ticket.Do(TestInvoice());
  EXPECT_EQ(ticket.ticket().totals().total_minor(), 27366);
  EXPECT_GT(estimate, 27366);
  EXPECT_EQ(ticket.ticket().jobs_size(), 2);
  EXPECT_FALSE(LineOf(ticket, 3).has_amounts());
  EXPECT_EQ(ticket.ticket().production(), v1::JOB_STATUS_COMPLETE);
  EXPECT_EQ(ticket.ticket().invoice_number(), "INV-00009");
  EXPECT_EQ(ticket.ticket().business_date(), "2026-01-15");
  EXPECT_EQ(ticket.ticket().odometer_out(), 88123);
  EXPECT_EQ(ticket.last_events()[0].ticket_invoiced().ticket().version(),
            ticket.ticket().version());
}

TEST(InvoiceTicket, TaxesAreThoseOfTheDayOfTheInvoice) {
  TestedTicket ticket = CompletedTicket();
  ticket.location().mutable_tax_rules(1)->set_effective_to("2026-01-14");
  ticket.Do(TestInvoice());
  EXPECT_EQ(ticket.ticket().totals().taxes_size(), 1);
}

TEST(InvoiceTicket, NothingToPayClosesAtOnce) {
  TestedTicket ticket;
  ticket.Do(TestOpen(v1::TICKET_KIND_COUNTER_SALE))
      .Do(TestAddJob(1))
      .Do(TestAddPart(1, 1, 0))
      .Do(TestAuthorize(1))
      .Do(TestInvoice());
  EXPECT_THAT(Cases(ticket.last_events()),
              ElementsAre(v1::TicketEvent::kTicketInvoiced, v1::TicketEvent::kTicketClosed));
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_PAID);
}

TEST(InvoiceTicket, MoneyReceivedBeforeCountsTowardsIt) {
  TestedTicket ticket = CompletedTicket();
  ticket.Do(Received(27366)).Do(TestInvoice());
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
}

TEST(Money, EachPaymentAndRefundCountsOnce) {
  TestedTicket ticket = InvoicedTicket();
  ticket.Do(Received(10000)).Do(Received(10000));
  EXPECT_THAT(ticket.last_events(), IsEmpty());
  EXPECT_EQ(ticket.ticket().paid_minor(), 10000);
  ticket.Do(ReturnMoney{"pay_1", "rfd_1", 4000, "USD"})
      .Do(ReturnMoney{"pay_1", "rfd_1", 4000, "USD"});
  EXPECT_THAT(ticket.last_events(), IsEmpty());
  EXPECT_EQ(ticket.ticket().paid_minor(), 6000);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_PARTIAL);
}

TEST(Money, RefundAfterClosingChangesTheSettlementOnly) {
  TestedTicket ticket = ClosedTicket();
  ticket.Do(ReturnMoney{"pay_1", "rfd_1", 366, "USD"});
  EXPECT_EQ(ticket.last_events()[0].money_returned().balance_minor(), 366);
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_PARTIAL);
  ticket.Do(ReturnMoney{"pay_1", "rfd_2", 27000, "USD"});
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_REFUNDED);
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
}

TEST(Money, MoreThanOwedIsOverpaidAndNeverLost) {
  TestedTicket ticket = InvoicedTicket();
  ticket.Do(Received(30000));
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_OVERPAID);
  TestedTicket voided = VoidedTicket();
  voided.Do(Received(100));
  EXPECT_EQ(voided.ticket().paid_minor(), 100);
}

TEST(Money, AnotherCurrencyIsAnError) {
  EXPECT_THAT(InvoicedTicket().Try(ReceiveMoney{"pay_1", 100, "EUR"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(InvoicedTicket().Try(ReturnMoney{"pay_1", "rfd_1", 100, "EUR"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Production, IsTheWorstOpenJobs) {
  v1::Ticket ticket;
  EXPECT_EQ(ProductionOf(ticket), v1::JOB_STATUS_UNSPECIFIED);
  for (const v1::JobStatus status :
       {v1::JOB_STATUS_DECLINED, v1::JOB_STATUS_DEFERRED, v1::JOB_STATUS_COMPLETE,
        v1::JOB_STATUS_PROPOSED, v1::JOB_STATUS_AUTHORIZED, v1::JOB_STATUS_IN_PROGRESS}) {
    ticket.add_jobs()->set_status(status);
    EXPECT_EQ(ProductionOf(ticket), status);
  }
}

}  // namespace
}  // namespace pitlane::ticket
