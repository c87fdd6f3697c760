// Declined and deferred work by vehicle, the oldest first, while it is open:
//   vehicle, day, ticket, job     → v1::DeclinedWork
//   ticket, job                   → the key of its row
//   ticket that takes work up     → v1::TakenUpRow
//
// A row goes when its job is authorised after all, when a job that takes it up is invoiced, when
// another job with the same operation code is invoiced or turned down again, and when the vehicle
// changes hands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/ticket/v1/declined.pb.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::ticket {

struct DeclinedPage {
  std::vector<v1::DeclinedWork> work;
  std::optional<std::string> resume;  // nothing: that was all
};

class DeclinedWorkView final : public runtime::TypedProjection<v1::TicketEvent> {
 public:
  static constexpr std::string_view kView = "declined_work";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::TicketEvent& event, runtime::ViewWriter& rows) override;

  // Of a vehicle, the oldest first.
  static absl::StatusOr<DeclinedPage> Of(runtime::ViewReader& views, std::string_view vehicle_id,
                                         size_t limit, std::optional<std::string> after);
};

}  // namespace pitlane::ticket
