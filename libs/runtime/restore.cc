#include "libs/runtime/restore.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/runtime/effects.h"
#include "libs/runtime/executor.h"
#include "libs/runtime/feed_pump.h"
#include "libs/runtime/parking.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view_rebuilder.h"
#include "libs/stream/event_bytes.h"
#include "libs/stream/partition_heads.h"

namespace pitlane::runtime {
namespace {

constexpr size_t kMaxBatchEvents = 1000;
constexpr size_t kMaxBatchBytes = 4u << 20;
constexpr size_t kPageRecords = 256;

// One restore. The batch is committed whenever it is large enough.
class Rebuild {
 public:
  Rebuild(const ServiceDefinition& definition, journal::Journal& journal)
      : definition_(definition),
        journal_(journal),
        projections_(*definition.event_prototype, definition.projections
                                                      ? definition.projections()
                                                      : std::vector<std::unique_ptr<Projection>>()),
        event_(definition.event_prototype->New()),
        executor_(journal, projections_, Clock::System(), Entropy::System(), {}) {}

  absl::StatusOr<RestoreReport> Run(stream::TopicHistory& history,
                                    const journal::Journal* secrets) {
    report_.before = journal_.last_position();
    RETURN_IF_ERROR(Prepare());
    RETURN_IF_ERROR(TakeAll(history));
    if (secrets != nullptr) RETURN_IF_ERROR(CopySecrets(*secrets));
    RETURN_IF_ERROR(PutBackTheRest());
    journal::Batch batch = journal_.NewBatch();
    batch.DeleteCursor(kRestoreCursor);
    RETURN_IF_ERROR(journal_.Commit(std::move(batch)));
    RETURN_IF_ERROR(CountOpenEffects());
    report_.tail = journal_.tail();
    return std::move(report_);
  }

 private:
  absl::Status Prepare() {
    // Rows are written along with the events, so a new store's views are of today's schemas.
    if (report_.before == 0) {
      ViewRebuilder views(executor_, journal_, projections_);
      RETURN_IF_ERROR(views.CheckSchemas());
    }
    ASSIGN_OR_RETURN(cursors_, LoadCursors(journal_));
    ASSIGN_OR_RETURN(const std::optional<uint64_t> interrupted, journal_.GetCursor(kRestoreCursor));
    first_ = interrupted.value_or(report_.before + 1);
    std::optional<std::string> after;
    do {
      ASSIGN_OR_RETURN(ParkedPage page, ListParked(journal_, "", kPageRecords, std::move(after)));
      for (const v1::ParkedRecord& record : page.records) {
        parked_[absl::StrCat(record.source(), "@", record.position())] = {record.source(),
                                                                          record.stream_id()};
      }
      after = std::move(page.resume);
    } while (after.has_value());
    return absl::OkStatus();
  }

  absl::Status TakeAll(stream::TopicHistory& history) {
    while (true) {
      ASSIGN_OR_RETURN(const std::optional<stream::HistoryRecord> record, history.Next());
      if (!record.has_value()) break;
      if (record->position <= report_.before) {
        RETURN_IF_ERROR(Compare(*record));
        continue;
      }
      RETURN_IF_ERROR(Take(*record));
    }
    return Flush();
  }

  absl::Status Compare(const stream::HistoryRecord& record) {
    if (own_.empty()) {
      ASSIGN_OR_RETURN(own_, journal_.ReadLog(record.position, kPageRecords, kMaxBatchBytes));
      std::reverse(own_.begin(), own_.end());
    }
    const bool same = !own_.empty() && own_.back().position == record.position &&
                      own_.back().payload == record.payload;
    if (!own_.empty()) own_.pop_back();
    // What no topic has, a backup may have.
    const bool lost = record.where == stream::HistoryRecord::Where::kLost;
    if (same && lost) hole_ = true;
    if (same || lost) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        "the store holds another event at position ", record.position,
        " than its topic: it is "
        "another store, or it was written to after it had been restored. Keep the folder, and "
        "restore into an empty one"));
  }

  absl::Status Take(const stream::HistoryRecord& record) {
    if (!batch_.has_value()) {
      batch_.emplace(journal_.NewBatch());
      batch_->PutCursor(kRestoreCursor, first_);
    }
    ASSIGN_OR_RETURN(const common::v1::EventMeta meta, stream::ReadMeta(record.payload));
    if (absl::Status status = batch_->Append(meta.stream_id(), meta.version() - 1, record.payload);
        !status.ok()) {
      return absl::DataLossError(absl::StrCat("the event at position ", record.position,
                                              " does not fit its stream: ", status.message()));
    }
    stream::NotePartitionHead(*batch_, journal_.identity().partition_count, meta.slot(),
                              record.position);
    ++report_.restored;
    if (record.where == stream::HistoryRecord::Where::kUnit) ++report_.completed;
    if (record.where == stream::HistoryRecord::Where::kLost) {
      ++report_.lost;
      hole_ = true;
    } else {
      RETURN_IF_ERROR(TakeMeaning(record, meta));
    }
    if (batch_->events() < kMaxBatchEvents && batch_->approximate_bytes() < kMaxBatchBytes) {
      return absl::OkStatus();
    }
    return Flush();
  }

  absl::Status TakeMeaning(const stream::HistoryRecord& record, const common::v1::EventMeta& meta) {
    if (!event_->ParseFromString(record.payload)) {
      return absl::DataLossError(absl::StrCat("the event at position ", record.position, " is no ",
                                              event_->GetTypeName()));
    }
    RETURN_IF_ERROR(projections_.Apply(*event_, *batch_));
    RETURN_IF_ERROR(TakeRequest(meta));
    return TakeCause(meta);
  }

  absl::Status TakeRequest(const common::v1::EventMeta& meta) {
    if (meta.request_id().empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto known, batch_->GetRequest(meta.request_id()));
    if (known.has_value() && !known->fingerprint.empty()) return absl::OkStatus();
    batch_->PutRequest(meta.request_id(),
                       {.fingerprint = "", .response = "", .position = meta.position()});
    return absl::OkStatus();
  }

  absl::Status TakeCause(const common::v1::EventMeta& meta) {
    const std::string& place = meta.causation_position();
    if (place.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto cause, stream::ParsePlace(place));
    const auto& [source, position] = cause;
    if (const auto parked = parked_.extract(place); !parked.empty()) {
      RETURN_IF_ERROR(ParkedRows(*batch_).Remove(parked.mapped(), position));
    }
    uint64_t& cursor = cursors_[source];
    if (position <= cursor) return absl::OkStatus();
    // What was lost in a hole may have been the reaction to an earlier record, so the cursor stays
    // before it, and what was reacted to is remembered by itself.
    if (hole_) {
      batch_->PutView(kAppliedBehind, place, "");
      return absl::OkStatus();
    }
    cursor = position;
    report_.cursors[source] = position;
    batch_->PutView(kSources, source.ToString(), "");
    batch_->PutCursor(CursorName(source), position);
    return absl::OkStatus();
  }

  absl::Status Flush() {
    if (!batch_.has_value()) return absl::OkStatus();
    journal::Batch batch = *std::move(batch_);
    batch_.reset();
    return journal_.Commit(std::move(batch));
  }

  absl::Status CopySecrets(const journal::Journal& from) {
    journal::Batch batch = journal_.NewBatch();
    absl::Status status;
    RETURN_IF_ERROR(from.ForEachSecret([&](std::string_view name, std::string_view value) {
      const auto ours = batch.GetSecret(name);
      status.Update(ours.status());
      if (ours.ok() && !ours->has_value()) {
        batch.PutSecret(name, value);
        ++report_.secrets;
      }
      return status.ok();
    }));
    RETURN_IF_ERROR(status);
    // Of those who were erased, all events have to be looked at again.
    first_ = 1;
    batch.PutCursor(kRestoreCursor, first_);
    return journal_.Commit(std::move(batch));
  }

  // What of the store is neither event nor view, against the state after all events.
  absl::Status PutBackTheRest() {
    if (!definition_.after_restore) return absl::OkStatus();
    for (uint64_t next = first_;;) {
      ASSIGN_OR_RETURN(const std::vector<journal::Record> records,
                       journal_.ReadLog(next, kPageRecords, kMaxBatchBytes));
      if (records.empty()) return absl::OkStatus();
      absl::Status done;
      Command command;
      command.decide = [&](Unit& unit) -> absl::StatusOr<std::string> {
        for (const journal::Record& record : records) {
          if (!event_->ParseFromString(record.payload)) {
            return absl::DataLossError(
                absl::StrCat("the event at position ", record.position, " does not decode"));
          }
          RETURN_IF_ERROR(definition_.after_restore(*event_, unit));
        }
        return std::string();
      };
      command.done = [&done](absl::StatusOr<Answer> answer) { done = answer.status(); };
      executor_.SubmitInternal(std::move(command));
      executor_.Drain();
      RETURN_IF_ERROR(done);
      next = records.back().position + 1;
    }
  }

  absl::Status CountOpenEffects() {
    const std::unique_ptr<journal::Reader> reader = journal_.NewReader();
    return reader->ForEachInView(effect_rows::kView, {},
                                 [this](std::string_view, std::string_view) {
                                   ++report_.open_effects;
                                   return true;
                                 });
  }

  const ServiceDefinition& definition_;
  journal::Journal& journal_;
  ProjectionSet projections_;
  const std::unique_ptr<google::protobuf::Message> event_;
  Executor executor_;

  RestoreReport report_;
  std::optional<journal::Batch> batch_;
  uint64_t first_ = 1;                // restored by this run, or by one before that was interrupted
  std::vector<journal::Record> own_;  // to be compared, the next one last
  std::map<stream::Source, uint64_t> cursors_;
  std::map<std::string, ParkedKey> parked_;  // by place
  bool hole_ = false;                        // a position before was lost
};

}  // namespace

absl::StatusOr<RestoreReport> Restore(const ServiceDefinition& definition,
                                      journal::Journal& journal, stream::TopicHistory& history,
                                      const journal::Journal* secrets) {
  return Rebuild(definition, journal).Run(history, secrets);
}

}  // namespace pitlane::runtime
