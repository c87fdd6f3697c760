#include "services/ticket/api/service_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "services/ticket/domain/testing_tickets.h"
#include "services/ticket/ticket.h"

namespace pitlane::ticket {

void TicketServiceTest::SetUp() {
  cluster_.Add(MakeTicketService);
  ASSERT_TRUE(cluster_.Start().ok());
  stub_ = cluster_.Stub<v1::TicketService>("ticket");
  part_id_ = PartId::Make(cluster_.clock(), cluster_.entropy(), 7).text();
  customer_id_ = CustomerId::Make(cluster_.clock(), cluster_.entropy(), 8).text();
  vehicle_id_ = VehicleId::Make(cluster_.clock(), cluster_.entropy(), 9).text();
  v1::ConfigureLocationRequest request;
  *request.mutable_location() = TestLocation();
  request.mutable_location()->clear_location_id();
  location_id_ = Must(&Stub::ConfigureLocation, request).location().location_id();
  ImportPart(part_id_, 10000);
  RegisterCustomer(customer_id_);
}

std::string TicketServiceTest::NewRequestId() { return absl::StrCat("test-", ++requests_); }

void TicketServiceTest::ImportPart(const std::string& part_id, int64_t list_price_minor,
                                   int64_t core_minor) {
  inventory::v1::InventoryEvent event;
  inventory::v1::Part& part = *event.mutable_part_imported()->mutable_part();
  part.set_part_id(part_id);
  part.set_number("D-1210/A");
  part.set_brand("Ferro");
  part.set_description("Brake pads, front");
  part.set_category("brakes");
  part.set_unit("ea");
  part.set_currency("USD");
  part.set_unit_cost_e4(423000);
  part.set_list_price_minor(list_price_minor);
  part.set_core_minor(core_minor);
  cluster_.stream("inventory").Publish(event, part_id);
  EXPECT_TRUE(cluster_.Settle());
}

void TicketServiceTest::ChangePrice(const std::string& part_id, int64_t list_price_minor) {
  inventory::v1::InventoryEvent event;
  inventory::v1::PriceChanged& changed = *event.mutable_price_changed();
  changed.set_part_id(part_id);
  changed.set_currency("USD");
  changed.set_list_price_minor(list_price_minor);
  changed.set_unit_cost_e4(423000);
  cluster_.stream("inventory").Publish(event, part_id);
  EXPECT_TRUE(cluster_.Settle());
}

void TicketServiceTest::RegisterCustomer(const std::string& customer_id) {
  customer_vehicle::v1::CustomerVehicleEvent event;
  event.mutable_customer_registered()->set_customer_id(customer_id);
  cluster_.stream("customer_vehicle").Publish(event, customer_id);
  EXPECT_TRUE(cluster_.Settle());
}

void TicketServiceTest::EraseCustomer(const std::string& customer_id) {
  customer_vehicle::v1::CustomerVehicleEvent event;
  event.mutable_subject_erased()->set_customer_id(customer_id);
  cluster_.stream("customer_vehicle").Publish(event, customer_id);
  EXPECT_TRUE(cluster_.Settle());
}

void TicketServiceTest::CapturePayment(const std::string& payment_id, const v1::Ticket& ticket,
                                       int64_t amount_minor) {
  payment::v1::PaymentEvent event;
  payment::v1::PaymentCaptured& captured = *event.mutable_payment_captured();
  captured.set_payment_id(payment_id);
  captured.set_ticket_id(ticket.ticket_id());
  captured.set_location_id(ticket.location_id());
  captured.set_applied_minor(amount_minor);
  captured.set_captured_minor(amount_minor);
  captured.set_currency("USD");
  cluster_.stream("payment").Publish(event, payment_id);
  EXPECT_TRUE(cluster_.Settle());
}

void TicketServiceTest::RefundPayment(const std::string& refund_id, const v1::Ticket& ticket,
                                      int64_t amount_minor) {
  payment::v1::PaymentEvent event;
  payment::v1::PaymentRefunded& refunded = *event.mutable_payment_refunded();
  refunded.set_payment_id(refund_id);
  refunded.set_refund_id(refund_id);
  refunded.set_ticket_id(ticket.ticket_id());
  refunded.set_location_id(ticket.location_id());
  refunded.set_refunded_minor(amount_minor);
  refunded.set_currency("USD");
  cluster_.stream("payment").Publish(event, refund_id);
  EXPECT_TRUE(cluster_.Settle());
}

v1::OpenTicketRequest TicketServiceTest::OpenRequest(v1::TicketKind kind) const {
  v1::OpenTicketRequest request;
  request.set_location_id(location_id_);
  request.set_kind(kind);
  request.set_customer_id(customer_id_);
  if (kind == v1::TICKET_KIND_REPAIR_ORDER) request.set_vehicle_id(vehicle_id_);
  return request;
}

v1::AddPartLineRequest TicketServiceTest::PartRequest(const v1::Ticket& ticket) const {
  v1::AddPartLineRequest request;
  request.set_ticket_id(ticket.ticket_id());
  if (ticket.jobs_size() > 0) request.set_job_id(ticket.jobs(0).job_id());
  request.set_part_id(part_id_);
  request.set_quantity_milli(1000);
  request.set_condition(v1::PART_CONDITION_NEW_OEM);
  return request;
}

v1::AuthorizeJobRequest TicketServiceTest::AuthorizeRequest(const v1::Ticket& ticket) const {
  v1::AuthorizeJobRequest request;
  request.set_ticket_id(ticket.ticket_id());
  request.set_job_id(ticket.jobs(0).job_id());
  request.set_person_ref(customer_id_);
  request.set_channel(v1::AUTHORIZATION_CHANNEL_PHONE);
  request.set_contact_ref("phone-1");
  request.set_evidence_id("call-note-118");
  return request;
}

v1::Ticket TicketServiceTest::Open(v1::TicketKind kind) {
  return Must(&Stub::OpenTicket, OpenRequest(kind)).ticket();
}

v1::Ticket TicketServiceTest::OpenAuthorized() {
  v1::Ticket ticket = Open(v1::TICKET_KIND_REPAIR_ORDER);
  v1::AddJobRequest job;
  job.set_ticket_id(ticket.ticket_id());
  job.set_title("Front brakes");
  ticket = Must(&Stub::AddJob, job).ticket();
  v1::AddLabourLineRequest labour;
  labour.set_ticket_id(ticket.ticket_id());
  labour.set_job_id(ticket.jobs(0).job_id());
  labour.set_description("Replace pads");
  labour.set_hours_centi(100);
  ticket = Must(&Stub::AddLabourLine, labour).ticket();
  ticket = Must(&Stub::AddPartLine, PartRequest(ticket)).ticket();
  return Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket)).ticket();
}

v1::Ticket TicketServiceTest::OpenInvoiced() {
  const v1::Ticket ticket = OpenAuthorized();
  v1::StartJobRequest start;
  start.set_ticket_id(ticket.ticket_id());
  start.set_job_id(ticket.jobs(0).job_id());
  start.set_technician("technician-7");
  Must(&Stub::StartJob, start);
  v1::CompleteJobRequest complete;
  complete.set_ticket_id(ticket.ticket_id());
  complete.set_job_id(ticket.jobs(0).job_id());
  complete.set_correction("Replaced the pads");
  Must(&Stub::CompleteJob, complete);
  v1::InvoiceTicketRequest invoice;
  invoice.set_ticket_id(ticket.ticket_id());
  invoice.set_odometer_out(88123);
  return Must(&Stub::InvoiceTicket, invoice).ticket();
}

v1::Ticket TicketServiceTest::Get(const std::string& ticket_id) {
  v1::GetTicketRequest request;
  request.set_ticket_id(ticket_id);
  return Must(&Stub::GetTicket, request).ticket();
}

}  // namespace pitlane::ticket
