#include "services/inventory/domain/event_examples.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace pitlane::inventory {
namespace {

constexpr char kSupplierId[] = "sup_01JQZ0A1B2C3D4E5F6G7H8J9KM";
constexpr char kPartId[] = "prt_01JQZ0A1B2C3D4E5F6G7H8J9KN";
constexpr char kLocationId[] = "loc_01JQZ0A1B2C3D4E5F6G7H8J9KP";
constexpr char kOrderId[] = "por_01JQZ0A1B2C3D4E5F6G7H8J9KQ";
constexpr char kTicketId[] = "tkt_01JQZ0A1B2C3D4E5F6G7H8J9KR";
constexpr char kJobId[] = "job_01JQZ0A1B2C3D4E5F6G7H8J9KS";
constexpr char kLineId[] = "lin_01JQZ0A1B2C3D4E5F6G7H8J9KT";
constexpr char kMemoId[] = "crm_01JQZ0A1B2C3D4E5F6G7H8J9KV";

// Gathers the examples and gives each a whole meta.
class Examples {
 public:
  v1::InventoryEvent& Add(const std::string& stream_id, uint64_t version) {
    v1::InventoryEvent& event = events_.emplace_back();
    common::v1::EventMeta& meta = *event.mutable_meta();
    meta.set_event_id("evt_01JQZ0A1B2C3D4E5F6G7H8J9KV");
    meta.set_stream_id(stream_id);
    meta.set_version(version);
    meta.set_position(1000 + events_.size());
    meta.set_source("inventory.0");
    meta.set_slot(577);
    meta.mutable_occurred_at()->set_seconds(1775131200);
    meta.mutable_recorded_at()->set_seconds(1775131200);
    meta.mutable_recorded_at()->set_nanos(250000000);
    meta.set_location_id(kLocationId);
    meta.set_business_date("2026-04-02");
    meta.mutable_actor()->set_subject("usr_parts_1");
    meta.mutable_actor()->set_device_id("dev_counter_1");
    meta.set_request_id("import-7");
    meta.set_causation_id("evt_01JQZ0A1B2C3D4E5F6G7H8J9KW");
    meta.set_correlation_id("import-7");
    meta.set_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    return event;
  }

  std::vector<v1::InventoryEvent> Finish() {
    for (v1::InventoryEvent& event : events_) {
      const auto* reflection = event.GetReflection();
      const auto* fact =
          reflection->GetOneofFieldDescriptor(event, event.GetDescriptor()->oneof_decl(0));
      event.mutable_meta()->set_type(fact->message_type()->full_name());
    }
    return std::move(events_);
  }

 private:
  std::vector<v1::InventoryEvent> events_;
};

std::string StockStream() { return absl::StrCat(kLocationId, "/", kPartId); }

v1::StockLevel Level(uint64_t version) {
  v1::StockLevel level;
  level.set_part_id(kPartId);
  level.set_location_id(kLocationId);
  level.set_on_hand_milli(12000);
  level.set_reserved_milli(2000);
  level.set_on_order_milli(10000);
  level.set_available_milli(10000);
  level.set_value_e4(6270000);
  level.set_reorder_point_milli(4000);
  level.set_reorder_quantity_milli(10000);
  level.set_received_milli(16000);
  level.set_adjusted_milli(-1000);
  level.set_issued_milli(3000);
  level.set_version(version);
  return level;
}

template <class Fact>
void SetKey(Fact& fact) {
  fact.set_part_id(kPartId);
  fact.set_location_id(kLocationId);
}

template <class Fact>
void SetLine(Fact& fact) {
  SetKey(fact);
  fact.set_ticket_id(kTicketId);
  fact.set_job_id(kJobId);
  fact.set_line_id(kLineId);
}

void AddCatalogue(Examples& examples) {
  v1::Supplier& supplier =
      *examples.Add(kSupplierId, 1).mutable_supplier_registered()->mutable_supplier();
  supplier.set_supplier_id(kSupplierId);
  supplier.set_name("Heartland Auto Parts");
  supplier.set_version(1);

  v1::Part& part = *examples.Add(kPartId, 1).mutable_part_imported()->mutable_part();
  part.set_part_id(kPartId);
  part.set_number("D-1210/A");
  part.set_stripped_number("D1210A");
  part.set_brand("Acme");
  part.set_gtin("036000291452");
  part.set_description("Brake pad set, front, ceramic");
  part.set_category("brakes");
  part.set_unit("ea");
  part.set_currency("USD");
  part.set_unit_cost_e4(522500);
  part.set_list_price_minor(11624);
  part.set_core_minor(1500);
  part.set_supplier_id(kSupplierId);
  part.set_version(1);

  v1::PriceChanged& price = *examples.Add(kPartId, 2).mutable_price_changed();
  price.set_part_id(kPartId);
  price.set_currency("USD");
  price.set_old_list_price_minor(11624);
  price.set_list_price_minor(11999);
  price.set_unit_cost_e4(540000);
  price.set_core_minor(1800);
  price.set_reason("supplier's spring list");
}

void AddMovements(Examples& examples) {
  v1::ReorderRuleSet& rule = *examples.Add(StockStream(), 1).mutable_reorder_rule_set();
  SetKey(rule);
  rule.set_reorder_point_milli(4000);
  rule.set_reorder_quantity_milli(10000);
  rule.set_supplier_id(kSupplierId);

  v1::StockReceived& received = *examples.Add(StockStream(), 2).mutable_stock_received();
  SetKey(received);
  received.set_quantity_milli(6000);
  received.set_unit_cost_e4(560000);
  received.set_purchase_order_id(kOrderId);
  *received.mutable_level() = Level(2);

  v1::StockAdjusted& adjusted = *examples.Add(StockStream(), 3).mutable_stock_adjusted();
  SetKey(adjusted);
  adjusted.set_change_milli(-1000);
  adjusted.set_reason(v1::ADJUST_REASON_DAMAGED);
  adjusted.set_note("box crushed in the store");
  *adjusted.mutable_level() = Level(3);
}

void AddTicketLines(Examples& examples) {
  v1::StockReserved& reserved = *examples.Add(StockStream(), 4).mutable_stock_reserved();
  SetLine(reserved);
  reserved.set_quantity_milli(2000);
  *reserved.mutable_level() = Level(4);

  v1::StockShortageFound& shortage = *examples.Add(StockStream(), 5).mutable_stock_shortage_found();
  SetLine(shortage);
  shortage.set_wanted_milli(5000);
  shortage.set_missing_milli(3000);

  v1::ReservationReleased& released =
      *examples.Add(StockStream(), 6).mutable_reservation_released();
  SetLine(released);
  released.set_quantity_milli(2000);
  *released.mutable_level() = Level(6);

  v1::StockIssued& issued = *examples.Add(StockStream(), 7).mutable_stock_issued();
  SetLine(issued);
  issued.set_quantity_milli(4000);
  issued.set_cost_e4(2090000);
  issued.set_provisional(true);
  issued.set_currency("USD");
  *issued.mutable_level() = Level(7);

  v1::CostTruedUp& trued_up = *examples.Add(StockStream(), 8).mutable_cost_trued_up();
  SetKey(trued_up);
  trued_up.set_quantity_milli(2000);
  trued_up.set_difference_e4(120000);
  *trued_up.mutable_level() = Level(8);
}

void AddOrdered(Examples& examples) {
  v1::StockOrdered& ordered = *examples.Add(StockStream(), 9).mutable_stock_ordered();
  SetKey(ordered);
  ordered.set_purchase_order_id(kOrderId);
  ordered.set_quantity_milli(10000);
  *ordered.mutable_level() = Level(9);

  v1::OrderedStockReduced& reduced =
      *examples.Add(StockStream(), 10).mutable_ordered_stock_reduced();
  SetKey(reduced);
  reduced.set_purchase_order_id(kOrderId);
  reduced.set_quantity_milli(6000);
  *reduced.mutable_level() = Level(10);
}

void AddReturn(Examples& examples) {
  v1::StockReturned& returned = *examples.Add(StockStream(), 11).mutable_stock_returned();
  SetLine(returned);
  returned.set_credit_memo_id(kMemoId);
  returned.set_quantity_milli(2000);
  returned.set_cost_e4(1045000);
  returned.set_currency("USD");
  returned.set_disposition(ticket::v1::DISPOSITION_QUARANTINE);
  v1::StockLevel& level = *returned.mutable_level();
  level = Level(11);
  level.set_returned_milli(4000);
  level.set_scrapped_milli(1000);
  level.set_vendor_returned_milli(1000);
  level.set_quarantine_milli(2000);
}

void AddPurchaseOrder(Examples& examples) {
  v1::PurchaseOrder& order =
      *examples.Add(kOrderId, 1).mutable_purchase_order_raised()->mutable_purchase_order();
  order.set_purchase_order_id(kOrderId);
  order.set_supplier_id(kSupplierId);
  order.set_location_id(kLocationId);
  order.set_status(v1::PURCHASE_ORDER_STATUS_DRAFT);
  v1::PurchaseOrderLine& line = *order.add_lines();
  line.set_part_id(kPartId);
  line.set_quantity_milli(10000);
  line.set_received_milli(4000);
  line.set_unit_cost_e4(540000);
  order.set_currency("USD");
  order.set_supplier_reference("H-88121");
  order.mutable_raised_at()->set_seconds(1775131200);
  order.set_version(1);

  examples.Add(kOrderId, 2).mutable_purchase_order_sent()->set_purchase_order_id(kOrderId);

  v1::PurchaseOrderConfirmed& confirmed =
      *examples.Add(kOrderId, 3).mutable_purchase_order_confirmed();
  confirmed.set_purchase_order_id(kOrderId);
  confirmed.set_supplier_reference("H-88121");

  v1::PurchaseOrderFailed& failed = *examples.Add(kOrderId, 3).mutable_purchase_order_failed();
  failed.set_purchase_order_id(kOrderId);
  failed.set_reason("part discontinued");

  v1::PurchaseOrderReceived& received =
      *examples.Add(kOrderId, 4).mutable_purchase_order_received();
  received.set_purchase_order_id(kOrderId);
  v1::ReceivedLine& came = *received.add_lines();
  came.set_part_id(kPartId);
  came.set_quantity_milli(6000);
  came.set_unit_cost_e4(560000);

  examples.Add(kOrderId, 5).mutable_purchase_order_closed()->set_purchase_order_id(kOrderId);
}

}  // namespace

std::vector<v1::InventoryEvent> EventExamples() {
  Examples examples;
  AddCatalogue(examples);
  AddMovements(examples);
  AddTicketLines(examples);
  AddOrdered(examples);
  AddPurchaseOrder(examples);
  AddReturn(examples);
  return examples.Finish();
}

}  // namespace pitlane::inventory
