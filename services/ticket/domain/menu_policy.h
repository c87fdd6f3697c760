// What a shop has decided about labour and the parts counter, with the handbook's defaults (2.8,
// 3.1, 3.3). Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// Hundredths of an hour in which clocked time is billed.
int32_t ClockStepCenti(const v1::Location& location, std::string_view date);
// Share of a special order that is asked for before it is ordered, ppm.
int64_t SpecialOrderDepositPpm(const v1::Location& location, std::string_view date);
// The last day of a will-call hold, and on which an old part may be brought, for what begins on
// `date`.
std::string WillCallUntil(const v1::Location& location, std::string_view date);
std::string CoreDueDate(const v1::Location& location, std::string_view date);

}  // namespace pitlane::ticket
