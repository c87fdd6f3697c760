#include "tests/checker/stock_rules.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace pitlane::checker {
namespace {

namespace inv = inventory::v1;
__extension__ typedef __int128 Wide;

Wide Magnitude(Wide value) { return value < 0 ? -value : value; }

// value = a * b / divisor, rounded to the nearest, whatever happens to halves.
bool IsRounded(int64_t value, int64_t a, int64_t b, int64_t divisor) {
  return Magnitude(Wide{value} * divisor - Wide{a} * b) * 2 <= Magnitude(divisor);
}

}  // namespace

void StockRules::Expect(const Occurrence& at, Item& item, const Change& change,
                        const inv::StockLevel& level) {
  Change& now = item.now;
  now.on_hand += change.on_hand;
  now.reserved += change.reserved;
  now.on_order += change.on_order;
  now.received += change.received;
  now.adjusted += change.adjusted;
  now.issued += change.issued;
  now.value += change.value;
  now.returned += change.returned;
  now.scrapped += change.scrapped;
  now.vendor_returned += change.vendor_returned;
  now.quarantine += change.quarantine;
  const bool same =
      level.on_hand_milli() == now.on_hand && level.reserved_milli() == now.reserved &&
      level.on_order_milli() == now.on_order && level.received_milli() == now.received &&
      level.adjusted_milli() == now.adjusted && level.issued_milli() == now.issued &&
      level.returned_milli() == now.returned && level.scrapped_milli() == now.scrapped &&
      level.vendor_returned_milli() == now.vendor_returned &&
      level.quarantine_milli() == now.quarantine &&
      level.available_milli() == now.on_hand - now.reserved - now.quarantine &&
      now.on_hand == now.received + now.adjusted - now.issued + now.returned - now.scrapped -
                         now.vendor_returned;
  report_.Expect("stock-level", same, [&] {
    return at.Says(at.meta.stream_id(),
                   absl::StrCat("on hand ", now.on_hand, ", reserved ", now.reserved, ", on order ",
                                now.on_order, "; the event says ", level.ShortDebugString()));
  });
  report_.Expect("stock-negative", now.reserved >= 0 && now.on_order >= 0, [&] {
    return at.Says(at.meta.stream_id(),
                   absl::StrCat("reserved ", now.reserved, ", on order ", now.on_order));
  });
  // Nothing on hand is worth nothing. A receipt of what was sold before it came is set right by the
  // event behind it.
  const bool worth_nothing =
      now.on_hand != 0 || now.value == 0 || change.received > 0 || change.returned > 0;
  report_.Expect("stock-value", level.value_e4() == now.value && worth_nothing, [&] {
    return at.Says(at.meta.stream_id(),
                   absl::StrCat("is worth ", now.value, "; the event says ", level.value_e4()));
  });
}

void StockRules::On(const Place& place, const inv::InventoryEvent& event) {
  const Occurrence at{place, event.meta()};
  OnOrder(at, event);
  if (event.has_stock_received()) On(at, event.stock_received());
  if (event.has_stock_reserved()) On(at, event.stock_reserved());
  if (event.has_reservation_released()) On(at, event.reservation_released());
  if (event.has_stock_issued()) On(at, event.stock_issued());
  if (event.has_stock_returned()) On(at, event.stock_returned());
  if (event.has_stock_adjusted()) {
    const inv::StockAdjusted& adjusted = event.stock_adjusted();
    Item& item = ItemOf(adjusted.part_id(), adjusted.location_id());
    const int64_t change = adjusted.change_milli();
    Expect(at, item,
           {.on_hand = change,
            .adjusted = change,
            .value = adjusted.level().value_e4() - item.now.value},
           adjusted.level());
  }
  if (event.has_cost_trued_up()) {
    const inv::CostTruedUp& trued_up = event.cost_trued_up();
    Expect(at, ItemOf(trued_up.part_id(), trued_up.location_id()),
           {.value = -trued_up.difference_e4()}, trued_up.level());
  }
  if (event.has_stock_ordered()) {
    const inv::StockOrdered& ordered = event.stock_ordered();
    Expect(at, ItemOf(ordered.part_id(), ordered.location_id()),
           {.on_order = ordered.quantity_milli()}, ordered.level());
  }
  if (event.has_ordered_stock_reduced()) {
    const inv::OrderedStockReduced& reduced = event.ordered_stock_reduced();
    Expect(at, ItemOf(reduced.part_id(), reduced.location_id()),
           {.on_order = -reduced.quantity_milli()}, reduced.level());
  }
}

void StockRules::OnOrder(const Occurrence& at, const inv::InventoryEvent& event) {
  if (event.has_purchase_order_raised()) {
    const std::string& id = event.purchase_order_raised().purchase_order().purchase_order_id();
    report_.Expect("order", orders_.try_emplace(id, Order{.place = at.place}).second,
                   [&] { return at.Says(id, "was raised before"); });
  }
  if (event.has_purchase_order_confirmed()) {
    const std::string& id = event.purchase_order_confirmed().purchase_order_id();
    report_.Expect("order", orders_.contains(id) && ++orders_[id].confirmed == 1,
                   [&] { return at.Says(id, "was confirmed twice, or never raised"); });
  }
  if (event.has_purchase_order_received()) {
    const inv::PurchaseOrderReceived& received = event.purchase_order_received();
    for (const inv::ReceivedLine& line : received.lines()) {
      orders_[received.purchase_order_id()].delivered[line.part_id()] += line.quantity_milli();
    }
  }
  if (event.has_stock_received() && !event.stock_received().purchase_order_id().empty()) {
    const inv::StockReceived& received = event.stock_received();
    orders_[received.purchase_order_id()].shelved[received.part_id()] += received.quantity_milli();
  }
}

void StockRules::On(const Occurrence& at, const inv::StockReceived& received) {
  Item& item = ItemOf(received.part_id(), received.location_id());
  const int64_t quantity = received.quantity_milli();
  const int64_t added = received.level().value_e4() - item.now.value;
  report_.Expect("stock-cost", IsRounded(added, quantity, received.unit_cost_e4(), 1000), [&] {
    return at.Says(at.meta.stream_id(), absl::StrCat(quantity, " thousandths at ",
                                                     received.unit_cost_e4(), " added ", added));
  });
  Expect(at, item, {.on_hand = quantity, .received = quantity, .value = added}, received.level());
}

void StockRules::On(const Occurrence& at, const inv::StockReserved& reserved) {
  Item& item = ItemOf(reserved.part_id(), reserved.location_id());
  int64_t& kept = item.reservations[{reserved.ticket_id(), reserved.line_id()}];
  Expect(at, item, {.reserved = reserved.quantity_milli() - kept}, reserved.level());
  kept = reserved.quantity_milli();
}

void StockRules::On(const Occurrence& at, const inv::ReservationReleased& released) {
  Item& item = ItemOf(released.part_id(), released.location_id());
  const auto kept = item.reservations.find({released.ticket_id(), released.line_id()});
  const int64_t quantity = kept == item.reservations.end() ? 0 : kept->second;
  report_.Expect("stock-reserved", quantity == released.quantity_milli(), [&] {
    return at.Says(at.meta.stream_id(), absl::StrCat(released.quantity_milli(), " are released of ",
                                                     quantity, " kept for ", released.ticket_id()));
  });
  Expect(at, item, {.reserved = -quantity}, released.level());
  if (kept != item.reservations.end()) item.reservations.erase(kept);
}

void StockRules::On(const Occurrence& at, const inv::StockIssued& issued) {
  Item& item = ItemOf(issued.part_id(), issued.location_id());
  const TicketLine line{issued.ticket_id(), issued.line_id()};
  const auto [issue, is_new] =
      issues_.try_emplace(line, Issue{at.place, issued.part_id(), issued.location_id(),
                                      issued.quantity_milli(), issued.cost_e4()});
  report_.Expect("issue-twice", is_new, [&, first = &issue->second] {
    return at.Says(issued.ticket_id(),
                   absl::StrCat("line ", issued.line_id(), " was issued at ", first->place.text()));
  });
  const int64_t there = item.now.on_hand;
  const int64_t quantity = issued.quantity_milli();
  const bool covered = quantity <= there;
  report_.Expect("stock-cost",
                 issued.provisional() != covered &&
                     (!covered || IsRounded(issued.cost_e4(), item.now.value, quantity, there)),
                 [&] {
                   return at.Says(at.meta.stream_id(),
                                  absl::StrCat(quantity, " of ", there, " worth ", item.now.value,
                                               " left at ", issued.cost_e4()));
                 });
  int64_t kept = 0;
  if (const auto found = item.reservations.find(line); found != item.reservations.end()) {
    kept = found->second;
    item.reservations.erase(found);
  }
  Expect(at, item,
         {.on_hand = -quantity, .reserved = -kept, .issued = quantity, .value = -issued.cost_e4()},
         issued.level());
}

void StockRules::On(const Occurrence& at, const inv::StockReturned& returned) {
  const auto issue = issues_.find({returned.ticket_id(), returned.line_id()});
  const int64_t quantity = returned.quantity_milli();
  bool holds = issue != issues_.end() && quantity > 0;
  if (holds) {
    Issue& left = issue->second;
    left.returned_milli += quantity;
    left.returned_cost_e4 += returned.cost_e4();
    // At the cost it left with, whatever was bought since.
    holds =
        left.returned_milli <= left.quantity_milli && left.part_id == returned.part_id() &&
        IsRounded(left.returned_cost_e4, left.cost_e4, left.returned_milli, left.quantity_milli);
  }
  report_.Expect("stock-cost", holds, [&] {
    return at.Says(at.meta.stream_id(),
                   absl::StrCat("never left like what came back: ", returned.ShortDebugString()));
  });
  const std::string key = absl::StrCat(returned.credit_memo_id(), "/", returned.line_id(), "/",
                                       ticket::v1::Disposition_Name(returned.disposition()));
  const bool is_new = returns_.emplace(key, Return{at.place, quantity, returned.cost_e4()}).second;
  report_.Expect("issue-twice", is_new, [&] { return at.Says(key, "came back before"); });
  const bool scrap = returned.disposition() == ticket::v1::DISPOSITION_SCRAP;
  const bool vendor = returned.disposition() == ticket::v1::DISPOSITION_VENDOR_RETURN;
  const bool quarantine = returned.disposition() == ticket::v1::DISPOSITION_QUARANTINE;
  const bool stays = !scrap && !vendor;
  Expect(at, ItemOf(returned.part_id(), returned.location_id()),
         {.on_hand = stays ? quantity : 0,
          .value = stays ? returned.cost_e4() : 0,
          .returned = quantity,
          .scrapped = scrap ? quantity : 0,
          .vendor_returned = vendor ? quantity : 0,
          .quarantine = quarantine ? quantity : 0},
         returned.level());
}

void StockRules::CheckReturns(const TicketRules& tickets, const Progress& progress) {
  for (const auto& [ticket_id, ticket] : tickets.all()) {
    if (ticket.closed.position == 0 || ticket.credits.empty()) continue;
    if (!progress.HasApplied("inventory", ticket.CountedAt(), report_)) continue;
    for (const SoldPart& part : ticket.parts) {
      const auto issue = issues_.find({ticket_id, part.line_id});
      const int64_t came_back = issue == issues_.end() ? 0 : issue->second.returned_milli;
      const auto credited = ticket.returned_parts.find(part.line_id);
      const int64_t wanted = credited == ticket.returned_parts.end() ? 0 : credited->second;
      report_.Expect("issue-missing", came_back == wanted, [&, &ticket_id = ticket_id] {
        return Fault{ticket.CountedAt().text(), ticket_id,
                     absl::StrCat("line ", part.line_id, ": ", wanted, " were taken back, ",
                                  came_back, " reached the shelf")};
      });
    }
  }
}

void StockRules::End(const TicketRules& tickets, const Progress& progress) {
  CheckReturns(tickets, progress);
  for (const auto& [ticket_id, ticket] : tickets.all()) {
    if (ticket.closed.position == 0 || ticket.parts.empty()) continue;
    if (!progress.HasApplied("inventory", ticket.closed, report_)) continue;
    for (const SoldPart& part : ticket.parts) {
      const auto issue = issues_.find({ticket_id, part.line_id});
      const bool holds = issue != issues_.end() && issue->second.part_id == part.part_id &&
                         issue->second.quantity_milli == part.quantity_milli &&
                         issue->second.location_id == ticket.location_id;
      report_.Expect("issue-missing", holds, [&, &ticket_id = ticket_id] {
        return Fault{ticket.closed.text(), ticket_id,
                     absl::StrCat("line ", part.line_id, ": ", part.quantity_milli, " of ",
                                  part.part_id, " never left the shelf like that")};
      });
    }
  }
  for (const auto& [line, issue] : issues_) {
    const TicketFacts* ticket = tickets.Find(line.first);
    const bool sold =
        ticket != nullptr &&
        std::any_of(ticket->parts.begin(), ticket->parts.end(),
                    [&, id = &line.second](const SoldPart& part) { return part.line_id == *id; });
    report_.Expect("issue-invented", sold, [&, &line = line, &issue = issue] {
      return Fault{issue.place.text(), line.first,
                   absl::StrCat("line ", line.second, " was never sold")};
    });
  }
  for (const auto& [id, order] : orders_) {
    const bool known = order.place.position > 0;
    report_.Expect(
        "order", known && order.delivered == order.shelved, [&, &id = id, &order = order] {
          return Fault{
              known ? order.place.text() : "inventory", id,
              "was never raised, or what was delivered for it is not what reached the shelf"};
        });
  }
  for (const auto& [key, item] : items_) {
    for (const auto& [line, quantity] : item.reservations) {
      const TicketFacts* ticket = tickets.Find(line.first);
      if (ticket == nullptr || quantity == 0) continue;
      const Place& over = ticket->closed.position > 0 ? ticket->closed : ticket->voided;
      if (over.position == 0 || !progress.HasApplied("inventory", over, report_)) continue;
      report_.Expect("stock-reserved", false, [&, &key = key, &line = line] {
        return Fault{over.text(), line.first, absl::StrCat("is over and still keeps ", key.first)};
      });
    }
  }
}

}  // namespace pitlane::checker
