// What makes an odometer reading believable. Pure functions; safe from any thread.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "pitlane/customer_vehicle/v1/types.pb.h"

namespace pitlane::customer_vehicle {

inline constexpr int64_t kMaxOdometer = 9'999'999;

// Whether `reading` is lower than `last`: by its number, or by the distance when the units differ.
bool IsLower(const v1::OdometerReading& reading, const v1::OdometerReading& last);

// Empty, or why the reading is plausible only with doubt: more than 1 000 miles a day since `last`
// (at least one day is counted). `last` may be unset.
std::string DoubtOf(const v1::OdometerReading& reading, const v1::OdometerReading& last);

// Whether a reading may be taken after `last`, which may be unset. Refuses ODOMETER_BEFORE_LAST,
// and ODOMETER_REASON_REQUIRED; INVALID_ARGUMENT when it was read after `now`.
absl::Status CheckReading(const v1::OdometerReading& reading, const v1::OdometerReading& last,
                          absl::Time now);

}  // namespace pitlane::customer_vehicle
