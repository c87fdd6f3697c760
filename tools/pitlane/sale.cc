#include "tools/pitlane/sale.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/event_tail.h"

namespace pitlane::tools {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace pay = payment::v1;
namespace rep = reporting::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;

constexpr absl::Duration kPatience = absl::Seconds(20);

class Sale {
 public:
  Sale(Session& session, const DemoShop& shop, const StepSink& sink)
      : session_(session),
        shop_(shop),
        sink_(sink),
        tickets_(tkt::TicketService::NewStub(session.channel())),
        payments_(pay::PaymentService::NewStub(session.channel())),
        nonce_(absl::StrFormat("%016x", Entropy::System().Next64())),
        began_(absl::Now()) {}

  absl::Status Play() {
    for (const char* area :
         {"ticket", "inventory", "customer_vehicle", "payment", "terminal_gateway", "reporting"}) {
      ASSIGN_OR_RETURN(tails_[area], EventTail::Start(session_, area));
    }
    RETURN_IF_ERROR(WriteUp());
    RETURN_IF_ERROR(Work());
    RETURN_IF_ERROR(Settle());
    return Consequences();
  }

 private:
  using Event = EventTail::Event;
  using Wanted = std::function<bool(const Event&)>;

  // Runs `act`, then waits for the event that proves it; reports both as one step.
  absl::Status Step(const char* step, const char* area, std::string what,
                    const std::function<absl::Status()>& act, const Wanted& wanted) {
    SaleStep report{.step = step, .area = area, .what = std::move(what)};
    absl::Status status = act();
    if (status.ok()) {
      absl::StatusOr<Event> event = tails_.at(area)->WaitFor(wanted, kPatience);
      status = event.status();
      if (event.ok()) {
        report.event = event->meta().type();
        report.position = absl::StrCat(event->meta().source(), "@", event->position());
      }
    }
    report.ok = status.ok();
    report.error = std::string(status.message());
    report.elapsed = absl::Now() - began_;
    sink_(report);
    if (status.ok()) return status;
    return absl::Status(status.code(), absl::StrCat("step '", step, "': ", report.error));
  }

  // A consequence: nothing is done for it, it only has to come.
  absl::Status Follows(const char* step, const char* area, std::string what, const Wanted& wanted) {
    return Step(
        step, area, std::move(what), [] { return absl::OkStatus(); }, wanted);
  }

  // An event of this ticket's own stream; the ticket is looked at when the event comes.
  Wanted OfTicket(std::string type) const {
    return [this, type = std::move(type)](const Event& event) {
      return event.meta().stream_id() == ticket_.ticket_id() &&
             event.meta().type() == "pitlane.ticket.v1." + type;
    };
  }

  // A mutation of the ticket; remembers the ticket as it is afterwards.
  template <class Request, class Response>
  absl::Status Change(grpc::Status (tkt::TicketService::Stub::*method)(grpc::ClientContext*,
                                                                       const Request&, Response*),
                      Request request) {
    request.set_request_id(absl::StrCat("sale-", nonce_, "-", ++requests_));
    ASSIGN_OR_RETURN(Response response, session_.Call(*tickets_, method, request));
    ticket_ = std::move(*response.mutable_ticket());
    return absl::OkStatus();
  }

  absl::Status AddJob(const char* title, const char* complaint) {
    tkt::AddJobRequest request;
    request.set_ticket_id(ticket_.ticket_id());
    request.set_title(title);
    request.set_complaint(complaint);
    return Change(&tkt::TicketService::Stub::AddJob, request);
  }

  absl::Status AddLabour(int job, const char* operation, const char* description,
                         int32_t hours_centi) {
    tkt::AddLabourLineRequest request;
    request.set_ticket_id(ticket_.ticket_id());
    request.set_job_id(ticket_.jobs(job).job_id());
    request.set_description(description);
    request.set_operation_code(operation);
    request.set_hours_centi(hours_centi);
    request.set_labour_type(tkt::LABOUR_TYPE_MECHANICAL);
    request.set_warranty_months(12);
    request.set_warranty_miles(12000);
    return Change(&tkt::TicketService::Stub::AddLabourLine, request);
  }

  absl::Status AddPart(int job, const std::string& part_id, int64_t quantity,
                       tkt::PartCondition condition) {
    tkt::AddPartLineRequest request;
    request.set_ticket_id(ticket_.ticket_id());
    request.set_job_id(ticket_.jobs(job).job_id());
    request.set_part_id(part_id);
    request.set_quantity_milli(quantity * 1000);
    request.set_condition(condition);
    request.set_warranty_months(24);
    request.set_warranty_miles(24000);
    return Change(&tkt::TicketService::Stub::AddPartLine, request);
  }

  absl::Status Discount() {
    tkt::DiscountLineRequest line;
    line.set_ticket_id(ticket_.ticket_id());
    line.set_line_id(ticket_.jobs(0).lines(0).line_id());
    line.mutable_discount()->set_rate_ppm(100000);
    line.mutable_discount()->set_reason("brake month");
    RETURN_IF_ERROR(Change(&tkt::TicketService::Stub::DiscountLine, line));
    tkt::DiscountTicketRequest ticket;
    ticket.set_ticket_id(ticket_.ticket_id());
    ticket.mutable_discount()->set_amount_minor(2000);
    ticket.mutable_discount()->set_reason("coupon 20 off");
    return Change(&tkt::TicketService::Stub::DiscountTicket, ticket);
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
    RETURN_IF_ERROR(Step(
        "open", "ticket", "the adviser opens a repair order",
        [this] {
          tkt::OpenTicketRequest request;
          request.set_location_id(shop_.location_id);
          request.set_kind(tkt::TICKET_KIND_REPAIR_ORDER);
          request.set_customer_id(shop_.customer_id);
          request.set_vehicle_id(shop_.vehicle_id);
          request.set_odometer_in(52310);
          return Change(&tkt::TicketService::Stub::OpenTicket, request);
        },
        OfTicket("TicketOpened")));
    return Step(
        "write_up", "ticket", "two jobs with labour, parts, a core and discounts",
        [this] { return WriteUpLines(); }, OfTicket("TicketDiscounted"));
  }

  absl::Status Authorize() {
    for (const tkt::Job& job :
         std::vector<tkt::Job>(ticket_.jobs().begin(), ticket_.jobs().end())) {
      tkt::AuthorizeJobRequest request;
      request.set_ticket_id(ticket_.ticket_id());
      request.set_job_id(job.job_id());
      request.set_person_ref(shop_.customer_id);
      request.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
      request.set_evidence_id("signature-demo");
      RETURN_IF_ERROR(Change(&tkt::TicketService::Stub::AuthorizeJob, request));
    }
    return absl::OkStatus();
  }

  absl::Status StartJobs() {
    for (const tkt::Job& job :
         std::vector<tkt::Job>(ticket_.jobs().begin(), ticket_.jobs().end())) {
      tkt::StartJobRequest request;
      request.set_ticket_id(ticket_.ticket_id());
      request.set_job_id(job.job_id());
      request.set_technician("demo-technician");
      RETURN_IF_ERROR(Change(&tkt::TicketService::Stub::StartJob, request));
    }
    return absl::OkStatus();
  }

  absl::Status CompleteJobs() {
    for (const tkt::Job& job :
         std::vector<tkt::Job>(ticket_.jobs().begin(), ticket_.jobs().end())) {
      tkt::CompleteJobRequest request;
      request.set_ticket_id(ticket_.ticket_id());
      request.set_job_id(job.job_id());
      request.set_cause("worn beyond the limit");
      request.set_correction("replaced and road-tested");
      RETURN_IF_ERROR(Change(&tkt::TicketService::Stub::CompleteJob, request));
    }
    return absl::OkStatus();
  }

  absl::Status Work() {
    RETURN_IF_ERROR(Step(
        "authorize", "ticket", "the customer signs for both jobs", [this] { return Authorize(); },
        OfTicket("JobAuthorized")));
    RETURN_IF_ERROR(Follows(
        "reserve", "inventory", "the parts are kept for this car", [this](const Event& event) {
          const auto reserved = InnerEvent(event, &inv::InventoryEvent::has_stock_reserved,
                                           &inv::InventoryEvent::stock_reserved);
          return reserved && reserved->ticket_id() == ticket_.ticket_id();
        }));
    RETURN_IF_ERROR(Step(
        "start", "ticket", "the technician starts", [this] { return StartJobs(); },
        OfTicket("WorkStarted")));
    return Step(
        "complete", "ticket", "cause and correction are written down",
        [this] { return CompleteJobs(); }, OfTicket("JobCompleted"));
  }

  absl::Status TakeCard() {
    pay::TakeCardRequest request;
    request.set_request_id(absl::StrCat("sale-", nonce_, "-card"));
    request.set_ticket_id(ticket_.ticket_id());
    request.set_reader_id(shop_.reader_id);
    request.set_currency(ticket_.currency());
    ASSIGN_OR_RETURN(const pay::TakeCardResponse response,
                     session_.Call(*payments_, &pay::PaymentService::Stub::TakeCard, request));
    payment_id_ = response.payment().payment_id();
    attempt_id_ = response.payment().attempt_id();
    return absl::OkStatus();
  }

  absl::Status Settle() {
    RETURN_IF_ERROR(Step(
        "invoice", "ticket", "the invoice is fixed",
        [this] {
          tkt::InvoiceTicketRequest request;
          request.set_ticket_id(ticket_.ticket_id());
          request.set_odometer_out(52314);
          return Change(&tkt::TicketService::Stub::InvoiceTicket, request);
        },
        OfTicket("TicketInvoiced")));
    RETURN_IF_ERROR(
        Follows("receivable", "payment", "the till knows what is owed", [this](const Event& event) {
          return event.meta().stream_id() == ticket_.ticket_id() &&
                 event.meta().type() == "pitlane.payment.v1.ReceivableCreated";
        }));
    RETURN_IF_ERROR(Step(
        "charge", "terminal_gateway", "the card reader takes the card",
        [this] { return TakeCard(); },
        [this](const Event& event) {
          const auto success = InnerEvent(event, &tgw::TerminalGatewayEvent::has_action_succeeded,
                                          &tgw::TerminalGatewayEvent::action_succeeded);
          return success && success->action_id() == attempt_id_;
        }));
    return Follows("capture", "payment", "the money is ours", [this](const Event& event) {
      return event.meta().stream_id() == payment_id_ &&
             event.meta().type() == "pitlane.payment.v1.PaymentCaptured";
    });
  }

  absl::Status Consequences() {
    RETURN_IF_ERROR(Follows("close", "ticket", "paid in full, the ticket closes by itself",
                            OfTicket("TicketClosed")));
    RETURN_IF_ERROR(Follows(
        "issue", "inventory", "stock goes down at moving-average cost", [this](const Event& event) {
          const auto issued = InnerEvent(event, &inv::InventoryEvent::has_stock_issued,
                                         &inv::InventoryEvent::stock_issued);
          return issued && issued->ticket_id() == ticket_.ticket_id();
        }));
    RETURN_IF_ERROR(
        Follows("reorder", "inventory", "what ran low is ordered", [](const Event& event) {
          return event.meta().type() == "pitlane.inventory.v1.PurchaseOrderRaised";
        }));
    RETURN_IF_ERROR(Follows(
        "history", "customer_vehicle", "the car's service history grows",
        [this](const Event& event) {
          const auto recorded = InnerEvent(event, &cv::CustomerVehicleEvent::has_service_recorded,
                                           &cv::CustomerVehicleEvent::service_recorded);
          return recorded && recorded->entry().ticket_id() == ticket_.ticket_id();
        }));
    RETURN_IF_ERROR(Follows("profile", "customer_vehicle", "the customer's profile is updated",
                            [this](const Event& event) {
                              const auto updated =
                                  InnerEvent(event, &cv::CustomerVehicleEvent::has_profile_updated,
                                             &cv::CustomerVehicleEvent::profile_updated);
                              return updated && updated->ticket_id() == ticket_.ticket_id();
                            }));
    return Follows("report", "reporting", "the day's figures include the sale",
                   [this](const Event& event) {
                     return event.meta().stream_id() == ticket_.ticket_id() &&
                            event.meta().type() == "pitlane.reporting.v1.SaleRecorded";
                   });
  }

  Session& session_;
  const DemoShop& shop_;
  const StepSink& sink_;
  const std::unique_ptr<tkt::TicketService::Stub> tickets_;
  const std::unique_ptr<pay::PaymentService::Stub> payments_;
  const std::string nonce_;
  const absl::Time began_;
  int requests_ = 0;
  tkt::Ticket ticket_;
  std::string payment_id_;
  std::string attempt_id_;
  std::map<std::string, std::unique_ptr<EventTail>> tails_;
};

}  // namespace

absl::Status PlaySale(Session& session, const DemoShop& shop, const StepSink& sink) {
  return Sale(session, shop, sink).Play();
}

}  // namespace pitlane::tools
