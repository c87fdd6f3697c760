// A supplier that exists in memory only: confirms everything, and delivers at once or when told
// (InventoryService.DeliverSimulatedOrder).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/inventory/suppliers/supplier_port.h"

namespace pitlane::inventory {

// Forgets its orders with the process; one that was in flight then is "never heard of" and comes
// again. Thread-safe.
class SimulatedSupplier final : public SupplierPort {
 public:
  // `auto_deliver`: the goods come along with every confirmation.
  explicit SimulatedSupplier(bool auto_deliver) : auto_deliver_(auto_deliver) {}

  void Submit(const v1::PurchaseOrder& order, SupplierDone done) override;
  void Query(std::string_view purchase_order_id, SupplierDone done) override;

 private:
  const bool auto_deliver_;
  absl::Mutex mutex_;
  std::map<std::string, SupplierAnswer, std::less<>> answers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::inventory
