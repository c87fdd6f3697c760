// Lines and discounts: what a ticket is made of while it is written.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/status.h"
#include "libs/money/quantity.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/approval.h"
#include "services/ticket/domain/core.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/labour.h"
#include "services/ticket/domain/line_decide_tools.h"
#include "services/ticket/domain/part_price_rules.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

using google::protobuf::util::MessageDifferencer;

// The first field of the request that a line of this kind does not have; empty: none.
std::string ForeignField(const v1::ChangeLineRequest& request, const v1::Line& line) {
  const bool labour = line.kind() == v1::LINE_KIND_LABOUR;
  const bool part = line.kind() == v1::LINE_KIND_PART;
  const bool fee = line.kind() == v1::LINE_KIND_FEE;
  const bool sublet = line.kind() == v1::LINE_KIND_SUBLET;
  const v1::FeeRule& rule = request.has_fee() ? request.fee() : line.fee();
  // What replaces a part costs nothing, whatever it is; shared hours are what both jobs share.
  const bool sold = part && line.replaces_line_id().empty();
  const bool timed = labour && line.overlaps_job_id().empty();
  const bool rated = timed && line.labour_mode() != v1::LABOUR_MODE_FIXED;
  const bool counted = sold || (fee && rule.base() == v1::FeeRule::BASE_FLAT);
  if (request.has_quantity_milli() && !counted) return "quantity_milli";
  if (request.has_unit_price_minor() && !sold) return "unit_price_minor";
  if (request.has_hours_centi() && !timed) return "hours_centi";
  if (request.has_rate_minor() && !rated) return "rate_minor";
  if (request.has_operation_code() && !labour) return "operation_code";
  if (request.has_technician() && !labour) return "technician";
  if (request.has_condition() && !part) return "condition";
  if (request.has_warranty_months() && !part && !labour) return "warranty_months";
  if (request.has_warranty_miles() && !part && !labour) return "warranty_miles";
  if (request.has_fee() && !fee) return "fee";
  if (request.has_vendor_invoice() && !sublet) return "vendor_invoice";
  if (request.has_sublet_cost_minor() && !sublet) return "sublet_cost_minor";
  return "";
}

absl::StatusOr<v1::Line> Changed(v1::Line line, const ChangeLine& command, const Context& context) {
  const v1::ChangeLineRequest& request = command.request;
  if (request.has_description()) line.set_description(request.description());
  if (request.has_quantity_milli()) line.set_quantity_milli(request.quantity_milli());
  if (request.has_unit_price_minor()) {
    line.set_unit_price_minor(request.unit_price_minor());
    line.set_price_reason(request.price_reason());
    line.set_price_version(0);
    *line.mutable_price_source() = SourceByHand(command.price);
  }
  if (request.has_rate_minor()) {
    line.set_rate_minor(request.rate_minor());
    line.mutable_labour_source()->Clear();
    line.mutable_labour_source()->set_by_hand(true);
    line.mutable_labour_source()->set_base_rate_minor(request.rate_minor());
  }
  if (request.has_hours_centi()) {
    RETURN_IF_ERROR(ChangeHours(line, request.hours_centi(), context.menu, context.business_date));
  }
  if (request.has_operation_code()) line.set_operation_code(request.operation_code());
  if (request.has_technician()) {
    line.set_technician(request.technician());
    line.clear_technicians();
  }
  if (request.has_condition()) line.set_condition(request.condition());
  if (request.has_warranty_months()) line.set_warranty_months(request.warranty_months());
  if (request.has_warranty_miles()) line.set_warranty_miles(request.warranty_miles());
  if (request.has_fee()) {
    *line.mutable_fee() = request.fee();
    // A share of other lines is taken once.
    if (request.fee().base() != v1::FeeRule::BASE_FLAT) line.set_quantity_milli(1000);
  }
  if (request.has_vendor_invoice()) {
    line.mutable_sublet()->set_vendor_invoice(request.vendor_invoice());
  }
  if (request.has_sublet_cost_minor()) {
    line.mutable_sublet()->set_cost_minor(request.sublet_cost_minor());
  }
  return line;
}

// Who does the work and what another shop asks for it is the shop's business, not the customer's.
bool OnlyShopsBusinessDiffers(v1::Line before, const v1::Line& after) {
  before.set_technician(after.technician());
  *before.mutable_technicians() = after.technicians();
  if (before.has_sublet()) *before.mutable_sublet() = after.sublet();
  return MessageDifferencer::Equals(before, after);
}

absl::Status RefuseCore(const v1::Line& line) {
  if (line.kind() != v1::LINE_KIND_CORE) return absl::OkStatus();
  return rpc::Refused(v1::CORE_FOLLOWS_PART,
                      absl::StrCat("line ", line.line_id(), " is the core of line ",
                                   line.for_line_id(), "; change or remove that one"));
}

// Who pays a job that somebody pays alone, e.g. "WARRANTY"; empty: several, or nobody was named.
std::string OnlyPayerOf(const v1::Job& job) {
  if (job.payers_size() != 1) return "";
  const std::string& name = v1::PayerKind_Name(job.payers(0).payer().kind());
  return std::string(absl::StripPrefix(name, "PAYER_KIND_"));
}

// What is sold as one is changed as one.
absl::Status RefuseInPackage(const v1::Line& line) {
  const bool shares = line.has_kit() || (line.has_package() && line.has_fixed_extension_minor());
  if (!shares) return absl::OkStatus();
  return rpc::Refused(v1::LINE_IN_PACKAGE,
                      absl::StrCat("line ", line.line_id(), " is a part of ",
                                   line.has_kit() ? line.kit().code() : line.package().code(),
                                   ", which has one price; take the whole off instead"));
}

// A fee of the schedule follows its part.
absl::Status RefuseScheduledFee(const v1::Line& line, bool may_go) {
  if (line.fee_id().empty()) return absl::OkStatus();
  if (may_go && line.tax_category() != v1::TAX_CATEGORY_GOVERNMENT_FEE) return absl::OkStatus();
  return rpc::Refused(v1::FEE_FOLLOWS_PART,
                      absl::StrCat("line ", line.line_id(), " is the fee ", line.fee_id(),
                                   " of the schedule; change or remove what it came with"));
}

bool ChangesPrice(const v1::ChangeLineRequest& request) {
  return request.has_quantity_milli() || request.has_unit_price_minor() ||
         request.has_hours_centi() || request.has_rate_minor() || request.has_fee();
}

absl::Status CheckReturned(const v1::Ticket& ticket, const v1::Line& part, int64_t quantity_milli) {
  // What was replaced was sold.
  if (ReplacedOf(ticket, part.line_id()) > quantity_milli) {
    return rpc::Refused(v1::ALREADY_REPLACED,
                        absl::StrCat("more of line ", part.line_id(),
                                     " were replaced; take the replacements off first"));
  }
  // An old part that is here was exchanged for a new one.
  const v1::Line* core = FindCore(ticket, part.line_id());
  if (core == nullptr || CoresReturned(*core) <= quantity_milli) return absl::OkStatus();
  return rpc::Refused(v1::CORE_NOT_OUT,
                      absl::StrCat("cores of line ", part.line_id(),
                                   " came back; there cannot be fewer parts than that"));
}

// Cores and fees are as many as their parts.
absl::Status FollowQuantity(Draft& draft, const v1::Ticket& ticket, const v1::Line& part,
                            Outdated outdated) {
  for (const v1::Line* follower : FollowersOf(ticket, part.line_id())) {
    if (follower->quantity_milli() == part.quantity_milli()) continue;
    v1::Line followed = *follower;
    if (IsChargedCore(followed)) {
      SetCoreQuantity(followed, part.quantity_milli());
    } else {
      followed.set_quantity_milli(part.quantity_milli());
    }
    RETURN_IF_ERROR(ReplaceLine(draft, std::move(followed), outdated));
  }
  return absl::OkStatus();
}

// The line and what came with it; a kit goes as it came, as a whole.
std::vector<const v1::Line*> GoingWith(const v1::Ticket& ticket, const FoundLine& found) {
  std::vector<const v1::Line*> going = {found.line};
  if (found.line->has_kit() && found.job != nullptr) {
    going.clear();
    for (const v1::Line& line : found.job->lines()) {
      const bool same =
          line.has_kit() && line.kit().kit_line_id() == found.line->kit().kit_line_id();
      if (same) going.push_back(&line);
    }
  }
  const size_t named = going.size();
  for (size_t i = 0; i < named; ++i) {
    for (const v1::Line* follower : FollowersOf(ticket, going[i]->line_id())) {
      going.push_back(follower);
    }
  }
  return going;
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddLabourLine& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  ASSIGN_OR_RETURN(const v1::Job* job, GetActiveJob(ticket, command.job_id()));
  RETURN_IF_ERROR(CheckNewLine(ticket, command.line_id(), 1));
  RETURN_IF_ERROR(CheckHasWork(ticket));
  AddLabourLine asked = command;
  if (asked.payer_kind().empty()) asked.set_payer_kind(OnlyPayerOf(*job));
  ASSIGN_OR_RETURN(v1::Line line, LabourLineOf(asked, job->technician(), context));
  Draft draft(state, context);
  RETURN_IF_ERROR(AddLine(draft, std::move(line), OutdatedBy(job, v1::LINE_KIND_LABOUR)));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddPartLine& command,
                              const Context& context) {
  const v1::AddPartLineRequest& request = command.request;
  RETURN_IF_ERROR(CheckOpen(state, request.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  ASSIGN_OR_RETURN(const v1::Job* job, GetActiveJob(ticket, request.job_id()));
  std::vector<std::string> follower_ids;
  if (command.price.core_minor() > 0) follower_ids.push_back(command.core_line_id);
  follower_ids.insert(follower_ids.end(), command.fee_line_ids.begin(), command.fee_line_ids.end());
  LineIds ids(std::move(follower_ids));
  const PartSale sale{.request = request, .price = command.price};
  RETURN_IF_ERROR(CheckNewLine(ticket, request.line_id(), command.price.core_minor() > 0 ? 2 : 1));
  ASSIGN_OR_RETURN(std::vector<v1::Line> lines, LinesOfPart(sale, ticket, ids, context));
  RETURN_IF_ERROR(CheckNewLine(ticket, request.line_id(), static_cast<int>(lines.size())));
  Draft draft(state, context);
  RETURN_IF_ERROR(AddLines(draft, std::move(lines), OutdatedBy(job, v1::LINE_KIND_PART)));
  if (request.has_unit_price_minor()) {
    RETURN_IF_ERROR(CheckAboveCost(ticket, draft.ticket(), context));
  }
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddFeeLine& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Job* job = nullptr;
  if (!command.job_id().empty()) {
    ASSIGN_OR_RETURN(job, GetActiveJob(state.ticket(), command.job_id()));
  }
  RETURN_IF_ERROR(CheckNewLine(state.ticket(), command.line_id(), 1));
  v1::Line line;
  line.set_line_id(command.line_id());
  line.set_job_id(command.job_id());
  line.set_kind(v1::LINE_KIND_FEE);
  line.set_description(command.description());
  line.set_quantity_milli(command.quantity_milli() == 0 ? 1000 : command.quantity_milli());
  line.set_tax_category(command.tax_category() == v1::TAX_CATEGORY_UNSPECIFIED
                            ? v1::TAX_CATEGORY_FEE
                            : command.tax_category());
  *line.mutable_fee() = command.fee();
  Draft draft(state, context);
  RETURN_IF_ERROR(AddLine(draft, std::move(line), OutdatedBy(job, v1::LINE_KIND_FEE)));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddNoteLine& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  if (!command.job_id().empty()) {
    RETURN_IF_ERROR(GetActiveJob(state.ticket(), command.job_id()).status());
  }
  RETURN_IF_ERROR(CheckNewLine(state.ticket(), command.line_id(), 1));
  v1::Line line;
  line.set_line_id(command.line_id());
  line.set_job_id(command.job_id());
  line.set_kind(v1::LINE_KIND_NOTE);
  line.set_description(command.description());
  Draft draft(state, context);
  RETURN_IF_ERROR(AddLine(draft, std::move(line), {}));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ChangeLine& command,
                              const Context& context) {
  const v1::ChangeLineRequest& request = command.request;
  RETURN_IF_ERROR(CheckOpen(state, request.ticket_id()));
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(state.ticket(), request.line_id()));
  RETURN_IF_ERROR(RefuseCore(*found.line));
  // Hours belong to labour, a condition to a part.
  if (const std::string foreign = ForeignField(request, *found.line); !foreign.empty()) {
    return rpc::Refused(v1::NOT_OF_THIS_LINE, absl::StrCat("a ", LineKind_Name(found.line->kind()),
                                                           " line has no ", foreign));
  }
  const bool approved =
      request.has_unit_price_minor() &&
      IsPriceApproved(state.ticket(), request.line_id(), request.unit_price_minor(), context.now);
  if (request.has_unit_price_minor() && !approved) {
    RETURN_IF_ERROR(CheckPriceByHand(request.unit_price_minor(), command.price, context));
  }
  if (ChangesPrice(request)) {
    RETURN_IF_ERROR(RefuseInPackage(*found.line));
    RETURN_IF_ERROR(RefuseScheduledFee(*found.line, false));
  }
  ASSIGN_OR_RETURN(const v1::Line changed, Changed(*found.line, command, context));
  if (MessageDifferencer::Equals(*found.line, changed)) return Events();
  if (changed.kind() == v1::LINE_KIND_PART) {
    RETURN_IF_ERROR(CheckReturned(state.ticket(), changed, changed.quantity_milli()));
  }
  const Outdated outdated = OnlyShopsBusinessDiffers(*found.line, changed)
                                ? Outdated()
                                : OutdatedBy(found.job, changed.kind());
  Draft draft(state, context);
  RETURN_IF_ERROR(ReplaceLine(draft, changed, outdated));
  if (changed.kind() == v1::LINE_KIND_PART) {
    RETURN_IF_ERROR(FollowQuantity(draft, state.ticket(), changed, outdated));
  }
  if (request.has_unit_price_minor() && !approved) {
    RETURN_IF_ERROR(CheckAboveCost(state.ticket(), draft.ticket(), context));
  }
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const RemoveLine& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(state.ticket(), command.line_id()));
  RETURN_IF_ERROR(RefuseCore(*found.line));
  if (!found.line->has_kit()) RETURN_IF_ERROR(RefuseInPackage(*found.line));
  RETURN_IF_ERROR(RefuseScheduledFee(*found.line, true));
  const Outdated outdated = OutdatedBy(found.job, found.line->kind());
  Draft draft(state, context);
  for (const v1::Line* line : GoingWith(state.ticket(), found)) {
    if (line->kind() == v1::LINE_KIND_PART) {
      RETURN_IF_ERROR(CheckReturned(state.ticket(), *line, 0));
    }
    RETURN_IF_ERROR(TakeLineOff(draft, *line, outdated));
  }
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const DiscountLine& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(state.ticket(), command.line_id()));
  RETURN_IF_ERROR(CheckDiscountable(*found.line));
  if (MessageDifferencer::Equals(found.line->discount(), command.discount())) return Events();
  const int64_t gross = found.line->amounts().gross_minor();
  // Paying less needs nobody's consent; getting less off than agreed does.
  ASSIGN_OR_RETURN(const int64_t before, DiscountOn(found.line->discount(), gross));
  ASSIGN_OR_RETURN(const int64_t after, DiscountOn(command.discount(), gross));
  const bool approved =
      IsApproved(state.ticket(), command.line_id(), command.discount(), after, context.now);
  if (!approved) RETURN_IF_ERROR(CheckDiscountLimit(command.discount(), gross, context));
  const Outdated outdated = after < before ? OutdatedBy(found.job, found.line->kind()) : Outdated();
  v1::Line line = *found.line;
  *line.mutable_discount() = command.discount();
  Draft draft(state, context);
  RETURN_IF_ERROR(ReplaceLine(draft, std::move(line), outdated));
  if (!approved) RETURN_IF_ERROR(CheckAboveCost(state.ticket(), draft.ticket(), context));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const DiscountTicket& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  if (MessageDifferencer::Equals(ticket.discount(), command.discount()) &&
      SameDiscounts(ticket.coupons(), command.coupons())) {
    return Events();
  }
  Draft draft(state, context);
  ASSIGN_OR_RETURN(const bool approved, CheckTicketDiscounts(command, draft, context));
  v1::TicketEvent event;
  *event.mutable_ticket_discounted()->mutable_discount() = command.discount();
  *event.mutable_ticket_discounted()->mutable_coupons() = command.coupons();
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& discounted) {
    return discounted.mutable_ticket_discounted()->mutable_calculation();
  }));
  if (!approved) RETURN_IF_ERROR(CheckAboveCost(ticket, draft.ticket(), context));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
