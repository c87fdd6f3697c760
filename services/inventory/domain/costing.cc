#include "services/inventory/domain/costing.h"

#include <algorithm>

#include "libs/base/status.h"
#include "libs/money/rounding.h"

namespace pitlane::inventory {
namespace {

absl::StatusOr<int64_t> Extend(int64_t quantity_milli, int64_t unit_cost_e4) {
  return MultiplyRounded(quantity_milli, unit_cost_e4, 1000);
}

// The provisional cost of `settled_milli` of what is below zero.
absl::StatusOr<int64_t> ProvisionalShare(Valuation stock, int64_t settled_milli) {
  if (settled_milli == 0) return 0;
  return MultiplyRounded(stock.value_e4, settled_milli, stock.on_hand_milli);
}

int64_t Settled(Valuation stock, int64_t quantity_milli) {
  return std::min(quantity_milli, std::max<int64_t>(0, -stock.on_hand_milli));
}

}  // namespace

absl::StatusOr<IssueCost> CostOfIssue(Valuation stock, int64_t quantity_milli,
                                      int64_t last_unit_cost_e4) {
  if (quantity_milli <= stock.on_hand_milli) {
    ASSIGN_OR_RETURN(const int64_t cost,
                     MultiplyRounded(stock.value_e4, quantity_milli, stock.on_hand_milli));
    return IssueCost{.cost_e4 = cost, .provisional = false};
  }
  const bool some_there = stock.on_hand_milli > 0;
  const int64_t not_there = some_there ? quantity_milli - stock.on_hand_milli : quantity_milli;
  ASSIGN_OR_RETURN(const int64_t provisional, Extend(not_there, last_unit_cost_e4));
  ASSIGN_OR_RETURN(const int64_t cost, CheckedAdd(some_there ? stock.value_e4 : 0, provisional));
  return IssueCost{.cost_e4 = cost, .provisional = true};
}

absl::StatusOr<ReceiptValue> ValueOfReceipt(Valuation stock, int64_t quantity_milli,
                                            int64_t unit_cost_e4) {
  ReceiptValue result;
  ASSIGN_OR_RETURN(result.added_e4, Extend(quantity_milli, unit_cost_e4));
  result.settled_milli = Settled(stock, quantity_milli);
  ASSIGN_OR_RETURN(const int64_t provisional, ProvisionalShare(stock, result.settled_milli));
  ASSIGN_OR_RETURN(const int64_t actual, Extend(result.settled_milli, unit_cost_e4));
  // Value below zero is negative and so is on hand: the share comes out positive.
  ASSIGN_OR_RETURN(result.difference_e4, CheckedSub(actual, provisional));
  return result;
}

absl::StatusOr<ReceiptValue> ValueOfReturn(Valuation stock, int64_t quantity_milli,
                                           int64_t cost_e4) {
  ReceiptValue result;
  result.added_e4 = cost_e4;
  result.settled_milli = Settled(stock, quantity_milli);
  ASSIGN_OR_RETURN(const int64_t provisional, ProvisionalShare(stock, result.settled_milli));
  ASSIGN_OR_RETURN(const int64_t actual,
                   MultiplyRounded(cost_e4, result.settled_milli, quantity_milli));
  ASSIGN_OR_RETURN(result.difference_e4, CheckedSub(actual, provisional));
  return result;
}

absl::StatusOr<int64_t> ValueOfFound(Valuation stock, int64_t quantity_milli,
                                     int64_t last_unit_cost_e4) {
  if (stock.on_hand_milli > 0) {
    return MultiplyRounded(stock.value_e4, quantity_milli, stock.on_hand_milli);
  }
  const int64_t settled = Settled(stock, quantity_milli);
  ASSIGN_OR_RETURN(const int64_t returned, ProvisionalShare(stock, settled));
  ASSIGN_OR_RETURN(const int64_t rest, Extend(quantity_milli - settled, last_unit_cost_e4));
  return CheckedAdd(returned, rest);
}

}  // namespace pitlane::inventory
