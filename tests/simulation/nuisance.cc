#include "tests/simulation/nuisance.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/timestamps.h"

namespace pitlane::simulation {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace pay = payment::v1;
namespace rep = reporting::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;
using Inventory = inventory::InventoryServiceApi;
using Payments = payment::PaymentServiceApi;
using People = customer_vehicle::CustomerVehicleServiceApi;
using Readers = terminal_gateway::TerminalGatewayServiceApi;
using Reports = reporting::ReportingServiceApi;
using Tickets = ticket::TicketServiceApi;

constexpr int64_t kFarTooMuch = 100'000'000'000;
constexpr int kMostJobs = 50;

// A refusal is what these are for; only the end of the world, and a client that gave up, go on.
absl::Status Refusable(const absl::Status& status) {
  return absl::IsCancelled(status) ? status : absl::OkStatus();
}

class Nuisance {
 public:
  Nuisance(Client& client, const Shop& shop) : client_(client), shop_(shop) {}

  absl::Status Be() {
    static constexpr std::array kDeeds = {
        &Nuisance::NameTheUnknown,   &Nuisance::OpenWrongly,     &Nuisance::ConfigureWrongly,
        &Nuisance::QuarrelOverLines, &Nuisance::QuarrelOverJobs, &Nuisance::InvoiceWrongly,
        &Nuisance::VoidTwice,        &Nuisance::PayWrongly,      &Nuisance::CancelWrongly,
        &Nuisance::Repeat,           &Nuisance::CountStock,      &Nuisance::OrderStock,
        &Nuisance::ImportWrongly,    &Nuisance::KnowPeople,      &Nuisance::KnowCars,
        &Nuisance::EraseSomebody,    &Nuisance::DriveCars,       &Nuisance::MisuseReaders,
        &Nuisance::AskReports,       &Nuisance::RefundReaders,   &Nuisance::Overfill};
    return (this->*kDeeds[client_.draw().Below(kDeeds.size())])();
  }

 private:
  template <class Api, class Request, class Response>
  absl::Status Try(Method<Api, Request, Response> method, Request request,
                   rpc::Role role = rpc::Role::kOwner) {
    return Refusable(client_.Call(method, std::move(request), role).status());
  }
  bool Often(uint64_t in_hundred) { return client_.draw().Below(100) < in_hundred; }
  template <class IdType>
  std::string Unknown() {
    SeededEntropy entropy(client_.draw().Next());
    FakeClock clock(client_.world().now());
    return IdType::Make(clock, entropy, *SlotOfId(shop_.location_id)).text();
  }
  const std::string& Part() { return client_.draw().Of(shop_.part_ids); }
  const std::string& Customer() { return client_.draw().Of(shop_.customer_ids); }
  const std::string& Vehicle() { return client_.draw().Of(shop_.vehicle_ids); }
  const std::string& Reader() { return client_.draw().Of(shop_.reader_ids); }

  // A ticket of one's own, which is given up in the end.
  absl::StatusOr<tkt::Ticket> OwnTicket(tkt::TicketKind kind) {
    tkt::OpenTicketRequest request;
    request.set_location_id(shop_.location_id);
    request.set_kind(kind);
    if (kind == tkt::TICKET_KIND_REPAIR_ORDER) request.set_vehicle_id(Vehicle());
    ASSIGN_OR_RETURN(const auto opened, client_.Call(&Tickets::OpenTicket, request));
    tkt::AddJobRequest job;
    job.set_ticket_id(opened.ticket().ticket_id());
    job.set_title("Odd job");
    ASSIGN_OR_RETURN(const auto added, client_.Call(&Tickets::AddJob, job));
    return added.ticket();
  }
  absl::Status Void(const std::string& ticket_id) {
    tkt::VoidTicketRequest request;
    request.set_ticket_id(ticket_id);
    request.set_reason("was a bad idea");
    return Try(&Tickets::VoidTicket, request);
  }
  absl::StatusOr<tkt::Ticket> WithPart(const tkt::Ticket& ticket, int64_t milli = 1000) {
    tkt::AddPartLineRequest line;
    line.set_ticket_id(ticket.ticket_id());
    line.set_job_id(ticket.jobs(0).job_id());
    line.set_part_id(shop_.part_ids[1]);
    line.set_quantity_milli(milli);
    line.set_condition(tkt::PART_CONDITION_REBUILT);
    ASSIGN_OR_RETURN(const auto added, client_.Call(&Tickets::AddPartLine, line));
    return added.ticket();
  }
  absl::Status Authorize(const tkt::Ticket& ticket, bool evidence = true) {
    tkt::AuthorizeJobRequest request;
    request.set_ticket_id(ticket.ticket_id());
    request.set_job_id(ticket.jobs(0).job_id());
    request.set_person_ref("customer");
    request.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
    if (evidence) request.set_evidence_id("note");
    return Try(&Tickets::AuthorizeJob, request);
  }

  absl::Status NameTheUnknown() {
    tkt::GetTicketRequest ticket;
    ticket.set_ticket_id(Unknown<TicketId>());
    RETURN_IF_ERROR(Try(&Tickets::GetTicket, ticket));
    tkt::GetLocationRequest location;
    location.set_location_id(Unknown<LocationId>());
    RETURN_IF_ERROR(Try(&Tickets::GetLocation, location));
    tkt::GetPriceRequest price;
    price.set_part_id(Unknown<PartId>());
    RETURN_IF_ERROR(Try(&Tickets::GetPrice, price));
    pay::GetReceivableRequest receivable;
    receivable.set_ticket_id(Unknown<TicketId>());
    RETURN_IF_ERROR(Try(&Payments::GetReceivable, receivable));
    pay::GetPaymentRequest payment;
    payment.set_payment_id(Unknown<PaymentId>());
    RETURN_IF_ERROR(Try(&Payments::GetPayment, payment));
    inv::GetPurchaseOrderRequest order;
    order.set_purchase_order_id(Unknown<PurchaseOrderId>());
    RETURN_IF_ERROR(Try(&Inventory::GetPurchaseOrder, order));
    cv::GetVehicleRequest vehicle;
    vehicle.set_vehicle_id(Unknown<VehicleId>());
    RETURN_IF_ERROR(Try(&People::GetVehicle, vehicle));
    tgw::GetActionRequest action;
    action.set_reader_id(Reader());
    action.set_action_id(Unknown<AttemptId>());
    return Try(&Readers::GetAction, action);
  }

  absl::Status OpenWrongly() {
    tkt::OpenTicketRequest request;
    request.set_location_id(shop_.location_id);
    request.set_kind(tkt::TICKET_KIND_REPAIR_ORDER);
    RETURN_IF_ERROR(Try(&Tickets::OpenTicket, request));  // no vehicle
    request.set_vehicle_id(Vehicle());
    request.set_customer_id(Unknown<CustomerId>());
    RETURN_IF_ERROR(Try(&Tickets::OpenTicket, request));
    request.clear_customer_id();
    request.set_kind(tkt::TICKET_KIND_COUNTER_SALE);
    RETURN_IF_ERROR(Try(&Tickets::OpenTicket, request));  // a vehicle
    request.clear_vehicle_id();
    request.set_ticket_id(Unknown<TicketId>());
    auto opened = client_.Call(&Tickets::OpenTicket, request);
    RETURN_IF_ERROR(Refusable(opened.status()));
    RETURN_IF_ERROR(Try(&Tickets::OpenTicket, request));  // the same id
    return Void(request.ticket_id());
  }

  absl::Status ConfigureWrongly() {
    tkt::GetLocationRequest get;
    get.set_location_id(shop_.location_id);
    auto found = client_.Call(&Tickets::GetLocation, get);
    if (!found.ok()) return Refusable(found.status());
    tkt::ConfigureLocationRequest request;
    *request.mutable_location() = found->location();
    request.mutable_location()->set_currency("EUR");
    RETURN_IF_ERROR(Try(&Tickets::ConfigureLocation, request));
    request.mutable_location()->set_currency("USD");
    request.mutable_location()->set_time_zone("America/Atlantis");
    RETURN_IF_ERROR(Try(&Tickets::ConfigureLocation, request));
    request.mutable_location()->set_time_zone("America/Chicago");
    request.set_expected_version(found->location().version() + 7);
    return Try(&Tickets::ConfigureLocation, request);
  }

  absl::Status QuarrelOverLines() {
    auto own = OwnTicket(Often(50) ? tkt::TICKET_KIND_COUNTER_SALE : tkt::TICKET_KIND_REPAIR_ORDER);
    if (!own.ok()) return Refusable(own.status());
    auto with_part = WithPart(*own);
    if (!with_part.ok()) return Refusable(with_part.status());
    const tkt::Job& job = with_part->jobs(0);
    const tkt::Line& part = job.lines(0);
    tkt::AddLabourLineRequest labour;
    labour.set_ticket_id(own->ticket_id());
    labour.set_job_id(job.job_id());
    labour.set_description("Body work");
    labour.set_hours_centi(100);
    labour.set_labour_type(tkt::LABOUR_TYPE_BODY);
    RETURN_IF_ERROR(Try(&Tickets::AddLabourLine, labour));  // no rate, or no work here
    labour.set_rate_minor(kFarTooMuch);
    labour.set_hours_centi(100'000);
    RETURN_IF_ERROR(Try(&Tickets::AddLabourLine, labour));
    labour.set_job_id(Unknown<JobId>());
    RETURN_IF_ERROR(Try(&Tickets::AddLabourLine, labour));
    tkt::ChangeLineRequest change;
    change.set_ticket_id(own->ticket_id());
    change.set_line_id(part.line_id());
    change.set_hours_centi(3);
    RETURN_IF_ERROR(Try(&Tickets::ChangeLine, change));  // no field of a part
    change.clear_hours_centi();
    change.set_quantity_milli(1'000'000'000);
    change.set_unit_price_minor(kFarTooMuch);
    change.set_price_reason("gold");
    RETURN_IF_ERROR(Try(&Tickets::ChangeLine, change));
    tkt::RemoveLineRequest remove;
    remove.set_ticket_id(own->ticket_id());
    remove.set_line_id(Unknown<LineId>());
    RETURN_IF_ERROR(Try(&Tickets::RemoveLine, remove));
    for (const tkt::Line& line : job.lines()) {
      if (line.kind() != tkt::LINE_KIND_CORE) continue;
      remove.set_line_id(line.line_id());
      RETURN_IF_ERROR(Try(&Tickets::RemoveLine, remove));
      tkt::DiscountLineRequest discount;
      discount.set_ticket_id(own->ticket_id());
      discount.set_line_id(line.line_id());
      discount.mutable_discount()->set_rate_ppm(1000);
      discount.mutable_discount()->set_reason("why not");
      RETURN_IF_ERROR(Try(&Tickets::DiscountLine, discount));
      discount.set_line_id(part.line_id());
      discount.mutable_discount()->set_rate_ppm(900'000);
      RETURN_IF_ERROR(Try(&Tickets::DiscountLine, discount, rpc::Role::kAdvisor));
    }
    tkt::AddPartLineRequest again;
    again.set_ticket_id(own->ticket_id());
    again.set_job_id(job.job_id());
    again.set_line_id(part.line_id());
    again.set_part_id(Part());
    again.set_quantity_milli(1000);
    again.set_condition(tkt::PART_CONDITION_USED);
    RETURN_IF_ERROR(Try(&Tickets::AddPartLine, again));  // the same id
    again.clear_line_id();
    again.set_unit_price_minor(1);
    again.set_price_reason("friend");
    RETURN_IF_ERROR(Try(&Tickets::AddPartLine, again, rpc::Role::kIntegration));
    again.clear_unit_price_minor();
    again.clear_price_reason();
    again.set_part_id(Unknown<PartId>());
    RETURN_IF_ERROR(Try(&Tickets::AddPartLine, again));
    inv::PartRow foreign;
    foreign.set_number("EU-1");
    foreign.set_currency("EUR");
    std::vector<inv::RowResult> results;
    RETURN_IF_ERROR(Refusable(client_.Import({foreign}, &results)));
    if (!results.empty()) {
      again.set_part_id(results[0].part_id());
      RETURN_IF_ERROR(Try(&Tickets::AddPartLine, again));
    }
    tkt::AddJobRequest job_again;
    job_again.set_ticket_id(own->ticket_id());
    job_again.set_job_id(job.job_id());
    job_again.set_title("the same");
    RETURN_IF_ERROR(Try(&Tickets::AddJob, job_again));
    job_again.clear_job_id();
    job_again.set_expected_version(1);
    RETURN_IF_ERROR(Try(&Tickets::AddJob, job_again));
    return Void(own->ticket_id());
  }

  absl::Status QuarrelOverJobs() {
    auto own = OwnTicket(tkt::TICKET_KIND_REPAIR_ORDER);
    if (!own.ok()) return Refusable(own.status());
    auto with_part = WithPart(*own);
    if (!with_part.ok()) return Refusable(with_part.status());
    tkt::StartJobRequest start;
    start.set_ticket_id(own->ticket_id());
    start.set_job_id(own->jobs(0).job_id());
    tkt::CompleteJobRequest complete;
    complete.set_ticket_id(own->ticket_id());
    complete.set_job_id(own->jobs(0).job_id());
    RETURN_IF_ERROR(Try(&Tickets::StartJob, start));  // not authorised
    RETURN_IF_ERROR(Authorize(*own, /*evidence=*/false));
    tkt::DeclineJobRequest decline;
    decline.set_ticket_id(own->ticket_id());
    decline.set_job_id(own->jobs(0).job_id());
    decline.set_reason("no");
    if (Often(50)) {
      RETURN_IF_ERROR(Try(&Tickets::DeclineJob, decline));
      RETURN_IF_ERROR(Refusable(WithPart(*own).status()));  // not active
    }
    RETURN_IF_ERROR(Authorize(*own));
    RETURN_IF_ERROR(Try(&Tickets::DeclineJob, decline));
    RETURN_IF_ERROR(Try(&Tickets::CompleteJob, complete));
    RETURN_IF_ERROR(Try(&Tickets::StartJob, start));
    RETURN_IF_ERROR(Try(&Tickets::StartJob, start));
    tkt::InvoiceTicketRequest invoice;
    invoice.set_ticket_id(own->ticket_id());
    invoice.set_odometer_out(50'000);
    RETURN_IF_ERROR(Try(&Tickets::InvoiceTicket, invoice));  // unfinished
    RETURN_IF_ERROR(Try(&Tickets::CompleteJob, complete));
    RETURN_IF_ERROR(Try(&Tickets::CompleteJob, complete));
    RETURN_IF_ERROR(Try(&Tickets::StartJob, start));
    tkt::AddFeeLineRequest fee;
    fee.set_ticket_id(own->ticket_id());
    fee.set_description("Surprise");
    fee.mutable_fee()->set_base(tkt::FeeRule::BASE_FLAT);
    fee.mutable_fee()->set_unit_amount_minor(900'000);
    RETURN_IF_ERROR(Try(&Tickets::AddFeeLine, fee));
    RETURN_IF_ERROR(Try(&Tickets::InvoiceTicket, invoice));  // over the ceiling
    RETURN_IF_ERROR(Refusable(WithPart(*own).status()));
    RETURN_IF_ERROR(Try(&Tickets::InvoiceTicket, invoice));  // consent outdated
    return Void(own->ticket_id());                           // perhaps work was done
  }

  absl::Status InvoiceWrongly() {
    auto own = OwnTicket(tkt::TICKET_KIND_REPAIR_ORDER);
    if (!own.ok()) return Refusable(own.status());
    tkt::InvoiceTicketRequest invoice;
    invoice.set_ticket_id(own->ticket_id());
    RETURN_IF_ERROR(Try(&Tickets::InvoiceTicket, invoice));  // nothing authorised
    tkt::AddLabourLineRequest labour;
    labour.set_ticket_id(own->ticket_id());
    labour.set_job_id(own->jobs(0).job_id());
    labour.set_description("Work");
    labour.set_hours_centi(100);
    RETURN_IF_ERROR(Try(&Tickets::AddLabourLine, labour));
    RETURN_IF_ERROR(Authorize(*own));
    tkt::StartJobRequest start;
    start.set_ticket_id(own->ticket_id());
    start.set_job_id(own->jobs(0).job_id());
    RETURN_IF_ERROR(Try(&Tickets::StartJob, start));
    tkt::CompleteJobRequest complete;
    complete.set_ticket_id(own->ticket_id());
    complete.set_job_id(own->jobs(0).job_id());
    RETURN_IF_ERROR(Try(&Tickets::CompleteJob, complete));
    RETURN_IF_ERROR(Try(&Tickets::InvoiceTicket, invoice));  // no odometer
    RETURN_IF_ERROR(Void(own->ticket_id()));                 // work was done
    invoice.set_odometer_out(50'000);
    RETURN_IF_ERROR(Try(&Tickets::InvoiceTicket, invoice));
    RETURN_IF_ERROR(Void(own->ticket_id()));  // invoiced
    pay::TakeCashRequest cash;
    cash.set_ticket_id(own->ticket_id());
    cash.set_currency("EUR");
    RETURN_IF_ERROR(Try(&Payments::TakeCash, cash));
    cash.set_currency("USD");
    cash.set_tendered_minor(5);
    RETURN_IF_ERROR(Try(&Payments::TakeCash, cash));
    cash.clear_tendered_minor();
    cash.set_amount_minor(90'000'000);
    RETURN_IF_ERROR(Try(&Payments::TakeCash, cash));
    cash.set_amount_minor(501);
    RETURN_IF_ERROR(Try(&Payments::TakeCash, cash));  // no coins, perhaps
    cash.clear_amount_minor();
    auto taken = client_.Call(&Payments::TakeCash, cash);
    if (!taken.ok()) return Refusable(taken.status());
    RETURN_IF_ERROR(Try(&Payments::TakeCash, cash));  // nothing owed
    cash.set_payment_id(taken->payment().payment_id());
    RETURN_IF_ERROR(Try(&Payments::TakeCash, cash));  // the same id
    pay::CancelPaymentRequest cancel;
    cancel.set_payment_id(taken->payment().payment_id());
    RETURN_IF_ERROR(Try(&Payments::CancelPayment, cancel));
    pay::TakeCardRequest card;
    card.set_ticket_id(own->ticket_id());
    card.set_payment_id(taken->payment().payment_id());
    card.set_reader_id(Reader());
    card.set_currency("USD");
    RETURN_IF_ERROR(Try(&Payments::TakeCard, card));  // not retryable
    pay::RefundPaymentRequest refund;
    refund.set_payment_id(taken->payment().payment_id());
    refund.set_currency("USD");
    refund.set_reason("greed");
    refund.set_amount_minor(90'000'000);
    RETURN_IF_ERROR(Try(&Payments::RefundPayment, refund));
    refund.set_amount_minor(taken->payment().captured_minor());
    RETURN_IF_ERROR(Try(&Payments::RefundPayment, refund, rpc::Role::kCashier));  // over the limit
    refund.set_amount_minor(500);
    refund.set_refund_id(Unknown<RefundId>());
    RETURN_IF_ERROR(Try(&Payments::RefundPayment, refund));
    RETURN_IF_ERROR(Try(&Payments::RefundPayment, refund));  // the same id
    return Void(own->ticket_id());                           // closed, once the news has come
  }

  absl::Status VoidTwice() {
    auto own = OwnTicket(tkt::TICKET_KIND_COUNTER_SALE);
    if (!own.ok()) return Refusable(own.status());
    const int jobs = Often(10) ? kMostJobs : 0;
    for (int i = 0; i < jobs; ++i) {
      tkt::AddJobRequest job;
      job.set_ticket_id(own->ticket_id());
      job.set_title("One more");
      RETURN_IF_ERROR(Try(&Tickets::AddJob, job));
    }
    RETURN_IF_ERROR(Void(own->ticket_id()));
    return Void(own->ticket_id());
  }

  absl::Status PayWrongly() {
    pay::TakeCashRequest cash;
    cash.set_ticket_id(Unknown<TicketId>());
    cash.set_currency("USD");
    RETURN_IF_ERROR(Try(&Payments::TakeCash, cash));
    cash.set_amount_minor(-5);
    return Try(&Payments::TakeCash, cash);
  }

  absl::Status CancelWrongly() {
    pay::CancelPaymentRequest cancel;
    cancel.set_payment_id(Unknown<PaymentId>());
    RETURN_IF_ERROR(Try(&Payments::CancelPayment, cancel));
    auto own = OwnTicket(tkt::TICKET_KIND_COUNTER_SALE);
    if (!own.ok()) return Refusable(own.status());
    RETURN_IF_ERROR(Refusable(WithPart(*own).status()));
    RETURN_IF_ERROR(Authorize(*own));
    tkt::InvoiceTicketRequest invoice;
    invoice.set_ticket_id(own->ticket_id());
    RETURN_IF_ERROR(Try(&Tickets::InvoiceTicket, invoice));
    tgw::ScriptSimulatorRequest script;
    script.set_reader_id(Reader());
    tgw::SimulatedOutcome& slow = *script.add_outcomes();
    slow.set_kind(Often(50) ? tgw::SimulatedOutcome::KIND_TIME_OUT
                            : tgw::SimulatedOutcome::KIND_APPROVE);
    slow.mutable_delay()->set_seconds(40);
    RETURN_IF_ERROR(Try(&Readers::ScriptSimulator, script));
    pay::TakeCardRequest card;
    card.set_ticket_id(own->ticket_id());
    card.set_reader_id(script.reader_id());
    card.set_currency("USD");
    auto taken = client_.Call(&Payments::TakeCard, card);
    if (!taken.ok()) return Refusable(taken.status());
    pay::RefundPaymentRequest refund;
    refund.set_payment_id(taken->payment().payment_id());
    refund.set_currency("USD");
    refund.set_reason("too early");
    refund.set_amount_minor(100);
    RETURN_IF_ERROR(Try(&Payments::RefundPayment, refund));  // not captured, or unknown
    if (!client_.world().Sleep(absl::Seconds(client_.draw().Between(1, 80)))) {
      return absl::CancelledError("the world ends");
    }
    cancel.set_payment_id(taken->payment().payment_id());
    RETURN_IF_ERROR(Try(&Payments::CancelPayment, cancel));
    card.set_payment_id(taken->payment().payment_id());
    return Try(&Payments::TakeCard, card);
  }

  absl::Status Repeat() {
    inv::ChangePriceRequest price;
    price.set_request_id(client_.NextRequestId());
    price.set_part_id(Part());
    price.set_list_price_minor(client_.draw().Between(100, 30'000));
    // Unless it was answered, it may never have arrived, and the id is free.
    const auto first = client_.Call(&Inventory::ChangePrice, price);
    if (!first.ok()) return Refusable(first.status());
    RETURN_IF_ERROR(Try(&Inventory::ChangePrice, price));
    price.set_list_price_minor(1);
    const auto reused = client_.Call(&Inventory::ChangePrice, price);
    if (reused.ok()) client_.world().Fail("a request id was taken for other content");
    return Refusable(reused.status());
  }

  absl::Status CountStock() {
    inv::AdjustStockRequest adjust;
    adjust.set_part_id(Part());
    adjust.set_location_id(shop_.location_id);
    adjust.set_change_milli(1000 * client_.draw().Between(1, 3));
    adjust.set_reason(inv::ADJUST_REASON_FOUND);
    RETURN_IF_ERROR(Try(&Inventory::AdjustStock, adjust));
    adjust.set_change_milli(-1'000'000'000);
    adjust.set_reason(inv::ADJUST_REASON_LOST);
    RETURN_IF_ERROR(Try(&Inventory::AdjustStock, adjust));
    adjust.set_reason(inv::ADJUST_REASON_OTHER);
    RETURN_IF_ERROR(Try(&Inventory::AdjustStock, adjust));
    adjust.set_change_milli(0);
    adjust.set_note("nothing");
    RETURN_IF_ERROR(Try(&Inventory::AdjustStock, adjust));
    inv::ReceiveStockRequest receive;
    receive.set_part_id(Unknown<PartId>());
    receive.set_location_id(shop_.location_id);
    receive.set_quantity_milli(1000);
    RETURN_IF_ERROR(Try(&Inventory::ReceiveStock, receive));
    receive.set_part_id(Part());
    receive.set_unit_cost_e4(-1);
    RETURN_IF_ERROR(Try(&Inventory::ReceiveStock, receive));
    inv::SetReorderRuleRequest rule;
    rule.set_part_id(Part());
    rule.set_location_id(shop_.location_id);
    rule.set_supplier_id(Unknown<SupplierId>());
    rule.set_reorder_quantity_milli(1000);
    return Try(&Inventory::SetReorderRule, rule);
  }

  absl::Status OrderStock() {
    inv::ListPurchaseOrdersRequest list;
    list.set_location_id(shop_.location_id);
    auto found = client_.Call(&Inventory::ListPurchaseOrders, list);
    if (!found.ok() || found->purchase_orders().empty()) return Refusable(found.status());
    for (const inv::PurchaseOrder& order : found->purchase_orders()) {
      inv::ReceivePurchaseOrderRequest receive;
      receive.set_purchase_order_id(order.purchase_order_id());
      inv::ReceiveLine& line = *receive.add_lines();
      line.set_part_id(Unknown<PartId>());
      line.set_quantity_milli(1000);
      if (Often(20)) RETURN_IF_ERROR(Try(&Inventory::ReceivePurchaseOrder, receive));
      line.set_part_id(order.lines(0).part_id());
      line.set_quantity_milli(1'000'000'000);
      if (Often(20)) RETURN_IF_ERROR(Try(&Inventory::ReceivePurchaseOrder, receive));
      const int64_t left = order.lines(0).quantity_milli() - order.lines(0).received_milli();
      line.set_quantity_milli(Often(50) ? 1000 : std::max<int64_t>(left, 1000));
      RETURN_IF_ERROR(Try(&Inventory::ReceivePurchaseOrder, receive));
    }
    inv::DeliverSimulatedOrderRequest deliver;
    deliver.set_purchase_order_id(found->purchase_orders(0).purchase_order_id());
    return Try(&Inventory::DeliverSimulatedOrder, deliver);
  }

  absl::Status ImportWrongly() {
    std::vector<inv::PartRow> rows(8);
    for (inv::PartRow& row : rows) {
      row.set_number("X-1");
      row.set_brand("Mann");
      row.set_currency("USD");
      row.set_supplier_id(shop_.supplier_id);
    }
    rows[0].set_number("---");
    rows[1].set_gtin("12345");
    rows[2].set_currency("usd");
    rows[3].set_supplier_id(Unknown<SupplierId>());
    rows[4].set_part_id(Part());
    rows[5].set_number("P-100");
    rows[5].set_brand("Brembo");
    rows[5].set_currency("EUR");
    rows[6].add_reorder_rules()->set_location_id("nowhere");
    rows[7].set_description("Oil filter");
    std::vector<inv::RowResult> results;
    const absl::Status status = client_.Import(rows, &results);
    for (const inv::RowResult& result : results) {
      if (result.outcome() != inv::ROW_OUTCOME_REFUSED) continue;
      client_.world().coverage().Count(
          "reason", absl::StrCat("inventory.", inv::ErrorReason_Name(result.reason())));
    }
    inv::RegisterSupplierRequest supplier;
    supplier.set_name("midwest  auto parts");
    RETURN_IF_ERROR(Refusable(status));
    RETURN_IF_ERROR(Try(&Inventory::RegisterSupplier, supplier));
    supplier.set_supplier_id(shop_.supplier_id);
    supplier.set_name("Another");
    return Try(&Inventory::RegisterSupplier, supplier);
  }

  absl::Status KnowPeople() {
    cv::AddNoteRequest note;
    note.set_customer_id(Customer());
    note.set_text("likes coffee");
    RETURN_IF_ERROR(Try(&People::AddNote, note));
    cv::SetPreferencesRequest preferences;
    preferences.set_customer_id(Customer());
    preferences.mutable_preferences()->set_language("en");
    RETURN_IF_ERROR(Try(&People::SetPreferences, preferences));
    cv::UpdateCustomerRequest update;
    update.set_customer_id(Customer());
    update.mutable_personal()->set_family_name("Whitfield-Ames");
    RETURN_IF_ERROR(Try(&People::UpdateCustomer, update));
    update.set_customer_id(Unknown<CustomerId>());
    RETURN_IF_ERROR(Try(&People::UpdateCustomer, update));
    cv::RegisterCustomerRequest again;
    again.set_customer_id(Customer());
    again.mutable_personal()->set_family_name("Nobody");
    return Try(&People::RegisterCustomer, again);
  }

  absl::Status EraseSomebody() {
    cv::EraseCustomerRequest erase;
    erase.set_customer_id(shop_.customer_ids.back());
    const absl::Status erased = client_.Call(&People::EraseCustomer, erase).status();
    if (!erased.ok() && rpc::ErrorReason(erased) != "CUSTOMER_ERASED") return Refusable(erased);
    cv::AddNoteRequest note;
    note.set_customer_id(shop_.customer_ids.back());
    note.set_text("was here");
    RETURN_IF_ERROR(Try(&People::AddNote, note));
    cv::GetCustomerRequest get;
    get.set_customer_id(shop_.customer_ids.back());
    auto found = client_.Call(&People::GetCustomer, get);
    if (found.ok() && found->customer().has_personal()) {
      client_.world().Fail("an erased person can still be read");
    }
    return Refusable(found.status());
  }

  absl::Status KnowCars() {
    cv::RegisterVehicleRequest vehicle;
    vehicle.set_vin("1G4AH59H45G118341");
    RETURN_IF_ERROR(Try(&People::RegisterVehicle, vehicle));
    RETURN_IF_ERROR(Try(&People::RegisterVehicle, vehicle));  // taken
    vehicle.set_vin("IG4AH59H45G118341");
    RETURN_IF_ERROR(Try(&People::RegisterVehicle, vehicle));
    vehicle.clear_vin();
    vehicle.set_unit_number("7");
    vehicle.set_vehicle_id(Vehicle());
    RETURN_IF_ERROR(Try(&People::RegisterVehicle, vehicle));
    cv::UpdateVehicleRequest update;
    update.set_vehicle_id(Vehicle());
    update.set_model("Regal");
    return Try(&People::UpdateVehicle, update);
  }

  absl::Status DriveCars() {
    cv::LinkVehicleRequest link;
    link.set_vehicle_id(Vehicle());
    link.set_customer_id(shop_.customer_ids[0]);
    link.set_from_date("2026-02-01");
    RETURN_IF_ERROR(Try(&People::LinkVehicle, link));
    RETURN_IF_ERROR(Try(&People::LinkVehicle, link));
    cv::EndOwnershipRequest end;
    end.set_vehicle_id(link.vehicle_id());
    end.set_customer_id(link.customer_id());
    end.set_to_date("2020-01-01");
    RETURN_IF_ERROR(Try(&People::EndOwnership, end));
    end.set_to_date("2026-03-01");
    RETURN_IF_ERROR(Try(&People::EndOwnership, end));
    end.set_customer_id(Unknown<CustomerId>());
    RETURN_IF_ERROR(Try(&People::EndOwnership, end));
    cv::RecordOdometerRequest odometer;
    odometer.set_vehicle_id(Vehicle());
    odometer.mutable_reading()->set_value(client_.draw().Between(60'000, 90'000));
    odometer.mutable_reading()->set_unit(cv::ODOMETER_UNIT_MILES);
    odometer.mutable_reading()->set_source("customer");
    RETURN_IF_ERROR(Try(&People::RecordOdometer, odometer));
    odometer.mutable_reading()->set_value(5);
    RETURN_IF_ERROR(Try(&People::RecordOdometer, odometer));
    *odometer.mutable_reading()->mutable_read_at() =
        runtime::ToTimestamp(client_.world().now() - absl::Hours(24 * 365));
    return Try(&People::RecordOdometer, odometer);
  }

  absl::Status MisuseReaders() {
    tgw::RegisterReaderRequest reader;
    reader.set_location_id(shop_.location_id);
    reader.set_reader_id(Reader());
    reader.set_label("Again");
    reader.set_simulated(true);
    RETURN_IF_ERROR(Try(&Readers::RegisterReader, reader));
    tgw::GetReaderRequest get;
    get.set_reader_id(Unknown<ReaderId>());
    RETURN_IF_ERROR(Try(&Readers::GetReader, get));
    tgw::CancelActionRequest cancel;
    cancel.set_reader_id(Reader());
    cancel.set_action_id(Unknown<AttemptId>());
    cancel.set_fencing_token(1);
    RETURN_IF_ERROR(Try(&Readers::CancelAction, cancel, rpc::Role::kService));
    tgw::ResolveActionRequest resolve;
    resolve.set_reader_id(Reader());
    resolve.set_action_id(Unknown<AttemptId>());
    RETURN_IF_ERROR(Try(&Readers::ResolveAction, resolve, rpc::Role::kService));
    tgw::ProcessPaymentRequest late;
    late.set_reader_id(resolve.reader_id());
    late.set_action_id(resolve.action_id());
    late.set_amount_minor(100);
    late.set_currency(std::string(kForeign));
    late.set_ticket_id(Unknown<TicketId>());
    return Try(&Readers::ProcessPayment, late, rpc::Role::kService);
  }

  // Past payment, in a currency that no sale has.
  absl::Status RefundReaders() {
    tgw::ScriptSimulatorRequest script;
    script.set_reader_id(Reader());
    tgw::SimulatedOutcome& slow = *script.add_outcomes();
    slow.set_kind(tgw::SimulatedOutcome::KIND_APPROVE);
    slow.mutable_delay()->set_seconds(20);
    RETURN_IF_ERROR(Try(&Readers::ScriptSimulator, script));
    tgw::ProcessPaymentRequest charge;
    charge.set_reader_id(script.reader_id());
    charge.set_action_id(Unknown<AttemptId>());
    charge.set_amount_minor(1000);
    charge.set_currency(std::string(kForeign));
    charge.set_ticket_id(Unknown<TicketId>());
    RETURN_IF_ERROR(Try(&Readers::ProcessPayment, charge, rpc::Role::kService));
    tgw::ProcessRefundRequest refund;
    refund.set_reader_id(script.reader_id());
    refund.set_action_id(Unknown<RefundId>());
    refund.set_original_action_id(charge.action_id());
    refund.set_amount_minor(2000);
    refund.set_currency(std::string(kForeign));
    refund.set_ticket_id(charge.ticket_id());
    RETURN_IF_ERROR(Try(&Readers::ProcessRefund, refund, rpc::Role::kService));  // not over yet
    tgw::CancelActionRequest cancel;
    cancel.set_reader_id(script.reader_id());
    cancel.set_action_id(charge.action_id());
    cancel.set_fencing_token(1'000'000);
    RETURN_IF_ERROR(Try(&Readers::CancelAction, cancel, rpc::Role::kService));  // not its token
    charge.clear_request_id();
    charge.set_amount_minor(999);
    RETURN_IF_ERROR(Try(&Readers::ProcessPayment, charge, rpc::Role::kService));  // differs
    charge.set_action_id(Unknown<AttemptId>());
    RETURN_IF_ERROR(Try(&Readers::ProcessPayment, charge, rpc::Role::kService));  // busy
    if (!client_.world().Sleep(absl::Seconds(30))) return absl::CancelledError("the world ends");
    tgw::GetActionRequest get;
    get.set_reader_id(script.reader_id());
    get.set_action_id(cancel.action_id());
    auto found = client_.Call(&Readers::GetAction, get);
    if (!found.ok()) return Refusable(found.status());
    cancel.set_fencing_token(found->action().fencing_token());
    RETURN_IF_ERROR(Try(&Readers::CancelAction, cancel, rpc::Role::kService));   // over
    RETURN_IF_ERROR(Try(&Readers::ProcessRefund, refund, rpc::Role::kService));  // too much
    refund.set_original_action_id(Unknown<AttemptId>());
    return Try(&Readers::ProcessRefund, refund, rpc::Role::kService);
  }

  absl::Status AskReports() {
    rep::GetTicketFactsRequest facts;
    facts.set_ticket_id(Unknown<TicketId>());
    RETURN_IF_ERROR(Try(&Reports::GetTicketFacts, facts));
    rep::ListFigureSourcesRequest sources;
    sources.set_location_id(shop_.location_id);
    sources.set_figure_id("daily_sales/2026-01-01/USD");
    return Try(&Reports::ListFigureSources, sources);
  }

  absl::Status Overfill() {
    inv::ReceiveStockRequest receive;
    receive.set_part_id(shop_.part_ids[0]);
    receive.set_location_id(shop_.location_id);
    receive.set_quantity_milli(1'000'000'000'000);
    receive.set_unit_cost_e4(1'000'000'000'000);
    return Try(&Inventory::ReceiveStock, receive);  // too large to be valued
  }

  Client& client_;
  const Shop& shop_;
};

}  // namespace

absl::Status BeNuisance(Client& client, const Shop& shop, const Acknowledgements&) {
  if (!client.world().Sleep(client.draw().Skewed(absl::Milliseconds(1), absl::Minutes(1)))) {
    return absl::CancelledError("the world ends");
  }
  return Nuisance(client, shop).Be();
}

}  // namespace pitlane::simulation
