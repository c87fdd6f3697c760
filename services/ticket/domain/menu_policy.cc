#include "services/ticket/domain/menu_policy.h"

#include "absl/time/civil_time.h"
#include "libs/base/text.h"
#include "services/ticket/domain/menu_dates.h"

namespace pitlane::ticket {
namespace {

constexpr int32_t kClockStepCenti = 10;
constexpr int64_t kDepositPpm = 500'000;
constexpr int kWillCallDays = 7;
constexpr int kCoreReturnDays = 30;

const v1::CounterPolicy& PolicyOn(const v1::Location& location, std::string_view date) {
  for (const v1::CounterPolicy& policy : location.counter_policies()) {
    if (HoldsOn(policy, date)) return policy;
  }
  return v1::CounterPolicy::default_instance();
}

std::string DaysAfter(std::string_view date, int days) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(ToAbsl(date), &day)) return std::string(date);
  return absl::FormatCivilTime(day + days);
}

}  // namespace

int32_t ClockStepCenti(const v1::Location& location, std::string_view date) {
  const v1::CounterPolicy& policy = PolicyOn(location, date);
  return policy.has_clock_step_centi() ? policy.clock_step_centi() : kClockStepCenti;
}

int64_t SpecialOrderDepositPpm(const v1::Location& location, std::string_view date) {
  const v1::CounterPolicy& policy = PolicyOn(location, date);
  return policy.has_special_order_deposit_ppm() ? policy.special_order_deposit_ppm() : kDepositPpm;
}

std::string WillCallUntil(const v1::Location& location, std::string_view date) {
  const v1::CounterPolicy& policy = PolicyOn(location, date);
  return DaysAfter(date, policy.has_will_call_days() ? policy.will_call_days() : kWillCallDays);
}

std::string CoreDueDate(const v1::Location& location, std::string_view date) {
  const v1::CounterPolicy& policy = PolicyOn(location, date);
  return DaysAfter(date,
                   policy.has_core_return_days() ? policy.core_return_days() : kCoreReturnDays);
}

}  // namespace pitlane::ticket
