// Generators for properties about integers.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace pitlane {

// The whole range of int64, with its ends, small numbers and zero much more often than by chance.
inline rc::Gen<int64_t> AnyInt64() {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return rc::gen::oneOf(
      rc::gen::elementOf(std::vector<int64_t>{kMin, kMin + 1, kMax - 1, kMax, 0, 1, -1}),
      rc::gen::resize(100, rc::gen::arbitrary<int64_t>()), rc::gen::inRange<int64_t>(-1000, 1001));
}

}  // namespace pitlane
