// Whatever is done to a ticket's payments, in whatever order readers report: the sums hold, and the
// customer never pays more than is owed unless a reader proves that it did.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/payment/domain/tender.h"
#include "services/payment/domain/testing_till.h"

namespace pitlane::payment {
namespace {

using What = CardOutcome::What;

// What one action of a reader has come to, for good.
struct ReaderAction {
  std::string payment_id;
  std::string action_id;
  int64_t amount_minor = 0;
  bool refund = false;
  std::optional<CardOutcome> ending;
};

// One ticket, its payments and the readers.
class World {
 public:
  World(int64_t total_minor, int64_t increment_minor) {
    ReceivableAggregate::Apply(receivable_, Owed(total_minor, increment_minor));
  }

  void Step(bool readers_lie) {
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
        return TakeSomeCash();
      case 1:
        return TakeSomeCard();
      case 2:
        return Retry();
      case 3:
        return GiveUp();
      case 4:
        return GiveBack();
      default:
        return Report(readers_lie);
    }
  }

  void Check(bool readers_lie) const {
    const v1::Receivable& receivable = receivable_.receivable();
    int64_t applied = 0, debited = 0, captured = 0, returned = 0, held = 0;
    for (const auto& [id, state] : payments_) {
      applied += state.payment().applied_minor();
      captured += state.payment().captured_minor();
      returned += state.payment().refunded_minor();
      debited += state.debited_minor();
      RC_ASSERT(state.payment().refunded_minor() <= state.payment().captured_minor());
      RC_ASSERT(readers_lie || RefundableOf(state) >= 0);
    }
    for (const v1::Hold& hold : receivable_.holds()) {
      RC_ASSERT(hold.amount_minor() > 0);
      RC_ASSERT(HasOpenAttempt(payments_.at(hold.payment_id())));
      held += hold.amount_minor();
    }
    RC_ASSERT(receivable.held_minor() == held);
    RC_ASSERT(receivable.balance_minor() == receivable.total_minor() - applied + debited);
    RC_ASSERT(captured == cash_in_ + CardMoney(false));
    RC_ASSERT(returned == cash_out_ + CardMoney(true));
    if (readers_lie) return;
    // Nobody has paid more than is owed, and what is held is owed too.
    RC_ASSERT(receivable.balance_minor() >= 0);
    RC_ASSERT(OpenOf(receivable_) >= 0);
  }

 private:
  // What the readers have really moved.
  int64_t CardMoney(bool refunds) const {
    int64_t moved = 0;
    for (const ReaderAction& action : actions_) {
      if (action.refund == refunds && action.ending.has_value())
        moved += action.ending->moved_minor;
    }
    return moved;
  }

  TenderState StateOf(const std::string& payment_id) {
    const auto it = payments_.find(payment_id);
    return {.receivable = receivable_,
            .payment = it == payments_.end() ? v1::PaymentState() : it->second};
  }

  template <class Command>
  std::optional<Events> Do(const std::string& payment_id, const Command& command) {
    const auto events = Decide(StateOf(payment_id), command);
    if (!events.ok()) return std::nullopt;
    for (const v1::PaymentEvent& event : *events) {
      if (IsReceivableEvent(event)) {
        ReceivableAggregate::Apply(receivable_, event);
      } else {
        PaymentAggregate::Apply(payments_[payment_id], event);
      }
    }
    return *events;
  }

  std::string NewId(const char* kind) { return absl::StrCat(kind, "_", ++ids_); }

  // Anything, but often just as much as there is, or a little more.
  int64_t SomeAmount(int64_t limit) const {
    const int64_t total = receivable_.receivable().total_minor();
    return *rc::gen::oneOf(rc::gen::inRange<int64_t>(1, total + 2),
                           rc::gen::map(rc::gen::inRange<int64_t>(0, 3), [limit](int64_t more) {
                             return std::max<int64_t>(0, limit) + more;
                           }));
  }

  // 0: everything that is open.
  int64_t SomeTender() const {
    return *rc::gen::inRange(0, 4) == 0 ? 0 : SomeAmount(OpenOf(receivable_));
  }

  std::optional<std::string> SomePayment() const {
    if (payments_.empty()) return std::nullopt;
    const auto index = *rc::gen::inRange<size_t>(0, payments_.size());
    return std::next(payments_.begin(), static_cast<std::ptrdiff_t>(index))->first;
  }

  void TakeSomeCash() {
    TakeCash command = Cash(SomeTender());
    command.request.set_payment_id(NewId("pay"));
    const auto events = Do(command.request.payment_id(), command);
    if (events.has_value()) cash_in_ += events->at(1).payment_captured().captured_minor();
  }

  void StartCard(TakeCard command) {
    command.attempt_id = NewId("att");
    const auto events = Do(command.request.payment_id(), command);
    if (!events.has_value()) return;
    actions_.push_back({.payment_id = command.request.payment_id(),
                        .action_id = command.attempt_id,
                        .amount_minor = events->back().attempt_started().amount_minor(),
                        .ending = std::nullopt});
  }

  void TakeSomeCard() {
    TakeCard command = Card("", SomeTender());
    command.request.set_payment_id(NewId("pay"));
    StartCard(std::move(command));
  }

  void Retry() {
    const auto payment_id = SomePayment();
    if (!payment_id.has_value()) return;
    TakeCard command = Card("");
    command.request.set_payment_id(*payment_id);
    StartCard(std::move(command));
  }

  void GiveUp() {
    const auto payment_id = SomePayment();
    if (!payment_id.has_value()) return;
    CancelPayment command = GivingUp();
    command.set_payment_id(*payment_id);
    Do(*payment_id, command);
  }

  void GiveBack() {
    const auto payment_id = SomePayment();
    if (!payment_id.has_value()) return;
    RefundPayment command = Returning(SomeAmount(RefundableOf(payments_.at(*payment_id))));
    command.request.set_payment_id(*payment_id);
    command.request.set_refund_id(NewId("rfd"));
    const auto events = Do(*payment_id, command);
    if (!events.has_value()) return;
    if (events->size() > 1) {
      cash_out_ += events->at(1).payment_refunded().returned_minor();
    } else {
      actions_.push_back({.payment_id = *payment_id,
                          .action_id = command.request.refund_id(),
                          .amount_minor = command.request.amount_minor(),
                          .refund = true,
                          .ending = std::nullopt});
    }
  }

  CardOutcome SomeOutcome(const ReaderAction& action) const {
    CardOutcome outcome{.what = *rc::gen::elementOf(std::vector<What>{
                            What::kInProgress, What::kSucceeded, What::kSucceeded, What::kFailed,
                            What::kCanceled, What::kUnknown, What::kNeverArrived})};
    outcome.code = "declined";
    if (outcome.what == What::kSucceeded) {
      outcome.moved_minor = action.refund ? action.amount_minor
                                          : *rc::gen::inRange<int64_t>(1, action.amount_minor + 1);
    }
    return outcome;
  }

  // A reader says how one of its actions stands: again, late, or for the first time. An honest
  // reader says the same for ever once it has ended; one that lies finds out later that money
  // moved.
  void Report(bool readers_lie) {
    if (actions_.empty()) return;
    ReaderAction& action = actions_[*rc::gen::inRange<size_t>(0, actions_.size())];
    CardOutcome outcome = action.ending.value_or(SomeOutcome(action));
    if (readers_lie && action.ending.has_value() && action.ending->moved_minor == 0 &&
        !action.refund && *rc::gen::inRange(0, 3) == 0) {
      outcome = {.what = What::kSucceeded, .moved_minor = action.amount_minor};
    }
    const bool ended = outcome.what != What::kInProgress && outcome.what != What::kUnknown;
    if (ended) action.ending = outcome;
    Record(action, outcome);
  }

  void Record(const ReaderAction& action, const CardOutcome& outcome) {
    if (action.refund) {
      Do(action.payment_id, RecordRefund{.refund_id = action.action_id, .outcome = outcome});
      return;
    }
    const bool left_behind =
        payments_.at(action.payment_id).payment().attempt_id() != action.action_id;
    if (!left_behind || outcome.what != What::kSucceeded) {
      Do(action.payment_id, RecordAttempt{.attempt_id = action.action_id, .outcome = outcome});
      return;
    }
    // As the service does: a payment of its own, found again by the attempt.
    const std::string payment_id = absl::StrCat("stray_", action.action_id);
    if (payments_.contains(payment_id)) return;
    Do(payment_id, CaptureStray{.payment_id = payment_id,
                                .attempt_id = action.action_id,
                                .reader_id = kReader,
                                .outcome = outcome});
  }

  v1::ReceivableState receivable_;
  std::map<std::string, v1::PaymentState> payments_;
  std::vector<ReaderAction> actions_;
  int64_t cash_in_ = 0;
  int64_t cash_out_ = 0;
  int ids_ = 0;
};

void Play(bool readers_lie) {
  World world(*rc::gen::inRange<int64_t>(1, 3000),
              *rc::gen::elementOf(std::vector<int64_t>{0, 1, 5, 10}));
  const int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    world.Step(readers_lie);
    world.Check(readers_lie);
  }
}

RC_GTEST_PROP(Tender, AnyInterleavingThenNeverMoreTakenThanOwed, ()) { Play(false); }

RC_GTEST_PROP(Tender, ReadersFindMoneyLaterThenEveryCentIsStillAccountedFor, ()) { Play(true); }

}  // namespace
}  // namespace pitlane::payment
