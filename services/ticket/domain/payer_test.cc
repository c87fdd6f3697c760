#include "services/ticket/domain/payer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {
namespace {

using ::testing::ElementsAre;

PayerShares Shares(const std::string& text) {
  v1::Job job;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &job)) << text;
  return job.payers();
}

constexpr char kWarranty[] = "payer { kind: PAYER_KIND_WARRANTY payer_ref: 'acme' } ";
constexpr char kFleet[] =
    "payer { kind: PAYER_KIND_THIRD_PARTY payer_ref: 'fleet-7' po_number: 'PO-771' } ";
constexpr char kCustomer[] = "payer { kind: PAYER_KIND_CUSTOMER } ";

std::string Share(const std::string& payer, const std::string& share) {
  return absl::StrCat("payers { ", payer, share, " } ");
}

TEST(SplitLines, AmountsComeFirstThenRatesThenTheRest) {
  const PayerShares shares =
      Shares(Share(kCustomer, "rest: true") + Share(kWarranty, "rate_ppm: 500000") +
             Share(kFleet, "amount_minor: 100"));
  ASSERT_OK_AND_ASSIGN(const auto parts, SplitLines(shares, {700, 300}));
  EXPECT_THAT(parts[0], ElementsAre(280, 350, 70));
  EXPECT_THAT(parts[1], ElementsAre(120, 150, 30));
}

TEST(SplitLines, EveryLineAndEveryPayerAddUpExactly) {
  const PayerShares shares =
      Shares(Share(kWarranty, "rate_ppm: 333333") + Share(kFleet, "rate_ppm: 333333") +
             Share(kCustomer, "rate_ppm: 333334"));
  ASSERT_OK_AND_ASSIGN(const auto parts, SplitLines(shares, {1, 1, 98}));
  int64_t of_payer[3] = {};
  const int64_t lines[] = {1, 1, 98};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(parts[i][0] + parts[i][1] + parts[i][2], lines[i]);
    for (size_t p = 0; p < 3; ++p) of_payer[p] += parts[i][p];
  }
  EXPECT_THAT(of_payer, ElementsAre(33, 33, 34));
}

TEST(SplitLines, NobodyPaysMoreThanThereIs) {
  const PayerShares shares =
      Shares(Share(kWarranty, "amount_minor: 500") + Share(kCustomer, "rest: true"));
  ASSERT_OK_AND_ASSIGN(const auto parts, SplitLines(shares, {200, 100}));
  EXPECT_THAT(parts[0], ElementsAre(200, 0));
  EXPECT_THAT(parts[1], ElementsAre(100, 0));
  EXPECT_TRUE(ExceedsAmount(shares, 499));
  EXPECT_FALSE(ExceedsAmount(shares, 500));
}

TEST(SplitLines, LineThatTakesSomethingOffIsSharedToo) {
  const PayerShares shares =
      Shares(Share(kWarranty, "rate_ppm: 500000") + Share(kCustomer, "rest: true"));
  ASSERT_OK_AND_ASSIGN(const auto parts, SplitLines(shares, {1000, -200}));
  EXPECT_THAT(parts[0], ElementsAre(500, 500));
  EXPECT_THAT(parts[1], ElementsAre(-100, -100));
}

SplitJob Splitting(const std::string& shares, int job = 1) {
  SplitJob command;
  command.request.set_ticket_id(kTestTicket);
  if (job != 0) command.request.set_job_id(TestJob(job));
  *command.request.mutable_payers() = Shares(shares);
  return command;
}

InvoiceTicket Invoicing(std::vector<std::string> others, bool on_account = false) {
  InvoiceTicket command = TestInvoice();
  command.other_numbers = std::move(others);
  command.request.set_others_on_account(on_account);
  return command;
}

PutOnAccount OnAccount(const std::string& number) {
  PutOnAccount command;
  command.set_ticket_id(kTestTicket);
  command.set_invoice_number(number);
  return command;
}

// Labour 145.00 and a part 100.00 in job 1, supplies and hazardous waste of the ticket's own.
TestedTicket SplitTicket() {
  TestedTicket ticket = CompletedTicket();
  ticket.Do(Splitting(Share(kFleet, "rate_ppm: 600000") + Share(kCustomer, "rest: true")));
  return ticket;
}

TEST(Payers, FleetJobWithTwoPayersAndAPoNumberIsTwoInvoices) {
  TestedTicket ticket = SplitTicket();
  ticket.Do(Invoicing({"INV-00010"}));
  const v1::Ticket& invoiced = ticket.ticket();
  ASSERT_EQ(invoiced.invoices_size(), 2);
  EXPECT_EQ(invoiced.invoice_number(), "INV-00009");
  const v1::PayerInvoice& customer = invoiced.invoices(0);
  const v1::PayerInvoice& fleet = invoiced.invoices(1);
  EXPECT_EQ(customer.invoice_number(), "INV-00009");
  EXPECT_EQ(fleet.invoice_number(), "INV-00010");
  EXPECT_EQ(fleet.payer().po_number(), "PO-771");
  EXPECT_EQ(fleet.net_minor(), 14700);
  EXPECT_EQ(fleet.total_minor() + customer.total_minor(), invoiced.totals().total_minor());
  EXPECT_EQ(invoiced.customer_total_minor(), customer.total_minor());
  EXPECT_EQ(invoiced.settlement(), v1::SETTLEMENT_UNPAID);
}

TEST(Payers, TicketClosesOnceTheCustomerPaidAndTheOthersAreOnAccount) {
  TestedTicket ticket = SplitTicket();
  ticket.Do(Invoicing({"INV-00010"}));
  ticket.Do(ReceiveMoney{"pay_1", ticket.ticket().customer_total_minor(), "USD"});
  EXPECT_EQ(ticket.last_events().back().money_received().balance_minor(), 0);
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_INVOICED);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_PARTIAL);
  ticket.Do(OnAccount("INV-00010"));
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_ON_ACCOUNT);
  ticket.Do(OnAccount("INV-00010"));
  EXPECT_TRUE(ticket.last_events().empty());
}

TEST(Payers, OthersCanBePutOnAccountWithTheInvoice) {
  TestedTicket ticket = SplitTicket();
  ticket.Do(Invoicing({"INV-00010"}, true));
  EXPECT_FALSE(ticket.ticket().invoices(0).on_account());
  EXPECT_TRUE(ticket.ticket().invoices(1).on_account());
  ticket.Do(ReceiveMoney{"pay_1", ticket.ticket().customer_total_minor(), "USD"});
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
}

TEST(Payers, WarrantyComebackCostsTheCustomerNothingAndClosesAtOnce) {
  TestedTicket ticket = CompletedTicket();
  const std::string warranty = Share(kWarranty, "rest: true");
  ticket.Do(Splitting(warranty)).Do(Splitting(warranty, 0)).Do(Invoicing({}, true));
  EXPECT_EQ(ticket.ticket().invoice_number(), "INV-00009");
  ASSERT_EQ(ticket.ticket().invoices_size(), 1);
  EXPECT_EQ(ticket.ticket().customer_total_minor(), 0);
  EXPECT_EQ(ticket.ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(ticket.ticket().settlement(), v1::SETTLEMENT_ON_ACCOUNT);
}

TEST(Payers, WithoutASplitThereIsOneInvoiceAsEver) {
  const TestedTicket ticket = InvoicedTicket();
  EXPECT_EQ(ticket.ticket().invoices_size(), 0);
  EXPECT_FALSE(ticket.ticket().has_customer_total_minor());
}

TEST(Payers, SplitIsTakenBackByAnEmptyOne) {
  TestedTicket ticket = SplitTicket();
  ticket.Do(Splitting(""));
  EXPECT_EQ(ticket.ticket().jobs(0).payers_size(), 0);
  ticket.Do(Splitting(""));
  EXPECT_TRUE(ticket.last_events().empty());
}

TEST(Payers, PayerThatIsACustomerHasToBeKnown) {
  SplitJob command =
      Splitting(Share("payer { kind: PAYER_KIND_THIRD_PARTY payer_ref: 'cus_1' } ", "rest: true"));
  command.customers.emplace_back();
  EXPECT_TRUE(rpc::HasReason(CompletedTicket().Try(command).status(), v1::CUSTOMER_UNKNOWN));
  command.customers[0].set_customer_id("cus_1");
  command.customers[0].set_erased(true);
  EXPECT_TRUE(rpc::HasReason(CompletedTicket().Try(command).status(), v1::CUSTOMER_ERASED));
}

TEST(Payers, NothingIsPutOnAccountBeforeThereIsAnInvoice) {
  EXPECT_TRUE(rpc::HasReason(SplitTicket().Try(OnAccount("INV-00010")).status(), v1::NOT_INVOICED));
}

}  // namespace
}  // namespace pitlane::ticket
