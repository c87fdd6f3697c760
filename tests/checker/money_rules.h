// What has to hold of money: receivables, payments, attempts, refunds, card readers and the card
// provider, and that the tickets know of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "tests/checker/history.h"
#include "tests/checker/place.h"
#include "tests/checker/report.h"
#include "tests/checker/ticket_rules.h"

namespace pitlane::checker {

struct Captured {
  Place place;
  std::string ticket_id;
  std::string attempt_id;
  int64_t captured_minor = 0;
  int64_t applied_minor = 0;
  int64_t returned_minor = 0;  // by its refunds
};

struct Refunded {
  Place place;
  std::string ticket_id;
  int64_t refunded_minor = 0;
  int64_t returned_minor = 0;
  bool by_card = false;
};

class MoneyRules {
 public:
  explicit MoneyRules(Report& report) : report_(report) {}

  void On(const Place& place, const payment::v1::PaymentEvent& event);
  void On(const Place& place, const terminal_gateway::v1::TerminalGatewayEvent& event);
  void End(const TicketRules& tickets, const Progress& progress,
           const std::optional<std::vector<ProviderRecord>>& provider);

  const absl::flat_hash_map<std::string, Captured>& captures() const { return captures_; }
  const absl::flat_hash_map<std::string, Refunded>& refunds() const { return refunds_; }

 private:
  struct Receivable {
    Place place;
    int64_t total_minor = 0;
    int64_t balance_minor = 0;
    int64_t held_minor = 0;
    std::map<std::string, int64_t> holds;     // by payment
    std::map<std::string, int64_t> paid;      // by payment
    std::map<std::string, int64_t> reopened;  // by refund
    std::map<std::string, int64_t> credited;  // by credit memo
  };
  // An action of a card reader.
  struct Action {
    Place started;
    Place succeeded;  // position 0: it did not
    bool refund = false;
    bool by_service = false;
    int64_t amount_minor = 0;
    int64_t approved_minor = 0;
    int outcomes = 0;
  };

  void OnReceivable(const Occurrence& at, const payment::v1::PaymentEvent& event);
  void Hold(Receivable& receivable, const std::string& payment_id, int64_t amount_minor);
  void On(const Occurrence& at, const payment::v1::PaymentCaptured& captured);
  void On(const Occurrence& at, const payment::v1::PaymentRefunded& refunded);
  void CheckTickets(const TicketRules& tickets, const Progress& progress);
  void CheckReceivables(const TicketRules& tickets, const Progress& progress);
  void CheckActions(const Progress& progress);
  void CheckAction(const std::string& id, const Action& action, const Progress& progress);
  void CheckProvider(const std::vector<ProviderRecord>& provider, const Progress& progress);

  Report& report_;
  absl::flat_hash_map<std::string, Receivable> receivables_;  // by ticket
  absl::flat_hash_map<std::string, int64_t> attempts_;        // amount asked for
  absl::flat_hash_set<std::string> started_refunds_;
  absl::flat_hash_map<std::string, Captured> captures_;    // by payment
  absl::flat_hash_map<std::string, std::string> captors_;  // payment that an attempt was for
  absl::flat_hash_map<std::string, Refunded> refunds_;     // by refund
  absl::flat_hash_map<std::string, Action> actions_;
};

}  // namespace pitlane::checker
