// The inventory service as a process; flags in libs/runtime/process_main.h, and one of its own.
#include "libs/runtime/process_main.h"
#include "services/inventory/inventory.h"

int main(int argc, char** argv) {
  pitlane::inventory::InventoryOptions options;
  return pitlane::runtime::ProcessMain(
      argc, argv, "inventory",
      {{"--auto-deliver", "the simulated supplier delivers with its confirmation",
        &options.auto_deliver}},
      [&options] { return pitlane::inventory::MakeInventoryService(options); });
}
