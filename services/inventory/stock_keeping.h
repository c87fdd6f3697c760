// Changes of stock inside a unit of work, with what follows from them: what runs low is ordered.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/runtime/unit.h"
#include "services/inventory/domain/stock_item.h"

namespace pitlane::inventory {

// Kind of the effect that hands an order to its supplier; its id is the order's, its payload the
// v1::PurchaseOrder.
inline constexpr std::string_view kPurchaseOrderEffect = "purchase_order";

// The part as the unit sees it. NOT_FOUND with PART_UNKNOWN.
absl::StatusOr<v1::Part> KnownPart(runtime::Unit& unit, std::string_view part_id);

// What one unit does to the shelves. Lives as long as the unit at most; executor's thread only.
class StockKeeper {
 public:
  // `unit` is borrowed. Facts are stamped with `scope`, whose location must be that of the stock.
  StockKeeper(runtime::Unit& unit, runtime::EventScope scope)
      : unit_(unit), scope_(std::move(scope)) {}

  // Decides one of the commands of stock_item.h. Errors: the command's, VERSION_MISMATCH.
  template <class Command>
  absl::Status Do(const StockKey& key, const Command& command,
                  std::optional<uint64_t> expected_version = std::nullopt) {
    touched_.insert(key);
    return unit_.Execute<StockItemAggregate>(
        key.stream_id(), expected_version, scope_,
        [&](const v1::StockItemState& item) { return Decide(item, key, command); });
  }

  // Raises an order for everything done so far that runs low, and has it sent to the supplier. To
  // be called once, when the unit has done everything else.
  absl::Status OrderWhatRunsLow();

 private:
  absl::Status OrderIfLow(const StockKey& key);

  runtime::Unit& unit_;
  const runtime::EventScope scope_;
  std::set<StockKey> touched_;
};

}  // namespace pitlane::inventory
