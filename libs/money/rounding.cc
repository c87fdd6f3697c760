#include "libs/money/rounding.h"

#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"

namespace pitlane {
namespace {

absl::Status DoesNotFit(const char* what) {
  return absl::OutOfRangeError(absl::StrCat(what, " does not fit in 64 bits"));
}

// Also right for the most negative number, whose negation does not exist.
UInt128 Magnitude(Int128 value) {
  const auto bits = static_cast<UInt128>(value);
  return value < 0 ? UInt128{0} - bits : bits;
}

// Whether |n/d|, which lies `remainder`/`divisor` above the whole number `quotient`, goes up to the
// next one in magnitude.
bool GoesUp(UInt128 quotient, UInt128 remainder, UInt128 divisor, bool negative,
            Rounding rounding) {
  if (remainder == 0) return false;
  // Against the rest of the way and not against half of it: this cannot overflow.
  const UInt128 rest = divisor - remainder;
  switch (rounding) {
    case Rounding::kHalfAwayFromZero:
      return remainder >= rest;
    case Rounding::kHalfEven:
      return remainder > rest || (remainder == rest && quotient % 2 == 1);
    case Rounding::kHalfDown:
      return remainder > rest;
    case Rounding::kUp:
      return true;
    case Rounding::kDown:
      return false;
    case Rounding::kCeiling:
      return !negative;
    case Rounding::kFloor:
      return negative;
  }
  PITLANE_CHECK(false) << "Rounding " << static_cast<int>(rounding);
  return false;
}

}  // namespace

absl::StatusOr<int64_t> CheckedAdd(int64_t a, int64_t b) {
  int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) return DoesNotFit("sum");
  return result;
}

absl::StatusOr<int64_t> CheckedSub(int64_t a, int64_t b) {
  int64_t result = 0;
  if (__builtin_sub_overflow(a, b, &result)) return DoesNotFit("difference");
  return result;
}

absl::StatusOr<int64_t> CheckedMul(int64_t a, int64_t b) {
  int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return DoesNotFit("product");
  return result;
}

absl::StatusOr<int64_t> CheckedNegate(int64_t a) { return CheckedSub(0, a); }

absl::StatusOr<int64_t> DivideRounded(Int128 n, Int128 d, Rounding rounding) {
  if (d == 0) return absl::InvalidArgumentError("division by zero");
  const bool negative = (n < 0) != (d < 0);
  const UInt128 dividend = Magnitude(n);
  const UInt128 divisor = Magnitude(d);
  UInt128 quotient = dividend / divisor;
  if (GoesUp(quotient, dividend % divisor, divisor, negative, rounding)) ++quotient;

  constexpr UInt128 kMax = std::numeric_limits<int64_t>::max();
  if (quotient > kMax + (negative ? 1 : 0)) return DoesNotFit("quotient");
  const auto magnitude = static_cast<Int128>(quotient);
  return static_cast<int64_t>(negative ? -magnitude : magnitude);
}

absl::StatusOr<int64_t> MultiplyRounded(int64_t a, int64_t b, int64_t divisor, Rounding rounding) {
  return DivideRounded(Int128{a} * b, divisor, rounding);
}

}  // namespace pitlane
