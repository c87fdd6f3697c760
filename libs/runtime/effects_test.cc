#include "libs/runtime/effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/runtime/test_counter.h"
#include "libs/runtime/test_rig.h"
#include "libs/testing/proto_matchers.h"

namespace pitlane::runtime {
namespace {

using ::testing::ElementsAre;
using testing::EventIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EffectRig : public Rig {
 public:
  EffectRig() { Opened(); }
  ~EffectRig() override { Close(); }

  void Opened() override {
    tower = std::make_unique<SignalTower>();
    std::vector<std::unique_ptr<EffectHandler>> handlers;
    handlers.push_back(std::make_unique<SignalHandler>(*tower));
    runner = std::make_unique<EffectRunner>(
        *executor, clock, "counter", std::move(handlers),
        EffectOptions{
            .max_in_flight = 2, .first_retry = absl::Seconds(1), .max_retry = absl::Seconds(3)});
    ASSERT_THAT(runner->LoadOpen(*journal), IsOk());
    executor->AddCommitListener([this](const CommitNotice& notice) {
      runner->Committed(notice.effects, notice.last_position);
    });
  }
  void Closing() override {
    runner->Stop();
    executor->Drain();
    runner = nullptr;
  }
  void Run() {
    while (runner->Step() + executor->Step() > 0) {
    }
  }
  Result Request(const CounterId& id, std::string signal) {
    return Submit(
        [id, signal](Unit& unit) -> absl::StatusOr<std::string> {
          tv1::CounterEvent event;
          event.mutable_signal_requested()->set_signal_id(signal);
          unit.Emit<CounterAggregate>(id.text(), {event}, {});
          unit.RequestEffect("signal", signal, id.text());
          return std::string();
        },
        "req-" + signal);
  }
  SignalTower::Call LastCall() {
    const auto calls = tower->calls();
    return calls.empty() ? SignalTower::Call{} : calls.back();
  }

  std::unique_ptr<SignalTower> tower;
  std::unique_ptr<EffectRunner> runner;
};

TEST(EffectRunner, PerformsAfterTheCommitAndRecordsTheOutcome) {
  EffectRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.runner->Step();
  EXPECT_THAT(rig.tower->calls(), IsEmpty()) << "not before the commit";
  rig.executor->Step();
  rig.runner->Step();
  ASSERT_THAT(rig.tower->calls(), SizeIs(1));
  const SignalTower::Call call = rig.LastCall();
  EXPECT_FALSE(call.recover);
  EXPECT_EQ(call.effect.payload, id.text());
  EXPECT_EQ(call.effect.correlation_id, "req-s1");
  EXPECT_EQ(rig.runner->stats().in_flight, 1u);
  EXPECT_THAT(rig.Rows(effect_rows::kView), SizeIs(1));

  call.done(SignalTower::Sent(call));
  rig.Run();
  EXPECT_THAT(rig.Log(3), ElementsAre(EventIs("signal_sent { signal_id: 's1' }")));
  EXPECT_EQ(rig.Log().back().meta().correlation_id(), "req-s1");
  EXPECT_EQ(rig.Log().back().meta().actor().subject(), "service:counter");
  EXPECT_THAT(rig.Rows(effect_rows::kView), IsEmpty());
  EXPECT_EQ(rig.runner->stats().open, 0u);
  EXPECT_EQ(rig.runner->stats().in_flight, 0u);
  EXPECT_THAT(rig.tower->calls(), SizeIs(1));
}

// A card that was charged by a store that does not know of it is money without an event.
TEST(EffectRunner, ReplicatedThenPerformsOnlyOnceKafkaHasTheDecision) {
  EffectRig rig;
  rig.runner->PerformOnlyReplicated();
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), IsEmpty());
  EXPECT_EQ(rig.runner->NextStep(), absl::InfiniteFuture());
  rig.runner->Replicated(1);
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), IsEmpty()) << "the one before it";
  rig.runner->Replicated(2);
  rig.Run();
  ASSERT_THAT(rig.tower->calls(), SizeIs(1));
  EXPECT_FALSE(rig.LastCall().recover);
  // What is known to have been there needs no second waiting.
  rig.runner->Replicated(0);
  rig.LastCall().done(SignalTower::Sent(rig.LastCall()));
  rig.Run();
  EXPECT_EQ(rig.runner->stats().open, 0u);
}

TEST(EffectRunner, FinishedAndRequestedAnewThenWaitsForItsOwnPosition) {
  EffectRig rig;
  rig.runner->PerformOnlyReplicated();
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  rig.Do(rig.Submit([](Unit& unit) -> absl::StatusOr<std::string> {
    unit.FinishEffect("signal", "s1");
    return std::string();
  }));
  rig.Do(rig.Submit([id](Unit& unit) -> absl::StatusOr<std::string> {
    unit.Emit<CounterAggregate>(id.text(), {Increased(1)}, {});
    unit.RequestEffect("signal", "s1", id.text());
    return std::string();
  }));
  rig.runner->Replicated(2);
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), IsEmpty());
  rig.runner->Replicated(3);
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), SizeIs(1));
}

TEST(EffectRunner, HeldThenNothingIsCalledUntilItMayGo) {
  EffectRig rig;
  rig.runner->Hold();
  rig.Request(rig.OpenCounter(), "s1");
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), IsEmpty());
  EXPECT_EQ(rig.runner->NextStep(), absl::InfiniteFuture());
  rig.runner->Go();
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), SizeIs(1));
}

TEST(EffectRunner, HandlerMayReportAtOnce) {
  EffectRig rig;
  rig.tower->at_once = [](const SignalTower::Call& call) { call.done(SignalTower::Sent(call)); };
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  EXPECT_EQ(rig.runner->stats().open, 0u);
}

TEST(EffectRunner, RejectedCommandRequestsNothing) {
  EffectRig rig;
  rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.RequestEffect("signal", "s1", "x");
    return absl::FailedPreconditionError("no");
  });
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), IsEmpty());
  EXPECT_EQ(rig.runner->stats().open, 0u);
}

TEST(EffectRunner, WhatWasInFlightAtACrashIsQueriedNeverRepeated) {
  EffectRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  ASSERT_THAT(rig.tower->calls(), SizeIs(1));

  rig.PowerCut();
  rig.Run();
  ASSERT_THAT(rig.tower->calls(), SizeIs(1));
  const SignalTower::Call call = rig.LastCall();
  EXPECT_TRUE(call.recover);
  EXPECT_EQ(call.effect.id, "s1");
  EXPECT_EQ(call.effect.payload, id.text());
  EXPECT_EQ(rig.runner->stats().performed, 0u);
  call.done(SignalTower::Sent(call));
  rig.Run();
  EXPECT_THAT(rig.Log(3), ElementsAre(EventIs("signal_sent { signal_id: 's1' recovered: true }")));

  rig.PowerCut();
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), IsEmpty()) << "a recorded outcome is over";
}

TEST(EffectRunner, OutcomeReportedButNotRecordedAtACrashIsQueried) {
  EffectRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  rig.LastCall().done(SignalTower::Sent(rig.LastCall()));
  rig.PowerCut();
  rig.Run();
  EXPECT_TRUE(rig.LastCall().recover);
}

TEST(EffectRunner, ReportAfterTheEndIsIgnored) {
  EffectRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  const SignalTower::Call old = rig.LastCall();
  rig.Reopen();
  old.done(SignalTower::Sent(old));
  EXPECT_EQ(rig.executor->Step(), 0u);
}

TEST(EffectRunner, OutcomeThatIsNotKnownIsAskedForAgain) {
  EffectRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  const absl::Time later = rig.clock.Now() + absl::Seconds(20);
  rig.LastCall().done([later](Unit& unit) {
    unit.RescheduleEffect("signal", "s1", later);
    return unit.status();
  });
  rig.Run();
  EXPECT_EQ(rig.runner->NextStep(), later);
  EXPECT_THAT(rig.tower->calls(), SizeIs(1));
  rig.clock.Set(later);
  rig.Run();
  ASSERT_THAT(rig.tower->calls(), SizeIs(2));
  EXPECT_TRUE(rig.LastCall().recover);
  EXPECT_EQ(rig.LastCall().effect.asked, 1u);
}

TEST(EffectRunner, RescheduledTimeSurvivesARestart) {
  EffectRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  const absl::Time later = rig.clock.Now() + absl::Seconds(20);
  rig.LastCall().done([later](Unit& unit) {
    unit.RescheduleEffect("signal", "s1", later);
    return unit.status();
  });
  rig.Run();
  rig.PowerCut();
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), IsEmpty());
  EXPECT_EQ(rig.runner->NextStep(), later);
}

TEST(EffectRunner, RecordThatFailsIsAskedForAgainWithGrowingPauses) {
  EffectRig rig;
  rig.tower->at_once = [](const SignalTower::Call& call) {
    call.done([](Unit&) { return absl::FailedPreconditionError("cannot record this"); });
  };
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  std::vector<int64_t> pauses;
  for (int i = 0; i < 4; ++i) {
    pauses.push_back(absl::ToInt64Seconds(rig.runner->NextStep() - rig.clock.Now()));
    rig.clock.Set(rig.runner->NextStep());
    rig.Run();
  }
  EXPECT_THAT(pauses, ElementsAre(1, 2, 3, 3));
  EXPECT_EQ(rig.runner->stats().performed, 1u);
  EXPECT_EQ(rig.runner->stats().recovered, 4u);
  EXPECT_EQ(rig.runner->stats().open, 1u);
}

TEST(EffectRunner, CallsInFlightAreBounded) {
  EffectRig rig;
  const CounterId id = rig.OpenCounter();
  for (int i = 0; i < 5; ++i) rig.Request(id, absl::StrCat("s", i));
  rig.Run();
  EXPECT_THAT(rig.tower->calls(), SizeIs(2));
  EXPECT_EQ(rig.runner->NextStep(), absl::InfiniteFuture());
  for (size_t done = 0; done < 5; ++done) {
    const SignalTower::Call call = rig.tower->calls().at(done);
    call.done(SignalTower::Sent(call));
    rig.Run();
  }
  EXPECT_THAT(rig.tower->calls(), SizeIs(5));
  EXPECT_EQ(rig.runner->stats().open, 0u);
}

TEST(EffectRunner, OpenEffectCannotBeRequestedAgain) {
  EffectRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  auto again = rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.RequestEffect("signal", "s1", "other");
    return std::string();
  });
  rig.Run();
  EXPECT_THAT((*again)->status(), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST(EffectRunner, FinishedEffectMayBeRequestedAnewInTheSameUnit) {
  EffectRig rig;
  const CounterId id = rig.OpenCounter();
  rig.Request(id, "s1");
  rig.Run();
  rig.LastCall().done([id](Unit& unit) {
    unit.FinishEffect("signal", "s1");
    unit.RequestEffect("signal", "s1", id.text());
    return unit.status();
  });
  rig.Run();
  ASSERT_THAT(rig.tower->calls(), SizeIs(2));
  EXPECT_FALSE(rig.LastCall().recover) << "it is a new effect";
  EXPECT_EQ(rig.runner->stats().in_flight, 1u);
}

TEST(EffectRunner, FinishingOrReschedulingWhatIsNotOpenDoesNothing) {
  EffectRig rig;
  rig.Do(rig.Submit([](Unit& unit) -> absl::StatusOr<std::string> {
    unit.FinishEffect("signal", "s1");
    unit.RescheduleEffect("signal", "s1", unit.now());
    EXPECT_THAT(unit.GetEffect("signal", "s1"), IsOk());
    return std::string();
  }));
  EXPECT_EQ(rig.runner->stats().open, 0u);
}

TEST(EffectRunner, OpenEffectWithoutAHandlerIsRefusedAtTheStart) {
  EffectRig rig;
  rig.Request(rig.OpenCounter(), "s1");
  rig.executor->Drain();
  EffectRunner other(*rig.executor, rig.clock, "counter", {}, {});
  EXPECT_THAT(other.LoadOpen(*rig.journal),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("signal s1")));
}

TEST(NextQuery, UnknownThenAtTheHandbooksTimes) {
  const absl::Time start = absl::FromUnixSeconds(1767225600);
  absl::Time now = start;
  for (const absl::Duration after : {absl::Seconds(5), absl::Seconds(30), absl::Minutes(5),
                                     absl::Hours(1), absl::Hours(24), absl::Hours(48)}) {
    now = NextQuery(start, now);
    EXPECT_EQ(now, start + after);
  }
  EXPECT_EQ(NextQuery(start, start + absl::Hours(30)), start + absl::Hours(48));
}

}  // namespace
}  // namespace pitlane::runtime
