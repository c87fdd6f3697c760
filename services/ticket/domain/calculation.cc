#include "services/ticket/domain/calculation.h"

#include <algorithm>
#include <string>
#include <vector>

#include "libs/base/status.h"
#include "libs/money/allocation.h"
#include "libs/money/quantity.h"
#include "libs/money/rounding.h"
#include "services/ticket/domain/fee_schedule.h"
#include "services/ticket/domain/labour.h"
#include "services/ticket/domain/payer.h"
#include "services/ticket/domain/tax.h"

namespace pitlane::ticket {
namespace {

// A line that counts, in document order.
struct Item {
  const v1::Line* line;
  const v1::Job* job;  // nullptr: the ticket's own
  v1::LineAmounts amounts;
};

bool IsPercentageFee(const v1::Line& line) {
  return line.kind() == v1::LINE_KIND_FEE && line.fee().base() != v1::FeeRule::BASE_FLAT;
}

std::vector<Item> Collect(const v1::Ticket& ticket, Counting counting) {
  std::vector<Item> items;
  const auto add = [&](const v1::Line& line, const v1::Job* job) {
    if (line.kind() == v1::LINE_KIND_NOTE || !OverlapCounts(line, ticket, counting)) return;
    items.push_back({&line, job, {}});
  };
  for (const v1::Job& job : ticket.jobs()) {
    if (!Counts(job.status(), counting)) continue;
    for (const v1::Line& line : job.lines()) add(line, &job);
  }
  for (const v1::Line& line : ticket.lines()) add(line, nullptr);
  return items;
}

int64_t Bounded(const v1::FeeRule& fee, int64_t amount) {
  if (fee.has_min_minor()) amount = std::max(amount, fee.min_minor());
  if (fee.has_max_minor()) amount = std::min(amount, fee.max_minor());
  return amount;
}

// A share of nothing is nothing: the lower bound is for tickets that have something to share.
absl::StatusOr<int64_t> PercentageFee(const Item& fee, const std::vector<Item>& items) {
  int64_t base = 0;
  for (const Item& item : items) {
    if (fee.job != nullptr && item.job != fee.job) continue;
    if (!IsInFeeBase(*item.line, fee.line->fee().base())) continue;
    ASSIGN_OR_RETURN(base, CheckedAdd(base, item.amounts.net_minor()));
  }
  if (base == 0) return 0;
  ASSIGN_OR_RETURN(const int64_t share, ApplyPpm(base, Ppm{fee.line->fee().rate_ppm()}));
  return Bounded(fee.line->fee(), share);
}

absl::StatusOr<int64_t> Extension(const v1::Line& line) {
  if (line.has_fixed_extension_minor()) return line.fixed_extension_minor();
  const Quantity quantity{line.quantity_milli()};
  switch (line.kind()) {
    case v1::LINE_KIND_LABOUR:
      return Extend(LabourHours{line.hours_centi()}, line.rate_minor());
    case v1::LINE_KIND_PART:
    case v1::LINE_KIND_CORE:
    case v1::LINE_KIND_SUBLET:
      return Extend(quantity, line.unit_price_minor());
    case v1::LINE_KIND_FEE: {
      ASSIGN_OR_RETURN(const int64_t amount, Extend(quantity, line.fee().unit_amount_minor()));
      return Bounded(line.fee(), amount);
    }
    case v1::LINE_KIND_NOTE:
    case v1::LINE_KIND_UNSPECIFIED:
    case v1::LineKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::LineKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      return 0;
  }
  return 0;
}

absl::Status SetGross(Item& item, int64_t gross) {
  ASSIGN_OR_RETURN(const int64_t discount, DiscountOn(item.line->discount(), gross));
  item.amounts.set_gross_minor(gross);
  item.amounts.set_line_discount_minor(discount);
  item.amounts.set_net_minor(gross - discount);
  return absl::OkStatus();
}

absl::Status ShareTicketDiscount(const v1::Discount& discount, std::vector<Item>& items) {
  std::vector<int64_t> weights;
  int64_t sum = 0;
  for (const Item& item : items) {
    const bool shares = SharesTicketDiscount(item.line->kind(), discount.scope());
    weights.push_back(shares ? item.amounts.net_minor() : 0);
    ASSIGN_OR_RETURN(sum, CheckedAdd(sum, weights.back()));
  }
  ASSIGN_OR_RETURN(const int64_t total, DiscountOn(discount, sum));
  ASSIGN_OR_RETURN(const std::vector<int64_t> shares, Allocate(total, weights));
  for (size_t i = 0; i < items.size(); ++i) {
    v1::LineAmounts& amounts = items[i].amounts;
    amounts.set_ticket_discount_minor(amounts.ticket_discount_minor() + shares[i]);
    amounts.set_net_minor(amounts.net_minor() - shares[i]);
  }
  return absl::OkStatus();
}

// Where the net of a line of this kind is summed up.
int64_t* NetOfKind(v1::LineKind kind, int64_t& labour, int64_t& parts, int64_t& fees,
                   int64_t& cores) {
  switch (kind) {
    case v1::LINE_KIND_LABOUR:
      return &labour;
    case v1::LINE_KIND_PART:
      return &parts;
    case v1::LINE_KIND_CORE:
      return &cores;
    case v1::LINE_KIND_FEE:
    case v1::LINE_KIND_NOTE:
    case v1::LINE_KIND_SUBLET:
    case v1::LINE_KIND_UNSPECIFIED:
    case v1::LineKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::LineKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      return &fees;
  }
  return &fees;
}

// Who pays what of the items from `begin` to `end`, all of one job or all the ticket's own.
absl::Status SplitOver(const PayerShares& payers, size_t begin, size_t end,
                       const std::vector<Item>& items, std::vector<TaxedLine>& taxed) {
  if (payers.empty()) return absl::OkStatus();
  std::vector<int64_t> amounts;
  for (size_t i = begin; i < end; ++i) amounts.push_back(items[i].amounts.net_minor());
  ASSIGN_OR_RETURN(const auto parts, SplitLines(payers, amounts));
  for (size_t i = begin; i < end; ++i) {
    for (int p = 0; p < payers.size(); ++p) {
      taxed[i].shares.push_back(
          {.payer = &payers[p].payer(), .amount_minor = parts[i - begin][static_cast<size_t>(p)]});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TaxedLine>> ToTaxedLines(const v1::Ticket& ticket,
                                                    std::vector<Item>& items) {
  std::vector<TaxedLine> taxed;
  taxed.reserve(items.size());
  for (Item& item : items) {
    taxed.push_back({.line = item.line, .job = item.job, .amounts = &item.amounts, .shares = {}});
  }
  size_t begin = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i + 1 < items.size() && items[i + 1].job == items[i].job) continue;
    const PayerShares& payers = items[i].job == nullptr ? ticket.payers() : items[i].job->payers();
    RETURN_IF_ERROR(SplitOver(payers, begin, i + 1, items, taxed));
    begin = i + 1;
  }
  return taxed;
}

absl::Status Sum(const std::vector<Item>& items, v1::Totals& totals) {
  int64_t labour = 0;
  int64_t parts = 0;
  int64_t fees = 0;
  int64_t cores = 0;
  int64_t discount = 0;
  int64_t tax = 0;
  int64_t total = 0;
  for (const Item& item : items) {
    const v1::LineAmounts& amounts = item.amounts;
    int64_t* net = NetOfKind(item.line->kind(), labour, parts, fees, cores);
    ASSIGN_OR_RETURN(*net, CheckedAdd(*net, amounts.net_minor()));
    ASSIGN_OR_RETURN(discount, CheckedAdd(discount, amounts.line_discount_minor()));
    ASSIGN_OR_RETURN(discount, CheckedAdd(discount, amounts.ticket_discount_minor()));
    ASSIGN_OR_RETURN(tax, CheckedAdd(tax, amounts.tax_minor()));
    ASSIGN_OR_RETURN(total, CheckedAdd(total, amounts.net_minor()));
  }
  ASSIGN_OR_RETURN(total, CheckedAdd(total, tax));
  totals.set_labour_net_minor(labour);
  totals.set_parts_net_minor(parts);
  totals.set_fees_net_minor(fees);
  totals.set_cores_net_minor(cores);
  totals.set_discount_minor(discount);
  totals.set_tax_minor(tax);
  totals.set_total_minor(total);
  return absl::OkStatus();
}

}  // namespace

bool IsAuthorized(v1::JobStatus status) {
  switch (status) {
    case v1::JOB_STATUS_AUTHORIZED:
    case v1::JOB_STATUS_SCHEDULED:
    case v1::JOB_STATUS_IN_PROGRESS:
    case v1::JOB_STATUS_WAITING_PARTS:
    case v1::JOB_STATUS_WAITING_CUSTOMER:
    case v1::JOB_STATUS_SUBLET_OUT:
    case v1::JOB_STATUS_ON_HOLD:
    case v1::JOB_STATUS_COMPLETE:
    case v1::JOB_STATUS_QUALITY_CHECKED:
      return true;
    case v1::JOB_STATUS_PROPOSED:
    case v1::JOB_STATUS_DECLINED:
    case v1::JOB_STATUS_DEFERRED:
    case v1::JOB_STATUS_CANCELLED:
    case v1::JOB_STATUS_UNSPECIFIED:
    case v1::JobStatus_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::JobStatus_INT_MAX_SENTINEL_DO_NOT_USE_:
      return false;
  }
  return false;
}

bool Counts(v1::JobStatus status, Counting counting) {
  return IsAuthorized(status) ||
         (counting == Counting::kEstimate && status == v1::JOB_STATUS_PROPOSED);
}

absl::StatusOr<v1::Calculation> Calculate(const v1::Ticket& ticket, const TaxSetting& setting,
                                          std::string_view date, Counting counting) {
  std::vector<Item> items = Collect(ticket, counting);
  for (Item& item : items) {
    if (IsPercentageFee(*item.line)) continue;
    ASSIGN_OR_RETURN(const int64_t gross, Extension(*item.line));
    RETURN_IF_ERROR(SetGross(item, gross));
  }
  RETURN_IF_ERROR(ShareTicketDiscount(ticket.discount(), items));
  for (const v1::Discount& coupon : ticket.coupons()) {
    RETURN_IF_ERROR(ShareTicketDiscount(coupon, items));
  }
  for (Item& item : items) {
    if (!IsPercentageFee(*item.line)) continue;
    ASSIGN_OR_RETURN(const int64_t gross, PercentageFee(item, items));
    RETURN_IF_ERROR(SetGross(item, gross));
  }

  v1::Calculation calculation;
  v1::Totals& totals = *calculation.mutable_totals();
  ASSIGN_OR_RETURN(const std::vector<TaxedLine> taxed, ToTaxedLines(ticket, items));
  RETURN_IF_ERROR(AddTaxes(setting, ticket, date, taxed, *totals.mutable_taxes()));
  RETURN_IF_ERROR(Sum(items, totals));
  totals.set_prices_include_tax(setting.location.prices_include_tax());
  for (Item& item : items) {
    (*calculation.mutable_lines())[item.line->line_id()] = std::move(item.amounts);
  }
  return calculation;
}

void ApplyCalculation(const v1::Calculation& calculation, v1::Ticket& ticket) {
  *ticket.mutable_totals() = calculation.totals();
  const auto apply = [&calculation](v1::Line& line) {
    const auto found = calculation.lines().find(line.line_id());
    if (found == calculation.lines().end()) {
      line.clear_amounts();
    } else {
      *line.mutable_amounts() = found->second;
    }
  };
  for (v1::Job& job : *ticket.mutable_jobs()) {
    for (v1::Line& line : *job.mutable_lines()) apply(line);
  }
  for (v1::Line& line : *ticket.mutable_lines()) apply(line);
}

AmountPair AmountsOf(const v1::Job& job, const v1::Calculation& calculation) {
  AmountPair sum;
  for (const v1::Line& line : job.lines()) {
    const auto found = calculation.lines().find(line.line_id());
    if (found == calculation.lines().end()) continue;
    sum.excluding_tax_minor += found->second.net_minor();
    sum.including_tax_minor += found->second.net_minor() + found->second.tax_minor();
  }
  return sum;
}

AmountPair AmountsOf(const v1::Totals& totals) {
  return {totals.total_minor() - totals.tax_minor(), totals.total_minor()};
}

bool SharesTicketDiscount(v1::LineKind kind, v1::DiscountScope scope) {
  switch (scope) {
    case v1::DISCOUNT_SCOPE_LABOUR:
      return kind == v1::LINE_KIND_LABOUR;
    case v1::DISCOUNT_SCOPE_PARTS:
      return kind == v1::LINE_KIND_PART;
    case v1::DISCOUNT_SCOPE_UNSPECIFIED:
    case v1::DiscountScope_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::DiscountScope_INT_MAX_SENTINEL_DO_NOT_USE_:
      return kind == v1::LINE_KIND_LABOUR || kind == v1::LINE_KIND_PART ||
             kind == v1::LINE_KIND_SUBLET;
  }
  return false;
}

absl::StatusOr<int64_t> DiscountOn(const v1::Discount& discount, int64_t amount_minor) {
  if (amount_minor <= 0) return 0;
  const int64_t amount = std::min(discount.amount_minor(), amount_minor);
  ASSIGN_OR_RETURN(const int64_t share, ApplyPpm(amount_minor - amount, Ppm{discount.rate_ppm()}));
  return amount + share;
}

absl::StatusOr<int64_t> OverageCeiling(const v1::OveragePolicy& policy, int64_t agreed_minor) {
  ASSIGN_OR_RETURN(const int64_t share,
                   ApplyPpm(agreed_minor, Ppm{policy.rate_ppm()}, Rounding::kFloor));
  int64_t over = policy.combine() == v1::OveragePolicy::COMBINE_LESSER
                     ? std::min(share, policy.amount_minor())
                     : std::max(share, policy.amount_minor());
  if (policy.has_cap_minor()) over = std::min(over, policy.cap_minor());
  return CheckedAdd(agreed_minor, over);
}

}  // namespace pitlane::ticket
