// Presented estimates: what is frozen into a version, and what differs between two. Pure functions;
// safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// Jobs and lines of the ticket that have amounts in the calculation, as a customer sees them:
// without the shop's costs and technicians. What is not about contents (number, who, when, hash) is
// the caller's to fill in.
v1::EstimateVersion EstimateOf(const v1::Ticket& ticket, const v1::Calculation& calculation);

// One side of a comparison.
struct EstimateSide {
  int version = 0;
  struct Job {
    std::string job_id;
    std::string title;
    int64_t excluding_tax_minor = 0;
    int64_t including_tax_minor = 0;
    std::string contents;  // what was offered, without amounts; empty: not known
  };
  std::vector<Job> jobs;
  int64_t excluding_tax_minor = 0;
  int64_t including_tax_minor = 0;
};

// What the customer agreed to: authorised jobs at their last authorised amounts.
EstimateSide AgreedSide(const v1::Ticket& ticket);
// The ticket as it is: all jobs that count, with the amounts it shows.
EstimateSide PresentSide(const v1::Ticket& ticket);
EstimateSide VersionSide(const v1::EstimateVersion& estimate);

// By job, in the order of `after`, then what is only in `before`. `ticket` says which jobs still
// need consent: those not authorised, and those changed since.
v1::EstimateDifference Difference(const EstimateSide& before, const EstimateSide& after,
                                  const v1::Ticket& ticket);

}  // namespace pitlane::ticket
