// The inventory service as a process. Besides the common flags (libs/runtime/process_main.h):
// --auto-deliver, or PITLANE_AUTO_DELIVER=1, makes the simulated supplier deliver at once.
#include <cstdlib>
#include <string_view>
#include <vector>

#include "libs/runtime/process_main.h"
#include "services/inventory/inventory.h"

int main(int argc, char** argv) {
  const char* from_environment = std::getenv("PITLANE_AUTO_DELIVER");
  pitlane::inventory::InventoryOptions options;
  options.auto_deliver = from_environment != nullptr && std::string_view(from_environment) == "1";
  std::vector<char*> others;
  for (int i = 0; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--auto-deliver") {
      options.auto_deliver = true;
    } else {
      others.push_back(argv[i]);
    }
  }
  const int count = static_cast<int>(others.size());
  others.push_back(nullptr);
  return pitlane::runtime::ProcessMain(count, others.data(),
                                       pitlane::inventory::MakeInventoryService(options));
}
