#include "services/ticket/domain/credit_share.h"

#include <algorithm>
#include <numeric>

#include "libs/base/status.h"
#include "libs/money/allocation.h"
#include "libs/money/rounding.h"

namespace pitlane::ticket {
namespace {

// `total` in proportion to what is left; nothing is divided where nothing is left.
absl::StatusOr<std::vector<int64_t>> DivideByRest(int64_t total, const std::vector<int64_t>& left) {
  if (total == 0) return std::vector<int64_t>(left.size(), 0);
  return Allocate(total, left);
}

void Subtract(const std::vector<int64_t>& taken, std::vector<int64_t>& from) {
  for (size_t i = 0; i < from.size() && i < taken.size(); ++i) from[i] -= taken[i];
}

int Index(size_t i) { return static_cast<int>(i); }

}  // namespace

CreditShare::CreditShare(const v1::LineAmounts& sold, int64_t quantity_milli)
    : sold_(sold), left_quantity_(quantity_milli), shared_quantity_(quantity_milli) {
  left_ = PartsOf(sold);
  shared_ = left_;
  for (const v1::TaxAmount& tax : sold.taxes()) taxes_left_.push_back(tax.tax_minor());
  for (const v1::PayerAmounts& payer : sold.payers()) {
    payers_net_left_.push_back(payer.net_minor());
    payers_tax_left_.push_back(payer.tax_minor());
  }
}

std::vector<int64_t> CreditShare::PartsOf(const v1::LineAmounts& amounts) const {
  // What gross holds besides net and discounts: tax, where prices include it.
  const int64_t offset = amounts.gross_minor() - amounts.line_discount_minor() -
                         amounts.ticket_discount_minor() - amounts.net_minor();
  std::vector<int64_t> parts = {offset, amounts.line_discount_minor(),
                                amounts.ticket_discount_minor(), amounts.net_minor(),
                                amounts.tax_minor()};
  for (int i = 0; i < sold_.taxes_size(); ++i) {
    parts.push_back(i < amounts.taxes_size() ? amounts.taxes(i).base_minor() : 0);
  }
  return parts;
}

absl::StatusOr<v1::LineAmounts> CreditShare::TakeQuantity(int64_t quantity_milli) {
  const int64_t taken = shared_quantity_ - left_quantity_;
  std::vector<int64_t> share(left_.size());
  for (size_t i = 0; i < left_.size(); ++i) {
    ASSIGN_OR_RETURN(const int64_t so_far,
                     CumulativeShare(shared_[i], shared_quantity_, taken + quantity_milli));
    share[i] = so_far - (shared_[i] - left_[i]);
  }
  left_quantity_ -= quantity_milli;
  return Take(share);
}

absl::StatusOr<v1::LineAmounts> CreditShare::TakeNet(int64_t net_minor) {
  std::vector<int64_t> share(left_.size());
  for (size_t i = 0; i < left_.size(); ++i) {
    ASSIGN_OR_RETURN(share[i], MultiplyRounded(left_[i], net_minor, left_[kNet]));
  }
  ASSIGN_OR_RETURN(v1::LineAmounts amounts, Take(share));
  shared_ = left_;
  shared_quantity_ = left_quantity_;
  return amounts;
}

absl::StatusOr<v1::LineAmounts> CreditShare::TakeRest() {
  left_quantity_ = 0;
  return Take(std::vector<int64_t>(left_));
}

absl::StatusOr<v1::LineAmounts> CreditShare::Take(const std::vector<int64_t>& share) {
  v1::LineAmounts amounts = sold_;
  amounts.set_line_discount_minor(share[kLineDiscount]);
  amounts.set_ticket_discount_minor(share[kTicketDiscount]);
  amounts.set_net_minor(share[kNet]);
  amounts.set_tax_minor(share[kTax]);
  amounts.set_gross_minor(share[kOffset] + share[kLineDiscount] + share[kTicketDiscount] +
                          share[kNet]);
  // What remains of the offset after the tax in it was somebody else's not to pay.
  if (amounts.tax_taken_off_minor() != 0) {
    amounts.set_tax_taken_off_minor(share[kOffset] - share[kTax]);
  }
  for (int i = 0; i < amounts.taxes_size(); ++i) {
    amounts.mutable_taxes(i)->set_base_minor(share[kFirstBase + static_cast<size_t>(i)]);
  }
  RETURN_IF_ERROR(Divide(amounts));
  Remove(amounts);
  return amounts;
}

absl::Status CreditShare::Divide(v1::LineAmounts& share) {
  ASSIGN_OR_RETURN(const auto taxes, DivideByRest(share.tax_minor(), taxes_left_));
  for (size_t i = 0; i < taxes.size(); ++i) {
    share.mutable_taxes(Index(i))->set_tax_minor(taxes[i]);
  }
  if (share.payers().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto nets, DivideByRest(share.net_minor(), payers_net_left_));
  ASSIGN_OR_RETURN(const auto payer_taxes, DivideByRest(share.tax_minor(), payers_tax_left_));
  for (size_t i = 0; i < nets.size(); ++i) {
    v1::PayerAmounts& payer = *share.mutable_payers(Index(i));
    payer.set_net_minor(nets[i]);
    payer.set_tax_minor(payer_taxes[i]);
    payer.clear_taxes();
  }
  return absl::OkStatus();
}

void CreditShare::Remove(const v1::LineAmounts& taken) {
  Subtract(PartsOf(taken), left_);
  for (int i = 0; i < taken.taxes_size() && i < sold_.taxes_size(); ++i) {
    taxes_left_[static_cast<size_t>(i)] -= taken.taxes(i).tax_minor();
  }
  for (int i = 0; i < taken.payers_size() && i < sold_.payers_size(); ++i) {
    payers_net_left_[static_cast<size_t>(i)] -= taken.payers(i).net_minor();
    payers_tax_left_[static_cast<size_t>(i)] -= taken.payers(i).tax_minor();
  }
}

void CreditShare::Replay(const v1::CreditLine& line) {
  Remove(line.amounts());
  if (line.has_withheld()) Remove(line.withheld());
  left_quantity_ -= line.quantity_milli();
  if (!line.by_amount()) return;
  shared_ = left_;
  shared_quantity_ = left_quantity_;
}

}  // namespace pitlane::ticket
