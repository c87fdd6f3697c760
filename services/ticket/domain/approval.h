// What a second person has allowed, and the guard that nothing is sold below cost without one. Pure
// functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "libs/base/ids.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {

PITLANE_DEFINE_ID(ApprovalId, "apr");

inline constexpr int kMaxApprovals = 100;

// A second person said yes to exactly this discount of the line (empty: of the ticket), it gives
// away what it did then, and the approval has not expired.
bool IsApproved(const v1::Ticket& ticket, std::string_view line_id, const v1::Discount& discount,
                int64_t amount_minor, absl::Time now);
// The same for a part's price, whatever the list price has become.
bool IsPriceApproved(const v1::Ticket& ticket, std::string_view line_id, int64_t unit_price_minor,
                     absl::Time now);

// What a ticket's discount of that scope is shared over: the net of those lines before any ticket
// discount. Refuses AMOUNT_TOO_LARGE.
absl::StatusOr<int64_t> DiscountBase(const Draft& draft, v1::DiscountScope scope);

// DISCOUNT_OVER_LIMIT when a discount on `amount_minor` is more than the caller's role may give.
absl::Status CheckDiscountLimit(const v1::Discount& discount, int64_t amount_minor,
                                const Context& context);
// The same for all of a ticket's: each by itself, and together on labour, parts and sublets. True
// when a second person approved the discount; it then counts for nobody's limit.
absl::StatusOr<bool> CheckTicketDiscounts(const v1::DiscountTicketRequest& request,
                                          const Draft& draft, const Context& context);

bool SameDiscounts(const google::protobuf::RepeatedPtrField<v1::Discount>& a,
                   const google::protobuf::RepeatedPtrField<v1::Discount>& b);

// SELLS_BELOW_COST for a part whose price after all discounts is below what it cost, when it is
// lower than it was before and the caller may not decide that alone.
absl::Status CheckAboveCost(const v1::Ticket& before, const v1::Ticket& after,
                            const Context& context);

}  // namespace pitlane::ticket
