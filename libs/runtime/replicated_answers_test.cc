#include "libs/runtime/replicated_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/test_counter.h"
#include "libs/runtime/test_rig.h"

namespace pitlane::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Holding {
 public:
  explicit Holding(ReplicatedAnswersOptions options = {}) : answers(clock, options) {}

  void Hold(uint64_t position, absl::Duration patience = absl::InfiniteDuration(),
            size_t bytes = 1) {
    std::vector<ReplicatedAnswers::Held> held(1);
    held[0] = {.position = position,
               .deadline = clock.Now() + patience,
               .bytes = bytes,
               .done = [this, position](absl::Status status) {
                 given.push_back(position);
                 last = std::move(status);
               }};
    answers.Hold(std::move(held));
  }

  FakeClock clock;
  ReplicatedAnswers answers;
  std::vector<uint64_t> given;
  absl::Status last;
};

TEST(ReplicatedAnswers, PublishedThenGivenInTheOrderOfTheLog) {
  Holding h;
  for (const uint64_t position : {7, 3, 5}) h.Hold(position);
  h.answers.Published(2);
  EXPECT_EQ(h.answers.Step(), 0u);
  h.answers.Published(5);
  EXPECT_EQ(h.answers.NextStep(), absl::InfinitePast());
  EXPECT_EQ(h.answers.Step(), 2u);
  EXPECT_THAT(h.given, ElementsAre(3, 5));
  EXPECT_THAT(h.last, IsOk());
  EXPECT_EQ(h.answers.waiting(), 1u);
}

TEST(ReplicatedAnswers, TopicThatWentBackThenWaitsForItAgain) {
  Holding h;
  h.answers.Published(10);
  h.answers.Published(0);
  h.Hold(5);
  h.answers.Step();
  EXPECT_THAT(h.given, IsEmpty());
}

TEST(ReplicatedAnswers, DeadlineThenNotReplicatedALittleBefore) {
  Holding h;
  h.Hold(5, absl::Seconds(10));
  h.Hold(6, absl::Seconds(20));
  h.clock.Advance(absl::Seconds(9));
  EXPECT_EQ(h.answers.Step(), 0u);
  h.clock.Advance(absl::Milliseconds(960));
  EXPECT_EQ(h.answers.Step(), 1u);
  EXPECT_THAT(h.last, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(rpc::HasReason(h.last, common::v1::NOT_REPLICATED));
  EXPECT_TRUE(rpc::RetryAfter(h.last).has_value());
  h.answers.Published(6);
  h.answers.Step();
  EXPECT_THAT(h.given, ElementsAre(5, 6));
}

TEST(ReplicatedAnswers, NoDeadlineThenTheLongestWait) {
  Holding h({.max_wait = absl::Seconds(30)});
  h.Hold(5);
  h.clock.Advance(absl::Seconds(30));
  EXPECT_EQ(h.answers.Step(), 1u);
  EXPECT_TRUE(rpc::HasReason(h.last, common::v1::NOT_REPLICATED));
}

TEST(ReplicatedAnswers, AsManyAsMayOrAsLargeAsMayThenFull) {
  Holding many({.max_waiting = 2});
  many.Hold(1);
  EXPECT_FALSE(many.answers.Full());
  many.Hold(2);
  EXPECT_TRUE(many.answers.Full());
  many.answers.Published(1);
  many.answers.Step();
  EXPECT_FALSE(many.answers.Full());
  Holding large({.max_bytes = 10});
  large.Hold(1, absl::InfiniteDuration(), 10);
  EXPECT_TRUE(large.answers.Full());
}

TEST(ReplicatedAnswers, StopThenTheRestIsToldToSendAgain) {
  Holding h;
  h.Hold(1);
  h.Hold(2);
  h.answers.Published(1);
  h.answers.Stop();
  EXPECT_THAT(h.given, ElementsAre(1, 2));
  EXPECT_TRUE(rpc::HasReason(h.last, common::v1::NOT_REPLICATED));
  h.Hold(1);
  EXPECT_THAT(h.last, IsOk());
  h.Hold(3);
  EXPECT_THAT(h.last, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(h.answers.waiting(), 0u);
}

// An executor that waits for Kafka.
class ReplicatedRig : public Rig {
 public:
  explicit ReplicatedRig(ReplicatedAnswersOptions options = {}) : replicated(clock, options) {
    executor->ReplicateThrough(&replicated);
  }
  ~ReplicatedRig() override { Close(); }

  ReplicatedAnswers replicated;
};

TEST(ReplicatedExecutor, CommittedThenAnsweredOnlyOncePublished) {
  ReplicatedRig rig;
  const CounterId id = rig.NewCounter();
  const auto opened = rig.SubmitOpen(id, "r1");
  rig.executor->Drain();
  EXPECT_EQ(rig.journal->last_position(), 1u);
  rig.replicated.Step();
  EXPECT_FALSE(opened->has_value());
  rig.replicated.Published(1);
  rig.replicated.Step();
  ASSERT_TRUE(opened->has_value());
  EXPECT_EQ((**opened)->response, "opened");
}

TEST(ReplicatedExecutor, RepeatedBeforeItIsPublishedThenWaitsAsWell) {
  ReplicatedRig rig;
  const CounterId id = rig.NewCounter();
  rig.SubmitOpen(id, "r1");
  rig.executor->Drain();
  const auto again = rig.SubmitOpen(id, "r1");
  rig.executor->Drain();
  rig.replicated.Step();
  EXPECT_FALSE(again->has_value());
  rig.replicated.Published(1);
  rig.replicated.Step();
  ASSERT_TRUE(again->has_value());
  EXPECT_TRUE((**again)->replayed);
  EXPECT_EQ((**again)->response, "opened");
}

// It says that something is so, which a lost disk could still take back.
TEST(ReplicatedExecutor, AnswerWithoutEventsThenWaitsForWhatItHasSeen) {
  ReplicatedRig rig;
  rig.SubmitOpen(rig.NewCounter(), "r1");
  const auto nothing = rig.Submit([](Unit&) { return std::string("as it is"); }, "r2");
  rig.executor->Drain();
  rig.replicated.Step();
  EXPECT_FALSE(nothing->has_value());
  rig.replicated.Published(1);
  rig.replicated.Step();
  EXPECT_TRUE(nothing->has_value());
}

TEST(ReplicatedExecutor, RefusalOfARuleThenAtOnce) {
  ReplicatedRig rig;
  const auto refused = rig.SubmitIncrease(rig.NewCounter(), 1, "r1");
  rig.executor->Drain();
  ASSERT_TRUE(refused->has_value());
  EXPECT_TRUE(rpc::HasReason((*refused)->status(), tv1::COUNTER_NOT_OPEN));
}

TEST(ReplicatedExecutor, TooManyWaitThenRefusedBeforeAnythingIsDecided) {
  ReplicatedRig rig({.max_waiting = 1});
  rig.SubmitOpen(rig.NewCounter(), "r1");
  rig.executor->Drain();
  const auto refused = rig.SubmitOpen(rig.NewCounter(), "r2");
  ASSERT_TRUE(refused->has_value());
  EXPECT_TRUE(rpc::HasReason((*refused)->status(), common::v1::OVERLOADED));
  EXPECT_EQ(rig.journal->last_position(), 1u);
}

TEST(ReplicatedExecutor, LateThenTheRetryGetsTheFirstAnswer) {
  ReplicatedRig rig;
  const CounterId id = rig.NewCounter();
  const auto late = rig.SubmitOpen(id, "r1");
  rig.executor->Drain();
  rig.clock.Advance(absl::Minutes(1));
  rig.replicated.Step();
  ASSERT_TRUE(late->has_value());
  EXPECT_TRUE(rpc::HasReason((*late)->status(), common::v1::NOT_REPLICATED));
  rig.replicated.Published(1);
  const auto again = rig.SubmitOpen(id, "r1");
  rig.executor->Drain();
  rig.replicated.Step();
  ASSERT_TRUE(again->has_value());
  EXPECT_EQ((**again)->response, "opened");
  EXPECT_EQ(rig.journal->last_position(), 1u);
}

TEST(Executor, RefusingThenCommandsAreTurnedAwayAndUnitsOfTheServiceItselfAreNot) {
  Rig rig;
  rig.executor->Refuse(rpc::Unavailable(common::v1::NOT_SERVING, "not now"));
  const auto refused = rig.SubmitOpen(rig.NewCounter());
  ASSERT_TRUE(refused->has_value());
  EXPECT_TRUE(rpc::HasReason((*refused)->status(), common::v1::NOT_SERVING));
  rig.executor->Refuse(absl::OkStatus());
  rig.OpenCounter();
}

}  // namespace
}  // namespace pitlane::runtime
