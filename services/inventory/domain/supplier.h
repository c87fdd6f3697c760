// Whom parts are ordered from. Stream: the supplier's id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/inventory/v1/types.pb.h"

namespace pitlane::inventory {

struct SupplierAggregate {
  using State = v1::Supplier;
  using Event = v1::InventoryEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::Supplier& supplier, const v1::InventoryEvent& event);
};

// How names are compared: ASCII case and surplus white space do not count.
std::string FoldName(std::string_view name);

struct RegisterSupplier {
  std::string supplier_id;
  std::string name;
  // Id of the supplier that has the name; empty: nobody.
  std::string holder_of_name;
};

// Refuses TEXT_INVALID.
absl::Status CheckShape(const RegisterSupplier& command);

// Refuses SUPPLIER_EXISTS, SUPPLIER_NAME_TAKEN.
absl::StatusOr<std::vector<v1::InventoryEvent>> Decide(const v1::Supplier& supplier,
                                                       const RegisterSupplier& command);

}  // namespace pitlane::inventory
