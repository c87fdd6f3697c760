#include "services/ticket/domain/ticket_parts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/ticket/domain/payer.h"

namespace pitlane::ticket {
namespace {

bool IsFixed(v1::DocumentStage stage) {
  return stage == v1::DOCUMENT_STAGE_INVOICED || stage == v1::DOCUMENT_STAGE_CLOSED;
}

}  // namespace

const v1::Job* FindJob(const v1::Ticket& ticket, std::string_view job_id) {
  for (const v1::Job& job : ticket.jobs()) {
    if (job.job_id() == job_id) return &job;
  }
  return nullptr;
}

v1::Job* FindJob(v1::Ticket& ticket, std::string_view job_id) {
  return const_cast<v1::Job*>(FindJob(std::as_const(ticket), job_id));
}

FoundLine FindLine(const v1::Ticket& ticket, std::string_view line_id) {
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) {
      if (line.line_id() == line_id) return {&line, &job};
    }
  }
  for (const v1::Line& line : ticket.lines()) {
    if (line.line_id() == line_id) return {&line, nullptr};
  }
  return {};
}

v1::Line* FindLine(v1::Ticket& ticket, std::string_view line_id) {
  return const_cast<v1::Line*>(FindLine(std::as_const(ticket), line_id).line);
}

const v1::Line* FindCore(const v1::Ticket& ticket, std::string_view part_line_id) {
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) {
      if (line.kind() == v1::LINE_KIND_CORE && line.for_line_id() == part_line_id) return &line;
    }
  }
  return nullptr;
}

int CountLines(const v1::Ticket& ticket) {
  int count = ticket.lines_size();
  for (const v1::Job& job : ticket.jobs()) count += job.lines_size();
  return count;
}

const v1::EstimateSummary* FindEstimate(const v1::Ticket& ticket, int32_t number) {
  for (const v1::EstimateSummary& estimate : ticket.estimates()) {
    if (estimate.number() == number) return &estimate;
  }
  return nullptr;
}

bool IsDone(v1::JobStatus status) {
  return status == v1::JOB_STATUS_COMPLETE || status == v1::JOB_STATUS_QUALITY_CHECKED;
}

bool IsHeld(v1::JobStatus status) {
  return status == v1::JOB_STATUS_WAITING_PARTS || status == v1::JOB_STATUS_WAITING_CUSTOMER ||
         status == v1::JOB_STATUS_SUBLET_OUT || status == v1::JOB_STATUS_ON_HOLD;
}

v1::JobStatus StatusOf(v1::HoldKind kind) {
  switch (kind) {
    case v1::HOLD_KIND_PARTS:
      return v1::JOB_STATUS_WAITING_PARTS;
    case v1::HOLD_KIND_CUSTOMER:
      return v1::JOB_STATUS_WAITING_CUSTOMER;
    case v1::HOLD_KIND_SUBLET:
      return v1::JOB_STATUS_SUBLET_OUT;
    case v1::HOLD_KIND_OTHER:
    case v1::HOLD_KIND_UNSPECIFIED:
    case v1::HoldKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::HoldKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      return v1::JOB_STATUS_ON_HOLD;
  }
  return v1::JOB_STATUS_ON_HOLD;
}

v1::JobStatus ProductionOf(const v1::Ticket& ticket) {
  static constexpr std::array kWorstFirst = {
      v1::JOB_STATUS_WAITING_CUSTOMER, v1::JOB_STATUS_WAITING_PARTS, v1::JOB_STATUS_SUBLET_OUT,
      v1::JOB_STATUS_ON_HOLD,          v1::JOB_STATUS_IN_PROGRESS,   v1::JOB_STATUS_SCHEDULED,
      v1::JOB_STATUS_AUTHORIZED,       v1::JOB_STATUS_PROPOSED,      v1::JOB_STATUS_COMPLETE,
      v1::JOB_STATUS_QUALITY_CHECKED,  v1::JOB_STATUS_DEFERRED,      v1::JOB_STATUS_DECLINED,
      v1::JOB_STATUS_CANCELLED};
  for (const v1::JobStatus status : kWorstFirst) {
    if (IsFixed(ticket.stage()) && status == v1::JOB_STATUS_PROPOSED) continue;
    const bool any = std::any_of(ticket.jobs().begin(), ticket.jobs().end(),
                                 [status](const v1::Job& job) { return job.status() == status; });
    if (any) return status;
  }
  return v1::JOB_STATUS_UNSPECIFIED;
}

int64_t BalanceOf(const v1::Ticket& ticket) {
  return CustomerOwes(ticket) - ticket.credited_at_till_minor() - ticket.paid_minor();
}

v1::Settlement SettlementOf(const v1::Ticket& ticket, bool any_refund) {
  const int64_t paid = ticket.paid_minor();
  if (any_refund && paid <= 0) return v1::SETTLEMENT_REFUNDED;
  if (!IsFixed(ticket.stage()) || ticket.kind() == v1::TICKET_KIND_QUOTE) {
    return paid > 0 ? v1::SETTLEMENT_DEPOSIT_HELD : v1::SETTLEMENT_UNPAID;
  }
  if (BalanceOf(ticket) < 0) return v1::SETTLEMENT_OVERPAID;
  if (BalanceOf(ticket) == 0 && !AnyOtherOpen(ticket)) {
    return AnyOnAccount(ticket) ? v1::SETTLEMENT_ON_ACCOUNT : v1::SETTLEMENT_PAID;
  }
  return paid > 0 ? v1::SETTLEMENT_PARTIAL : v1::SETTLEMENT_UNPAID;
}

}  // namespace pitlane::ticket
