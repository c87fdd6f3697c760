#include "libs/money/allocation.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/money/rounding.h"

namespace pitlane {
namespace {

struct Part {
  Int128 base = 0;
  Int128 remainder = 0;  // 0 <= remainder < weight sum
};

// Floor and its remainder; `sum` is positive.
Part Share(Int128 total, Int128 weight, Int128 sum) {
  Part part = {.base = total * weight / sum, .remainder = total * weight % sum};
  if (part.remainder < 0) {
    part.base -= 1;
    part.remainder += sum;
  }
  return part;
}

// Parts of a total that is not negative; `sum` is positive, after `flip` has negated the weights.
std::vector<Part> Shares(Int128 total, absl::Span<const int64_t> weights, Int128 sum, bool flip) {
  std::vector<Part> parts;
  parts.reserve(weights.size());
  for (int64_t weight : weights) {
    parts.push_back(Share(total, flip ? -Int128{weight} : Int128{weight}, sum));
  }

  Int128 left = total;
  for (const Part& part : parts) left -= part.base;
  std::vector<size_t> order(parts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&parts](size_t a, size_t b) {
    return parts[a].remainder > parts[b].remainder;
  });
  // The remainders sum to left * sum and each is below sum, so there are more lines than units
  // left.
  for (size_t i = 0; left > 0; ++i, --left) parts[order[i]].base += 1;
  return parts;
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> Allocate(int64_t total, absl::Span<const int64_t> weights) {
  Int128 sum = 0;
  for (int64_t weight : weights) sum += weight;
  if (sum == 0) {
    if (total == 0) return std::vector<int64_t>(weights.size(), 0);
    return absl::InvalidArgumentError(
        absl::StrCat("cannot split ", total, " over ", weights.size(), " weights that sum to 0"));
  }

  const bool flip = sum < 0;
  const Int128 magnitude = total < 0 ? -Int128{total} : Int128{total};
  std::vector<int64_t> result;
  result.reserve(weights.size());
  for (const Part& part : Shares(magnitude, weights, flip ? -sum : sum, flip)) {
    const Int128 value = total < 0 ? -part.base : part.base;
    if (value > std::numeric_limits<int64_t>::max() ||
        value < std::numeric_limits<int64_t>::min()) {
      return absl::OutOfRangeError("a part does not fit in 64 bits");
    }
    result.push_back(static_cast<int64_t>(value));
  }
  return result;
}

absl::StatusOr<std::vector<int64_t>> SplitEqually(int64_t total, int64_t parts) {
  if (parts < 1 || parts > kMaxEqualParts) {
    return absl::InvalidArgumentError(
        absl::StrCat("parts must be 1 to ", kMaxEqualParts, ", not ", parts));
  }
  return Allocate(total, std::vector<int64_t>(static_cast<size_t>(parts), 1));
}

absl::StatusOr<int64_t> CumulativeShare(int64_t amount, int64_t n, int64_t k) {
  if (n <= 0 || k < 0 || k > n) {
    return absl::InvalidArgumentError(
        absl::StrCat("share needs 0 <= k <= n and n > 0, not k = ", k, " of n = ", n));
  }
  return MultiplyRounded(amount, k, n);
}

}  // namespace pitlane
