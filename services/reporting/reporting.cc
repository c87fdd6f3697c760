#include "services/reporting/reporting.h"

#include <memory>
#include <vector>

#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/reporting/api/reporting_service.h"
#include "services/reporting/projections/category_sales.h"
#include "services/reporting/projections/daily_sales.h"
#include "services/reporting/projections/figure_sources.h"
#include "services/reporting/projections/parts_used.h"
#include "services/reporting/projections/technician_hours.h"
#include "services/reporting/projections/tender_sums.h"
#include "services/reporting/reactors/on_credit_memo_issued.h"
#include "services/reporting/reactors/on_payment_captured.h"
#include "services/reporting/reactors/on_payment_refunded.h"
#include "services/reporting/reactors/on_stock_issued.h"
#include "services/reporting/reactors/on_stock_returned.h"
#include "services/reporting/reactors/on_ticket_closed.h"

namespace pitlane::reporting {
namespace {

std::vector<std::unique_ptr<runtime::Projection>> MakeProjections() {
  std::vector<std::unique_ptr<runtime::Projection>> projections;
  projections.push_back(std::make_unique<DailySalesView>());
  projections.push_back(std::make_unique<CategorySalesView>());
  projections.push_back(std::make_unique<TenderSumsView>());
  projections.push_back(std::make_unique<PartsUsedView>());
  projections.push_back(std::make_unique<TechnicianHoursView>());
  projections.push_back(std::make_unique<FigureSourcesView>());
  return projections;
}

std::vector<std::unique_ptr<runtime::Reactor>> MakeReactors() {
  std::vector<std::unique_ptr<runtime::Reactor>> reactors;
  reactors.push_back(std::make_unique<OnTicketClosed>());
  reactors.push_back(std::make_unique<OnPaymentCaptured>());
  reactors.push_back(std::make_unique<OnPaymentRefunded>());
  reactors.push_back(std::make_unique<OnStockIssued>());
  reactors.push_back(std::make_unique<OnCreditMemoIssued>());
  reactors.push_back(std::make_unique<OnStockReturned>());
  return reactors;
}

}  // namespace

runtime::ServiceDefinition MakeReportingService() {
  runtime::ServiceDefinition definition;
  definition.area = "reporting";
  definition.event_prototype = &v1::ReportingEvent::default_instance();
  definition.listens_to = {{"ticket", &ticket::v1::TicketEvent::default_instance()},
                           {"payment", &payment::v1::PaymentEvent::default_instance()},
                           {"inventory", &inventory::v1::InventoryEvent::default_instance()}};
  definition.projections = MakeProjections;
  definition.reactors = MakeReactors;
  definition.services = [](const runtime::ServiceEnv& env, runtime::HostContext&) {
    std::vector<std::unique_ptr<grpc::Service>> services;
    services.push_back(std::make_unique<ReportingServiceApi>(env));
    return services;
  };
  return definition;
}

}  // namespace pitlane::reporting
