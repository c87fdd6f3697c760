// How an event looks in its topic: CloudEvents 1.0, Kafka protocol binding, binary mode.
//
// The value is the area's event message as it is in the journal and stands alone; the headers
// repeat what a consumer wants to know without decoding it, and add what makes gaps visible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::stream {

inline constexpr std::string_view kPositionHeader = "pitlane-position";
inline constexpr std::string_view kPreviousHeader = "pitlane-previous";
// Base64Url of a common.v1.UnitEvents: what completes the record's unit (units.h). Text, so that
// tools which print headers go on doing so.
inline constexpr std::string_view kUnitHeader = "pitlane-unit";

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// Headers of the record of an event whose predecessor in the partition is at `previous`.
HeaderList MakeHeaders(const common::v1::EventMeta& meta, uint64_t previous);

// Place of a topic's record in its source.
struct TopicPlace {
  std::string source;  // "ticket.0"
  uint64_t position = 0;
  uint64_t previous = 0;
};

// Value of a header; empty when the record has no such header.
using HeaderLookup = absl::FunctionRef<std::optional<std::string_view>(std::string_view name)>;

// DATA_LOSS when the headers are missing or malformed, the value does not decode, or the two
// contradict each other.
absl::StatusOr<TopicPlace> ReadPlace(HeaderLookup header, std::string_view value);

}  // namespace pitlane::stream
