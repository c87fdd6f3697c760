#include "tools/pitlane/areas.h"

#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::tools {

std::unique_ptr<google::protobuf::Message> NewAreaEvent(std::string_view area) {
  if (area == "ticket") return std::make_unique<ticket::v1::TicketEvent>();
  if (area == "inventory") return std::make_unique<inventory::v1::InventoryEvent>();
  if (area == "customer_vehicle") {
    return std::make_unique<customer_vehicle::v1::CustomerVehicleEvent>();
  }
  if (area == "payment") return std::make_unique<payment::v1::PaymentEvent>();
  if (area == "terminal_gateway") {
    return std::make_unique<terminal_gateway::v1::TerminalGatewayEvent>();
  }
  if (area == "reporting") return std::make_unique<reporting::v1::ReportingEvent>();
  return nullptr;
}

}  // namespace pitlane::tools
