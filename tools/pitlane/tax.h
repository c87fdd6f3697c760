// `pitlane tax load`: places' taxes from files.
#pragma once

#include <string>
#include <vector>

#include "tools/pitlane/connection.h"

namespace pitlane::tools {

struct TaxOptions {
  ConnectionOptions connection;
  std::vector<std::string> files;  // pitlane.ticket.v1.TaxJurisdictions as JSON
  std::string location_id;         // empty: no location is changed
  std::string jurisdiction;        // what holds at the location from now on
};

// The exit code: 0; 1 when something failed. What was loaded before stays; loading again changes
// nothing that is so already.
int RunTaxLoad(const TaxOptions& options);

}  // namespace pitlane::tools
