// The parts counter: sublets, replacements, special orders, will-call, tires (handbook 2.7, 2.8,
// 8.5).
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/money/quantity.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/line_decide_tools.h"
#include "services/ticket/domain/menu_policy.h"
#include "services/ticket/domain/refusals.h"
#include "services/ticket/domain/tire.h"

namespace pitlane::ticket {
namespace {

absl::Status CheckPart(const v1::Line& line) { return CheckKind(line, v1::LINE_KIND_PART, "part"); }

// A part that is put in for one that failed: as it was sold, but for nothing.
v1::Line ReplacementOf(const v1::Line& failed, const ReplacePart& command, int64_t quantity_milli) {
  v1::Line line = failed;
  line.set_line_id(command.replacement_line_id());
  line.set_quantity_milli(quantity_milli);
  line.set_unit_price_minor(0);
  line.set_fixed_extension_minor(0);
  line.set_replaces_line_id(failed.line_id());
  line.set_replace_reason(command.reason());
  line.clear_amounts();
  line.clear_discount();
  line.clear_price_reason();
  line.clear_kit();
  line.clear_package();
  line.clear_special_order();
  line.clear_tires();
  line.mutable_price_source()->Clear();
  line.mutable_price_source()->set_rule(v1::PriceSource::RULE_REPLACEMENT);
  return line;
}

// What all orders of the ticket together ask for.
int64_t DepositsAsked(const v1::Ticket& ticket) {
  int64_t asked = 0;
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) {
      const bool waived = !line.special_order().deposit_waived_reason().empty();
      if (!waived) asked += line.special_order().deposit_minor();
    }
  }
  return asked;
}

// A part that nobody else wants is not bought on a promise.
absl::Status CheckDeposit(const v1::Ticket& ticket, const PlaceSpecialOrder& command,
                          int64_t deposit_minor, const Context& context) {
  if (!command.deposit_waived_reason().empty()) {
    if (context.may_set_prices) return absl::OkStatus();
    return rpc::PermissionDenied(v1::PRICE_NOT_ALLOWED,
                                 "to order without a deposit takes the permission to give "
                                 "discounts here");
  }
  const int64_t asked = DepositsAsked(ticket) + deposit_minor;
  if (ticket.paid_minor() >= asked) return absl::OkStatus();
  return rpc::Refused(v1::DEPOSIT_REQUIRED,
                      absl::StrCat("ticket ", ticket.ticket_id(), " needs deposits of ", asked,
                                   " minor units, received are ", ticket.paid_minor()),
                      {{"deposit_minor", absl::StrCat(asked - ticket.paid_minor())}});
}

// A tire is in one place.
absl::Status CheckNowhereElse(const v1::Ticket& ticket, const std::string& line_id,
                              const std::set<std::string>& tins) {
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) {
      if (line.line_id() == line_id) continue;
      for (const v1::Tire& tire : line.tires()) {
        if (!tins.contains(tire.tin())) continue;
        return rpc::Refused(v1::TIRES_DIFFER, absl::StrCat("tire ", tire.tin(), " is on line ",
                                                           line.line_id(), " already"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddSubletLine& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  ASSIGN_OR_RETURN(const v1::Job* job, GetActiveJob(ticket, command.job_id()));
  RETURN_IF_ERROR(CheckNewLine(ticket, command.line_id(), 1));
  RETURN_IF_ERROR(CheckHasWork(ticket));
  v1::Line line;
  line.set_line_id(command.line_id());
  line.set_job_id(command.job_id());
  line.set_kind(v1::LINE_KIND_SUBLET);
  line.set_description(command.description());
  line.set_quantity_milli(1000);
  line.set_tax_category(command.tax_category() == v1::TAX_CATEGORY_UNSPECIFIED
                            ? v1::TAX_CATEGORY_LABOUR
                            : command.tax_category());
  *line.mutable_sublet() = command.sublet();
  if (command.has_price_minor()) {
    line.set_unit_price_minor(command.price_minor());
    line.mutable_sublet()->clear_markup_ppm();
  } else {
    const auto price =
        ApplyPpm(command.sublet().cost_minor(), Ppm{kPpmOne + command.sublet().markup_ppm()});
    if (!price.ok()) {
      return rpc::Refused(v1::AMOUNT_TOO_LARGE,
                          "the sublet's price does not fit; check cost and "
                          "markup");
    }
    line.set_unit_price_minor(*price);
  }
  Draft draft(state, context);
  RETURN_IF_ERROR(AddLine(draft, std::move(line), OutdatedBy(job, v1::LINE_KIND_SUBLET)));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ReplacePart& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(ticket, command.line_id()));
  RETURN_IF_ERROR(CheckNewLine(ticket, command.replacement_line_id(), 1));
  RETURN_IF_ERROR(CheckPart(*found.line));
  const int64_t left = found.line->quantity_milli() - ReplacedOf(ticket, command.line_id());
  const int64_t quantity = command.quantity_milli() == 0 ? left : command.quantity_milli();
  // Each part fails once; what replaced it may fail, too.
  if (left <= 0 || quantity > left) {
    return rpc::Refused(v1::ALREADY_REPLACED,
                        absl::StrCat("of line ", command.line_id(), " ", left,
                                     " thousandths are left to replace; replace the replacement"));
  }
  Draft draft(state, context);
  // What the customer pays and agreed to stays as it is.
  RETURN_IF_ERROR(AddLine(draft, ReplacementOf(*found.line, command, quantity), {}));
  v1::TicketEvent event;
  v1::PartReplaced& replaced = *event.mutable_part_replaced();
  replaced.set_line_id(command.line_id());
  replaced.set_replacement_line_id(command.replacement_line_id());
  replaced.set_part_id(found.line->part_id());
  replaced.set_quantity_milli(quantity);
  replaced.set_reason(command.reason());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const PlaceSpecialOrder& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(ticket, command.line_id()));
  RETURN_IF_ERROR(CheckPart(*found.line));
  RETURN_IF_ERROR(CheckNoQuote(ticket));
  if (found.line->has_special_order()) {
    return rpc::Refused(v1::SPECIAL_ORDER_EXISTS,
                        absl::StrCat("line ", command.line_id(), " was ordered before"));
  }
  const v1::LineAmounts& amounts = found.line->amounts();
  ASSIGN_OR_RETURN(const int64_t deposit,
                   ApplyPpm(amounts.net_minor() + amounts.tax_minor(),
                            Ppm{SpecialOrderDepositPpm(context.location, context.business_date)}));
  RETURN_IF_ERROR(CheckDeposit(ticket, command, deposit, context));
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::SpecialOrderPlaced& placed = *event.mutable_special_order_placed();
  placed.set_line_id(command.line_id());
  placed.set_part_id(found.line->part_id());
  placed.set_quantity_milli(found.line->quantity_milli());
  placed.mutable_order()->set_state(v1::SpecialOrder::STATE_ORDERED);
  placed.mutable_order()->set_deposit_minor(deposit);
  placed.mutable_order()->set_deposit_waived_reason(command.deposit_waived_reason());
  placed.mutable_order()->set_purchase_order_ref(command.purchase_order_ref());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const ReceiveSpecialOrder& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(state.ticket(), command.line_id()));
  if (found.line->special_order().state() != v1::SpecialOrder::STATE_ORDERED) {
    return rpc::Refused(v1::NO_SPECIAL_ORDER,
                        absl::StrCat("nothing is on order for line ", command.line_id()));
  }
  Draft draft(state, context);
  v1::TicketEvent event;
  event.mutable_special_order_received()->set_line_id(command.line_id());
  event.mutable_special_order_received()->set_part_id(found.line->part_id());
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const HoldForWillCall& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  v1::TicketEvent event;
  v1::WillCallHeld& held = *event.mutable_will_call_held();
  bool any = false;
  for (const v1::Job& job : ticket.jobs()) {
    if (!IsAuthorized(job.status())) continue;
    any = true;
    for (const v1::Line& line : job.lines()) {
      if (line.kind() != v1::LINE_KIND_PART) continue;
      v1::PartDemand& demand = *held.add_parts();
      demand.set_line_id(line.line_id());
      demand.set_part_id(line.part_id());
      demand.set_quantity_milli(line.quantity_milli());
    }
  }
  // Parts are kept for who has agreed to take them.
  if (!any) {
    return rpc::Refused(v1::NOTHING_AUTHORIZED,
                        absl::StrCat("no job of ticket ", ticket.ticket_id(), " is authorised"));
  }
  if (ticket.kind() != v1::TICKET_KIND_COUNTER_SALE) {
    return rpc::Refused(v1::NOT_A_COUNTER_SALE,
                        absl::StrCat("ticket ", ticket.ticket_id(), " is no counter sale"));
  }
  held.set_until(command.until().empty() ? WillCallUntil(context.location, context.business_date)
                                         : command.until());
  if (held.until() < context.business_date) {
    return rpc::Invalid("until", absl::StrCat("is before today, ", context.business_date));
  }
  Draft draft(state, context);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

absl::StatusOr<Events> Decide(const v1::TicketState& state, const RecordTires& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.ticket_id()));
  ASSIGN_OR_RETURN(const FoundLine found, GetActiveLine(state.ticket(), command.line_id()));
  RETURN_IF_ERROR(CheckPart(*found.line));
  // The law wants every tire that is sold.
  if (command.tins_size() * int64_t{1000} != found.line->quantity_milli()) {
    return rpc::Refused(v1::TIRES_DIFFER,
                        absl::StrCat(command.tins_size(), " DOT numbers for ",
                                     found.line->quantity_milli(), " thousandths of a tire"));
  }
  v1::TicketEvent event;
  v1::TiresRecorded& recorded = *event.mutable_tires_recorded();
  recorded.set_line_id(command.line_id());
  std::set<std::string> tins;
  for (const std::string& text : command.tins()) {
    auto tire = ParseTire(text);
    if (!tire.ok()) return rpc::Invalid("tins", std::string(tire.status().message()));
    if (!tins.insert(tire->tin()).second) {
      return rpc::Refused(v1::TIRES_DIFFER, absl::StrCat("tire ", tire->tin(), " is named twice"));
    }
    if (MadeOn(*tire) > context.business_date) {
      return rpc::Refused(v1::TIRE_NOT_MADE_YET,
                          absl::StrCat("tire ", tire->tin(), " says week ", tire->week(), " of ",
                                       tire->year(), ", which is still to come"));
    }
    *recorded.add_tires() = *std::move(tire);
  }
  RETURN_IF_ERROR(CheckNowhereElse(state.ticket(), command.line_id(), tins));
  Draft draft(state, context);
  draft.Add(std::move(event));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
