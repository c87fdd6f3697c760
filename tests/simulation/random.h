// Draws from a seed. Each part of a simulation has a sequence of its own, so that leaving one kind
// of fault out does not change what the others draw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace pitlane::simulation {

class Random {
 public:
  // The sequence `name` of the seed.
  Random(uint64_t seed, std::string_view name);

  uint64_t Next();
  // 0 … n - 1; n > 0.
  uint64_t Below(uint64_t n) { return Next() % n; }
  int64_t Between(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(Below(static_cast<uint64_t>(most - least) + 1));
  }
  // True once in a million / ppm times.
  bool Chance(uint32_t ppm) { return Below(1'000'000) < ppm; }
  // Most are near `least`, a few near `most`.
  absl::Duration Skewed(absl::Duration least, absl::Duration most);
  template <class T>
  const T& Of(const std::vector<T>& things) {
    return things[Below(things.size())];
  }

 private:
  uint64_t state_;
};

}  // namespace pitlane::simulation
