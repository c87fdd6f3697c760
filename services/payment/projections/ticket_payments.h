// Payments by ticket: "<ticket id>/<payment id>", no values. Payment ids sort by the time they were
// made. The payments themselves are read from their streams' snapshots.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/payment/v1/events.pb.h"

namespace pitlane::payment {

class TicketPayments final : public runtime::TypedProjection<v1::PaymentEvent> {
 public:
  static constexpr std::string_view kView = "ticket_payments";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::PaymentEvent& event, runtime::ViewWriter& rows) override;

  // Oldest first.
  static absl::StatusOr<runtime::IdPage> List(runtime::ViewReader& views,
                                              std::string_view ticket_id, size_t limit,
                                              std::optional<std::string> after);
};

}  // namespace pitlane::payment
