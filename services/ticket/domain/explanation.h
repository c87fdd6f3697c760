// Where the amounts of a ticket come from: its events are told one by one, and every amount that
// one of them changes is noted with it. Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/state.pb.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"

namespace pitlane::ticket {

// The location's configuration from a position of the journal on.
struct LocationVersion {
  uint64_t position = 0;
  v1::Location location;
};

class Explanation {
 public:
  // Of the ticket's location, in the order of their positions; borrowed.
  explicit Explanation(const std::vector<LocationVersion>& locations) : locations_(locations) {}

  // Every event of the ticket's stream, in order.
  void On(const v1::TicketEvent& event);

  // The ticket after the events told.
  const v1::TicketState& state() const { return state_; }
  // `line_id`: only that line; empty: all.
  v1::ExplainTicketResponse Explain(const std::string& line_id) const;

 private:
  using Changes = std::vector<v1::AmountChange>;

  void Note(const v1::TicketEvent& event, int64_t before, int64_t after, bool computed,
            Changes& changes) const;
  void NoteLines(const v1::TicketEvent& event, const v1::Ticket& before);
  // nullptr: none by then.
  const v1::Location* LocationAt(uint64_t position) const;
  void AddTaxRules(v1::ExplainTicketResponse& response) const;

  const std::vector<LocationVersion>& locations_;
  v1::TicketState state_;
  std::map<std::string, Changes> lines_;
  Changes total_;
  Changes agreed_;
  Changes paid_;
};

}  // namespace pitlane::ticket
