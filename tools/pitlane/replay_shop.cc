#include "tools/pitlane/replay_shop.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/csv.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/import.h"

namespace pitlane::tools {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;

constexpr uint32_t kSlot = 1998;
constexpr size_t kPeople = 400;
constexpr char kSupplier[] = "Replay supplier";

struct Car {
  int year = 2019;
  std::string make = "Ford";
  std::string model = "F150 Pickup 2WD";
};

absl::StatusOr<std::vector<Car>> ReadCars(const std::string& path) {
  if (path.empty()) return std::vector<Car>(1);
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("--vehicles ", path, " cannot be read"));
  ASSIGN_OR_RETURN(CsvReader reader, CsvReader::Open(file, {"year", "make", "model"}));
  std::vector<Car> cars;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<CsvRow> row, reader.Next());
    if (!row.has_value()) break;
    Car& car = cars.emplace_back();
    if (!absl::SimpleAtoi(std::string(row->Get("year")), &car.year)) {
      return absl::InvalidArgumentError(absl::StrCat(path, " line ", row->line(), ": year"));
    }
    car.make = std::string(row->Get("make"));
    car.model = std::string(row->Get("model"));
  }
  if (cars.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " has no vehicles"));
  return cars;
}

absl::Status ConfigureLocation(Session& session, const ReplayShop& shop) {
  const auto stub = tkt::TicketService::NewStub(session.channel());
  tkt::ConfigureLocationRequest request;
  request.set_request_id("replay-location");
  tkt::Location& location = *request.mutable_location();
  location.set_location_id(shop.location_id);
  location.set_name("Replay");
  location.set_time_zone("America/New_York");
  location.set_currency("USD");
  location.set_tax_rounding(tkt::TAX_ROUNDING_DOCUMENT);
  tkt::TaxRule& tax = *location.add_tax_rules();
  tax.set_rule_id("replay-sales");
  tax.set_authority("State");
  tax.set_rate_ppm(88750);
  tax.add_categories(tkt::TAX_CATEGORY_PART);
  tkt::LabourRate& rate = *location.add_labour_rates();
  rate.set_labour_type(tkt::LABOUR_TYPE_MECHANICAL);
  rate.set_rate_minor(12000);
  return session.Call(*stub, &tkt::TicketService::Stub::ConfigureLocation, request).status();
}

// Cost and price come from the part's number, so that they are the same on every machine.
std::vector<inv::PartRow> PartRows(const Demand& demand, const std::string& location_id) {
  std::vector<int64_t> sold(demand.parts.size(), 0);
  for (const auto& month : demand.months) {
    for (const DemandLine& line : month) sold[static_cast<size_t>(line.part)] += line.units;
  }
  std::vector<inv::PartRow> rows;
  for (size_t i = 0; i < demand.parts.size(); ++i) {
    SeededEntropy dice(i + 1);
    inv::PartRow& row = rows.emplace_back();
    row.set_number(absl::StrCat("CP-", demand.parts[i]));
    row.set_brand("Carparts");
    row.set_description(absl::StrCat("Car part ", demand.parts[i]));
    row.set_category("parts");
    row.set_unit("ea");
    row.set_currency("USD");
    const int64_t cost_minor = 150 + static_cast<int64_t>(dice.Next64() % 18000);
    row.set_unit_cost_e4(cost_minor * 100);
    row.set_list_price_minor(cost_minor * 2);
    row.set_supplier_name(kSupplier);
    inv::ReorderRule& rule = *row.add_reorder_rules();
    rule.set_location_id(location_id);
    // About a month's demand on the shelf, two months' in an order.
    const int64_t monthly =
        std::max<int64_t>(1, sold[i] / static_cast<int64_t>(demand.months.size()));
    rule.set_reorder_point_milli(1000 * (monthly + 1));
    rule.set_reorder_quantity_milli(2000 * monthly);
  }
  return rows;
}

absl::Status RegisterPeople(Session& session, const std::vector<Car>& cars, ReplayShop& shop) {
  const auto stub = cv::CustomerVehicleService::NewStub(session.channel());
  SeededEntropy dice(42);
  for (size_t i = 0; i < kPeople; ++i) {
    const std::string name = absl::StrFormat("replay/person/%d", i);
    shop.customer_ids.push_back(NamedId(CustomerId::kPrefix, kSlot, name));
    shop.vehicle_ids.push_back(NamedId(VehicleId::kPrefix, kSlot, name));
    cv::RegisterCustomerRequest customer;
    customer.set_request_id(absl::StrCat("replay-customer-", i));
    customer.set_customer_id(shop.customer_ids.back());
    customer.mutable_personal()->set_family_name(absl::StrCat("Customer ", i));
    customer.mutable_personal()->add_phones(absl::StrFormat("+1212555%04d", i));
    RETURN_IF_ERROR(
        session.Call(*stub, &cv::CustomerVehicleService::Stub::RegisterCustomer, customer)
            .status());
    const Car& car = cars[dice.Next64() % cars.size()];
    cv::RegisterVehicleRequest vehicle;
    vehicle.set_request_id(absl::StrCat("replay-vehicle-", i));
    vehicle.set_vehicle_id(shop.vehicle_ids.back());
    vehicle.set_year(car.year);
    vehicle.set_make(car.make);
    vehicle.set_model(car.model);
    vehicle.mutable_plate()->set_number(absl::StrFormat("RPL %04d", i));
    vehicle.mutable_plate()->set_region("US-NY");
    vehicle.set_customer_id(shop.customer_ids.back());
    RETURN_IF_ERROR(
        session.Call(*stub, &cv::CustomerVehicleService::Stub::RegisterVehicle, vehicle).status());
  }
  return absl::OkStatus();
}

absl::Status RegisterReaders(Session& session, int count, ReplayShop& shop) {
  const auto stub = tgw::TerminalGatewayService::NewStub(session.channel());
  for (int i = 0; i < count; ++i) {
    shop.reader_ids.push_back(NamedId(ReaderId::kPrefix, kSlot, absl::StrCat("replay/reader/", i)));
    tgw::RegisterReaderRequest request;
    request.set_request_id(absl::StrCat("replay-reader-", i));
    request.set_location_id(shop.location_id);
    request.set_reader_id(shop.reader_ids.back());
    request.set_label(absl::StrCat("Counter ", i + 1));
    request.set_simulated(true);
    RETURN_IF_ERROR(
        session.Call(*stub, &tgw::TerminalGatewayService::Stub::RegisterReader, request).status());
  }
  return absl::OkStatus();
}

}  // namespace

std::string ReplayTicketId(uint64_t seed, int month, int number) {
  return NamedId(TicketId::kPrefix, kSlot,
                 absl::StrCat("replay/ticket/", seed, "/", month, "/", number));
}

absl::StatusOr<ReplayShop> LoadReplayShop(Session& session, const ReplayOptions& options,
                                          const Demand& demand) {
  ASSIGN_OR_RETURN(const std::vector<Car> cars, ReadCars(options.vehicles));
  ReplayShop shop;
  shop.location_id = NamedId(LocationId::kPrefix, kSlot, "replay/location");
  RETURN_IF_ERROR(ConfigureLocation(session, shop));
  RETURN_IF_ERROR(EnsureSupplier(session, kSupplier));
  ASSIGN_OR_RETURN(shop.part_ids, ImportPartRows(session, PartRows(demand, shop.location_id)));
  RETURN_IF_ERROR(RegisterPeople(session, cars, shop));
  RETURN_IF_ERROR(RegisterReaders(session, options.concurrency, shop));
  return shop;
}

}  // namespace pitlane::tools
