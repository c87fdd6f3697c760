// Reader on a RocksDB snapshot.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "libs/journal/journal.h"
#include "libs/journal/store.h"

namespace pitlane::journal::internal {

class PinnedReader final : public Reader {
 public:
  explicit PinnedReader(Store& store);
  ~PinnedReader() override;

  absl::StatusOr<Tail> GetTail() override;
  absl::StatusOr<std::vector<Record>> ReadLog(uint64_t from_position, size_t max_records,
                                              size_t max_bytes) override;
  absl::StatusOr<std::vector<Record>> ReadStream(std::string_view stream_id, uint64_t from_version,
                                                 size_t max_records) override;
  absl::StatusOr<uint64_t> StreamVersion(std::string_view stream_id) override;
  absl::StatusOr<std::optional<Snapshot>> GetSnapshot(std::string_view stream_id,
                                                      uint32_t schema) override;
  absl::StatusOr<std::optional<StoredAnswer>> GetRequest(std::string_view request_id) override;
  absl::StatusOr<std::optional<uint64_t>> GetCursor(std::string_view name) override;
  absl::StatusOr<std::optional<std::string>> GetView(std::string_view view, std::string_view key,
                                                     Generation generation) override;
  absl::StatusOr<ScanPage> ScanView(std::string_view view, const ScanOptions& options) override;
  absl::Status ForEachInView(std::string_view view, const ScanOptions& options,
                             RowVisitor visitor) override;

 private:
  // The generation that was current when the snapshot was taken.
  absl::StatusOr<Generation> Resolve(std::string_view view, Generation generation);

  Store& store_;
  const Database& database_;
  const uint64_t commits_;  // as it was before the snapshot was taken
  const rocksdb::Snapshot* snapshot_;
  absl::flat_hash_map<std::string, Generation> current_;
};

}  // namespace pitlane::journal::internal
