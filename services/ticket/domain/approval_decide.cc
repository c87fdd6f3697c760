// The second person: a question, and the answer to exactly that.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/money/quantity.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/approval.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

constexpr int kStandardMinutes = 60;

// What is given away, and of what.
struct Gift {
  int64_t amount = 0;
  int64_t of = 0;
};

absl::StatusOr<Gift> GiftOfDiscount(const Draft& draft, const v1::Line* line,
                                    const v1::Discount& discount) {
  Gift gift;
  if (line != nullptr) {
    gift.of = line->amounts().gross_minor();
  } else {
    ASSIGN_OR_RETURN(gift.of, DiscountBase(draft, discount.scope()));
  }
  ASSIGN_OR_RETURN(gift.amount, DiscountOn(discount, gift.of));
  return gift;
}

absl::StatusOr<Gift> GiftOfPrice(const v1::Line& line, int64_t list_price, int64_t price) {
  Gift gift;
  ASSIGN_OR_RETURN(gift.of, Extend(Quantity{line.quantity_milli()}, list_price));
  ASSIGN_OR_RETURN(const int64_t paid, Extend(Quantity{line.quantity_milli()}, price));
  gift.amount = std::max<int64_t>(gift.of - paid, 0);
  return gift;
}

absl::Status CheckWanted(const v1::RequestApprovalRequest& request, const v1::Line* line) {
  if (line == nullptr) return absl::OkStatus();
  const bool part = line->kind() == v1::LINE_KIND_PART;
  if (request.wanted_case() == v1::RequestApprovalRequest::kUnitPriceMinor && !part) {
    return rpc::Refused(v1::NOT_OF_THIS_LINE, absl::StrCat("a ", LineKind_Name(line->kind()),
                                                           " line has no unit_price_minor"));
  }
  return CheckDiscountable(*line);
}

const v1::Approval* Find(const v1::Ticket& ticket, const std::string& approval_id) {
  for (const v1::Approval& approval : ticket.approvals()) {
    if (approval.approval_id() == approval_id) return &approval;
  }
  return nullptr;
}

// A second person gives away no more than they could have alone.
absl::Status CheckApprover(const Draft& draft, const v1::Approval& approval,
                           const Context& context) {
  const v1::Line* line = FindLine(draft.ticket(), approval.line_id()).line;
  v1::Discount discount = approval.discount();
  Gift gift;
  if (approval.has_discount()) {
    ASSIGN_OR_RETURN(gift, GiftOfDiscount(draft, line, discount));
  } else if (line != nullptr) {
    ASSIGN_OR_RETURN(gift.of,
                     Extend(Quantity{line->quantity_milli()}, approval.unit_price_minor()));
    gift.of += approval.amount_minor();
    discount.set_amount_minor(approval.amount_minor());
  }
  return CheckDiscountLimit(discount, gift.of, context);
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const RequestApproval& command,
                              const Context& context) {
  const v1::RequestApprovalRequest& request = command.request;
  RETURN_IF_ERROR(CheckOpen(state, request.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  const v1::Line* line = nullptr;
  if (!request.line_id().empty()) {
    ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(ticket, request.line_id()));
    line = found.line;
  }
  RETURN_IF_ERROR(CheckWanted(request, line));
  // Nobody reads more of them.
  if (ticket.approvals_size() >= kMaxApprovals) {
    return rpc::Refused(v1::TOO_MANY_APPROVALS,
                        absl::StrCat("ticket ", ticket.ticket_id(), " has ", kMaxApprovals,
                                     " approvals; open another ticket"));
  }
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::Approval& approval = *event.mutable_approval_requested()->mutable_approval();
  Gift gift;
  if (request.has_discount()) {
    ASSIGN_OR_RETURN(gift, GiftOfDiscount(draft, line, request.discount()));
    *approval.mutable_discount() = request.discount();
  } else if (line != nullptr) {
    const int64_t list = command.price.part_id().empty() ? line->unit_price_minor()
                                                         : command.price.list_price_minor();
    ASSIGN_OR_RETURN(gift, GiftOfPrice(*line, list, request.unit_price_minor()));
    approval.set_unit_price_minor(request.unit_price_minor());
  }
  const int minutes = request.valid_minutes() == 0 ? kStandardMinutes : request.valid_minutes();
  approval.set_approval_id(command.approval_id);
  approval.set_line_id(request.line_id());
  approval.set_amount_minor(gift.amount);
  approval.set_reason(request.reason());
  approval.set_requested_by(context.actor);
  *approval.mutable_requested_at() = ToTimestamp(context.now);
  *approval.mutable_expires_at() = ToTimestamp(context.now + absl::Minutes(minutes));
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const GiveApproval& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Approval* approval = Find(state.ticket(), command.approval_id());
  if (approval == nullptr) {
    return rpc::NotFound(v1::APPROVAL_UNKNOWN,
                         absl::StrCat("ticket ", state.ticket().ticket_id(), " has no approval ",
                                      command.approval_id()));
  }
  // A question is about how things stood when it was asked.
  if (FromTimestamp(approval->expires_at()) < context.now) {
    return rpc::Refused(v1::APPROVAL_EXPIRED, absl::StrCat("approval ", command.approval_id(),
                                                           " has expired; ask again"));
  }
  if (!approval->approved_by().empty()) {
    return rpc::Refused(v1::APPROVAL_IS_GIVEN,
                        absl::StrCat("approval ", command.approval_id(), " was given already"));
  }
  // Handbook 1: the approver is not the requester.
  if (approval->requested_by() == context.actor) {
    return rpc::PermissionDenied(v1::APPROVER_IS_REQUESTER,
                                 "nobody approves what they asked for; ask somebody else");
  }
  Draft draft(state, context);
  RETURN_IF_ERROR(CheckApprover(draft, *approval, context));
  v1::TicketEvent event;
  v1::ApprovalGiven& given = *event.mutable_approval_given();
  given.set_approval_id(command.approval_id());
  given.set_approver(context.actor);
  given.set_method(command.method());
  given.set_amount_minor(approval->amount_minor());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
