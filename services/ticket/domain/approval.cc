#include "services/ticket/domain/approval.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/status.h"
#include "libs/money/currency.h"
#include "libs/money/quantity.h"
#include "libs/money/rounding.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/ticket_parts.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

bool Holds(const v1::Approval& approval, std::string_view line_id, absl::Time now) {
  return approval.line_id() == line_id && !approval.approved_by().empty() &&
         now <= FromTimestamp(approval.expires_at());
}

absl::Status CheckAboveCost(const v1::Line& line, const v1::Ticket& before,
                            const v1::Ticket& after) {
  if (line.kind() != v1::LINE_KIND_PART || !line.has_amounts()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(after.currency()));
  ASSIGN_OR_RETURN(const int64_t cost, ExtendCost(Quantity{line.quantity_milli()},
                                                  UnitCost{line.unit_cost_e4()}, currency));
  const int64_t net = line.amounts().net_minor();
  if (net >= cost) return absl::OkStatus();
  // What was low before this command was decided by somebody else.
  const v1::Line* was = FindLine(before, line.line_id()).line;
  if (was != nullptr && was->has_amounts() && was->amounts().net_minor() <= net &&
      was->quantity_milli() == line.quantity_milli()) {
    return absl::OkStatus();
  }
  return rpc::MakeError(
      absl::StatusCode::kPermissionDenied, v1::SELLS_BELOW_COST,
      absl::StrCat("line ", line.line_id(), " would be sold at ", net, " and cost ", cost,
                   " minor units; ask a second person to approve it"),
      {.metadata = {{"line_id", line.line_id()},
                    {"net_minor", absl::StrCat(net)},
                    {"cost_minor", absl::StrCat(cost)}}});
}

absl::Status OverLimit(int64_t taken, int64_t amount, const Context& context) {
  return rpc::MakeError(
      absl::StatusCode::kPermissionDenied, v1::DISCOUNT_OVER_LIMIT,
      absl::StrCat("a discount of ", taken, " on ", amount, " is more than your role may give"),
      {.metadata = {{"limit_ppm", absl::StrCat(context.discount_limit_ppm)}}});
}

}  // namespace

bool IsApproved(const v1::Ticket& ticket, std::string_view line_id, const v1::Discount& discount,
                int64_t amount_minor, absl::Time now) {
  return std::any_of(
      ticket.approvals().begin(), ticket.approvals().end(), [&](const v1::Approval& approval) {
        return Holds(approval, line_id, now) && approval.has_discount() &&
               approval.amount_minor() == amount_minor &&
               google::protobuf::util::MessageDifferencer::Equals(approval.discount(), discount);
      });
}

bool IsPriceApproved(const v1::Ticket& ticket, std::string_view line_id, int64_t unit_price_minor,
                     absl::Time now) {
  return std::any_of(ticket.approvals().begin(), ticket.approvals().end(),
                     [&](const v1::Approval& approval) {
                       return Holds(approval, line_id, now) &&
                              approval.wanted_case() == v1::Approval::kUnitPriceMinor &&
                              approval.unit_price_minor() == unit_price_minor;
                     });
}

absl::StatusOr<int64_t> DiscountBase(const Draft& draft, v1::DiscountScope scope) {
  v1::Ticket undiscounted = draft.ticket();
  undiscounted.clear_discount();
  undiscounted.clear_coupons();
  ASSIGN_OR_RETURN(const v1::Calculation calculation,
                   draft.CalculationOf(undiscounted, Counting::kEstimate));
  int64_t base = 0;
  for (const auto& [line_id, amounts] : calculation.lines()) {
    const v1::LineKind kind = FindLine(undiscounted, line_id)->kind();
    if (!SharesTicketDiscount(kind, scope)) continue;
    base += amounts.gross_minor() - amounts.line_discount_minor();
  }
  return base;
}

absl::Status CheckDiscountLimit(const v1::Discount& discount, int64_t amount_minor,
                                const Context& context) {
  ASSIGN_OR_RETURN(const int64_t wanted, DiscountOn(discount, amount_minor));
  ASSIGN_OR_RETURN(const int64_t allowed, ApplyPpm(amount_minor, Ppm{context.discount_limit_ppm}));
  if (wanted <= allowed && discount.rate_ppm() <= context.discount_limit_ppm) {
    return absl::OkStatus();
  }
  return OverLimit(wanted, amount_minor, context);
}

absl::StatusOr<bool> CheckTicketDiscounts(const v1::DiscountTicketRequest& request,
                                          const Draft& draft, const Context& context) {
  ASSIGN_OR_RETURN(const int64_t base, DiscountBase(draft, request.discount().scope()));
  ASSIGN_OR_RETURN(int64_t taken, DiscountOn(request.discount(), base));
  const bool approved = IsApproved(draft.ticket(), "", request.discount(), taken, context.now);
  if (approved) {
    taken = 0;
  } else {
    RETURN_IF_ERROR(CheckDiscountLimit(request.discount(), base, context));
  }
  if (request.coupons().empty()) return approved;
  for (const v1::Discount& coupon : request.coupons()) {
    ASSIGN_OR_RETURN(const int64_t of, DiscountBase(draft, coupon.scope()));
    RETURN_IF_ERROR(CheckDiscountLimit(coupon, of, context));
    ASSIGN_OR_RETURN(const int64_t amount, DiscountOn(coupon, of));
    ASSIGN_OR_RETURN(taken, CheckedAdd(taken, amount));
  }
  ASSIGN_OR_RETURN(const int64_t all, DiscountBase(draft, v1::DISCOUNT_SCOPE_UNSPECIFIED));
  ASSIGN_OR_RETURN(const int64_t allowed, ApplyPpm(all, Ppm{context.discount_limit_ppm}));
  if (taken > allowed) return OverLimit(taken, all, context);
  return approved;
}

bool SameDiscounts(const google::protobuf::RepeatedPtrField<v1::Discount>& a,
                   const google::protobuf::RepeatedPtrField<v1::Discount>& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](const v1::Discount& one, const v1::Discount& other) {
                      return google::protobuf::util::MessageDifferencer::Equals(one, other);
                    });
}

absl::Status CheckAboveCost(const v1::Ticket& before, const v1::Ticket& after,
                            const Context& context) {
  // Who may be the second person needs none.
  if (context.may_approve) return absl::OkStatus();
  for (const v1::Job& job : after.jobs()) {
    for (const v1::Line& line : job.lines()) {
      RETURN_IF_ERROR(CheckAboveCost(line, before, after));
    }
  }
  return absl::OkStatus();
}

}  // namespace pitlane::ticket
