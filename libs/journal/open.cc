// Store::Open: everything that is refused before a store may be used.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/journal/manifest.h"
#include "libs/journal/reads.h"
#include "libs/journal/store.h"
#include "libs/journal/verify.h"
#include "libs/journal/wal_end.h"

namespace pitlane::journal::internal {
namespace {

constexpr char kHowToRestore[] =
    "Keep the folder as it is, and restore the newest checkpoint into another one, or rebuild the "
    "store from Kafka with `pitlane journal restore --from-kafka`";

absl::Status Damaged(const std::string& path, const std::string& what) {
  return absl::DataLossError(
      absl::StrCat("the journal in ", path, " is damaged: ", what, ". ", kHowToRestore, "."));
}

absl::Status Newer(const std::string& path, uint32_t format_version) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the journal in ", path, " has format version ", format_version,
      "; this release reads up to ", kFormatVersion,
      ". Start the newer release that wrote it, or restore a checkpoint made by ", "this one."));
}

// DATA_LOSS says what to do; everything else stays as it is.
absl::Status WithAdvice(const std::string& path, const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return status;
  return Damaged(path, std::string(status.message()));
}

absl::Status CheckOptions(const Options& options) {
  const StoreIdentity& identity = options.identity;
  if (options.path.empty()) return absl::InvalidArgumentError("the journal's path is empty");
  RETURN_IF_ERROR(CheckName("the service's name", identity.service));
  if (identity.shard_count == 0 || identity.shard >= identity.shard_count) {
    return absl::InvalidArgumentError(
        absl::StrCat("shard ", identity.shard, " of ", identity.shard_count, " does not exist"));
  }
  if (identity.partition_count == 0) {
    return absl::InvalidArgumentError("a service needs at least one partition");
  }
  return absl::OkStatus();
}

absl::Status MakeFolders(rocksdb::Env* env, const std::string& path) {
  for (size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
    const std::string parent = path.substr(0, end);
    if (env->FileExists(parent).ok()) continue;
    RETURN_IF_ERROR(FromRocks(env->CreateDirIfMissing(parent), "make", parent));
  }
  return FromRocks(env->CreateDirIfMissing(path), "make", path);
}

std::string Describe(const StoreIdentity& identity) {
  return absl::StrCat("shard ", identity.shard, " of ", identity.shard_count, " of service '",
                      identity.service, "' with ", identity.partition_count, " partitions");
}

// The record behind which a check of the last records begins: at least `records` of them, and at
// least `bytes` bytes.
absl::StatusOr<Tail> StartOfTail(const Database& database, size_t records, uint64_t bytes) {
  auto log = database.NewRange(Family::kLog, LogKey(1), "", {.sequential = true});
  uint64_t seen_bytes = 0;
  size_t seen = 0;
  for (log->SeekToLast(); log->Valid(); log->Prev()) {
    if (seen >= records && seen_bytes >= bytes) {
      const auto position = ParseLogKey(ToView(log->key()));
      if (!position) return absl::DataLossError("a key of the log is not a position");
      ASSIGN_OR_RETURN(const RecordParts parts, DecodeRecord(*position, ToView(log->value())));
      return Tail{*position, std::string(parts.chain)};
    }
    ++seen;
    seen_bytes += log->value().size();
  }
  RETURN_IF_ERROR(log.status());
  return Tail{};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(Options options) {
  if (options.env == nullptr) options.env = rocksdb::Env::Default();
  while (options.path.size() > 1 && options.path.back() == '/') options.path.pop_back();
  RETURN_IF_ERROR(CheckOptions(options));
  std::unique_ptr<Store> store(new Store(std::move(options)));
  store->env_ = store->options_.env;
  const std::string& path = store->options_.path;

  RETURN_IF_ERROR(store->Lock());
  const auto backup = CheckManifest(store->env_, path);
  if (!backup.ok()) return WithAdvice(path, backup.status());
  auto mark = HighWaterMark::Read(store->env_, store->mark_path());
  if (!mark.ok()) return WithAdvice(path, mark.status());
  // Before RocksDB touches anything: opening it rewrites files.
  if (*mark && (*mark)->format_version > kFormatVersion) {
    return Newer(path, (*mark)->format_version);
  }
  ASSIGN_OR_RETURN(const Database::Presence presence,
                   Database::Look(store->env_, path + "/rocksdb"));
  const bool had_commits = *mark && (*mark)->commits > 0;
  if (presence == Database::Presence::kFragments ||
      (presence == Database::Presence::kNothing && had_commits)) {
    return Damaged(path, "files of the store are missing");
  }
  // After a crash a look without touching: a store that is refused stays as it was found.
  if (*mark && !(*mark)->clean && presence == Database::Presence::kDatabase) {
    RETURN_IF_ERROR(store->OpenDatabase(Database::Mode::kReadOnly));
    RETURN_IF_ERROR(store->Inspect(*mark));
    store->database_.reset();
  }
  // From now on its files change.
  if (*backup) RETURN_IF_ERROR(RemoveManifest(store->env_, path));
  RETURN_IF_ERROR(store->OpenDatabase(Database::Mode::kReadWrite));
  RETURN_IF_ERROR(store->Inspect(*mark));
  RETURN_IF_ERROR(store->StartMark(mark->has_value()));
  return store;
}

absl::Status Store::Inspect(const std::optional<Mark>& mark) {
  const std::string& path = options_.path;
  ASSIGN_OR_RETURN(const bool fresh, CheckIdentity(mark && mark->commits > 0));
  if (fresh) return database_->read_only() ? absl::OkStatus() : WriteIdentity();
  RETURN_IF_ERROR(WithAdvice(path, LoadState(mark)));
  RETURN_IF_ERROR(WithAdvice(path, CheckAgainstMark(mark)));
  return WithAdvice(path, CheckTail(mark && mark->clean));
}

absl::Status Store::Lock() {
  const std::string& path = options_.path;
  if (!options_.create_if_missing && !env_->FileExists(path + "/rocksdb/CURRENT").ok() &&
      !env_->FileExists(mark_path()).ok()) {
    return absl::NotFoundError(absl::StrCat("there is no journal in ", path));
  }
  RETURN_IF_ERROR(MakeFolders(env_, path));
  const std::string lock_path = path + "/lock";
  const rocksdb::Status status = env_->LockFile(lock_path, &lock_);
  if (status.ok()) return absl::OkStatus();
  lock_ = nullptr;
  if (!env_->FileExists(lock_path).ok()) return FromRocks(status, "make", lock_path);
  return absl::UnavailableError(
      absl::StrCat("cannot open the journal in ", path, ": another process has it open (",
                   status.ToString(), "). Stop that process, or give this one another folder."));
}

absl::Status Store::OpenDatabase(Database::Mode mode) {
  const std::string folder = options_.path + "/rocksdb";
  auto database = Database::Open(folder, options_, mode, recovery_);
  if (absl::IsDataLoss(database.status()) && recovery_ == Database::Recovery::kWhole) {
    // A commit that a power failure caught before its sync; the mark tells if it was more than
    // that.
    ASSIGN_OR_RETURN(const bool ends_in_holes, EndsInHoles(env_, folder));
    if (ends_in_holes) {
      recovery_ = Database::Recovery::kUpToDamage;
      database = Database::Open(folder, options_, mode, recovery_);
    }
  }
  if (!database.ok()) return WithAdvice(options_.path, database.status());
  database_ = *std::move(database);
  if (mode == Database::Mode::kReadOnly) return absl::OkStatus();
  return FromRocks(database_->Anchor(), "write to", options_.path);
}

absl::Status Store::WriteIdentity() {
  rocksdb::WriteBatch batch;
  rocksdb::ColumnFamilyHandle* cursors = database_->handle(Family::kCursors);
  auto status =
      batch.Put(cursors, kIdentityKey, EncodeIdentity({kFormatVersion, options_.identity}));
  if (status.ok()) status = batch.Put(cursors, kCommitsKey, EncodeBigEndian64(0));
  rocksdb::WriteOptions write;
  write.sync = true;
  if (status.ok()) status = database_->db()->Write(write, &batch);
  return FromRocks(status, "write", "the identity");
}

absl::StatusOr<bool> Store::CheckIdentity(bool had_commits) {
  ASSIGN_OR_RETURN(const auto value, database_->Get(Family::kCursors, kIdentityKey, nullptr));
  if (!value) {
    auto log = database_->NewRange(Family::kLog, "", "", {});
    log->SeekToFirst();
    RETURN_IF_ERROR(log.status());
    if (!log->Valid() && !had_commits) return true;
    return Damaged(options_.path, "it does not say which service it belongs to");
  }
  const auto stored = DecodeIdentity(*value);
  if (!stored.ok()) return WithAdvice(options_.path, stored.status());
  if (stored->format_version > kFormatVersion) return Newer(options_.path, stored->format_version);
  if (stored->identity == options_.identity) return false;
  return absl::FailedPreconditionError(absl::StrCat(
      "the journal in ", options_.path, " belongs to ", Describe(stored->identity),
      "; it was to be opened as ", Describe(options_.identity),
      ". Point this process to its own folder, or start it with the settings of the store."));
}

absl::Status Store::LoadState(const std::optional<Mark>& mark) {
  ASSIGN_OR_RETURN(committed_.tail, ReadTail(*database_, nullptr));
  ASSIGN_OR_RETURN(const auto commits, database_->Get(Family::kCursors, kCommitsKey, nullptr));
  ASSIGN_OR_RETURN(committed_.commits,
                   DecodeNumber("the number of the last commit", commits.value_or("")));
  if (!mark && committed_.commits > 0) {
    return absl::DataLossError(absl::StrCat("the file ", mark_path(),
                                            " is missing, so nothing tells whether records are"));
  }
  ASSIGN_OR_RETURN(const auto erasure, database_->Get(Family::kCursors, kErasureKey, nullptr));
  if (erasure) {
    ASSIGN_OR_RETURN(erasure_recorded_, DecodeNumber("the pending erasure", *erasure));
  }
  auto views = database_->NewRange(Family::kCursors, "g", "h", {});
  for (views->SeekToFirst(); views->Valid(); views->Next()) {
    const std::string view(ToView(views->key()).substr(1));
    ASSIGN_OR_RETURN(views_[view], DecodeViewState(view, ToView(views->value())));
  }
  return views.status();
}

absl::Status Store::CheckAgainstMark(const std::optional<Mark>& mark) const {
  if (!mark) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto fault,
                   CheckMark(*database_, nullptr, *mark, committed_.tail, committed_.commits));
  return fault ? absl::DataLossError(fault->what) : absl::OkStatus();
}

absl::Status Store::CheckTail(bool closed_cleanly) const {
  // What came out of the write-ahead log at this Open is in the last max_wal_bytes of the log; the
  // limit is a goal for RocksDB, so twice that.
  const uint64_t bytes = closed_cleanly ? 0 : 2 * uint64_t{options_.max_wal_bytes};
  ASSIGN_OR_RETURN(const Tail start, StartOfTail(*database_, options_.verify_tail_records, bytes));
  ASSIGN_OR_RETURN(const LogWalk walk,
                   WalkLog(*database_, nullptr, start, [](uint64_t) { return true; }));
  return walk.fault ? absl::DataLossError(walk.fault->what) : absl::OkStatus();
}

absl::Status Store::StartMark(bool exists) {
  committed_.format_version = kFormatVersion;
  committed_.clean = false;
  if (!exists) RETURN_IF_ERROR(HighWaterMark::Create(env_, mark_path(), committed_));
  ASSIGN_OR_RETURN(mark_, HighWaterMark::Open(env_, mark_path()));
  RETURN_IF_ERROR(mark_->Write(committed_));
  RETURN_IF_ERROR(mark_->Sync());
  RETURN_IF_ERROR(SyncFolder(env_, options_.path));
  news_ = std::make_unique<News>(committed_);
  keeper_ = std::make_unique<Keeper>(
      Keeper::Parts{.database = database_.get(),
                    .mark = mark_.get(),
                    .mark_sync_interval = options_.mark_sync_interval,
                    .reserve_bytes = options_.reserve_bytes,
                    .erase_up_to = erasure_recorded_,
                    .on_fatal = [this](const absl::Status& status) { Fatal(status); }});
  return absl::OkStatus();
}

}  // namespace pitlane::journal::internal
