#include "services/customer_vehicle/domain/visit.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace pitlane::customer_vehicle {
namespace {

void AddLine(const ticket::v1::Line& line, const std::string& technician, v1::ServiceEntry& entry) {
  const bool labour = line.kind() == ticket::v1::LINE_KIND_LABOUR;
  if (!labour && line.kind() != ticket::v1::LINE_KIND_PART) return;
  v1::ServiceEntryLine& done = *entry.add_lines();
  done.set_kind(labour ? "labour" : "part");
  done.set_operation_code(line.operation_code());
  done.set_description(line.description());
  done.set_part_id(line.part_id());
  done.set_part_number(line.part_number());
  done.set_quantity_milli(line.quantity_milli());
  done.set_hours_centi(line.hours_centi());
  // Work belongs to whoever the line names, or else to whoever did the job.
  if (labour) done.set_technician(line.technician().empty() ? technician : line.technician());
  done.set_warranty_months(line.warranty_months());
  done.set_warranty_miles(line.warranty_miles());
}

bool Contains(const google::protobuf::RepeatedPtrField<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

std::string VisitStream(std::string_view customer_or_vehicle_id, std::string_view ticket_id) {
  return absl::StrCat(ToAbsl(customer_or_vehicle_id), "/", ToAbsl(ticket_id));
}

void ServiceVisitAggregate::Apply(v1::ServiceVisitState& visit,
                                  const v1::CustomerVehicleEvent& event) {
  if (event.has_service_recorded()) visit.set_recorded(true);
  if (event.has_return_recorded()) {
    visit.add_credit_memo_ids(event.return_recorded().service_return().credit_memo_id());
  }
}

void CountedVisitAggregate::Apply(v1::CountedVisitState& visit,
                                  const v1::CustomerVehicleEvent& event) {
  if (event.has_visit_counted()) visit.set_counted(true);
  if (event.has_return_counted()) {
    visit.add_credit_memo_ids(event.return_counted().credit_memo_id());
  }
}

std::vector<v1::CustomerVehicleEvent> Decide(const v1::ServiceVisitState& visit,
                                             const RecordService& command) {
  // A ticket is in a vehicle's history once.
  if (visit.recorded()) return {};
  std::vector<v1::CustomerVehicleEvent> events(1);
  *events.front().mutable_service_recorded()->mutable_entry() = command.entry;
  return events;
}

std::vector<v1::CustomerVehicleEvent> Decide(const v1::CountedVisitState& visit,
                                             const CountVisit& command) {
  // A ticket is one visit, however often its closing is told.
  if (visit.counted()) return {};
  std::vector<v1::CustomerVehicleEvent> events(1);
  *events.front().mutable_visit_counted() = command.visit;
  return events;
}

std::vector<v1::CustomerVehicleEvent> Decide(const v1::ServiceVisitState& visit,
                                             const RecordReturn& command) {
  // A memo takes back once.
  if (Contains(visit.credit_memo_ids(), command.recorded.service_return().credit_memo_id())) {
    return {};
  }
  std::vector<v1::CustomerVehicleEvent> events(1);
  *events.front().mutable_return_recorded() = command.recorded;
  return events;
}

std::vector<v1::CustomerVehicleEvent> Decide(const v1::CountedVisitState& visit,
                                             const CountReturn& command) {
  if (Contains(visit.credit_memo_ids(), command.counted.credit_memo_id())) return {};
  std::vector<v1::CustomerVehicleEvent> events(1);
  *events.front().mutable_return_counted() = command.counted;
  return events;
}

v1::ServiceEntry EntryOf(const ticket::v1::Ticket& ticket,
                         const google::protobuf::Timestamp& closed_at) {
  v1::ServiceEntry entry;
  entry.set_vehicle_id(ticket.vehicle_id());
  entry.set_ticket_id(ticket.ticket_id());
  entry.set_ticket_number(ticket.number());
  entry.set_location_id(ticket.location_id());
  *entry.mutable_closed_at() = closed_at;
  entry.set_business_date(ticket.business_date());
  if (ticket.has_odometer_out()) entry.set_odometer(ticket.odometer_out());
  for (const ticket::v1::Job& job : ticket.jobs()) {
    entry.add_jobs(job.title());
    for (const ticket::v1::Line& line : job.lines()) AddLine(line, job.technician(), entry);
  }
  for (const ticket::v1::Line& line : ticket.lines()) AddLine(line, "", entry);
  return entry;
}

v1::VisitCounted VisitOf(const ticket::v1::Ticket& ticket,
                         const google::protobuf::Timestamp& closed_at) {
  v1::VisitCounted visit;
  visit.set_customer_id(ticket.customer_id());
  visit.set_ticket_id(ticket.ticket_id());
  *visit.mutable_closed_at() = closed_at;
  visit.mutable_total()->set_amount_minor(ticket.totals().total_minor());
  visit.mutable_total()->set_currency(ticket.currency());
  return visit;
}

v1::ReturnRecorded ReturnOf(const ticket::v1::CreditMemo& memo) {
  v1::ReturnRecorded recorded;
  recorded.set_vehicle_id(memo.vehicle_id());
  recorded.set_ticket_id(memo.ticket_id());
  v1::ServiceReturn& returned = *recorded.mutable_service_return();
  returned.set_credit_memo_id(memo.credit_memo_id());
  returned.set_number(memo.number());
  returned.set_business_date(memo.business_date());
  for (const ticket::v1::CreditLine& line : memo.lines()) {
    const bool labour = line.kind() == ticket::v1::LINE_KIND_LABOUR;
    if (!labour && line.kind() != ticket::v1::LINE_KIND_PART) continue;
    v1::ServiceEntryLine& entry = *returned.add_lines();
    entry.set_kind(labour ? "labour" : "part");
    entry.set_description(line.description());
    entry.set_part_id(line.part_id());
    entry.set_part_number(line.part_number());
    entry.set_quantity_milli(line.quantity_milli());
  }
  return recorded;
}

v1::ReturnCounted CountedReturnOf(const ticket::v1::CreditMemo& memo) {
  v1::ReturnCounted counted;
  counted.set_customer_id(memo.customer_id());
  counted.set_ticket_id(memo.ticket_id());
  counted.set_credit_memo_id(memo.credit_memo_id());
  counted.mutable_total()->set_amount_minor(memo.totals().total_minor());
  counted.mutable_total()->set_currency(memo.currency());
  return counted;
}

}  // namespace pitlane::customer_vehicle
