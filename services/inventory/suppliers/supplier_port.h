// The way to suppliers.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "pitlane/inventory/v1/types.pb.h"

namespace pitlane::inventory {

// What a supplier said of an order.
struct SupplierAnswer {
  enum class What {
    kConfirmed,
    kRefused,
    kNeverHeard,  // only from Query
  };
  What what = What::kConfirmed;
  std::string reference;   // confirmed: the supplier's own number
  std::string reason;      // refused
  bool delivered = false;  // confirmed, and the goods came along
};

// An error means that the answer is not known: Query is asked later, and again.
using SupplierDone = std::function<void(absl::StatusOr<SupplierAnswer>)>;

// Calls come from one thread, must not block, and may call `done` before they return; it is called
// exactly once, from any thread.
class SupplierPort {
 public:
  virtual ~SupplierPort() = default;
  // Hands over an order. The same order again (by its id) gets the first answer and is not a second
  // order.
  virtual void Submit(const v1::PurchaseOrder& order, SupplierDone done) = 0;
  // What became of an order that may have been handed over.
  virtual void Query(std::string_view purchase_order_id, SupplierDone done) = 0;
};

}  // namespace pitlane::inventory
