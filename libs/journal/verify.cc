#include "libs/journal/verify.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/journal/reads.h"

namespace pitlane::journal::internal {
namespace {

constexpr uint64_t kRecordsPerProgress = 4096;

VerifyFault Fault(uint64_t position, const std::string& what) { return {position, what}; }

// A checksum that fails while reading is a fault found; any other error ends the walk.
template <typename Walk>
absl::StatusOr<Walk> StopWalk(Walk walk, uint64_t position, const absl::Status& status) {
  if (absl::IsCancelled(status) || !absl::IsDataLoss(status)) return status;
  walk.fault = Fault(position, std::string(status.message()));
  return walk;
}

absl::StatusOr<std::optional<VerifyFault>> CheckRecord(const Database& database,
                                                       const rocksdb::Snapshot* snapshot,
                                                       uint64_t position,
                                                       const std::string& chain_before,
                                                       const RecordParts& parts) {
  if (ChainOf(chain_before, position, parts.body) != parts.chain) {
    return Fault(position, absl::StrCat("record ", position,
                                        " was altered, or the record before it: its chain does not "
                                        "follow from its content"));
  }
  const std::string key = StreamKey(parts.stream_id, parts.version);
  ASSIGN_OR_RETURN(const auto entry, database.Get(Family::kStreams, key, snapshot));
  if (entry == LogKey(position)) return std::nullopt;
  return Fault(position,
               absl::StrCat("record ", position, " is version ", parts.version, " of stream ",
                            ToAbsl(parts.stream_id), ", but the stream index ",
                            entry ? "leads elsewhere" : "has no entry for it"));
}

struct IndexWalk {
  uint64_t entries = 0;
  uint64_t streams = 0;
  std::optional<VerifyFault> fault;
};

// Versions gap-free and positions ascending within each stream.
absl::StatusOr<IndexWalk> WalkIndex(const Database& database, const rocksdb::Snapshot* snapshot,
                                    absl::FunctionRef<bool(uint64_t)> go_on) {
  IndexWalk walk;
  std::string stream;
  uint64_t version = 0;
  uint64_t last_position = 0;
  auto index =
      database.NewRange(Family::kStreams, "", "", {.snapshot = snapshot, .sequential = true});
  for (index->SeekToFirst(); index->Valid(); index->Next()) {
    if (!go_on(walk.entries)) return absl::CancelledError("verification was stopped");
    const auto parts = ParseStreamKey(ToView(index->key()));
    const auto position = ParseLogKey(ToView(index->value()));
    if (!parts || !position) {
      walk.fault = Fault(last_position, "an entry of the stream index does not decode");
      return walk;
    }
    if (parts->stream_id != stream) {
      stream = std::string(parts->stream_id);
      version = 0;
      last_position = 0;
      ++walk.streams;
    }
    if (parts->version != version + 1 || *position <= last_position) {
      walk.fault = Fault(*position, absl::StrCat("stream ", stream, " goes from version ", version,
                                                 " (record ", last_position, ") to version ",
                                                 parts->version, " (record ", *position, ")"));
      return walk;
    }
    version = parts->version;
    last_position = *position;
    ++walk.entries;
  }
  const absl::Status status = index.status();
  return status.ok() ? walk : StopWalk(std::move(walk), last_position, status);
}

// Every record has its entry, so one entry too many leads to a record that is not its own.
absl::StatusOr<std::optional<VerifyFault>> FindStrayEntry(const Database& database,
                                                          const rocksdb::Snapshot* snapshot) {
  auto index =
      database.NewRange(Family::kStreams, "", "", {.snapshot = snapshot, .sequential = true});
  for (index->SeekToFirst(); index->Valid(); index->Next()) {
    const auto entry = ParseStreamKey(ToView(index->key()));
    const auto position = ParseLogKey(ToView(index->value()));
    if (!entry || !position) return Fault(0, "an entry of the stream index does not decode");
    ASSIGN_OR_RETURN(const auto value, database.Get(Family::kLog, LogKey(*position), snapshot));
    if (value) {
      ASSIGN_OR_RETURN(const RecordParts parts, DecodeRecord(*position, *value));
      if (parts.stream_id == entry->stream_id && parts.version == entry->version) continue;
    }
    return Fault(*position, absl::StrCat("the stream index has version ", entry->version,
                                         " of stream ", ToAbsl(entry->stream_id), " at record ",
                                         *position, ", which is not that"));
  }
  RETURN_IF_ERROR(index.status());
  return std::nullopt;
}

class Pinned {
 public:
  explicit Pinned(const Database& database)
      : database_(database), snapshot_(database.db()->GetSnapshot()) {}
  ~Pinned() { database_.db()->ReleaseSnapshot(snapshot_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  const Database& database_;
  const rocksdb::Snapshot* snapshot_;
};

}  // namespace

absl::StatusOr<LogWalk> WalkLog(const Database& database, const rocksdb::Snapshot* snapshot,
                                const Tail& before, absl::FunctionRef<bool(uint64_t)> go_on) {
  LogWalk walk;
  walk.tail = before;
  auto log = database.NewRange(Family::kLog, LogKey(before.last_position + 1), "",
                               {.snapshot = snapshot, .sequential = true});
  for (log->SeekToFirst(); log->Valid(); log->Next()) {
    const uint64_t position = walk.tail.last_position + 1;
    if (!go_on(position)) return absl::CancelledError("verification was stopped");
    if (ToView(log->key()) != LogKey(position)) {
      walk.fault = Fault(position, absl::StrCat("record ", position, " is missing"));
      return walk;
    }
    const auto parts = DecodeRecord(position, ToView(log->value()));
    if (!parts.ok()) return StopWalk(std::move(walk), position, parts.status());
    auto fault = CheckRecord(database, snapshot, position, walk.tail.chain, *parts);
    if (!fault.ok()) return StopWalk(std::move(walk), position, fault.status());
    if (*fault) {
      walk.fault = *std::move(fault);
      return walk;
    }
    walk.tail.last_position = position;
    walk.tail.chain.assign(parts->chain);
    ++walk.records;
  }
  const absl::Status status = log.status();
  const uint64_t stopped_at = walk.tail.last_position + 1;
  if (!status.ok()) return StopWalk(std::move(walk), stopped_at, status);
  return walk;
}

absl::StatusOr<std::optional<VerifyFault>> CheckMark(const Database& database,
                                                     const rocksdb::Snapshot* snapshot,
                                                     const Mark& mark, const Tail& tail,
                                                     uint64_t commits) {
  const uint64_t position = mark.tail.last_position;
  if (tail.last_position < position) {
    return Fault(tail.last_position + 1,
                 absl::StrCat("records ", tail.last_position + 1, " to ", position,
                              " were acknowledged and are missing"));
  }
  if (commits < mark.commits) {
    return Fault(tail.last_position,
                 absl::StrCat("commits ", commits + 1, " to ", mark.commits,
                              " (which had no events) were acknowledged and are missing"));
  }
  if (position == 0) return std::nullopt;
  ASSIGN_OR_RETURN(const auto value, database.Get(Family::kLog, LogKey(position), snapshot));
  if (!value) return Fault(position, absl::StrCat("record ", position, " is missing"));
  ASSIGN_OR_RETURN(const RecordParts parts, DecodeRecord(position, *value));
  if (parts.chain == mark.tail.chain) return std::nullopt;
  return Fault(position, absl::StrCat("record ", position,
                                      " is not the one that was acknowledged: log and "
                                      "high-water mark are of different stores"));
}

absl::StatusOr<VerifyReport> VerifyStore(
    const Database& database, const std::string& mark_path,
    const std::function<bool(const VerifyProgress&)>& progress) {
  // The mark before the snapshot: what it claims must then be in the snapshot.
  ASSIGN_OR_RETURN(const auto mark, HighWaterMark::Read(database.env(), mark_path));
  const Pinned snapshot(database);
  ASSIGN_OR_RETURN(const Tail tail, ReadTail(database, snapshot.get()));
  const uint64_t total = 2 * tail.last_position;
  const auto report_progress = [&](uint64_t done) {
    return !progress || done % kRecordsPerProgress != 0 || progress({done, total});
  };

  VerifyReport report;
  ASSIGN_OR_RETURN(LogWalk log, WalkLog(database, snapshot.get(), Tail{}, report_progress));
  report.tail = std::move(log.tail);
  report.records = log.records;
  report.fault = std::move(log.fault);
  if (report.fault) return report;

  ASSIGN_OR_RETURN(IndexWalk index, WalkIndex(database, snapshot.get(), [&](uint64_t entries) {
                     return report_progress(report.records + entries);
                   }));
  report.streams = index.streams;
  report.fault = std::move(index.fault);
  if (!report.fault && index.entries != report.records) {
    ASSIGN_OR_RETURN(report.fault, FindStrayEntry(database, snapshot.get()));
  }
  if (report.fault || !mark) return report;

  ASSIGN_OR_RETURN(const auto commits, database.Get(Family::kCursors, kCommitsKey, snapshot.get()));
  ASSIGN_OR_RETURN(const uint64_t number,
                   DecodeNumber("the number of the last commit", commits.value_or("")));
  ASSIGN_OR_RETURN(report.fault, CheckMark(database, snapshot.get(), *mark, report.tail, number));
  return report;
}

}  // namespace pitlane::journal::internal
