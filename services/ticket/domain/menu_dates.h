// What holds on which day. Pure functions; safe from any thread.
#pragma once

#include <string_view>

namespace pitlane::ticket {

// For rules with effective_from and effective_to. YYYY-MM-DD compares as text; both ends belong to
// the time in force, an empty one is open.
template <class Rule>
bool HoldsOn(const Rule& rule, std::string_view date) {
  return (rule.effective_from().empty() || rule.effective_from() <= date) &&
         (rule.effective_to().empty() || date <= rule.effective_to());
}

}  // namespace pitlane::ticket
