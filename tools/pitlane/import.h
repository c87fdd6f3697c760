// `pitlane import parts|vehicles|customers|labour FILE`: CSV with named columns into the catalogue.
// Running it again with the same file changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "tools/pitlane/connection.h"

namespace pitlane::tools {

struct ImportOptions {
  ConnectionOptions connection;
  std::string what;  // "parts", "vehicles", "customers" or "labour"
  std::string file;
  std::string location_id;  // labour: whose menu
};

struct ImportCounts {
  int64_t imported = 0;
  int64_t updated = 0;
  int64_t unchanged = 0;
  int64_t refused = 0;
};

// Told of every row that is refused: its line, and why.
using RefusedSink = std::function<void(int line, const std::string& why)>;

// Columns of parts: number, description, cost, list_price (required); brand, gtin, category, unit
// ("ea"), currency ("USD"), core, supplier (a name; made when new), location, reorder_point,
// reorder_quantity (whole units).
absl::StatusOr<ImportCounts> ImportParts(Session& session, std::istream& input,
                                         const RefusedSink& refused);
// Columns of vehicles: vin, chassis_number, year, make, model, plate, plate_region, unit_number,
// customer_id; at least one of vin, chassis_number, plate and unit_number identifies a vehicle.
absl::StatusOr<ImportCounts> ImportVehicles(Session& session, std::istream& input,
                                            const RefusedSink& refused);
// Columns of customers: key (required; the shop's own number, never sent as a name), given_name,
// family_name, company, phone, email, address.
absl::StatusOr<ImportCounts> ImportCustomers(Session& session, std::istream& input,
                                             const RefusedSink& refused);

// Columns of a labour guide: operation, hours ("1.40"), source, version (required); make, model,
// engine, year_from, year_to (empty: any). Of the location's menu.
absl::StatusOr<ImportCounts> ImportLabour(Session& session, const std::string& location_id,
                                          std::istream& input, const RefusedSink& refused);

// A supplier of that name, made when there is none.
absl::Status EnsureSupplier(Session& session, const std::string& name);
// Parts that must all be taken: their ids, in the order of the rows. INVALID_ARGUMENT names the
// first row that is refused.
absl::StatusOr<std::vector<std::string>> ImportPartRows(
    Session& session, const std::vector<inventory::v1::PartRow>& rows);

// The exit code: 0 when every row was taken or was there already.
int RunImport(const ImportOptions& options);

}  // namespace pitlane::tools
