// The inventory service, put together: what a process and the tests start.
#pragma once

#include <memory>

#include "libs/runtime/service_host.h"
#include "services/inventory/suppliers/supplier_port.h"

namespace pitlane::inventory {

struct InventoryOptions {
  // Where purchase orders go. nullptr: to a simulated supplier in memory. Shared with whoever made
  // it; must be thread-safe.
  std::shared_ptr<SupplierPort> supplier;
  // The simulated supplier delivers with every confirmation, and not only when told.
  bool auto_deliver = false;
};

runtime::ServiceDefinition MakeInventoryService(InventoryOptions options = {});

}  // namespace pitlane::inventory
