// The reads that Reader, Batch and Journal share. A null snapshot means the newest committed state.
// Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/journal/database.h"
#include "libs/journal/journal.h"
#include "libs/journal/overlay.h"

namespace pitlane::journal::internal {

absl::StatusOr<Tail> ReadTail(const Database& database, const rocksdb::Snapshot* snapshot);
absl::StatusOr<std::vector<Record>> ReadLog(const Database& database,
                                            const rocksdb::Snapshot* snapshot,
                                            uint64_t from_position, size_t max_records,
                                            size_t max_bytes);
absl::StatusOr<std::vector<Record>> ReadStream(const Database& database,
                                               const rocksdb::Snapshot* snapshot,
                                               std::string_view stream_id, uint64_t from_version,
                                               size_t max_records);
absl::StatusOr<uint64_t> ReadStreamVersion(const Database& database,
                                           const rocksdb::Snapshot* snapshot,
                                           std::string_view stream_id);
absl::StatusOr<std::optional<Snapshot>> ReadSnapshot(const Database& database,
                                                     const rocksdb::Snapshot* snapshot,
                                                     std::string_view stream_id, uint32_t schema);
absl::StatusOr<std::optional<StoredAnswer>> ReadRequest(const Database& database,
                                                        const rocksdb::Snapshot* snapshot,
                                                        std::string_view request_id);
absl::StatusOr<std::optional<uint64_t>> ReadCursor(const Database& database,
                                                   const rocksdb::Snapshot* snapshot,
                                                   std::string_view name);
// Generations of a view that was never rebuilt are those of a fresh ViewState.
absl::StatusOr<ViewState> ReadViewState(const Database& database, const rocksdb::Snapshot* snapshot,
                                        std::string_view view);

// Rows of a view's generation (options.generation is not looked at), the store's merged with those
// of the overlay; a null overlay has none.
absl::Status ScanRows(const Database& database, const rocksdb::Snapshot* snapshot,
                      const Overlay* overlay, std::string_view view, Generation generation,
                      const ScanOptions& options, RowVisitor visitor);

// Gathers a page from any function that visits rows.
absl::StatusOr<ScanPage> CollectPage(const ScanOptions& options,
                                     absl::FunctionRef<absl::Status(RowVisitor)> scan);

}  // namespace pitlane::journal::internal
