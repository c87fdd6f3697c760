#include "libs/base/clock.h"

#include <openssl/rand.h>

#include <utility>

#include "libs/base/check.h"

namespace pitlane {
namespace {

class SystemClock final : public Clock {
 public:
  absl::Time Now() override { return absl::Now(); }
};

// Asks for much at a time: a call costs as much as everything else about an id.
class SystemEntropy final : public Entropy {
 public:
  uint64_t Next64() override {
    absl::MutexLock lock(&mutex_);
    if (left_ == 0) {
      // An operating system without randomness cannot make ids that are safe to keep.
      PITLANE_CHECK(RAND_bytes(bytes_.data(), bytes_.size()) == 1) << "no system randomness";
      left_ = bytes_.size();
    }
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(value); ++i) {
      value = value << 8 | std::exchange(bytes_[--left_], 0);
    }
    return value;
  }

 private:
  absl::Mutex mutex_;
  std::array<unsigned char, 512> bytes_ ABSL_GUARDED_BY(mutex_);
  size_t left_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

// Both are leaked on purpose: threads may still ask for the time while statics are destroyed.
Clock& Clock::System() {
  static Clock& clock = *new SystemClock;
  return clock;
}

Entropy& Entropy::System() {
  static Entropy& entropy = *new SystemEntropy;
  return entropy;
}

FakeClock::FakeClock(absl::Time start) : now_(start) {}

absl::Time FakeClock::Now() {
  absl::MutexLock lock(&mutex_);
  return now_;
}

void FakeClock::Advance(absl::Duration by) {
  absl::MutexLock lock(&mutex_);
  now_ += by;
}

void FakeClock::Set(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  now_ = now;
}

SeededEntropy::SeededEntropy(uint64_t seed) : state_(seed) {}

// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
uint64_t SeededEntropy::Next64() {
  absl::MutexLock lock(&mutex_);
  state_ += 0x9E3779B97F4A7C15u;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace pitlane
