#include "services/ticket/projections/ticket_index.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/runtime/aggregate.h"
#include "pitlane/ticket/v1/state.pb.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

// Parts of a key end with a zero byte, which no id, number or subject contains.
template <class... Parts>
std::string Key(const Parts&... parts) {
  std::string key;
  ((key.append(parts), key.push_back('\0')), ...);
  return key;
}

std::string NumberKey(std::string_view location_id, std::string_view number) {
  return Key("n", location_id, number);
}

std::string RowKey(std::string_view ticket_id) { return Key("k", ticket_id); }

std::string Entry(std::string prefix, const v1::TicketIndexRow& row) {
  AppendBigEndian64(prefix, row.opened_us());
  return prefix + row.ticket_id();
}

std::string TicketIdOf(std::string_view key, size_t prefix_size) {
  return std::string(key.substr(prefix_size + sizeof(uint64_t)));
}

// Every key under which the ticket can be found.
std::set<std::string> KeysOf(const v1::TicketIndexRow& row) {
  std::set<std::string> keys;
  if (row.ticket_id().empty()) return keys;
  keys.insert(Entry(TicketIndex::OfLocation(row.location_id()), row));
  keys.insert(Entry(TicketIndex::OfStage(row.location_id(), row.stage()), row));
  if (!row.customer_id().empty()) {
    keys.insert(Entry(TicketIndex::OfCustomer(row.customer_id()), row));
  }
  if (!row.vehicle_id().empty()) {
    keys.insert(Entry(TicketIndex::OfVehicle(row.vehicle_id()), row));
  }
  for (const auto& [of, technician] : row.technicians()) {
    keys.insert(Entry(TicketIndex::OfTechnician(technician), row));
  }
  return keys;
}

void SetTechnician(const std::string& of, const std::string& technician, v1::TicketIndexRow& row) {
  if (technician.empty()) {
    row.mutable_technicians()->erase(of);
  } else {
    (*row.mutable_technicians())[of] = technician;
  }
}

// All who share a line find its ticket.
void SetTechnicians(const v1::TechniciansAssigned& event, v1::TicketIndexRow& row) {
  for (int i = 0; i < event.technicians_size(); ++i) {
    const std::string of = i == 0 ? event.line_id() : absl::StrCat(event.line_id(), "/", i);
    SetTechnician(of, event.technicians(i).technician(), row);
  }
}

v1::TicketIndexRow RowOf(const v1::Ticket& ticket) {
  v1::TicketIndexRow row;
  row.set_ticket_id(ticket.ticket_id());
  row.set_location_id(ticket.location_id());
  row.set_customer_id(ticket.customer_id());
  row.set_vehicle_id(ticket.vehicle_id());
  row.set_opened_us(static_cast<uint64_t>(absl::ToUnixMicros(FromTimestamp(ticket.opened_at()))));
  row.set_stage(ticket.stage());
  // Of a ticket that was made from a quote.
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) SetTechnician(line.line_id(), line.technician(), row);
  }
  return row;
}

// What the event changes about where the ticket is found.
void Change(const v1::TicketEvent& event, v1::TicketIndexRow& row) {
  using v1::TicketEvent;
  switch (event.event_case()) {
    case TicketEvent::kTicketOpened:
      row = RowOf(event.ticket_opened().ticket());
      break;
    case TicketEvent::kLineAdded:
      SetTechnician(event.line_added().line().line_id(), event.line_added().line().technician(),
                    row);
      break;
    case TicketEvent::kLineChanged:
      SetTechnician(event.line_changed().line().line_id(), event.line_changed().line().technician(),
                    row);
      break;
    case TicketEvent::kLineRemoved:
      SetTechnician(event.line_removed().line_id(), "", row);
      break;
    case TicketEvent::kWorkStarted:
      SetTechnician(event.work_started().job_id(), event.work_started().technician(), row);
      break;
    case TicketEvent::kJobAuthorized:
      row.set_stage(v1::DOCUMENT_STAGE_WORK_ORDER);
      break;
    case TicketEvent::kTicketInvoiced:
      row.set_stage(v1::DOCUMENT_STAGE_INVOICED);
      break;
    case TicketEvent::kTicketClosed:
      row.set_stage(v1::DOCUMENT_STAGE_CLOSED);
      break;
    case TicketEvent::kTicketVoided:
      row.set_stage(v1::DOCUMENT_STAGE_VOIDED);
      break;
    case TicketEvent::kEstimateCancelled:
    case TicketEvent::kEstimateExpired:
      row.set_stage(v1::DOCUMENT_STAGE_CLOSED_UNSOLD);
      break;
    case TicketEvent::kQuoteConverted:
      row.set_stage(v1::DOCUMENT_STAGE_CLOSED);
      break;
    case TicketEvent::kJobScheduled:
      SetTechnician(event.job_scheduled().job_id(), event.job_scheduled().schedule().technician(),
                    row);
      break;
    case TicketEvent::kTechniciansAssigned:
      SetTechnicians(event.technicians_assigned(), row);
      break;
    case TicketEvent::kEstimatePresented:
    case TicketEvent::kJobHeld:
    case TicketEvent::kJobResumed:
    case TicketEvent::kJobQualityChecked:
    case TicketEvent::kJobCancelled:
    case TicketEvent::kTicketFollowed:
    case TicketEvent::kTaxJurisdictionConfigured:
    case TicketEvent::kExemptionCertificateRecorded:
    case TicketEvent::kTaxTreatmentSet:
    case TicketEvent::kJobSplit:
    case TicketEvent::kInvoicePutOnAccount:
    case TicketEvent::kApprovalRequested:
    case TicketEvent::kApprovalGiven:
    case TicketEvent::kJobAdded:
    case TicketEvent::kTicketDiscounted:
    case TicketEvent::kJobDeclined:
    case TicketEvent::kJobDeferred:
    case TicketEvent::kJobCompleted:
    case TicketEvent::kMoneyReceived:
    case TicketEvent::kMoneyReturned:
    case TicketEvent::kCreditMemoIssued:
    case TicketEvent::kVehicleChangedHands:
    case TicketEvent::kCoreReturned:
    case TicketEvent::kCoreForfeited:
    case TicketEvent::kPartReplaced:
    case TicketEvent::kSpecialOrderPlaced:
    case TicketEvent::kSpecialOrderReceived:
    case TicketEvent::kWillCallHeld:
    case TicketEvent::kTiresRecorded:
    case TicketEvent::kOperationDefined:
    case TicketEvent::kLabourPricingSet:
    case TicketEvent::kPartPricingSet:
    case TicketEvent::kCustomerTermsSet:
    case TicketEvent::kKitDefined:
    case TicketEvent::kCannedJobDefined:
    case TicketEvent::kFeeScheduleSet:
    case TicketEvent::kLabourTimesImported:
    case TicketEvent::kLostSaleRecorded:
    case TicketEvent::kLocationConfigured:
    case TicketEvent::kNumberAssigned:
    case TicketEvent::kPriceListed:
    case TicketEvent::kCustomerKnown:
    case TicketEvent::EVENT_NOT_SET:
      break;
  }
}

void PutNumber(const v1::Ticket& ticket, const std::string& number, runtime::ViewWriter& rows) {
  rows.Put(NumberKey(ticket.location_id(), number), std::string_view(ticket.ticket_id()));
}

}  // namespace

std::string TicketIndex::OfLocation(std::string_view location_id) { return Key("l", location_id); }

std::string TicketIndex::OfStage(std::string_view location_id, v1::DocumentStage stage) {
  return Key("s", location_id, v1::DocumentStage_Name(stage));
}

std::string TicketIndex::OfCustomer(std::string_view customer_id) { return Key("c", customer_id); }

std::string TicketIndex::OfVehicle(std::string_view vehicle_id) { return Key("v", vehicle_id); }

std::string TicketIndex::OfTechnician(std::string_view subject) { return Key("t", subject); }

void TicketIndex::On(const v1::TicketEvent& event, runtime::ViewWriter& rows) {
  const std::string row_key = RowKey(event.meta().stream_id());
  if (event.has_ticket_opened()) {
    const v1::Ticket& ticket = event.ticket_opened().ticket();
    PutNumber(ticket, ticket.number(), rows);
  }
  if (event.has_ticket_invoiced()) {
    const v1::Ticket& ticket = event.ticket_invoiced().ticket();
    PutNumber(ticket, ticket.invoice_number(), rows);
  }
  if (event.has_credit_memo_issued()) {
    const v1::CreditMemo& memo = event.credit_memo_issued().memo();
    rows.Put(NumberKey(memo.location_id(), memo.number()), std::string_view(memo.ticket_id()));
  }
  const auto before = rows.GetMessage<v1::TicketIndexRow>(row_key).value_or(v1::TicketIndexRow());
  v1::TicketIndexRow after = before;
  Change(event, after);
  const std::set<std::string> old_keys = KeysOf(before);
  const std::set<std::string> new_keys = KeysOf(after);
  const std::string bytes = runtime::DeterministicBytes(after);
  if (after.ticket_id().empty() || bytes == runtime::DeterministicBytes(before)) return;
  for (const std::string& key : old_keys) {
    if (!new_keys.contains(key)) rows.Delete(key);
  }
  for (const std::string& key : new_keys) {
    if (!old_keys.contains(key)) rows.Put(key, std::string_view(after.location_id()));
  }
  rows.Put(row_key, std::string_view(bytes));
}

absl::StatusOr<TicketPage> TicketIndex::List(runtime::ViewReader& views, const std::string& prefix,
                                             std::string_view location_id, size_t limit,
                                             std::optional<std::string> after) {
  TicketPage page;
  journal::ScanOptions options{.prefix = prefix, .after = std::move(after), .reverse = true};
  std::string last;
  // One more than the page, to know whether there is a next one.
  const auto visit = [&](std::string_view key, std::string_view location) {
    if (!location_id.empty() && location != location_id) return true;
    if (page.ticket_ids.size() == limit) {
      page.resume = last;
      return false;
    }
    last = key;
    page.ticket_ids.push_back(TicketIdOf(key, prefix.size()));
    return true;
  };
  RETURN_IF_ERROR(views.ForEach(kView, options, visit));
  return page;
}

absl::StatusOr<std::optional<std::string>> TicketIndex::FindNumber(runtime::ViewReader& views,
                                                                   std::string_view location_id,
                                                                   std::string_view number) {
  return views.Get(kView, NumberKey(location_id, number));
}

}  // namespace pitlane::ticket
