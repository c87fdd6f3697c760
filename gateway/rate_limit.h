// How many calls a second somebody may make: a token bucket for each, kept as one point in time
// (the generic cell rate algorithm of ATM, ITU-T I.371).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace pitlane::gateway {

struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 1;       // calls at once after a rest, at least 1
  bool limited() const { return per_second > 0; }
};

// "50" or "50:200": calls a second, and how many at once after a rest (without it, those of two
// seconds). "0": no limit. INVALID_ARGUMENT for anything else.
absl::StatusOr<Rate> ParseRate(std::string_view text);

// Thread-safe. Remembers only those who called lately; more than kMaxRemembered of them at once
// share one bucket, so that memory stays bounded whoever calls.
class RateLimit {
 public:
  static constexpr size_t kMaxRemembered = 100'000;

  // `clock` must outlive it.
  RateLimit(Rate rate, Clock& clock);

  // Takes one call of `key`'s; otherwise how long until there is one.
  std::optional<absl::Duration> Take(std::string_view key);
  size_t remembered() const;

 private:
  void Forget(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Rate rate_;
  const absl::Duration interval_;   // between calls at the rate
  const absl::Duration tolerance_;  // how far ahead of the rate a burst may be
  Clock& clock_;
  mutable absl::Mutex mutex_;
  // When the bucket of each will be full again; who is not here has a full one.
  absl::flat_hash_map<std::string, absl::Time> full_again_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_look_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

// The caller's network address without its port, from "ipv4:10.0.0.7:51234" or "ipv6:[::1]:80";
// of IPv6 the first 64 bits, since one customer has all of those. Anything else stays as it is.
std::string AddressOf(std::string_view peer);

}  // namespace pitlane::gateway
