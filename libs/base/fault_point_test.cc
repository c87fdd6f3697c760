#include "libs/base/fault_point.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace pitlane {
namespace {

// This program again, with a point armed, doing nothing but visit points; how it ended.
int EndOfVisitor(const char* armed) {
  const pid_t child = fork();
  if (child == 0) {
    setenv("PITLANE_FAULT_POINT", armed, 1);
    execl("/proc/self/exe", "base_test",
          "--gtest_filter=FaultPoint.VisitedThenOnlyAnArmedProcessNotices", "--gtest_brief=1",
          nullptr);
    _exit(99);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

// The child above runs this with a point armed, and does not always come to its end.
TEST(FaultPoint, VisitedThenOnlyAnArmedProcessNotices) {
  EXPECT_EQ(internal::kFaultPointsArmed, getenv("PITLANE_FAULT_POINT") != nullptr);
  for (int i = 0; i < 3; ++i) {
    FaultPoint("test.first");
    FaultPoint("test.second");
  }
}

TEST(FaultPoint, NamedByTheEnvironmentThenTheProcessIsKilled) {
  const int status = EndOfVisitor("test.second");
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(FaultPoint, NamedForALaterVisitThenItIsKilledOnlyAtThat) {
  EXPECT_TRUE(WIFSIGNALED(EndOfVisitor("test.first:3")));
  const int status = EndOfVisitor("test.first:4");
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(FaultPoint, AnotherOneNamedThenNothingHappens) {
  const int status = EndOfVisitor("test.other");
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace pitlane
