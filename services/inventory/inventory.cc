#include "services/inventory/inventory.h"

#include <utility>
#include <vector>

#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/projections/part_gtins.h"
#include "services/inventory/projections/part_numbers.h"
#include "services/inventory/projections/part_words.h"
#include "services/inventory/projections/purchase_orders.h"
#include "services/inventory/projections/stock_levels.h"
#include "services/inventory/projections/stock_places.h"
#include "services/inventory/projections/supplier_names.h"
#include "services/inventory/projections/ticket_stock.h"
#include "services/inventory/purchasing.h"
#include "services/inventory/reactors/on_credit_memo_issued.h"
#include "services/inventory/reactors/on_job_authorized.h"
#include "services/inventory/reactors/on_job_cancelled.h"
#include "services/inventory/reactors/on_job_declined.h"
#include "services/inventory/reactors/on_job_deferred.h"
#include "services/inventory/reactors/on_line_removed.h"
#include "services/inventory/reactors/on_ticket_closed.h"
#include "services/inventory/reactors/on_ticket_voided.h"
#include "services/inventory/suppliers/order_sender.h"
#include "services/inventory/suppliers/simulated_supplier.h"

namespace pitlane::inventory {
namespace {

std::vector<std::unique_ptr<runtime::Projection>> MakeProjections() {
  std::vector<std::unique_ptr<runtime::Projection>> projections;
  projections.push_back(std::make_unique<SupplierNames>());
  projections.push_back(std::make_unique<PartNumbers>());
  projections.push_back(std::make_unique<PartGtins>());
  projections.push_back(std::make_unique<PartWords>());
  projections.push_back(std::make_unique<StockLevels>());
  projections.push_back(std::make_unique<StockPlaces>());
  projections.push_back(std::make_unique<TicketStock>());
  projections.push_back(std::make_unique<PurchaseOrders>());
  return projections;
}

std::vector<std::unique_ptr<runtime::Reactor>> MakeReactors() {
  std::vector<std::unique_ptr<runtime::Reactor>> reactors;
  reactors.push_back(std::make_unique<OnJobAuthorized>());
  reactors.push_back(std::make_unique<OnJobDeclined>());
  reactors.push_back(std::make_unique<OnJobCancelled>());
  reactors.push_back(std::make_unique<OnJobDeferred>());
  reactors.push_back(std::make_unique<OnLineRemoved>());
  reactors.push_back(std::make_unique<OnTicketClosed>());
  reactors.push_back(std::make_unique<OnCreditMemoIssued>());
  reactors.push_back(std::make_unique<OnTicketVoided>());
  return reactors;
}

absl::Status AfterRestore(const google::protobuf::Message& event, runtime::Unit& unit) {
  const auto& fact = static_cast<const v1::InventoryEvent&>(event);
  const bool about_sending = fact.has_purchase_order_sent() ||
                             fact.has_purchase_order_confirmed() ||
                             fact.has_purchase_order_failed();
  return about_sending ? ReopenOrder(unit, fact.meta().stream_id()) : absl::OkStatus();
}

}  // namespace

runtime::ServiceDefinition MakeInventoryService(InventoryOptions options) {
  const bool simulated = options.supplier == nullptr;
  std::shared_ptr<SupplierPort> supplier = std::move(options.supplier);
  if (simulated) supplier = std::make_shared<SimulatedSupplier>(options.auto_deliver);

  runtime::ServiceDefinition definition;
  definition.area = "inventory";
  definition.event_prototype = &v1::InventoryEvent::default_instance();
  definition.listens_to = {{"ticket", &ticket::v1::TicketEvent::default_instance()}};
  definition.projections = MakeProjections;
  definition.reactors = MakeReactors;
  definition.after_restore = AfterRestore;
  definition.effects = [supplier](runtime::HostContext&) {
    std::vector<std::unique_ptr<runtime::EffectHandler>> handlers;
    handlers.push_back(std::make_unique<OrderSender>(supplier));
    return handlers;
  };
  definition.services = [simulated](const runtime::ServiceEnv& env, runtime::HostContext&) {
    std::vector<std::unique_ptr<grpc::Service>> services;
    services.push_back(std::make_unique<InventoryServiceApi>(env, simulated));
    return services;
  };
  return definition;
}

}  // namespace pitlane::inventory
