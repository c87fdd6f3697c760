#include "services/customer_vehicle/reactors/on_ticket_closed.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/unit.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"
#include "services/customer_vehicle/domain/customer.h"
#include "services/customer_vehicle/domain/vehicle.h"
#include "services/customer_vehicle/domain/visit.h"
#include "services/customer_vehicle/reactors/on_credit_memo_issued.h"

namespace pitlane::customer_vehicle {
namespace {

using google::protobuf::Timestamp;

// True when the visit is new; false when it is in the history already.
absl::StatusOr<bool> AppendHistory(const ticket::v1::Ticket& ticket, const Timestamp& closed_at,
                                   const runtime::EventScope& scope, runtime::Unit& unit) {
  const std::string stream = VisitStream(ticket.vehicle_id(), ticket.ticket_id());
  ASSIGN_OR_RETURN(const auto visit, unit.Load<ServiceVisitAggregate>(stream));
  auto events = Decide(visit.state, RecordService{EntryOf(ticket, closed_at)});
  if (events.empty()) return false;
  unit.Emit<ServiceVisitAggregate>(stream, std::move(events), scope);
  return true;
}

absl::Status RecordWork(const ticket::v1::Ticket& ticket, const Timestamp& closed_at,
                        const runtime::EventScope& scope, runtime::Unit& unit) {
  ASSIGN_OR_RETURN(const auto vehicle, unit.Load<VehicleAggregate>(ticket.vehicle_id()));
  if (vehicle.version == 0) {
    return rpc::Refused(v1::VEHICLE_UNKNOWN,
                        absl::StrCat("ticket ", ticket.ticket_id(), " names vehicle ",
                                     ticket.vehicle_id(), ", which was never registered"));
  }
  ASSIGN_OR_RETURN(const bool is_new, AppendHistory(ticket, closed_at, scope, unit));
  if (!is_new || !ticket.has_odometer_out()) return absl::OkStatus();
  const NoteInvoicedOdometer command{
      .ticket_id = ticket.ticket_id(),
      .value = ticket.odometer_out(),
      .read_at = ticket.has_invoiced_at() ? ticket.invoiced_at() : closed_at};
  unit.Emit<VehicleAggregate>(ticket.vehicle_id(), Decide(vehicle.state, command), scope);
  return absl::OkStatus();
}

absl::Status LearnOfCustomer(const ticket::v1::Ticket& ticket, const Timestamp& closed_at,
                             const runtime::EventScope& scope, runtime::Unit& unit) {
  ASSIGN_OR_RETURN(const auto customer, unit.Load<CustomerAggregate>(ticket.customer_id()));
  if (customer.version == 0) {
    return rpc::Refused(v1::CUSTOMER_UNKNOWN,
                        absl::StrCat("ticket ", ticket.ticket_id(), " names customer ",
                                     ticket.customer_id(), ", who was never registered"));
  }
  const std::string stream = VisitStream(ticket.customer_id(), ticket.ticket_id());
  ASSIGN_OR_RETURN(const auto counted, unit.Load<CountedVisitAggregate>(stream));
  const CountVisit command{VisitOf(ticket, closed_at)};
  auto visits = Decide(counted.state, command);
  if (visits.empty()) return absl::OkStatus();
  unit.Emit<CountedVisitAggregate>(stream, std::move(visits), scope);
  return unit.Execute<CustomerAggregate>(
      ticket.customer_id(), std::nullopt, scope,
      [&](const v1::CustomerState& state) { return Decide(state, LearnFromVisit{command.visit}); });
}

}  // namespace

absl::Status OnTicketClosed::On(const common::v1::EventMeta& meta,
                                const ticket::v1::TicketClosed& event, runtime::Unit& unit) {
  const ticket::v1::Ticket& ticket = event.ticket();
  const Timestamp closed_at = ticket.has_closed_at() ? ticket.closed_at() : meta.occurred_at();
  const runtime::EventScope scope{ticket.location_id(), ticket.business_date()};
  if (!ticket.vehicle_id().empty()) {
    RETURN_IF_ERROR(RecordWork(ticket, closed_at, scope, unit));
  }
  if (!ticket.customer_id().empty()) {
    RETURN_IF_ERROR(LearnOfCustomer(ticket, closed_at, scope, unit));
  }
  // Taken back before the sale was complete.
  for (const ticket::v1::CreditMemo& memo : event.credits()) {
    RETURN_IF_ERROR(RememberReturn(memo, unit));
  }
  return unit.status();
}

}  // namespace pitlane::customer_vehicle
