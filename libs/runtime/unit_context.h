// What the units of one batch work on. Runtime's own; services use Unit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/journal/journal.h"
#include "libs/runtime/aggregate_cache.h"
#include "libs/runtime/cursor_book.h"
#include "libs/runtime/effects.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"

namespace pitlane::runtime {

class BatchViews final : public ViewReader {
 public:
  explicit BatchViews(journal::Batch& batch) : batch_(batch) {}
  absl::StatusOr<std::optional<std::string>> Get(std::string_view view,
                                                 std::string_view key) override;
  absl::StatusOr<journal::ScanPage> Scan(std::string_view view,
                                         const journal::ScanOptions& options) override;
  absl::Status ForEach(std::string_view view, const journal::ScanOptions& options,
                       journal::RowVisitor visitor) override;

 private:
  journal::Batch& batch_;
};

// The batch and the memory that mirrors it. Save points of both go up and down together. Executor's
// thread only.
class UnitContext {
 public:
  // Everything is borrowed for the life of the batch. Begins with the batch's own layer.
  UnitContext(journal::Batch batch, AggregateCache& cache, const ProjectionSet& projections,
              const journal::StoreIdentity& identity, CursorBook& book, Clock& clock,
              Entropy& entropy);

  // A save point over rows, events, states, cursors and effects.
  void Push();
  void Keep();
  void Drop();

  absl::StatusOr<const StateEntry*> Load(const AggregateKind& kind, std::string_view stream_id);
  // For Emit: the state in the topmost layer, to be changed in place.
  absl::StatusOr<StateEntry*> Touch(const AggregateKind& kind, std::string_view stream_id);

  // Writes snapshots of what the batch touched that is `every` events past its last one.
  void PutSnapshots(uint64_t every);
  // After a commit that succeeded: the batch's states become the committed ones.
  void PublishStates();

  journal::Batch batch;
  BatchViews views;
  const ProjectionSet& projections;
  const journal::StoreIdentity& identity;
  Clock& clock;
  Entropy& entropy;
  std::vector<EffectChange> effects;
  std::vector<std::pair<std::string, uint64_t>> cursors;  // in the order in which they were put
  CursorBook& book;
  StateLayers layers;

 private:
  struct Mark {
    size_t effects;
    size_t cursors;
    size_t book;
  };
  AggregateCache& cache_;
  std::vector<Mark> marks_;
};

}  // namespace pitlane::runtime
