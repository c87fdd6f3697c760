// The short version of `tools/dev crash`: each kind of fault once, on both sizes of installation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "libs/base/status_matchers.h"
#include "tests/crash/record_file.h"
#include "tests/crash/run.h"
#include "tests/crash/small_disk.h"

namespace pitlane::crash {
namespace {

std::string FreshFolder(const std::string& name) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / ("pitlane-crash-" + name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder.string();
}

// Suffers these in their order, and checks after every `faults_per_round` of them.
RunResult Suffer(Site& site, std::vector<FaultKind> kinds, int faults_per_round,
                 const SmallDisk* disk) {
  RunOptions options;
  options.people = 3;
  options.faults_per_round = faults_per_round;
  options.rounds = kinds.size() / static_cast<size_t>(faults_per_round);
  options.longest_suspension = absl::Seconds(2);
  options.choose = [kinds, next = size_t{0}](Faults&) mutable {
    return kinds[next++ % kinds.size()];
  };
  if (disk != nullptr) {
    options.fill = [disk] { return disk->Fill(); };
    options.free = [disk] { return disk->Free(); };
  }
  RunResult result;
  EXPECT_THAT(Run(site, options, result), IsOk());
  EXPECT_EQ(result.rounds, options.rounds);
  EXPECT_GT(result.clients.acknowledged, 50u);
  EXPECT_GT(result.faults.kills(), 0u);
  EXPECT_TRUE(result.last.sound()) << result.last.Text(false);
  EXPECT_GT(result.last.rules().at("acknowledged-lost").checked, 50u);
  return result;
}

TEST(Crash, OneComputerThenNothingIsLostAndNothingHappensTwice) {
  const std::string folder = FreshFolder("one");
  std::vector<FaultKind> kinds = {
      FaultKind::kKill,  FaultKind::kPoint,   FaultKind::kPoint,      FaultKind::kPoint,
      FaultKind::kPoint, FaultKind::kSuspend, FaultKind::kPoint,      FaultKind::kPoint,
      FaultKind::kPoint, FaultKind::kKillAll, FaultKind::kSecondCopy, FaultKind::kBadWeather};
  // Not everybody may mount, nor may root in a container; what a full disk does to a journal is in
  // libs/journal/fault_test.cc too.
  std::unique_ptr<SmallDisk> disk;
  if (auto mounted = SmallDisk::Mount(folder + "/data", 256); mounted.ok()) {
    disk = *std::move(mounted);
  } else {
    ASSERT_THAT(mounted.status(), StatusIs(absl::StatusCode::kPermissionDenied));
  }
  kinds.push_back(disk == nullptr ? FaultKind::kKill : FaultKind::kFullDisk);
  ASSERT_OK_AND_ASSIGN(const auto site, MakeOneComputer(folder));

  kinds.push_back(HasWrongClocks() ? FaultKind::kWrongClock : FaultKind::kKill);

  const RunResult result = Suffer(*site, kinds, 7, disk.get());

  EXPECT_GT(result.faults.by_point.size(), 2u);
}

TEST(CrashKafka, SeveralProcessesThenNothingIsLostAndNothingHappensTwice) {
  ASSERT_OK_AND_ASSIGN(const auto site, MakeSeveral(FreshFolder("several")));

  const RunResult result =
      Suffer(*site,
             {FaultKind::kKill, FaultKind::kPoint, FaultKind::kKillBroker, FaultKind::kPoint,
              FaultKind::kSuspend, FaultKind::kKillAll, FaultKind::kPauseBroker, FaultKind::kPoint,
              FaultKind::kSecondCopy, FaultKind::kStopBroker, FaultKind::kBadWeather,
              FaultKind::kBadWeather},
             6, nullptr);

  EXPECT_GT(result.last.rules().at("topic-missing").checked, 0u);
}

TEST(Crash, RecordsSayUnknownUnlessAnErrorSaysThatNothingHappened) {
  EXPECT_EQ(OutcomeOf(absl::OkStatus()), "acknowledged");
  EXPECT_EQ(OutcomeOf(absl::AbortedError("")), "refused");
  EXPECT_EQ(OutcomeOf(absl::FailedPreconditionError("")), "refused");
  EXPECT_EQ(OutcomeOf(absl::UnavailableError("")), "unknown");
  EXPECT_EQ(OutcomeOf(absl::DeadlineExceededError("")), "unknown");
  EXPECT_EQ(OutcomeOf(absl::CancelledError("")), "unknown");
  // Of a full disk: the commit may be found applied after all.
  EXPECT_EQ(OutcomeOf(absl::ResourceExhaustedError("")), "unknown");
}

}  // namespace
}  // namespace pitlane::crash
