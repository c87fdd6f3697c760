#include "libs/journal/store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/fault_point.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/journal/manifest.h"
#include "libs/journal/reads.h"
#include "libs/journal/space.h"
#include "rocksdb/utilities/checkpoint.h"

namespace pitlane::journal::internal {
namespace {

constexpr size_t kMaxCachedHeads = 1u << 16;

absl::Status DiskFull(const std::string& path, absl::string_view why) {
  return absl::ResourceExhaustedError(
      absl::StrCat("the disk of ", path, " is full: free some space there (", why, ")"));
}

}  // namespace

Store::~Store() {
  PITLANE_CHECK(!batch_alive_) << "a Batch outlives its Journal";
  if (keeper_ != nullptr) {
    PITLANE_CHECK(keeper_->readers() == 0) << "a Reader outlives its Journal";
    keeper_.reset();
    if (!stopped_.load()) {
      Mark mark = committed_;
      // A commit that found the disk full may be at the end of the write-ahead log.
      mark.clean = !resume_needed_;
      // Without it the next Open verifies more than it had to; nothing else.
      if (mark_->Write(mark).ok() && mark_->Sync().ok()) mark_->Close().IgnoreError();
    }
  }
  database_.reset();
  if (lock_ != nullptr) env_->UnlockFile(lock_).PermitUncheckedError();
}

std::unique_ptr<BatchState> Store::NewBatch() {
  PITLANE_CHECK(!batch_alive_) << "two batches at a time";
  batch_alive_ = true;
  return std::make_unique<BatchState>(*this);
}

absl::StatusOr<uint64_t> Store::StreamHead(std::string_view stream_id, uint64_t believed) {
  if (const auto it = heads_.find(ToAbsl(stream_id)); it != heads_.end()) return it->second;
  uint64_t head = believed;
  ASSIGN_OR_RETURN(const auto next,
                   database_->Get(Family::kStreams, StreamKey(stream_id, believed + 1), nullptr));
  bool confirmed = !next;
  if (confirmed && believed > 0) {
    ASSIGN_OR_RETURN(const auto last,
                     database_->Get(Family::kStreams, StreamKey(stream_id, believed), nullptr));
    confirmed = last.has_value();
  }
  if (!confirmed) {
    ASSIGN_OR_RETURN(head, ReadStreamVersion(*database_, nullptr, stream_id));
  }
  if (heads_.size() >= kMaxCachedHeads) heads_.clear();
  heads_[std::string(stream_id)] = head;
  return head;
}

ViewState Store::View(std::string_view view) const {
  const auto it = views_.find(ToAbsl(view));
  return it == views_.end() ? ViewState{} : it->second;
}

absl::Status Store::Commit(BatchState& batch) {
  if (batch.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(ReadyToCommit());

  const uint64_t number = committed_.commits + 1;
  rocksdb::ColumnFamilyHandle* cursors = database_->handle(Family::kCursors);
  RETURN_IF_ERROR(batch.Finish());
  rocksdb::WriteBatch& writes = batch.writes();
  auto status = writes.Put(cursors, kCommitsKey, EncodeBigEndian64(number));
  const bool erases = batch.deletes_secrets();
  const bool erased = erasure_recorded_ != 0 && keeper_->erased_up_to() >= erasure_recorded_;
  if (status.ok() && erases) status = writes.Put(cursors, kErasureKey, EncodeBigEndian64(number));
  if (status.ok() && !erases && erased) status = writes.Delete(cursors, kErasureKey);
  RETURN_IF_ERROR(FromRocks(status, "assemble", "a commit"));

  rocksdb::WriteOptions options;
  options.sync = true;
  const size_t bytes = writes.GetDataSize();
  FaultPoint("commit.assembled");
  if (status = database_->db()->Write(options, &writes); !status.ok()) return WriteFailed(status);
  FaultPoint("commit.synced");

  committed_.commits = number;
  committed_.tail = batch.tail();
  for (const auto& [stream, state] : batch.streams()) {
    if (heads_.size() >= kMaxCachedHeads) heads_.clear();
    heads_[stream] = state.version();
  }
  for (const auto& [key, value] : batch.overlay().changes(Family::kCursors)) {
    if (key.front() == 'g') views_[key.substr(1)] = *DecodeViewState(key, *value);
  }
  if (erases || erased) erasure_recorded_ = erases ? number : 0;
  commits_.fetch_add(1, std::memory_order_relaxed);
  syncs_.fetch_add(1, std::memory_order_relaxed);
  events_.fetch_add(batch.events(), std::memory_order_relaxed);
  bytes_.fetch_add(bytes, std::memory_order_relaxed);

  RETURN_IF_ERROR(AdvanceMark());
  FaultPoint("commit.marked");
  news_->Set(committed_);
  if (erases) keeper_->EraseUpTo(number);
  return absl::OkStatus();
}

absl::Status Store::AdvanceMark() {
  absl::Status status = mark_->Write(committed_);
  if (status.ok() && options_.mark_sync_interval <= absl::ZeroDuration()) {
    status = mark_->Sync();
    mark_syncs_.fetch_add(1, std::memory_order_relaxed);
  } else if (status.ok()) {
    keeper_->MarkWritten();
  }
  if (!status.ok()) Fatal(status);
  return status.ok() ? status : absl::InternalError(status.message());
}

absl::Status Store::ReadyToCommit() {
  if (stopped_.load(std::memory_order_acquire)) {
    absl::MutexLock lock(&stopped_mutex_);
    return absl::InternalError(
        absl::StrCat("the journal stopped after: ", stopped_because_.message()));
  }
  if (!no_space_.load(std::memory_order_relaxed)) {
    const absl::Status space = CheckFreeSpace(env_, options_.path, options_.reserve_bytes);
    return space.ok() ? space : RefuseForSpace(space.message());
  }
  if (env_->NowMicros() < retry_at_micros_) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return DiskFull(options_.path, "looked a moment ago");
  }
  // RocksDB is left alone until there is room: trying to go on without any may end in a state that
  // it cannot leave.
  const absl::Status space = ProbeSpace(env_, options_.path, options_.reserve_bytes);
  if (!space.ok()) return RefuseForSpace(space.message());
  if (resume_needed_) RETURN_IF_ERROR(Resume());
  resume_needed_ = false;
  no_space_.store(false, std::memory_order_relaxed);
  return absl::OkStatus();
}

absl::Status Store::Resume() {
  // Moves everything in memory to table files and begins a new write-ahead log, so that the commit
  // that failed, which may be at the end of the old one, is never replayed.
  rocksdb::Status status = database_->db()->Resume();
  if (status.ok()) status = database_->Anchor();
  return status.ok() ? absl::OkStatus() : WriteFailed(status);
}

absl::Status Store::RefuseForSpace(absl::string_view why) {
  no_space_.store(true, std::memory_order_relaxed);
  refused_.fetch_add(1, std::memory_order_relaxed);
  const int64_t wait = absl::ToInt64Microseconds(options_.no_space_retry_interval);
  retry_at_micros_ = env_->NowMicros() + static_cast<uint64_t>(wait);
  return DiskFull(options_.path, why);
}

absl::Status Store::WriteFailed(const rocksdb::Status& status) {
  // A RocksDB that has given up (it could not even begin a new write-ahead log) takes nothing any
  // more. Reads go on; once there is room, a new process is the way back.
  const bool given_up = resume_needed_ && status.severity() >= rocksdb::Status::kFatalError;
  if ((IsNoSpace(status) || status.IsBusy()) && !given_up) {
    resume_needed_ = true;
    return RefuseForSpace(status.ToString());
  }
  absl::Status fatal = absl::InternalError(absl::StrCat(
      "writing to the journal in ", options_.path,
      " failed, and what is on the disk is unknown until it is opened again: ", status.ToString(),
      ". Check the disk, then start the process again."));
  Fatal(fatal);
  return fatal;
}

void Store::Fatal(const absl::Status& status) {
  {
    absl::MutexLock lock(&stopped_mutex_);
    if (!stopped_because_.ok()) return;
    stopped_because_ = status;
    stopped_.store(true, std::memory_order_release);
  }
  if (options_.on_fatal) {
    options_.on_fatal(status);
    return;
  }
  PITLANE_CHECK(false) << status;
}

absl::Status Store::Checkpoint(const std::string& folder) {
  const rocksdb::Status exists = env_->FileExists(folder);
  if (exists.ok()) {
    return absl::AlreadyExistsError(
        absl::StrCat(folder, " exists: a checkpoint needs a folder of its own"));
  }
  RETURN_IF_ERROR(CheckFreeSpace(env_, options_.path, options_.reserve_bytes));
  RETURN_IF_ERROR(CopyFiles(folder));
  return WriteManifest(env_, folder);
}

absl::Status Store::CopyFiles(const std::string& folder) {
  absl::MutexLock files(&keeper_->files_mutex());
  // Before the copy, which then has at least as much as the mark says.
  Mark mark = news_->committed();
  rocksdb::Checkpoint* raw = nullptr;
  RETURN_IF_ERROR(
      FromRocks(rocksdb::Checkpoint::Create(database_->db(), &raw), "prepare", "a checkpoint"));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  RETURN_IF_ERROR(FromRocks(env_->CreateDir(folder), "make", folder));
  absl::Status status =
      FromRocks(checkpoint->CreateCheckpoint(folder + "/rocksdb"), "write", folder);
  // Last, since a store without its mark is refused: half a checkpoint does not pass for a whole.
  if (status.ok()) status = HighWaterMark::Create(env_, folder + "/high-water-mark", mark);
  if (!status.ok()) env_->DeleteDir(folder).PermitUncheckedError();
  return status;
}

Stats Store::GetStats() const {
  Stats stats;
  stats.commits = commits_.load(std::memory_order_relaxed);
  stats.syncs = syncs_.load(std::memory_order_relaxed);
  stats.mark_syncs = mark_syncs_.load(std::memory_order_relaxed) + keeper_->mark_syncs();
  stats.events = events_.load(std::memory_order_relaxed);
  stats.bytes = bytes_.load(std::memory_order_relaxed);
  stats.commits_refused = refused_.load(std::memory_order_relaxed);
  stats.last_position = news_->last_position();
  stats.readers = keeper_->readers();
  stats.no_space = no_space_.load(std::memory_order_relaxed);
  stats.erasure_pending = keeper_->erasure_pending();

  rocksdb::DB* db = database_->db();
  const auto property = [db](rocksdb::ColumnFamilyHandle* handle, const std::string& name) {
    uint64_t value = 0;
    return db->GetIntProperty(handle, name, &value) ? value : 0;
  };
  using Properties = rocksdb::DB::Properties;
  for (rocksdb::ColumnFamilyHandle* handle : database_->handles()) {
    stats.table_bytes += property(handle, Properties::kTotalSstFilesSize);
    stats.memory_bytes += property(handle, Properties::kSizeAllMemTables) +
                          property(handle, Properties::kEstimateTableReadersMem);
    stats.pending_compaction_bytes += property(handle, Properties::kEstimatePendingCompactionBytes);
  }
  rocksdb::ColumnFamilyHandle* log = database_->handle(Family::kLog);
  stats.log_bytes = property(log, Properties::kTotalSstFilesSize);
  stats.memory_bytes += property(log, Properties::kBlockCacheUsage);
  return stats;
}

}  // namespace pitlane::journal::internal
