// Every action there ever was: "<reader id>/<action id>" → ActionRecord. What makes an action_id
// count once, and what GetAction shows.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/state.pb.h"

namespace pitlane::terminal_gateway {

class Actions final : public runtime::TypedProjection<v1::TerminalGatewayEvent> {
 public:
  static constexpr std::string_view kView = "actions";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::TerminalGatewayEvent& event, runtime::ViewWriter& rows) override;

  // Nothing: no such action of that reader.
  static absl::StatusOr<std::optional<v1::ActionRecord>> Find(runtime::ViewReader& views,
                                                              std::string_view reader_id,
                                                              std::string_view action_id);
};

}  // namespace pitlane::terminal_gateway
