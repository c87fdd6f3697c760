// Time and randomness come from outside, so that everything can be simulated from a seed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace pitlane {

// The time of day. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() = 0;
  // The operating system's clock; lives for ever.
  static Clock& System();
};

// A clock that stands still until it is told to move. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time start = absl::FromUnixSeconds(1767225600));  // 2026-01-01 UTC
  absl::Time Now() override;
  void Advance(absl::Duration by);
  void Set(absl::Time now);

 private:
  absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

// Random bits for ids and nonces. Implementations are thread-safe.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual uint64_t Next64() = 0;
  // The operating system's cryptographic source; lives for ever.
  static Entropy& System();
};

// The same sequence for the same seed (SplitMix64). Thread-safe. Never for keys.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(uint64_t seed);
  uint64_t Next64() override;

 private:
  absl::Mutex mutex_;
  uint64_t state_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane
