// Splitting an amount so that nothing is lost or made. Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace pitlane {

// More parts than any plan or document has; keeps a wrong count from eating the memory.
inline constexpr int64_t kMaxEqualParts = 100'000;

// Splits `total` over lines in proportion to their weights by the largest-remainder method: every
// line gets the floor of its exact share, the units that are left go one each to the largest
// remainders, and ties go to the lowest index. The parts always sum to `total`, each is within one
// unit of its exact share, and a line of weight 0 gets 0. Used for ticket discounts, document tax,
// landed cost and instalments.
//
// Symmetric in sign: -total gives the negated parts, and negating every weight changes nothing.
// Weights may differ in sign (a document with a returned line); their sum is the whole.
//
// A weight sum of 0 is INVALID_ARGUMENT unless `total` is 0 too, which gives all zeros.
// OUT_OF_RANGE when a part does not fit, which takes weights of both signs.
absl::StatusOr<std::vector<int64_t>> Allocate(int64_t total, absl::Span<const int64_t> weights);

// `total` in `parts` parts that differ by at most one unit, the larger ones first: 1000.00 / 3 is
// 333.34, 333.33, 333.33. INVALID_ARGUMENT unless 1 <= parts <= kMaxEqualParts.
absl::StatusOr<std::vector<int64_t>> SplitEqually(int64_t total, int64_t parts);

// Of an amount that belongs to `n` units, what belongs to the first `k`: round(amount * k / n). A
// refund takes the share of all units returned so far, minus what was refunded before; so the last
// unit brings back the exact remainder. 18.81 over 2: 9.41 for the first, 9.40 for the second.
// INVALID_ARGUMENT unless n > 0 and 0 <= k <= n.
absl::StatusOr<int64_t> CumulativeShare(int64_t amount, int64_t n, int64_t k);

}  // namespace pitlane
