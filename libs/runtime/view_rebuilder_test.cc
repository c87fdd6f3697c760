#include "libs/runtime/view_rebuilder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "libs/rpc/errors.h"
#include "libs/runtime/test_counter.h"
#include "libs/runtime/test_rig.h"
#include "pitlane/admin/v1/admin_service.pb.h"

namespace pitlane::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RebuildRig : public Rig {
 public:
  explicit RebuildRig(uint32_t schema = 1) : Rig({}, schema) { Opened(); }
  ~RebuildRig() override { Close(); }

  void Opened() override {
    rebuilder = std::make_unique<ViewRebuilder>(*executor, *journal, *projections,
                                                /*least_chunk=*/16);
    ASSERT_THAT(rebuilder->CheckSchemas(), IsOk());
  }
  void Closing() override {
    executor->Drain();
    rebuilder = nullptr;
  }
  void Run() {
    while (rebuilder->Step() + executor->Step() > 0) {
    }
  }
  absl::Status Rebuild(std::string_view view = "counter_totals") {
    absl::Status result = absl::UnknownError("not done");
    rebuilder->Rebuild(view, [&](absl::Status status) { result = std::move(status); });
    Run();
    return result;
  }
  // What a projection from scratch makes of the log.
  std::map<std::string, std::string> FromScratch(uint32_t schema) {
    testing::MemoryDisk other_disk;
    journal::Options store;
    store.path = "/scratch";
    store.identity = {.service = "scratch"};
    store.env = other_disk.env();
    auto scratch = *journal::Journal::Open(std::move(store));
    {
      journal::Batch batch = scratch->NewBatch();
      CounterTotals projection(schema);
      ViewWriter rows(batch, "v", journal::kCurrentGeneration);
      for (const tv1::CounterEvent& event : Log()) projection.On(event, rows);
      EXPECT_THAT(scratch->Commit(std::move(batch)), IsOk());
    }
    journal::ScanOptions all;
    all.limit = 1'000'000;
    return AsMap(scratch->ScanView("v", all)->rows);
  }
  static std::map<std::string, std::string> AsMap(const std::vector<journal::Row>& rows) {
    std::map<std::string, std::string> map;
    for (const journal::Row& row : rows) map[row.key] = row.value;
    return map;
  }

  std::unique_ptr<ViewRebuilder> rebuilder;
};

TEST(ViewRebuilder, EmptyStoreNeedsNoRebuild) {
  RebuildRig rig;
  EXPECT_TRUE(rig.rebuilder->idle());
  ASSERT_THAT(rig.rebuilder->status(), SizeIs(1));
  EXPECT_EQ(rig.rebuilder->status()[0].schema, 1u);
  EXPECT_FALSE(rig.rebuilder->status()[0].building);
}

TEST(ViewRebuilder, RebuiltViewIsTheSameInANewGeneration) {
  RebuildRig rig;
  const CounterId id = rig.OpenCounter();
  for (int i = 0; i < 10; ++i) rig.Do(rig.SubmitIncrease(id, i + 1));
  const auto before = rig.Rows();
  const journal::Generation generation = rig.rebuilder->status()[0].generation;
  EXPECT_THAT(rig.Rebuild(), IsOk());
  EXPECT_EQ(rig.Rows(), before);
  EXPECT_GT(rig.rebuilder->status()[0].generation, generation);
  EXPECT_EQ(rig.rebuilder->status()[0].built_to, 11u);
}

TEST(ViewRebuilder, DamagedRowsAreGoneAfterwards) {
  RebuildRig rig;
  const CounterId id = rig.OpenCounter();
  const auto good = rig.Rows();
  rig.Do(rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.batch().PutView("counter_totals", id.text(), "\xff damaged");
    unit.batch().PutView("counter_totals", "stray", "row");
    return std::string();
  }));
  EXPECT_THAT(rig.Rebuild(), IsOk());
  EXPECT_EQ(rig.Rows(), good);
}

TEST(ViewRebuilder, UnknownViewIsNotFound) {
  RebuildRig rig;
  EXPECT_TRUE(rpc::HasReason(rig.Rebuild("nothing"), admin::v1::VIEW_UNKNOWN));
}

TEST(ViewRebuilder, SecondRebuildOfAViewIsRefusedWhileTheFirstRuns) {
  RebuildRig rig;
  rig.OpenCounter();
  absl::Status first = absl::UnknownError("not done");
  rig.rebuilder->Rebuild("counter_totals", [&](absl::Status s) { first = std::move(s); });
  EXPECT_TRUE(rpc::HasReason(rig.Rebuild(), admin::v1::OPERATION_RUNNING));
  EXPECT_THAT(first, IsOk()) << "the first one was run by the attempt of the second";
}

TEST(ViewRebuilder, ChangedSchemaIsRebuiltAtTheStartWhileReadersSeeTheOldRows) {
  RebuildRig rig;
  const CounterId id = rig.OpenCounter();
  for (int i = 0; i < 50; ++i) rig.SubmitIncrease(id, 1);
  rig.executor->Drain();
  rig.set_schema(2);
  rig.Reopen();
  EXPECT_FALSE(rig.rebuilder->idle());
  EXPECT_EQ(rig.rebuilder->status()[0].schema, 1u);
  EXPECT_EQ(rig.rebuilder->status()[0].wanted_schema, 2u);
  rig.rebuilder->Step();
  rig.executor->Step();
  EXPECT_TRUE(rig.rebuilder->status()[0].building);
  EXPECT_THAT(rig.Rows(), SizeIs(1)) << "readers see the old generation until the swap";
  rig.Run();
  EXPECT_TRUE(rig.rebuilder->idle());
  EXPECT_EQ(rig.rebuilder->status()[0].schema, 2u);
  EXPECT_EQ(RebuildRig::AsMap(rig.Rows()), rig.FromScratch(2));
  EXPECT_THAT(rig.Rows(), SizeIs(2));

  rig.Reopen();
  EXPECT_TRUE(rig.rebuilder->idle()) << "it is up to date now";
}

TEST(ViewRebuilder, InterruptedRebuildBeginsAgain) {
  RebuildRig rig;
  const CounterId id = rig.OpenCounter();
  for (int i = 0; i < 50; ++i) rig.SubmitIncrease(id, 1);
  rig.executor->Drain();
  rig.rebuilder->Rebuild("counter_totals", nullptr);
  rig.rebuilder->Step();
  rig.executor->Step();
  EXPECT_TRUE(rig.rebuilder->status()[0].building);
  rig.PowerCut();
  EXPECT_FALSE(rig.rebuilder->idle());
  rig.Run();
  EXPECT_EQ(RebuildRig::AsMap(rig.Rows()), rig.FromScratch(1));
}

TEST(ViewRebuilder, RowsOfAForgottenViewAreDropped) {
  RebuildRig rig;
  rig.Do(rig.Submit([](Unit& unit) -> absl::StatusOr<std::string> {
    unit.batch().PutView("runtime/views", "old_view", std::string("\0\0\0\1", 4));
    unit.batch().PutView("old_view", "key", "row");
    return std::string();
  }));
  rig.Reopen();
  EXPECT_THAT(rig.Rows("old_view"), IsEmpty());
}

TEST(ViewRebuilder, FullDiskEndsTheRebuildAndTheOldViewStays) {
  RebuildRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Do(rig.SubmitIncrease(id, 1));
  const auto before = rig.Rows();
  rig.disk.SetFull(true);
  EXPECT_THAT(rig.Rebuild(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_NE(rig.rebuilder->status()[0].failure, "");
  rig.disk.SetFull(false);
  EXPECT_EQ(rig.Rows(), before);
  EXPECT_THAT(rig.Rebuild(), IsOk());
  EXPECT_EQ(rig.Rows(), before);
  EXPECT_EQ(rig.rebuilder->status()[0].failure, "");
}

RC_GTEST_PROP(ViewRebuilderProperty, RebuildWhileWritingEqualsAProjectionFromScratch, ()) {
  RebuildRig rig;
  std::vector<CounterId> ids;
  for (uint32_t i = 0; i < 3; ++i) ids.push_back(rig.OpenCounter(i));
  const auto before = *rc::gen::inRange(0, 200);
  for (int i = 0; i < before; ++i) rig.SubmitIncrease(ids[static_cast<size_t>(i) % 3], 1);
  rig.executor->Drain();
  rig.rebuilder->Rebuild("counter_totals", nullptr);
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
  for (const int step : steps) {
    if (step == 0) rig.rebuilder->Step();
    if (step == 1) rig.executor->Step();
    for (int i = 2; i <= step; ++i) rig.SubmitIncrease(ids[static_cast<size_t>(i) % 3], i);
  }
  rig.Run();
  RC_ASSERT(rig.rebuilder->idle());
  RC_ASSERT(RebuildRig::AsMap(rig.Rows()) == rig.FromScratch(1));
}

}  // namespace
}  // namespace pitlane::runtime
