#include "libs/journal/database.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "rocksdb/cache.h"
#include "rocksdb/convenience.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/listener.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"

namespace pitlane::journal::internal {
namespace {

// Everything of a stream index key but the version, so that a filter knows which streams a file
// has.
class StreamOfKey final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "pitlane.StreamOfKey"; }
  bool InDomain(const rocksdb::Slice& key) const override {
    return key.size() > kStreamKeySuffixBytes;
  }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.size() - kStreamKeySuffixBytes};
  }
};

// Healing a full disk belongs to the writer, which knows when it is safe; RocksDB's own attempts
// would come every few seconds from a thread of their own.
class NoSelfHealing final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

// RocksDB's own log file would be on the store's disk, and RocksDB 7.8 as Debian builds it ends the
// process when that file cannot be written.
class WarningLogger final : public rocksdb::Logger {
 public:
  explicit WarningLogger(std::function<void(std::string_view)> on_warning)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), on_warning_(std::move(on_warning)) {}

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    if (!on_warning_) return;
    std::array<char, 1024> line;
    const int size = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (size < 0) return;
    on_warning_({line.data(), std::min(static_cast<size_t>(size), line.size() - 1)});
  }

 private:
  const std::function<void(std::string_view)> on_warning_;
};

rocksdb::CompressionType Compression(bool dense) {
  const auto supported = rocksdb::GetSupportedCompressions();
  const auto has = [&](rocksdb::CompressionType type) {
    return std::find(supported.begin(), supported.end(), type) != supported.end();
  };
  if (dense && has(rocksdb::kZSTD)) return rocksdb::kZSTD;
  return has(rocksdb::kLZ4Compression) ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const Options& options,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // In pieces: the filter of a big file would fit into no shard of the cache, and be read from the
  // disk again for every key that is looked up.
  table.partition_filters = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;

  rocksdb::ColumnFamilyOptions cf;
  cf.write_buffer_size = std::max<size_t>(options.write_buffer_bytes / 2, 64u << 10);
  // Seven families times six services: the default of a megabyte each would be most of the memory.
  cf.arena_block_size = 128u << 10;
  cf.compression = Compression(false);
  cf.compaction_style = rocksdb::kCompactionStyleLevel;
  cf.level_compaction_dynamic_level_bytes = true;
  switch (family) {
    case Family::kLog:
      // Written once in key order and read in order: files move down without being rewritten, and
      // must not be rewritten for their age either. Every key that is asked for exists.
      table.filter_policy.reset();
      table.partition_filters = false;
      table.block_size = 16u << 10;
      cf.compression = Compression(true);
      cf.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(0));
      cf.ttl = 0;
      cf.periodic_compaction_seconds = 0;
      break;
    case Family::kStreams:
      cf.prefix_extractor = std::make_shared<StreamOfKey>();
      cf.memtable_prefix_bloom_size_ratio = 0.05;
      cf.memtable_whole_key_filtering = true;
      break;
    case Family::kRequests:
      cf.memtable_whole_key_filtering = true;
      cf.memtable_prefix_bloom_size_ratio = 0.05;
      break;
    case Family::kSecrets:
      // Keys are random bytes, and erasing them rewrites the family.
      cf.compression = rocksdb::kNoCompression;
      break;
    case Family::kSnapshots:
    case Family::kViews:
    case Family::kCursors:
      break;
  }
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return cf;
}

rocksdb::DBOptions DatabaseOptions(const Options& options, rocksdb::Env* env,
                                   Database::Recovery recovery) {
  rocksdb::DBOptions db;
  db.env = env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.paranoid_checks = true;
  // Only a torn end of the newest write-ahead log is taken for a crash; damage before it refuses to
  // open. That the torn end held nothing acknowledged is what the high-water mark tells.
  db.wal_recovery_mode = recovery == Database::Recovery::kUpToDamage
                             ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                             : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
  db.recycle_log_file_num = 0;
  db.max_total_wal_size = options.max_wal_bytes;
  db.db_write_buffer_size = options.write_buffer_bytes;
  db.allow_concurrent_memtable_write = false;
  db.enable_write_thread_adaptive_yield = false;
  db.avoid_unnecessary_blocking_io = true;
  db.bytes_per_sync = 1u << 20;
  // A failed write of a table file is not silently tried again; the next commit is told.
  db.max_bgerror_resume_count = 0;
  // Everything that is worth keeping is in the write-ahead log.
  db.avoid_flush_during_shutdown = true;
  db.max_background_jobs = 2;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.info_log = std::make_shared<WarningLogger>(options.on_warning);
  db.max_manifest_file_size = 16u << 20;
  // An idle store does nothing.
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.listeners.push_back(std::make_shared<NoSelfHealing>());
  return db;
}

absl::Status CheckFamilies(rocksdb::Env* env, const std::string& path) {
  rocksdb::DBOptions options;
  options.env = env;
  std::vector<std::string> names;
  RETURN_IF_ERROR(FromRocks(rocksdb::DB::ListColumnFamilies(options, path, &names), "read", path));
  for (const std::string& name : names) {
    if (name == rocksdb::kDefaultColumnFamilyName ||
        std::find(kFamilyNames.begin(), kFamilyNames.end(), name) != kFamilyNames.end()) {
      continue;
    }
    return absl::FailedPreconditionError(absl::StrCat(
        path, " has the column family '", name,
        "', which this release does not know: it was written by a newer release. Start "
        "that release, or restore a checkpoint made by this one."));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsNoSpace(const rocksdb::Status& status) {
  return status.IsNoSpace() ||
         (status.IsIOError() && status.subcode() == rocksdb::Status::kSpaceLimit);
}

absl::Status FromRocks(const rocksdb::Status& status, std::string_view verb,
                       std::string_view object) {
  if (status.ok()) return absl::OkStatus();
  const std::string message =
      absl::StrCat("cannot ", ToAbsl(verb), " ", ToAbsl(object), ": ", status.ToString());
  if (IsNoSpace(status)) return absl::ResourceExhaustedError(message);
  // RocksDB says this of a table file that the manifest names and the folder lacks, too.
  if (status.IsCorruption() || status.IsPathNotFound()) return absl::DataLossError(message);
  if (status.IsNotFound()) return absl::NotFoundError(message);
  if (status.IsIOError()) return absl::UnavailableError(message);
  return absl::InternalError(message);
}

absl::Status SyncFolder(rocksdb::Env* env, const std::string& folder) {
  std::unique_ptr<rocksdb::Directory> directory;
  RETURN_IF_ERROR(FromRocks(env->NewDirectory(folder, &directory), "open", folder));
  return FromRocks(directory->Fsync(), "sync", folder);
}

absl::StatusOr<Database::Presence> Database::Look(rocksdb::Env* env, const std::string& path) {
  if (env->FileExists(path + "/CURRENT").ok()) return Presence::kDatabase;
  std::vector<std::string> names;
  if (const auto status = env->GetChildren(path, &names); !status.ok() && !status.IsNotFound()) {
    return FromRocks(status, "list", path);
  }
  const bool fragments = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return absl::EndsWith(name, ".sst") || absl::EndsWith(name, ".log");
  });
  return fragments ? Presence::kFragments : Presence::kNothing;
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path,
                                                         const Options& options, Mode mode,
                                                         Recovery recovery) {
  rocksdb::Env* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  ASSIGN_OR_RETURN(const Presence presence, Look(env, path));
  if (presence == Presence::kDatabase) RETURN_IF_ERROR(CheckFamilies(env, path));

  // Few writers and readers: few shards, each big enough for any block.
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes, /*num_shard_bits=*/2);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (size_t i = 0; i < kFamilyCount; ++i) {
    families.emplace_back(kFamilyNames[i], FamilyOptions(static_cast<Family>(i), options, cache));
  }
  families.emplace_back(rocksdb::kDefaultColumnFamilyName,
                        FamilyOptions(Family::kCursors, options, cache));

  std::unique_ptr<Database> database(new Database());
  database->path_ = path;
  database->env_ = env;
  database->mode_ = mode;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::DBOptions db_options = DatabaseOptions(options, env, recovery);
  const rocksdb::Status status =
      mode == Mode::kReadOnly
          ? rocksdb::DB::OpenForReadOnly(db_options, path, families, &handles, &db)
          : rocksdb::DB::Open(db_options, path, families, &handles, &db);
  RETURN_IF_ERROR(FromRocks(status, "open", path));
  database->db_.reset(db);
  std::copy_n(handles.begin(), kFamilyCount, database->handles_.begin());
  database->default_handle_ = handles.back();
  return database;
}

Database::~Database() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  db_->DestroyColumnFamilyHandle(default_handle_).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

absl::StatusOr<std::optional<std::string>> Database::Get(Family family, std::string_view key,
                                                         const rocksdb::Snapshot* snapshot) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  std::string value;
  const rocksdb::Status status = db_->Get(options, handle(family), ToSlice(key), &value);
  if (status.IsNotFound() && !status.IsPathNotFound()) return std::nullopt;
  RETURN_IF_ERROR(FromRocks(status, "read", "the store"));
  return value;
}

Database::Range Database::NewRange(Family family, std::string lower, std::string upper,
                                   const RangeOptions& range_options) const {
  Range range;
  range.bounds_ = std::make_unique<Range::Bounds>();
  range.bounds_->lower = std::move(lower);
  range.bounds_->upper = std::move(upper);
  range.bounds_->lower_slice = range.bounds_->lower;
  range.bounds_->upper_slice = range.bounds_->upper;
  rocksdb::ReadOptions options;
  options.snapshot = range_options.snapshot;
  options.iterate_lower_bound = &range.bounds_->lower_slice;
  if (!range.bounds_->upper.empty()) options.iterate_upper_bound = &range.bounds_->upper_slice;
  options.prefix_same_as_start = range_options.within_stream;
  options.total_order_seek = !range_options.within_stream;
  if (range_options.sequential) {
    options.fill_cache = false;
    options.readahead_size = 1u << 20;
  }
  range.iterator_.reset(db_->NewIterator(options, handle(family)));
  return range;
}

rocksdb::Status Database::FlushAll() const {
  rocksdb::FlushOptions options;
  // A stall that waits for compaction must not hold up the writer longer than it has to.
  options.allow_write_stall = true;
  std::vector<rocksdb::ColumnFamilyHandle*> all = handles();
  all.push_back(default_handle_);
  return db_->Flush(options, all);
}

rocksdb::Status Database::Anchor() const {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return db_->Delete(options, default_handle_, "anchor");
}

}  // namespace pitlane::journal::internal
