#include "libs/runtime/executor.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "libs/rpc/errors.h"
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

absl::Status StatusOf(const Rig::Result& result) {
  EXPECT_TRUE(result->has_value());
  return result->has_value() ? (*result)->status() : absl::UnknownError("not answered");
}

TEST(Executor, AcceptedCommandStampsItsEvents) {
  Rig rig;
  const CounterId id = rig.NewCounter(/*slot=*/6);
  auto result = rig.Submit(
      [&](Unit& unit) -> absl::StatusOr<std::string> {
        unit.Emit<CounterAggregate>(id.text(), {Opened("a"), Increased(3)},
                                    {.location_id = "loc_x", .business_date = "2026-01-01"});
        return std::string("done");
      },
      "req-1");
  const Answer answer = rig.Do(result);

  EXPECT_EQ(answer.response, "done");
  EXPECT_FALSE(answer.replayed);
  EXPECT_EQ(answer.positions.Format(), "counter.0.2@2");
  const auto log = rig.Log();
  ASSERT_THAT(log, ElementsAre(EventIs("opened { name: 'a' }"), EventIs("increased { by: 3 }")));
  const common::v1::EventMeta& meta = log[1].meta();
  EXPECT_THAT(EventId::Parse(meta.event_id()), IsOk());
  EXPECT_NE(meta.event_id(), log[0].meta().event_id());
  EXPECT_EQ(meta.type(), "pitlane.testing.v1.CounterIncreased");
  EXPECT_EQ(meta.stream_id(), id.text());
  EXPECT_EQ(meta.version(), 2u);
  EXPECT_EQ(meta.position(), 2u);
  EXPECT_EQ(meta.source(), "counter.0");
  EXPECT_EQ(meta.slot(), 6u);
  EXPECT_EQ(meta.recorded_at().seconds(), absl::ToUnixSeconds(rig.clock.Now()));
  EXPECT_EQ(meta.occurred_at().seconds(), meta.recorded_at().seconds());
  EXPECT_EQ(meta.location_id(), "loc_x");
  EXPECT_EQ(meta.business_date(), "2026-01-01");
  EXPECT_EQ(meta.actor().subject(), "tester");
  EXPECT_EQ(meta.request_id(), "req-1");
  EXPECT_EQ(meta.correlation_id(), "req-1");
}

TEST(Executor, CompositeStreamIdRoutesByItsFirstPart) {
  Rig rig;
  const std::string stream = rig.NewCounter(9).text() + "/" + rig.NewCounter(2).text();
  rig.Do(rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.Emit<CounterAggregate>(stream, {Opened("a")}, {});
    return std::string();
  }));
  ASSERT_THAT(rig.Log(), SizeIs(1));
  EXPECT_EQ(rig.Log()[0].meta().slot(), 9u);
}

TEST(Executor, MalformedStreamIdIsRefusedAndNothingStays) {
  Rig rig;
  auto load = rig.Submit([](Unit& unit) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(unit.Load<CounterAggregate>("counter seven").status());
    return std::string();
  });
  auto emit = rig.Submit([](Unit& unit) -> absl::StatusOr<std::string> {
    unit.Emit<CounterAggregate>("counter seven", {Opened("a")}, {});
    return std::string();
  });
  rig.executor->Drain();
  EXPECT_THAT(StatusOf(load), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(StatusOf(emit), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(rig.journal->last_position(), 0u);
}

TEST(Executor, RejectedCommandLeavesNothing) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  const auto rows = rig.Rows();
  const uint64_t commits = rig.journal->stats().commits;
  auto rejected = rig.Submit(
      [&](Unit& unit) -> absl::StatusOr<std::string> {
        unit.Emit<CounterAggregate>(id.text(), {Increased(5)}, {});
        unit.PutSecret("key", "secret");
        unit.RequestEffect("signal", "s1", id.text());
        return rpc::Refused(tv1::COUNTER_FULL, "no");
      },
      "req-1");
  rig.executor->Drain();

  EXPECT_THAT(StatusOf(rejected), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(rig.journal->last_position(), 1u);
  EXPECT_EQ(rig.journal->stats().commits, commits);
  EXPECT_EQ(rig.Rows(), rows);
  EXPECT_THAT(rig.Rows(effect_rows::kView), IsEmpty());
  EXPECT_THAT(rig.journal->GetSecret("key"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(rig.journal->GetRequest("req-1"), IsOkAndHolds(std::nullopt));
  EXPECT_EQ(rig.Do(rig.SubmitIncrease(id, 2)).response, "2");
}

TEST(Executor, RejectedCommandLeavesTheOthersOfItsBatch) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  auto first = rig.SubmitIncrease(id, 1);
  auto rejected = rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.Emit<CounterAggregate>(id.text(), {Increased(100), Closed()}, {});
    return absl::FailedPreconditionError("no");
  });
  auto second = rig.SubmitIncrease(id, 1);
  EXPECT_EQ(rig.executor->Step(), 3u);
  EXPECT_EQ((*first)->value().response, "1");
  EXPECT_FALSE((*rejected)->ok());
  EXPECT_EQ((*second)->value().response, "2");
  EXPECT_EQ(rig.Total(id), 2);
}

TEST(Executor, BatchSharesOneSync) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  const journal::Stats before = rig.journal->stats();
  std::vector<Rig::Result> results;
  for (int i = 0; i < 50; ++i) results.push_back(rig.SubmitIncrease(id, 1));
  EXPECT_EQ(rig.executor->Step(), 50u);
  for (const auto& result : results) EXPECT_THAT(StatusOf(result), IsOk());
  EXPECT_EQ(rig.journal->stats().commits, before.commits + 1);
  EXPECT_EQ(rig.journal->stats().syncs, before.syncs + 1);
  EXPECT_EQ(rig.journal->stats().events, before.events + 50);
  EXPECT_EQ(rig.executor->counters().largest_batch, 50u);
}

TEST(Executor, StepTakesAtMostOneBatch) {
  Rig rig({.max_batch = 4});
  const CounterId id = rig.OpenCounter();
  for (int i = 0; i < 6; ++i) rig.SubmitIncrease(id, 1);
  EXPECT_EQ(rig.executor->Step(), 4u);
  EXPECT_EQ(rig.executor->counters().queue_depth, 2u);
  EXPECT_EQ(rig.executor->Step(), 2u);
  EXPECT_EQ(rig.executor->Step(), 0u);
}

TEST(Executor, BatchEndsWhenItIsLargeEnough) {
  Rig rig({.max_batch_bytes = 1});
  const CounterId id = rig.OpenCounter();
  auto first = rig.SubmitIncrease(id, 1);
  auto second = rig.SubmitIncrease(id, 1);
  EXPECT_EQ(rig.executor->Step(), 1u);
  EXPECT_TRUE(first->has_value());
  EXPECT_FALSE(second->has_value());
  EXPECT_EQ(rig.executor->Step(), 1u);
  EXPECT_EQ((*second)->value().response, "2");
}

TEST(Executor, SameRequestGetsItsFirstAnswerByteForByte) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  const Answer first = rig.Do(rig.SubmitIncrease(id, 4, "req-1"));
  const Answer again = rig.Do(rig.SubmitIncrease(id, 4, "req-1"));
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.response, first.response);
  EXPECT_EQ(again.positions, first.positions);
  EXPECT_EQ(rig.Total(id), 4);

  rig.Reopen();
  const Answer later = rig.Do(rig.SubmitIncrease(id, 4, "req-1"));
  EXPECT_TRUE(later.replayed);
  EXPECT_EQ(later.response, first.response);
  EXPECT_EQ(later.positions, first.positions);
  EXPECT_EQ(rig.Total(id), 4);
}

TEST(Executor, SameRequestInOneBatchIsDecidedOnce) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  auto first = rig.SubmitIncrease(id, 4, "req-1");
  auto again = rig.SubmitIncrease(id, 4, "req-1");
  EXPECT_EQ(rig.executor->Step(), 2u);
  EXPECT_FALSE((*first)->value().replayed);
  EXPECT_TRUE((*again)->value().replayed);
  EXPECT_EQ((*again)->value().response, (*first)->value().response);
  EXPECT_EQ(rig.Total(id), 4);
}

TEST(Executor, SameRequestIdForOtherContentIsRefused) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  rig.Do(rig.SubmitIncrease(id, 4, "req-1"));
  auto other = rig.SubmitIncrease(id, 5, "req-1");
  rig.executor->Drain();
  EXPECT_THAT(StatusOf(other), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_TRUE(rpc::HasReason(StatusOf(other), common::v1::REQUEST_ID_REUSED));
}

TEST(Executor, RejectionIsNotRemembered) {
  Rig rig;
  const CounterId id = rig.NewCounter();
  auto early = rig.SubmitIncrease(id, 4, "req-1");
  rig.executor->Drain();
  EXPECT_TRUE(rpc::HasReason(StatusOf(early), tv1::COUNTER_NOT_OPEN));
  rig.Do(rig.SubmitOpen(id));
  EXPECT_EQ(rig.Do(rig.SubmitIncrease(id, 4, "req-1")).response, "4");
}

TEST(Executor, FullQueueRefusesAtOnce) {
  Rig rig({.max_queue = 2, .retry_after = absl::Milliseconds(70)});
  const CounterId id = rig.NewCounter();
  auto first = rig.SubmitOpen(id);
  auto second = rig.SubmitIncrease(id, 1);
  auto refused = rig.SubmitIncrease(id, 1);
  EXPECT_THAT(StatusOf(refused), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(rpc::HasReason(StatusOf(refused), common::v1::OVERLOADED));
  EXPECT_EQ(rpc::RetryAfter(StatusOf(refused)), absl::Milliseconds(70));
  EXPECT_FALSE(first->has_value());
  rig.executor->Drain();
  EXPECT_THAT(StatusOf(second), IsOk());
  EXPECT_EQ(rig.executor->counters().refused, 1u);
  EXPECT_EQ(rig.Do(rig.SubmitIncrease(id, 1)).response, "2");
}

TEST(Executor, InternalCommandsPassAFullQueue) {
  Rig rig({.max_queue = 1});
  const CounterId id = rig.NewCounter();
  rig.SubmitOpen(id);
  bool decided = false;
  Command command;
  command.decide = [&](Unit&) -> absl::StatusOr<std::string> {
    decided = true;
    return std::string();
  };
  command.done = [](absl::StatusOr<Answer> answer) { EXPECT_THAT(answer, IsOk()); };
  rig.executor->SubmitInternal(std::move(command));
  rig.executor->Drain();
  EXPECT_TRUE(decided);
}

TEST(Executor, ClosedRefusesNewCommandsAndDoesTheOldOnes) {
  Rig rig;
  const CounterId id = rig.NewCounter();
  auto before = rig.SubmitOpen(id);
  rig.executor->Close();
  auto after = rig.SubmitIncrease(id, 1);
  EXPECT_TRUE(rpc::HasReason(StatusOf(after), common::v1::NOT_SERVING));
  rig.executor->Drain();
  EXPECT_THAT(StatusOf(before), IsOk());
}

TEST(Executor, FullDiskFailsTheBatchAndHeals) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  rig.Do(rig.SubmitIncrease(id, 1));
  rig.disk.SetFull(true);
  auto first = rig.SubmitIncrease(id, 10, "req-1");
  auto rejected = rig.SubmitIncrease(rig.NewCounter(), 1);
  rig.executor->Drain();
  for (const auto& result : {first, rejected}) {
    EXPECT_THAT(StatusOf(result), StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_TRUE(rpc::HasReason(StatusOf(result), common::v1::STORAGE_FULL));
    EXPECT_TRUE(rpc::RetryAfter(StatusOf(result)).has_value());
  }
  EXPECT_EQ(rig.Total(id), 1);
  EXPECT_EQ(rig.executor->counters().failed_commits, 1u);

  rig.disk.SetFull(false);
  const Answer healed = rig.Do(rig.SubmitIncrease(id, 10, "req-1"));
  EXPECT_FALSE(healed.replayed);
  EXPECT_EQ(healed.response, "11");
}

TEST(Executor, ExpectedVersionMismatchIsAborted) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  const auto at = [&](uint64_t expected) {
    return rig.Submit([&, expected](Unit& unit) -> absl::StatusOr<std::string> {
      RETURN_IF_ERROR(unit.Execute<CounterAggregate>(
          id.text(), expected, {},
          [](const tv1::CounterState& state) { return DecideIncrease(state, 1); }));
      return std::string();
    });
  };
  auto wrong = at(0);
  rig.executor->Drain();
  EXPECT_THAT(StatusOf(wrong), StatusIs(absl::StatusCode::kAborted));
  EXPECT_TRUE(rpc::HasReason(StatusOf(wrong), common::v1::VERSION_MISMATCH));
  auto right = at(1);
  rig.executor->Drain();
  EXPECT_THAT(StatusOf(right), IsOk());
}

TEST(Executor, FailedAttemptLeavesNothingWhileTheUnitGoesOn) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  const Answer answer = rig.Do(rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.Emit<CounterAggregate>(id.text(), {Increased(1)}, {});
    RETURN_IF_ERROR(unit.Try([&] {
      unit.Emit<CounterAggregate>(id.text(), {Increased(2)}, {});
      return absl::OkStatus();
    }));
    const absl::Status failed = unit.Try([&] {
      unit.Emit<CounterAggregate>(id.text(), {Increased(100)}, {});
      unit.RequestEffect("signal", "s1", id.text());
      return absl::FailedPreconditionError("no");
    });
    EXPECT_THAT(failed, StatusIs(absl::StatusCode::kFailedPrecondition));
    const absl::Status malformed = unit.Try([&] {
      unit.Emit<CounterAggregate>("nothing", {Increased(100)}, {});
      return absl::OkStatus();
    });
    EXPECT_THAT(malformed, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(unit.status(), IsOk());
    return std::string();
  }));
  EXPECT_EQ(rig.Total(id), 3);
  EXPECT_EQ(answer.positions.Format(), "counter.0.1@3");
  EXPECT_THAT(rig.Rows(effect_rows::kView), IsEmpty());
}

TEST(Executor, ViewsAreWrittenInTheSameCommit) {
  Rig rig;
  const CounterId id = rig.NewCounter();
  rig.Do(rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.Emit<CounterAggregate>(id.text(), {Opened("a"), Increased(3)}, {});
    auto row = unit.views().GetMessage<tv1::CounterRow>("counter_totals", id.text());
    EXPECT_THAT(row, IsOk());
    EXPECT_EQ((*row)->total(), 3) << "a unit sees what it has written";
    return std::string();
  }));
  ASSERT_THAT(rig.Rows(), SizeIs(1));
  tv1::CounterRow row;
  ASSERT_TRUE(row.ParseFromString(rig.Rows()[0].value));
  EXPECT_EQ(row.total(), 3);
  EXPECT_EQ(row.last_position(), 2u);
}

TEST(Executor, FirstCommandsAreDecidedBeforeTheOthers) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  rig.SubmitIncrease(id, 1);
  int64_t seen = -1;
  Command command;
  command.decide = [&](Unit& unit) -> absl::StatusOr<std::string> {
    seen = unit.Load<CounterAggregate>(id.text())->state.total();
    return std::string();
  };
  command.done = [](absl::StatusOr<Answer>) {};
  rig.executor->SubmitFirst(std::move(command));
  rig.executor->Step();
  EXPECT_EQ(seen, 0);
}

TEST(Executor, ListenersHearOfCursorsAndEffectsOfWhatWasCommitted) {
  Rig rig;
  const CounterId id = rig.NewCounter();
  std::vector<CommitNotice> notices;
  rig.executor->AddCommitListener([&](const CommitNotice& notice) { notices.push_back(notice); });
  rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.PutCursor("feed/x.0.0", 7);
    unit.RequestEffect("signal", "s1", id.text());
    return std::string();
  });
  rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    unit.PutCursor("feed/x.0.0", 8);
    unit.RequestEffect("signal", "s2", id.text());
    return absl::FailedPreconditionError("no");
  });
  rig.executor->Step();
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_THAT(notices[0].cursors, ElementsAre(::testing::Pair("feed/x.0.0", 7)));
  ASSERT_THAT(notices[0].effects, SizeIs(1));
  EXPECT_EQ(notices[0].effects[0].effect.id, "s1");
}

TEST(Executor, ListenersHearOfACommitBeforeItsAnswer) {
  Rig rig;
  size_t effects_told = 0;
  rig.executor->AddCommitListener(
      [&](const CommitNotice& notice) { effects_told += notice.effects.size(); });
  Command command;
  command.decide = [](Unit& unit) -> absl::StatusOr<std::string> {
    unit.RequestEffect("signal", "s1", "payload");
    return std::string();
  };
  size_t told_when_answered = 0;
  command.done = [&](const absl::StatusOr<Answer>&) { told_when_answered = effects_told; };
  rig.executor->Submit(std::move(command));
  rig.executor->Step();
  EXPECT_EQ(told_when_answered, 1u);
}

TEST(Executor, PassOfAUnitThatFailedIsTakenBack) {
  Rig rig;
  std::vector<CommitNotice> notices;
  rig.executor->AddCommitListener([&](const CommitNotice& notice) { notices.push_back(notice); });
  uint64_t seen = 0;
  rig.Submit([](Unit& unit) -> absl::StatusOr<std::string> {
    unit.PassCursor("feed/x.0.0", 7);
    return std::string();
  });
  rig.Submit([](Unit& unit) -> absl::StatusOr<std::string> {
    unit.PassCursor("feed/x.0.0", 8);
    unit.PassCursor("feed/y.0.0", 3);
    return absl::FailedPreconditionError("no");
  });
  rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const uint64_t x, unit.GetCursor("feed/x.0.0"));
    ASSIGN_OR_RETURN(const uint64_t y, unit.GetCursor("feed/y.0.0"));
    seen = 10 * x + y;
    return std::string();
  });
  rig.executor->Step();
  EXPECT_EQ(seen, 70u);
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_THAT(notices[0].cursors, ElementsAre(::testing::Pair("feed/x.0.0", 7)));
  EXPECT_EQ(rig.journal->stats().commits, 0u);
}

TEST(Executor, ManyAnswersAreGivenElsewhereAfterTheCommit) {
  Rig rig;
  Answers answers;
  rig.executor->AnswerThrough(&answers);
  std::vector<Rig::Result> results;
  for (int i = 0; i < 20; ++i) results.push_back(rig.SubmitOpen(rig.NewCounter()));
  bool internal_done = false;
  Command internal;
  internal.decide = [](Unit&) -> absl::StatusOr<std::string> { return std::string(); };
  internal.done = [&](const absl::StatusOr<Answer>& answer) { internal_done = answer.ok(); };
  rig.executor->SubmitInternal(std::move(internal));
  rig.executor->Drain();
  EXPECT_EQ(rig.journal->last_position(), 20u);
  EXPECT_TRUE(internal_done);
  for (const auto& result : results) EXPECT_FALSE(result->has_value());
  EXPECT_EQ(answers.Step(), 20u);
  for (const auto& result : results) {
    ASSERT_TRUE(result->has_value());
    EXPECT_THAT(**result, IsOk());
  }
  EXPECT_EQ(answers.Step(), 0u);
}

TEST(Executor, FewAnswersAreGivenAtOnce) {
  Rig rig;
  Answers answers;
  rig.executor->AnswerThrough(&answers);
  const auto result = rig.SubmitOpen(rig.NewCounter());
  rig.executor->Drain();
  ASSERT_TRUE(result->has_value());
  EXPECT_THAT(**result, IsOk());
}

TEST(Executor, WakeupComesWithTheFirstOfAQueue) {
  Rig rig;
  int wakeups = 0;
  rig.executor->SetWakeup([&] { ++wakeups; });
  const CounterId id = rig.NewCounter();
  rig.SubmitOpen(id);
  rig.SubmitIncrease(id, 1);
  EXPECT_EQ(wakeups, 1);
  rig.executor->Drain();
  rig.SubmitIncrease(id, 1);
  EXPECT_EQ(wakeups, 2);
}

TEST(Executor, CommandsOfManyThreadsAreAllDoneOnce) {
  Rig rig;
  const CounterId id = rig.OpenCounter();
  constexpr int kThreads = 4;
  constexpr int kEach = 200;
  {
    ThreadRunner runner(*rig.executor, rig.clock, "executor");
    runner.Start();
    absl::BlockingCounter left(kThreads * kEach);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) {
          Command command;
          command.decide = [&](Unit& unit) -> absl::StatusOr<std::string> {
            RETURN_IF_ERROR(unit.Execute<CounterAggregate>(
                id.text(), std::nullopt, {},
                [](const tv1::CounterState& state) { return DecideIncrease(state, 1); }));
            return std::string();
          };
          command.done = [&](absl::StatusOr<Answer> answer) {
            EXPECT_THAT(answer, IsOk());
            left.DecrementCount();
          };
          rig.executor->Submit(std::move(command));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    left.Wait();
  }
  EXPECT_EQ(rig.Total(id), kThreads * kEach);
}

// The counter under another schema: its snapshots are not those of the first.
struct CounterOfEventsOnly : CounterAggregate {
  static constexpr uint32_t kSchema = 99;
};

std::string LiveBytes(Rig& rig, const CounterId& id) {
  std::string bytes;
  rig.Do(rig.Submit([&](Unit& unit) -> absl::StatusOr<std::string> {
    bytes = DeterministicBytes(unit.Load<CounterAggregate>(id.text())->state);
    return std::string();
  }));
  return bytes;
}

std::string ReplayedBytes(Rig& rig, const CounterId& id) {
  const auto reader = rig.journal->NewReader();
  const auto entry = LoadAggregate(*reader, KindOf<CounterOfEventsOnly>(), id.text());
  EXPECT_THAT(entry, IsOk());
  return DeterministicBytes(*entry->state);
}

RC_GTEST_PROP(ExecutorProperty, ReplayEqualsLiveToTheByte, ()) {
  const auto snapshot_every = *rc::gen::inRange<uint64_t>(1, 6);
  const auto cache = *rc::gen::inRange<size_t>(1, 4'000);
  Rig rig({.max_batch = *rc::gen::inRange<size_t>(1, 8),
           .cache_bytes = cache,
           .snapshot_every = snapshot_every});
  std::vector<CounterId> ids;
  for (uint32_t i = 0; i < 4; ++i) ids.push_back(rig.NewCounter(i));
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(rc::gen::tuple(
      rc::gen::inRange(0, 4), rc::gen::inRange(0, 8), rc::gen::inRange(1, 400'000'000)));
  for (const auto& [which, what, by] : steps) {
    const CounterId& id = ids[static_cast<size_t>(which)];
    if (what == 0) {
      rig.SubmitOpen(id);
    } else if (what == 1) {
      rig.Submit([id](Unit& unit) -> absl::StatusOr<std::string> {
        unit.Emit<CounterAggregate>(id.text(), {Increased(1)}, {});
        return absl::FailedPreconditionError("rejected after it emitted");
      });
    } else if (what == 2) {
      rig.executor->Step();
    } else if (what == 3 && by % 5 == 0) {
      rig.executor->Drain();
      rig.PowerCut();
    } else {
      rig.SubmitIncrease(id, by);
    }
  }
  rig.executor->Drain();
  for (const CounterId& id : ids) {
    const std::string live = LiveBytes(rig, id);
    RC_ASSERT(ReplayedBytes(rig, id) == live);
    const auto stored = rig.Get(id);
    RC_ASSERT(stored.ok() || absl::IsNotFound(stored.status()));
    if (stored.ok()) RC_ASSERT(DeterministicBytes(stored->state) == live);
  }
  const auto before = rig.Rows();
  rig.Reopen();
  RC_ASSERT(rig.Rows() == before);
  for (const CounterId& id : ids) RC_ASSERT(LiveBytes(rig, id) == ReplayedBytes(rig, id));
}

}  // namespace
}  // namespace pitlane::runtime
