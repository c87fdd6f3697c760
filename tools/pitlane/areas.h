// The six areas of the suite, and their event messages.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "google/protobuf/message.h"

namespace pitlane::tools {

inline constexpr std::array<std::string_view, 6> kAreas = {
    "ticket", "inventory", "customer_vehicle", "payment", "terminal_gateway", "reporting"};

// An empty event message of the area, to parse payloads into. nullptr for an unknown area.
std::unique_ptr<google::protobuf::Message> NewAreaEvent(std::string_view area);

}  // namespace pitlane::tools
