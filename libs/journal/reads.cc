#include "libs/journal/reads.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::journal::internal {
namespace {

absl::StatusOr<uint64_t> PositionOfLogKey(std::string_view key) {
  if (const auto position = ParseLogKey(key)) return *position;
  return absl::DataLossError("a key of the log is not a position");
}

std::string StreamEnd(std::string_view stream_id) {
  return PrefixEnd(std::string(stream_id).append(1, '\0'));
}

// [lower, upper) in stored keys.
struct KeyRange {
  std::string lower;
  std::string upper;
};

KeyRange RangeOf(const std::string& view_prefix, const ScanOptions& options) {
  KeyRange range{view_prefix + std::max(options.prefix, options.from),
                 PrefixEnd(view_prefix + options.prefix)};
  if (options.to) range.upper = std::min(range.upper, view_prefix + *options.to);
  if (options.after && options.reverse) {
    range.upper = std::min(range.upper, view_prefix + *options.after);
  } else if (options.after) {
    // The next possible key behind `after` is the same with a zero byte.
    range.lower = std::max(range.lower, (view_prefix + *options.after).append(1, '\0'));
  }
  return range;
}

// Walks the changes of an overlay in either direction.
class ChangeCursor {
 public:
  ChangeCursor(const Overlay* overlay, const KeyRange& range, bool reverse) : reverse_(reverse) {
    static const Overlay::Map kNone;
    const Overlay::Map& changes = overlay != nullptr ? overlay->changes(Family::kViews) : kNone;
    begin_ = changes.lower_bound(range.lower);
    end_ = changes.lower_bound(range.upper);
    at_ = reverse ? end_ : begin_;
  }
  bool done() const { return at_ == (reverse_ ? begin_ : end_); }
  const Overlay::Map::value_type& operator*() const { return reverse_ ? *std::prev(at_) : *at_; }
  void Next() { reverse_ ? --at_ : ++at_; }

 private:
  bool reverse_;
  Overlay::Map::const_iterator begin_, end_, at_;
};

}  // namespace

absl::StatusOr<Tail> ReadTail(const Database& database, const rocksdb::Snapshot* snapshot) {
  auto log = database.NewRange(Family::kLog, LogKey(0), "", {.snapshot = snapshot});
  log->SeekToLast();
  if (!log->Valid()) {
    RETURN_IF_ERROR(log.status());
    return Tail{};
  }
  ASSIGN_OR_RETURN(const uint64_t position, PositionOfLogKey(ToView(log->key())));
  ASSIGN_OR_RETURN(const RecordParts parts, DecodeRecord(position, ToView(log->value())));
  return Tail{position, std::string(parts.chain)};
}

absl::StatusOr<std::vector<Record>> ReadLog(const Database& database,
                                            const rocksdb::Snapshot* snapshot,
                                            uint64_t from_position, size_t max_records,
                                            size_t max_bytes) {
  std::vector<Record> records;
  if (max_records == 0) return records;
  const uint64_t from = std::max<uint64_t>(from_position, 1);
  auto log = database.NewRange(Family::kLog, LogKey(from), "", {.snapshot = snapshot});
  size_t bytes = 0;
  for (log->SeekToFirst(); log->Valid(); log->Next()) {
    ASSIGN_OR_RETURN(const uint64_t position, PositionOfLogKey(ToView(log->key())));
    if (position != from + records.size()) {
      return absl::DataLossError(absl::StrCat(
          "record ", from + records.size(), " of the log is missing; the next one is ", position));
    }
    ASSIGN_OR_RETURN(const RecordParts parts, DecodeRecord(position, ToView(log->value())));
    bytes += parts.payload.size();
    records.push_back(MakeRecord(position, parts));
    if (records.size() >= max_records || bytes >= max_bytes) return records;
  }
  RETURN_IF_ERROR(log.status());
  return records;
}

absl::StatusOr<std::vector<Record>> ReadStream(const Database& database,
                                               const rocksdb::Snapshot* snapshot,
                                               std::string_view stream_id, uint64_t from_version,
                                               size_t max_records) {
  RETURN_IF_ERROR(CheckName("stream id", stream_id));
  std::vector<Record> records;
  if (max_records == 0) return records;
  const uint64_t from = std::max<uint64_t>(from_version, 1);
  // Usually there is nothing new, and a point read costs much less than an iterator.
  ASSIGN_OR_RETURN(const auto first,
                   database.Get(Family::kStreams, StreamKey(stream_id, from), snapshot));
  if (!first) return records;
  auto index = database.NewRange(Family::kStreams, StreamKey(stream_id, from), StreamEnd(stream_id),
                                 {.snapshot = snapshot, .within_stream = true});
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  rocksdb::PinnableSlice value;
  for (index->Seek(StreamKey(stream_id, from)); index->Valid(); index->Next()) {
    ASSIGN_OR_RETURN(const uint64_t position,
                     DecodeNumber("an entry of the stream index", ToView(index->value())));
    value.Reset();
    const auto status = database.db()->Get(options, database.handle(Family::kLog),
                                           EncodeBigEndian64(position), &value);
    if (status.IsNotFound()) {
      return absl::DataLossError(absl::StrCat("record ", position, " of the log, of stream ",
                                              ToAbsl(stream_id), ", is missing"));
    }
    RETURN_IF_ERROR(FromRocks(status, "read", "the log"));
    ASSIGN_OR_RETURN(const RecordParts parts, DecodeRecord(position, ToView(value)));
    if (parts.stream_id != stream_id || parts.version != from + records.size()) {
      return absl::DataLossError(
          absl::StrCat("version ", from + records.size(), " of stream ", ToAbsl(stream_id),
                       " is missing: the index leads to record ", position, ", which is version ",
                       parts.version, " of stream ", ToAbsl(parts.stream_id)));
    }
    records.push_back(MakeRecord(position, parts));
    if (records.size() >= max_records) return records;
  }
  RETURN_IF_ERROR(index.status());
  return records;
}

absl::StatusOr<uint64_t> ReadStreamVersion(const Database& database,
                                           const rocksdb::Snapshot* snapshot,
                                           std::string_view stream_id) {
  RETURN_IF_ERROR(CheckName("stream id", stream_id));
  auto index = database.NewRange(Family::kStreams, StreamKey(stream_id, 0), StreamEnd(stream_id),
                                 {.snapshot = snapshot, .within_stream = true});
  index->SeekForPrev(StreamKey(stream_id, std::numeric_limits<uint64_t>::max()));
  if (!index->Valid()) {
    RETURN_IF_ERROR(index.status());
    return 0;
  }
  const auto parts = ParseStreamKey(ToView(index->key()));
  if (!parts) return absl::DataLossError("a key of the stream index does not decode");
  return parts->version;
}

absl::StatusOr<std::optional<Snapshot>> ReadSnapshot(const Database& database,
                                                     const rocksdb::Snapshot* snapshot,
                                                     std::string_view stream_id, uint32_t schema) {
  RETURN_IF_ERROR(CheckName("stream id", stream_id));
  ASSIGN_OR_RETURN(const auto value, database.Get(Family::kSnapshots, stream_id, snapshot));
  if (!value) return std::nullopt;
  return DecodeSnapshot(*value, schema);
}

absl::StatusOr<std::optional<StoredAnswer>> ReadRequest(const Database& database,
                                                        const rocksdb::Snapshot* snapshot,
                                                        std::string_view request_id) {
  RETURN_IF_ERROR(CheckName("request id", request_id));
  ASSIGN_OR_RETURN(const auto value, database.Get(Family::kRequests, request_id, snapshot));
  if (!value) return std::nullopt;
  return DecodeAnswer(request_id, *value);
}

absl::StatusOr<std::optional<uint64_t>> ReadCursor(const Database& database,
                                                   const rocksdb::Snapshot* snapshot,
                                                   std::string_view name) {
  RETURN_IF_ERROR(CheckName("cursor name", name));
  ASSIGN_OR_RETURN(const auto value, database.Get(Family::kCursors, CursorKey(name), snapshot));
  if (!value) return std::nullopt;
  return DecodeNumber(std::string("cursor ").append(name), *value);
}

absl::StatusOr<ViewState> ReadViewState(const Database& database, const rocksdb::Snapshot* snapshot,
                                        std::string_view view) {
  ASSIGN_OR_RETURN(const auto value, database.Get(Family::kCursors, ViewStateKey(view), snapshot));
  if (!value) return ViewState{};
  return DecodeViewState(view, *value);
}

absl::Status ScanRows(const Database& database, const rocksdb::Snapshot* snapshot,
                      const Overlay* overlay, std::string_view view, Generation generation,
                      const ScanOptions& options, RowVisitor visitor) {
  const std::string prefix = ViewPrefix(view, generation);
  const KeyRange range = RangeOf(prefix, options);
  if (range.lower >= range.upper) return absl::OkStatus();
  auto rows = database.NewRange(Family::kViews, range.lower, range.upper, {.snapshot = snapshot});
  ChangeCursor changes(overlay, range, options.reverse);
  const auto next = [&] { options.reverse ? rows->Prev() : rows->Next(); };

  for (options.reverse ? rows->SeekToLast() : rows->SeekToFirst();;) {
    const bool stored = rows->Valid();
    if (!stored) RETURN_IF_ERROR(rows.status());
    if (!stored && changes.done()) return absl::OkStatus();
    const std::string_view key = stored ? ToView(rows->key()) : std::string_view();

    int order = stored ? -1 : 1;  // below 0: the store's row comes first; 0: both have the key
    if (stored && !changes.done()) {
      order = key.compare((*changes).first);
      if (options.reverse) order = -order;
    }
    if (order < 0) {
      const bool covered = overlay != nullptr && overlay->Covers(Family::kViews, key);
      if (!covered && !visitor(key.substr(prefix.size()), ToView(rows->value()))) break;
      next();
      continue;
    }
    const auto& [changed_key, value] = *changes;
    if (value && !visitor(std::string_view(changed_key).substr(prefix.size()), *value)) break;
    changes.Next();
    if (order == 0) next();
  }
  return absl::OkStatus();
}

absl::StatusOr<ScanPage> CollectPage(const ScanOptions& options,
                                     absl::FunctionRef<absl::Status(RowVisitor)> scan) {
  ScanPage page;
  size_t bytes = 0;
  RETURN_IF_ERROR(scan([&](std::string_view key, std::string_view value) {
    const bool full = page.rows.size() >= options.limit ||
                      (!page.rows.empty() && bytes + value.size() > options.max_bytes);
    if (full) {
      // One row more than fits has been seen, so there is something to go on with.
      if (!page.rows.empty()) page.resume = page.rows.back().key;
      return false;
    }
    bytes += key.size() + value.size();
    page.rows.push_back({std::string(key), std::string(value)});
    return true;
  }));
  return page;
}

}  // namespace pitlane::journal::internal
