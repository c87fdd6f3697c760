// What a location's menu lists: operations, kits and canned jobs by code.
// Key: location id, a zero byte, which list, a zero byte, code → the message.
#pragma once

#include <string>
#include <string_view>

#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::ticket {

class Menu final : public runtime::TypedProjection<v1::TicketEvent> {
 public:
  static constexpr std::string_view kView = "menu";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 1; }
  void On(const v1::TicketEvent& event, runtime::ViewWriter& rows) override;

  // What the keys of a location's list begin with.
  static std::string Operations(std::string_view location_id);
  static std::string Kits(std::string_view location_id);
  static std::string CannedJobs(std::string_view location_id);
};

}  // namespace pitlane::ticket
