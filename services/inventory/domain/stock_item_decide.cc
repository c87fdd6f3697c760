#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/money/rounding.h"
#include "libs/rpc/errors.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "services/inventory/domain/costing.h"
#include "services/inventory/domain/stock_item.h"
#include "services/inventory/domain/validation.h"

namespace pitlane::inventory {
namespace {

// Gathers events; each is decided on the state that the ones before it left. The first sum that
// does not fit is kept and answered by Finish.
class Draft {
 public:
  Draft(const v1::StockItemState& item, const StockKey& key) : key_(key), item_(item) {}

  const v1::StockItemState& item() const { return item_; }
  const v1::StockLevel& level() const { return item_.level(); }
  Valuation valuation() const { return {level().on_hand_milli(), level().value_e4()}; }

  struct Change {
    int64_t on_hand = 0;
    int64_t reserved = 0;
    int64_t on_order = 0;
    int64_t value = 0;
    int64_t received = 0;
    int64_t adjusted = 0;
    int64_t issued = 0;
    int64_t returned = 0;
    int64_t scrapped = 0;
    int64_t vendor_returned = 0;
    int64_t quarantine = 0;
  };

  // A fact about stock that carries the level it leaves.
  template <class Fact>
  void Emit(Fact* (v1::InventoryEvent::*mutable_fact)(), Fact fact, const Change& change) {
    *fact.mutable_level() = LevelAfter(change);
    Emit(mutable_fact, std::move(fact));
  }
  template <class Fact>
  void Emit(Fact* (v1::InventoryEvent::*mutable_fact)(), Fact fact) {
    fact.set_part_id(key_.part_id);
    fact.set_location_id(key_.location_id);
    v1::InventoryEvent event;
    *(event.*mutable_fact)() = std::move(fact);
    StockItemAggregate::Apply(item_, event);
    events_.push_back(std::move(event));
  }

  void Fail(const absl::Status& status) {
    if (status_.ok()) status_ = status;
  }
  StockEvents Finish() {
    if (!status_.ok()) return TooLarge(status_, key_.stream_id());
    return std::move(events_);
  }

 private:
  int64_t Sum(int64_t a, int64_t b) {
    const absl::StatusOr<int64_t> sum = CheckedAdd(a, b);
    Fail(sum.status());
    return sum.value_or(0);
  }

  v1::StockLevel LevelAfter(const Change& change) {
    v1::StockLevel after = level();
    after.set_part_id(key_.part_id);
    after.set_location_id(key_.location_id);
    after.set_on_hand_milli(Sum(after.on_hand_milli(), change.on_hand));
    after.set_reserved_milli(Sum(after.reserved_milli(), change.reserved));
    after.set_on_order_milli(Sum(after.on_order_milli(), change.on_order));
    after.set_value_e4(Sum(after.value_e4(), change.value));
    after.set_received_milli(Sum(after.received_milli(), change.received));
    after.set_adjusted_milli(Sum(after.adjusted_milli(), change.adjusted));
    after.set_issued_milli(Sum(after.issued_milli(), change.issued));
    after.set_returned_milli(Sum(after.returned_milli(), change.returned));
    after.set_scrapped_milli(Sum(after.scrapped_milli(), change.scrapped));
    after.set_vendor_returned_milli(Sum(after.vendor_returned_milli(), change.vendor_returned));
    after.set_quarantine_milli(Sum(after.quarantine_milli(), change.quarantine));
    after.set_available_milli(
        Sum(Sum(after.on_hand_milli(), -after.reserved_milli()), -after.quarantine_milli()));
    after.set_version(after.version() + 1);
    return after;
  }

  const StockKey& key_;
  v1::StockItemState item_;
  std::vector<v1::InventoryEvent> events_;
  absl::Status status_;
};

int64_t LastUnitCost(const v1::StockItemState& item, int64_t catalogue_cost_e4) {
  return item.has_last_unit_cost_e4() ? item.last_unit_cost_e4() : catalogue_cost_e4;
}

template <class Fact>
Fact FactOf(const v1::Reservation& reservation) {
  Fact fact;
  fact.set_ticket_id(reservation.ticket_id());
  fact.set_job_id(reservation.job_id());
  fact.set_line_id(reservation.line_id());
  return fact;
}

void TrueUp(Draft& draft, const ReceiptValue& value) {
  v1::CostTruedUp trued_up;
  trued_up.set_quantity_milli(value.settled_milli);
  trued_up.set_difference_e4(value.difference_e4);
  draft.Emit(&v1::InventoryEvent::mutable_cost_trued_up, std::move(trued_up),
             {.value = -value.difference_e4});
}

void Release(Draft& draft, const v1::Reservation& reservation) {
  v1::ReservationReleased released = FactOf<v1::ReservationReleased>(reservation);
  released.set_quantity_milli(reservation.quantity_milli());
  draft.Emit(&v1::InventoryEvent::mutable_reservation_released, std::move(released),
             {.reserved = -reservation.quantity_milli()});
}

// One line of the job: what it has now, and what it is to have.
struct Target {
  v1::Reservation now;
  v1::Reservation wanted;
  int64_t demand_milli = 0;
};

const v1::Reservation* FindReservation(const v1::StockItemState& item, std::string_view ticket_id,
                                       std::string_view job_id, std::string_view line_id) {
  for (const v1::Reservation& reservation : item.reservations()) {
    if (reservation.ticket_id() == ticket_id && reservation.job_id() == job_id &&
        reservation.line_id() == line_id) {
      return &reservation;
    }
  }
  return nullptr;
}

std::vector<Target> TargetsOf(const v1::StockItemState& item, const ReserveForJob& command) {
  std::vector<Target> targets;
  for (const LineDemand& line : command.lines) {
    Target target;
    target.now.set_ticket_id(command.ticket_id);
    target.now.set_job_id(command.job_id);
    target.now.set_line_id(line.line_id);
    if (const auto* now = FindReservation(item, command.ticket_id, command.job_id, line.line_id)) {
      target.now = *now;
    }
    target.wanted = target.now;
    target.demand_milli = line.quantity_milli;
    targets.push_back(std::move(target));
  }
  return targets;
}

// Shares out what is free: every line keeps what it has as far as it still needs it, and the lines
// get more in their order.
void ShareOut(std::vector<Target>& targets, int64_t available_milli) {
  int64_t free = available_milli;
  for (Target& target : targets) {
    const int64_t kept = std::min(target.now.quantity_milli(), target.demand_milli);
    free += target.now.quantity_milli() - kept;
    target.wanted.set_quantity_milli(kept);
  }
  free = std::max<int64_t>(0, free);
  for (Target& target : targets) {
    const int64_t more = std::min(free, target.demand_milli - target.wanted.quantity_milli());
    free -= more;
    target.wanted.set_quantity_milli(target.wanted.quantity_milli() + more);
    target.wanted.set_missing_milli(target.demand_milli - target.wanted.quantity_milli());
  }
}

void Keep(Draft& draft, const Target& target) {
  const v1::Reservation& now = target.now;
  const v1::Reservation& wanted = target.wanted;
  const bool no_longer_short = now.missing_milli() > 0 && wanted.missing_milli() == 0;
  if (wanted.quantity_milli() != now.quantity_milli() || no_longer_short) {
    v1::StockReserved reserved = FactOf<v1::StockReserved>(wanted);
    reserved.set_quantity_milli(wanted.quantity_milli());
    draft.Emit(&v1::InventoryEvent::mutable_stock_reserved, std::move(reserved),
               {.reserved = wanted.quantity_milli() - now.quantity_milli()});
  }
  // A shortage is a fact of its own: the ticket goes on, somebody has to find the part.
  if (wanted.missing_milli() > 0 && (wanted.missing_milli() != now.missing_milli() ||
                                     wanted.quantity_milli() != now.quantity_milli())) {
    v1::StockShortageFound shortage = FactOf<v1::StockShortageFound>(wanted);
    shortage.set_wanted_milli(target.demand_milli);
    shortage.set_missing_milli(wanted.missing_milli());
    draft.Emit(&v1::InventoryEvent::mutable_stock_shortage_found, std::move(shortage));
  }
}

}  // namespace

StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const SetReorderRule& command) {
  const std::string supplier_id = command.supplier_id.value_or(item.supplier_id());
  if (item.level().reorder_point_milli() == command.reorder_point_milli &&
      item.level().reorder_quantity_milli() == command.reorder_quantity_milli &&
      item.supplier_id() == supplier_id) {
    return std::vector<v1::InventoryEvent>();
  }
  Draft draft(item, key);
  v1::ReorderRuleSet rule;
  rule.set_reorder_point_milli(command.reorder_point_milli);
  rule.set_reorder_quantity_milli(command.reorder_quantity_milli);
  rule.set_supplier_id(supplier_id);
  draft.Emit(&v1::InventoryEvent::mutable_reorder_rule_set, std::move(rule));
  return draft.Finish();
}

StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const ReceiveStock& command) {
  Draft draft(item, key);
  const absl::StatusOr<ReceiptValue> value =
      ValueOfReceipt(draft.valuation(), command.quantity_milli, command.unit_cost_e4);
  if (!value.ok()) return TooLarge(value.status(), key.stream_id());
  v1::StockReceived received;
  received.set_quantity_milli(command.quantity_milli);
  received.set_unit_cost_e4(command.unit_cost_e4);
  received.set_purchase_order_id(command.purchase_order_id);
  draft.Emit(&v1::InventoryEvent::mutable_stock_received, std::move(received),
             {.on_hand = command.quantity_milli,
              .value = value->added_e4,
              .received = command.quantity_milli});
  // What was sold before it was there now gets its true cost.
  if (value->settled_milli > 0) TrueUp(draft, *value);
  return draft.Finish();
}

StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const AdjustStock& command) {
  Draft draft(item, key);
  int64_t value = 0;
  if (command.change_milli > 0) {
    const auto found = ValueOfFound(draft.valuation(), command.change_milli,
                                    LastUnitCost(item, command.catalogue_cost_e4));
    if (!found.ok()) return TooLarge(found.status(), key.stream_id());
    value = *found;
  } else {
    // Nothing can be lost that is not there.
    if (-command.change_milli > item.level().on_hand_milli()) {
      return rpc::Refused(v1::STOCK_BELOW_ZERO,
                          absl::StrCat(key.stream_id(), " has ", item.level().on_hand_milli(),
                                       " thousandths on hand; take off at most that"));
    }
    const auto lost = CostOfIssue(draft.valuation(), -command.change_milli, 0);
    if (!lost.ok()) return TooLarge(lost.status(), key.stream_id());
    value = -lost->cost_e4;
  }
  v1::StockAdjusted adjusted;
  adjusted.set_change_milli(command.change_milli);
  adjusted.set_reason(command.reason);
  adjusted.set_note(command.note);
  draft.Emit(&v1::InventoryEvent::mutable_stock_adjusted, std::move(adjusted),
             {.on_hand = command.change_milli, .value = value, .adjusted = command.change_milli});
  return draft.Finish();
}

StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const ReserveForJob& command) {
  Draft draft(item, key);
  // What an earlier consent asked for and this one does not is given back first.
  for (const v1::Reservation& reservation : item.reservations()) {
    if (reservation.ticket_id() != command.ticket_id || reservation.job_id() != command.job_id) {
      continue;
    }
    const bool named =
        std::any_of(command.lines.begin(), command.lines.end(),
                    [&](const LineDemand& line) { return line.line_id == reservation.line_id(); });
    if (!named) Release(draft, reservation);
  }
  std::vector<Target> targets = TargetsOf(draft.item(), command);
  ShareOut(targets, draft.level().available_milli());
  for (const Target& target : targets) Keep(draft, target);
  return draft.Finish();
}

StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const ReleaseReservations& command) {
  Draft draft(item, key);
  for (const v1::Reservation& reservation : item.reservations()) {
    if (reservation.ticket_id() != command.ticket_id) continue;
    if (command.job_id.has_value() && reservation.job_id() != *command.job_id) continue;
    if (command.line_id.has_value() && reservation.line_id() != *command.line_id) continue;
    Release(draft, reservation);
  }
  return draft.Finish();
}

StockEvents Decide(const v1::StockItemState& item, const StockKey& key, const IssueStock& command) {
  Draft draft(item, key);
  const auto cost = CostOfIssue(draft.valuation(), command.quantity_milli,
                                LastUnitCost(item, command.catalogue_cost_e4));
  if (!cost.ok()) return TooLarge(cost.status(), key.stream_id());
  const v1::Reservation* kept =
      FindReservation(item, command.ticket_id, command.job_id, command.line_id);
  v1::StockIssued issued;
  issued.set_ticket_id(command.ticket_id);
  issued.set_job_id(command.job_id);
  issued.set_line_id(command.line_id);
  issued.set_quantity_milli(command.quantity_milli);
  issued.set_cost_e4(cost->cost_e4);
  issued.set_provisional(cost->provisional);
  issued.set_currency(command.currency);
  draft.Emit(&v1::InventoryEvent::mutable_stock_issued, std::move(issued),
             {.on_hand = -command.quantity_milli,
              .reserved = kept == nullptr ? 0 : -kept->quantity_milli(),
              .value = -cost->cost_e4,
              .issued = command.quantity_milli});
  return draft.Finish();
}

StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const ReturnStock& command) {
  Draft draft(item, key);
  v1::StockReturned returned;
  returned.set_ticket_id(command.ticket_id);
  returned.set_job_id(command.job_id);
  returned.set_line_id(command.line_id);
  returned.set_credit_memo_id(command.credit_memo_id);
  returned.set_quantity_milli(command.quantity_milli);
  returned.set_cost_e4(command.cost_e4);
  returned.set_currency(command.currency);
  returned.set_disposition(command.disposition);
  const bool stays = command.disposition == ticket::v1::DISPOSITION_RESTOCK ||
                     command.disposition == ticket::v1::DISPOSITION_QUARANTINE;
  const auto if_so = [&](ticket::v1::Disposition disposition) {
    return command.disposition == disposition ? command.quantity_milli : 0;
  };
  const absl::StatusOr<ReceiptValue> value =
      ValueOfReturn(draft.valuation(), command.quantity_milli, command.cost_e4);
  if (!value.ok()) return TooLarge(value.status(), key.stream_id());
  draft.Emit(&v1::InventoryEvent::mutable_stock_returned, std::move(returned),
             {.on_hand = stays ? command.quantity_milli : 0,
              .value = stays ? command.cost_e4 : 0,
              .returned = command.quantity_milli,
              .scrapped = if_so(ticket::v1::DISPOSITION_SCRAP),
              .vendor_returned = if_so(ticket::v1::DISPOSITION_VENDOR_RETURN),
              .quarantine = if_so(ticket::v1::DISPOSITION_QUARANTINE)});
  if (stays && value->settled_milli > 0) TrueUp(draft, *value);
  return draft.Finish();
}

StockEvents Decide(const v1::StockItemState& item, const StockKey& key, const OrderStock& command) {
  PITLANE_CHECK(item.open_purchase_order_id().empty());
  Draft draft(item, key);
  v1::StockOrdered ordered;
  ordered.set_purchase_order_id(command.purchase_order_id);
  ordered.set_quantity_milli(command.quantity_milli);
  draft.Emit(&v1::InventoryEvent::mutable_stock_ordered, std::move(ordered),
             {.on_order = command.quantity_milli});
  return draft.Finish();
}

StockEvents Decide(const v1::StockItemState& item, const StockKey& key,
                   const ReduceOrderedStock& command) {
  if (item.open_purchase_order_id() != command.purchase_order_id) {
    return std::vector<v1::InventoryEvent>();
  }
  Draft draft(item, key);
  const int64_t quantity = std::min(command.quantity_milli, item.level().on_order_milli());
  v1::OrderedStockReduced reduced;
  reduced.set_purchase_order_id(command.purchase_order_id);
  reduced.set_quantity_milli(quantity);
  draft.Emit(&v1::InventoryEvent::mutable_ordered_stock_reduced, std::move(reduced),
             {.on_order = -quantity});
  return draft.Finish();
}

int64_t QuantityToOrder(const v1::StockItemState& item) {
  const v1::StockLevel& level = item.level();
  const int64_t pack = level.reorder_quantity_milli();
  // One order at a time: a second one would ask for what is already on its way.
  if (pack <= 0 || !item.open_purchase_order_id().empty()) return 0;
  const Int128 gap =
      Int128{level.reorder_point_milli()} - level.available_milli() - level.on_order_milli();
  if (gap < 0) return 0;
  // Above the point, or the next sale of the smallest part would order again.
  const Int128 packs = std::min<Int128>(gap / pack + 1, kMaxQuantityMilli / pack);
  return static_cast<int64_t>(packs * pack);
}

}  // namespace pitlane::inventory
