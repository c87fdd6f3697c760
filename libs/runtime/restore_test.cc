#include "libs/runtime/restore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/runtime/feed_pump.h"
#include "libs/runtime/parking.h"
#include "libs/runtime/test_counter.h"
#include "libs/runtime/test_rig.h"
#include "libs/stream/event_bytes.h"
#include "pitlane/common/v1/unit.pb.h"

namespace pitlane::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// What a topic of four partitions would hold of a journal.
class FakeTopic {
 public:
  // Records from `journal`, but for those at the positions of `missing`.
  explicit FakeTopic(const journal::Journal& journal, const std::vector<uint64_t>& missing = {}) {
    const auto records = journal.ReadLog(1, 100'000, size_t{1} << 30);
    EXPECT_THAT(records, IsOk());
    std::map<uint32_t, uint64_t> last;
    for (const journal::Record& record : *records) {
      const uint32_t partition = stream::ReadMeta(record.payload)->slot() % 4;
      const uint64_t previous = std::exchange(last[partition], record.position);
      if (std::find(missing.begin(), missing.end(), record.position) != missing.end()) continue;
      partitions_[partition].push_back({.position = record.position,
                                        .previous = previous,
                                        .payload = record.payload,
                                        .unit = {}});
    }
  }
  // The record at `position` carries these of the journal.
  FakeTopic& Carries(uint64_t position, const std::vector<std::string>& payloads) {
    common::v1::UnitEvents others;
    for (const std::string& payload : payloads) others.add_events(payload);
    for (auto& [number, items] : partitions_) {
      for (stream::HistoryItem& item : items) {
        if (item.position == position) item.unit = others.SerializeAsString();
      }
    }
    return *this;
  }
  stream::TopicHistory Open() const {
    std::map<uint32_t, stream::HistoryPartition> partitions;
    for (uint32_t number = 0; number < 4; ++number) {
      const auto found = partitions_.find(number);
      auto rest = std::make_shared<std::deque<stream::HistoryItem>>();
      if (found != partitions_.end()) rest->assign(found->second.begin(), found->second.end());
      partitions[number] = [rest]() -> absl::StatusOr<std::optional<stream::HistoryItem>> {
        if (rest->empty()) return std::nullopt;
        stream::HistoryItem item = std::move(rest->front());
        rest->pop_front();
        return item;
      };
    }
    return stream::TopicHistory("counter.0", std::move(partitions));
  }

 private:
  std::map<uint32_t, std::vector<stream::HistoryItem>> partitions_;
};

// The service, with what its events say of its effects: a signal that was requested and not sent.
ServiceDefinition Definition() {
  ServiceDefinition definition = MakeCounterService();
  definition.after_restore = [](const google::protobuf::Message& event, Unit& unit) {
    const auto& fact = static_cast<const tv1::CounterEvent&>(event);
    if (fact.has_signal_requested()) {
      unit.RequestEffect("signal", fact.signal_requested().signal_id(), fact.meta().stream_id());
    }
    if (fact.has_signal_sent()) unit.FinishEffect("signal", fact.signal_sent().signal_id());
    return unit.status();
  };
  return definition;
}

class RestoreRig : public Rig {
 public:
  absl::StatusOr<RestoreReport> RestoreFrom(const FakeTopic& topic,
                                            const journal::Journal* secrets = nullptr) {
    const ServiceDefinition definition = Definition();
    stream::TopicHistory history = topic.Open();
    auto report = Restore(definition, *journal, history, secrets);
    Reopen();
    return report;
  }
  std::vector<journal::Record> Records() const {
    const auto records = journal->ReadLog(1, 100'000, size_t{1} << 30);
    EXPECT_THAT(records, IsOk());
    return *records;
  }
  // A pulse of another service, applied as a feed does.
  void Pulse(const CounterId& id, uint64_t position) {
    tv1::PulseEvent pulse;
    pulse.mutable_meta()->set_event_id(absl::StrCat("evt_pulse_", position));
    pulse.mutable_meta()->set_type("pitlane.testing.v1.PulseCame");
    pulse.mutable_meta()->set_position(position);
    pulse.mutable_came()->set_counter_id(id.text());
    pulse.mutable_came()->set_strength(1);
    const ServiceDefinition definition = MakeCounterService();
    const ReactorRegistry reactors(definition.reactors());
    const RecordApplier applier(reactors, definition.listens_to, "counter");
    Do(Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
      RETURN_IF_ERROR(applier.Apply({"pulse", 0, 2}, pulse.SerializeAsString(), unit));
      return std::string();
    }));
  }
};

TEST(Restore, EmptyStoreThenEqualToTheOneThatWasLost) {
  RestoreRig lost;
  const CounterId first = lost.OpenCounter(1);
  const CounterId second = lost.OpenCounter(2);
  for (int64_t i = 1; i <= 10; ++i) {
    lost.Do(lost.SubmitIncrease(i % 2 == 0 ? first : second, i, absl::StrCat("r", i)));
  }
  RestoreRig restored;
  ASSERT_OK_AND_ASSIGN(const RestoreReport report, restored.RestoreFrom(FakeTopic(*lost.journal)));
  EXPECT_EQ(report.before, 0u);
  EXPECT_EQ(report.restored, 12u);
  EXPECT_EQ(report.lost, 0u);
  EXPECT_EQ(restored.journal->tail(), lost.journal->tail()) << "positions, bytes and chain";
  EXPECT_EQ(restored.Records(), lost.Records());
  EXPECT_EQ(restored.Rows(), lost.Rows());
  EXPECT_EQ(restored.Total(first), lost.Total(first));
  ASSERT_OK_AND_ASSIGN(const auto verified, restored.journal->Verify());
  EXPECT_FALSE(verified.fault.has_value()) << verified.fault->what;
  // Its views are of today's schema: nothing is built again at the start.
  ViewRebuilder views(*restored.executor, *restored.journal, *restored.projections);
  ASSERT_THAT(views.CheckSchemas(), IsOk());
  EXPECT_TRUE(views.idle());
}

TEST(Restore, RequestThatWasCarriedOutThenItsRepetitionIsRefusedAndSaysWhere) {
  RestoreRig lost;
  const CounterId id = lost.OpenCounter();
  lost.Do(lost.SubmitIncrease(id, 5, "r1"));
  RestoreRig restored;
  ASSERT_THAT(restored.RestoreFrom(FakeTopic(*lost.journal)), IsOk());
  const auto again = restored.SubmitIncrease(id, 5, "r1");
  restored.executor->Drain();
  ASSERT_TRUE(again->has_value());
  EXPECT_THAT((*again)->status(), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_TRUE(rpc::HasReason((*again)->status(), common::v1::ANSWER_LOST));
  EXPECT_THAT(rpc::ErrorMetadata((*again)->status()), ElementsAre(Pair("position", "2")));
  EXPECT_EQ(restored.Total(id), 5);
  EXPECT_EQ(restored.Total(restored.OpenCounter(9)), 0) << "others are carried out";
}

TEST(Restore, OlderStoreThenCompletedAndItsOwnAnswersStay) {
  RestoreRig whole;
  const CounterId id = whole.OpenCounter();
  whole.Do(whole.SubmitIncrease(id, 1, "r1"));
  const testing::MemoryDisk::Image backup = whole.disk.SyncedImage();
  whole.Do(whole.SubmitIncrease(id, 2, "r2"));

  RestoreRig older;
  older.Close();
  older.disk.Restore(backup);
  older.Open();
  ASSERT_EQ(older.Total(id), 1);
  ASSERT_OK_AND_ASSIGN(const RestoreReport report, older.RestoreFrom(FakeTopic(*whole.journal)));
  EXPECT_EQ(report.before, 2u);
  EXPECT_EQ(report.restored, 1u);
  EXPECT_EQ(older.journal->tail(), whole.journal->tail());
  EXPECT_EQ(older.Rows(), whole.Rows());
  EXPECT_EQ(older.Total(id), 3);
  EXPECT_TRUE(older.Do(older.SubmitIncrease(id, 1, "r1")).replayed);
  const auto second = older.SubmitIncrease(id, 2, "r2");
  older.executor->Drain();
  EXPECT_TRUE(rpc::HasReason((*second)->status(), common::v1::ANSWER_LOST));
}

TEST(Restore, StoreThatWentItsOwnWayThenRefusedAndUntouched) {
  RestoreRig whole;
  const CounterId id = whole.OpenCounter();
  const testing::MemoryDisk::Image backup = whole.disk.SyncedImage();
  whole.Do(whole.SubmitIncrease(id, 2));
  whole.Do(whole.SubmitIncrease(id, 3));
  RestoreRig other;
  other.Close();
  other.disk.Restore(backup);
  other.Open();
  other.Do(other.SubmitIncrease(id, 7));
  EXPECT_THAT(other.RestoreFrom(FakeTopic(*whole.journal)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("position 2")));
  EXPECT_EQ(other.journal->last_position(), 2u);
}

TEST(Restore, EffectWithoutOutcomeThenOpenAndThatWithOneIsNot) {
  RestoreRig lost;
  const CounterId id = lost.OpenCounter();
  for (const char* signal : {"s1", "s2"}) {
    lost.Do(lost.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
      tv1::CounterEvent event;
      event.mutable_signal_requested()->set_signal_id(signal);
      unit.Emit<CounterAggregate>(id.text(), {event}, {});
      return std::string();
    }));
  }
  lost.Do(lost.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.Emit<CounterAggregate>(id.text(), {SignalSent("s1", false)}, {});
    return std::string();
  }));
  RestoreRig restored;
  ASSERT_OK_AND_ASSIGN(const RestoreReport report, restored.RestoreFrom(FakeTopic(*lost.journal)));
  EXPECT_EQ(report.open_effects, 1u);
  const auto rows = restored.Rows(effect_rows::kView);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(effect_rows::Decode(rows[0].value)->id, "s2");
}

TEST(Restore, ReactionsThenTheCursorIsTheFurthestCause) {
  RestoreRig lost;
  const CounterId id = lost.OpenCounter();
  lost.Pulse(id, 11);
  lost.Pulse(id, 17);
  EXPECT_EQ(lost.Log().back().meta().causation_position(), "pulse.0.2@17");
  RestoreRig restored;
  ASSERT_THAT(restored.RestoreFrom(FakeTopic(*lost.journal)), IsOk());
  EXPECT_THAT(LoadCursors(*restored.journal),
              IsOkAndHolds(ElementsAre(Pair(stream::Source{"pulse", 0, 2}, 17))));
  EXPECT_THAT(LoadAppliedBehind(*restored.journal), IsOkAndHolds(IsEmpty()));
}

// The reaction to 11 was on its way to a partition of its own when the disk was lost.
TEST(Restore, ReactionLostBeforeALaterOneThenTheCursorStaysBeforeItAndTheLaterIsKnown) {
  RestoreRig lost;
  const CounterId first = lost.OpenCounter(1);
  const CounterId second = lost.OpenCounter(2);
  lost.Pulse(first, 10);
  lost.Pulse(second, 11);
  lost.Pulse(first, 12);
  const FakeTopic topic(*lost.journal, {4});
  RestoreRig restored;
  ASSERT_OK_AND_ASSIGN(const RestoreReport report, restored.RestoreFrom(topic));
  EXPECT_EQ(report.lost, 1u);
  EXPECT_EQ(restored.journal->last_position(), 5u);
  const stream::Source source{"pulse", 0, 2};
  EXPECT_THAT(LoadCursors(*restored.journal), IsOkAndHolds(ElementsAre(Pair(source, 10))));
  EXPECT_THAT(LoadAppliedBehind(*restored.journal),
              IsOkAndHolds(UnorderedElementsAre(Pair(source, 12))));
  EXPECT_EQ(restored.Total(first), 2);
  EXPECT_EQ(restored.Total(second), 0);
  // The same again changes nothing.
  const journal::Tail tail = restored.journal->tail();
  ASSERT_THAT(restored.RestoreFrom(topic), IsOk());
  EXPECT_EQ(restored.journal->tail(), tail);
}

TEST(Restore, UnitThatTheTopicHasInPartThenWhole) {
  RestoreRig lost;
  const CounterId first = lost.NewCounter(1);
  const CounterId second = lost.NewCounter(2);
  lost.Do(lost.Submit(
      [&](Unit& unit) -> absl::StatusOr<std::string> {
        unit.Emit<CounterAggregate>(first.text(), {Opened("a")}, {});
        unit.Emit<CounterAggregate>(second.text(), {Opened("b")}, {});
        return std::string();
      },
      "r1"));
  FakeTopic topic(*lost.journal, {2});
  topic.Carries(1, {lost.Records()[1].payload});
  RestoreRig restored;
  ASSERT_OK_AND_ASSIGN(const RestoreReport report, restored.RestoreFrom(topic));
  EXPECT_EQ(report.completed, 1u);
  EXPECT_EQ(restored.journal->tail(), lost.journal->tail());
}

TEST(Restore, SecretsOfABackupThenCopiedWhereOursAreMissing) {
  RestoreRig lost;
  lost.OpenCounter();
  lost.Do(lost.Submit([](Unit& unit) -> absl::StatusOr<std::string> {
    unit.PutSecret("key/1", "secret");
    return std::string();
  }));
  RestoreRig restored;
  ASSERT_OK_AND_ASSIGN(const RestoreReport report,
                       restored.RestoreFrom(FakeTopic(*lost.journal), lost.journal.get()));
  EXPECT_EQ(report.secrets, 1u);
  EXPECT_THAT(restored.journal->GetSecret("key/1"), IsOkAndHolds("secret"));
}

TEST(Restore, InterruptedThenNoServiceOpensTheStore) {
  testing::MemoryDisk disk;
  {
    auto journal = journal::Journal::Open(
        {.path = "/data/counter.0", .identity = {.service = "counter"}, .env = disk.env()});
    ASSERT_THAT(journal, IsOk());
    journal::Batch batch = (*journal)->NewBatch();
    batch.PutCursor(kRestoreCursor, 1);
    ASSERT_THAT((*journal)->Commit(std::move(batch)), IsOk());
  }
  EXPECT_THAT(ServiceHost::Open(MakeCounterService(), {.data_dir = "/data", .env = disk.env()}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("restore")));
}

}  // namespace
}  // namespace pitlane::runtime
