#include "libs/rpc/admin_http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/http_fetch.h"

namespace pitlane::rpc {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  auto& counter = metrics.Counter("pitlane_test_total", "Things.", {{"kind", "a"}});
  counter.Increment();
  EXPECT_EQ(&counter, &metrics.Counter("pitlane_test_total", "Things.", {{"kind", "a"}}));
  EXPECT_NE(&counter, &metrics.Counter("pitlane_test_total", "Things.", {{"kind", "b"}}));
  metrics.Gauge("pitlane_test_level", "Level.").Set(3);
  metrics.Histogram("pitlane_test_seconds", "Time.").Observe(0.2);
  EXPECT_THAT(metrics.Text(), HasSubstr("pitlane_test_total{kind=\"a\"} 1"));
  EXPECT_THAT(metrics.Text(), HasSubstr("pitlane_test_level 3"));
  EXPECT_THAT(metrics.Text(), HasSubstr("pitlane_test_seconds_count 1"));
}

TEST(MetricsDeathTest, ANameOfTwoKindsIsABug) {
  Metrics metrics;
  metrics.Counter("pitlane_test_total", "Things.");
  EXPECT_DEATH(metrics.Gauge("pitlane_test_total", "Things."), "pitlane_test_total");
}

TEST(AdminHttp, ServesTheMetrics) {
  Metrics metrics;
  metrics.Counter("pitlane_test_total", "Things.").Increment(5);
  ASSERT_OK_AND_ASSIGN(const auto admin, AdminHttp::Start(metrics));
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       HttpGet(absl::StrCat("http://127.0.0.1:", admin->port(), "/metrics"),
                               absl::Seconds(10), 1 << 20));
  EXPECT_THAT(text, HasSubstr("pitlane_test_total 5"));
}

TEST(AdminHttp, AnAddressInUseIsRefused) {
  Metrics metrics;
  ASSERT_OK_AND_ASSIGN(const auto first, AdminHttp::Start(metrics));
  EXPECT_THAT(AdminHttp::Start(metrics, absl::StrCat("127.0.0.1:", first->port())),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another process")));
}

TEST(HttpGet, OtherAnswersAndLongBodiesAreErrors) {
  Metrics metrics;
  metrics.Counter("pitlane_test_total", "Things.").Increment();
  ASSERT_OK_AND_ASSIGN(const auto admin, AdminHttp::Start(metrics));
  const std::string base = absl::StrCat("http://127.0.0.1:", admin->port());
  EXPECT_THAT(HttpGet(base + "/nothing", absl::Seconds(10), 1 << 20),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("404")));
  EXPECT_THAT(HttpGet(base + "/metrics", absl::Seconds(10), 8),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(HttpGet("file:///etc/hostname", absl::Seconds(10), 1 << 20),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace pitlane::rpc
