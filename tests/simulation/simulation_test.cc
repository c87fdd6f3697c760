#include "tests/simulation/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "libs/base/check.h"
#include "libs/rpc/log.h"
#include "tests/simulation/broken.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/random.h"

namespace pitlane::simulation {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kSeeds = 40;
// Within so many seeds a broken promise has to be found.
constexpr uint64_t kSeedsToFind = 30;

class SimulationTest : public ::testing::Test {
 protected:
  SimulationTest() { PITLANE_CHECK_OK(rpc::SetLogLevel("off")); }
};

TEST_F(SimulationTest, EverySeedKeepsEveryPromise) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    EXPECT_THAT(RunPlan(PlanOf(seed)).failure, IsEmpty()) << "again: tools/dev sim --seed " << seed;
  }
}

TEST_F(SimulationTest, SameSeedThenSameTrace) {
  for (uint64_t seed = 101; seed <= 108; ++seed) {
    const Outcome once = RunPlan(PlanOf(seed));
    const Outcome again = RunPlan(PlanOf(seed));
    EXPECT_EQ(once.trace_hash, again.trace_hash) << seed;
    EXPECT_EQ(once.happenings, again.happenings) << seed;
  }
}

TEST_F(SimulationTest, OtherSeedThenOtherTrace) {
  EXPECT_NE(RunPlan(QuietPlanOf(1)).trace_hash, RunPlan(QuietPlanOf(2)).trace_hash);
}

// What the first failing seed says of a promise that is broken on purpose; empty: not found.
std::string FoundOf(std::string_view broken) {
  for (uint64_t seed = 1; seed <= kSeedsToFind; ++seed) {
    Plan plan = PlanOf(seed);
    plan.broken = std::string(broken);
    // Whoever stops without a fault has nothing to lose.
    plan.faults[Fault::kKill] = 900'000;
    if (std::string failure = RunPlan(plan).failure; !failure.empty()) return failure;
  }
  return "";
}

TEST_F(SimulationTest, PromiseBrokenThenFound) {
  for (const std::string_view broken : Breakable()) {
    EXPECT_NE(FoundOf(broken), "") << broken << " goes unnoticed";
  }
}

TEST_F(SimulationTest, FailureThenShrunkPlanFailsToo) {
  Plan plan;
  for (uint64_t seed = 1; plan.broken.empty(); ++seed) {
    ASSERT_LE(seed, kSeedsToFind);
    Plan tried = PlanOf(seed);
    tried.broken = "charged_twice";
    if (!RunPlan(tried).failure.empty()) plan = tried;
  }
  const Plan small = Shrink(plan, 12);
  EXPECT_THAT(RunPlan(small).failure, HasSubstr("twice"));
  EXPECT_LE(small.faults.size(), plan.faults.size());
  EXPECT_THAT(small.Arguments(), HasSubstr("--break charged_twice"));
}

TEST(Plan, ArgumentsThenSamePlan) {
  const Plan plan = PlanOf(17, {.only = std::set<Fault>{Fault::kKill, Fault::kTornTail},
                                .exactly = std::nullopt,
                                .sellers = 1,
                                .sales = 2,
                                .nuisance = 0});
  EXPECT_THAT(plan.Arguments(), HasSubstr("--seed 17"));
  EXPECT_THAT(plan.Arguments(), HasSubstr("--nuisance 0"));
  EXPECT_EQ(PlanOf(17).Arguments(), "--seed 17");
}

TEST(Plan, FaultNamesThenFoundAgain) {
  for (int i = 0; i < kFaultCount; ++i) {
    const Fault fault = static_cast<Fault>(i);
    EXPECT_EQ(FaultOf(NameOf(fault)), fault);
  }
  EXPECT_FALSE(ParseFaults("kill,earthquake").ok());
}

TEST(Coverage, NothingReachedThenEverythingIsMissing) {
  Coverage coverage;
  const size_t all = coverage.Missing().size();
  coverage.Count("fault", "kill");
  EXPECT_EQ(coverage.Missing().size(), all - 1);
  EXPECT_THAT(coverage.Report(), HasSubstr("MISSED fault/power_cut"));
}

TEST(Random, SameSeedAndNameThenSameSequence) {
  Random a(5, "x"), b(5, "x"), c(5, "y");
  const uint64_t first = a.Next();
  EXPECT_EQ(first, b.Next());
  EXPECT_NE(first, c.Next());
}

}  // namespace
}  // namespace pitlane::simulation
