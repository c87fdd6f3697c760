#include "libs/runtime/unit_context.h"

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::runtime {

absl::StatusOr<std::optional<std::string>> BatchViews::Get(std::string_view view,
                                                           std::string_view key) {
  return batch_.GetView(view, key);
}

absl::StatusOr<journal::ScanPage> BatchViews::Scan(std::string_view view,
                                                   const journal::ScanOptions& options) {
  journal::ScanOptions current = options;
  current.generation = journal::kCurrentGeneration;
  return batch_.ScanView(view, current);
}

absl::Status BatchViews::ForEach(std::string_view view, const journal::ScanOptions& options,
                                 journal::RowVisitor visitor) {
  journal::ScanOptions current = options;
  current.generation = journal::kCurrentGeneration;
  return batch_.ForEachInView(view, current, visitor);
}

UnitContext::UnitContext(journal::Batch new_batch, AggregateCache& cache,
                         const ProjectionSet& projection_set,
                         const journal::StoreIdentity& store_identity, CursorBook& cursor_book,
                         Clock& the_clock, Entropy& the_entropy)
    : batch(std::move(new_batch)),
      views(batch),
      projections(projection_set),
      identity(store_identity),
      clock(the_clock),
      entropy(the_entropy),
      book(cursor_book),
      cache_(cache) {
  layers.Push();
}

void UnitContext::Push() {
  batch.SetSavePoint();
  layers.Push();
  marks_.push_back({effects.size(), cursors.size(), book.Mark()});
}

void UnitContext::Keep() {
  PITLANE_CHECK(!marks_.empty());
  batch.PopSavePoint();
  layers.Merge();
  marks_.pop_back();
}

void UnitContext::Drop() {
  PITLANE_CHECK(!marks_.empty());
  batch.RollbackToSavePoint();
  layers.Drop();
  effects.resize(marks_.back().effects);
  cursors.resize(marks_.back().cursors);
  book.RollBackTo(marks_.back().book);
  marks_.pop_back();
}

absl::StatusOr<const StateEntry*> UnitContext::Load(const AggregateKind& kind,
                                                    std::string_view stream_id) {
  const StateEntry* entry = layers.Find(stream_id);
  if (entry == nullptr) entry = cache_.Get(stream_id);
  if (entry == nullptr) {
    // Whatever the batch changed is in a layer, so what is read here is committed.
    ASSIGN_OR_RETURN(StateEntry loaded, LoadAggregate(batch, kind, stream_id));
    cache_.Put(stream_id, std::move(loaded));
    entry = cache_.Get(stream_id);
  }
  if (entry->kind != &kind) {
    return rpc::Invalid(
        "id", absl::StrCat(ToAbsl(stream_id), " is not a ", kind.state_prototype->GetTypeName()));
  }
  layers.Keep(entry->state);
  return entry;
}

absl::StatusOr<StateEntry*> UnitContext::Touch(const AggregateKind& kind,
                                               std::string_view stream_id) {
  ASSIGN_OR_RETURN(const StateEntry* entry, Load(kind, stream_id));
  return &layers.Touch(stream_id, *entry);
}

void UnitContext::PutSnapshots(uint64_t every) {
  for (auto& [stream_id, entry] : layers.Bottom()) {
    if (entry.version < entry.snapshot_version + every) continue;
    batch.PutSnapshot(stream_id, {.version = entry.version,
                                  .schema = entry.kind->SnapshotSchema(),
                                  .state = DeterministicBytes(*entry.state)});
    entry.snapshot_version = entry.version;
  }
}

void UnitContext::PublishStates() {
  for (auto& [stream_id, entry] : layers.Bottom()) cache_.Put(stream_id, std::move(entry));
}

}  // namespace pitlane::runtime
