// Finding one's way in a ticket, and what is derived from it. Pure functions; safe from any thread.
// Pointers point into the ticket that was given.
#pragma once

#include <cstdint>
#include <string_view>

#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// nullptr when there is none.
const v1::Job* FindJob(const v1::Ticket& ticket, std::string_view job_id);
v1::Job* FindJob(v1::Ticket& ticket, std::string_view job_id);

struct FoundLine {
  const v1::Line* line = nullptr;  // nullptr: there is none
  const v1::Job* job = nullptr;    // nullptr: one of the ticket's own
};
FoundLine FindLine(const v1::Ticket& ticket, std::string_view line_id);
v1::Line* FindLine(v1::Ticket& ticket, std::string_view line_id);
// The CORE line of a part line; nullptr when it has none.
const v1::Line* FindCore(const v1::Ticket& ticket, std::string_view part_line_id);

int CountLines(const v1::Ticket& ticket);

// nullptr: no such version was presented.
const v1::EstimateSummary* FindEstimate(const v1::Ticket& ticket, int32_t number);

// The work is done: COMPLETE or QUALITY_CHECKED.
bool IsDone(v1::JobStatus status);
// Work was begun and stands still.
bool IsHeld(v1::JobStatus status);
// The status that a hold of that kind gives a job.
v1::JobStatus StatusOf(v1::HoldKind kind);

// The worst open job's status (handbook 2.2): WAITING_CUSTOMER, WAITING_PARTS, SUBLET_OUT, ON_HOLD,
// IN_PROGRESS, SCHEDULED, AUTHORIZED, PROPOSED, COMPLETE, QUALITY_CHECKED; without an open job
// DEFERRED, DECLINED, CANCELLED. Once the ticket is invoiced, what was only proposed does not
// count. UNSPECIFIED without jobs.
v1::JobStatus ProductionOf(const v1::Ticket& ticket);

// What the customer still owes at the till, without credit memos and payments. Below zero: owed to
// the customer.
int64_t BalanceOf(const v1::Ticket& ticket);

// What has come of the money. `any_refund`: whether some was ever returned. Before the ticket is
// invoiced nothing is owed: nothing received is UNPAID even when the total is 0, and anything
// received is a deposit.
v1::Settlement SettlementOf(const v1::Ticket& ticket, bool any_refund);

}  // namespace pitlane::ticket
