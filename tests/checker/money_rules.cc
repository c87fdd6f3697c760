#include "tests/checker/money_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace pitlane::checker {
namespace {

namespace pay = payment::v1;
namespace tgw = terminal_gateway::v1;

template <class Map>
auto Find(const Map& map, const std::string& key) -> const typename Map::mapped_type* {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

void MoneyRules::On(const Place& place, const pay::PaymentEvent& event) {
  const Occurrence at{place, event.meta()};
  OnReceivable(at, event);
  if (event.has_attempt_started()) {
    const pay::AttemptStarted& started = event.attempt_started();
    report_.Expect("attempt",
                   attempts_.emplace(started.attempt_id(), started.amount_minor()).second,
                   [&] { return at.Says(started.attempt_id(), "was started before"); });
  }
  if (event.has_refund_started()) {
    const std::string& id = event.refund_started().refund_id();
    report_.Expect("refund", started_refunds_.insert(id).second,
                   [&] { return at.Says(id, "was started before"); });
  }
  if (event.has_payment_captured()) On(at, event.payment_captured());
  if (event.has_payment_refunded()) On(at, event.payment_refunded());
}

void MoneyRules::Hold(Receivable& receivable, const std::string& payment_id, int64_t amount_minor) {
  receivable.held_minor += amount_minor;
  receivable.holds[payment_id] += amount_minor;
}

void MoneyRules::OnReceivable(const Occurrence& at, const pay::PaymentEvent& event) {
  const std::string& ticket_id = at.meta.stream_id();
  const auto expect = [&](bool holds, const char* text) {
    report_.Expect("receivable", holds, [&] { return at.Says(ticket_id, text); });
  };
  if (event.has_receivable_created()) {
    const pay::Receivable& created = event.receivable_created().receivable();
    const auto [entry, is_new] = receivables_.try_emplace(created.ticket_id());
    expect(is_new && created.balance_minor() == created.total_minor(), "is owed twice");
    entry->second.place = at.place;
    entry->second.total_minor = entry->second.balance_minor = created.total_minor();
    return;
  }
  const bool about_one = event.has_receivable_charged() || event.has_receivable_released() ||
                         event.has_receivable_paid() || event.has_receivable_reopened() ||
                         event.has_receivable_credited();
  if (!about_one) return;
  const auto found = receivables_.find(ticket_id);
  expect(found != receivables_.end(), "is paid for and was never owed");
  if (found == receivables_.end()) return;
  Receivable& owed = found->second;
  if (event.has_receivable_charged()) {
    const pay::ReceivableCharged& charged = event.receivable_charged();
    Hold(owed, charged.payment_id(), charged.amount_minor());
    expect(
        charged.open_minor() == owed.balance_minor - owed.held_minor && charged.open_minor() >= 0,
        "an attempt holds more than is open");
  } else if (event.has_receivable_released()) {
    const pay::ReceivableReleased& released = event.receivable_released();
    Hold(owed, released.payment_id(), -released.amount_minor());
    expect(released.open_minor() == owed.balance_minor - owed.held_minor &&
               owed.holds[released.payment_id()] >= 0,
           "more is released than was held");
  } else if (event.has_receivable_paid()) {
    const pay::ReceivablePaid& paid = event.receivable_paid();
    const bool is_new = owed.paid.emplace(paid.payment_id(), paid.applied_minor()).second;
    owed.balance_minor -= paid.applied_minor();
    Hold(owed, paid.payment_id(), -std::min(owed.holds[paid.payment_id()], paid.applied_minor()));
    expect(is_new && paid.balance_minor() == owed.balance_minor,
           "a payment is credited twice, or leaves another balance");
  } else if (event.has_receivable_credited()) {
    const pay::ReceivableCredited& credited = event.receivable_credited();
    owed.balance_minor -= credited.amount_minor();
    const bool is_new =
        owed.credited.emplace(credited.credit_memo_id(), credited.amount_minor()).second;
    expect(is_new && credited.balance_minor() == owed.balance_minor,
           "a credit memo is counted twice, or leaves another balance");
  } else {
    const pay::ReceivableReopened& reopened = event.receivable_reopened();
    owed.balance_minor += reopened.amount_minor();
    const bool is_new = owed.reopened.emplace(reopened.refund_id(), reopened.amount_minor()).second;
    expect(is_new && reopened.balance_minor() == owed.balance_minor,
           "a refund is debited twice, or leaves another balance");
  }
}

void MoneyRules::On(const Occurrence& at, const pay::PaymentCaptured& captured) {
  const bool by_card = captured.tender() == pay::TENDER_CARD_PRESENT;
  const bool is_new =
      captures_
          .emplace(captured.payment_id(),
                   Captured{at.place, captured.ticket_id(), by_card ? captured.attempt_id() : "",
                            captured.captured_minor(), captured.applied_minor(), 0})
          .second;
  report_.Expect("capture-twice", is_new,
                 [&] { return at.Says(captured.payment_id(), "was captured before"); });
  const bool sums =
      captured.applied_minor() == captured.captured_minor() + captured.rounding_minor() &&
      (by_card || captured.tendered_minor() - captured.change_minor() == captured.captured_minor());
  report_.Expect("capture-sum", sums,
                 [&] { return at.Says(captured.payment_id(), captured.ShortDebugString()); });
  if (!by_card) return;
  const std::string& attempt_id = captured.attempt_id();
  report_.Expect("capture-twice", captors_.emplace(attempt_id, captured.payment_id()).second,
                 [&] { return at.Says(attempt_id, "took money before"); });
  const int64_t* asked = Find(attempts_, attempt_id);
  report_.Expect("capture-invented", asked != nullptr && captured.captured_minor() <= *asked, [&] {
    return at.Says(captured.payment_id(),
                   absl::StrCat("attempt ", attempt_id,
                                asked == nullptr ? " was never made" : " was for less"));
  });
}

void MoneyRules::On(const Occurrence& at, const pay::PaymentRefunded& refunded) {
  const bool is_new = refunds_
                          .emplace(refunded.refund_id(),
                                   Refunded{at.place, refunded.ticket_id(),
                                            refunded.refunded_minor(), refunded.returned_minor(),
                                            refunded.tender() == pay::TENDER_CARD_PRESENT})
                          .second;
  const auto captured = captures_.find(refunded.payment_id());
  if (captured != captures_.end()) captured->second.returned_minor += refunded.returned_minor();
  const bool holds =
      is_new && started_refunds_.contains(refunded.refund_id()) &&
      refunded.refunded_minor() == refunded.returned_minor() + refunded.rounding_minor() &&
      captured != captures_.end() &&
      captured->second.returned_minor <= captured->second.captured_minor;
  report_.Expect("refund", holds, [&] {
    return at.Says(refunded.refund_id(),
                   absl::StrCat("was made twice, never asked for, or gives back more than was "
                                "taken: ",
                                refunded.ShortDebugString()));
  });
}

void MoneyRules::On(const Place& place, const tgw::TerminalGatewayEvent& event) {
  const Occurrence at{place, event.meta()};
  if (event.has_action_started()) {
    const tgw::Action& started = event.action_started().action();
    const auto [entry, is_new] = actions_.try_emplace(started.action_id());
    report_.Expect("action", is_new,
                   [&] { return at.Says(started.action_id(), "was started before"); });
    entry->second.started = place;
    entry->second.refund = started.kind() == tgw::ACTION_KIND_REFUND;
    entry->second.amount_minor = started.amount_minor();
    entry->second.by_service = at.meta.actor().subject().rfind("service:", 0) == 0;
    return;
  }
  const std::string* id = event.has_action_succeeded()  ? &event.action_succeeded().action_id()
                          : event.has_action_failed()   ? &event.action_failed().action_id()
                          : event.has_action_canceled() ? &event.action_canceled().action_id()
                                                        : nullptr;
  if (id == nullptr) return;
  const auto found = actions_.find(*id);
  report_.Expect("action", found != actions_.end() && ++found->second.outcomes == 1,
                 [&] { return at.Says(*id, "ended twice, or was never started"); });
  if (found == actions_.end() || !event.has_action_succeeded()) return;
  found->second.succeeded = place;
  found->second.approved_minor = event.action_succeeded().approved_minor();
  report_.Expect("action", found->second.approved_minor <= found->second.amount_minor,
                 [&] { return at.Says(*id, "moved more than was asked for"); });
}

void MoneyRules::End(const TicketRules& tickets, const Progress& progress,
                     const std::optional<std::vector<ProviderRecord>>& provider) {
  CheckTickets(tickets, progress);
  CheckReceivables(tickets, progress);
  CheckActions(progress);
  if (provider) CheckProvider(*provider, progress);
}

void MoneyRules::CheckTickets(const TicketRules& tickets, const Progress& progress) {
  for (const auto& [id, captured] : captures_) {
    if (!progress.HasApplied("ticket", captured.place, report_)) continue;
    const TicketFacts* ticket = tickets.Find(captured.ticket_id);
    const auto* receipt = ticket == nullptr ? nullptr : Find(ticket->receipts, id);
    report_.Expect("ticket-payments",
                   receipt != nullptr && receipt->amount_minor == captured.applied_minor,
                   [&, &id = id, &captured = captured] {
                     return Fault{captured.place.text(), id,
                                  absl::StrCat("ticket ", captured.ticket_id,
                                               " does not know of it, or of another amount")};
                   });
  }
  for (const auto& [id, refunded] : refunds_) {
    if (!progress.HasApplied("ticket", refunded.place, report_)) continue;
    const TicketFacts* ticket = tickets.Find(refunded.ticket_id);
    const auto* returned = ticket == nullptr ? nullptr : Find(ticket->returns, id);
    report_.Expect("ticket-payments",
                   returned != nullptr && returned->amount_minor == refunded.refunded_minor,
                   [&, &id = id, &refunded = refunded] {
                     return Fault{refunded.place.text(), id,
                                  absl::StrCat("ticket ", refunded.ticket_id,
                                               " does not know of it, or of another amount")};
                   });
  }
  for (const auto& [ticket_id, ticket] : tickets.all()) {
    for (const auto& [id, receipt] : ticket.receipts) {
      report_.Expect("ticket-payments", captures_.contains(id), [&, &id = id, &receipt = receipt] {
        return Fault{receipt.place.text(), id, "was received and never captured"};
      });
    }
    for (const auto& [id, returned] : ticket.returns) {
      report_.Expect("ticket-payments", refunds_.contains(id), [&, &id = id, &returned = returned] {
        return Fault{returned.place.text(), id, "was returned and never refunded"};
      });
    }
  }
}

void MoneyRules::CheckReceivables(const TicketRules& tickets, const Progress& progress) {
  for (const auto& [ticket_id, ticket] : tickets.all()) {
    if (ticket.invoiced.position == 0 || ticket.due_minor <= 0) continue;
    if (!progress.HasApplied("payment", ticket.invoiced, report_)) continue;
    const Receivable* owed = Find(receivables_, ticket_id);
    for (const auto& [memo_id, credit] : ticket.credits) {
      if (!progress.HasApplied("payment", credit.place, report_)) continue;
      report_.Expect("receivable", owed != nullptr && owed->credited.contains(memo_id),
                     [&, &memo_id = memo_id, &credit = credit] {
                       return Fault{credit.place.text(), memo_id, "still is owed"};
                     });
    }
    report_.Expect("receivable", owed != nullptr && owed->total_minor == ticket.due_minor,
                   [&, &ticket_id = ticket_id, &ticket = ticket] {
                     return Fault{ticket.invoiced.text(), ticket_id,
                                  absl::StrCat("of its total ", ticket.due_minor, ", ",
                                               owed == nullptr ? 0 : owed->total_minor,
                                               " is known to be owed")};
                   });
  }
  for (const auto& [ticket_id, owed] : receivables_) {
    const TicketFacts* ticket = tickets.Find(ticket_id);
    report_.Expect("receivable", ticket != nullptr && ticket->invoiced.position > 0,
                   [&, &ticket_id = ticket_id, &owed = owed] {
                     return Fault{owed.place.text(), ticket_id, "is owed and was never invoiced"};
                   });
    for (const auto& [id, amount] : owed.paid) {
      report_.Expect("receivable", captures_.contains(id), [&, &id = id, &owed = owed] {
        return Fault{owed.place.text(), id, "was credited and never captured"};
      });
    }
    for (const auto& [id, amount] : owed.reopened) {
      report_.Expect("receivable", refunds_.contains(id), [&, &id = id, &owed = owed] {
        return Fault{owed.place.text(), id, "was debited and never refunded"};
      });
    }
  }
  for (const auto& [id, captured] : captures_) {
    const Receivable* owed = Find(receivables_, captured.ticket_id);
    const int64_t* paid = owed == nullptr ? nullptr : Find(owed->paid, id);
    report_.Expect("receivable", paid != nullptr && *paid == captured.applied_minor,
                   [&, &id = id, &captured = captured] {
                     return Fault{captured.place.text(), id,
                                  "was captured and not credited, or with another amount"};
                   });
  }
  for (const auto& [id, refunded] : refunds_) {
    const Receivable* owed = Find(receivables_, refunded.ticket_id);
    const int64_t* reopened = owed == nullptr ? nullptr : Find(owed->reopened, id);
    report_.Expect("receivable", reopened != nullptr && *reopened == refunded.refunded_minor,
                   [&, &id = id, &refunded = refunded] {
                     return Fault{refunded.place.text(), id,
                                  "was refunded and not debited, or with another amount"};
                   });
  }
}

void MoneyRules::CheckActions(const Progress& progress) {
  for (const auto& [id, action] : actions_) CheckAction(id, action, progress);
  for (const auto& [id, captured] : captures_) {
    if (captured.attempt_id.empty()) continue;
    const Action* action = Find(actions_, captured.attempt_id);
    const bool holds = action != nullptr && action->succeeded.position > 0 && !action->refund &&
                       action->approved_minor == captured.captured_minor;
    report_.Expect("capture-invented", holds, [&, &id = id, &captured = captured] {
      return Fault{captured.place.text(), id,
                   absl::StrCat("no reader took that money: ", captured.attempt_id)};
    });
  }
  for (const auto& [id, refunded] : refunds_) {
    if (!refunded.by_card) continue;
    const Action* action = Find(actions_, id);
    const bool holds = action != nullptr && action->succeeded.position > 0 && action->refund &&
                       action->approved_minor == refunded.returned_minor;
    report_.Expect("refund", holds, [&, &id = id, &refunded = refunded] {
      return Fault{refunded.place.text(), id, "no reader gave that money back"};
    });
  }
}

void MoneyRules::CheckAction(const std::string& id, const Action& action,
                             const Progress& progress) {
  const bool known = action.refund ? started_refunds_.contains(id) : attempts_.contains(id);
  report_.Expect("action", known || !action.by_service, [&] {
    return Fault{action.started.text(), id, "was never asked for by payment"};
  });
  if (!known || action.succeeded.position == 0) return;
  if (!progress.HasApplied("payment", action.succeeded, report_)) return;
  const bool recorded = action.refund ? refunds_.contains(id) : captors_.contains(id);
  report_.Expect("capture-missing", recorded, [&] {
    return Fault{action.succeeded.text(), id, "moved money that no payment knows of"};
  });
}

void MoneyRules::CheckProvider(const std::vector<ProviderRecord>& provider,
                               const Progress& progress) {
  absl::flat_hash_map<std::string, const ProviderRecord*> approved;
  for (const ProviderRecord& record : provider) {
    if (!record.approved) continue;
    report_.Expect("provider", approved.emplace(record.action_id, &record).second, [&] {
      return Fault{"provider", record.action_id, "was charged or refunded twice"};
    });
    const Action* action = Find(actions_, record.action_id);
    const bool told = action != nullptr && action->succeeded.position > 0 &&
                      action->approved_minor == record.amount_minor &&
                      action->refund == record.refund;
    report_.Expect("provider", told || !progress.settled(), [&] {
      return Fault{"provider", record.action_id, "moved money that no event tells of"};
    });
  }
  for (const auto& [id, action] : actions_) {
    if (action.succeeded.position == 0) continue;
    report_.Expect("provider", approved.contains(id), [&, &id = id, &action = action] {
      return Fault{action.succeeded.text(), id, "the provider moved no such money"};
    });
  }
}

}  // namespace pitlane::checker
