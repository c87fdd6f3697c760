// What stands for the benchmark of sales where it was built without PostgreSQL's client library.
#include "tests/bench/benchmarks.h"

namespace pitlane::bench {

absl::Status BenchSale(const Settings&) {
  return absl::FailedPreconditionError(
      "the benchmark `sale` was built without libpq, so there is no PostgreSQL to compare with: "
      "install Debian's packages postgresql and libpq-dev and configure again; tools/dev bench "
      "does "
      "both");
}

}  // namespace pitlane::bench
