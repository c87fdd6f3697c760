#include "services/customer_vehicle/customer_vehicle.h"

#include <memory>
#include <vector>

#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/customer_vehicle/api/customer_vehicle_service.h"
#include "services/customer_vehicle/domain/sealing.h"
#include "services/customer_vehicle/projections/customer_search.h"
#include "services/customer_vehicle/projections/service_history.h"
#include "services/customer_vehicle/projections/vehicle_search.h"
#include "services/customer_vehicle/reactors/on_credit_memo_issued.h"
#include "services/customer_vehicle/reactors/on_ticket_closed.h"

namespace pitlane::customer_vehicle {
namespace {

std::vector<std::unique_ptr<runtime::Projection>> MakeProjections() {
  std::vector<std::unique_ptr<runtime::Projection>> projections;
  projections.push_back(std::make_unique<CustomerSearch>());
  projections.push_back(std::make_unique<VehicleSearch>());
  projections.push_back(std::make_unique<ServiceHistory>());
  return projections;
}

std::vector<std::unique_ptr<runtime::Reactor>> MakeReactors() {
  std::vector<std::unique_ptr<runtime::Reactor>> reactors;
  reactors.push_back(std::make_unique<OnTicketClosed>());
  reactors.push_back(std::make_unique<OnCreditMemoIssued>());
  return reactors;
}

// The key of a person who was erased after a backup was made is in that backup still.
absl::Status AfterRestore(const google::protobuf::Message& event, runtime::Unit& unit) {
  const auto& fact = static_cast<const v1::CustomerVehicleEvent&>(event);
  if (fact.has_subject_erased()) {
    unit.DeleteSecret(PersonKeyName(fact.subject_erased().customer_id()));
  }
  return unit.status();
}

}  // namespace

runtime::ServiceDefinition MakeCustomerVehicleService() {
  runtime::ServiceDefinition definition;
  definition.area = "customer_vehicle";
  definition.event_prototype = &v1::CustomerVehicleEvent::default_instance();
  definition.listens_to = {{"ticket", &ticket::v1::TicketEvent::default_instance()}};
  definition.projections = MakeProjections;
  definition.reactors = MakeReactors;
  definition.after_restore = AfterRestore;
  definition.services = [](const runtime::ServiceEnv& env, runtime::HostContext&) {
    std::vector<std::unique_ptr<grpc::Service>> services;
    services.push_back(std::make_unique<CustomerVehicleServiceApi>(env));
    return services;
  };
  return definition;
}

}  // namespace pitlane::customer_vehicle
