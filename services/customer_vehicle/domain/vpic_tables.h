// NHTSA's vPIC tables as data/make_vpic_tables.py prepares them: lines of fields separated by tabs,
// sorted by their first field, each ended by a line feed. Part of the program's read-only data.
#pragma once

#include <string_view>

namespace pitlane::customer_vehicle {

// Manufacturer code (3 or 6 characters) · "L" for makers of cars and light trucks, else "-" · the
// make to assume · its makes, joined by bars · its schemas, "schema:from:to", newest first, joined
// by commas.
std::string_view VpicManufacturers();
// Schema · for each model "model=keys,keys".
std::string_view VpicSchemas();
// Model in upper-case letters and digits · the makes that have it, joined by bars.
std::string_view VpicModels();

}  // namespace pitlane::customer_vehicle
