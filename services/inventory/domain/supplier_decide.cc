#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "services/inventory/domain/supplier.h"
#include "services/inventory/domain/validation.h"

namespace pitlane::inventory {

std::string FoldName(std::string_view name) {
  std::string folded = absl::AsciiStrToLower(ToAbsl(name));
  absl::RemoveExtraAsciiWhitespace(&folded);
  return folded;
}

absl::Status CheckShape(const RegisterSupplier& command) {
  // Orders are addressed to somebody.
  if (FoldName(command.name).empty()) {
    return rpc::Invalid(v1::TEXT_INVALID, "name", "name must not be empty");
  }
  return CheckTypedText("name", command.name, kMaxSupplierNameBytes);
}

absl::StatusOr<std::vector<v1::InventoryEvent>> Decide(const v1::Supplier& supplier,
                                                       const RegisterSupplier& command) {
  // An id is given out once.
  if (!supplier.supplier_id().empty()) {
    return rpc::AlreadyExists(v1::SUPPLIER_EXISTS,
                              absl::StrCat("there is a supplier ", command.supplier_id));
  }
  // Imports name suppliers: two of one name could not be told apart.
  if (!command.holder_of_name.empty()) {
    return rpc::AlreadyExists(
        v1::SUPPLIER_NAME_TAKEN,
        absl::StrCat("supplier ", command.holder_of_name, " has that name already; use it"));
  }
  v1::InventoryEvent event;
  v1::Supplier& registered = *event.mutable_supplier_registered()->mutable_supplier();
  registered.set_supplier_id(command.supplier_id);
  registered.set_name(std::string(absl::StripAsciiWhitespace(command.name)));
  registered.set_version(1);
  return std::vector{event};
}

}  // namespace pitlane::inventory
