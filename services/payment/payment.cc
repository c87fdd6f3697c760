#include "services/payment/payment.h"

#include <memory>
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
#include "services/payment/reactors/on_ticket_invoiced.h"

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
  reactors.push_back(std::make_unique<OnActionSucceeded>());
  reactors.push_back(std::make_unique<OnActionFailed>());
  reactors.push_back(std::make_unique<OnActionCanceled>());
  reactors.push_back(std::make_unique<OnActionTimedOut>());
  reactors.push_back(std::make_unique<OnActionRefused>());
  return reactors;
}

std::vector<std::unique_ptr<runtime::EffectHandler>> MakeEffects(runtime::HostContext& host) {
  const auto terminal = std::make_shared<GatewayTerminal>(host);
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

}  // namespace

runtime::ServiceDefinition MakePaymentService() {
  runtime::ServiceDefinition definition;
  definition.area = "payment";
  definition.event_prototype = &v1::PaymentEvent::default_instance();
  definition.listens_to = {
      {"ticket", &ticket::v1::TicketEvent::default_instance()},
      {"terminal_gateway", &terminal_gateway::v1::TerminalGatewayEvent::default_instance()}};
  definition.projections = MakeProjections;
  definition.reactors = MakeReactors;
  definition.effects = MakeEffects;
  definition.services = MakeServices;
  return definition;
}

}  // namespace pitlane::payment
