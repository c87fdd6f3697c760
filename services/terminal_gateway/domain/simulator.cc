#include "services/terminal_gateway/domain/simulator.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/runtime/timestamps.h"

namespace pitlane::terminal_gateway {
namespace {

using Outcome = v1::SimulatedOutcome;
using What = DeviceAnswer::What;

Outcome Of(Outcome::Kind kind) {
  Outcome outcome;
  outcome.set_kind(kind);
  return outcome;
}

Outcome Decline(const char* code) {
  Outcome outcome = Of(Outcome::KIND_DECLINE);
  outcome.set_decline_code(code);
  return outcome;
}

absl::Duration DelayOf(const Outcome& outcome) {
  if (!outcome.has_delay()) {
    return outcome.kind() == Outcome::KIND_APPROVE_AFTER_CANCEL ? kWaitForCancel
                                                                : absl::ZeroDuration();
  }
  return absl::Seconds(outcome.delay().seconds()) + absl::Nanoseconds(outcome.delay().nanos());
}

// How it ends, and when; whether the device tells at once.
struct Ending {
  absl::Time at;
  DeviceAnswer answer;
  bool answer_lost = false;
};

DeviceAnswer Approved(const v1::ActionRecord& record, int64_t approved_minor,
                      const char* entry_mode) {
  DeviceAnswer answer{.what = What::kApproved, .approved_minor = approved_minor};
  answer.result.set_brand("visa");
  answer.result.set_last_four("4242");
  answer.result.set_entry_mode(entry_mode);
  answer.result.set_authorization_code(
      absl::StrCat(100000 + record.action().fencing_token() % 900000));
  answer.result.set_processor_reference(absl::StrCat("sim-", record.action().action_id()));
  return answer;
}

DeviceAnswer Failed(std::string code) { return {.what = What::kFailed, .code = std::move(code)}; }

int64_t PartOf(const v1::ActionRecord& record) {
  const int64_t asked = record.action().amount_minor();
  // Money that goes back goes back whole.
  if (record.action().kind() == v1::ACTION_KIND_REFUND) return asked;
  const int64_t scripted = record.simulated().approved_minor();
  const int64_t part = scripted > 0 ? scripted : asked / 2;
  return part > 0 ? std::min(part, asked) : asked;
}

DeviceAnswer AnswerOf(const v1::ActionRecord& record) {
  const int64_t asked = record.action().amount_minor();
  switch (record.simulated().kind()) {
    case Outcome::KIND_UNSPECIFIED:
    case Outcome::KIND_APPROVE:
    case Outcome::KIND_APPROVE_LOSE_ANSWER:
    case Outcome::KIND_APPROVE_AFTER_CANCEL:
      return Approved(record, asked, "contactless");
    case Outcome::KIND_PARTIAL_APPROVAL:
      return Approved(record, PartOf(record), "contactless");
    case Outcome::KIND_PIN_RETRY:
      return Approved(record, asked, "chip_pin");
    case Outcome::KIND_DECLINE:
      return Failed(record.simulated().decline_code().empty() ? "do_not_honor"
                                                              : record.simulated().decline_code());
    case Outcome::KIND_TIME_OUT:
      return Failed("timed_out");
    case Outcome::KIND_DEVICE_ERROR:
      return Failed("device_error");
    case v1::SimulatedOutcome_Kind_SimulatedOutcome_Kind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::SimulatedOutcome_Kind_SimulatedOutcome_Kind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return Failed("device_error");
}

Ending EndingOf(const v1::ActionRecord& record) {
  const Outcome::Kind kind = record.simulated().kind();
  Ending ending{
      .at = runtime::FromTimestamp(record.action().started_at()) + DelayOf(record.simulated()),
      .answer = AnswerOf(record)};
  ending.answer_lost = kind == Outcome::KIND_TIME_OUT || kind == Outcome::KIND_APPROVE_LOSE_ANSWER;
  // A device that does not answer does not listen either.
  if (!record.has_cancel_requested_at() || ending.answer_lost) return ending;
  const absl::Time cancel_at = runtime::FromTimestamp(record.cancel_requested_at());
  if (cancel_at >= ending.at) return ending;
  ending.at = cancel_at;
  if (kind != Outcome::KIND_APPROVE_AFTER_CANCEL) ending.answer = {.what = What::kCanceled};
  return ending;
}

}  // namespace

Outcome OutcomeByAmount(int64_t amount_minor) {
  switch (amount_minor) {
    case 400'001:
      return Decline("insufficient_funds");
    case 400'002:
      return Decline("lost_card");
    case 400'003:
      return Of(Outcome::KIND_PARTIAL_APPROVAL);
    case 400'004:
      return Decline("expired_card");
    case 400'005:
      return Of(Outcome::KIND_PIN_RETRY);
    case 400'006:
      return Decline("pin_incorrect");
    case 400'007:
      return Decline("do_not_honor");
    case 400'055:
      return Of(Outcome::KIND_TIME_OUT);
    case 400'056:
      return Of(Outcome::KIND_APPROVE_LOSE_ANSWER);
    case 400'057:
      return Of(Outcome::KIND_APPROVE_AFTER_CANCEL);
    case 400'058:
      return Of(Outcome::KIND_DEVICE_ERROR);
    case 400'059: {
      Outcome slow = Of(Outcome::KIND_APPROVE);
      slow.mutable_delay()->set_seconds(absl::ToInt64Seconds(kWaitForCancel));
      return slow;
    }
    default:
      return Of(Outcome::KIND_APPROVE);
  }
}

DeviceAnswer SimulatedAnswer(const v1::ActionRecord& action, absl::Time now) {
  Ending ending = EndingOf(action);
  if (now < ending.at) return {.what = What::kInProgress, .ask_at = ending.at};
  if (ending.answer_lost && now < ending.at + kAnswerLostFor) return {.what = What::kNoAnswer};
  return std::move(ending.answer);
}

}  // namespace pitlane::terminal_gateway
