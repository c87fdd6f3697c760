#include "services/inventory/part_import.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/permissions.h"
#include "services/inventory/domain/part.h"
#include "services/inventory/domain/supplier.h"
#include "services/inventory/projections/part_numbers.h"
#include "services/inventory/projections/supplier_names.h"
#include "services/inventory/stock_keeping.h"

namespace pitlane::inventory {
namespace {

absl::Status CheckPermitted(const runtime::Unit& unit, const v1::PartRow& row) {
  const std::optional<rpc::Caller>& caller = unit.origin().caller;
  for (int i = 0; i < row.reorder_rules_size() && caller.has_value(); ++i) {
    // The catalogue is everybody's, the shelves are their location's.
    const std::string& location_id = row.reorder_rules(i).location_id();
    if (!rpc::HasPermissionAt(*caller, common::v1::PERMISSION_CATALOG_WRITE, location_id)) {
      return rpc::Invalid(v1::LOCATION_NOT_PERMITTED,
                          absl::StrCat("reorder_rules[", i, "].location_id"),
                          absl::StrCat("you may not set reorder rules at ", location_id));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> SupplierOfRow(runtime::Unit& unit, const v1::PartRow& row) {
  switch (row.supplier_case()) {
    case v1::PartRow::kSupplierId: {
      if (row.supplier_id().empty()) return std::string();
      if (SupplierId::Parse(row.supplier_id()).ok()) {
        ASSIGN_OR_RETURN(const auto supplier, unit.Load<SupplierAggregate>(row.supplier_id()));
        if (supplier.version > 0) return row.supplier_id();
      }
      return rpc::Invalid(v1::SUPPLIER_UNKNOWN, "supplier_id", "there is no supplier of that id");
    }
    case v1::PartRow::kSupplierName: {
      if (FoldName(row.supplier_name()).empty()) return std::string();
      ASSIGN_OR_RETURN(const auto id, SupplierNames::Find(unit.views(), row.supplier_name()));
      if (id.has_value()) return *id;
      return rpc::Invalid(v1::SUPPLIER_UNKNOWN, "supplier_name",
                          "there is no supplier of that name; register it first");
    }
    case v1::PartRow::SUPPLIER_NOT_SET:
      return std::string();
  }
  return std::string();
}

absl::Status Mismatch(std::string_view problem) {
  return rpc::Invalid(v1::PART_MISMATCH, "part_id", problem);
}

// The id of the part that has the row's brand and number; a new one when none has.
absl::StatusOr<std::string> PartIdOfRow(runtime::Unit& unit, const v1::PartRow& row,
                                        const std::optional<std::string>& known) {
  const std::string& wanted = row.part_id();
  if (wanted.empty()) {
    return known.has_value() ? *known : unit.NewId<PartId>(RandomSlot(unit.entropy())).text();
  }
  if (!PartId::Parse(wanted).ok()) return Mismatch("part_id must be a prt_ id");
  // One brand, one number: one part, and the other way round.
  if (known.has_value() && *known != wanted) {
    return Mismatch(absl::StrCat("brand and number belong to ", *known));
  }
  ASSIGN_OR_RETURN(const auto part, unit.Load<PartAggregate>(wanted));
  if (!known.has_value() && part.version > 0) {
    return Mismatch("part_id belongs to another brand and number");
  }
  return wanted;
}

// The part's id; counts in `events` what the row changed.
absl::StatusOr<std::string> TakePart(runtime::Unit& unit, v1::Part part, bool known,
                                     size_t& events) {
  const std::string part_id = part.part_id();
  const ImportPart command{.part = std::move(part)};
  RETURN_IF_ERROR(unit.Execute<PartAggregate>(part_id,
                                              known ? std::nullopt : std::optional<uint64_t>(0),
                                              runtime::EventScope(), [&](const v1::Part& state) {
                                                auto decided = Decide(state, command);
                                                if (decided.ok()) events += decided->size();
                                                return decided;
                                              }));
  return part_id;
}

absl::Status TakeRule(runtime::Unit& unit, const std::string& part_id, const v1::ReorderRule& rule,
                      size_t& events) {
  const StockKey key{.location_id = rule.location_id(), .part_id = part_id};
  ASSIGN_OR_RETURN(const auto before, unit.Load<StockItemAggregate>(key.stream_id()));
  const uint64_t version = before.version;
  StockKeeper keeper(unit, {.location_id = rule.location_id(), .business_date = ""});
  RETURN_IF_ERROR(
      keeper.Do(key, SetReorderRule{.reorder_point_milli = rule.reorder_point_milli(),
                                    .reorder_quantity_milli = rule.reorder_quantity_milli(),
                                    .supplier_id = std::nullopt}));
  RETURN_IF_ERROR(keeper.OrderWhatRunsLow());
  ASSIGN_OR_RETURN(const auto after, unit.Load<StockItemAggregate>(key.stream_id()));
  events += after.version - version;
  return absl::OkStatus();
}

absl::Status TakeRow(runtime::Unit& unit, const v1::PartRow& row, v1::RowResult& result) {
  ASSIGN_OR_RETURN(v1::Part part, PartOfRow(row));
  RETURN_IF_ERROR(CheckPermitted(unit, row));
  ASSIGN_OR_RETURN(*part.mutable_supplier_id(), SupplierOfRow(unit, row));
  ASSIGN_OR_RETURN(const auto known, PartNumbers::Find(unit.views(), part.brand(), part.number()));
  ASSIGN_OR_RETURN(*part.mutable_part_id(), PartIdOfRow(unit, row, known));
  size_t events = 0;
  ASSIGN_OR_RETURN(*result.mutable_part_id(),
                   TakePart(unit, std::move(part), known.has_value(), events));
  for (const v1::ReorderRule& rule : row.reorder_rules()) {
    RETURN_IF_ERROR(TakeRule(unit, result.part_id(), rule, events));
  }
  result.set_outcome(!known.has_value() ? v1::ROW_OUTCOME_IMPORTED
                     : events > 0       ? v1::ROW_OUTCOME_UPDATED
                                        : v1::ROW_OUTCOME_UNCHANGED);
  return absl::OkStatus();
}

v1::RowResult RefusedRow(const absl::Status& status, v1::ErrorReason reason) {
  v1::RowResult result;
  result.set_outcome(v1::ROW_OUTCOME_REFUSED);
  const std::vector<rpc::FieldViolation> fields = rpc::FieldViolations(status);
  if (!fields.empty()) result.set_field(fields.front().field);
  result.set_reason(reason);
  result.set_message(std::string(status.message()));
  return result;
}

}  // namespace

absl::StatusOr<v1::RowResult> ImportRow(runtime::Unit& unit, const v1::PartRow& row) {
  v1::RowResult result;
  const absl::Status status = unit.Try([&] { return TakeRow(unit, row, result); });
  if (status.ok()) return result;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (!v1::ErrorReason_Parse(rpc::ErrorReason(status), &reason)) return status;
  return RefusedRow(status, reason);
}

}  // namespace pitlane::inventory
