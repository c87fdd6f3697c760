#include "services/ticket/desk.h"

#include "libs/rpc/permissions.h"
#include "services/ticket/calendar.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/number_series.h"
#include "services/ticket/domain/part_price.h"
#include "services/ticket/domain/refusals.h"

namespace pitlane::ticket {

absl::StatusOr<Desk> Desk::At(runtime::Unit& unit, const std::string& location_id) {
  ASSIGN_OR_RETURN(const auto location, unit.Load<LocationAggregate>(location_id));
  RETURN_IF_ERROR(CheckKnown(location.state, location_id));
  ASSIGN_OR_RETURN(std::string date, DateIn(location.state.time_zone(), unit.now()));
  ASSIGN_OR_RETURN(const uint32_t slot, SlotOfId(location_id));
  Context context{.now = unit.now(),
                  .business_date = date,
                  .actor = unit.origin().actor.subject(),
                  .location = location.state};
  // Facts of other services act for nobody's role.
  if (const auto& caller = unit.origin().caller; caller.has_value()) {
    context.discount_limit_ppm = rpc::DiscountLimitPpm(*caller, location_id);
    context.may_set_prices =
        rpc::HasPermissionAt(*caller, common::v1::PERMISSION_DISCOUNT, location_id);
  }
  return Desk(unit, std::move(context),
              {.location_id = location_id, .business_date = std::move(date)}, slot);
}

absl::StatusOr<Desk> Desk::Of(runtime::Unit& unit, const std::string& ticket_id) {
  ASSIGN_OR_RETURN(const auto ticket, unit.Load<TicketAggregate>(ticket_id));
  RETURN_IF_ERROR(CheckKnown(ticket.state, ticket_id));
  return At(unit, ticket.state.ticket().location_id());
}

absl::StatusOr<std::string> Desk::NextNumber(std::string_view series,
                                             const std::string& ticket_id) {
  const std::string stream = NumbersStreamOf(scope_.location_id);
  ASSIGN_OR_RETURN(const auto numbers, unit_.Load<NumberSeriesAggregate>(stream));
  std::vector<v1::TicketEvent> events =
      Decide(numbers.state, AssignNumber{std::string(series), ticket_id});
  std::string number = FormatNumber(events[0].number_assigned());
  unit_.Emit<NumberSeriesAggregate>(stream, std::move(events), scope_);
  return number;
}

absl::StatusOr<v1::PartPrice> PriceOf(runtime::Unit& unit, const std::string& part_id) {
  ASSIGN_OR_RETURN(const auto price, unit.Load<PartPriceAggregate>(part_id));
  return price.state;
}

}  // namespace pitlane::ticket
