#include "services/inventory/api/requests.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "services/inventory/domain/supplier.h"
#include "services/inventory/domain/validation.h"

namespace pitlane::inventory {
namespace {

constexpr int kMaxRows = 500;
constexpr int kMaxOrderLines = 500;

template <class Request>
absl::Status CheckKey(const Request& request) {
  RETURN_IF_ERROR(CheckId<PartId>("part_id", request.part_id()));
  return CheckId<LocationId>("location_id", request.location_id());
}

}  // namespace

absl::Status CheckShape(const v1::RegisterSupplierRequest& request) {
  if (!request.supplier_id().empty()) {
    RETURN_IF_ERROR(CheckId<SupplierId>("supplier_id", request.supplier_id()));
  }
  return CheckShape(RegisterSupplier{
      .supplier_id = request.supplier_id(), .name = request.name(), .holder_of_name = ""});
}

absl::Status CheckShape(const v1::ImportPartsRequest& request) {
  if (request.rows_size() >= 1 && request.rows_size() <= kMaxRows) return absl::OkStatus();
  return rpc::Invalid("rows", absl::StrCat("send 1 to ", kMaxRows, " rows in a batch"));
}

absl::Status CheckShape(const v1::ChangePriceRequest& request) {
  RETURN_IF_ERROR(CheckId<PartId>("part_id", request.part_id()));
  return CheckShape(CommandOf(request));
}

absl::Status CheckShape(const v1::SetReorderRuleRequest& request) {
  RETURN_IF_ERROR(CheckKey(request));
  if (!request.supplier_id().empty()) {
    RETURN_IF_ERROR(CheckId<SupplierId>("supplier_id", request.supplier_id()));
  }
  RETURN_IF_ERROR(CheckQuantityOrZero("reorder_point_milli", request.reorder_point_milli()));
  return CheckQuantityOrZero("reorder_quantity_milli", request.reorder_quantity_milli());
}

absl::Status CheckShape(const v1::ReceiveStockRequest& request) {
  RETURN_IF_ERROR(CheckKey(request));
  RETURN_IF_ERROR(CheckAmount("unit_cost_e4", request.unit_cost_e4()));
  return CheckQuantity("quantity_milli", request.quantity_milli());
}

absl::Status CheckShape(const v1::AdjustStockRequest& request) {
  RETURN_IF_ERROR(CheckKey(request));
  if (!v1::AdjustReason_IsValid(request.reason()) ||
      request.reason() == v1::ADJUST_REASON_UNSPECIFIED) {
    return rpc::Invalid("reason", "say why: one of the AdjustReason values");
  }
  RETURN_IF_ERROR(CheckTypedText("note", request.note(), kMaxNoteBytes));
  if (request.reason() == v1::ADJUST_REASON_OTHER && request.note().empty()) {
    return rpc::Invalid(v1::TEXT_INVALID, "note", "ADJUST_REASON_OTHER needs a note");
  }
  // Compared before it is negated: the smallest number has no opposite.
  if (request.change_milli() < -kMaxQuantityMilli) {
    return CheckQuantity("change_milli", request.change_milli());
  }
  return CheckQuantity("change_milli", request.change_milli() < 0 ? -request.change_milli()
                                                                  : request.change_milli());
}

absl::Status CheckShape(const v1::ReceivePurchaseOrderRequest& request) {
  RETURN_IF_ERROR(CheckId<PurchaseOrderId>("purchase_order_id", request.purchase_order_id()));
  if (request.lines_size() < 1 || request.lines_size() > kMaxOrderLines) {
    return rpc::Invalid("lines", absl::StrCat("send 1 to ", kMaxOrderLines, " lines"));
  }
  for (int i = 0; i < request.lines_size(); ++i) {
    const v1::ReceiveLine& line = request.lines(i);
    const std::string path = absl::StrCat("lines[", i, "].");
    RETURN_IF_ERROR(CheckId<PartId>(absl::StrCat(path, "part_id"), line.part_id()));
    RETURN_IF_ERROR(CheckAmount(absl::StrCat(path, "unit_cost_e4"), line.unit_cost_e4()));
    RETURN_IF_ERROR(CheckQuantity(absl::StrCat(path, "quantity_milli"), line.quantity_milli()));
  }
  return absl::OkStatus();
}

absl::Status CheckShape(const v1::WatchStockRequest& request) {
  return CheckId<LocationId>("location_id", request.location_id());
}

ChangePrice CommandOf(const v1::ChangePriceRequest& request) {
  ChangePrice command{.list_price_minor = std::nullopt,
                      .unit_cost_e4 = std::nullopt,
                      .core_minor = std::nullopt,
                      .reason = request.reason()};
  if (request.has_list_price_minor()) command.list_price_minor = request.list_price_minor();
  if (request.has_unit_cost_e4()) command.unit_cost_e4 = request.unit_cost_e4();
  if (request.has_core_minor()) command.core_minor = request.core_minor();
  return command;
}

ReceivePurchaseOrder CommandOf(const v1::ReceivePurchaseOrderRequest& request) {
  ReceivePurchaseOrder command;
  for (const v1::ReceiveLine& line : request.lines()) {
    ReceivedOfLine& received = command.lines.emplace_back();
    received.part_id = line.part_id();
    received.quantity_milli = line.quantity_milli();
    if (line.has_unit_cost_e4()) received.unit_cost_e4 = line.unit_cost_e4();
  }
  return command;
}

}  // namespace pitlane::inventory
