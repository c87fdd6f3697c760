#include "services/inventory/suppliers/simulated_supplier.h"

#include "absl/strings/str_cat.h"

namespace pitlane::inventory {

void SimulatedSupplier::Submit(const v1::PurchaseOrder& order, SupplierDone done) {
  SupplierAnswer answer;
  {
    absl::MutexLock lock(&mutex_);
    const auto [entry, added] = answers_.try_emplace(order.purchase_order_id());
    if (added) {
      entry->second = {.what = SupplierAnswer::What::kConfirmed,
                       .reference = absl::StrCat("SIM-", order.purchase_order_id()),
                       .reason = "",
                       .delivered = auto_deliver_};
    }
    answer = entry->second;
  }
  done(std::move(answer));
}

void SimulatedSupplier::Query(std::string_view purchase_order_id, SupplierDone done) {
  SupplierAnswer answer{
      .what = SupplierAnswer::What::kNeverHeard, .reference = "", .reason = "", .delivered = false};
  {
    absl::MutexLock lock(&mutex_);
    const auto entry = answers_.find(purchase_order_id);
    if (entry != answers_.end()) answer = entry->second;
  }
  done(std::move(answer));
}

}  // namespace pitlane::inventory
