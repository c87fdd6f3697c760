#include "services/inventory/projections/supplier_names.h"

#include "services/inventory/domain/supplier.h"

namespace pitlane::inventory {

void SupplierNames::On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_supplier_registered()) return;
  const v1::Supplier& supplier = event.supplier_registered().supplier();
  rows.Put(FoldName(supplier.name()), supplier.supplier_id());
}

absl::StatusOr<std::optional<std::string>> SupplierNames::Find(runtime::ViewReader& views,
                                                               std::string_view name) {
  return views.Get(kView, FoldName(name));
}

}  // namespace pitlane::inventory
