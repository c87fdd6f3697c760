#include "libs/runtime/aggregate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/runtime/aggregate_cache.h"
#include "libs/runtime/test_counter.h"
#include "libs/runtime/test_rig.h"
#include "libs/testing/proto_matchers.h"

namespace pitlane::runtime {
namespace {

using testing::EqualsProto;

struct CounterOfNextSchema : CounterAggregate {
  static constexpr uint32_t kSchema = 2;
};

struct OtherAggregate {
  using State = tv1::CounterRow;
  using Event = tv1::CounterEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(State&, const Event&) {}
};

StateEntry Load(Rig& rig, const AggregateKind& kind, const CounterId& id) {
  const auto reader = rig.journal->NewReader();
  auto entry = LoadAggregate(*reader, kind, id.text());
  EXPECT_THAT(entry, IsOk());
  return entry.ok() ? *std::move(entry) : StateEntry{};
}

TEST(AggregateKind, SnapshotSchemaDependsOnTypeAndSchema) {
  const uint32_t counter = KindOf<CounterAggregate>().SnapshotSchema();
  EXPECT_NE(counter, KindOf<CounterOfNextSchema>().SnapshotSchema());
  EXPECT_NE(counter, KindOf<OtherAggregate>().SnapshotSchema());
}

TEST(LoadAggregate, AbsentStreamIsVersionZero) {
  Rig rig;
  const StateEntry entry = Load(rig, KindOf<CounterAggregate>(), rig.NewCounter());
  EXPECT_EQ(entry.version, 0u);
  EXPECT_THAT(*entry.state, EqualsProto(tv1::CounterState()));
}

TEST(LoadAggregate, TakesTheSnapshotAndTheEventsBehindIt) {
  Rig rig({.snapshot_every = 3});
  const CounterId id = rig.OpenCounter();
  for (int i = 0; i < 4; ++i) rig.Do(rig.SubmitIncrease(id, 1));
  const auto snapshot =
      rig.journal->GetSnapshot(id.text(), KindOf<CounterAggregate>().SnapshotSchema());
  ASSERT_THAT(snapshot, IsOk());
  ASSERT_TRUE(snapshot->has_value());
  EXPECT_EQ((*snapshot)->version, 3u);
  const StateEntry entry = Load(rig, KindOf<CounterAggregate>(), id);
  EXPECT_EQ(entry.version, 5u);
  EXPECT_EQ(entry.snapshot_version, 3u);
  EXPECT_THAT(*entry.state, EqualsProto("name: 'a' total: 4 changes: 5"));
}

TEST(LoadAggregate, OtherSchemaReadsAllEvents) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  rig.Do(rig.SubmitIncrease(id, 7));
  const StateEntry entry = Load(rig, KindOf<CounterOfNextSchema>(), id);
  EXPECT_EQ(entry.snapshot_version, 0u);
  EXPECT_EQ(entry.version, 2u);
  EXPECT_THAT(*entry.state, EqualsProto("name: 'a' total: 7 changes: 2"));
}

TEST(LoadAggregate, UndecodableEventIsDataLoss) {
  Rig rig;
  const CounterId id = rig.NewCounter();
  journal::Batch batch = rig.journal->NewBatch();
  ASSERT_THAT(batch.Append(id.text(), 0, "\xff\xff not an event"), IsOk());
  ASSERT_THAT(rig.journal->Commit(std::move(batch)), IsOk());
  const auto reader = rig.journal->NewReader();
  EXPECT_THAT(LoadAggregate(*reader, KindOf<CounterAggregate>(), id.text()),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(ReadAggregate, AbsentStreamIsNotFound) {
  Rig rig;
  EXPECT_THAT(rig.Get(rig.NewCounter()), StatusIs(absl::StatusCode::kNotFound));
}

TEST(AggregateCache, EvictsTheLeastRecentlyUsed) {
  const auto entry = [](uint64_t version) {
    return StateEntry{.kind = &KindOf<CounterAggregate>(),
                      .state = std::make_shared<tv1::CounterState>(),
                      .version = version};
  };
  AggregateCache cache(2 * AggregateCache::Cost("a", entry(1)));
  cache.Put("a", entry(1));
  cache.Put("b", entry(2));
  ASSERT_NE(cache.Get("a"), nullptr);
  cache.Put("c", entry(3));
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.Get("b"), nullptr);
  ASSERT_NE(cache.Get("a"), nullptr);
  EXPECT_EQ(cache.Get("a")->version, 1u);
  cache.Put("a", entry(9));
  EXPECT_EQ(cache.Get("a")->version, 9u);
  EXPECT_EQ(cache.size(), 2u);
}

TEST(AggregateCache, StateThatGrowsMakesRoomForItself) {
  const auto entry = [](const std::string& name) {
    auto state = std::make_shared<tv1::CounterState>();
    state->set_name(name);
    return StateEntry{.kind = &KindOf<CounterAggregate>(), .state = std::move(state)};
  };
  AggregateCache cache(2 * AggregateCache::Cost("a", entry("")));
  cache.Put("a", entry(""));
  cache.Put("b", entry(""));
  ASSERT_EQ(cache.size(), 2u);
  cache.Put("b", entry("a longer name"));
  EXPECT_EQ(cache.Get("a"), nullptr);
  cache.Put("b", entry(std::string(10'000, 'x')));
  EXPECT_NE(cache.Get("b"), nullptr);
  cache.Put("b", entry(""));
  cache.Put("a", entry(""));
  EXPECT_EQ(cache.size(), 2u);
}

TEST(StateLayers, DroppedLayerRestoresWhatWas) {
  StateLayers layers;
  const StateEntry base{.kind = &KindOf<CounterAggregate>(),
                        .state = std::make_shared<tv1::CounterState>(),
                        .version = 1};
  const auto total = [&] {
    return static_cast<const tv1::CounterState&>(*layers.Find("a")->state).total();
  };
  const auto set = [&](const StateEntry& from, int64_t value) {
    static_cast<tv1::CounterState&>(*layers.Touch("a", from).state).set_total(value);
  };
  layers.Push();
  EXPECT_EQ(layers.Find("a"), nullptr);
  layers.Push();
  set(base, 1);
  layers.Merge();
  EXPECT_EQ(total(), 1);
  layers.Push();
  set(*layers.Find("a"), 2);
  EXPECT_EQ(total(), 2);
  layers.Drop();
  EXPECT_EQ(total(), 1);
  EXPECT_EQ(static_cast<const tv1::CounterState&>(*base.state).total(), 0);
  EXPECT_EQ(layers.Bottom().size(), 1u);
}

TEST(Unit, StreamOfAnotherKindIsRefused) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  auto wrong = rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    return unit.Load<OtherAggregate>(id.text()).status();
  });
  rig.executor->Drain();
  EXPECT_THAT((*wrong)->status(), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace pitlane::runtime
