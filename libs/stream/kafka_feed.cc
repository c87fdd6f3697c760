#include "libs/stream/kafka_feed.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/stream/names.h"
#include "libs/stream/offset_finder.h"
#include "libs/stream/topics.h"

namespace pitlane::stream {
namespace {

constexpr absl::Duration kFirstRetry = absl::Milliseconds(100);
constexpr absl::Duration kMetadataTimeout = absl::Seconds(1);
constexpr absl::Duration kOffsetsTimeout = absl::Seconds(5);
constexpr int kLogWarning = 4;

// Whether somebody has to do something, as opposed to waiting.
bool NeedsAttention(const absl::Status& status) {
  return !absl::IsUnavailable(status) && !absl::IsNotFound(status);
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaFeed>> KafkaFeed::Create(std::string area,
                                                             KafkaFeedOptions options) {
  ASSIGN_OR_RETURN(std::string topic, TopicName(area));
  // Wrong settings show here instead of in the thread.
  RETURN_IF_ERROR(TopicReader::Open(options.kafka, topic, {}).status());
  return std::unique_ptr<KafkaFeed>(
      new KafkaFeed(std::move(area), std::move(topic), std::move(options)));
}

KafkaFeed::KafkaFeed(std::string area, std::string topic, KafkaFeedOptions options)
    : area_(std::move(area)),
      topic_(std::move(topic)),
      options_(std::move(options)),
      thread_([this] { Run(); }) {}

KafkaFeed::~KafkaFeed() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (reader_ != nullptr) reader_->Wake();
  }
  thread_.join();
}

absl::Status KafkaFeed::Seek(const std::map<Source, uint64_t>& cursors) {
  std::map<Source, uint64_t> own;
  for (const auto& [source, position] : cursors) {
    if (source.area != area_) continue;
    if (options_.partition_count != 0 && source.partition >= options_.partition_count) {
      return absl::InvalidArgumentError(absl::StrCat("there is a cursor for ", source.ToString(),
                                                     ", but ", area_, " has ",
                                                     options_.partition_count, " partitions"));
    }
    own.emplace(source, position);
  }
  absl::MutexLock lock(&mutex_);
  cursors_ = std::move(own);
  buffer_.clear();
  buffered_bytes_ = 0;
  read_to_end_ = false;
  trouble_ = absl::OkStatus();
  ++generation_;
  if (reader_ != nullptr) reader_->Wake();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FeedRecord>> KafkaFeed::Poll(size_t max_records) {
  absl::MutexLock lock(&mutex_);
  if (generation_ == 0) return absl::FailedPreconditionError("a feed is read only after Seek");
  // What came before the trouble is still good.
  if (buffer_.empty() && !trouble_.ok()) return trouble_;
  std::vector<FeedRecord> out;
  while (out.size() < max_records && !buffer_.empty()) {
    buffered_bytes_ -= buffer_.front().payload.size();
    out.push_back(std::move(buffer_.front()));
    buffer_.pop_front();
  }
  left_to_end_ -= std::min(left_to_end_, out.size());
  return out;
}

void KafkaFeed::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&wakeup_mutex_);
  wakeup_ = std::move(wakeup);
}

bool KafkaFeed::caught_up() const {
  absl::MutexLock lock(&mutex_);
  return read_to_end_ && left_to_end_ == 0;
}

void KafkaFeed::Wake() {
  absl::MutexLock lock(&wakeup_mutex_);
  if (wakeup_) wakeup_();
}

bool KafkaFeed::Interrupted() const {
  absl::MutexLock lock(&mutex_);
  return InterruptedLocked();
}

void KafkaFeed::Pause(absl::Duration pause) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(this, &KafkaFeed::InterruptedLocked), pause);
}

void KafkaFeed::Run() {
  absl::Duration retry = kFirstRetry;
  absl::Status last_logged;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      // A fault in the records themselves does not pass by trying again.
      while (!InterruptedLocked() && (generation_ == 0 || absl::IsDataLoss(trouble_))) {
        mutex_.Await(absl::Condition(this, &KafkaFeed::InterruptedLocked));
      }
      if (stopping_) return;
      if (generation_ != reading_generation_) {
        reading_generation_ = generation_;
        sources_.clear();
        end_known_ = false;
        for (const auto& [source, position] : cursors_) {
          sources_.emplace(source, SourceState{.chain = ChainFilter(position)});
        }
        retry = kFirstRetry;
      }
    }
    got_to_read_ = false;
    const absl::Status ended = Session();
    if (got_to_read_) retry = kFirstRetry;
    if (ended.ok() || absl::IsAborted(ended) || absl::IsCancelled(ended)) continue;
    if (options_.kafka.log && (got_to_read_ || ended != last_logged)) {
      options_.kafka.log(kLogWarning, ToStd(absl::StrCat("feed ", area_, ": ", ended.message())));
    }
    last_logged = ended;
    if (NeedsAttention(ended)) AnnounceTrouble(ended);
    if (!absl::IsDataLoss(ended)) Pause(retry);
    retry = std::min(retry * 2, options_.max_retry);
  }
}

void KafkaFeed::AnnounceTrouble(absl::Status trouble) {
  {
    absl::MutexLock lock(&mutex_);
    if (InterruptedLocked()) return;
    trouble_ = std::move(trouble);
  }
  Wake();
}

absl::StatusOr<uint32_t> KafkaFeed::WaitForTopic(TopicReader& reader) {
  absl::Duration retry = kFirstRetry;
  while (true) {
    if (Interrupted()) return absl::CancelledError("interrupted");
    const absl::StatusOr<uint32_t> count =
        reader.client().CountPartitions(topic_, kMetadataTimeout);
    if (count.ok() || NeedsAttention(count.status())) return count;
    Pause(retry);
    retry = std::min(retry * 2, options_.max_retry);
  }
}

absl::Status KafkaFeed::Session() {
  ASSIGN_OR_RETURN(const std::unique_ptr<TopicReader> reader,
                   TopicReader::Open(options_.kafka, topic_, {}));
  {
    absl::MutexLock lock(&mutex_);
    reader_ = reader.get();
  }
  const absl::Cleanup forget_reader = [this] {
    absl::MutexLock lock(&mutex_);
    reader_ = nullptr;
  };
  ASSIGN_OR_RETURN(const uint32_t partition_count, WaitForTopic(*reader));
  if (options_.partition_count != 0) {
    RETURN_IF_ERROR(CheckPartitionCount(topic_, partition_count, options_.partition_count));
  }
  RETURN_IF_ERROR(StartReading(*reader, partition_count));
  got_to_read_ = true;
  {
    absl::MutexLock lock(&mutex_);
    if (!InterruptedLocked()) trouble_ = absl::OkStatus();
  }
  while (!Interrupted()) {
    ReportGaps();
    ASSIGN_OR_RETURN(const TopicReader::Item item, reader->Next(gaps_due_ - absl::Now()));
    switch (item.kind) {
      case TopicReader::Kind::kRecord:
        RETURN_IF_ERROR(TakeRecord(item));
        ReachedOffset(item.partition, item.offset + 1);
        break;
      case TopicReader::Kind::kEnd:
        TakeEnd(item.partition);
        ReachedOffset(item.partition, item.offset);
        break;
      case TopicReader::Kind::kNothing:
        break;
    }
  }
  return absl::OkStatus();
}

absl::Status KafkaFeed::StartReading(TopicReader& reader, uint32_t partition_count) {
  for (uint32_t partition = 0; partition < partition_count; ++partition) {
    StateOf({area_, ShardOfPartition(partition, options_.shard_count), partition});
  }
  FindRequest request{
      .topic = topic_, .positions = {}, .ranges = {}, .stopped = [this] { return Interrupted(); }};
  for (auto& [source, state] : sources_) {
    if (source.partition >= partition_count) {
      return absl::FailedPreconditionError(absl::StrCat(
          "there is a cursor for ", source.ToString(), ", but topic ", topic_, " has only ",
          partition_count, " partitions; it was made anew with another count"));
    }
    request.positions.emplace(source, state.chain.last());
    state.held.reset();
  }
  gaps_due_ = absl::InfiniteFuture();
  ASSIGN_OR_RETURN(request.ranges,
                   reader.client().QueryRanges(topic_, partition_count, kOffsetsTimeout));
  ASSIGN_OR_RETURN(const std::vector<int64_t> offsets, FindOffsets(options_.kafka, request));

  if (!end_known_) {
    until_caught_up_.clear();
    for (uint32_t partition = 0; partition < partition_count; ++partition) {
      until_caught_up_[partition] = request.ranges[partition].high;
    }
    end_known_ = true;
  }
  // A topic that was made anew since then may never reach the old offsets again.
  for (auto& [partition, goal] : until_caught_up_) {
    if (partition < partition_count) goal = std::min(goal, request.ranges[partition].high);
  }
  // Partitions with something to read first: an idle one would hold up the fetch they share.
  std::vector<uint32_t> order(partition_count);
  for (uint32_t partition = 0; partition < partition_count; ++partition) {
    order[partition] = partition;
  }
  std::stable_partition(order.begin(), order.end(), [&](uint32_t partition) {
    return offsets[partition] < request.ranges[partition].high;
  });
  for (const uint32_t partition : order) {
    RETURN_IF_ERROR(reader.Seek(partition, offsets[partition]));
  }
  for (uint32_t partition = 0; partition < partition_count; ++partition) {
    ReachedOffset(partition, offsets[partition]);
  }
  return absl::OkStatus();
}

KafkaFeed::SourceState& KafkaFeed::StateOf(const Source& source) {
  return sources_.try_emplace(source, SourceState{.chain = ChainFilter(0)}).first->second;
}

absl::Status KafkaFeed::TakeRecord(const TopicReader::Item& item) {
  ASSIGN_OR_RETURN(const TopicPlace place, item.Place());
  absl::StatusOr<ShardName> name = ShardName::Parse(place.source);
  if (!name.ok() || name->area != area_) {
    return absl::DataLossError(absl::StrCat("topic ", topic_, " holds an event of \"", place.source,
                                            "\" at offset ", item.offset, " of partition ",
                                            item.partition));
  }
  SourceState& state = StateOf({area_, name->shard, item.partition});
  FeedRecord record{.source = {area_, name->shard, item.partition},
                    .position = place.position,
                    .previous = place.previous,
                    .payload = {}};
  switch (state.chain.Offer(place.position, place.previous)) {
    case ChainFilter::Verdict::kDrop:
      return absl::OkStatus();
    case ChainFilter::Verdict::kDeliver:
      state.held.reset();
      state.gap_reported = false;
      state.searched_for.reset();
      record.payload = std::string(item.payload());
      Push(std::move(record));
      return absl::OkStatus();
    case ChainFilter::Verdict::kMissing:
      break;
  }
  // The missing record may be further back: in a topic made anew offsets mean something else.
  if (state.searched_for != state.chain.last()) {
    state.searched_for = state.chain.last();
    return absl::AbortedError("a predecessor is missing");
  }
  if (!state.gap_reported && !state.held.has_value()) {
    record.payload = std::string(item.payload());
    state.held = std::move(record);
    state.held_until = absl::InfiniteFuture();
  }
  return absl::OkStatus();
}

void KafkaFeed::TakeEnd(uint32_t partition) {
  for (auto& [source, state] : sources_) {
    if (source.partition != partition || !state.held.has_value()) continue;
    state.held_until = std::min(state.held_until, absl::Now() + options_.gap_patience);
    gaps_due_ = std::min(gaps_due_, state.held_until);
  }
}

void KafkaFeed::ReportGaps() {
  const absl::Time now = absl::Now();
  if (now < gaps_due_) return;
  gaps_due_ = absl::InfiniteFuture();
  for (auto& [source, state] : sources_) {
    if (!state.held.has_value()) continue;
    if (now < state.held_until) {
      gaps_due_ = std::min(gaps_due_, state.held_until);
      continue;
    }
    FeedRecord record = *std::move(state.held);
    state.held.reset();
    state.gap_reported = true;
    Push(std::move(record));
  }
}

void KafkaFeed::ReachedOffset(uint32_t partition, int64_t next_offset) {
  const auto goal = until_caught_up_.find(partition);
  if (goal == until_caught_up_.end() || next_offset < goal->second) return;
  until_caught_up_.erase(goal);
  if (!until_caught_up_.empty()) return;
  {
    absl::MutexLock lock(&mutex_);
    if (InterruptedLocked()) return;
    read_to_end_ = true;
    left_to_end_ = buffer_.size();
  }
  Wake();
}

void KafkaFeed::Push(FeedRecord record) {
  bool was_empty = false;
  {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &KafkaFeed::HasRoomOrInterrupted));
    if (InterruptedLocked()) return;
    was_empty = buffer_.empty();
    buffered_bytes_ += record.payload.size();
    buffer_.push_back(std::move(record));
  }
  if (was_empty) Wake();
}

}  // namespace pitlane::stream
