#include "libs/stream/event_bytes.h"

#include <utility>

namespace pitlane::stream {

absl::StatusOr<common::v1::EventMeta> ReadMeta(std::string_view payload) {
  common::v1::Envelope envelope;
  if (!envelope.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return absl::DataLossError("an event's bytes are not a protobuf message");
  }
  if (!envelope.has_meta()) return absl::DataLossError("an event has no meta");
  return std::move(*envelope.mutable_meta());
}

}  // namespace pitlane::stream
