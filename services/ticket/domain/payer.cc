#include "services/ticket/domain/payer.h"

#include <algorithm>

#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/money/allocation.h"
#include "libs/money/quantity.h"
#include "libs/money/rounding.h"
#include "services/ticket/domain/calculation.h"

namespace pitlane::ticket {
namespace {

bool SamePayer(const v1::Payer& a, const v1::Payer& b) {
  return a.kind() == b.kind() && a.payer_ref() == b.payer_ref() && a.po_number() == b.po_number();
}

// No further from zero than what is left.
int64_t AtMost(int64_t wanted, int64_t left) {
  return left >= 0 ? std::clamp<int64_t>(wanted, 0, left) : std::clamp<int64_t>(wanted, left, 0);
}

// What each share comes to of a job's whole.
absl::StatusOr<std::vector<int64_t>> AmountsOfShares(const PayerShares& shares, int64_t whole) {
  std::vector<int64_t> amounts(static_cast<size_t>(shares.size()));
  std::vector<int64_t> rates;
  int64_t left = whole;
  int rest = -1;
  for (int i = 0; i < shares.size(); ++i) {
    rates.push_back(shares[i].rate_ppm());
    if (shares[i].rest()) rest = i;
    if (!shares[i].has_amount_minor()) continue;
    amounts[static_cast<size_t>(i)] = AtMost(shares[i].amount_minor(), left);
    left -= amounts[static_cast<size_t>(i)];
  }
  if (rest < 0) return Allocate(whole, rates);
  for (int i = 0; i < shares.size(); ++i) {
    if (!shares[i].has_rate_ppm()) continue;
    ASSIGN_OR_RETURN(const int64_t wanted, ApplyPpm(whole, Ppm{shares[i].rate_ppm()}));
    amounts[static_cast<size_t>(i)] = AtMost(wanted, left);
    left -= amounts[static_cast<size_t>(i)];
  }
  amounts[static_cast<size_t>(rest)] = left;
  return amounts;
}

const v1::Payer& Customer() {
  static const auto* const customer = [] {
    auto* payer = new v1::Payer;
    payer->set_kind(v1::PAYER_KIND_CUSTOMER);
    return payer;
  }();
  return *customer;
}

void AddPayer(const v1::Payer& payer, std::vector<v1::Payer>& payers) {
  const bool there = std::any_of(payers.begin(), payers.end(), [&payer](const v1::Payer& other) {
    return SamePayer(payer, other);
  });
  if (!there) payers.push_back(payer);
}

void AddPayers(const PayerShares& shares, std::vector<v1::Payer>& payers) {
  if (shares.empty()) AddPayer(Customer(), payers);
  for (const v1::PayerShare& share : shares) AddPayer(share.payer(), payers);
}

void AddTax(const v1::TaxAmount& tax, v1::PayerInvoice& invoice) {
  for (v1::TaxAmount& sum : *invoice.mutable_taxes()) {
    if (sum.authority() == tax.authority() && sum.rate_ppm() == tax.rate_ppm() &&
        sum.liability_account() == tax.liability_account()) {
      sum.set_base_minor(sum.base_minor() + tax.base_minor());
      sum.set_tax_minor(sum.tax_minor() + tax.tax_minor());
      return;
    }
  }
  *invoice.add_taxes() = tax;
}

// Either a line's or one payer's part of it.
template <class Amounts>
void AddAmounts(const Amounts& amounts, v1::PayerInvoice& invoice) {
  invoice.set_net_minor(invoice.net_minor() + amounts.net_minor());
  invoice.set_tax_minor(invoice.tax_minor() + amounts.tax_minor());
  invoice.set_total_minor(invoice.net_minor() + invoice.tax_minor());
  for (const v1::TaxAmount& tax : amounts.taxes()) AddTax(tax, invoice);
}

v1::PayerInvoice& InvoiceOf(const v1::Payer& payer, v1::Ticket& ticket) {
  for (v1::PayerInvoice& invoice : *ticket.mutable_invoices()) {
    if (SamePayer(invoice.payer(), payer)) return invoice;
  }
  PITLANE_CHECK(false) << "a payer of ticket " << ticket.ticket_id() << " has no invoice";
  return *ticket.mutable_invoices(0);
}

void AddLine(const v1::Line& line, v1::Ticket& ticket) {
  if (!line.has_amounts()) return;
  for (const v1::PayerAmounts& part : line.amounts().payers()) {
    AddAmounts(part, InvoiceOf(part.payer(), ticket));
  }
  if (line.amounts().payers().empty()) AddAmounts(line.amounts(), InvoiceOf(Customer(), ticket));
}

}  // namespace

absl::StatusOr<std::vector<std::vector<int64_t>>> SplitLines(const PayerShares& shares,
                                                             absl::Span<const int64_t> amounts) {
  int64_t whole = 0;
  for (const int64_t amount : amounts) {
    ASSIGN_OR_RETURN(whole, CheckedAdd(whole, amount));
  }
  ASSIGN_OR_RETURN(const std::vector<int64_t> wanted, AmountsOfShares(shares, whole));
  // Who gets the rest, or is the last, takes of each line what the others leave.
  size_t last = wanted.size() - 1;
  for (size_t p = 0; p < wanted.size(); ++p) {
    if (shares[static_cast<int>(p)].rest()) last = p;
  }
  std::vector<int64_t> left(amounts.begin(), amounts.end());
  std::vector<std::vector<int64_t>> parts(amounts.size(), std::vector<int64_t>(wanted.size()));
  for (size_t p = 0; p < wanted.size(); ++p) {
    if (p == last) continue;
    ASSIGN_OR_RETURN(const std::vector<int64_t> taken, Allocate(wanted[p], left));
    for (size_t i = 0; i < left.size(); ++i) {
      parts[i][p] = taken[i];
      left[i] -= taken[i];
    }
  }
  for (size_t i = 0; i < left.size(); ++i) parts[i][last] = left[i];
  return parts;
}

bool ExceedsAmount(const PayerShares& shares, int64_t amount_minor) {
  Int128 sum = 0;
  for (const v1::PayerShare& share : shares) sum += share.amount_minor();
  return sum > std::max<int64_t>(amount_minor, 0);
}

std::vector<v1::Payer> InvoicedPayers(const v1::Ticket& ticket) {
  std::vector<v1::Payer> payers;
  for (const v1::Job& job : ticket.jobs()) {
    if (Counts(job.status(), Counting::kInvoice)) AddPayers(job.payers(), payers);
  }
  if (!ticket.lines().empty()) AddPayers(ticket.payers(), payers);
  std::stable_partition(payers.begin(), payers.end(), [](const v1::Payer& payer) {
    return payer.kind() == v1::PAYER_KIND_CUSTOMER;
  });
  return payers;
}

void AddInvoices(const std::vector<std::string>& numbers, bool others_on_account,
                 v1::Ticket& ticket) {
  const std::vector<v1::Payer> payers = InvoicedPayers(ticket);
  if (payers.size() == 1 && SamePayer(payers[0], Customer())) return;
  PITLANE_CHECK(numbers.size() >= payers.size()) << "an invoice has no number";
  for (size_t i = 0; i < payers.size(); ++i) {
    v1::PayerInvoice& invoice = *ticket.add_invoices();
    invoice.set_invoice_number(numbers[i]);
    *invoice.mutable_payer() = payers[i];
    invoice.set_on_account(others_on_account && payers[i].kind() != v1::PAYER_KIND_CUSTOMER);
  }
  for (const v1::Job& job : ticket.jobs()) {
    if (!Counts(job.status(), Counting::kInvoice)) continue;
    for (const v1::Line& line : job.lines()) AddLine(line, ticket);
  }
  for (const v1::Line& line : ticket.lines()) AddLine(line, ticket);
  int64_t owed = 0;
  for (const v1::PayerInvoice& invoice : ticket.invoices()) {
    if (invoice.payer().kind() == v1::PAYER_KIND_CUSTOMER) owed += invoice.total_minor();
  }
  ticket.set_customer_total_minor(owed);
}

int64_t CustomerOwes(const v1::Ticket& ticket) {
  return ticket.has_customer_total_minor() ? ticket.customer_total_minor()
                                           : ticket.totals().total_minor();
}

bool AnyOtherOpen(const v1::Ticket& ticket) {
  return std::any_of(ticket.invoices().begin(), ticket.invoices().end(),
                     [](const v1::PayerInvoice& invoice) {
                       return invoice.payer().kind() != v1::PAYER_KIND_CUSTOMER &&
                              !invoice.on_account() && invoice.total_minor() != 0;
                     });
}

bool AnyOnAccount(const v1::Ticket& ticket) {
  return std::any_of(ticket.invoices().begin(), ticket.invoices().end(),
                     [](const v1::PayerInvoice& invoice) { return invoice.on_account(); });
}

}  // namespace pitlane::ticket
