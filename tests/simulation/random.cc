#include "tests/simulation/random.h"

#include <algorithm>

namespace pitlane::simulation {

Random::Random(uint64_t seed, std::string_view name) : state_(seed * 0x9E3779B97F4A7C15u) {
  for (const char c : name) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  Next();
}

uint64_t Random::Next() {
  state_ += 0x9E3779B97F4A7C15u;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

absl::Duration Random::Skewed(absl::Duration least, absl::Duration most) {
  const int64_t span = absl::ToInt64Microseconds(most - least);
  if (span <= 0) return least;
  // Every bit that is drawn as 1 halves the range that is left.
  const int halvings = static_cast<int>(Below(12));
  return least + absl::Microseconds(Between(0, std::max<int64_t>(span >> halvings, 1)));
}

}  // namespace pitlane::simulation
