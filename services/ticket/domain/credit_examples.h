// Filled examples of credit memos and declined work; see event_examples.h.
#pragma once

#include "pitlane/ticket/v1/credit.pb.h"
#include "pitlane/ticket/v1/declined.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// `line` is what was sold.
v1::CreditMemo CreditMemoExample(const v1::Line& line);
// `job` is what was turned down.
v1::DeclinedWork DeclinedWorkExample(const v1::Job& job);
// Fields that came later: what an invoice shows of its credit memos, a job that takes up declined
// work, and when a location asks again.
void AddCreditsExample(v1::Ticket& ticket);
void AddTakenUpExample(v1::Job& job);
void AddFollowUpsExample(v1::Location& location);

}  // namespace pitlane::ticket
