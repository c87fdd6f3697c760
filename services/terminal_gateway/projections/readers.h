// Which readers a location has: "<location id>/<reader id>", no values. The readers themselves are
// read from their streams' snapshots.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"

namespace pitlane::terminal_gateway {

class Readers final : public runtime::TypedProjection<v1::TerminalGatewayEvent> {
 public:
  static constexpr std::string_view kView = "readers";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::TerminalGatewayEvent& event, runtime::ViewWriter& rows) override;

  // In the order of the ids.
  static absl::StatusOr<runtime::IdPage> List(runtime::ViewReader& views,
                                              std::string_view location_id, size_t limit,
                                              std::optional<std::string> after);
};

}  // namespace pitlane::terminal_gateway
