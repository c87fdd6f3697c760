#include "libs/rpc/positions.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::rpc {
namespace {

constexpr size_t kMaxAreaLength = 64;

bool IsArea(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= kMaxAreaLength && lower(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return lower(c) || c == '_' || (c >= '0' && c <= '9'); });
}

// Digits only, without leading zeros, so that a token has one text.
template <typename Number>
bool ParseNumber(absl::string_view text, Number& number) {
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  return digits && (text.size() == 1 || text[0] != '0') && absl::SimpleAtoi(text, &number);
}

absl::Status Malformed(int index, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("position token, entry ", index, ": ",
                                                 ToAbsl(what),
                                                 "; expected area.shard.partition@position"));
}

absl::StatusOr<std::pair<JournalPartition, uint64_t>> ParseEntry(absl::string_view text,
                                                                 int index) {
  const std::vector<absl::string_view> sides = absl::StrSplit(text, '@');
  if (sides.size() != 2) return Malformed(index, "not exactly one '@'");
  const std::vector<absl::string_view> names = absl::StrSplit(sides[0], '.');
  if (names.size() != 3) return Malformed(index, "not exactly two '.' before the '@'");
  JournalPartition partition{.area = std::string(names[0])};
  uint64_t position = 0;
  if (!IsArea(partition.area)) return Malformed(index, "malformed area");
  if (!ParseNumber(names[1], partition.shard)) return Malformed(index, "malformed shard");
  if (!ParseNumber(names[2], partition.partition)) return Malformed(index, "malformed partition");
  if (!ParseNumber(sides[1], position)) return Malformed(index, "malformed position");
  return std::make_pair(std::move(partition), position);
}

}  // namespace

absl::StatusOr<PositionToken> PositionToken::Parse(std::string_view text) {
  PositionToken token;
  if (text.empty()) return token;
  if (text.size() > kMaxPositionTextBytes) {
    return absl::InvalidArgumentError(absl::StrCat("position token has ", text.size(),
                                                   " bytes; at most ", kMaxPositionTextBytes));
  }
  int index = 0;
  for (absl::string_view entry : absl::StrSplit(ToAbsl(text), ',')) {
    if (index == static_cast<int>(kMaxPositions)) {
      return absl::InvalidArgumentError(
          absl::StrCat("position token has more than ", kMaxPositions, " entries"));
    }
    ASSIGN_OR_RETURN(const auto parsed, ParseEntry(entry, index));
    RETURN_IF_ERROR(token.Add(parsed.first, parsed.second));
    ++index;
  }
  return token;
}

std::string PositionToken::Format() const {
  std::string text;
  for (const auto& [partition, position] : entries_) {
    absl::StrAppend(&text, text.empty() ? "" : ",", partition.area, ".", partition.shard, ".",
                    partition.partition, "@", position);
  }
  return text;
}

absl::Status PositionToken::Add(const JournalPartition& partition, uint64_t position) {
  if (auto known = entries_.find(partition); known != entries_.end()) {
    known->second = std::max(known->second, position);
    return absl::OkStatus();
  }
  if (entries_.size() >= kMaxPositions) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a position token has at most ", kMaxPositions, " entries"));
  }
  entries_.emplace(partition, position);
  return absl::OkStatus();
}

absl::Status PositionToken::Merge(const PositionToken& other) {
  for (const auto& [partition, position] : other.entries_) {
    RETURN_IF_ERROR(Add(partition, position));
  }
  return absl::OkStatus();
}

}  // namespace pitlane::rpc
