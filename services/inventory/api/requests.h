// What requests say, as commands: shapes are checked here, before anything is queued. Pure
// functions; safe from any thread.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/ids.h"
#include "libs/rpc/errors.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "services/inventory/domain/part.h"
#include "services/inventory/domain/purchase_order.h"
#include "services/inventory/domain/stock_item.h"

namespace pitlane::inventory {

// INVALID_ARGUMENT with FIELD_INVALID unless `text` is an id of that kind.
template <class IdType>
absl::Status CheckId(std::string_view field, std::string_view text) {
  const auto id = IdType::Parse(text);
  if (id.ok()) return absl::OkStatus();
  return rpc::Invalid(field, std::string(id.status().message()));
}

template <class Request>
StockKey KeyOf(const Request& request) {
  return {.location_id = request.location_id(), .part_id = request.part_id()};
}

absl::Status CheckShape(const v1::RegisterSupplierRequest& request);
absl::Status CheckShape(const v1::ImportPartsRequest& request);
absl::Status CheckShape(const v1::ChangePriceRequest& request);
absl::Status CheckShape(const v1::SetReorderRuleRequest& request);
absl::Status CheckShape(const v1::ReceiveStockRequest& request);
absl::Status CheckShape(const v1::AdjustStockRequest& request);
absl::Status CheckShape(const v1::ReceivePurchaseOrderRequest& request);
absl::Status CheckShape(const v1::WatchStockRequest& request);

ChangePrice CommandOf(const v1::ChangePriceRequest& request);
ReceivePurchaseOrder CommandOf(const v1::ReceivePurchaseOrderRequest& request);

}  // namespace pitlane::inventory
