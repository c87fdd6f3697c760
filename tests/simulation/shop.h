// What is sold, by whom, to whom: the shop that every seed begins with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/simulation/client.h"

namespace pitlane::simulation {

struct Shop {
  std::string location_id;
  std::vector<std::string> part_ids;
  std::string supplier_id;
  std::vector<std::string> customer_ids;  // the last one is erased half way
  std::vector<std::string> vehicle_ids;
  std::vector<std::string> reader_ids;
  bool ready = false;
};

// Loads it. A refusal is an error.
absl::Status LoadShop(Client& client, Shop& shop);

}  // namespace pitlane::simulation
