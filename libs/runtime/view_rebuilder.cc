#include "libs/runtime/view_rebuilder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/log.h"
#include "libs/runtime/describe.h"
#include "pitlane/admin/v1/admin_service.pb.h"

namespace pitlane::runtime {
namespace {

constexpr std::string_view kSchemas = "runtime/views";
constexpr size_t kMaxChunkBytes = 16u << 20;

absl::StatusOr<uint32_t> StoredSchema(const journal::Journal& journal, std::string_view view) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, journal.GetView(kSchemas, view));
  if (!bytes.has_value()) return 0;
  return DecodeBigEndian32(*bytes);
}

}  // namespace

ViewRebuilder::ViewRebuilder(Executor& executor, journal::Journal& journal,
                             const ProjectionSet& projections, uint64_t least_chunk)
    : executor_(executor),
      journal_(journal),
      projections_(projections),
      least_chunk_(least_chunk) {}

absl::Status ViewRebuilder::CheckSchemas() {
  journal::Batch batch = journal_.NewBatch();
  absl::MutexLock lock(&mutex_);
  for (const auto& projection : projections_.all()) {
    const std::string view(projection->view());
    ASSIGN_OR_RETURN(const uint32_t stored, StoredSchema(journal_, view));
    const journal::ViewGenerations generations = batch.Generations(view);
    ViewStatus& status = status_[view];
    status = {.view = view,
              .schema = stored,
              .wanted_schema = projection->schema(),
              .generation = generations.current};
    const bool interrupted = generations.building != 0;
    if (stored == projection->schema() && !interrupted) continue;
    if (journal_.last_position() == 0) {
      status.schema = projection->schema();
      batch.PutView(kSchemas, view, EncodeBigEndian32(projection->schema()));
      continue;
    }
    status.building = true;
    jobs_[view] = std::make_unique<Job>(Job{.projection = projection.get(), .done = {}});
  }
  RETURN_IF_ERROR(DropForgotten(batch));
  return journal_.Commit(std::move(batch));
}

absl::Status ViewRebuilder::DropForgotten(journal::Batch& batch) const {
  std::vector<std::string> forgotten;
  RETURN_IF_ERROR(batch.ForEachInView(kSchemas, {}, [&](std::string_view view, std::string_view) {
    if (projections_.Find(view) == nullptr) forgotten.emplace_back(view);
    return true;
  }));
  for (const std::string& view : forgotten) {
    batch.DropView(view);
    batch.DeleteView(kSchemas, view);
  }
  return absl::OkStatus();
}

void ViewRebuilder::Rebuild(std::string_view view, std::function<void(absl::Status)> done) {
  absl::Status refusal;
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    Projection* projection = projections_.Find(view);
    if (projection == nullptr) {
      refusal =
          rpc::NotFound(admin::v1::VIEW_UNKNOWN, absl::StrCat("there is no view ", ToAbsl(view)));
    } else if (jobs_.contains(view)) {
      refusal = rpc::AlreadyExists(admin::v1::OPERATION_RUNNING,
                                   absl::StrCat("view ", ToAbsl(view), " is being rebuilt"));
    } else {
      jobs_[std::string(view)] =
          std::make_unique<Job>(Job{.projection = projection, .done = std::move(done)});
      status_[std::string(view)].building = true;
      wakeup = wakeup_;
    }
  }
  if (!refusal.ok()) {
    if (done) done(std::move(refusal));
    return;
  }
  if (wakeup) wakeup();
}

size_t ViewRebuilder::Step() {
  Job* job;
  {
    absl::MutexLock lock(&mutex_);
    // One at a time: each reads the same log, and the executor has other work too.
    if (jobs_.empty() || jobs_.begin()->second->in_flight) return 0;
    job = jobs_.begin()->second.get();
    job->in_flight = true;
  }
  Command command;
  auto progress = std::make_shared<Progress>();
  command.decide = [this, job, progress](Unit& unit) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(*progress, BuildChunk(*job, unit));
    return std::string();
  };
  command.done = [this, job, progress](absl::StatusOr<Answer> answer) {
    ChunkDone(*job, answer.status(), *progress);
  };
  executor_.SubmitFirst(std::move(command));
  return 1;
}

absl::StatusOr<ViewRebuilder::Progress> ViewRebuilder::BuildChunk(const Job& job,
                                                                  Unit& unit) const {
  journal::Batch& batch = unit.batch();
  const std::string_view view = job.projection->view();
  Progress progress = job.progress;
  if (progress.generation == 0) progress.generation = batch.BeginRebuild(view);
  // Twice what arrived since the last chunk, so that the end is reached under any load.
  const uint64_t tail = journal_.last_position();
  const uint64_t arrived = progress.tail == 0 ? 0 : tail - progress.tail;
  const uint64_t chunk = std::max(least_chunk_, 2 * arrived);
  ASSIGN_OR_RETURN(const std::vector<journal::Record> records,
                   journal_.ReadLog(progress.built_to + 1, chunk, kMaxChunkBytes));
  ViewWriter rows(batch, view, progress.generation);
  const std::unique_ptr<google::protobuf::Message> event(projections_.event_prototype().New());
  for (const journal::Record& record : records) {
    if (!event->ParseFromString(record.payload)) {
      return rpc::DataLoss(absl::StrCat("the event at position ", record.position,
                                        " does not decode; verify the journal"));
    }
    job.projection->OnEvent(*event, rows);
    progress.built_to = record.position;
  }
  RETURN_IF_ERROR(rows.status());
  progress.tail = tail;
  progress.swapped = progress.built_to == tail;
  if (progress.swapped) {
    RETURN_IF_ERROR(batch.ActivateGeneration(view, progress.generation));
    batch.PutView(kSchemas, view, EncodeBigEndian32(job.projection->schema()));
  }
  return progress;
}

void ViewRebuilder::ChunkDone(Job& job, const absl::Status& status, const Progress& progress) {
  std::function<void()> wakeup;
  std::function<void(absl::Status)> done;
  const std::string view(job.projection->view());
  {
    absl::MutexLock lock(&mutex_);
    ViewStatus& shown = status_[view];
    if (status.ok()) {
      job.progress = progress;
      shown.built_to = progress.built_to;
    } else {
      shown.failure = Describe(status);
    }
    job.in_flight = false;
    wakeup = wakeup_;
    if (!status.ok() || progress.swapped) {
      if (status.ok()) {
        shown.schema = job.projection->schema();
        shown.generation = progress.generation;
        shown.failure.clear();
      }
      shown.building = false;
      done = std::move(job.done);
      jobs_.erase(view);
    }
  }
  if (!status.ok()) {
    rpc::LogEvent(spdlog::level::err, "view_not_rebuilt",
                  {{"view", view}, {"error", Describe(status)}});
  }
  if (on_change_) on_change_();
  if (done) done(status);
  if (wakeup) wakeup();
}

bool ViewRebuilder::idle() const {
  absl::MutexLock lock(&mutex_);
  return jobs_.empty();
}

std::vector<ViewStatus> ViewRebuilder::status() const {
  absl::MutexLock lock(&mutex_);
  std::vector<ViewStatus> views;
  for (const auto& [name, status] : status_) views.push_back(status);
  return views;
}

void ViewRebuilder::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&mutex_);
  wakeup_ = std::move(wakeup);
}

}  // namespace pitlane::runtime
