#include "libs/rpc/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "libs/base/status_matchers.h"
#include "nlohmann/json.hpp"

namespace pitlane::rpc {
namespace {

using ::testing::HasSubstr;

TEST(LogEvent, IsOneLineOfJsonWithItsFields) {
  std::vector<std::string> lines;
  {
    ScopedLogCapture capture([&](std::string_view line) { lines.emplace_back(line); });
    LogEvent(spdlog::level::warn, "tank_low",
             {{"tank", std::string("oil \"5W\"\n")},
              {"litres", int64_t{12}},
              {"share", 0.5},
              {"open", true}});
  }
  LogEvent(spdlog::level::warn, "after_the_capture");
  ASSERT_EQ(lines.size(), 1u);
  const auto line = nlohmann::json::parse(lines[0], nullptr, false);
  ASSERT_TRUE(line.is_object()) << lines[0];
  EXPECT_EQ(line["level"], "warning");
  EXPECT_EQ(line["event"], "tank_low");
  EXPECT_EQ(line["tank"], "oil \"5W\"\n");
  EXPECT_EQ(line["litres"], 12);
  EXPECT_EQ(line["share"], 0.5);
  EXPECT_EQ(line["open"], true);
  EXPECT_EQ(line["ts"].get<std::string>().size(), std::string("2026-01-01T00:00:00.000Z").size());
  EXPECT_EQ(lines[0].find('\n'), std::string::npos);
}

TEST(LogEvent, BytesThatAreNotUtf8AreReplaced) {
  std::string logged;
  ScopedLogCapture capture([&](std::string_view line) { logged = line; });
  LogEvent(spdlog::level::err, "odd", {{"bytes", std::string("a\xff")}});
  EXPECT_TRUE(nlohmann::json::parse(logged, nullptr, false).is_object()) << logged;
}

TEST(SetLogLevel, SilencesWhatIsBelow) {
  int lines = 0;
  ScopedLogCapture capture([&](std::string_view) { ++lines; });
  ASSERT_THAT(SetLogLevel("error"), IsOk());
  LogEvent(spdlog::level::info, "quiet");
  LogEvent(spdlog::level::err, "loud");
  ASSERT_THAT(SetLogLevel("info"), IsOk());
  LogEvent(spdlog::level::info, "heard");
  EXPECT_EQ(lines, 2);
}

TEST(SetLogLevel, AnotherWordIsRefused) {
  EXPECT_THAT(SetLogLevel("loud"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'loud'")));
}

}  // namespace
}  // namespace pitlane::rpc
