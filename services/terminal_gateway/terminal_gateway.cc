#include "services/terminal_gateway/terminal_gateway.h"

#include <utility>
#include <vector>

#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "services/terminal_gateway/api/terminal_gateway_service.h"
#include "services/terminal_gateway/devices/reader_calls.h"
#include "services/terminal_gateway/devices/simulated_reader.h"
#include "services/terminal_gateway/projections/actions.h"
#include "services/terminal_gateway/projections/readers.h"
#include "services/terminal_gateway/reader_actions.h"

namespace pitlane::terminal_gateway {
namespace {

std::vector<std::unique_ptr<runtime::Projection>> MakeProjections() {
  std::vector<std::unique_ptr<runtime::Projection>> projections;
  projections.push_back(std::make_unique<Actions>());
  projections.push_back(std::make_unique<Readers>());
  return projections;
}

absl::Status AfterRestore(const google::protobuf::Message& event, runtime::Unit& unit) {
  const auto& fact = static_cast<const v1::TerminalGatewayEvent&>(event);
  using Event = v1::TerminalGatewayEvent;
  const auto reopen = [&unit](const auto& of) {
    return ReopenAction(unit, of.reader_id(), of.action_id());
  };
  switch (fact.event_case()) {
    case Event::kActionStarted:
      return reopen(fact.action_started().action());
    case Event::kActionCancelRequested:
      return reopen(fact.action_cancel_requested());
    case Event::kActionSucceeded:
      return reopen(fact.action_succeeded());
    case Event::kActionFailed:
      return reopen(fact.action_failed());
    case Event::kActionCanceled:
      return reopen(fact.action_canceled());
    case Event::kReaderRegistered:
    case Event::kSimulatorScripted:
    case Event::kActionTimedOut:
    case Event::kActionResolved:
    case Event::kActionRefused:
    case Event::EVENT_NOT_SET:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace

runtime::ServiceDefinition MakeTerminalGatewayService(TerminalGatewayOptions options) {
  if (!options.readers) {
    options.readers = [](Clock& clock) { return std::make_shared<SimulatedReader>(clock); };
  }
  runtime::ServiceDefinition definition;
  definition.area = "terminal_gateway";
  definition.event_prototype = &v1::TerminalGatewayEvent::default_instance();
  definition.projections = MakeProjections;
  definition.after_restore = AfterRestore;
  definition.effects = [readers = options.readers](runtime::HostContext& host) {
    const std::shared_ptr<ReaderPort> port = readers(host.clock());
    std::vector<std::unique_ptr<runtime::EffectHandler>> handlers;
    handlers.push_back(std::make_unique<ActionStarter>(port));
    handlers.push_back(std::make_unique<ActionCanceler>(port));
    return handlers;
  };
  definition.services = [by_amount = options.simulate_by_amount](const runtime::ServiceEnv& env,
                                                                 runtime::HostContext&) {
    std::vector<std::unique_ptr<grpc::Service>> services;
    services.push_back(std::make_unique<TerminalGatewayServiceApi>(env, by_amount));
    return services;
  };
  return definition;
}

}  // namespace pitlane::terminal_gateway
