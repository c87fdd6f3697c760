#include "services/customer_vehicle/reactors/on_credit_memo_issued.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/runtime/unit.h"
#include "services/customer_vehicle/domain/customer.h"
#include "services/customer_vehicle/domain/visit.h"

namespace pitlane::customer_vehicle {
namespace {

absl::Status TakeFromProfile(const ticket::v1::CreditMemo& memo, const runtime::EventScope& scope,
                             runtime::Unit& unit) {
  const std::string stream = VisitStream(memo.customer_id(), memo.ticket_id());
  ASSIGN_OR_RETURN(const auto counted, unit.Load<CountedVisitAggregate>(stream));
  const CountReturn command{CountedReturnOf(memo)};
  std::vector<v1::CustomerVehicleEvent> returns = Decide(counted.state, command);
  if (returns.empty()) return absl::OkStatus();
  unit.Emit<CountedVisitAggregate>(stream, std::move(returns), scope);
  return unit.Execute<CustomerAggregate>(memo.customer_id(), std::nullopt, scope,
                                         [&](const v1::CustomerState& state) {
                                           return Decide(state, LearnFromReturn{command.counted});
                                         });
}

}  // namespace

absl::Status RememberReturn(const ticket::v1::CreditMemo& memo, runtime::Unit& unit) {
  const runtime::EventScope scope{memo.location_id(), memo.business_date()};
  if (!memo.vehicle_id().empty()) {
    const RecordReturn command{ReturnOf(memo)};
    RETURN_IF_ERROR(unit.Execute<ServiceVisitAggregate>(
        VisitStream(memo.vehicle_id(), memo.ticket_id()), std::nullopt, scope,
        [&](const v1::ServiceVisitState& visit)
            -> absl::StatusOr<std::vector<v1::CustomerVehicleEvent>> {
          return Decide(visit, command);
        }));
  }
  if (memo.customer_id().empty()) return unit.status();
  return TakeFromProfile(memo, scope, unit);
}

absl::Status OnCreditMemoIssued::On(const common::v1::EventMeta& meta,
                                    const ticket::v1::CreditMemoIssued& event,
                                    runtime::Unit& unit) {
  // The sale is not complete: what is taken back is remembered together with it.
  if (event.memo().invoice_stage() != ticket::v1::DOCUMENT_STAGE_CLOSED) return absl::OkStatus();
  return RememberReturn(event.memo(), unit);
}

}  // namespace pitlane::customer_vehicle
