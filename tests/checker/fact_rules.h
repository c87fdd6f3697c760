// What has to hold of the reports: a fact for each sale, payment, refund and issue, with its
// figures, and no other.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "tests/checker/money_rules.h"
#include "tests/checker/place.h"
#include "tests/checker/report.h"
#include "tests/checker/stock_rules.h"
#include "tests/checker/ticket_rules.h"

namespace pitlane::checker {

class FactRules {
 public:
  explicit FactRules(Report& report) : report_(report) {}

  void On(const Place& place, const reporting::v1::ReportingEvent& event);
  void End(const TicketRules& tickets, const StockRules& stock, const MoneyRules& money,
           const Progress& progress);

 private:
  void CheckCredits(const TicketRules& tickets, const Progress& progress);

  struct Sale {
    Place place;
    std::string totals;  // bytes
    std::string business_date;
    int64_t lines = 0;
  };
  struct Amount {
    Place place;
    int64_t amount = 0;
    int64_t second = 0;
  };

  Report& report_;
  absl::flat_hash_map<std::string, Sale> sales_;      // by ticket
  absl::flat_hash_map<std::string, Amount> tenders_;  // by payment: applied, captured
  absl::flat_hash_map<std::string, Amount> refunds_;  // by refund: refunded
  absl::flat_hash_map<TicketLine, Amount> issues_;    // quantity, cost
  absl::flat_hash_map<std::string, Sale> credits_;    // by credit memo
  absl::flat_hash_map<std::string, Amount> returns_;  // by memo, line, disposition: quantity, cost
};

}  // namespace pitlane::checker
