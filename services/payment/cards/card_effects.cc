#include "services/payment/cards/card_effects.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.pb.h"
#include "services/payment/domain/card_outcome.h"
#include "services/payment/tendering.h"

namespace pitlane::payment {
namespace {

namespace gateway = terminal_gateway::v1;
using Action = absl::StatusOr<gateway::Action>;
using What = CardOutcome::What;

// Whether the error says that the call left nothing behind: the gateway refused it.
bool IsRefusal(const absl::Status& status) {
  // It did it, and has forgotten what it answered.
  if (rpc::HasReason(status, common::v1::ANSWER_LOST)) return false;
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) ||
         absl::IsAlreadyExists(status) || absl::IsPermissionDenied(status) ||
         absl::IsUnauthenticated(status) || absl::IsFailedPrecondition(status) ||
         absl::IsUnimplemented(status);
}

// What an answer to Charge or Refund means.
CardOutcome OutcomeOfStart(const Action& action) {
  if (action.ok()) return OutcomeOf(*action);
  if (rpc::HasReason(action.status(), gateway::ACTION_WAS_REFUSED)) {
    return {.what = What::kNeverArrived};
  }
  if (!IsRefusal(action.status())) return {.what = What::kUnknown};
  const std::string reason = rpc::ErrorReason(action.status());
  return {.what = What::kFailed,
          .code = reason.empty() ? "refused_by_gateway" : absl::AsciiStrToLower(reason)};
}

// What an answer to Resolve means.
CardOutcome OutcomeOfResolve(const Action& action) {
  if (action.ok()) return OutcomeOf(*action);
  // A reader that does not exist has charged nobody.
  if (rpc::HasReason(action.status(), gateway::READER_UNKNOWN)) {
    return {.what = What::kFailed, .code = "reader_unknown"};
  }
  return {.what = What::kUnknown};
}

bool Decode(const runtime::Effect& effect, TerminalCall* call, const runtime::EffectDone& done) {
  call->traceparent = effect.traceparent;
  if (call->order.ParseFromString(effect.payload)) return true;
  done([kind = effect.kind, id = effect.id](runtime::Unit&) {
    return rpc::DataLoss(absl::StrCat("effect ", kind, " ", id, " does not decode"));
  });
  return false;
}

void Report(const runtime::EffectDone& done, const std::string& action_id, CardOutcome outcome) {
  done([action_id, outcome = std::move(outcome)](runtime::Unit& unit) {
    return RecordOutcome(unit, action_id, outcome);
  });
}

void ResolveAndReport(CardTerminal& terminal, const runtime::Effect& effect,
                      runtime::EffectDone done) {
  TerminalCall call;
  if (!Decode(effect, &call, done)) return;
  terminal.Resolve(call, [id = effect.id, done = std::move(done)](const Action& action) {
    Report(done, id, OutcomeOfResolve(action));
  });
}

// The gateway has heard of the cancel, or there is nothing to cancel any more. What becomes of the
// attempt comes by itself.
void ReportCancel(const runtime::EffectDone& done, const std::string& attempt_id,
                  CardOutcome outcome) {
  done([attempt_id, outcome = std::move(outcome)](runtime::Unit& unit) -> absl::Status {
    unit.FinishEffect(kCancelEffect, attempt_id);
    return RecordOutcome(unit, attempt_id, outcome);
  });
}

// Stays open, so that it is tried again in a while.
void RetryCancel(const runtime::EffectDone& done) {
  done([](runtime::Unit&) { return absl::OkStatus(); });
}

void CancelHolding(CardTerminal& terminal, const TerminalCall& call, uint64_t fencing_token,
                   runtime::EffectDone done) {
  terminal.Cancel(call, fencing_token,
                  [id = call.order.action_id(), done = std::move(done)](const Action& action) {
                    if (action.ok()) return ReportCancel(done, id, OutcomeOf(*action));
                    if (!IsRefusal(action.status())) return RetryCancel(done);
                    // Over meanwhile, or overtaken: the outcome is on its way.
                    done([id](runtime::Unit& unit) {
                      unit.FinishEffect(kCancelEffect, id);
                      return unit.status();
                    });
                  });
}

// Resolve tells the fencing token; and an attempt that has not arrived yet never will.
void ResolveAndCancel(const std::shared_ptr<CardTerminal>& terminal, const runtime::Effect& effect,
                      runtime::EffectDone done) {
  TerminalCall call;
  if (!Decode(effect, &call, done)) return;
  // The terminal outlives its calls.
  terminal->Resolve(
      call, [terminal = terminal.get(), call, done = std::move(done)](const Action& action) {
        if (!action.ok() && !IsRefusal(action.status())) return RetryCancel(done);
        if (!action.ok() || action->status() != gateway::ACTION_STATUS_IN_PROGRESS) {
          return ReportCancel(done, call.order.action_id(), OutcomeOfResolve(action));
        }
        CancelHolding(*terminal, call, action->fencing_token(), done);
      });
}

}  // namespace

CardCharger::CardCharger(std::shared_ptr<CardTerminal> terminal) : terminal_(std::move(terminal)) {}

std::string_view CardCharger::kind() const { return kChargeEffect; }

void CardCharger::Perform(const runtime::Effect& effect, runtime::EffectDone done) {
  TerminalCall call;
  if (!Decode(effect, &call, done)) return;
  terminal_->Charge(call, [id = effect.id, done = std::move(done)](const Action& action) {
    Report(done, id, OutcomeOfStart(action));
  });
}

void CardCharger::Recover(const runtime::Effect& effect, runtime::EffectDone done) {
  ResolveAndReport(*terminal_, effect, std::move(done));
}

CardRefunder::CardRefunder(std::shared_ptr<CardTerminal> terminal)
    : terminal_(std::move(terminal)) {}

std::string_view CardRefunder::kind() const { return kRefundEffect; }

void CardRefunder::Perform(const runtime::Effect& effect, runtime::EffectDone done) {
  TerminalCall call;
  if (!Decode(effect, &call, done)) return;
  terminal_->Refund(call, [id = effect.id, done = std::move(done)](const Action& action) {
    Report(done, id, OutcomeOfStart(action));
  });
}

void CardRefunder::Recover(const runtime::Effect& effect, runtime::EffectDone done) {
  ResolveAndReport(*terminal_, effect, std::move(done));
}

CardCanceler::CardCanceler(std::shared_ptr<CardTerminal> terminal)
    : terminal_(std::move(terminal)) {}

std::string_view CardCanceler::kind() const { return kCancelEffect; }

void CardCanceler::Perform(const runtime::Effect& effect, runtime::EffectDone done) {
  ResolveAndCancel(terminal_, effect, std::move(done));
}

void CardCanceler::Recover(const runtime::Effect& effect, runtime::EffectDone done) {
  ResolveAndCancel(terminal_, effect, std::move(done));
}

}  // namespace pitlane::payment
