#include "tools/pitlane/trigger.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.grpc.pb.h"
#include "tools/pitlane/play.h"

namespace pitlane::tools {
namespace {

namespace inv = inventory::v1;
namespace pay = payment::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;

class Trigger {
 public:
  Trigger(Session& session, const DemoShop& shop, const StepSink& sink)
      : shop_(shop),
        payments_(pay::PaymentService::NewStub(session.channel())),
        readers_(tgw::TerminalGatewayService::NewStub(session.channel())),
        stock_(inv::InventoryService::NewStub(session.channel())),
        story_(session, "trigger", sink) {}

  absl::Status CardDeclined() {
    RETURN_IF_ERROR(Sell());
    tgw::SimulatedOutcome outcome;
    outcome.set_kind(tgw::SimulatedOutcome::KIND_DECLINE);
    outcome.set_decline_code("insufficient_funds");
    RETURN_IF_ERROR(Charge(outcome));
    return story_.Follows("decline", "payment", "the bank says no; the sale stays open",
                          Story::OfStream(payment_id_, "pitlane.payment.v1.PaymentDeclined"));
  }

  absl::Status ReaderLost() {
    RETURN_IF_ERROR(Sell());
    tgw::SimulatedOutcome outcome;
    outcome.set_kind(tgw::SimulatedOutcome::KIND_APPROVE_LOSE_ANSWER);
    RETURN_IF_ERROR(Charge(outcome));
    RETURN_IF_ERROR(
        story_.Follows("unknown", "payment", "the reader is gone: charged or not, nobody knows",
                       Story::OfStream(payment_id_, "pitlane.payment.v1.OutcomeUnknown")));
    RETURN_IF_ERROR(
        story_.Follows("resolve", "payment", "asked again, it says that it has charged",
                       Story::OfStream(payment_id_, "pitlane.payment.v1.OutcomeResolved")));
    return story_.Follows("close", "ticket", "the sale closes by itself, charged once",
                          story_.OfTicket("TicketClosed"));
  }

  absl::Status EstimateApproved() {
    RETURN_IF_ERROR(Open(tkt::TICKET_KIND_REPAIR_ORDER));
    RETURN_IF_ERROR(AddPads());
    RETURN_IF_ERROR(story_.Step(
        "present", "ticket", "the estimate goes to the customer's telephone",
        [this] {
          tkt::PresentEstimateRequest request;
          request.set_ticket_id(story_.ticket().ticket_id());
          request.set_presented_to_ref(shop_.customer_id);
          request.set_channel(tkt::AUTHORIZATION_CHANNEL_SMS);
          return story_.Change(&tkt::TicketService::Stub::PresentEstimate, request);
        },
        story_.OfTicket("EstimatePresented")));
    return story_.Step(
        "approve", "ticket", "the customer answers yes",
        [this] { return Authorize(tkt::AUTHORIZATION_CHANNEL_SMS); },
        story_.OfTicket("JobAuthorized"));
  }

  absl::Status LowStock() {
    RETURN_IF_ERROR(story_.Begin());
    RETURN_IF_ERROR(story_.Step(
        "lose", "inventory", "all but one set of brake pads turn out to be missing",
        [this] { return LosePads(); }, OfType("pitlane.inventory.v1.StockAdjusted")));
    return story_.Follows("reorder", "inventory", "more are ordered",
                          OfType("pitlane.inventory.v1.PurchaseOrderRaised"));
  }

 private:
  absl::Status Open(tkt::TicketKind kind) {
    RETURN_IF_ERROR(story_.Begin());
    return story_.Step(
        "open", "ticket", "a ticket is opened",
        [this, kind] {
          tkt::OpenTicketRequest request;
          request.set_location_id(shop_.location_id);
          request.set_kind(kind);
          request.set_customer_id(shop_.customer_id);
          if (kind == tkt::TICKET_KIND_REPAIR_ORDER) request.set_vehicle_id(shop_.vehicle_id);
          return story_.Change(&tkt::TicketService::Stub::OpenTicket, request);
        },
        story_.OfTicket("TicketOpened"));
  }

  absl::Status AddPads() {
    return story_.Step(
        "write_up", "ticket", "one set of brake pads",
        [this]() -> absl::Status {
          tkt::AddJobRequest job;
          job.set_ticket_id(story_.ticket().ticket_id());
          job.set_title("Brake pads");
          RETURN_IF_ERROR(story_.Change(&tkt::TicketService::Stub::AddJob, job));
          tkt::AddPartLineRequest line;
          line.set_ticket_id(story_.ticket().ticket_id());
          line.set_job_id(story_.ticket().jobs(0).job_id());
          line.set_part_id(shop_.pads_id);
          line.set_quantity_milli(1000);
          line.set_condition(tkt::PART_CONDITION_NEW_AFTERMARKET);
          return story_.Change(&tkt::TicketService::Stub::AddPartLine, line);
        },
        story_.OfTicket("LineAdded"));
  }

  absl::Status Authorize(tkt::AuthorizationChannel channel) {
    tkt::AuthorizeJobRequest request;
    request.set_ticket_id(story_.ticket().ticket_id());
    request.set_job_id(story_.ticket().jobs(0).job_id());
    request.set_person_ref(shop_.customer_id);
    request.set_channel(channel);
    request.set_evidence_id(channel == tkt::AUTHORIZATION_CHANNEL_SMS ? "message-demo"
                                                                      : "signature-demo");
    if (channel == tkt::AUTHORIZATION_CHANNEL_SMS) request.set_contact_ref("phone-1");
    return story_.Change(&tkt::TicketService::Stub::AuthorizeJob, request);
  }

  absl::Status Invoice() {
    RETURN_IF_ERROR(Authorize(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE));
    tkt::InvoiceTicketRequest request;
    request.set_ticket_id(story_.ticket().ticket_id());
    return story_.Change(&tkt::TicketService::Stub::InvoiceTicket, request);
  }

  // A sale over the counter up to its invoice, and the receivable that is to be paid.
  absl::Status Sell() {
    RETURN_IF_ERROR(Open(tkt::TICKET_KIND_COUNTER_SALE));
    RETURN_IF_ERROR(AddPads());
    RETURN_IF_ERROR(story_.Step(
        "invoice", "ticket", "agreed, and the invoice is fixed", [this] { return Invoice(); },
        story_.OfTicket("TicketInvoiced")));
    return story_.Follows(
        "receivable", "payment", "the till knows what is owed",
        Story::OfStream(story_.ticket().ticket_id(), "pitlane.payment.v1.ReceivableCreated"));
  }

  absl::Status Charge(const tgw::SimulatedOutcome& outcome) {
    return story_.Step(
        "charge", "payment", "the customer's card is on the reader",
        [this, &outcome]() -> absl::Status {
          tgw::ScriptSimulatorRequest script;
          script.set_request_id(story_.NextRequestId());
          script.set_reader_id(shop_.reader_id);
          *script.add_outcomes() = outcome;
          RETURN_IF_ERROR(
              story_.session()
                  .Call(*readers_, &tgw::TerminalGatewayService::Stub::ScriptSimulator, script)
                  .status());
          pay::TakeCardRequest request;
          request.set_request_id(story_.NextRequestId());
          request.set_ticket_id(story_.ticket().ticket_id());
          request.set_reader_id(shop_.reader_id);
          request.set_currency(story_.ticket().currency());
          ASSIGN_OR_RETURN(
              const pay::TakeCardResponse response,
              story_.session().Call(*payments_, &pay::PaymentService::Stub::TakeCard, request));
          payment_id_ = response.payment().payment_id();
          return absl::OkStatus();
        },
        Story::OfStream(payment_id_, "pitlane.payment.v1.AttemptStarted"));
  }

  absl::Status LosePads() {
    inv::GetStockRequest look;
    look.set_part_id(shop_.pads_id);
    look.set_location_id(shop_.location_id);
    ASSIGN_OR_RETURN(const inv::GetStockResponse stock,
                     story_.session().Call(*stock_, &inv::InventoryService::Stub::GetStock, look));
    const int64_t spare = stock.level().available_milli() - 1000;
    if (spare <= 0) {
      return absl::FailedPreconditionError(
          "the demo shop has no brake pads to lose; receive what is on order first");
    }
    inv::AdjustStockRequest request;
    request.set_request_id(story_.NextRequestId());
    request.set_part_id(shop_.pads_id);
    request.set_location_id(shop_.location_id);
    request.set_change_milli(-spare);
    request.set_reason(inv::ADJUST_REASON_LOST);
    return story_.session()
        .Call(*stock_, &inv::InventoryService::Stub::AdjustStock, request)
        .status();
  }

  static Story::Wanted OfType(std::string type) {
    return
        [type = std::move(type)](const Story::Event& event) { return event.meta().type() == type; };
  }

  const DemoShop& shop_;
  const std::unique_ptr<pay::PaymentService::Stub> payments_;
  const std::unique_ptr<tgw::TerminalGatewayService::Stub> readers_;
  const std::unique_ptr<inv::InventoryService::Stub> stock_;
  Story story_;
  std::string payment_id_;
};

struct Script {
  Situation situation;
  absl::Status (Trigger::*play)();
};

const std::vector<Script>& Scripts() {
  static const auto* const scripts = new std::vector<Script>{
      {{"card-declined", "a card is declined at the reader, and the sale stays open"},
       &Trigger::CardDeclined},
      {{"reader-lost", "a reader charges and its answer is lost; asked again, it tells"},
       &Trigger::ReaderLost},
      {{"estimate-approved", "an estimate is sent, and the customer approves it by text message"},
       &Trigger::EstimateApproved},
      {{"low-stock", "brake pads run low, and more are ordered"}, &Trigger::LowStock},
  };
  return *scripts;
}

absl::Status Run(const TriggerOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Connect(options.connection));
  ASSIGN_OR_RETURN(const DemoShop shop, LoadDemoShop(*session));
  return PlaySituation(options.situation, *session, shop,
                       options.json ? PrintStepAsJson : PrintStepAsText);
}

}  // namespace

const std::vector<Situation>& Situations() {
  static const auto* const situations = [] {
    auto* all = new std::vector<Situation>;
    for (const Script& script : Scripts()) all->push_back(script.situation);
    return all;
  }();
  return *situations;
}

absl::Status PlaySituation(const std::string& name, Session& session, const DemoShop& shop,
                           const StepSink& sink) {
  const auto script =
      std::find_if(Scripts().begin(), Scripts().end(),
                   [&](const Script& candidate) { return candidate.situation.name == name; });
  if (script == Scripts().end()) {
    return absl::NotFoundError(absl::StrCat("there is no situation '", name, "'"));
  }
  Trigger trigger(session, shop, sink);
  return (trigger.*script->play)();
}

int RunTrigger(const TriggerOptions& options) {
  const absl::Status status = Run(options);
  if (status.ok()) return 0;
  std::cerr << "pitlane trigger: " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
