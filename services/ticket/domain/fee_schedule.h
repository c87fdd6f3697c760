// Fees that come by themselves (handbook 3.4): with a ticket, with a part, by the day. Pure
// functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/menu.pb.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/domain/menu_prices.h"

namespace pitlane::ticket {

// What of a part's sale decides about its fees.
struct PartFacts {
  std::string category;
  int32_t rim_tenths = 0;       // 0: no tire
  bool keeps_old_part = false;  // the customer does
};

// The fees of a day, in the schedule's order; those that the customer is exempt from are left out.
std::vector<const v1::ScheduledFee*> FeesOfTicket(const MenuPrices& prices, std::string_view date);
std::vector<const v1::ScheduledFee*> FeesOfPart(const MenuPrices& prices, const PartFacts& facts,
                                                std::string_view date);
// FEE_UNKNOWN.
absl::StatusOr<const v1::ScheduledFee*> StorageFee(const MenuPrices& prices,
                                                   const std::string& fee_id,
                                                   std::string_view date);

// How many fees of the schedule can come with one part.
int MostFeesOfPart(const v1::FeeSchedule& schedule);

// A line of it, of one unit and without ids.
v1::Line FeeLineOf(const v1::ScheduledFee& fee, const v1::FeeSchedule& schedule);

// Days to charge from the day after `from_date` to `to_date`, without the first so many working
// days (Monday to Friday) and what lies between them. INVALID_ARGUMENT for dates that are none.
absl::StatusOr<int64_t> StorageDays(const std::string& from_date, const std::string& to_date,
                                    int free_working_days);

// What a percentage fee on this base is a share of: labour, parts, or both; excise taxes that come
// before percentage fees belong to the parts.
bool IsInFeeBase(const v1::Line& line, v1::FeeRule::Base base);

}  // namespace pitlane::ticket
