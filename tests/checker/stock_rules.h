// What has to hold of stock, from the events of inventory: levels, reservations, cost, and that
// each part of a closed ticket left the shelf once.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "tests/checker/place.h"
#include "tests/checker/report.h"
#include "tests/checker/ticket_rules.h"

namespace pitlane::checker {

// Parts of one line of a ticket that left the shelf.
struct Issue {
  Place place;
  std::string part_id;
  std::string location_id;
  int64_t quantity_milli = 0;
  int64_t cost_e4 = 0;
  // Of it, what came back.
  int64_t returned_milli = 0;
  int64_t returned_cost_e4 = 0;
};
// Units that came back: "<credit memo>/<line>/<disposition>".
struct Return {
  Place place;
  int64_t quantity_milli = 0;
  int64_t cost_e4 = 0;
};
using TicketLine = std::pair<std::string, std::string>;  // ticket, line

class StockRules {
 public:
  explicit StockRules(Report& report) : report_(report) {}

  void On(const Place& place, const inventory::v1::InventoryEvent& event);
  void End(const TicketRules& tickets, const Progress& progress);

  const absl::flat_hash_map<TicketLine, Issue>& issues() const { return issues_; }
  const absl::flat_hash_map<std::string, Return>& returns() const { return returns_; }

 private:
  struct Change {
    int64_t on_hand = 0;
    int64_t reserved = 0;
    int64_t on_order = 0;
    int64_t received = 0;
    int64_t adjusted = 0;
    int64_t issued = 0;
    int64_t value = 0;
    int64_t returned = 0;
    int64_t scrapped = 0;
    int64_t vendor_returned = 0;
    int64_t quarantine = 0;
  };
  struct Item {
    Change now;
    uint64_t version = 0;
    std::map<TicketLine, int64_t> reservations;
  };
  Item& ItemOf(const std::string& part_id, const std::string& location_id) {
    return items_[{part_id, location_id}];
  }
  // Adds the change and holds the level that the event carries against the sums.
  void Expect(const Occurrence& at, Item& item, const Change& change,
              const inventory::v1::StockLevel& level);
  void On(const Occurrence& at, const inventory::v1::StockReceived& received);
  void On(const Occurrence& at, const inventory::v1::StockReserved& reserved);
  void On(const Occurrence& at, const inventory::v1::ReservationReleased& released);
  void On(const Occurrence& at, const inventory::v1::StockIssued& issued);
  void On(const Occurrence& at, const inventory::v1::StockReturned& returned);
  void CheckReturns(const TicketRules& tickets, const Progress& progress);
  void OnOrder(const Occurrence& at, const inventory::v1::InventoryEvent& event);

  // What a purchase order came to.
  struct Order {
    Place place;
    int confirmed = 0;
    std::map<std::string, int64_t> delivered;  // by part, as the order says
    std::map<std::string, int64_t> shelved;    // as the shelves say
  };

  Report& report_;
  absl::flat_hash_map<std::string, Order> orders_;
  absl::flat_hash_map<std::pair<std::string, std::string>, Item> items_;  // part, location
  absl::flat_hash_map<TicketLine, Issue> issues_;
  absl::flat_hash_map<std::string, Return> returns_;
};

}  // namespace pitlane::checker
