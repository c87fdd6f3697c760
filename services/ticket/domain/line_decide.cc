// Lines and discounts: what a ticket is made of while it is written.
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/status.h"
#include "libs/money/quantity.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

using google::protobuf::util::MessageDifferencer;

// What a change of a job's line leaves behind.
struct Outdated {
  bool consent = false;   // the customer had agreed to the job as it was
  bool estimate = false;  // the customer was shown it as it was
};

// What the customer agreed to or was shown changes with everything but notes.
Outdated OutdatedBy(const v1::Job* job, v1::LineKind kind) {
  if (job == nullptr || kind == v1::LINE_KIND_NOTE) return {};
  return {.consent = IsAuthorized(job->status()), .estimate = job->estimate_version() != 0};
}

absl::Status CheckNewLine(const v1::Ticket& ticket, const std::string& line_id, int lines) {
  // An id names one line for ever.
  if (FindLine(ticket, line_id).line != nullptr) {
    return rpc::AlreadyExists(v1::LINE_EXISTS, absl::StrCat("line ", line_id, " exists already"));
  }
  // A ticket stays readable for who has to sign it.
  if (CountLines(ticket) + lines > kMaxLines) {
    return rpc::Refused(v1::TOO_MANY_LINES, absl::StrCat("a ticket has at most ", kMaxLines,
                                                         " lines; open another ticket"));
  }
  return absl::OkStatus();
}

absl::Status AddLine(Draft& draft, v1::Line line, Outdated outdated) {
  v1::TicketEvent event;
  *event.mutable_line_added()->mutable_line() = std::move(line);
  event.mutable_line_added()->set_outdates_consent(outdated.consent);
  event.mutable_line_added()->set_outdates_estimate(outdated.estimate);
  return draft.AddCalculated(std::move(event), [](v1::TicketEvent& added) {
    return added.mutable_line_added()->mutable_calculation();
  });
}

absl::Status ReplaceLine(Draft& draft, v1::Line line, Outdated outdated) {
  v1::TicketEvent event;
  *event.mutable_line_changed()->mutable_line() = std::move(line);
  event.mutable_line_changed()->set_outdates_consent(outdated.consent);
  event.mutable_line_changed()->set_outdates_estimate(outdated.estimate);
  return draft.AddCalculated(std::move(event), [](v1::TicketEvent& changed) {
    return changed.mutable_line_changed()->mutable_calculation();
  });
}

absl::Status TakeLineOff(Draft& draft, const v1::Line& line, Outdated outdated) {
  v1::TicketEvent event;
  v1::LineRemoved& removed = *event.mutable_line_removed();
  removed.set_line_id(line.line_id());
  removed.set_job_id(line.job_id());
  if (line.kind() == v1::LINE_KIND_PART) removed.set_part_id(line.part_id());
  removed.set_outdates_consent(outdated.consent);
  removed.set_outdates_estimate(outdated.estimate);
  return draft.AddCalculated(std::move(event), [](v1::TicketEvent& taken) {
    return taken.mutable_line_removed()->mutable_calculation();
  });
}

absl::StatusOr<int64_t> LabourRateOf(const v1::Location& location, v1::LabourType type) {
  for (const v1::LabourRate& rate : location.labour_rates()) {
    if (rate.labour_type() == type) return rate.rate_minor();
  }
  return rpc::Refused(v1::LABOUR_RATE_UNKNOWN,
                      absl::StrCat("location ", location.location_id(), " has no rate for ",
                                   v1::LabourType_Name(type), "; configure it or send rate_minor"));
}

// A part whose price is named by hand: who may, and how far below the list.
absl::Status CheckPriceByHand(int64_t unit_price_minor, const v1::PartPrice& price,
                              const Context& context) {
  if (!context.may_set_prices) {
    return rpc::PermissionDenied(v1::PRICE_NOT_ALLOWED,
                                 "a price by hand takes the permission to give discounts here");
  }
  // A low price is a discount by another name.
  ASSIGN_OR_RETURN(const int64_t allowed,
                   ApplyPpm(price.list_price_minor(), Ppm{context.discount_limit_ppm}));
  if (price.list_price_minor() - unit_price_minor <= allowed) return absl::OkStatus();
  return rpc::MakeError(absl::StatusCode::kPermissionDenied, v1::DISCOUNT_OVER_LIMIT,
                        absl::StrCat(unit_price_minor, " is more below the list price ",
                                     price.list_price_minor(), " than your role may give"),
                        {.metadata = {{"limit_ppm", absl::StrCat(context.discount_limit_ppm)}}});
}

// A role gives away no more than its share.
absl::Status CheckDiscountLimit(const v1::Discount& discount, int64_t amount_minor,
                                const Context& context) {
  ASSIGN_OR_RETURN(const int64_t wanted, DiscountOn(discount, amount_minor));
  ASSIGN_OR_RETURN(const int64_t allowed, ApplyPpm(amount_minor, Ppm{context.discount_limit_ppm}));
  if (wanted <= allowed && discount.rate_ppm() <= context.discount_limit_ppm) {
    return absl::OkStatus();
  }
  return rpc::MakeError(absl::StatusCode::kPermissionDenied, v1::DISCOUNT_OVER_LIMIT,
                        absl::StrCat("a discount of ", wanted, " on ", amount_minor,
                                     " is more than your role may give"),
                        {.metadata = {{"limit_ppm", absl::StrCat(context.discount_limit_ppm)}}});
}

v1::Line PartLineOf(const AddPartLine& command) {
  const v1::AddPartLineRequest& request = command.request;
  const v1::PartPrice& price = command.price;
  v1::Line line;
  line.set_line_id(request.line_id());
  line.set_job_id(request.job_id());
  line.set_kind(v1::LINE_KIND_PART);
  line.set_description(price.description());
  line.set_quantity_milli(request.quantity_milli());
  line.set_unit(price.unit());
  line.set_unit_cost_e4(price.unit_cost_e4());
  line.set_tax_category(v1::TAX_CATEGORY_PART);
  line.set_part_id(price.part_id());
  line.set_part_number(price.part_number());
  line.set_brand(price.brand());
  line.set_condition(request.condition());
  line.set_warranty_months(request.warranty_months());
  line.set_warranty_miles(request.warranty_miles());
  line.set_category(price.category());
  if (request.has_unit_price_minor()) {
    line.set_unit_price_minor(request.unit_price_minor());
    line.set_price_reason(request.price_reason());
  } else {
    line.set_unit_price_minor(price.list_price_minor());
    line.set_price_version(price.price_version());
  }
  return line;
}

// The refundable deposit on a rebuildable part: as many as there are parts, never discounted.
v1::Line CoreLineOf(const AddPartLine& command) {
  v1::Line line;
  line.set_line_id(command.core_line_id);
  line.set_job_id(command.request.job_id());
  line.set_kind(v1::LINE_KIND_CORE);
  line.set_description(absl::StrCat("Core: ", command.price.description()));
  line.set_quantity_milli(command.request.quantity_milli());
  line.set_unit(command.price.unit());
  line.set_unit_price_minor(command.price.core_minor());
  line.set_tax_category(v1::TAX_CATEGORY_CORE);
  line.set_part_number(command.price.part_number());
  line.set_brand(command.price.brand());
  line.set_for_line_id(command.request.line_id());
  return line;
}

// The first field of the request that a line of this kind does not have; empty: none.
std::string ForeignField(const v1::ChangeLineRequest& request, const v1::Line& line) {
  const bool labour = line.kind() == v1::LINE_KIND_LABOUR;
  const bool part = line.kind() == v1::LINE_KIND_PART;
  const bool fee = line.kind() == v1::LINE_KIND_FEE;
  const v1::FeeRule& rule = request.has_fee() ? request.fee() : line.fee();
  const bool counted = part || (fee && rule.base() == v1::FeeRule::BASE_FLAT);
  if (request.has_quantity_milli() && !counted) return "quantity_milli";
  if (request.has_unit_price_minor() && !part) return "unit_price_minor";
  if (request.has_hours_centi() && !labour) return "hours_centi";
  if (request.has_rate_minor() && !labour) return "rate_minor";
  if (request.has_operation_code() && !labour) return "operation_code";
  if (request.has_technician() && !labour) return "technician";
  if (request.has_condition() && !part) return "condition";
  if (request.has_warranty_months() && !part && !labour) return "warranty_months";
  if (request.has_warranty_miles() && !part && !labour) return "warranty_miles";
  if (request.has_fee() && !fee) return "fee";
  return "";
}

v1::Line Changed(v1::Line line, const v1::ChangeLineRequest& request) {
  if (request.has_description()) line.set_description(request.description());
  if (request.has_quantity_milli()) line.set_quantity_milli(request.quantity_milli());
  if (request.has_unit_price_minor()) {
    line.set_unit_price_minor(request.unit_price_minor());
    line.set_price_reason(request.price_reason());
    line.set_price_version(0);
  }
  if (request.has_hours_centi()) line.set_hours_centi(request.hours_centi());
  if (request.has_rate_minor()) line.set_rate_minor(request.rate_minor());
  if (request.has_operation_code()) line.set_operation_code(request.operation_code());
  if (request.has_technician()) line.set_technician(request.technician());
  if (request.has_condition()) line.set_condition(request.condition());
  if (request.has_warranty_months()) line.set_warranty_months(request.warranty_months());
  if (request.has_warranty_miles()) line.set_warranty_miles(request.warranty_miles());
  if (request.has_fee()) {
    *line.mutable_fee() = request.fee();
    // A share of other lines is taken once.
    if (request.fee().base() != v1::FeeRule::BASE_FLAT) line.set_quantity_milli(1000);
  }
  return line;
}

// Who does the work is the shop's business, not the customer's.
bool OnlyTechnicianDiffers(v1::Line before, const v1::Line& after) {
  before.set_technician(after.technician());
  return MessageDifferencer::Equals(before, after);
}

absl::Status RefuseCore(const v1::Line& line) {
  if (line.kind() != v1::LINE_KIND_CORE) return absl::OkStatus();
  return rpc::Refused(v1::CORE_FOLLOWS_PART,
                      absl::StrCat("line ", line.line_id(), " is the core of line ",
                                   line.for_line_id(), "; change or remove that one"));
}

// What is owed to the state, or lent for an old part, is nobody's to give away; text has no price.
absl::Status CheckDiscountable(const v1::Line& line) {
  const bool sold = line.kind() == v1::LINE_KIND_LABOUR || line.kind() == v1::LINE_KIND_PART ||
                    line.kind() == v1::LINE_KIND_FEE;
  if (sold && line.tax_category() != v1::TAX_CATEGORY_GOVERNMENT_FEE) return absl::OkStatus();
  return rpc::Refused(v1::NOT_DISCOUNTABLE,
                      absl::StrCat("line ", line.line_id(),
                                   " is a core, a government fee or a note; it has no discount"));
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddLabourLine& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  ASSIGN_OR_RETURN(const v1::Job* job, GetActiveJob(ticket, command.job_id()));
  RETURN_IF_ERROR(CheckNewLine(ticket, command.line_id(), 1));
  // Over the counter nobody works.
  if (ticket.kind() == v1::TICKET_KIND_COUNTER_SALE) {
    return rpc::Refused(v1::COUNTER_SALE_HAS_NO_WORK,
                        absl::StrCat("ticket ", ticket.ticket_id(),
                                     " is a counter sale; open a repair order for labour"));
  }
  v1::Line line;
  line.set_labour_type(command.labour_type() == v1::LABOUR_TYPE_UNSPECIFIED
                           ? v1::LABOUR_TYPE_MECHANICAL
                           : command.labour_type());
  if (command.has_rate_minor()) {
    line.set_rate_minor(command.rate_minor());
  } else {
    ASSIGN_OR_RETURN(const int64_t rate, LabourRateOf(context.location, line.labour_type()));
    line.set_rate_minor(rate);
  }
  line.set_line_id(command.line_id());
  line.set_job_id(command.job_id());
  line.set_kind(v1::LINE_KIND_LABOUR);
  line.set_description(command.description());
  line.set_tax_category(v1::TAX_CATEGORY_LABOUR);
  line.set_hours_centi(command.hours_centi());
  line.set_operation_code(command.operation_code());
  line.set_technician(command.technician().empty() ? job->technician() : command.technician());
  line.set_warranty_months(command.warranty_months());
  line.set_warranty_miles(command.warranty_miles());
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
  const bool has_core = command.price.core_minor() > 0;
  RETURN_IF_ERROR(CheckNewLine(ticket, request.line_id(), has_core ? 2 : 1));
  RETURN_IF_ERROR(CheckKnown(command.price, request.part_id()));
  // Amounts of two currencies do not add up.
  if (command.price.currency() != ticket.currency()) {
    return rpc::Refused(
        v1::PART_CURRENCY_DIFFERS,
        absl::StrCat("part ", request.part_id(), " is priced in ", command.price.currency(),
                     ", the ticket is in ", ticket.currency()));
  }
  if (request.has_unit_price_minor()) {
    RETURN_IF_ERROR(CheckPriceByHand(request.unit_price_minor(), command.price, context));
  }
  const Outdated outdated = OutdatedBy(job, v1::LINE_KIND_PART);
  Draft draft(state, context);
  RETURN_IF_ERROR(AddLine(draft, PartLineOf(command), outdated));
  if (has_core) RETURN_IF_ERROR(AddLine(draft, CoreLineOf(command), outdated));
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
  if (request.has_unit_price_minor()) {
    RETURN_IF_ERROR(CheckPriceByHand(request.unit_price_minor(), command.price, context));
  }
  const v1::Line changed = Changed(*found.line, request);
  if (MessageDifferencer::Equals(*found.line, changed)) return Events();
  const Outdated outdated = OnlyTechnicianDiffers(*found.line, changed)
                                ? Outdated()
                                : OutdatedBy(found.job, changed.kind());
  Draft draft(state, context);
  RETURN_IF_ERROR(ReplaceLine(draft, changed, outdated));
  const v1::Line* core = FindCore(state.ticket(), changed.line_id());
  if (core != nullptr && core->quantity_milli() != changed.quantity_milli()) {
    v1::Line followed = *core;
    followed.set_quantity_milli(changed.quantity_milli());
    RETURN_IF_ERROR(ReplaceLine(draft, std::move(followed), outdated));
  }
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const RemoveLine& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(state.ticket(), command.line_id()));
  RETURN_IF_ERROR(RefuseCore(*found.line));
  const Outdated outdated = OutdatedBy(found.job, found.line->kind());
  Draft draft(state, context);
  RETURN_IF_ERROR(TakeLineOff(draft, *found.line, outdated));
  if (const v1::Line* core = FindCore(state.ticket(), command.line_id())) {
    RETURN_IF_ERROR(TakeLineOff(draft, *core, outdated));
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
  RETURN_IF_ERROR(CheckDiscountLimit(command.discount(), gross, context));
  // Paying less needs nobody's consent; getting less off than agreed does.
  ASSIGN_OR_RETURN(const int64_t before, DiscountOn(found.line->discount(), gross));
  ASSIGN_OR_RETURN(const int64_t after, DiscountOn(command.discount(), gross));
  const Outdated outdated = after < before ? OutdatedBy(found.job, found.line->kind()) : Outdated();
  v1::Line line = *found.line;
  *line.mutable_discount() = command.discount();
  Draft draft(state, context);
  RETURN_IF_ERROR(ReplaceLine(draft, std::move(line), outdated));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const DiscountTicket& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  if (MessageDifferencer::Equals(state.ticket().discount(), command.discount())) return Events();
  Draft draft(state, context);
  v1::Ticket undiscounted = state.ticket();
  undiscounted.clear_discount();
  ASSIGN_OR_RETURN(const v1::Calculation calculation,
                   draft.CalculationOf(undiscounted, Counting::kEstimate));
  RETURN_IF_ERROR(CheckDiscountLimit(
      command.discount(),
      calculation.totals().labour_net_minor() + calculation.totals().parts_net_minor(), context));
  v1::TicketEvent event;
  *event.mutable_ticket_discounted()->mutable_discount() = command.discount();
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& discounted) {
    return discounted.mutable_ticket_discounted()->mutable_calculation();
  }));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
