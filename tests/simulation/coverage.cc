#include "tests/simulation/coverage.h"

#include <array>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "libs/base/text.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "pitlane/payment/v1/payment_service.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/reporting/v1/reporting_service.pb.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.pb.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "tests/simulation/plan.h"

namespace pitlane::simulation {
namespace {

// From one state of a payment to the next; handbook 5.3, as far as cash and readers go.
constexpr std::array kPaymentEdges = {"NEW>CAPTURED",        "NEW>COLLECTING",
                                      "COLLECTING>CAPTURED", "COLLECTING>DECLINED",
                                      "COLLECTING>CANCELED", "COLLECTING>UNKNOWN",
                                      "UNKNOWN>COLLECTING",  "DECLINED>COLLECTING",
                                      "DECLINED>CANCELED",   "CAPTURED>PARTIALLY_REFUNDED",
                                      "CAPTURED>REFUNDED",   "PARTIALLY_REFUNDED>REFUNDED"};

// What no request of the simulation can reach, and why.
const std::map<std::string, std::string>& Exceptions() {
  static const auto* const exceptions = new std::map<std::string, std::string>{
      {"reason/customer_vehicle.TOO_MANY_NOTES", "takes 500 notes on one customer"},
      {"reason/inventory.LOCATION_NOT_PERMITTED", "imports here have no caller"},
      {"reason/terminal_gateway.READER_NOT_SIMULATED", "every reader of this version is simulated"},
      {"reason/ticket.MONEY_WAS_RECEIVED", "no money is taken before the invoice"},
      {"reason/ticket.TOO_MANY_LINES", "takes 500 lines on one ticket"},
      {"reason/ticket.AMOUNT_TOO_LARGE", "takes hundreds of greatest lines"}};
  return *exceptions;
}

std::string ExceptionOf(const std::string& name) {
  const auto found = Exceptions().find(name);
  return found == Exceptions().end() ? "" : found->second;
}

void AddEvents(const google::protobuf::Descriptor& event, const std::string& area,
               std::vector<Coverage::Wanted>& all) {
  const google::protobuf::OneofDescriptor* kinds = event.oneof_decl(0);
  for (int i = 0; i < kinds->field_count(); ++i) {
    all.push_back({absl::StrCat("event/", area, ".", kinds->field(i)->message_type()->name()), ""});
  }
}

void AddReasons(const google::protobuf::EnumDescriptor& reasons, const std::string& area,
                std::vector<Coverage::Wanted>& all) {
  for (int i = 0; i < reasons.value_count(); ++i) {
    if (reasons.value(i)->number() == 0) continue;
    std::string name = absl::StrCat("reason/", area, ".", reasons.value(i)->name());
    all.push_back({name, ExceptionOf(name)});
  }
}

}  // namespace

void Coverage::Count(std::string_view group, std::string_view what, uint64_t times) {
  counts_[absl::StrCat(ToAbsl(group), "/", ToAbsl(what))] += times;
}

void Coverage::Merge(const Coverage& other) {
  for (const auto& [name, times] : other.counts_) counts_[name] += times;
}

uint64_t Coverage::Of(std::string_view name) const {
  const auto found = counts_.find(name);
  return found == counts_.end() ? 0 : found->second;
}

std::vector<Coverage::Wanted> Coverage::Everything() {
  std::vector<Wanted> all;
  for (int i = 0; i < kFaultCount; ++i) {
    all.push_back({absl::StrCat("fault/", ToAbsl(NameOf(static_cast<Fault>(i)))), ""});
  }
  all.push_back({"outcome/flipped_bit_found", ""});
  for (const char* edge : kPaymentEdges) all.push_back({absl::StrCat("saga/payment.", edge), ""});
  AddEvents(*ticket::v1::TicketEvent::descriptor(), "ticket", all);
  AddEvents(*inventory::v1::InventoryEvent::descriptor(), "inventory", all);
  AddEvents(*customer_vehicle::v1::CustomerVehicleEvent::descriptor(), "customer_vehicle", all);
  AddEvents(*payment::v1::PaymentEvent::descriptor(), "payment", all);
  AddEvents(*terminal_gateway::v1::TerminalGatewayEvent::descriptor(), "terminal_gateway", all);
  AddEvents(*reporting::v1::ReportingEvent::descriptor(), "reporting", all);
  AddReasons(*ticket::v1::ErrorReason_descriptor(), "ticket", all);
  AddReasons(*inventory::v1::ErrorReason_descriptor(), "inventory", all);
  AddReasons(*customer_vehicle::v1::ErrorReason_descriptor(), "customer_vehicle", all);
  AddReasons(*payment::v1::ErrorReason_descriptor(), "payment", all);
  AddReasons(*terminal_gateway::v1::ErrorReason_descriptor(), "terminal_gateway", all);
  AddReasons(*reporting::v1::ErrorReason_descriptor(), "reporting", all);
  return all;
}

std::vector<std::string> Coverage::Missing() const {
  std::vector<std::string> missing;
  for (Wanted& wanted : Everything()) {
    if (wanted.exception.empty() && Of(wanted.name) == 0) missing.push_back(std::move(wanted.name));
  }
  return missing;
}

std::string Coverage::Report() const {
  std::string report;
  std::set<std::string> named;
  for (const Wanted& wanted : Everything()) {
    named.insert(wanted.name);
    const uint64_t times = Of(wanted.name);
    absl::StrAppend(
        &report, times == 0 && wanted.exception.empty() ? "MISSED " : "       ", wanted.name, " ",
        times, wanted.exception.empty() ? "" : absl::StrCat("  (", wanted.exception, ")"), "\n");
  }
  for (const auto& [name, times] : counts_) {
    if (!named.contains(name)) absl::StrAppend(&report, "       ", name, " ", times, "\n");
  }
  return report;
}

}  // namespace pitlane::simulation
