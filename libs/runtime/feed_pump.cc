#include "libs/runtime/feed_pump.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/fault_point.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/log.h"
#include "libs/runtime/describe.h"
#include "libs/runtime/timestamps.h"

namespace pitlane::runtime {

std::string CursorName(const stream::Source& source) {
  return std::string(kCursorPrefix) + source.ToString();
}

absl::StatusOr<std::map<stream::Source, uint64_t>> LoadCursors(const journal::Journal& journal) {
  std::map<stream::Source, uint64_t> cursors;
  journal::ScanOptions options;
  while (true) {
    ASSIGN_OR_RETURN(const journal::ScanPage page, journal.ScanView(kSources, options));
    for (const journal::Row& row : page.rows) {
      ASSIGN_OR_RETURN(const stream::Source source, stream::Source::Parse(row.key));
      ASSIGN_OR_RETURN(const std::optional<uint64_t> cursor, journal.GetCursor(CursorName(source)));
      cursors[source] = cursor.value_or(0);
    }
    if (!page.resume.has_value()) return cursors;
    options.after = page.resume;
  }
}

absl::StatusOr<AppliedBehind> LoadAppliedBehind(const journal::Journal& journal) {
  AppliedBehind applied;
  journal::ScanOptions options;
  while (true) {
    ASSIGN_OR_RETURN(const journal::ScanPage page, journal.ScanView(kAppliedBehind, options));
    for (const journal::Row& row : page.rows) {
      ASSIGN_OR_RETURN(auto place, stream::ParsePlace(row.key));
      applied.insert(std::move(place));
    }
    if (!page.resume.has_value()) return applied;
    options.after = page.resume;
  }
}

FeedPump::FeedPump(std::string area, std::optional<uint32_t> shard,
                   std::unique_ptr<stream::EventFeed> feed, Executor& executor,
                   const RecordApplier& applier, Clock& clock, FeedPumpOptions options)
    : area_(std::move(area)),
      shard_(shard),
      executor_(executor),
      applier_(applier),
      clock_(clock),
      options_(options),
      retry_delay_(options.first_retry),
      feed_(std::move(feed)) {}

FeedPump::~FeedPump() { Disconnect(); }

void FeedPump::Disconnect() {
  std::unique_ptr<stream::EventFeed> feed;
  {
    absl::MutexLock lock(&mutex_);
    feed.swap(feed_);
  }
  if (feed != nullptr) feed->SetWakeup(nullptr);
}

void FeedPump::Hold() {
  absl::MutexLock lock(&mutex_);
  held_ = true;
}

void FeedPump::Go() {
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(held_, false)) wakeup = wakeup_;
  }
  if (wakeup) wakeup();
}

void FeedPump::Start(const std::map<stream::Source, uint64_t>& cursors, AppliedBehind applied) {
  applied_ = std::move(applied);
  absl::MutexLock lock(&mutex_);
  for (const auto& [source, position] : cursors) {
    const bool ours = source.area == area_ && (!shard_.has_value() || source.shard == *shard_);
    if (ours) cursors_[source] = position;
  }
}

void FeedPump::Stop() {
  absl::MutexLock lock(&mutex_);
  stopping_ = true;
}

size_t FeedPump::Step() {
  if (!Prepare()) return 0;
  size_t room;
  {
    absl::MutexLock lock(&mutex_);
    room = options_.window - std::min(options_.window, in_flight_);
  }
  if (room == 0) return 0;
  auto records = feed_->Poll(room);
  bool changed = !records.ok();
  {
    absl::MutexLock lock(&mutex_);
    if (records.ok()) {
      more_ = records->size() == room;
      in_flight_ += records->size();
      changed = NoteCaughtUp();
    } else {
      ++stats_.failures;
      StopFor(Describe(records.status()));
    }
  }
  if (changed && on_change_) on_change_();
  if (!records.ok()) return 0;
  const size_t count = records->size();
  SubmitAll(*std::move(records));
  return count;
}

bool FeedPump::Prepare() {
  std::map<stream::Source, uint64_t> cursors;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_ || held_) return false;
    if (!seek_needed_) return true;
    // What was submitted before the stop must be over, or it would be read a second time.
    if (in_flight_ > 0 || clock_.Now() < retry_at_) return false;
    cursors = cursors_;
  }
  const absl::Status sought = feed_->Seek(cursors);
  bool changed;
  {
    absl::MutexLock lock(&mutex_);
    changed = stats_.stopped == sought.ok();
    if (sought.ok()) {
      seek_needed_ = false;
      stats_.stopped = false;
    } else {
      ++stats_.failures;
      StopFor(Describe(sought));
    }
  }
  if (changed && sought.ok()) {
    rpc::LogEvent(spdlog::level::info, "feed_goes_on",
                  {{"area", applier_.own_area()}, {"feed", area_}});
  }
  if (changed && on_change_) on_change_();
  return sought.ok();
}

void FeedPump::SubmitAll(std::vector<stream::FeedRecord> records) {
  std::vector<Job> unwanted;  // in a row: one unit passes them all
  for (stream::FeedRecord& record : records) {
    Job job;
    job.peek = applier_.PeekAt(record);
    if (applied_.contains({record.source, record.position})) job.peek.wanted = false;
    job.record = std::move(record);
    const bool wanted = job.peek.wanted;
    if (wanted && !unwanted.empty()) Submit(std::exchange(unwanted, {}));
    unwanted.push_back(std::move(job));
    if (wanted) Submit(std::exchange(unwanted, {}));
  }
  if (!unwanted.empty()) Submit(std::move(unwanted));
}

void FeedPump::Submit(std::vector<Job> run) {
  const auto jobs = std::make_shared<std::vector<Job>>(std::move(run));
  Command command;
  command.decide = [this, jobs](Unit& unit) -> absl::StatusOr<std::string> {
    for (Job& job : *jobs) RETURN_IF_ERROR(ApplyInUnit(job, unit));
    return std::string();
  };
  command.done = [this, jobs](absl::StatusOr<Answer> answer) {
    for (const Job& job : *jobs) Finished(job, answer.status());
  };
  executor_.SubmitInternal(std::move(command));
}

absl::Status FeedPump::ApplyInUnit(Job& job, Unit& unit) const {
  const stream::FeedRecord& record = job.record;
  const std::string cursor_name = CursorName(record.source);
  ASSIGN_OR_RETURN(const uint64_t cursor, unit.GetCursor(cursor_name));
  const auto ends_as = [&job](Outcome outcome) {
    job.outcome = outcome;
    return absl::OkStatus();
  };
  if (record.position <= cursor) return ends_as(Outcome::kDuplicate);
  if (record.previous != cursor) return ends_as(Outcome::kGap);
  if (cursor == 0) unit.batch().PutView(kSources, record.source.ToString(), "");
  if (!job.peek.wanted) {
    unit.PassCursor(cursor_name, record.position);
    return ends_as(Outcome::kSkipped);
  }
  unit.PutCursor(cursor_name, record.position);
  FaultPoint("feed.cursor");

  ParkedRows parked(unit.batch());
  const ParkedKey key{record.source.ToString(), job.peek.meta.stream_id()};
  ASSIGN_OR_RETURN(const uint64_t before, parked.CountOf(key));
  if (before == 0) {
    job.refusal = unit.Try([&] { return applier_.Apply(record.source, record.payload, unit); });
    RETURN_IF_ERROR(unit.status());
    if (job.refusal.ok()) return ends_as(Outcome::kApplied);
  }
  v1::ParkedRecord row;
  row.set_source(key.source);
  row.set_stream_id(key.stream_id);
  row.set_position(record.position);
  row.set_payload(record.payload);
  row.set_event_type(job.peek.meta.type());
  row.set_event_id(job.peek.meta.event_id());
  row.set_reason(before > 0 ? "waits behind an earlier record of its stream"
                            : Describe(job.refusal));
  row.set_attempts(before > 0 ? 0 : 1);
  *row.mutable_parked_at() = ToTimestamp(unit.now());
  RETURN_IF_ERROR(parked.Add(row));
  return ends_as(Outcome::kParked);
}

void FeedPump::Finished(const Job& job, const absl::Status& committed) {
  std::function<void()> wakeup;
  bool changed;
  {
    absl::MutexLock lock(&mutex_);
    const bool was_stopped = stats_.stopped;
    --in_flight_;
    if (committed.ok()) {
      CountOutcome(job);
    } else {
      ++stats_.failures;
      StopFor(Describe(committed));
    }
    changed = NoteCaughtUp() || stats_.stopped != was_stopped ||
              (committed.ok() && job.outcome == Outcome::kParked);
    // Half a window at a time, or each record of a long feed would wake the poller.
    const bool room_for_more = more_ && in_flight_ <= options_.window / 2;
    if (room_for_more || (seek_needed_ && in_flight_ == 0)) wakeup = wakeup_;
  }
  if (changed && on_change_) on_change_();
  if (wakeup) wakeup();
}

void FeedPump::CountOutcome(const Job& job) {
  const stream::FeedRecord& record = job.record;
  switch (job.outcome) {
    case Outcome::kDuplicate:
      ++stats_.duplicates;
      return;
    case Outcome::kGap:
      if (!seek_needed_) ++stats_.gaps;
      StopFor(absl::StrCat("a gap: ", record.source.ToString(), "@", record.position, " follows ",
                           record.previous, ", which is not the last one applied"));
      return;
    case Outcome::kApplied:
      ++stats_.applied;
      break;
    case Outcome::kSkipped:
      ++stats_.skipped;
      break;
    case Outcome::kParked:
      ++stats_.parked;
      LogParked(job);
      break;
  }
  cursors_[record.source] = record.position;
  stats_.last_record_time = job.peek.meta.has_recorded_at()
                                ? FromTimestamp(job.peek.meta.recorded_at())
                                : absl::InfinitePast();
  retry_delay_ = options_.first_retry;
}

void FeedPump::LogParked(const Job& job) const {
  // Not the refusal's message, which may quote what the record says of somebody; the row has it.
  const bool behind = job.refusal.ok();
  rpc::LogEvent(spdlog::level::warn, "record_parked",
                {{"area", applier_.own_area()},
                 {"source", job.record.source.ToString()},
                 {"position", static_cast<int64_t>(job.record.position)},
                 {"code", behind ? "" : absl::StatusCodeToString(job.refusal.code())},
                 {"reason", rpc::ErrorReason(job.refusal)},
                 {"behind_another", behind}});
}

void FeedPump::StopFor(std::string why) {
  // Everything that was under way fails after the first; that one is the reason.
  if (seek_needed_ && stats_.stopped && clock_.Now() < retry_at_) return;
  stats_.trouble = std::move(why);
  if (!stats_.stopped) {
    rpc::LogEvent(spdlog::level::warn, "feed_stopped",
                  {{"area", applier_.own_area()}, {"feed", area_}, {"why", stats_.trouble}});
  }
  stats_.stopped = true;
  seek_needed_ = true;
  retry_at_ = clock_.Now() + retry_delay_;
  retry_delay_ = std::min(retry_delay_ * 2, options_.max_retry);
}

bool FeedPump::NoteCaughtUp() {
  if (stats_.caught_up || seek_needed_ || in_flight_ > 0 || more_ || feed_ == nullptr ||
      !feed_->caught_up()) {
    return false;
  }
  stats_.caught_up = true;
  return true;
}

absl::Time FeedPump::NextStep() {
  absl::MutexLock lock(&mutex_);
  if (stopping_ || held_ || !seek_needed_ || in_flight_ > 0) return absl::InfiniteFuture();
  return retry_at_;
}

void FeedPump::SetWakeup(std::function<void()> wakeup) {
  {
    absl::MutexLock lock(&mutex_);
    wakeup_ = wakeup;
  }
  if (feed_ != nullptr) feed_->SetWakeup(std::move(wakeup));
}

FeedStats FeedPump::stats() const {
  absl::MutexLock lock(&mutex_);
  return stats_;
}

bool FeedPump::caught_up() const {
  absl::MutexLock lock(&mutex_);
  return stats_.caught_up;
}

}  // namespace pitlane::runtime
