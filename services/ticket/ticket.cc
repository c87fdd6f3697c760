#include "services/ticket/ticket.h"

#include <memory>
#include <vector>

#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/ticket/api/approval_service.h"
#include "services/ticket/api/credit_service.h"
#include "services/ticket/api/declined_service.h"
#include "services/ticket/api/menu_service.h"
#include "services/ticket/api/payer_service.h"
#include "services/ticket/api/tax_service.h"
#include "services/ticket/api/ticket_service.h"
#include "services/ticket/projections/declined_work.h"
#include "services/ticket/projections/locations.h"
#include "services/ticket/projections/menu.h"
#include "services/ticket/projections/tax_jurisdictions.h"
#include "services/ticket/projections/ticket_index.h"
#include "services/ticket/reactors/on_customer_registered.h"
#include "services/ticket/reactors/on_ownership_ended.h"
#include "services/ticket/reactors/on_part_imported.h"
#include "services/ticket/reactors/on_payment_captured.h"
#include "services/ticket/reactors/on_payment_refunded.h"
#include "services/ticket/reactors/on_price_changed.h"
#include "services/ticket/reactors/on_subject_erased.h"

namespace pitlane::ticket {
namespace {

std::vector<std::unique_ptr<runtime::Projection>> MakeProjections() {
  std::vector<std::unique_ptr<runtime::Projection>> projections;
  projections.push_back(std::make_unique<Locations>());
  projections.push_back(std::make_unique<TicketIndex>());
  projections.push_back(std::make_unique<Menu>());
  projections.push_back(std::make_unique<TaxJurisdictions>());
  projections.push_back(std::make_unique<DeclinedWorkView>());
  return projections;
}

std::vector<std::unique_ptr<runtime::Reactor>> MakeReactors() {
  std::vector<std::unique_ptr<runtime::Reactor>> reactors;
  reactors.push_back(std::make_unique<OnPartImported>());
  reactors.push_back(std::make_unique<OnPriceChanged>());
  reactors.push_back(std::make_unique<OnCustomerRegistered>());
  reactors.push_back(std::make_unique<OnSubjectErased>());
  reactors.push_back(std::make_unique<OnOwnershipEnded>());
  reactors.push_back(std::make_unique<OnPaymentCaptured>());
  reactors.push_back(std::make_unique<OnPaymentRefunded>());
  return reactors;
}

std::vector<std::unique_ptr<grpc::Service>> MakeServices(const runtime::ServiceEnv& env,
                                                         runtime::HostContext&) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<TicketServiceApi>(env));
  services.push_back(std::make_unique<MenuServiceApi>(env));
  services.push_back(std::make_unique<TaxServiceApi>(env));
  services.push_back(std::make_unique<PayerServiceApi>(env));
  services.push_back(std::make_unique<ApprovalServiceApi>(env));
  services.push_back(std::make_unique<CreditServiceApi>(env));
  services.push_back(std::make_unique<DeclinedWorkServiceApi>(env));
  return services;
}

}  // namespace

runtime::ServiceDefinition MakeTicketService() {
  runtime::ServiceDefinition definition;
  definition.area = "ticket";
  definition.event_prototype = &v1::TicketEvent::default_instance();
  definition.listens_to = {
      {"customer_vehicle", &customer_vehicle::v1::CustomerVehicleEvent::default_instance()},
      {"inventory", &inventory::v1::InventoryEvent::default_instance()},
      {"payment", &payment::v1::PaymentEvent::default_instance()},
  };
  definition.projections = MakeProjections;
  definition.reactors = MakeReactors;
  definition.services = MakeServices;
  return definition;
}

}  // namespace pitlane::ticket
