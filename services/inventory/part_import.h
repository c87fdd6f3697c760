// One row of an import, inside the unit of its batch.
#pragma once

#include "absl/status/statusor.h"
#include "libs/runtime/unit.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"

namespace pitlane::inventory {

// Takes the part and its reorder rules, all of the row or nothing of it. What is wrong with a row
// is in the result; errors are those of the store.
absl::StatusOr<v1::RowResult> ImportRow(runtime::Unit& unit, const v1::PartRow& row);

}  // namespace pitlane::inventory
