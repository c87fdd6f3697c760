// What a caller has seen: positions in the services' journals. Every answer names where it was
// committed (metadata `pitlane-position`), and a request may name what it must see
// (`pitlane-after`).
//
// Text form: "ticket.0.3@1734,payment.0.1@88", i.e. area.shard.partition@position, separated by
// commas. Plain values; not synchronised.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace pitlane::rpc {

inline constexpr std::string_view kPositionMetadata = "pitlane-position";
inline constexpr std::string_view kAfterMetadata = "pitlane-after";
inline constexpr size_t kMaxPositions = 64;
inline constexpr size_t kMaxPositionTextBytes = 8192;

// One partition of one shard's journal; the same numbers as stream::Source.
struct JournalPartition {
  std::string area;  // [a-z][a-z0-9_]*, at most 64 characters
  uint32_t shard = 0;
  uint32_t partition = 0;
  friend auto operator<=>(const JournalPartition&, const JournalPartition&) = default;
  friend bool operator==(const JournalPartition&, const JournalPartition&) = default;
};

class PositionToken {
 public:
  PositionToken() = default;

  // An empty text is an empty token. The same partition twice keeps the greater position.
  // INVALID_ARGUMENT: malformed (says which entry), more than kMaxPositions entries, or longer than
  // kMaxPositionTextBytes.
  static absl::StatusOr<PositionToken> Parse(std::string_view text);
  // In the order of area, shard, partition; Parse(Format()) is the same token.
  std::string Format() const;

  // Raises one entry; never lowers it. A new partition beyond kMaxPositions is RESOURCE_EXHAUSTED.
  absl::Status Add(const JournalPartition& partition, uint64_t position);
  // Adds all of `other`'s.
  absl::Status Merge(const PositionToken& other);

  const std::map<JournalPartition, uint64_t>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  friend bool operator==(const PositionToken&, const PositionToken&) = default;

 private:
  std::map<JournalPartition, uint64_t> entries_;
};

}  // namespace pitlane::rpc
