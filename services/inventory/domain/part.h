// A part of the catalogue: what it is, what it costs, what it sells for. Stream: the part's id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "pitlane/inventory/v1/types.pb.h"

namespace pitlane::inventory {

struct PartAggregate {
  using State = v1::Part;
  using Event = v1::InventoryEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::Part& part, const v1::InventoryEvent& event);
};

// One brand, one stripped number: one part. The bytes sort by stripped number, then brand.
// `brand` and `number` are as the catalogue has them; case of ASCII letters in the brand does not
// count.
std::string NaturalKey(std::string_view brand, std::string_view number);

// What an import says of a part.
struct ImportPart {
  // For a part that is not known yet; part_id, stripped_number and supplier_id are set.
  v1::Part part;
};

struct ChangePrice {
  std::optional<int64_t> list_price_minor;
  std::optional<int64_t> unit_cost_e4;
  std::optional<int64_t> core_minor;
  std::string reason;
};

// The row as a part, trimmed and with its stripped number, without ids and supplier. Refuses, with
// the row's field: NUMBER_EMPTY, TEXT_INVALID, GTIN_INVALID, CURRENCY_UNKNOWN, AMOUNT_OUT_OF_RANGE,
// QUANTITY_OUT_OF_RANGE, LOCATION_INVALID.
absl::StatusOr<v1::Part> PartOfRow(const v1::PartRow& row);
// Refuses AMOUNT_OUT_OF_RANGE and TEXT_INVALID.
absl::Status CheckShape(const ChangePrice& command);

// No events when the part is already so. Refuses CURRENCY_CHANGED.
absl::StatusOr<std::vector<v1::InventoryEvent>> Decide(const v1::Part& part,
                                                       const ImportPart& command);
// No events when nothing changes. Refuses PART_UNKNOWN.
absl::StatusOr<std::vector<v1::InventoryEvent>> Decide(const v1::Part& part,
                                                       std::string_view part_id,
                                                       const ChangePrice& command);

}  // namespace pitlane::inventory
