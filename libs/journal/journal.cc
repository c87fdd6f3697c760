#include "libs/journal/journal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/journal/manifest.h"
#include "libs/journal/pinned_reader.h"
#include "libs/journal/reads.h"
#include "libs/journal/store.h"
#include "libs/journal/verify.h"

namespace pitlane::journal {

Journal::Journal(std::unique_ptr<internal::Store> store) : store_(std::move(store)) {}
Journal::~Journal() = default;

absl::StatusOr<std::unique_ptr<Journal>> Journal::Open(Options options) {
  ASSIGN_OR_RETURN(auto store, internal::Store::Open(std::move(options)));
  return std::unique_ptr<Journal>(new Journal(std::move(store)));
}

Batch Journal::NewBatch() { return Batch(store_->NewBatch()); }

absl::Status Journal::Commit(Batch batch) {
  RETURN_IF_ERROR(CommitQuietly(std::move(batch)));
  Announce();
  return absl::OkStatus();
}

absl::Status Journal::CommitQuietly(Batch batch) { return store_->Commit(*batch.state_); }
void Journal::Announce() { store_->news().Tell(); }

uint64_t Journal::last_position() const { return store_->news().last_position(); }
Tail Journal::tail() const { return store_->news().committed().tail; }
const StoreIdentity& Journal::identity() const { return store_->options().identity; }

uint64_t Journal::WaitPast(uint64_t position, absl::Time deadline) {
  return store_->news().WaitPast(position, deadline);
}

void Journal::StopWaiting() { store_->news().StopWaiting(); }

Subscription Journal::OnCommit(std::function<void(uint64_t last_position)> listener) {
  internal::News& news = store_->news();
  const uint64_t id = news.Subscribe(std::move(listener));
  return Subscription([&news, id] { news.Unsubscribe(id); });
}

std::unique_ptr<Reader> Journal::NewReader() const {
  return std::make_unique<internal::PinnedReader>(*store_);
}

absl::StatusOr<std::vector<Record>> Journal::ReadLog(uint64_t from_position, size_t max_records,
                                                     size_t max_bytes) const {
  return internal::ReadLog(store_->database(), nullptr, from_position, max_records, max_bytes);
}

absl::StatusOr<std::vector<Record>> Journal::ReadStream(std::string_view stream_id,
                                                        uint64_t from_version,
                                                        size_t max_records) const {
  return internal::ReadStream(store_->database(), nullptr, stream_id, from_version, max_records);
}

absl::StatusOr<uint64_t> Journal::StreamVersion(std::string_view stream_id) const {
  return internal::ReadStreamVersion(store_->database(), nullptr, stream_id);
}

absl::StatusOr<std::optional<Snapshot>> Journal::GetSnapshot(std::string_view stream_id,
                                                             uint32_t schema) const {
  return internal::ReadSnapshot(store_->database(), nullptr, stream_id, schema);
}

absl::StatusOr<std::optional<StoredAnswer>> Journal::GetRequest(std::string_view request_id) const {
  return internal::ReadRequest(store_->database(), nullptr, request_id);
}

absl::StatusOr<std::optional<uint64_t>> Journal::GetCursor(std::string_view name) const {
  return internal::ReadCursor(store_->database(), nullptr, name);
}

absl::StatusOr<std::optional<std::string>> Journal::GetView(std::string_view view,
                                                            std::string_view key) const {
  // A snapshot, since the generation and the row must be of one state.
  internal::PinnedReader reader(*store_);
  return reader.GetView(view, key, kCurrentGeneration);
}

absl::StatusOr<ScanPage> Journal::ScanView(std::string_view view,
                                           const ScanOptions& options) const {
  internal::PinnedReader reader(*store_);
  return reader.ScanView(view, options);
}

absl::StatusOr<std::optional<std::string>> Journal::GetSecret(std::string_view name) const {
  RETURN_IF_ERROR(internal::CheckName("name of a secret", name));
  return store_->database().Get(internal::Family::kSecrets, name, nullptr);
}

absl::Status Journal::ForEachSecret(RowVisitor visitor) const {
  auto secrets = store_->database().NewRange(internal::Family::kSecrets, "", "", {});
  for (secrets->SeekToFirst(); secrets->Valid(); secrets->Next()) {
    if (!visitor(internal::ToView(secrets->key()), internal::ToView(secrets->value()))) break;
  }
  return secrets.status();
}

absl::Status Journal::CheckBackup(const std::string& folder, rocksdb::Env* env) {
  if (env == nullptr) env = rocksdb::Env::Default();
  ASSIGN_OR_RETURN(const bool present, internal::CheckManifest(env, folder));
  if (present) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat(folder, " has no manifest: it is no checkpoint, or was opened since"));
}

absl::Status Journal::DropView(std::string_view view) {
  RETURN_IF_ERROR(internal::CheckName("view name", view));
  Batch batch = NewBatch();
  batch.DropView(view);
  return Commit(std::move(batch));
}

absl::Status Journal::WaitForErasure(absl::Time deadline) {
  return store_->keeper().WaitForErasure(deadline);
}

absl::Status Journal::Checkpoint(const std::string& folder) { return store_->Checkpoint(folder); }

absl::StatusOr<VerifyReport> Journal::Verify(
    const std::function<bool(const VerifyProgress&)>& progress) const {
  return internal::VerifyStore(store_->database(), store_->mark_path(), progress);
}

Stats Journal::stats() const { return store_->GetStats(); }

}  // namespace pitlane::journal
