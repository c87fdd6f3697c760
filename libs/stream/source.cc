#include <limits>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/text.h"
#include "libs/stream/feed.h"
#include "libs/stream/names.h"

namespace pitlane::stream {
namespace {

// Digits without sign, blanks or leading zeros, so that every source has one text only.
std::optional<uint32_t> ParseNumber(absl::string_view text) {
  uint32_t value = 0;
  if (text.empty() || !absl::SimpleAtoi(text, &value) || absl::StrCat(value) != text) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

absl::StatusOr<Source> Source::Parse(std::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(ToAbsl(text), '.');
  std::optional<uint32_t> shard;
  std::optional<uint32_t> partition;
  if (parts.size() == 3) {
    shard = ParseNumber(parts[1]);
    partition = ParseNumber(parts[2]);
  }
  if (!shard || !partition || !CheckAreaName(ToStd(parts[0])).ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", ToAbsl(text),
                     "\" is not a source; one looks like \"ticket.0.3\": area, shard, partition"));
  }
  return Source{std::string(parts[0]), *shard, *partition};
}

std::string Source::ToString() const { return absl::StrCat(area, ".", shard, ".", partition); }

std::string PlaceOf(const Source& source, uint64_t position) {
  return absl::StrCat(source.ToString(), "@", position);
}

absl::StatusOr<std::pair<Source, uint64_t>> ParsePlace(std::string_view text) {
  const size_t at = text.find('@');
  uint64_t position = 0;
  if (at != std::string_view::npos && absl::SimpleAtoi(ToAbsl(text.substr(at + 1)), &position)) {
    absl::StatusOr<Source> source = Source::Parse(text.substr(0, at));
    if (source.ok() && PlaceOf(*source, position) == text) {
      return std::pair(*std::move(source), position);
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", ToAbsl(text), "\" is not a record's place; one looks like \"ticket.0.3@1734\""));
}

absl::StatusOr<ShardName> ShardName::Parse(std::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(ToAbsl(text), '.');
  std::optional<uint32_t> shard;
  if (parts.size() == 2) shard = ParseNumber(parts[1]);
  if (!shard || !CheckAreaName(ToStd(parts[0])).ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", ToAbsl(text), "\" does not name a journal; \"ticket.0\" does: area, shard"));
  }
  return ShardName{std::string(parts[0]), *shard};
}

std::string ShardName::ToString() const { return absl::StrCat(area, ".", shard); }

absl::Status CheckAreaName(std::string_view area) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  bool good =
      !area.empty() && area.size() <= kMaxAreaNameLength && area[0] >= 'a' && area[0] <= 'z';
  for (const char c : area) good = good && allowed(c);
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("\"", ToAbsl(area), "\" is not an area's name: 1 to ", kMaxAreaNameLength,
                   " lower-case letters, digits and underscores, beginning with a letter"));
}

absl::StatusOr<std::string> TopicName(std::string_view area) {
  if (absl::Status status = CheckAreaName(area); !status.ok()) return status;
  return absl::StrCat("pitlane.", ToAbsl(area), ".events.v1");
}

}  // namespace pitlane::stream
