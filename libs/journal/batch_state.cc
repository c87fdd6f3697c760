#include "libs/journal/batch_state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/journal/store.h"

namespace pitlane::journal::internal {
namespace {

constexpr size_t kMaxPayloadBytes = 64u << 20;

}  // namespace

BatchState::BatchState(Store& store) : store_(store), tail_(store.tail()) {}

BatchState::~BatchState() { store_.BatchGone(); }

absl::Status BatchState::Append(std::string_view stream_id, uint64_t expected_version,
                                std::string_view payload) {
  RETURN_IF_ERROR(CheckName("stream id", stream_id));
  if (payload.size() > kMaxPayloadBytes) {
    return absl::InvalidArgumentError(absl::StrCat("an event of ", payload.size(),
                                                   " bytes for stream ", ToAbsl(stream_id),
                                                   "; at most ", kMaxPayloadBytes, " are stored"));
  }
  ASSIGN_OR_RETURN(const uint64_t version, StreamVersion(stream_id, expected_version));
  if (version != expected_version) {
    return absl::AbortedError(absl::StrCat("stream ", ToAbsl(stream_id), " is at version ", version,
                                           ", not at ", expected_version,
                                           ": read it again and decide anew"));
  }
  const uint64_t position = tail_.last_position + 1;
  encoder_.Encode(tail_.chain, position, stream_id, version + 1, payload);

  const Database& database = store_.database();
  const std::string log_key = LogKey(position);
  const rocksdb::Slice key_part(log_key);
  const rocksdb::Slice value_parts[] = {ToSlice(encoder_.head()), ToSlice(encoder_.body())};
  const size_t value_size = value_parts[0].size() + value_parts[1].size();
  const auto log_status =
      writes_.Put(database.handle(Family::kLog), rocksdb::SliceParts(&key_part, 1),
                  rocksdb::SliceParts(value_parts, 2));
  PITLANE_CHECK(log_status.ok()) << log_status.ToString();
  const size_t value_begin = writes_.GetDataSize() - value_size;
  const auto index_status =
      writes_.Put(database.handle(Family::kStreams), StreamKey(stream_id, version + 1), log_key);
  PITLANE_CHECK(index_status.ok()) << index_status.ToString();

  auto [it, inserted] = streams_.try_emplace(std::string(stream_id));
  if (inserted) it->second.committed_version = version;
  it->second.events.push_back(events_.size());
  events_.push_back({&it->second, position, value_begin, value_size});
  tail_.last_position = position;
  tail_.chain.assign(encoder_.chain());
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> BatchState::StreamVersion(std::string_view stream_id, uint64_t believed) {
  if (const auto it = streams_.find(ToAbsl(stream_id)); it != streams_.end()) {
    return it->second.version();
  }
  return store_.StreamHead(stream_id, believed);
}

absl::Status BatchState::AddRecords(std::string_view stream_id, uint64_t from_version,
                                    size_t max_records, std::vector<Record>& records) const {
  const auto it = streams_.find(ToAbsl(stream_id));
  if (it == streams_.end()) return absl::OkStatus();
  for (const size_t index : it->second.events) {
    if (records.size() >= max_records) break;
    const Event& event = events_[index];
    const auto value = std::string_view(writes_.Data()).substr(event.value_begin, event.value_size);
    ASSIGN_OR_RETURN(const RecordParts parts, DecodeRecord(event.position, value));
    if (parts.version >= from_version) records.push_back(MakeRecord(event.position, parts));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> BatchState::Get(Family family,
                                                           std::string_view key) const {
  if (const Overlay::Value* value = overlay_.Find(family, key)) return *value;
  return store_.database().Get(family, key, nullptr);
}

ViewState BatchState::View(std::string_view view) const {
  if (views_changed_) {
    if (const Overlay::Value* value = overlay_.Find(Family::kCursors, ViewStateKey(view))) {
      return *DecodeViewState(view, **value);
    }
  }
  return store_.View(view);
}

void BatchState::SetView(std::string_view view, const ViewState& state) {
  views_changed_ = true;
  overlay_.Put(Family::kCursors, ViewStateKey(view), EncodeViewState(state));
}

void BatchState::SetSavePoint() {
  writes_.SetSavePoint();
  overlay_.SetSavePoint();
  save_points_.push_back({events_.size(), tail_});
}

void BatchState::RollbackToSavePoint() {
  PITLANE_CHECK(!save_points_.empty()) << "no save point to roll back to";
  const auto status = writes_.RollbackToSavePoint();
  PITLANE_CHECK(status.ok()) << status.ToString();
  overlay_.RollbackToSavePoint();
  SavePoint point = std::move(save_points_.back());
  save_points_.pop_back();
  while (events_.size() > point.events) {
    events_.back().stream->events.pop_back();
    events_.pop_back();
  }
  tail_ = std::move(point.tail);
}

void BatchState::PopSavePoint() {
  PITLANE_CHECK(!save_points_.empty()) << "no save point to remove";
  const auto status = writes_.PopSavePoint();
  PITLANE_CHECK(status.ok()) << status.ToString();
  overlay_.PopSavePoint();
  save_points_.pop_back();
}

bool BatchState::deletes_secrets() const {
  const Overlay::Map& secrets = overlay_.changes(Family::kSecrets);
  return std::any_of(secrets.begin(), secrets.end(),
                     [](const auto& change) { return !change.second.has_value(); });
}

size_t BatchState::approximate_bytes() const {
  return writes_.GetDataSize() + overlay_.approximate_bytes();
}

absl::Status BatchState::Finish() {
  const Database& database = store_.database();
  for (const Overlay::Range& range : overlay_.ranges()) {
    RETURN_IF_ERROR(
        FromRocks(writes_.DeleteRange(database.handle(range.family), range.from, range.to),
                  "assemble", "a commit"));
  }
  for (size_t i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    rocksdb::ColumnFamilyHandle* handle = database.handle(family);
    for (const auto& [key, value] : overlay_.changes(family)) {
      RETURN_IF_ERROR(
          FromRocks(value ? writes_.Put(handle, key, *value) : writes_.Delete(handle, key),
                    "assemble", "a commit"));
    }
  }
  return absl::OkStatus();
}

}  // namespace pitlane::journal::internal
