#include "services/reporting/domain/event_examples.h"

#include <string>

namespace pitlane::reporting {
namespace {

constexpr char kLocationId[] = "loc_01JQZ0A1B2C3D4E5F6G7H8J9KP";
constexpr char kTicketId[] = "tkt_01JQZ0A1B2C3D4E5F6G7H8J9KR";
constexpr char kPaymentId[] = "pay_01JQZ0A1B2C3D4E5F6G7H8J9KX";
constexpr char kPartId[] = "prt_01JQZ0A1B2C3D4E5F6G7H8J9KN";
constexpr char kLineId[] = "lin_01JQZ0A1B2C3D4E5F6G7H8J9KT";
constexpr char kMemoId[] = "crm_01JQZ0A1B2C3D4E5F6G7H8J9KV";
constexpr char kDate[] = "2026-04-02";

v1::ReportingEvent Example(uint64_t version, const std::string& type) {
  v1::ReportingEvent event;
  common::v1::EventMeta& meta = *event.mutable_meta();
  meta.set_event_id("evt_01JQZ0A1B2C3D4E5F6G7H8J9KV");
  meta.set_type("pitlane.reporting.v1." + type);
  meta.set_stream_id(kTicketId);
  meta.set_version(version);
  meta.set_position(2000 + version);
  meta.set_source("reporting.0");
  meta.set_slot(577);
  meta.mutable_occurred_at()->set_seconds(1775131200);
  meta.mutable_recorded_at()->set_seconds(1775131200);
  meta.mutable_recorded_at()->set_nanos(250000000);
  meta.set_location_id(kLocationId);
  meta.set_business_date(kDate);
  meta.mutable_actor()->set_subject("service:reporting");
  meta.mutable_actor()->set_device_id("dev_counter_1");
  meta.set_request_id("close-7");
  meta.set_causation_id("evt_01JQZ0A1B2C3D4E5F6G7H8J9KW");
  meta.set_correlation_id("sale-7");
  meta.set_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  return event;
}

// The rotors of the worked ticket T1: 228.05 net, 18.81 tax after 4.43 of the ticket's discount.
v1::ReportingEvent SaleExample() {
  v1::ReportingEvent event = Example(1, "SaleRecorded");
  v1::SaleRecorded& sale = *event.mutable_sale_recorded();
  sale.set_ticket_id(kTicketId);
  sale.set_location_id(kLocationId);
  sale.set_business_date(kDate);
  sale.set_currency("USD");
  v1::SaleLine& line = *sale.add_lines();
  line.set_line_id(kLineId);
  line.set_kind(ticket::v1::LINE_KIND_PART);
  line.set_category("brakes");
  line.set_part_id(kPartId);
  line.set_part_number("R-55097");
  line.set_quantity_milli(2000);
  line.set_net_minor(22805);
  line.set_tax_minor(1881);
  line.set_discount_minor(443);
  line.set_hours_centi(180);
  line.set_technician("usr_technician_1");
  ticket::v1::Totals& totals = *sale.mutable_totals();
  totals.set_labour_net_minor(42956);
  totals.set_parts_net_minor(60073);
  totals.set_fees_net_minor(3950);
  totals.set_cores_net_minor(4500);
  totals.set_discount_minor(4610);
  ticket::v1::TaxAmount& tax = *totals.add_taxes();
  tax.set_authority("State");
  tax.set_rule_id("state-2026");
  tax.set_rate_ppm(62500);
  tax.set_base_minor(68073);
  tax.set_tax_minor(4255);
  totals.set_tax_minor(5616);
  totals.set_total_minor(117095);
  sale.set_customer_id("cus_01JQZ0A1B2C3D4E5F6G7H8J9KY");
  sale.set_vehicle_id("veh_01JQZ0A1B2C3D4E5F6G7H8J9KZ");
  sale.set_kind(ticket::v1::TICKET_KIND_REPAIR_ORDER);
  return event;
}

v1::ReportingEvent TenderExample() {
  v1::ReportingEvent event = Example(2, "TenderRecorded");
  v1::TenderRecorded& tender = *event.mutable_tender_recorded();
  tender.set_payment_id(kPaymentId);
  tender.set_ticket_id(kTicketId);
  tender.set_location_id(kLocationId);
  tender.set_business_date(kDate);
  tender.set_currency("USD");
  tender.set_tender(payment::v1::TENDER_CASH);
  tender.set_applied_minor(117095);
  tender.set_captured_minor(117100);
  tender.set_rounding_minor(-5);
  return event;
}

v1::ReportingEvent RefundExample() {
  v1::ReportingEvent event = Example(3, "RefundRecorded");
  v1::RefundRecorded& refund = *event.mutable_refund_recorded();
  refund.set_payment_id(kPaymentId);
  refund.set_refund_id("rfd_01JQZ0A1B2C3D4E5F6G7H8J9M0");
  refund.set_ticket_id(kTicketId);
  refund.set_location_id(kLocationId);
  refund.set_business_date(kDate);
  refund.set_currency("USD");
  refund.set_tender(payment::v1::TENDER_CASH);
  refund.set_refunded_minor(12344);
  return event;
}

v1::ReportingEvent IssueExample() {
  v1::ReportingEvent event = Example(4, "PartsIssueRecorded");
  v1::PartsIssueRecorded& issue = *event.mutable_parts_issue_recorded();
  issue.set_ticket_id(kTicketId);
  issue.set_line_id(kLineId);
  issue.set_part_id(kPartId);
  issue.set_location_id(kLocationId);
  issue.set_business_date(kDate);
  issue.set_currency("USD");
  issue.set_quantity_milli(2000);
  issue.set_cost_e4(1162400);
  return event;
}

v1::ReportingEvent CreditExample() {
  v1::ReportingEvent event = Example(5, "CreditRecorded");
  v1::CreditRecorded& credit = *event.mutable_credit_recorded();
  const v1::SaleRecorded sale = SaleExample().sale_recorded();
  credit.set_credit_memo_id(kMemoId);
  credit.set_ticket_id(kTicketId);
  credit.set_location_id(kLocationId);
  credit.set_business_date("2026-04-09");
  credit.set_currency("USD");
  *credit.mutable_lines() = sale.lines();
  *credit.mutable_totals() = sale.totals();
  credit.set_customer_id(sale.customer_id());
  credit.set_vehicle_id(sale.vehicle_id());
  credit.set_kind(ticket::v1::TICKET_KIND_CREDIT_MEMO);
  return event;
}

v1::ReportingEvent ReturnExample() {
  v1::ReportingEvent event = Example(6, "PartsReturnRecorded");
  v1::PartsReturnRecorded& back = *event.mutable_parts_return_recorded();
  back.set_ticket_id(kTicketId);
  back.set_credit_memo_id(kMemoId);
  back.set_line_id(kLineId);
  back.set_part_id(kPartId);
  back.set_location_id(kLocationId);
  back.set_business_date("2026-04-09");
  back.set_currency("USD");
  back.set_quantity_milli(1000);
  back.set_cost_e4(581200);
  back.set_disposition(ticket::v1::DISPOSITION_RESTOCK);
  return event;
}

}  // namespace

std::vector<v1::ReportingEvent> EventExamples() {
  return {SaleExample(),  TenderExample(), RefundExample(),
          IssueExample(), CreditExample(), ReturnExample()};
}

}  // namespace pitlane::reporting
