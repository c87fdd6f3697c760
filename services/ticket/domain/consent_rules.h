// What the law of a location and its own policy say about estimates and consent (domain handbook
// 2.5). Every number is configuration, effective-dated; none is here. Pure functions; safe from any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// How far an invoice may exceed what was agreed to, and who says so.
struct OverageLimit {
  std::string rule_id;  // empty: the location's own policy
  v1::OveragePolicy policy;
};

// The rule of the location's jurisdiction that is in force on that day (YYYY-MM-DD); nullptr: none.
// Points into the location.
const v1::ConsentRule* ConsentRuleInForce(const v1::Location& location, std::string_view date);

// All of them have to be kept: the rule in force and the location's own policy, each where there is
// one. With neither, nothing may be exceeded.
std::vector<OverageLimit> OverageLimits(const v1::Location& location, std::string_view date);

// Whether every limit allows something at all.
bool AllowsOverage(const v1::Location& location, std::string_view date);

// Whether a repair order that comes to `total_minor` (with tax) needs a presented estimate before
// work is agreed to. Shows the rule that says so; nullptr: it does not.
const v1::ConsentRule* WrittenEstimateRule(const v1::Location& location, std::string_view date,
                                           v1::TicketKind kind, int64_t total_minor);

// The last day (YYYY-MM-DD) on which an estimate that is presented on `date` holds.
std::string ValidUntil(const v1::Location& location, std::string_view date);

}  // namespace pitlane::ticket
