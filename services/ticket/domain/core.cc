#include "services/ticket/domain/core.h"

#include <algorithm>

#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/money/allocation.h"
#include "libs/money/quantity.h"
#include "libs/money/rounding.h"
#include "services/ticket/domain/calculation.h"

namespace pitlane::ticket {
namespace {

bool IsOut(v1::CoreStatus status) {
  return status == v1::CORE_STATUS_CHARGED || status == v1::CORE_STATUS_AWAITING_RETURN;
}

bool IsReturned(v1::CoreStatus status) {
  return status == v1::CORE_STATUS_RETURNED_GOOD || status == v1::CORE_STATUS_RETURNED_DAMAGED;
}

// Lines from before there were lives.
void BeginLife(v1::Line& core) {
  if (!core.core_units().empty()) return;
  v1::CoreUnits& units = *core.add_core_units();
  units.set_status(v1::CORE_STATUS_CHARGED);
  units.set_quantity_milli(core.quantity_milli());
}

void DropEmpty(v1::Line& core) {
  auto& units = *core.mutable_core_units();
  units.erase(
      std::remove_if(units.begin(), units.end(),
                     [](const v1::CoreUnits& group) { return group.quantity_milli() == 0; }),
      units.end());
}

v1::CoreUnits& GroupOf(v1::Line& core, v1::CoreStatus status) {
  for (v1::CoreUnits& units : *core.mutable_core_units()) {
    if (units.status() == status) return units;
  }
  v1::CoreUnits& units = *core.add_core_units();
  units.set_status(status);
  return units;
}

}  // namespace

bool IsChargedCore(const v1::Line& line) {
  return line.kind() == v1::LINE_KIND_CORE && !line.has_fixed_extension_minor();
}

int64_t CoresOut(const v1::Line& core) {
  if (core.core_units().empty()) return core.quantity_milli();
  int64_t out = 0;
  for (const v1::CoreUnits& units : core.core_units()) {
    if (IsOut(units.status())) out += units.quantity_milli();
  }
  return out;
}

int64_t CoresReturned(const v1::Line& core) {
  int64_t returned = 0;
  for (const v1::CoreUnits& units : core.core_units()) {
    if (IsReturned(units.status())) returned += units.quantity_milli();
  }
  return returned;
}

int64_t CoreCreditGiven(const v1::Line& core) {
  int64_t credit = 0;
  for (const v1::CoreUnits& units : core.core_units()) credit += units.credit_minor();
  return credit;
}

void MoveCores(v1::Line& core, int64_t quantity_milli, v1::CoreStatus to, int64_t credit_minor) {
  BeginLife(core);
  int64_t left = quantity_milli;
  for (v1::CoreUnits& units : *core.mutable_core_units()) {
    if (!IsOut(units.status())) continue;
    const int64_t moved = std::min(left, units.quantity_milli());
    units.set_quantity_milli(units.quantity_milli() - moved);
    left -= moved;
  }
  v1::CoreUnits& target = GroupOf(core, to);
  target.set_quantity_milli(target.quantity_milli() + quantity_milli - left);
  target.set_credit_minor(target.credit_minor() + credit_minor);
  DropEmpty(core);
}

void SetCoreQuantity(v1::Line& core, int64_t quantity_milli) {
  BeginLife(core);
  const int64_t change = quantity_milli - core.quantity_milli();
  v1::CoreUnits& charged = GroupOf(core, v1::CORE_STATUS_CHARGED);
  charged.set_quantity_milli(charged.quantity_milli() + change);
  PITLANE_CHECK(charged.quantity_milli() >= 0) << "more cores came back than there are parts";
  core.set_quantity_milli(quantity_milli);
  DropEmpty(core);
}

void AwaitCores(v1::Ticket& ticket, const std::string& due_date) {
  for (v1::Job& job : *ticket.mutable_jobs()) {
    if (!IsAuthorized(job.status())) continue;
    for (v1::Line& line : *job.mutable_lines()) {
      if (!IsChargedCore(line)) continue;
      BeginLife(line);
      for (v1::CoreUnits& units : *line.mutable_core_units()) {
        if (units.status() != v1::CORE_STATUS_CHARGED) continue;
        units.set_status(v1::CORE_STATUS_AWAITING_RETURN);
        units.set_due_date(due_date);
      }
    }
  }
}

int64_t CoresOverdue(const v1::Line& core, std::string_view date, std::string* due_date) {
  int64_t overdue = 0;
  for (const v1::CoreUnits& units : core.core_units()) {
    if (units.status() != v1::CORE_STATUS_AWAITING_RETURN || units.due_date() >= date) continue;
    overdue += units.quantity_milli();
    *due_date = std::max(*due_date, units.due_date());
  }
  return overdue;
}

absl::StatusOr<int64_t> CoreCredit(const v1::Line& core, int64_t quantity_milli) {
  ASSIGN_OR_RETURN(const int64_t charged,
                   Extend(Quantity{core.quantity_milli()}, core.unit_price_minor()));
  const int64_t before = CoresReturned(core);
  ASSIGN_OR_RETURN(const int64_t after,
                   CumulativeShare(charged, core.quantity_milli(), before + quantity_milli));
  ASSIGN_OR_RETURN(const int64_t given, CumulativeShare(charged, core.quantity_milli(), before));
  return after - given;
}

}  // namespace pitlane::ticket
