#include "libs/base/clock.h"

#include <openssl/rand.h>

#include "libs/base/check.h"

namespace pitlane {
namespace {

class SystemClock final : public Clock {
 public:
  absl::Time Now() override { return absl::Now(); }
};

class SystemEntropy final : public Entropy {
 public:
  uint64_t Next64() override {
    std::array<unsigned char, sizeof(uint64_t)> bytes;
    // An operating system without randomness cannot make ids that are safe to keep.
    PITLANE_CHECK(RAND_bytes(bytes.data(), bytes.size()) == 1) << "no system randomness";
    uint64_t value = 0;
    for (unsigned char byte : bytes) value = value << 8 | byte;
    return value;
  }
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
