// Exact integer arithmetic with a stated rounding. Nothing here ever wraps: what does not fit in 64
// bits is an OUT_OF_RANGE status. Products and quotients go through 128 bits. Pure functions; safe
// from any thread.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

namespace pitlane {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

// Where a quotient goes that is not a whole number. All but kCeiling and kFloor are symmetric in
// sign, so that a refund equals the sale that it reverses.
enum class Rounding {
  kHalfAwayFromZero,  // the default of the trade: 7.5 -> 8, -7.5 -> -8
  kHalfEven,          // 7.5 -> 8, 6.5 -> 6
  kHalfDown,          // 7.5 -> 7, 7.51 -> 8
  kUp,                // away from zero
  kDown,              // towards zero (truncation)
  kCeiling,           // towards plus infinity
  kFloor,             // towards minus infinity
};

// a + b, a - b, a * b, -a. OUT_OF_RANGE when the result does not fit.
absl::StatusOr<int64_t> CheckedAdd(int64_t a, int64_t b);
absl::StatusOr<int64_t> CheckedSub(int64_t a, int64_t b);
absl::StatusOr<int64_t> CheckedMul(int64_t a, int64_t b);
absl::StatusOr<int64_t> CheckedNegate(int64_t a);

// n / d, rounded once. INVALID_ARGUMENT when d is 0, OUT_OF_RANGE when the quotient does not fit.
absl::StatusOr<int64_t> DivideRounded(Int128 n, Int128 d,
                                      Rounding rounding = Rounding::kHalfAwayFromZero);

// a * b / divisor, rounded once; the product is exact. Errors as for DivideRounded.
absl::StatusOr<int64_t> MultiplyRounded(int64_t a, int64_t b, int64_t divisor,
                                        Rounding rounding = Rounding::kHalfAwayFromZero);

}  // namespace pitlane
