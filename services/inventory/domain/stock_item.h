// One part at one location: what is there, kept for jobs, on order, and what it is worth. Stream:
// "<location id>/<part id>".
//
// All quantities in thousandths, unit costs and values in 1/10 000 of the major unit. Commands come
// with shapes already checked (validation.h); arithmetic that does not fit in 64 bits is refused
// with VALUE_TOO_LARGE by every Decide that adds something up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/inventory/v1/state.pb.h"
#include "pitlane/inventory/v1/types.pb.h"

namespace pitlane::inventory {

struct StockItemAggregate {
  using State = v1::StockItemState;
  using Event = v1::InventoryEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::StockItemState& item, const v1::InventoryEvent& event);
};

// Which part, where.
struct StockKey {
  std::string location_id;
  std::string part_id;

  std::string stream_id() const { return location_id + "/" + part_id; }
  friend auto operator<=>(const StockKey&, const StockKey&) = default;
  friend bool operator==(const StockKey&, const StockKey&) = default;
};

struct SetReorderRule {
  int64_t reorder_point_milli = 0;
  int64_t reorder_quantity_milli = 0;  // 0: never reordered
  // Absent: stays as it is. Empty: the part's own supplier.
  std::optional<std::string> supplier_id;
};

struct ReceiveStock {
  int64_t quantity_milli = 0;
  int64_t unit_cost_e4 = 0;
  std::string purchase_order_id;  // empty: without an order
};

struct AdjustStock {
  int64_t change_milli = 0;
  v1::AdjustReason reason = v1::ADJUST_REASON_UNSPECIFIED;
  std::string note;
  int64_t catalogue_cost_e4 = 0;  // for what is found before anything was received
};

// What one line of a job needs of the part.
struct LineDemand {
  std::string line_id;
  int64_t quantity_milli = 0;
};

// Keeps exactly this for a job; what was kept for lines that are not named is released. An empty
// list releases the whole job.
struct ReserveForJob {
  std::string ticket_id;
  std::string job_id;
  std::vector<LineDemand> lines;
};

// Absent job or line: all of them.
struct ReleaseReservations {
  std::string ticket_id;
  std::optional<std::string> job_id;
  std::optional<std::string> line_id;
};

struct IssueStock {
  std::string ticket_id;
  std::string job_id;
  std::string line_id;
  int64_t quantity_milli = 0;
  int64_t catalogue_cost_e4 = 0;  // for what is sold before anything was received
  std::string currency;           // of the part's costs
};

// A customer brought back what was issued, at the cost it left with.
struct ReturnStock {
  std::string ticket_id;
  std::string job_id;
  std::string line_id;
  std::string credit_memo_id;
  int64_t quantity_milli = 0;
  int64_t cost_e4 = 0;
  std::string currency;
  ticket::v1::Disposition disposition = ticket::v1::DISPOSITION_UNSPECIFIED;
};

struct OrderStock {
  std::string purchase_order_id;
  int64_t quantity_milli = 0;
};

// Goods of an order came in, or it could not be placed.
struct ReduceOrderedStock {
  std::string purchase_order_id;
  int64_t quantity_milli = 0;
};

using StockEvents = absl::StatusOr<std::vector<v1::InventoryEvent>>;

// No events when the rule is already so.
StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const SetReorderRule& command);
// A CostTruedUp follows the receipt when something had been issued below zero.
StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const ReceiveStock& command);
// Refuses STOCK_BELOW_ZERO.
StockEvents Decide(const v1::StockItemState& item, const StockKey& key, const AdjustStock& command);
// Never refuses for want of stock: what is available is kept, in the order of the lines, and the
// rest is a StockShortageFound. No events when everything is already so.
StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const ReserveForJob& command);
// No events when nothing is kept.
StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const ReleaseReservations& command);
// Never refuses for want of stock: the part has left the shop.
StockEvents Decide(const v1::StockItemState& item, const StockKey& key, const IssueStock& command);
// RESTOCK and QUARANTINE stay on hand, the latter not for sale; VENDOR_RETURN and SCRAP leave again
// at once. A CostTruedUp follows when what stays settles what had been issued below zero.
StockEvents Decide(const v1::StockItemState& item, const StockKey& key, const ReturnStock& command);
StockEvents Decide(const v1::StockItemState& item, const StockKey& key, const OrderStock& command);
// At most what is on order is taken off.
StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const ReduceOrderedStock& command);

// How much to order now: a multiple of the reorder quantity that brings available + on order above
// the reorder point. 0 when there is enough, when the part is not reordered here, or while an order
// is under way.
int64_t QuantityToOrder(const v1::StockItemState& item);

}  // namespace pitlane::inventory
