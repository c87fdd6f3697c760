// Rebuilds views from the log beside the live ones, while the service runs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "libs/journal/journal.h"
#include "libs/runtime/executor.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/stepper.h"

namespace pitlane::runtime {

struct ViewStatus {
  std::string view;
  uint32_t schema = 0;         // of the rows that readers see; 0: never built
  uint32_t wanted_schema = 0;  // of the projection
  journal::Generation generation = 0;
  bool building = false;
  uint64_t built_to = 0;  // position the new generation has reached
  std::string failure;    // why the last rebuild ended, if it failed
};

// A rebuild goes through the log in chunks, each a unit of the executor that sees exactly the
// committed state; the chunk that reaches its end swaps the generations in the same commit. So the
// new view is at every moment what a projection from scratch would be, whatever arrives meanwhile.
// A rebuild that a stop interrupted begins again at the next start.
class ViewRebuilder final : public Stepper {
 public:
  // Everything is borrowed. `least_chunk`: events in a chunk, when few arrive meanwhile.
  ViewRebuilder(Executor& executor, journal::Journal& journal, const ProjectionSet& projections,
                uint64_t least_chunk = 2048);

  // Schedules every view whose stored schema is not the projection's; views of a store without
  // events are simply marked. Once, before the executor runs.
  absl::Status CheckSchemas();
  // Schedules one view, also when its schema is right. `done` (may be empty) is called from the
  // executor's thread when it is swapped or has failed, or here: NOT_FOUND for a view that no
  // projection has, ALREADY_EXISTS while it is being rebuilt.
  void Rebuild(std::string_view view, std::function<void(absl::Status)> done);

  // `listener` is called, from any thread, when a chunk was built or a rebuild ended. Before the
  // first Step.
  void OnChange(std::function<void()> listener) { on_change_ = std::move(listener); }

  bool idle() const;
  std::vector<ViewStatus> status() const;

  size_t Step() override;
  void SetWakeup(std::function<void()> wakeup) override;

 private:
  // How far a rebuild has come, as committed.
  struct Progress {
    journal::Generation generation = 0;  // 0: not begun
    uint64_t built_to = 0;
    uint64_t tail = 0;  // of the log, at the last chunk
    bool swapped = false;
  };
  struct Job {
    Projection* projection;
    std::function<void(absl::Status)> done;
    Progress progress = {};
    bool in_flight = false;
  };

  // Views whose projection this version no longer has.
  absl::Status DropForgotten(journal::Batch& batch) const;
  absl::StatusOr<Progress> BuildChunk(const Job& job, Unit& unit) const;
  void ChunkDone(Job& job, const absl::Status& status, const Progress& progress);

  Executor& executor_;
  journal::Journal& journal_;
  const ProjectionSet& projections_;
  const uint64_t least_chunk_;
  std::function<void()> on_change_;

  mutable absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Job>, std::less<>> jobs_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, ViewStatus, std::less<>> status_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::runtime
