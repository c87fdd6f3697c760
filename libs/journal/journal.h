// The event store of one service: an append-only log with everything derived from it, on RocksDB.
//
// One commit = one synced write. A Batch gathers the events, the stream index, read-model rows, the
// requests' answers, cursors, snapshots and secrets of one commit; Journal::Commit makes all of it
// durable together or none of it. After Commit has returned OK, nothing short of a broken disk
// takes the commit back, and a broken disk is noticed at the next Open (see README.md, "What is
// noticed").
//
// Threads. One thread (the writer) makes batches and commits them; the methods of Batch and those
// of Journal marked "writer" belong to it. Every other method of Journal may be called from any
// thread at any time. A Reader belongs to one thread at a time.
//
// Errors, everywhere in this header:
//   DATA_LOSS           stored bytes do not decode, or a checksum or the chain is wrong
//   RESOURCE_EXHAUSTED  the disk is full; nothing was applied, reads go on, later commits heal it
//   UNAVAILABLE         an I/O error while reading, or another process has the store open
//   INTERNAL            the journal has stopped after a fatal error (only when Options::on_fatal
//                       returned instead of ending the process)
// An absent row, request, cursor, snapshot or secret is an empty optional, never an error.
//
// Names: stream ids, view names, cursor names, request ids and secret names are 1 to 1024 bytes
// without a zero byte; anything else is INVALID_ARGUMENT from the calls that return a Status and a
// CHECK in those that do not. Keys and values of rows are any bytes; a key may be empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace pitlane::journal {

namespace internal {
class BatchState;
class Store;
}  // namespace internal

// Who a store belongs to. Written when the store is made; Open refuses any other.
struct StoreIdentity {
  std::string service;           // "ticket", "inventory", ...
  uint32_t shard = 0;            // 0 .. shard_count - 1
  uint32_t shard_count = 1;      // how many shards the service's ids are spread over
  uint32_t partition_count = 8;  // partitions of the service's topic

  friend bool operator==(const StoreIdentity&, const StoreIdentity&) = default;
};

struct Options {
  // Folder of the store; holds `rocksdb/`, the file `high-water-mark` and the file `lock`.
  std::string path;
  StoreIdentity identity;
  // Every file operation goes through it. Not owned; must outlive the journal. nullptr means
  // rocksdb::Env::Default().
  rocksdb::Env* env = nullptr;
  // Without it, Open of a folder without a store is NOT_FOUND.
  bool create_if_missing = true;

  size_t block_cache_bytes = 32u << 20;   // cache of decompressed blocks, all families together
  size_t write_buffer_bytes = 32u << 20;  // memory for what is not in table files yet, all families
  size_t max_wal_bytes = 64u << 20;       // also bounds the work of Open after a crash

  // How long the high-water mark on the disk may trail behind the last commit (README.md). Zero
  // syncs it with every commit.
  absl::Duration mark_sync_interval = absl::Milliseconds(200);
  // Commits are refused while less than this is free on the disk (where the Env can tell): what is
  // in memory and in the write-ahead log needs room to become table files.
  uint64_t reserve_bytes = 64u << 20;
  // While the disk is full, commits are refused without trying for this long after a failed
  // attempt.
  absl::Duration no_space_retry_interval = absl::Seconds(1);
  // Records at the end of the log that every Open verifies. After a stop without Close, Open
  // verifies every record that can have come from the write-ahead log.
  size_t verify_tail_records = 256;

  // Gets RocksDB's warnings and errors, one line each, from any thread. Empty: they are dropped.
  std::function<void(std::string_view line)> on_warning;
  // Called once when an I/O error leaves it unknown what is on the disk (a retried fsync lies). May
  // come from the writer or from the journal's own thread. Empty: print the error and abort. A
  // function that returns leaves a journal whose commits are all INTERNAL.
  std::function<void(absl::Status)> on_fatal;
};

// One event as the log has it.
struct Record {
  uint64_t position = 0;  // 1, 2, 3, ... without gaps
  std::string stream_id;
  uint64_t version = 0;  // 1, 2, 3, ... without gaps within the stream
  std::string payload;
  std::string chain;  // 32 bytes: SHA-256 over the previous record's chain and this record

  friend bool operator==(const Record&, const Record&) = default;
};

// The end of the log.
struct Tail {
  uint64_t last_position = 0;                 // 0: the log is empty
  std::string chain = std::string(32, '\0');  // chain of that record; zeros when the log is empty

  friend bool operator==(const Tail&, const Tail&) = default;
};

// What a request was answered, so that its repetition gets the same bytes.
struct StoredAnswer {
  std::string fingerprint;  // of the request's content; the journal does not look into it
  std::string response;
  uint64_t position = 0;  // the position it was committed at

  friend bool operator==(const StoredAnswer&, const StoredAnswer&) = default;
};

// State of an aggregate at a version, to save reading its whole stream. Disposable: stored with a
// hash of `state`, and one whose hash is wrong or whose schema is not the asked one is absent.
struct Snapshot {
  uint64_t version = 0;
  uint32_t schema = 0;
  std::string state;

  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

// A generation of a view. Rows live under (view, generation, key). Generations start at 1 and are
// never used twice; kCurrentGeneration stands for the one that readers see.
using Generation = uint32_t;
inline constexpr Generation kCurrentGeneration = 0;

struct Row {
  std::string key;
  std::string value;

  friend bool operator==(const Row&, const Row&) = default;
};

// Which rows of a view, in byte order of their keys (reverse: from the last to the first). The
// conditions narrow each other down.
struct ScanOptions {
  std::string prefix;                // keys that begin with it
  std::string from;                  // keys >= from
  std::optional<std::string> to;     // keys < to
  std::optional<std::string> after;  // keys that come after this one in the direction of the scan
  bool reverse = false;
  size_t limit = 1000;          // rows in a page; not used by ForEachInView
  size_t max_bytes = 4u << 20;  // a page ends once it is this large; not used by ForEachInView
  Generation generation = kCurrentGeneration;
};

struct ScanPage {
  std::vector<Row> rows;
  // Set when there are more rows: give it as ScanOptions::after to go on.
  std::optional<std::string> resume;
};

// Called for every row until it returns false. The views end with the call.
using RowVisitor = absl::FunctionRef<bool(std::string_view key, std::string_view value)>;

// A consistent state of the whole store, pinned when the Reader is made: later commits do not show.
// Keep it short (a Reader holds back the clean-up of what was deleted, erased secrets included).
// Must be destroyed before its Journal.
class Reader {
 public:
  virtual ~Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  virtual absl::StatusOr<Tail> GetTail() = 0;
  // Records from `from_position` (0 counts as 1) in order: at most `max_records`, and no further
  // ones once their payloads reach `max_bytes`, but at least one when there is one.
  virtual absl::StatusOr<std::vector<Record>> ReadLog(uint64_t from_position, size_t max_records,
                                                      size_t max_bytes) = 0;
  // Records of one stream from `from_version` (0 counts as 1) in order, at most `max_records`.
  // Empty when there are none.
  virtual absl::StatusOr<std::vector<Record>> ReadStream(std::string_view stream_id,
                                                         uint64_t from_version,
                                                         size_t max_records) = 0;
  // 0 when the stream does not exist.
  virtual absl::StatusOr<uint64_t> StreamVersion(std::string_view stream_id) = 0;
  virtual absl::StatusOr<std::optional<Snapshot>> GetSnapshot(std::string_view stream_id,
                                                              uint32_t schema) = 0;
  virtual absl::StatusOr<std::optional<StoredAnswer>> GetRequest(std::string_view request_id) = 0;
  virtual absl::StatusOr<std::optional<uint64_t>> GetCursor(std::string_view name) = 0;
  virtual absl::StatusOr<std::optional<std::string>> GetView(std::string_view view,
                                                             std::string_view key,
                                                             Generation generation) = 0;
  virtual absl::StatusOr<ScanPage> ScanView(std::string_view view, const ScanOptions& options) = 0;
  virtual absl::Status ForEachInView(std::string_view view, const ScanOptions& options,
                                     RowVisitor visitor) = 0;

 protected:
  Reader() = default;
};

// A view's generations. `building` is 0 when no rebuild is under way.
struct ViewGenerations {
  Generation current = 1;
  Generation building = 0;

  friend bool operator==(const ViewGenerations&, const ViewGenerations&) = default;
};

// Everything of one commit. Made by Journal::NewBatch, given to Journal::Commit or dropped; at most
// one lives at a time, and it must not outlive its journal. Writer thread only. All reads see the
// committed state plus what the batch holds so far.
class Batch {
 public:
  Batch(Batch&& other) noexcept;
  Batch& operator=(Batch&& other) noexcept;
  ~Batch();

  // The position the next Append gets.
  uint64_t next_position() const;
  // Events in the batch.
  size_t events() const;
  // True when a commit would change nothing (then Commit does not touch the disk).
  bool empty() const;
  // Bytes that the batch is going to write, roughly; to bound the size of a commit.
  size_t approximate_bytes() const;

  // Appends an event to a stream as version expected_version + 1 and position next_position().
  // ABORTED when the stream (with what the batch holds) is not at expected_version; the batch is
  // then unchanged. expected_version 0 makes the stream.
  absl::Status Append(std::string_view stream_id, uint64_t expected_version,
                      std::string_view payload);
  absl::StatusOr<uint64_t> StreamVersion(std::string_view stream_id);
  // Committed records of the stream followed by those of the batch; as Reader::ReadStream.
  absl::StatusOr<std::vector<Record>> ReadStream(std::string_view stream_id, uint64_t from_version,
                                                 size_t max_records);

  // Rows. A generation other than the current one must come from BeginRebuild.
  void PutView(std::string_view view, std::string_view key, std::string_view value,
               Generation generation = kCurrentGeneration);
  void DeleteView(std::string_view view, std::string_view key,
                  Generation generation = kCurrentGeneration);
  absl::StatusOr<std::optional<std::string>> GetView(std::string_view view, std::string_view key,
                                                     Generation generation = kCurrentGeneration);
  absl::StatusOr<ScanPage> ScanView(std::string_view view, const ScanOptions& options);
  // The visitor must not change the batch.
  absl::Status ForEachInView(std::string_view view, const ScanOptions& options, RowVisitor visitor);

  // Rebuild beside the live view: BeginRebuild; fill the generation it gives, over as many commits
  // as it takes; ActivateGeneration, which swaps what readers see and deletes the old rows, in one
  // step with the rest of its batch. A rebuild that is under way survives a restart (Generations);
  // BeginRebuild drops one that was begun before.
  Generation BeginRebuild(std::string_view view);
  ViewGenerations Generations(std::string_view view) const;
  // FAILED_PRECONDITION when that generation is not the one being built.
  absl::Status ActivateGeneration(std::string_view view, Generation generation);
  // Deletes every row of the view, of all its generations; no rebuild is under way afterwards.
  void DropView(std::string_view view);

  void PutRequest(std::string_view request_id, const StoredAnswer& answer);
  absl::StatusOr<std::optional<StoredAnswer>> GetRequest(std::string_view request_id);

  void PutCursor(std::string_view name, uint64_t position);
  void DeleteCursor(std::string_view name);
  absl::StatusOr<std::optional<uint64_t>> GetCursor(std::string_view name);

  void PutSnapshot(std::string_view stream_id, const Snapshot& snapshot);
  absl::StatusOr<std::optional<Snapshot>> GetSnapshot(std::string_view stream_id, uint32_t schema);

  // Keys of persons: the only thing in a store that can be destroyed. They are never in the log. A
  // committed deletion is followed, on the journal's own thread, by the removal of the old bytes
  // from every file of the store (also after a restart); Journal::WaitForErasure waits for it.
  void PutSecret(std::string_view name, std::string_view value);
  void DeleteSecret(std::string_view name);
  absl::StatusOr<std::optional<std::string>> GetSecret(std::string_view name);

  // Save points nest. RollbackToSavePoint undoes everything since the last one (positions, versions
  // and chain included) and removes it; PopSavePoint removes it and keeps the changes. Both CHECK
  // that there is one.
  void SetSavePoint();
  void RollbackToSavePoint();
  void PopSavePoint();

 private:
  friend class Journal;
  explicit Batch(std::unique_ptr<internal::BatchState> state);
  std::unique_ptr<internal::BatchState> state_;
};

// Ends a registration of Journal::OnCommit when it is destroyed; waits for a call that is under
// way.
class Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
  Subscription(Subscription&& other) noexcept : cancel_(std::exchange(other.cancel_, nullptr)) {}
  Subscription& operator=(Subscription&& other) noexcept {
    if (this != &other) {
      Cancel();
      cancel_ = std::exchange(other.cancel_, nullptr);
    }
    return *this;
  }
  ~Subscription() { Cancel(); }

  void Cancel() {
    if (auto cancel = std::exchange(cancel_, nullptr)) cancel();
  }

 private:
  std::function<void()> cancel_;
};

// What Verify found.
struct VerifyFault {
  uint64_t position = 0;  // the first record concerned
  std::string what;       // one sentence
};
struct VerifyReport {
  Tail tail;
  uint64_t records = 0;  // walked
  uint64_t streams = 0;
  std::optional<VerifyFault> fault;  // the first one; empty: the store is sound
};
struct VerifyProgress {
  uint64_t done = 0;  // of `total`, in records walked
  uint64_t total = 0;
};

// Counters since Open, and sizes of now.
struct Stats {
  uint64_t commits = 0;          // that wrote something and were OK
  uint64_t syncs = 0;            // of the write-ahead log
  uint64_t mark_syncs = 0;       // of the high-water mark
  uint64_t events = 0;           // appended
  uint64_t bytes = 0;            // given to RocksDB
  uint64_t commits_refused = 0;  // for want of disk space
  uint64_t last_position = 0;
  uint64_t log_bytes = 0;     // table files of the log
  uint64_t table_bytes = 0;   // table files of all families
  uint64_t memory_bytes = 0;  // write buffers, table readers and block cache
  uint64_t pending_compaction_bytes = 0;
  uint64_t readers = 0;          // alive
  bool no_space = false;         // commits are being refused for want of disk space
  bool erasure_pending = false;  // deleted secrets are still in some file
};

class Journal {
 public:
  // Opens or makes the store. Refusals, each with a message that says what to do:
  //   DATA_LOSS            damaged, or records that were acknowledged are missing
  //   FAILED_PRECONDITION  of another service, shard, shard count or partition count; or written by
  //                        a newer version
  //   UNAVAILABLE          open in another process (or in this one)
  //   NOT_FOUND            no store there, and create_if_missing is false
  //   RESOURCE_EXHAUSTED   disk full;  INVALID_ARGUMENT  the options are wrong
  static absl::StatusOr<std::unique_ptr<Journal>> Open(Options options);
  // Syncs the mark and closes. No Batch, Reader, Subscription or waiting thread may be left.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Writer. CHECKs that no other batch is alive.
  Batch NewBatch();
  // Writer. Makes the batch durable, whole, then tells those who wait. On any error nothing of it
  // is applied: positions, versions, chain and rows are as before. RESOURCE_EXHAUSTED or INTERNAL.
  absl::Status Commit(Batch batch);
  // Writer. The two halves of Commit, for who has something more urgent to do between them: those
  // who wait are told of everything durable by the next Announce.
  absl::Status CommitQuietly(Batch batch);
  void Announce();

  // Of the last committed event; 0 when there is none.
  uint64_t last_position() const;
  Tail tail() const;
  const StoreIdentity& identity() const;

  // Waits until an event behind `position` is committed, or the deadline, or StopWaiting. Returns
  // last_position() as it is then.
  uint64_t WaitPast(uint64_t position, absl::Time deadline);
  // Ends all waits, now and from now on; for shutting down.
  void StopWaiting();
  // Calls `listener` after every commit with events, on the writer's thread; it must be quick and
  // must not touch the journal's subscriptions. Must end before the journal does.
  [[nodiscard]] Subscription OnCommit(std::function<void(uint64_t last_position)> listener);

  std::unique_ptr<Reader> NewReader() const;

  // The methods of Reader, each on the newest committed state.
  absl::StatusOr<std::vector<Record>> ReadLog(uint64_t from_position, size_t max_records,
                                              size_t max_bytes) const;
  absl::StatusOr<std::vector<Record>> ReadStream(std::string_view stream_id, uint64_t from_version,
                                                 size_t max_records) const;
  absl::StatusOr<uint64_t> StreamVersion(std::string_view stream_id) const;
  absl::StatusOr<std::optional<Snapshot>> GetSnapshot(std::string_view stream_id,
                                                      uint32_t schema) const;
  absl::StatusOr<std::optional<StoredAnswer>> GetRequest(std::string_view request_id) const;
  absl::StatusOr<std::optional<uint64_t>> GetCursor(std::string_view name) const;
  absl::StatusOr<std::optional<std::string>> GetView(std::string_view view,
                                                     std::string_view key) const;
  absl::StatusOr<ScanPage> ScanView(std::string_view view, const ScanOptions& options) const;
  // Secrets are read as they are now, never as of an older state.
  absl::StatusOr<std::optional<std::string>> GetSecret(std::string_view name) const;
  // Every secret, by name, until the visitor returns false.
  absl::Status ForEachSecret(RowVisitor visitor) const;

  // Writer, without a live batch: Batch::DropView in a commit of its own.
  absl::Status DropView(std::string_view view);

  // Waits until every secret deleted by a commit before this call is gone from the store's files.
  // DEADLINE_EXCEEDED when that takes longer, e.g. because an old Reader is kept.
  absl::Status WaitForErasure(absl::Time deadline);

  // An online backup into `folder`, which must not exist: a store that Open opens, with everything
  // committed before the call. It contains the secrets of that moment, and a file `manifest` with
  // the hash of every other file: the first Open of the backup refuses one that was changed since,
  // and removes the manifest. ALREADY_EXISTS, RESOURCE_EXHAUSTED.
  absl::Status Checkpoint(const std::string& folder);
  // Whether the files of a checkpoint that nobody has opened are as they were made; changes
  // nothing. DATA_LOSS naming the first that is not; NOT_FOUND when it has no manifest.
  // `env` nullptr: the real file system.
  static absl::Status CheckBackup(const std::string& folder, rocksdb::Env* env = nullptr);

  // Walks the whole store as of now: every record decodes, positions and versions are gap-free, the
  // chain holds, index and log agree both ways, the high-water mark is covered. A fault is in the
  // report; an error status means that the walk could not be done. `progress` may be null; it is
  // called every few thousand records, and stops the walk (CANCELLED) by returning false.
  absl::StatusOr<VerifyReport> Verify(
      const std::function<bool(const VerifyProgress&)>& progress = nullptr) const;

  Stats stats() const;

 private:
  explicit Journal(std::unique_ptr<internal::Store> store);
  std::unique_ptr<internal::Store> store_;
};

}  // namespace pitlane::journal
