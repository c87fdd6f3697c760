#include <algorithm>
#include <limits>

#include "google/protobuf/util/time_util.h"
#include "services/customer_vehicle/domain/customer.h"

namespace pitlane::customer_vehicle {
namespace {

constexpr int64_t kSecondsPerDay = 86400;

int64_t SaturatingAdd(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

// In the order of the currencies' codes, so that the bytes do not depend on who came first.
void AddSpend(const common::v1::Money& total, v1::Profile& profile) {
  auto& spend = *profile.mutable_spend();
  const auto at = std::lower_bound(
      spend.begin(), spend.end(), total.currency(),
      [](const common::v1::Money& sum, const std::string& code) { return sum.currency() < code; });
  if (at != spend.end() && at->currency() == total.currency()) {
    at->set_amount_minor(SaturatingAdd(at->amount_minor(), total.amount_minor()));
    return;
  }
  const auto place = at - spend.begin();
  *spend.Add() = total;
  std::rotate(spend.begin() + place, spend.end() - 1, spend.end());
}

}  // namespace

v1::Profile WithVisit(const v1::Profile& profile, const v1::VisitCounted& visit) {
  v1::Profile result = profile;
  result.set_visits(profile.visits() + 1);
  AddSpend(visit.total(), result);
  // Locations close their tickets at their own pace, so the newest to arrive need not be the last.
  if (profile.visits() == 0 || visit.closed_at() < profile.first_visit()) {
    *result.mutable_first_visit() = visit.closed_at();
  }
  if (profile.visits() == 0 || visit.closed_at() > profile.last_visit()) {
    *result.mutable_last_visit() = visit.closed_at();
  }
  if (result.visits() < 2) return result;
  // (last - first) / (visits - 1), in hundredths of a day, halves up.
  const int64_t gaps = (result.visits() - 1) * kSecondsPerDay;
  const int64_t span = (result.last_visit().seconds() - result.first_visit().seconds()) * 100;
  result.set_average_gap_days_centi((span + gaps / 2) / gaps);
  return result;
}

v1::Profile WithReturn(const v1::Profile& profile, const v1::ReturnCounted& counted) {
  v1::Profile result = profile;
  common::v1::Money given_back = counted.total();
  given_back.set_amount_minor(-given_back.amount_minor());
  AddSpend(given_back, result);
  return result;
}

}  // namespace pitlane::customer_vehicle
