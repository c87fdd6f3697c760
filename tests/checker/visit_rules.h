// What has to hold of customers and vehicles: each closed ticket is one visit and one entry of the
// vehicle's history, and profiles are the sums of the visits.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "tests/checker/place.h"
#include "tests/checker/report.h"
#include "tests/checker/ticket_rules.h"

namespace pitlane::checker {

class VisitRules {
 public:
  explicit VisitRules(Report& report) : report_(report) {}

  void On(const Place& place, const customer_vehicle::v1::CustomerVehicleEvent& event);
  void End(const TicketRules& tickets, const Progress& progress);

 private:
  struct Entry {
    Place place;
    std::string ticket_number;
    std::string location_id;
    int64_t lines = 0;
  };
  struct Visit {
    Place place;
    int64_t total_minor = 0;
    std::string currency;
    int64_t returned_minor = 0;
  };
  struct Customer {
    int64_t visits = 0;
    std::map<std::string, int64_t> spend;  // by currency
    int64_t profiles = 0;                  // updates of the profile
    int64_t returns = 0;
  };
  using Pair = std::pair<std::string, std::string>;  // vehicle or customer, ticket

  void On(const Occurrence& at, const customer_vehicle::v1::ServiceRecorded& recorded);
  void On(const Occurrence& at, const customer_vehicle::v1::VisitCounted& counted);
  void On(const Occurrence& at, const customer_vehicle::v1::ProfileUpdated& updated);
  void On(const Occurrence& at, const customer_vehicle::v1::ReturnCounted& counted);

  Report& report_;
  absl::flat_hash_map<Pair, Entry> entries_;
  absl::flat_hash_map<Pair, Visit> visits_;
  absl::flat_hash_map<std::string, Customer> customers_;
  absl::flat_hash_set<std::string> memos_;
};

}  // namespace pitlane::checker
