// Reading an event of any area without knowing the area's messages.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::stream {

// The meta in field 1 of an event's bytes; everything else in them is stepped over. DATA_LOSS when
// the bytes are not a protobuf message, or have no meta.
absl::StatusOr<common::v1::EventMeta> ReadMeta(std::string_view payload);

}  // namespace pitlane::stream
