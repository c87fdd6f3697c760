// Whatever the rules, payers and certificates: everything adds up, and old tickets are as they
// were.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "services/ticket/domain/payer.h"
#include "services/ticket/domain/testing_taxes.h"

namespace pitlane::ticket {
namespace {

v1::TaxJurisdiction AnyPlace(const std::string& code) {
  v1::TaxJurisdiction place = Place(code, *rc::gen::inRange<int64_t>(0, 300000));
  v1::TaxRule& rule = *place.mutable_rules(0);
  rule.set_compound(*rc::gen::arbitrary<bool>());
  if (*rc::gen::inRange(0, 4) == 0) {
    rule.set_max_per_item_minor(*rc::gen::inRange<int64_t>(0, 500));
  }
  if (*rc::gen::inRange(0, 4) == 0) {
    rule.set_max_per_ticket_minor(*rc::gen::inRange<int64_t>(0, 2000));
  }
  const int pattern = *rc::gen::inRange<int>(0, 4);
  if (pattern > 0) {
    place.add_labour()->set_pattern(static_cast<v1::LabourTaxPattern>(pattern));
  }
  const int core = *rc::gen::inRange<int>(0, 5);
  if (core > 0) place.add_cores()->set_pattern(static_cast<v1::CoreTaxPattern>(core));
  if (*rc::gen::arbitrary<bool>()) place.add_lump_sums()->set_max_parts_ppm(300000);
  if (*rc::gen::arbitrary<bool>()) {
    place.add_payer_exemptions()->set_payer(v1::PAYER_KIND_WARRANTY);
  }
  return place;
}

TaxCase AnySetup() {
  TaxCase setup = Exempt(*rc::gen::arbitrary<bool>() ? "jurisdiction: 'US-CA/x' scope: 2"
                                                     : "jurisdiction: 'US-NV' scope: 1");
  setup.places = {AnyPlace("US-CA"), AnyPlace("US-CA/x")};
  setup.location.set_prices_include_tax(*rc::gen::arbitrary<bool>());
  setup.location.set_tax_rounding(*rc::gen::arbitrary<bool>() ? v1::TAX_ROUNDING_LINE
                                                              : v1::TAX_ROUNDING_DOCUMENT);
  return setup;
}

PayerShares AnyShares() {
  PayerShares shares;
  if (*rc::gen::arbitrary<bool>()) return shares;
  v1::PayerShare& warranty = *shares.Add();
  warranty.mutable_payer()->set_kind(v1::PAYER_KIND_WARRANTY);
  if (*rc::gen::arbitrary<bool>()) {
    warranty.set_rate_ppm(*rc::gen::inRange<int64_t>(0, 1000001));
  } else {
    warranty.set_amount_minor(*rc::gen::inRange<int64_t>(0, 30000));
  }
  v1::PayerShare& fleet = *shares.Add();
  fleet.mutable_payer()->set_kind(v1::PAYER_KIND_THIRD_PARTY);
  fleet.set_rate_ppm(*rc::gen::inRange<int64_t>(0, 1000001));
  v1::PayerShare& customer = *shares.Add();
  customer.mutable_payer()->set_kind(v1::PAYER_KIND_CUSTOMER);
  customer.set_rest(true);
  return shares;
}

v1::Line AnyLine(int id) {
  const int64_t price = *rc::gen::inRange<int64_t>(0, 20000);
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return Labour(id, price);
    case 1:
      return Core(id, id - 1, price);
    default:
      return Part(id, price, *rc::gen::inRange<int64_t>(1, 5000));
  }
}

v1::Ticket AnyTicket() {
  v1::Ticket ticket = TicketOf({});
  ticket.clear_jobs();
  int id = 0;
  const int jobs = *rc::gen::inRange(0, 4);
  for (int j = 0; j < jobs; ++j) {
    v1::Job& job = *ticket.add_jobs();
    job.set_job_id(TestJob(j));
    job.set_status(v1::JOB_STATUS_COMPLETE);
    job.set_lump_sum(*rc::gen::arbitrary<bool>());
    *job.mutable_payers() = AnyShares();
    const int lines = *rc::gen::inRange(0, 5);
    for (int i = 0; i < lines; ++i) *job.add_lines() = AnyLine(++id);
  }
  *ticket.mutable_payers() = AnyShares();
  v1::Line& fee = *ticket.add_lines();
  fee = Priced(++id, v1::LINE_KIND_FEE, v1::TAX_CATEGORY_PART, 0);
  fee.set_fixed_extension_minor(*rc::gen::inRange<int64_t>(0, 3000));
  ticket.mutable_discount()->set_rate_ppm(*rc::gen::inRange<int64_t>(0, 300000));
  v1::Discount& coupon = *ticket.add_coupons();
  coupon.set_amount_minor(*rc::gen::inRange<int64_t>(0, 3000));
  coupon.set_scope(*rc::gen::arbitrary<bool>() ? v1::DISCOUNT_SCOPE_LABOUR
                                               : v1::DISCOUNT_SCOPE_PARTS);
  return ticket;
}

int64_t SumOf(const google::protobuf::RepeatedPtrField<v1::TaxAmount>& taxes) {
  int64_t sum = 0;
  for (const v1::TaxAmount& tax : taxes) sum += tax.tax_minor();
  return sum;
}

RC_GTEST_PROP(TaxProperty, LinesTicketTaxesAndPayersAddUp, ()) {
  v1::Ticket ticket = AnyTicket();
  const TaxCase setup = AnySetup();
  const v1::Calculation calculation = Calculated(ticket, setup);
  int64_t net = 0;
  int64_t tax = 0;
  for (const auto& [id, amounts] : calculation.lines()) {
    net += amounts.net_minor();
    tax += amounts.tax_minor();
    RC_ASSERT(SumOf(amounts.taxes()) == amounts.tax_minor());
    const int64_t price =
        amounts.gross_minor() - amounts.line_discount_minor() - amounts.ticket_discount_minor();
    RC_ASSERT(price ==
              amounts.net_minor() + (setup.location.prices_include_tax()
                                         ? amounts.tax_minor() + amounts.tax_taken_off_minor()
                                         : 0));
    RC_ASSERT(amounts.net_minor() >= 0);
    if (amounts.payers().empty()) continue;
    int64_t paid_net = 0;
    int64_t paid_tax = 0;
    for (const v1::PayerAmounts& part : amounts.payers()) {
      paid_net += part.net_minor();
      paid_tax += part.tax_minor();
      RC_ASSERT(SumOf(part.taxes()) == part.tax_minor());
      RC_ASSERT(part.net_minor() >= 0);
    }
    RC_ASSERT(paid_net == amounts.net_minor());
    RC_ASSERT(paid_tax == amounts.tax_minor());
  }
  const v1::Totals& totals = calculation.totals();
  RC_ASSERT(totals.tax_minor() == tax);
  RC_ASSERT(totals.total_minor() == net + tax);
  RC_ASSERT(SumOf(totals.taxes()) == tax);

  // The invoices of all payers are the ticket.
  ApplyCalculation(calculation, ticket);
  const size_t payers = InvoicedPayers(ticket).size();
  AddInvoices(std::vector<std::string>(payers, "INV"), false, ticket);
  int64_t invoiced = 0;
  int64_t owed = 0;
  for (const v1::PayerInvoice& invoice : ticket.invoices()) {
    invoiced += invoice.total_minor();
    RC_ASSERT(SumOf(invoice.taxes()) == invoice.tax_minor());
    if (invoice.payer().kind() == v1::PAYER_KIND_CUSTOMER) owed += invoice.total_minor();
  }
  if (ticket.invoices().empty()) {
    RC_ASSERT(CustomerOwes(ticket) == totals.total_minor());
  } else {
    RC_ASSERT(invoiced == totals.total_minor());
    RC_ASSERT(CustomerOwes(ticket) == owed);
  }
}

// A jurisdiction with the location's own rules gives what the location alone gave before there were
// jurisdictions, and nothing else is in the result.
RC_GTEST_PROP(TaxProperty, TicketWithoutJurisdictionsIsCalculatedAsEver, ()) {
  v1::Ticket ticket = AnyTicket();
  ticket.clear_payers();
  for (v1::Job& job : *ticket.mutable_jobs()) job.clear_payers();
  TaxCase own{.location = TestLocation()};
  own.location.set_tax_rounding(*rc::gen::arbitrary<bool>() ? v1::TAX_ROUNDING_LINE
                                                            : v1::TAX_ROUNDING_DOCUMENT);
  TaxCase place = own;
  place.places.emplace_back();
  *place.places[0].mutable_rules() = own.location.tax_rules();
  const v1::Calculation alone = Calculated(ticket, own);
  RC_ASSERT(alone.DebugString() == Calculated(ticket, place).DebugString());
  for (const auto& [id, amounts] : alone.lines()) {
    RC_ASSERT(amounts.exemptions().empty());
    RC_ASSERT(amounts.payers().empty());
    RC_ASSERT(amounts.core_tax() == v1::CORE_TAX_PATTERN_UNSPECIFIED);
    RC_ASSERT(amounts.tax_taken_off_minor() == 0);
    for (const v1::TaxAmount& tax : amounts.taxes()) {
      RC_ASSERT(tax.jurisdiction().empty() && tax.liability_account().empty());
    }
  }
}

}  // namespace
}  // namespace pitlane::ticket
