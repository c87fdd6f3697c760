#include "libs/runtime/feed_pump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "libs/rpc/errors.h"
#include "libs/rpc/log.h"
#include "libs/runtime/parking.h"
#include "libs/runtime/test_counter.h"
#include "libs/runtime/test_rig.h"
#include "libs/testing/fake_feed.h"
#include "libs/testing/proto_matchers.h"
#include "pitlane/admin/v1/admin_service.pb.h"

namespace pitlane::runtime {
namespace {

using ::testing::ElementsAre;
using testing::EventIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// What is logged under that name while it lives.
class LogOf {
 public:
  explicit LogOf(std::string event)
      : event_(std::move(event)), capture_([this](std::string_view text) {
          auto line = nlohmann::json::parse(text);
          if (line["event"] == event_) lines_.push_back(std::move(line));
        }) {}

  const std::vector<nlohmann::json>& lines() const { return lines_; }

 private:
  const std::string event_;
  std::vector<nlohmann::json> lines_;
  rpc::ScopedLogCapture capture_;  // last: writes to what is above
};

tv1::PulseEvent Pulse(const CounterId& id, int64_t strength) {
  tv1::PulseEvent event;
  event.mutable_came()->set_counter_id(id.text());
  event.mutable_came()->set_strength(strength);
  return event;
}

class PumpRig : public Rig {
 public:
  PumpRig() { Opened(); }
  ~PumpRig() override { Close(); }

  void Opened() override {
    applier = std::make_unique<RecordApplier>(
        reactors_, RecordApplier::Prototypes{{"pulse", &tv1::PulseEvent::default_instance()}},
        "counter");
    pump = std::make_unique<FeedPump>("pulse", std::nullopt, stream.Feed(), *executor, *applier,
                                      clock, FeedPumpOptions{.window = 4});
    auto cursors = LoadCursors(*journal);
    ASSERT_THAT(cursors, IsOk());
    pump->Start(*cursors);
  }
  void Closing() override {
    pump->Stop();
    executor->Drain();
    pump = nullptr;
    applier = nullptr;
  }

  // Pump and executor until neither has anything to do.
  void Run() {
    while (pump->Step() + executor->Step() > 0) {
    }
  }
  void PublishUnwanted(const CounterId& id) {
    tv1::PulseEvent event;
    event.mutable_ignored();
    stream.Publish(event, id.text());
  }
  void Publish(const CounterId& id, int64_t strength, uint32_t partition = 0) {
    auto event = Pulse(id, strength);
    stream.Publish(event, id.text(), partition);
  }
  ParkedKey KeyOf(const CounterId& id) { return {"pulse.0.0", id.text()}; }
  std::vector<v1::ParkedRecord> Parked(std::string_view source = "") {
    const auto page = ListParked(*journal, source, 100, std::nullopt);
    EXPECT_THAT(page, IsOk());
    return page->records;
  }
  absl::StatusOr<RetryResult> Retry(const ParkedKey& key) {
    absl::StatusOr<RetryResult> result = absl::UnknownError("not done");
    RetryParked(*executor, *applier, key, [&](auto done) { result = std::move(done); });
    executor->Drain();
    return result;
  }

  testing::FakeStream stream{"pulse"};
  std::unique_ptr<RecordApplier> applier;
  std::unique_ptr<FeedPump> pump;

 private:
  static std::vector<std::unique_ptr<Reactor>> MakeReactors() {
    std::vector<std::unique_ptr<Reactor>> reactors;
    reactors.push_back(std::make_unique<OnPulseCame>());
    return reactors;
  }
  const ReactorRegistry reactors_{MakeReactors()};
};

TEST(FeedPump, RecordTakesEffectWithItsCursor) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, 5);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 5);
  EXPECT_THAT(rig.journal->GetCursor("feed/pulse.0.0"), IsOkAndHolds(1));
  EXPECT_EQ(rig.pump->stats().applied, 1u);
  EXPECT_TRUE(rig.pump->caught_up());

  const auto record = rig.stream.records()[0];
  common::v1::Envelope cause;
  ASSERT_TRUE(cause.ParseFromString(record.payload));
  const common::v1::EventMeta meta = rig.Log().back().meta();
  EXPECT_EQ(meta.actor().subject(), "service:counter");
  EXPECT_EQ(meta.causation_id(), cause.meta().event_id());
  EXPECT_EQ(meta.request_id(), "");
}

TEST(FeedPump, CorrelationIsPassedOn) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  auto event = Pulse(id, 1);
  event.mutable_meta()->set_correlation_id("sale-7");
  event.mutable_meta()->set_traceparent("00-trace");
  rig.stream.Publish(event, id.text());
  rig.Run();
  EXPECT_EQ(rig.Log().back().meta().correlation_id(), "sale-7");
  EXPECT_EQ(rig.Log().back().meta().traceparent(), "00-trace");
}

TEST(FeedPump, TypeNobodyListensToOnlyMovesTheCursor) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.PublishUnwanted(id);
  tv1::PulseEvent unknown;
  unknown.mutable_meta()->set_type("pitlane.testing.v2.NotYetInvented");
  rig.stream.Publish(unknown, id.text());
  rig.Publish(id, 5);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 5);
  EXPECT_THAT(rig.journal->GetCursor("feed/pulse.0.0"), IsOkAndHolds(3));
  EXPECT_EQ(rig.pump->stats().skipped, 2u);
}

TEST(FeedPump, TypeNobodyListensToCostsNoCommitAndIsAnnounced) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, 5);
  rig.Run();
  std::vector<uint64_t> announced;
  rig.executor->AddCommitListener([&](const CommitNotice& notice) {
    for (const auto& cursor : notice.cursors) announced.push_back(cursor.second);
  });
  const uint64_t commits = rig.journal->stats().commits;
  for (int i = 0; i < 3; ++i) rig.PublishUnwanted(id);
  rig.Run();
  EXPECT_EQ(rig.journal->stats().commits, commits);
  EXPECT_THAT(announced, ElementsAre(2, 3, 4));
  // The next command's commit takes the cursor along.
  rig.Do(rig.SubmitIncrease(id, 1));
  EXPECT_THAT(rig.journal->GetCursor("feed/pulse.0.0"), IsOkAndHolds(4));
}

TEST(FeedPump, ManyPassedRecordsAreStoredAlthoughNothingElseIs) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  const auto limit = static_cast<int>(ExecutorOptions().max_passed);
  for (int i = 0; i < limit + 10; ++i) rig.PublishUnwanted(id);
  rig.Run();
  const auto stored = rig.journal->GetCursor("feed/pulse.0.0");
  ASSERT_THAT(stored, IsOk());
  EXPECT_GE(stored->value_or(0), static_cast<uint64_t>(limit));
}

TEST(FeedPump, RecordPassedInACommitThatFailedHidesNothingBeforeIt) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, 1);
  rig.Run();
  rig.Publish(id, 5);
  rig.PublishUnwanted(id);
  rig.disk.SetFull(true);
  rig.Run();
  EXPECT_TRUE(rig.pump->stats().stopped);
  rig.disk.SetFull(false);
  rig.clock.Set(rig.pump->NextStep());
  rig.Run();
  EXPECT_EQ(rig.Total(id), 6);
  EXPECT_EQ(rig.pump->stats().gaps, 0u);
}

TEST(FeedPump, PassedRecordsAreReadAgainAfterAPowerCut) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, 1);
  rig.Run();
  for (int i = 0; i < 3; ++i) rig.PublishUnwanted(id);
  rig.Run();
  rig.PowerCut();
  rig.Publish(id, 2);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 3);
  EXPECT_EQ(rig.pump->stats().skipped, 3u);
  EXPECT_EQ(rig.pump->stats().gaps, 0u);
}

TEST(FeedPump, MoreRecordsThanTheWindowAreAllAppliedInOrder) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  for (int i = 1; i <= 40; ++i) rig.Publish(id, i);
  rig.Run();
  EXPECT_EQ(rig.pump->stats().applied, 40u);
  const auto log = rig.Log(/*from=*/2);
  ASSERT_THAT(log, SizeIs(40));
  for (int i = 0; i < 40; ++i) EXPECT_EQ(log[i].copied().by(), i + 1);
}

TEST(FeedPump, DuplicatesAreDropped) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, 5);
  rig.Publish(id, 6);
  rig.Run();
  rig.stream.Deliver(rig.stream.records()[0]);
  rig.stream.Deliver(rig.stream.records()[1]);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 11);
  EXPECT_EQ(rig.pump->stats().duplicates, 2u);
  EXPECT_FALSE(rig.pump->stats().stopped);
}

TEST(FeedPump, GapStopsTheFeedUntilItIsSoughtAnew) {
  const LogOf stops("feed_stopped");
  const LogOf goes_on("feed_goes_on");
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, 1);
  rig.Run();
  rig.stream.Hold(true);
  rig.Publish(id, 10);
  rig.stream.Hold(false);
  rig.Publish(id, 100);
  rig.Publish(id, 1000);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 1) << "nothing behind the gap may be applied";
  EXPECT_TRUE(rig.pump->stats().stopped);
  EXPECT_EQ(rig.pump->stats().gaps, 1u);
  EXPECT_THAT(rig.pump->stats().trouble, HasSubstr("pulse.0.0@3 follows 2"));
  EXPECT_EQ(rig.stream.seeks(), 1);
  EXPECT_GT(rig.pump->NextStep(), rig.clock.Now());

  rig.clock.Set(rig.pump->NextStep());
  rig.Run();
  EXPECT_EQ(rig.stream.seeks(), 2);
  EXPECT_EQ(rig.Total(id), 1111);
  EXPECT_FALSE(rig.pump->stats().stopped);
  ASSERT_THAT(stops.lines(), SizeIs(1));
  ASSERT_THAT(goes_on.lines(), SizeIs(1));
  for (const auto& line : {stops.lines()[0], goes_on.lines()[0]}) {
    EXPECT_EQ(line["area"], "counter") << "who listens";
    EXPECT_EQ(line["feed"], "pulse") << "to whom";
  }
}

TEST(FeedPump, OtherPartitionsGoOnUntilTheGapIsSeen) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, 1, /*partition=*/0);
  rig.Publish(id, 2, /*partition=*/1);
  rig.Publish(id, 4, /*partition=*/1);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 7);
  EXPECT_THAT(rig.journal->GetCursor("feed/pulse.0.0"), IsOkAndHolds(1));
  EXPECT_THAT(rig.journal->GetCursor("feed/pulse.0.1"), IsOkAndHolds(3));
}

TEST(FeedPump, OutOfOrderRecordsAreAppliedInOrder) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Run();
  rig.stream.Hold(true);
  for (int i = 1; i <= 3; ++i) rig.Publish(id, i);
  rig.stream.Hold(false);
  const auto records = rig.stream.records();
  rig.stream.Deliver(records[2]);
  rig.stream.Deliver(records[0]);
  rig.stream.Deliver(records[1]);
  rig.Run();
  rig.clock.Set(rig.pump->NextStep());
  rig.Run();
  ASSERT_THAT(rig.Log(2), SizeIs(3));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.Log(2)[i].copied().by(), i + 1);
}

TEST(FeedPump, FailingPollsAreTriedAgainWithGrowingPauses) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Run();
  rig.stream.FailPolls(absl::UnavailableError("the broker is away"));
  rig.Publish(id, 5);
  rig.Run();
  EXPECT_THAT(rig.pump->stats().trouble, HasSubstr("the broker is away"));
  const absl::Duration first = rig.pump->NextStep() - rig.clock.Now();
  rig.clock.Set(rig.pump->NextStep());
  rig.Run();
  EXPECT_GT(rig.pump->NextStep() - rig.clock.Now(), first);
  rig.stream.FailPolls(absl::OkStatus());
  rig.clock.Set(rig.pump->NextStep());
  rig.Run();
  EXPECT_EQ(rig.Total(id), 5);
  EXPECT_FALSE(rig.pump->stats().stopped);
}

TEST(FeedPump, FullDiskStopsTheFeedWithoutParking) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Run();
  rig.disk.SetFull(true);
  rig.Publish(id, 5);
  rig.Run();
  EXPECT_TRUE(rig.pump->stats().stopped);
  rig.disk.SetFull(false);
  rig.clock.Set(rig.pump->NextStep());
  rig.Run();
  EXPECT_EQ(rig.Total(id), 5);
  EXPECT_THAT(rig.Parked(), IsEmpty());
}

TEST(FeedPump, EachRecordTakesEffectOnceAcrossPowerCuts) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  for (int i = 0; i < 12; ++i) {
    rig.Publish(id, 1);
    rig.pump->Step();
    if (i % 3 == 0) rig.executor->Step();
    if (i % 4 == 0) rig.PowerCut();
  }
  rig.Run();
  EXPECT_EQ(rig.Total(id), 12);
  EXPECT_THAT(rig.Log(2), SizeIs(12));
}

TEST(FeedPump, HeldThenNothingIsReadUntilItMayGo) {
  PumpRig rig;
  rig.pump->Hold();
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, 5);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 0);
  EXPECT_EQ(rig.pump->NextStep(), absl::InfiniteFuture());
  rig.pump->Go();
  rig.Run();
  EXPECT_EQ(rig.Total(id), 5);
}

// What a store that was rebuilt from its topic knows of records behind its cursor.
TEST(FeedPump, RecordThatTookEffectBehindTheCursorIsPassedOver) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  for (const int64_t strength : {1, 10, 100}) rig.Publish(id, strength);
  {
    journal::Batch batch = rig.journal->NewBatch();
    batch.PutView(kAppliedBehind, "pulse.0.0@2", "");
    ASSERT_THAT(rig.journal->Commit(std::move(batch)), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(const AppliedBehind applied, LoadAppliedBehind(*rig.journal));
  EXPECT_THAT(applied, ElementsAre(::testing::Pair(stream::Source{"pulse", 0, 0}, 2)));
  rig.pump->Start({}, applied);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 101);
  EXPECT_THAT(LoadCursors(*rig.journal),
              IsOkAndHolds(ElementsAre(::testing::Pair(stream::Source{"pulse", 0, 0}, 3))));
}

TEST(FeedPump, StoppedPumpTakesNothing) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, 1);
  rig.pump->Stop();
  rig.Run();
  EXPECT_EQ(rig.Total(id), 0);
  EXPECT_EQ(rig.pump->NextStep(), absl::InfiniteFuture());
}

TEST(Parking, RecordThatCannotBeAppliedIsParkedWithWhatFollowsOfItsStream) {
  PumpRig rig;
  const CounterId open = rig.OpenCounter();
  const CounterId closed = rig.NewCounter();
  rig.Publish(closed, 1);
  rig.Publish(open, 10);
  rig.Publish(closed, 2);
  rig.Publish(open, 20);
  rig.Run();

  EXPECT_EQ(rig.Total(open), 30) << "other streams flow";
  EXPECT_THAT(rig.journal->GetCursor("feed/pulse.0.0"), IsOkAndHolds(4));
  const auto parked = rig.Parked();
  ASSERT_THAT(parked, SizeIs(2));
  EXPECT_EQ(parked[0].source(), "pulse.0.0");
  EXPECT_EQ(parked[0].stream_id(), closed.text());
  EXPECT_EQ(parked[0].position(), 1u);
  EXPECT_EQ(parked[0].event_type(), "pitlane.testing.v1.PulseCame");
  EXPECT_THAT(parked[0].reason(), HasSubstr("open the counter first"));
  EXPECT_EQ(parked[0].attempts(), 1u);
  EXPECT_EQ(parked[0].payload(), rig.stream.records()[0].payload);
  EXPECT_EQ(parked[1].attempts(), 0u);
  EXPECT_THAT(CountParked(*rig.journal), IsOkAndHolds(2));
  EXPECT_EQ(rig.pump->stats().parked, 2u);
}

TEST(Parking, LogSaysWhyARecordIsParkedButNotWhatItSays) {
  const LogOf parked("record_parked");
  PumpRig rig;
  const CounterId id = rig.NewCounter();
  rig.Publish(id, 1);
  rig.Publish(id, 2);
  rig.Run();
  ASSERT_THAT(parked.lines(), SizeIs(2));
  const nlohmann::json& first = parked.lines()[0];
  EXPECT_EQ(first["area"], "counter");
  EXPECT_EQ(first["source"], "pulse.0.0");
  EXPECT_EQ(first["position"], 1);
  EXPECT_EQ(first["code"], "FAILED_PRECONDITION");
  EXPECT_EQ(first["reason"], "COUNTER_NOT_OPEN");
  EXPECT_EQ(first["behind_another"], false);
  EXPECT_THAT(first.dump(), Not(HasSubstr("open the counter first")));
  EXPECT_EQ(parked.lines()[1]["behind_another"], true);
}

TEST(Parking, RetryAppliesInOrderAndStopsAtTheFirstThatFails) {
  PumpRig rig;
  const CounterId id = rig.NewCounter();
  rig.Publish(id, 1);
  rig.Publish(id, kCounterLimit);
  rig.Publish(id, 3);
  rig.Run();
  ASSERT_THAT(rig.Parked(), SizeIs(3));

  rig.Do(rig.SubmitOpen(id));
  const auto result = rig.Retry(rig.KeyOf(id));
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->applied, 1u);
  EXPECT_EQ(result->left, 2u);
  EXPECT_THAT(result->failure, HasSubstr("cannot hold that much"));
  EXPECT_EQ(rig.Total(id), 1);
  ASSERT_THAT(rig.Parked(), SizeIs(2));
  EXPECT_EQ(rig.Parked()[0].attempts(), 1u);
  EXPECT_THAT(rig.Parked()[0].reason(), HasSubstr("cannot hold that much"));

  rig.Publish(id, 4);
  rig.Run();
  EXPECT_THAT(rig.Parked(), SizeIs(3)) << "what follows waits behind it";
}

TEST(Parking, DiscardedRecordMakesWayForTheRest) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Publish(id, kCounterLimit + 1);
  rig.Publish(id, 3);
  rig.Run();
  absl::Status discarded = absl::UnknownError("not done");
  DiscardParked(*rig.executor, rig.KeyOf(id), 1, [&](absl::Status s) { discarded = s; });
  rig.executor->Drain();
  EXPECT_THAT(discarded, IsOk());
  const auto result = rig.Retry(rig.KeyOf(id));
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->applied, 1u);
  EXPECT_EQ(result->left, 0u);
  EXPECT_EQ(rig.Total(id), 3);
  EXPECT_THAT(rig.Parked(), IsEmpty());
  EXPECT_THAT(CountParked(*rig.journal), IsOkAndHolds(0));

  rig.Publish(id, 4);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 7) << "the stream flows again";
}

TEST(Parking, RetriedEventsNameTheirCause) {
  PumpRig rig;
  const CounterId id = rig.NewCounter();
  rig.Publish(id, 1);
  rig.Run();
  rig.Do(rig.SubmitOpen(id));
  ASSERT_THAT(rig.Retry(rig.KeyOf(id)), IsOk());
  common::v1::Envelope cause;
  ASSERT_TRUE(cause.ParseFromString(rig.stream.records()[0].payload));
  EXPECT_EQ(rig.Log().back().meta().causation_id(), cause.meta().event_id());
  EXPECT_EQ(rig.Log().back().copied().from_event_id(), cause.meta().event_id());
}

TEST(Parking, NothingParkedIsNotFound) {
  PumpRig rig;
  const ParkedKey key = rig.KeyOf(rig.NewCounter());
  EXPECT_TRUE(rpc::HasReason(rig.Retry(key).status(), admin::v1::PARKED_NOT_FOUND));
  absl::Status discarded;
  DiscardParked(*rig.executor, key, 1, [&](absl::Status s) { discarded = s; });
  rig.executor->Drain();
  EXPECT_TRUE(rpc::HasReason(discarded, admin::v1::PARKED_NOT_FOUND));
}

TEST(Parking, UndecodableRecordIsParkedAndTheRestFlows) {
  PumpRig rig;
  const CounterId id = rig.OpenCounter();
  rig.stream.PublishBytes("\xff\xff\xff");
  auto lying = Pulse(id, 1);
  lying.mutable_meta()->set_type("pitlane.testing.v1.PulseCame");
  lying.mutable_ignored();
  rig.stream.Publish(lying, rig.NewCounter().text());
  rig.Publish(id, 5);
  rig.Run();
  EXPECT_EQ(rig.Total(id), 5);
  const auto parked = rig.Parked();
  ASSERT_THAT(parked, SizeIs(2));
  EXPECT_EQ(parked[0].stream_id(), "");
  EXPECT_THAT(parked[0].reason(), HasSubstr("is no pitlane.testing.v1.PulseEvent"));
  EXPECT_THAT(parked[1].reason(), HasSubstr("not the pitlane.testing.v1.PulseCame"));
}

TEST(Parking, SurvivesARestart) {
  PumpRig rig;
  const CounterId id = rig.NewCounter();
  rig.Publish(id, 1);
  rig.Run();
  rig.PowerCut();
  rig.Publish(id, 2);
  rig.Run();
  ASSERT_THAT(rig.Parked(), SizeIs(2));
  rig.Do(rig.SubmitOpen(id));
  EXPECT_EQ(rig.Retry(rig.KeyOf(id))->applied, 2u);
  EXPECT_EQ(rig.Total(id), 3);
}

TEST(Parking, ListIsPaged) {
  PumpRig rig;
  for (int i = 0; i < 5; ++i) rig.Publish(rig.NewCounter(), 1);
  rig.Run();
  size_t seen = 0;
  std::optional<std::string> after;
  do {
    const auto page = ListParked(*rig.journal, "pulse.0.0", 2, after);
    ASSERT_THAT(page, IsOk());
    seen += page->records.size();
    after = page->resume;
  } while (after.has_value());
  EXPECT_EQ(seen, 5u);
  EXPECT_THAT(rig.Parked("pulse.0.1"), IsEmpty());
}

}  // namespace
}  // namespace pitlane::runtime
