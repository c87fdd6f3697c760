#include "services/payment/payment.h"

#include <memory>
#include <utility>
#include <vector>

#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/payment/api/payment_service.h"
#include "services/payment/cards/card_effects.h"
#include "services/payment/cards/gateway_terminal.h"
#include "services/payment/projections/card_actions.h"
#include "services/payment/projections/ticket_payments.h"
#include "services/payment/reactors/on_action_canceled.h"
#include "services/payment/reactors/on_action_failed.h"
#include "services/payment/reactors/on_action_refused.h"
#include "services/payment/reactors/on_action_succeeded.h"
#include "services/payment/reactors/on_action_timed_out.h"
#include "services/payment/reactors/on_credit_memo_issued.h"
#include "services/payment/reactors/on_ticket_invoiced.h"
#include "services/payment/tendering.h"

namespace pitlane::payment {
namespace {

std::vector<std::unique_ptr<runtime::Projection>> MakeProjections() {
  std::vector<std::unique_ptr<runtime::Projection>> projections;
  projections.push_back(std::make_unique<CardActions>());
  projections.push_back(std::make_unique<TicketPayments>());
  return projections;
}

std::vector<std::unique_ptr<runtime::Reactor>> MakeReactors() {
  std::vector<std::unique_ptr<runtime::Reactor>> reactors;
  reactors.push_back(std::make_unique<OnTicketInvoiced>());
  reactors.push_back(std::make_unique<OnCreditMemoIssued>());
  reactors.push_back(std::make_unique<OnActionSucceeded>());
  reactors.push_back(std::make_unique<OnActionFailed>());
  reactors.push_back(std::make_unique<OnActionCanceled>());
  reactors.push_back(std::make_unique<OnActionTimedOut>());
  reactors.push_back(std::make_unique<OnActionRefused>());
  return reactors;
}

std::vector<std::unique_ptr<runtime::EffectHandler>> MakeEffects(
    const std::shared_ptr<CardTerminal>& terminal) {
  std::vector<std::unique_ptr<runtime::EffectHandler>> handlers;
  handlers.push_back(std::make_unique<CardCharger>(terminal));
  handlers.push_back(std::make_unique<CardRefunder>(terminal));
  handlers.push_back(std::make_unique<CardCanceler>(terminal));
  return handlers;
}

std::vector<std::unique_ptr<grpc::Service>> MakeServices(const runtime::ServiceEnv& env,
                                                         runtime::HostContext&) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<PaymentServiceApi>(env));
  return services;
}

absl::Status AfterRestore(const google::protobuf::Message& event, runtime::Unit& unit) {
  const auto& fact = static_cast<const v1::PaymentEvent&>(event);
  switch (fact.event_case()) {
    case v1::PaymentEvent::kAttemptStarted:
    case v1::PaymentEvent::kPaymentCaptured:
    case v1::PaymentEvent::kPaymentDeclined:
    case v1::PaymentEvent::kPaymentCancelRequested:
    case v1::PaymentEvent::kPaymentCanceled:
    case v1::PaymentEvent::kRefundStarted:
    case v1::PaymentEvent::kPaymentRefunded:
    case v1::PaymentEvent::kRefundFailed:
      return ReopenCards(unit, fact.meta().stream_id());
    case v1::PaymentEvent::kReceivableCreated:
    case v1::PaymentEvent::kReceivableCharged:
    case v1::PaymentEvent::kReceivableReleased:
    case v1::PaymentEvent::kReceivablePaid:
    case v1::PaymentEvent::kReceivableReopened:
    case v1::PaymentEvent::kReceivableCredited:
    case v1::PaymentEvent::kPaymentCreated:
    case v1::PaymentEvent::kOutcomeUnknown:
    case v1::PaymentEvent::kOutcomeResolved:
    case v1::PaymentEvent::EVENT_NOT_SET:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace

runtime::ServiceDefinition MakePaymentService(PaymentOptions options) {
  if (!options.terminal) {
    options.terminal = [](runtime::HostContext& host) {
      return std::make_shared<GatewayTerminal>(host);
    };
  }
  runtime::ServiceDefinition definition;
  definition.area = "payment";
  definition.event_prototype = &v1::PaymentEvent::default_instance();
  definition.listens_to = {
      {"ticket", &ticket::v1::TicketEvent::default_instance()},
      {"terminal_gateway", &terminal_gateway::v1::TerminalGatewayEvent::default_instance()}};
  definition.projections = MakeProjections;
  definition.reactors = MakeReactors;
  definition.after_restore = AfterRestore;
  definition.effects = [terminal = std::move(options.terminal)](runtime::HostContext& host) {
    return MakeEffects(terminal(host));
  };
  definition.services = MakeServices;
  return definition;
}

}  // namespace pitlane::payment
