#include "services/customer_vehicle/domain/odometer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "libs/rpc/errors.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"

namespace pitlane::customer_vehicle {
namespace {

constexpr int64_t kMilePerDayLimit = 1000;
constexpr int64_t kSecondsPerDay = 86400;
// Millimetres in a mile (exactly) and in a kilometre.
constexpr int64_t kMile = 1'609'344;
constexpr int64_t kKilometre = 1'000'000;
// Devices' clocks are not all right.
constexpr absl::Duration kClockTolerance = absl::Minutes(5);

int64_t Millimetres(const v1::OdometerReading& reading) {
  // Facts from tickets are taken as they come; no car has gone further than this.
  const int64_t value = std::clamp<int64_t>(reading.value(), 0, 1'000'000'000);
  return value * (reading.unit() == v1::ODOMETER_UNIT_KILOMETRES ? kKilometre : kMile);
}

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

}  // namespace

bool IsLower(const v1::OdometerReading& reading, const v1::OdometerReading& last) {
  return reading.value() < last.value() ||
         (reading.unit() != last.unit() && Millimetres(reading) < Millimetres(last));
}

std::string DoubtOf(const v1::OdometerReading& reading, const v1::OdometerReading& last) {
  if (!last.has_read_at()) return "";
  const int64_t seconds =
      std::max(reading.read_at().seconds() - last.read_at().seconds(), kSecondsPerDay);
  const int64_t driven = (Millimetres(reading) - Millimetres(last)) / kMile;
  // Compared without a product that could overflow: miles per day, rounded down, then the rest.
  const int64_t per_day = driven * kSecondsPerDay / seconds;
  const bool more = per_day > kMilePerDayLimit ||
                    (per_day == kMilePerDayLimit && driven * kSecondsPerDay % seconds > 0);
  return more ? "more than 1 000 miles a day since the last reading" : "";
}

absl::Status CheckReading(const v1::OdometerReading& reading, const v1::OdometerReading& last,
                          absl::Time now) {
  // Nobody can have read tomorrow's odometer.
  if (TimeOf(reading.read_at()) > now + kClockTolerance) {
    return rpc::Invalid("reading.read_at", "read_at must not be in the future");
  }
  if (!last.has_read_at()) return absl::OkStatus();
  // Readings are told in the order in which they were made, or no plausibility can be judged.
  if (reading.read_at() < last.read_at()) {
    return rpc::Refused(v1::ODOMETER_BEFORE_LAST,
                        absl::StrCat("the last reading, ", last.value(),
                                     ", was made later; send when this one was really made"));
  }
  // An odometer does not run backwards; somebody has to say why this one seems to.
  if (IsLower(reading, last) && reading.reason() == v1::ODOMETER_REASON_UNSPECIFIED) {
    return rpc::Refused(v1::ODOMETER_REASON_REQUIRED,
                        absl::StrCat(reading.value(), " is lower than the last reading, ",
                                     last.value(), "; check it, or send the reason"));
  }
  return absl::OkStatus();
}

}  // namespace pitlane::customer_vehicle
