// Kits: sold as one, issued as their components (handbook 8.5).
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/money/quantity.h"
#include "libs/money/rounding.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/line_decide_tools.h"
#include "services/ticket/domain/menu_dates.h"
#include "services/ticket/domain/refusals.h"

namespace pitlane::ticket {
namespace {

absl::Status CheckSold(const AddKit& command, const Context& context) {
  if (command.kit.version() == 0) {
    return rpc::NotFound(v1::KIT_UNKNOWN, absl::StrCat("there is no kit \"", command.request.code(),
                                                       "\" here; define it first"));
  }
  // What is not offered any more is not sold.
  if (HoldsOn(command.kit, context.business_date)) return absl::OkStatus();
  return rpc::Refused(v1::NOT_IN_FORCE, absl::StrCat("kit ", command.kit.code(), " is not sold on ",
                                                     context.business_date));
}

absl::StatusOr<v1::AddPartLineRequest> RequestOf(const AddKit& command,
                                                 const v1::Kit::Component& component,
                                                 int64_t kits_milli, LineIds& ids) {
  v1::AddPartLineRequest request;
  request.set_ticket_id(command.request.ticket_id());
  request.set_job_id(command.request.job_id());
  request.set_line_id(ids.Next());
  request.set_part_id(component.part_id());
  request.set_condition(component.condition());
  ASSIGN_OR_RETURN(const int64_t quantity,
                   MultiplyRounded(component.quantity_milli(), kits_milli, 1000));
  request.set_quantity_milli(quantity);
  return request;
}

const v1::PartPrice& PriceIn(const std::map<std::string, v1::PartPrice>& prices,
                             const std::string& part_id) {
  const auto found = prices.find(part_id);
  return found == prices.end() ? v1::PartPrice::default_instance() : found->second;
}

// The kit's price over its components, in proportion to what they would cost one by one.
absl::Status PriceKit(const v1::Kit& kit, int64_t kits_milli, std::vector<v1::Line>& lines) {
  std::vector<v1::Line*> components;
  int64_t computed = 0;
  for (v1::Line& line : lines) {
    if (line.kind() != v1::LINE_KIND_PART) continue;
    components.push_back(&line);
    ASSIGN_OR_RETURN(const int64_t price, ComputedPrice(line));
    ASSIGN_OR_RETURN(computed, CheckedAdd(computed, price));
  }
  int64_t price = computed;
  if (kit.price_minor() > 0) {
    ASSIGN_OR_RETURN(price, Extend(Quantity{kits_milli}, kit.price_minor()));
    RETURN_IF_ERROR(SharePrice(price, kit.code(), components));
  }
  for (v1::Line* line : components) {
    v1::KitShare& share = *line->mutable_kit();
    share.set_kit_line_id(components.front()->line_id());
    share.set_code(kit.code());
    share.set_title(kit.title());
    share.set_quantity_milli(kits_milli);
    share.set_price_minor(price);
    share.set_version(kit.version());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddKit& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.request.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  ASSIGN_OR_RETURN(const v1::Job* job, GetActiveJob(ticket, command.request.job_id()));
  RETURN_IF_ERROR(CheckSold(command, context));
  const int64_t kits_milli =
      command.request.quantity_milli() == 0 ? 1000 : command.request.quantity_milli();
  LineIds ids(command.line_ids);
  std::vector<v1::Line> lines;
  for (const v1::Kit::Component& component : command.kit.components()) {
    ASSIGN_OR_RETURN(const v1::AddPartLineRequest request,
                     RequestOf(command, component, kits_milli, ids));
    const PartSale sale{.request = request, .price = PriceIn(command.prices, component.part_id())};
    ASSIGN_OR_RETURN(std::vector<v1::Line> more, LinesOfPart(sale, ticket, ids, context));
    for (v1::Line& line : more) lines.push_back(std::move(line));
  }
  RETURN_IF_ERROR(CheckNewLine(ticket, lines.front().line_id(), static_cast<int>(lines.size())));
  RETURN_IF_ERROR(PriceKit(command.kit, kits_milli, lines));
  Draft draft(state, context);
  RETURN_IF_ERROR(AddLines(draft, std::move(lines), OutdatedBy(job, v1::LINE_KIND_PART)));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
