#include "services/terminal_gateway/domain/simulator.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "libs/runtime/timestamps.h"
#include "services/terminal_gateway/domain/action.h"

namespace pitlane::terminal_gateway {
namespace {

using Outcome = v1::SimulatedOutcome;
using What = DeviceAnswer::What;

const absl::Time kStart = absl::FromUnixSeconds(1767225600);

v1::ActionRecord ActionOf(Outcome outcome, int64_t amount_minor = 1000) {
  v1::ActionRecord record;
  record.mutable_action()->set_kind(v1::ACTION_KIND_CHARGE);
  record.mutable_action()->set_amount_minor(amount_minor);
  record.mutable_action()->set_fencing_token(1);
  *record.mutable_action()->mutable_started_at() = runtime::ToTimestamp(kStart);
  *record.mutable_simulated() = std::move(outcome);
  return record;
}

v1::ActionRecord ActionOfAmount(int64_t amount_minor) {
  return ActionOf(OutcomeByAmount(amount_minor), amount_minor);
}

void CancelAt(v1::ActionRecord& record, absl::Time at) {
  *record.mutable_cancel_requested_at() = runtime::ToTimestamp(at);
}

TEST(OutcomeByAmount, ListedAmountsGiveTheirOutcome) {
  const auto code = [](int64_t amount) {
    return SimulatedAnswer(ActionOfAmount(amount), kStart).code;
  };
  EXPECT_EQ(code(400001), "insufficient_funds");
  EXPECT_EQ(code(400002), "lost_card");
  EXPECT_EQ(code(400004), "expired_card");
  EXPECT_EQ(code(400006), "pin_incorrect");
  EXPECT_EQ(code(400007), "do_not_honor");
  EXPECT_EQ(code(400058), "device_error");
  EXPECT_EQ(SimulatedAnswer(ActionOfAmount(400003), kStart).approved_minor, 200001);
  EXPECT_EQ(SimulatedAnswer(ActionOfAmount(400005), kStart).result.entry_mode(), "chip_pin");
}

RC_GTEST_PROP(OutcomeByAmount, OtherAmountsAreApprovedAtOnceAndWhole, ()) {
  const int64_t amount = *rc::gen::positive<int64_t>();
  RC_PRE(amount < 400001 || amount > 400099);
  const DeviceAnswer answer = SimulatedAnswer(ActionOfAmount(amount), kStart);
  RC_ASSERT(answer.what == What::kApproved);
  RC_ASSERT(answer.approved_minor == amount);
}

TEST(SimulatedAnswer, TimeOutThenNoAnswerAndLaterNothingCharged) {
  const v1::ActionRecord action = ActionOfAmount(400055);
  EXPECT_EQ(SimulatedAnswer(action, kStart).what, What::kNoAnswer);
  const DeviceAnswer later = SimulatedAnswer(action, kStart + absl::Seconds(5));
  EXPECT_EQ(later.what, What::kFailed);
  EXPECT_EQ(later.code, "timed_out");
}

TEST(SimulatedAnswer, LostAnswerThenLaterApproved) {
  const v1::ActionRecord action = ActionOfAmount(400056);
  EXPECT_EQ(SimulatedAnswer(action, kStart).what, What::kNoAnswer);
  EXPECT_EQ(SimulatedAnswer(action, kStart + absl::Seconds(5)).what, What::kApproved);
}

TEST(SimulatedAnswer, SlowCustomerThenInProgressUntilDone) {
  const v1::ActionRecord action = ActionOfAmount(400059);
  const DeviceAnswer waiting = SimulatedAnswer(action, kStart + absl::Seconds(59));
  EXPECT_EQ(waiting.what, What::kInProgress);
  EXPECT_EQ(waiting.ask_at, kStart + absl::Minutes(1));
  EXPECT_EQ(SimulatedAnswer(action, kStart + absl::Minutes(1)).what, What::kApproved);
}

TEST(SimulatedAnswer, CanceledInTimeThenCanceled) {
  v1::ActionRecord action = ActionOfAmount(400059);
  CancelAt(action, kStart + absl::Seconds(10));
  EXPECT_EQ(SimulatedAnswer(action, kStart + absl::Seconds(10)).what, What::kCanceled);
}

TEST(SimulatedAnswer, CanceledTooLateThenApproved) {
  v1::ActionRecord action = ActionOfAmount(400059);
  CancelAt(action, kStart + absl::Minutes(2));
  EXPECT_EQ(SimulatedAnswer(action, kStart + absl::Minutes(2)).what, What::kApproved);
}

TEST(SimulatedAnswer, ApproveAfterCancelThenWaitsForTheCancel) {
  v1::ActionRecord action = ActionOfAmount(400057);
  EXPECT_EQ(SimulatedAnswer(action, kStart).what, What::kInProgress);
  CancelAt(action, kStart + absl::Seconds(7));
  EXPECT_EQ(SimulatedAnswer(action, kStart + absl::Seconds(7)).what, What::kApproved);
}

TEST(SimulatedAnswer, PartialApprovalThenNeverMoreThanAsked) {
  Outcome partial;
  partial.set_kind(Outcome::KIND_PARTIAL_APPROVAL);
  EXPECT_EQ(SimulatedAnswer(ActionOf(partial, 1), kStart).approved_minor, 1);
  partial.set_approved_minor(700);
  EXPECT_EQ(SimulatedAnswer(ActionOf(partial, 1000), kStart).approved_minor, 700);
  EXPECT_EQ(SimulatedAnswer(ActionOf(partial, 500), kStart).approved_minor, 500);
}

TEST(SimulatedAnswer, PartialApprovalOfARefundThenWhole) {
  Outcome partial;
  partial.set_kind(Outcome::KIND_PARTIAL_APPROVAL);
  v1::ActionRecord refund = ActionOf(partial, 1000);
  refund.mutable_action()->set_kind(v1::ACTION_KIND_REFUND);
  EXPECT_EQ(SimulatedAnswer(refund, kStart).approved_minor, 1000);
}

}  // namespace
}  // namespace pitlane::terminal_gateway
