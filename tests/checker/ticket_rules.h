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

  int64_t due_minor = 0;  // of the total, what is owed at the till
  // What one line was sold for, and what credit memos took back of it.
  struct Line {
    int64_t quantity_milli = 0;
    int64_t net_minor = 0;
    int64_t tax_minor = 0;
  };
  std::map<std::string, Line> sold;
  std::map<std::string, Line> credited;
  std::map<std::string, int64_t> returned_parts;  // by line
  struct Credit {
    Place place;
    std::string totals;  // bytes
    std::string business_date;
    int64_t lines = 0;
  };
  std::map<std::string, Credit> credits;  // by memo
  int64_t credited_minor = 0;
  int64_t credited_due_minor = 0;
  // From where on everybody counts sale and credits.
  const Place& CountedAt() const {
    const Place* last = &closed;
    for (const auto& [id, credit] : credits) {
      if (credit.place.position > last->position) last = &credit.place;
    }
    return *last;
  }

  int64_t received_minor = 0;
  int64_t returned_minor = 0;
  int64_t Balance() const {
    return due_minor - credited_due_minor - received_minor + returned_minor;
  }
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
  void On(const Occurrence& at, const ticket::v1::CreditMemo& memo);

  Report& report_;
  absl::flat_hash_map<std::string, TicketFacts> tickets_;
  std::map<std::pair<std::string, std::string>, uint64_t> numbers_;  // stream, series → last
};

}  // namespace pitlane::checker
