#include "services/reporting/domain/ticket_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/reporting/domain/event_examples.h"

namespace pitlane::reporting {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

ticket::v1::Ticket SmallTicket() {
  ticket::v1::Ticket ticket;
  ticket.set_ticket_id("tkt_1");
  ticket.set_location_id("loc_1");
  ticket.set_business_date("2026-04-02");
  ticket.set_currency("USD");
  ticket.mutable_totals()->set_total_minor(1500);
  ticket::v1::Job& job = *ticket.add_jobs();
  job.set_technician("tech");
  ticket::v1::Line& labour = *job.add_lines();
  labour.set_line_id("lin_1");
  labour.set_kind(ticket::v1::LINE_KIND_LABOUR);
  labour.set_hours_centi(50);
  labour.mutable_amounts()->set_net_minor(1000);
  ticket::v1::Line& part = *job.add_lines();
  part.set_line_id("lin_2");
  part.set_kind(ticket::v1::LINE_KIND_PART);
  part.set_quantity_milli(2000);
  part.mutable_amounts()->set_net_minor(450);
  part.mutable_amounts()->set_tax_minor(50);
  part.mutable_amounts()->set_line_discount_minor(7);
  part.mutable_amounts()->set_ticket_discount_minor(3);
  job.add_lines()->set_kind(ticket::v1::LINE_KIND_NOTE);
  ticket::v1::Line& fee = *ticket.add_lines();
  fee.set_line_id("lin_3");
  fee.set_kind(ticket::v1::LINE_KIND_FEE);
  return ticket;
}

v1::TicketFactsState After(const std::vector<v1::ReportingEvent>& events) {
  v1::TicketFactsState state;
  for (const v1::ReportingEvent& event : events) TicketFacts::Apply(state, event);
  return state;
}

TEST(RecordSale, TicketThenEveryLineButNotesBecomesAFigure) {
  const ticket::v1::Ticket ticket = SmallTicket();
  const auto events = Decide(v1::TicketFactsState(), RecordSale{ticket});
  ASSERT_THAT(events, SizeIs(1));
  const v1::SaleRecorded& sale = events.front().sale_recorded();
  ASSERT_EQ(sale.lines_size(), 3);
  EXPECT_EQ(sale.lines(0).category(), "labour");
  EXPECT_EQ(sale.lines(0).technician(), "tech") << "whoever did the job";
  EXPECT_EQ(sale.lines(1).category(), "parts") << "a part without a category of its own";
  EXPECT_EQ(sale.lines(1).discount_minor(), 10) << "line discount and share of the ticket's";
  EXPECT_EQ(sale.lines(2).category(), "fees");
  EXPECT_EQ(sale.totals().total_minor(), 1500);
  const v1::TicketFactsState state = After(events);
  EXPECT_EQ(state.sold_milli(), 2000) << "parts only";
  EXPECT_EQ(state.sales(), 1);
}

TEST(RecordSale, SameTicketAgainThenNothing) {
  const ticket::v1::Ticket ticket = SmallTicket();
  const v1::TicketFactsState state = After(Decide(v1::TicketFactsState(), RecordSale{ticket}));
  EXPECT_THAT(Decide(state, RecordSale{ticket}), IsEmpty());
}

TEST(RecordTender, SamePaymentAgainThenNothing) {
  payment::v1::PaymentCaptured captured;
  captured.set_payment_id("pay_1");
  captured.set_applied_minor(1500);
  captured.set_captured_minor(1495);
  captured.set_rounding_minor(5);
  const auto events = Decide(v1::TicketFactsState(), RecordTender{captured, "2026-04-02"});
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events.front().tender_recorded().business_date(), "2026-04-02");
  EXPECT_EQ(events.front().tender_recorded().rounding_minor(), 5);
  const v1::TicketFactsState state = After(events);
  EXPECT_EQ(state.applied_minor(), 1500);
  EXPECT_THAT(Decide(state, RecordTender{captured, "2026-04-02"}), IsEmpty());
}

TEST(RecordRefund, SameRefundAgainThenNothing) {
  payment::v1::PaymentRefunded refunded;
  refunded.set_payment_id("pay_1");
  refunded.set_refund_id("rfd_1");
  refunded.set_refunded_minor(700);
  const auto events = Decide(v1::TicketFactsState(), RecordRefund{refunded, "2026-04-02"});
  ASSERT_THAT(events, SizeIs(1));
  v1::TicketFactsState state = After(events);
  EXPECT_EQ(state.refunded_minor(), 700);
  EXPECT_THAT(Decide(state, RecordRefund{refunded, "2026-04-02"}), IsEmpty());
  refunded.set_refund_id("rfd_2");
  EXPECT_THAT(Decide(state, RecordRefund{refunded, "2026-04-03"}), SizeIs(1));
}

TEST(RecordPartsIssue, SameLineAgainThenNothing) {
  inventory::v1::StockIssued issued;
  issued.set_line_id("lin_2");
  issued.set_quantity_milli(2000);
  issued.set_cost_e4(1162400);
  const auto events = Decide(v1::TicketFactsState(), RecordPartsIssue{issued, "2026-04-02"});
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events.front().parts_issue_recorded().cost_e4(), 1162400);
  const v1::TicketFactsState state = After(events);
  EXPECT_EQ(state.issued_milli(), 2000);
  EXPECT_THAT(Decide(state, RecordPartsIssue{issued, "2026-04-02"}), IsEmpty());
}

TEST(EventExamples, EveryEventOfTheAreaThenThereIsOneInOrder) {
  const auto examples = EventExamples();
  const auto* oneof = v1::ReportingEvent::descriptor()->oneof_decl(0);
  ASSERT_THAT(examples, SizeIs(oneof->field_count()));
  for (int i = 0; i < oneof->field_count(); ++i) {
    EXPECT_EQ(examples[i].event_case(), oneof->field(i)->number());
    EXPECT_EQ(examples[i].meta().type(), oneof->field(i)->message_type()->full_name());
  }
}

}  // namespace
}  // namespace pitlane::reporting
