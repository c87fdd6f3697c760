#include "services/ticket/declined_offers.h"

#include <utility>

#include "libs/base/status.h"
#include "libs/rpc/permissions.h"
#include "services/ticket/domain/declined.h"
#include "services/ticket/projections/declined_work.h"

namespace pitlane::ticket {

absl::Status AddOffers(Desk& desk, const std::string& vehicle_id,
                       google::protobuf::RepeatedPtrField<v1::DeclinedWorkOffer>& offers) {
  if (vehicle_id.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const DeclinedPage page, DeclinedWorkView::Of(desk.unit().views(), vehicle_id,
                                                                 kMostOffers, std::nullopt));
  const auto& caller = desk.unit().origin().caller;
  for (const v1::DeclinedWork& work : page.work) {
    if (caller.has_value() &&
        !rpc::HasPermissionAt(*caller, common::v1::PERMISSION_TICKET_READ, work.location_id())) {
      continue;
    }
    PriceList prices;
    for (const v1::Line& line : work.job().lines()) {
      if (line.part_id().empty()) continue;
      ASSIGN_OR_RETURN(prices[line.part_id()], PriceOf(desk.unit(), line.part_id()));
    }
    ASSIGN_OR_RETURN(v1::DeclinedWorkOffer offer,
                     OfferOf(work, desk.context().location, desk.context().business_date, prices));
    *offers.Add() = std::move(offer);
  }
  return absl::OkStatus();
}

}  // namespace pitlane::ticket
