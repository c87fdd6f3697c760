#include "libs/journal/keeper.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/journal/space.h"
#include "rocksdb/metadata.h"

namespace pitlane::journal::internal {
namespace {

constexpr absl::Duration kFirstEraseBackoff = absl::Milliseconds(20);
constexpr absl::Duration kMaxEraseBackoff = absl::Minutes(1);

// Numbers of the write-ahead logs in the folder, ascending.
absl::StatusOr<std::vector<uint64_t>> WalNumbers(const Database& database) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(
      FromRocks(database.env()->GetChildren(database.path(), &names), "list", database.path()));
  std::vector<uint64_t> numbers;
  for (const std::string& name : names) {
    uint64_t number = 0;
    if (absl::EndsWith(name, ".log") &&
        absl::SimpleAtoi(name.substr(0, name.size() - 4), &number)) {
      numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<std::string> SecretFiles(const Database& database) {
  rocksdb::ColumnFamilyMetaData metadata;
  database.db()->GetColumnFamilyMetaData(database.handle(Family::kSecrets), &metadata);
  std::vector<std::string> paths;
  for (const auto& level : metadata.levels) {
    for (const auto& file : level.files)
      paths.push_back(file.directory + "/" + file.relative_filename);
  }
  return paths;
}

absl::Status RewriteSecrets(const Database& database) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.exclusive_manual_compaction = false;
  return FromRocks(
      database.db()->CompactRange(options, database.handle(Family::kSecrets), nullptr, nullptr),
      "rewrite", "the secrets");
}

}  // namespace

absl::Status EraseDeletedSecrets(const Database& database) {
  ASSIGN_OR_RETURN(const std::vector<uint64_t> wals_before, WalNumbers(database));
  RETURN_IF_ERROR(FromRocks(database.FlushAll(), "flush", "the store"));
  RETURN_IF_ERROR(FromRocks(database.Anchor(), "write to", "the store"));
  const std::vector<std::string> files_before = SecretFiles(database);
  RETURN_IF_ERROR(RewriteSecrets(database));

  // Obsolete files are deleted by whichever thread comes along; this makes it this one.
  RETURN_IF_ERROR(FromRocks(database.db()->DisableFileDeletions(), "clean up", database.path()));
  RETURN_IF_ERROR(FromRocks(database.db()->EnableFileDeletions(), "clean up", database.path()));

  const std::vector<std::string> files_after = SecretFiles(database);
  for (const std::string& file : files_before) {
    const bool still_used =
        std::find(files_after.begin(), files_after.end(), file) != files_after.end();
    if (still_used || database.env()->FileExists(file).ok()) {
      return absl::UnavailableError(absl::StrCat(file, " still holds deleted secrets"));
    }
  }
  ASSIGN_OR_RETURN(const std::vector<uint64_t> wals, WalNumbers(database));
  for (const uint64_t wal : wals) {
    // RocksDB keeps the newest log across a flush only when it is empty.
    const bool of_before = !wals_before.empty() && wal <= wals_before.back();
    if (of_before && wal != wals.back()) {
      return absl::UnavailableError(
          absl::StrCat("write-ahead log ", wal, " still holds deleted secrets"));
    }
  }
  return absl::OkStatus();
}

Keeper::Keeper(Parts parts)
    : parts_(std::move(parts)),
      erased_(0),
      erase_wanted_(parts_.erase_up_to),
      erase_backoff_(kFirstEraseBackoff),
      thread_([this] { Run(); }) {}

Keeper::~Keeper() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
    changed_.SignalAll();
  }
  thread_.join();
}

void Keeper::MarkWritten() {
  if (mark_dirty_.exchange(true, std::memory_order_acq_rel)) return;
  absl::MutexLock lock(&mutex_);
  mark_due_ = absl::Now() + parts_.mark_sync_interval;
  changed_.SignalAll();
}

void Keeper::EraseUpTo(uint64_t commit) {
  absl::MutexLock lock(&mutex_);
  erase_wanted_ = std::max(erase_wanted_, commit);
  erase_due_ = absl::InfinitePast();
  changed_.SignalAll();
}

bool Keeper::erasure_pending() const {
  absl::MutexLock lock(&mutex_);
  return erase_wanted_ > erased_up_to();
}

absl::Status Keeper::WaitForErasure(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  const uint64_t wanted = erase_wanted_;
  while (erased_up_to() < wanted) {
    if (changed_.WaitWithDeadline(&mutex_, deadline) && erased_up_to() < wanted) {
      return absl::DeadlineExceededError(
          absl::StrCat("deleted secrets are still in the store's files; readers that hold them "
                       "back: ",
                       std::distance(readers_.begin(), readers_.lower_bound(wanted))));
    }
  }
  return absl::OkStatus();
}

void Keeper::AddReader(uint64_t commits) {
  absl::MutexLock lock(&mutex_);
  readers_.insert(commits);
}

void Keeper::RemoveReader(uint64_t commits) {
  absl::MutexLock lock(&mutex_);
  readers_.erase(readers_.find(commits));
  if (erase_wanted_ > erased_up_to()) changed_.SignalAll();
}

size_t Keeper::readers() const {
  absl::MutexLock lock(&mutex_);
  return readers_.size();
}

void Keeper::Run() {
  absl::MutexLock lock(&mutex_);
  while (!stop_) {
    const absl::Time now = absl::Now();
    if (mark_due_ <= now) {
      SyncMark();
    } else if (CanErase(now)) {
      Erase();
    } else {
      const bool erase_later = erase_wanted_ > erased_up_to() && erase_due_ > now;
      changed_.WaitWithDeadline(&mutex_, erase_later ? std::min(mark_due_, erase_due_) : mark_due_);
    }
  }
}

bool Keeper::CanErase(absl::Time now) const {
  // A snapshot from before the deletion would make the compaction keep the old value.
  const bool held_back = !readers_.empty() && *readers_.begin() < erase_wanted_;
  return erase_wanted_ > erased_up_to() && erase_due_ <= now && !held_back;
}

void Keeper::SyncMark() {
  mark_due_ = absl::InfiniteFuture();
  mutex_.Unlock();
  // Before the sync: a mark that is written during it needs another one.
  mark_dirty_.store(false, std::memory_order_release);
  const absl::Status status = parts_.mark->Sync();
  mark_syncs_.fetch_add(1, std::memory_order_relaxed);
  if (!status.ok()) parts_.on_fatal(status);
  mutex_.Lock();
}

void Keeper::Erase() {
  const uint64_t wanted = erase_wanted_;
  mutex_.Unlock();
  absl::Status status;
  {
    absl::MutexLock files(&files_mutex_);
    const Database& database = *parts_.database;
    status = ProbeSpace(database.env(), database.path(), parts_.reserve_bytes);
    if (status.ok()) status = EraseDeletedSecrets(database);
  }
  mutex_.Lock();
  if (status.ok()) {
    erased_.store(wanted, std::memory_order_release);
    erase_backoff_ = kFirstEraseBackoff;
    changed_.SignalAll();
    return;
  }
  erase_due_ = absl::Now() + erase_backoff_;
  erase_backoff_ = std::min(2 * erase_backoff_, kMaxEraseBackoff);
}

}  // namespace pitlane::journal::internal
