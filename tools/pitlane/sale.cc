#include "tools/pitlane/sale.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"

namespace pitlane::tools {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace pay = payment::v1;
namespace rep = reporting::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;

class Sale {
 public:
  Sale(Session& session, const DemoShop& shop, const StepSink& sink)
      : shop_(shop),
        payments_(pay::PaymentService::NewStub(session.channel())),
        story_(session, "sale", sink) {}

  absl::Status Play() {
    RETURN_IF_ERROR(story_.Begin());
    RETURN_IF_ERROR(WriteUp());
    RETURN_IF_ERROR(Work());
    RETURN_IF_ERROR(Settle());
    return Consequences();
  }

 private:
  using Event = Story::Event;

  const tkt::Ticket& ticket() const { return story_.ticket(); }

  absl::Status AddJob(const char* title, const char* complaint) {
    tkt::AddJobRequest request;
    request.set_ticket_id(ticket().ticket_id());
    request.set_title(title);
    request.set_complaint(complaint);
    return story_.Change(&tkt::TicketService::Stub::AddJob, request);
  }

  absl::Status AddLabour(int job, const char* operation, const char* description,
                         int32_t hours_centi) {
    tkt::AddLabourLineRequest request;
    request.set_ticket_id(ticket().ticket_id());
    request.set_job_id(ticket().jobs(job).job_id());
    request.set_description(description);
    request.set_operation_code(operation);
    request.set_hours_centi(hours_centi);
    request.set_labour_type(tkt::LABOUR_TYPE_MECHANICAL);
    request.set_warranty_months(12);
    request.set_warranty_miles(12000);
    return story_.Change(&tkt::TicketService::Stub::AddLabourLine, request);
  }

  absl::Status AddPart(int job, const std::string& part_id, int64_t quantity,
                       tkt::PartCondition condition) {
    tkt::AddPartLineRequest request;
    request.set_ticket_id(ticket().ticket_id());
    request.set_job_id(ticket().jobs(job).job_id());
    request.set_part_id(part_id);
    request.set_quantity_milli(quantity * 1000);
    request.set_condition(condition);
    request.set_warranty_months(24);
    request.set_warranty_miles(24000);
    return story_.Change(&tkt::TicketService::Stub::AddPartLine, request);
  }

  absl::Status Discount() {
    tkt::DiscountLineRequest line;
    line.set_ticket_id(ticket().ticket_id());
    line.set_line_id(ticket().jobs(0).lines(0).line_id());
    line.mutable_discount()->set_rate_ppm(100000);
    line.mutable_discount()->set_reason("brake month");
    RETURN_IF_ERROR(story_.Change(&tkt::TicketService::Stub::DiscountLine, line));
    tkt::DiscountTicketRequest all;
    all.set_ticket_id(ticket().ticket_id());
    all.mutable_discount()->set_amount_minor(2000);
    all.mutable_discount()->set_reason("coupon 20 off");
    return story_.Change(&tkt::TicketService::Stub::DiscountTicket, all);
  }

  absl::Status WriteUpLines() {
    RETURN_IF_ERROR(AddJob("Front brakes", "Grinding noise when braking"));
    RETURN_IF_ERROR(AddLabour(0, "BRK-PAD-F", "Replace front pads and rotors", 180));
    RETURN_IF_ERROR(AddPart(0, shop_.pads_id, 1, tkt::PART_CONDITION_NEW_AFTERMARKET));
    RETURN_IF_ERROR(AddPart(0, shop_.rotor_id, 2, tkt::PART_CONDITION_NEW_AFTERMARKET));
    RETURN_IF_ERROR(AddJob("Alternator", "Battery light on"));
    RETURN_IF_ERROR(AddLabour(1, "ALT-RR", "Replace alternator", 140));
    RETURN_IF_ERROR(AddPart(1, shop_.alternator_id, 1, tkt::PART_CONDITION_REBUILT));
    return Discount();
  }

  absl::Status WriteUp() {
    RETURN_IF_ERROR(story_.Step(
        "open", "ticket", "the adviser opens a repair order",
        [this] {
          tkt::OpenTicketRequest request;
          request.set_location_id(shop_.location_id);
          request.set_kind(tkt::TICKET_KIND_REPAIR_ORDER);
          request.set_customer_id(shop_.customer_id);
          request.set_vehicle_id(shop_.vehicle_id);
          request.set_odometer_in(52310);
          return story_.Change(&tkt::TicketService::Stub::OpenTicket, request);
        },
        story_.OfTicket("TicketOpened")));
    return story_.Step(
        "write_up", "ticket", "two jobs with labour, parts, a core and discounts",
        [this] { return WriteUpLines(); }, story_.OfTicket("TicketDiscounted"));
  }

  absl::Status Authorize() {
    for (const tkt::Job& job :
         std::vector<tkt::Job>(ticket().jobs().begin(), ticket().jobs().end())) {
      tkt::AuthorizeJobRequest request;
      request.set_ticket_id(ticket().ticket_id());
      request.set_job_id(job.job_id());
      request.set_person_ref(shop_.customer_id);
      request.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
      request.set_evidence_id("signature-demo");
      RETURN_IF_ERROR(story_.Change(&tkt::TicketService::Stub::AuthorizeJob, request));
    }
    return absl::OkStatus();
  }

  absl::Status StartJobs() {
    for (const tkt::Job& job :
         std::vector<tkt::Job>(ticket().jobs().begin(), ticket().jobs().end())) {
      tkt::StartJobRequest request;
      request.set_ticket_id(ticket().ticket_id());
      request.set_job_id(job.job_id());
      request.set_technician("demo-technician");
      RETURN_IF_ERROR(story_.Change(&tkt::TicketService::Stub::StartJob, request));
    }
    return absl::OkStatus();
  }

  absl::Status CompleteJobs() {
    for (const tkt::Job& job :
         std::vector<tkt::Job>(ticket().jobs().begin(), ticket().jobs().end())) {
      tkt::CompleteJobRequest request;
      request.set_ticket_id(ticket().ticket_id());
      request.set_job_id(job.job_id());
      request.set_cause("worn beyond the limit");
      request.set_correction("replaced and road-tested");
      RETURN_IF_ERROR(story_.Change(&tkt::TicketService::Stub::CompleteJob, request));
    }
    return absl::OkStatus();
  }

  absl::Status Work() {
    RETURN_IF_ERROR(story_.Step(
        "authorize", "ticket", "the customer signs for both jobs", [this] { return Authorize(); },
        story_.OfTicket("JobAuthorized")));
    RETURN_IF_ERROR(story_.Follows(
        "reserve", "inventory", "the parts are kept for this car", [this](const Event& event) {
          const auto reserved = InnerEvent(event, &inv::InventoryEvent::has_stock_reserved,
                                           &inv::InventoryEvent::stock_reserved);
          return reserved && reserved->ticket_id() == ticket().ticket_id();
        }));
    RETURN_IF_ERROR(story_.Step(
        "start", "ticket", "the technician starts", [this] { return StartJobs(); },
        story_.OfTicket("WorkStarted")));
    return story_.Step(
        "complete", "ticket", "cause and correction are written down",
        [this] { return CompleteJobs(); }, story_.OfTicket("JobCompleted"));
  }

  absl::Status TakeCard() {
    pay::TakeCardRequest request;
    request.set_request_id(story_.NextRequestId());
    request.set_ticket_id(ticket().ticket_id());
    request.set_reader_id(shop_.reader_id);
    request.set_currency(ticket().currency());
    ASSIGN_OR_RETURN(
        const pay::TakeCardResponse response,
        story_.session().Call(*payments_, &pay::PaymentService::Stub::TakeCard, request));
    payment_id_ = response.payment().payment_id();
    attempt_id_ = response.payment().attempt_id();
    return absl::OkStatus();
  }

  absl::Status Settle() {
    RETURN_IF_ERROR(story_.Step(
        "invoice", "ticket", "the invoice is fixed",
        [this] {
          tkt::InvoiceTicketRequest request;
          request.set_ticket_id(ticket().ticket_id());
          request.set_odometer_out(52314);
          return story_.Change(&tkt::TicketService::Stub::InvoiceTicket, request);
        },
        story_.OfTicket("TicketInvoiced")));
    RETURN_IF_ERROR(story_.Follows(
        "receivable", "payment", "the till knows what is owed", [this](const Event& event) {
          return event.meta().stream_id() == ticket().ticket_id() &&
                 event.meta().type() == "pitlane.payment.v1.ReceivableCreated";
        }));
    RETURN_IF_ERROR(story_.Step(
        "charge", "terminal_gateway", "the card reader takes the card",
        [this] { return TakeCard(); },
        [this](const Event& event) {
          const auto success = InnerEvent(event, &tgw::TerminalGatewayEvent::has_action_succeeded,
                                          &tgw::TerminalGatewayEvent::action_succeeded);
          return success && success->action_id() == attempt_id_;
        }));
    return story_.Follows("capture", "payment", "the money is ours", [this](const Event& event) {
      return event.meta().stream_id() == payment_id_ &&
             event.meta().type() == "pitlane.payment.v1.PaymentCaptured";
    });
  }

  absl::Status Consequences() {
    RETURN_IF_ERROR(story_.Follows("close", "ticket", "paid in full, the ticket closes by itself",
                                   story_.OfTicket("TicketClosed")));
    RETURN_IF_ERROR(story_.Follows(
        "issue", "inventory", "stock goes down at moving-average cost", [this](const Event& event) {
          const auto issued = InnerEvent(event, &inv::InventoryEvent::has_stock_issued,
                                         &inv::InventoryEvent::stock_issued);
          return issued && issued->ticket_id() == ticket().ticket_id();
        }));
    RETURN_IF_ERROR(
        story_.Follows("reorder", "inventory", "what ran low is ordered", [](const Event& event) {
          return event.meta().type() == "pitlane.inventory.v1.PurchaseOrderRaised";
        }));
    RETURN_IF_ERROR(story_.Follows(
        "history", "customer_vehicle", "the car's service history grows",
        [this](const Event& event) {
          const auto recorded = InnerEvent(event, &cv::CustomerVehicleEvent::has_service_recorded,
                                           &cv::CustomerVehicleEvent::service_recorded);
          return recorded && recorded->entry().ticket_id() == ticket().ticket_id();
        }));
    RETURN_IF_ERROR(story_.Follows("profile", "customer_vehicle",
                                   "the customer's profile is updated", [this](const Event& event) {
                                     const auto updated = InnerEvent(
                                         event, &cv::CustomerVehicleEvent::has_profile_updated,
                                         &cv::CustomerVehicleEvent::profile_updated);
                                     return updated && updated->ticket_id() == ticket().ticket_id();
                                   }));
    return story_.Follows("report", "reporting", "the day's figures include the sale",
                          [this](const Event& event) {
                            return event.meta().stream_id() == ticket().ticket_id() &&
                                   event.meta().type() == "pitlane.reporting.v1.SaleRecorded";
                          });
  }

  const DemoShop& shop_;
  const std::unique_ptr<pay::PaymentService::Stub> payments_;
  Story story_;
  std::string payment_id_;
  std::string attempt_id_;
};

}  // namespace

absl::Status PlaySale(Session& session, const DemoShop& shop, const StepSink& sink) {
  return Sale(session, shop, sink).Play();
}

}  // namespace pitlane::tools
