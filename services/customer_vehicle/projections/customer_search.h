// Customers by the beginnings of their names' words, the ends of their phones, their e-mails.
//
// Nothing in it can be read: "t", search token (16 bytes), customer id → nothing, and "k", customer
// id → CustomerSearchKeys, the rows of that customer. Tokens are keyed hashes of search terms, so
// that what an erased person was called is not left in old files of the store either.
#pragma once

#include <string>
#include <string_view>

#include "libs/runtime/projection.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"

namespace pitlane::customer_vehicle {

inline constexpr std::string_view kCustomerSearchView = "customer_search";

class CustomerSearch final : public runtime::TypedProjection<v1::CustomerVehicleEvent> {
 public:
  std::string_view view() const override { return kCustomerSearchView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::CustomerVehicleEvent& event, runtime::ViewWriter& rows) override;

 private:
  void Index(const std::string& customer_id, const v1::Sealed& personal, runtime::ViewWriter& rows);
  void Remove(const std::string& customer_id, runtime::ViewWriter& rows);
};

// What the rows of one token begin with; the customer's id follows.
std::string CustomerSearchPrefix(std::string_view token);

}  // namespace pitlane::customer_vehicle
