#include "libs/journal/pinned_reader.h"

#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/journal/reads.h"

namespace pitlane::journal::internal {

PinnedReader::PinnedReader(Store& store)
    : store_(store), database_(store.database()), commits_(store.news().commits()) {
  // Before the snapshot exists: an erasure must not miss it.
  store_.keeper().AddReader(commits_);
  snapshot_ = database_.db()->GetSnapshot();
}

PinnedReader::~PinnedReader() {
  database_.db()->ReleaseSnapshot(snapshot_);
  store_.keeper().RemoveReader(commits_);
}

absl::StatusOr<Tail> PinnedReader::GetTail() { return ReadTail(database_, snapshot_); }

absl::StatusOr<std::vector<Record>> PinnedReader::ReadLog(uint64_t from_position,
                                                          size_t max_records, size_t max_bytes) {
  return internal::ReadLog(database_, snapshot_, from_position, max_records, max_bytes);
}

absl::StatusOr<std::vector<Record>> PinnedReader::ReadStream(std::string_view stream_id,
                                                             uint64_t from_version,
                                                             size_t max_records) {
  return internal::ReadStream(database_, snapshot_, stream_id, from_version, max_records);
}

absl::StatusOr<uint64_t> PinnedReader::StreamVersion(std::string_view stream_id) {
  return ReadStreamVersion(database_, snapshot_, stream_id);
}

absl::StatusOr<std::optional<Snapshot>> PinnedReader::GetSnapshot(std::string_view stream_id,
                                                                  uint32_t schema) {
  return ReadSnapshot(database_, snapshot_, stream_id, schema);
}

absl::StatusOr<std::optional<StoredAnswer>> PinnedReader::GetRequest(std::string_view request_id) {
  return ReadRequest(database_, snapshot_, request_id);
}

absl::StatusOr<std::optional<uint64_t>> PinnedReader::GetCursor(std::string_view name) {
  return ReadCursor(database_, snapshot_, name);
}

absl::StatusOr<std::optional<std::string>> PinnedReader::GetView(std::string_view view,
                                                                 std::string_view key,
                                                                 Generation generation) {
  ASSIGN_OR_RETURN(const Generation resolved, Resolve(view, generation));
  return database_.Get(Family::kViews, ViewPrefix(view, resolved).append(key), snapshot_);
}

absl::StatusOr<ScanPage> PinnedReader::ScanView(std::string_view view, const ScanOptions& options) {
  return CollectPage(options,
                     [&](RowVisitor visitor) { return ForEachInView(view, options, visitor); });
}

absl::Status PinnedReader::ForEachInView(std::string_view view, const ScanOptions& options,
                                         RowVisitor visitor) {
  ASSIGN_OR_RETURN(const Generation resolved, Resolve(view, options.generation));
  return ScanRows(database_, snapshot_, nullptr, view, resolved, options, visitor);
}

absl::StatusOr<Generation> PinnedReader::Resolve(std::string_view view, Generation generation) {
  RETURN_IF_ERROR(CheckName("view name", view));
  if (generation != kCurrentGeneration) return generation;
  if (const auto it = current_.find(ToAbsl(view)); it != current_.end()) return it->second;
  ASSIGN_OR_RETURN(const ViewState state, ReadViewState(database_, snapshot_, view));
  current_[std::string(view)] = state.current;
  return state.current;
}

}  // namespace pitlane::journal::internal
