// What has to hold of tickets, from their own events: sums, money received, closing, numbers.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "tests/checker/place.h"
#include "tests/checker/report.h"

namespace pitlane::checker {

// A part that left with a closed ticket.
struct SoldPart {
  std::string line_id;
  std::string part_id;
  int64_t quantity_milli = 0;
};

// What the others have to have made of a ticket.
struct TicketFacts {
  Place invoiced;  // position 0: not yet
  Place closed;
  Place voided;
  std::string location_id;
  std::string currency;
  std::string customer_id;
  std::string vehicle_id;
  std::string number;
  std::string business_date;
  std::string totals;  // bytes
  int64_t total_minor = 0;
  int64_t lines = 0;  // of a closed ticket; notes are none
  int64_t work = 0;   // lines of labour and parts
  std::vector<SoldPart> parts;

  int64_t received_minor = 0;
  int64_t returned_minor = 0;
  struct Money {
    int64_t amount_minor = 0;
    Place place;
  };
  std::map<std::string, Money> receipts;  // by payment
  std::map<std::string, Money> returns;   // by refund
};

class TicketRules {
 public:
  explicit TicketRules(Report& report) : report_(report) {}

  void On(const Place& place, const ticket::v1::TicketEvent& event);
  // After all of them.
  void End();

  // nullptr: no log tells of it.
  const TicketFacts* Find(const std::string& ticket_id) const;
  const absl::flat_hash_map<std::string, TicketFacts>& all() const { return tickets_; }

 private:
  void CheckTotals(const Occurrence& at, const ticket::v1::Ticket& ticket);
  void On(const Occurrence& at, const ticket::v1::NumberAssigned& assigned);
  void On(const Occurrence& at, const ticket::v1::TicketInvoiced& invoiced);
  void On(const Occurrence& at, const ticket::v1::MoneyReceived& received);
  void On(const Occurrence& at, const ticket::v1::MoneyReturned& returned);
  void On(const Occurrence& at, const ticket::v1::TicketClosed& closed);

  Report& report_;
  absl::flat_hash_map<std::string, TicketFacts> tickets_;
  std::map<std::pair<std::string, std::string>, uint64_t> numbers_;  // stream, series → last
};

}  // namespace pitlane::checker
