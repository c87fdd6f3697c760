#include "libs/stream/cloud_event.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/stream/event_bytes.h"

namespace pitlane::stream {
namespace {

std::string Rfc3339(const google::protobuf::Timestamp& time) {
  const absl::Time at = absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", at, absl::UTCTimeZone());
}

std::string SourceUri(std::string_view source) { return absl::StrCat("/pitlane/", ToAbsl(source)); }

absl::StatusOr<uint64_t> ReadNumber(HeaderLookup header, std::string_view name) {
  const std::optional<std::string_view> text = header(name);
  if (!text.has_value()) return absl::DataLossError(absl::StrCat("no header ", ToAbsl(name)));
  uint64_t value = 0;
  if (!absl::SimpleAtoi(ToAbsl(*text), &value)) {
    return absl::DataLossError(
        absl::StrCat("header ", ToAbsl(name), " is \"", ToAbsl(*text), "\", not a position"));
  }
  return value;
}

}  // namespace

HeaderList MakeHeaders(const common::v1::EventMeta& meta, uint64_t previous) {
  HeaderList headers = {
      {"ce_specversion", "1.0"},
      {"ce_id", meta.event_id()},
      {"ce_source", SourceUri(meta.source())},
      {"ce_type", meta.type()},
      {"ce_time", Rfc3339(meta.occurred_at())},
      {"ce_subject", meta.stream_id()},
      {"ce_partitionkey", meta.stream_id()},
      // The binding's name for the attribute datacontenttype.
      {"content-type", "application/protobuf"},
      {std::string(kPositionHeader), absl::StrCat(meta.position())},
      {std::string(kPreviousHeader), absl::StrCat(previous)},
  };
  if (!meta.traceparent().empty()) headers.emplace_back("ce_traceparent", meta.traceparent());
  return headers;
}

absl::StatusOr<TopicPlace> ReadPlace(HeaderLookup header, std::string_view value) {
  TopicPlace place;
  ASSIGN_OR_RETURN(place.position, ReadNumber(header, kPositionHeader));
  ASSIGN_OR_RETURN(place.previous, ReadNumber(header, kPreviousHeader));
  ASSIGN_OR_RETURN(const common::v1::EventMeta meta, ReadMeta(value));
  place.source = meta.source();
  if (meta.position() != place.position) {
    return absl::DataLossError(absl::StrCat("its header says position ", place.position,
                                            ", its event says ", meta.position()));
  }
  if (place.previous >= place.position) {
    return absl::DataLossError(absl::StrCat("its predecessor ", place.previous,
                                            " is not before its position ", place.position));
  }
  if (const std::optional<std::string_view> uri = header("ce_source");
      uri.value_or("") != SourceUri(meta.source())) {
    return absl::DataLossError(absl::StrCat("its header says source \"", ToAbsl(uri.value_or("")),
                                            "\", its event says \"", meta.source(), "\""));
  }
  return place;
}

}  // namespace pitlane::stream
