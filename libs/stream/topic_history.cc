#include "libs/stream/topic_history.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/stream/cloud_event.h"
#include "libs/stream/event_bytes.h"
#include "libs/stream/names.h"
#include "libs/stream/topic_reader.h"
#include "libs/stream/topics.h"
#include "pitlane/common/v1/unit.pb.h"

namespace pitlane::stream {
namespace {

constexpr absl::Duration kAnswerTimeout = absl::Seconds(10);
constexpr int kQueuedKbytes = 4 << 10;

absl::Status BadUnit(uint64_t position, const std::string& source) {
  return absl::DataLossError(absl::StrCat("the header ", ToAbsl(kUnitHeader), " of position ",
                                          position, " of ", source, " does not decode"));
}

// One partition, read by a consumer of its own, so that one that is ahead waits for the others.
class Reading {
 public:
  Reading(std::unique_ptr<TopicReader> reader, uint32_t partition, PartitionRange range,
          std::string source)
      : reader_(std::move(reader)),
        partition_(partition),
        range_(range),
        source_(std::move(source)) {}

  absl::StatusOr<std::optional<HistoryItem>> Next() {
    if (next_ < range_.low) {
      if (range_.low >= range_.high) return std::nullopt;
      RETURN_IF_ERROR(reader_->Seek(partition_, range_.low));
      next_ = range_.low;
    }
    while (next_ < range_.high) {
      ASSIGN_OR_RETURN(const TopicReader::Item item, reader_->Await(kAnswerTimeout, {}));
      if (item.kind == TopicReader::Kind::kEnd) break;
      next_ = item.offset + 1;
      if (item.offset >= range_.high) break;
      ASSIGN_OR_RETURN(const TopicPlace place, item.Place());
      if (place.source != source_) continue;
      const absl::StatusOr<std::string> unit =
          Base64UrlDecode(item.Header(kUnitHeader).value_or(""));
      if (!unit.ok()) return BadUnit(place.position, source_);
      return HistoryItem{.position = place.position,
                         .previous = place.previous,
                         .payload = std::string(item.payload()),
                         .unit = *unit};
    }
    return std::nullopt;
  }

 private:
  const std::unique_ptr<TopicReader> reader_;
  const uint32_t partition_;
  const PartitionRange range_;
  const std::string source_;
  int64_t next_ = -1;
};

int64_t RecordedAtMs(const common::v1::EventMeta& meta) {
  return meta.recorded_at().seconds() * 1000 + meta.recorded_at().nanos() / 1'000'000;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TopicHistory>> TopicHistory::Open(const KafkaOptions& kafka,
                                                                 const std::string& area,
                                                                 uint32_t shard,
                                                                 uint32_t shard_count,
                                                                 uint32_t partition_count) {
  ASSIGN_OR_RETURN(const std::string topic, TopicName(area));
  const std::string source = ShardName{area, shard}.ToString();
  ASSIGN_OR_RETURN(const std::unique_ptr<TopicReader> asked, TopicReader::Open(kafka, topic, {}));
  ASSIGN_OR_RETURN(const uint32_t count, asked->client().CountPartitions(topic, kAnswerTimeout));
  RETURN_IF_ERROR(CheckPartitionCount(topic, count, partition_count));
  ASSIGN_OR_RETURN(const std::vector<PartitionRange> ranges,
                   asked->client().QueryRanges(topic, count, kAnswerTimeout));
  std::map<uint32_t, HistoryPartition> partitions;
  for (uint32_t partition = 0; partition < count; ++partition) {
    if (ShardOfPartition(partition, shard_count) != shard) continue;
    ASSIGN_OR_RETURN(auto reader,
                     TopicReader::Open(kafka, topic, {.queued_kbytes = kQueuedKbytes}));
    // shared: a std::function is copied.
    const auto reading =
        std::make_shared<Reading>(std::move(reader), partition, ranges[partition], source);
    partitions[partition] = [reading] { return reading->Next(); };
  }
  return std::make_unique<TopicHistory>(source, std::move(partitions));
}

TopicHistory::TopicHistory(std::string source, std::map<uint32_t, HistoryPartition> partitions)
    : source_(std::move(source)) {
  for (auto& [number, next] : partitions) partitions_[number].next = std::move(next);
}

absl::Status TopicHistory::NoteUnit(const HistoryItem& item) {
  if (item.unit.empty()) return absl::OkStatus();
  common::v1::UnitEvents others;
  if (!others.ParseFromString(item.unit)) {
    return BadUnit(item.position, source_);
  }
  for (const std::string& payload : others.events()) {
    ASSIGN_OR_RETURN(const common::v1::EventMeta meta, ReadMeta(payload));
    if (meta.position() >= next_) carried_[meta.position()] = payload;
  }
  return absl::OkStatus();
}

absl::Status TopicHistory::LoadHead(uint32_t number, Partition& partition) {
  while (!partition.head.has_value() && !partition.ended) {
    ASSIGN_OR_RETURN(partition.head, partition.next());
    if (!partition.head.has_value()) {
      partition.ended = true;
      if (partition.last > 0 || !partition.dropped) continue;
      return absl::DataLossError(
          absl::StrCat("partition ", number, " of the topic of ", source_,
                       " does not begin with its first record: the beginning was deleted there "
                       "(retention?), so a store cannot be rebuilt from it; restore a backup"));
    }
    if (partition.head->previous == partition.last) {
      RETURN_IF_ERROR(NoteUnit(*partition.head));
    } else {
      partition.dropped = true;
      partition.head.reset();
    }
  }
  return absl::OkStatus();
}

absl::Status TopicHistory::LoadHeads() {
  for (auto& [number, partition] : partitions_) RETURN_IF_ERROR(LoadHead(number, partition));
  return absl::OkStatus();
}

absl::StatusOr<HistoryRecord> TopicHistory::MakeLost(uint64_t position) const {
  const auto host = std::find_if(partitions_.begin(), partitions_.end(),
                                 [](const auto& entry) { return entry.second.ended; });
  if (host == partitions_.end()) {
    return absl::DataLossError(
        absl::StrCat("position ", position, " of ", source_,
                     " is missing in the midst of its topic: the broker has lost records, or the "
                     "topic is not this store's; restore a backup"));
  }
  const uint32_t slot = host->first;
  // All of it follows from the place, so that it is the same when the restore is run again.
  const std::string random = Sha256(absl::StrCat(source_, "@", position));
  const auto ms = static_cast<uint64_t>(last_time_ms_);
  const IdBits bits{.high = ms << 16 | uint64_t{slot} << 4,
                    .low = *DecodeBigEndian64(std::string_view(random).substr(0, 8))};
  common::v1::Envelope event;
  common::v1::EventMeta& meta = *event.mutable_meta();
  meta.set_event_id(FormatId(EventId::kPrefix, bits));
  meta.set_type(common::v1::PositionLost::descriptor()->full_name());
  meta.set_stream_id(meta.event_id());
  meta.set_version(1);
  meta.set_position(position);
  meta.set_source(source_);
  meta.set_slot(slot);
  meta.mutable_recorded_at()->set_seconds(last_time_ms_ / 1000);
  *meta.mutable_occurred_at() = meta.recorded_at();
  return HistoryRecord{.position = position,
                       .payload = event.SerializeAsString(),
                       .where = HistoryRecord::Where::kLost};
}

absl::StatusOr<std::optional<HistoryRecord>> TopicHistory::Next() {
  RETURN_IF_ERROR(LoadHeads());
  bool any = !carried_.empty();
  HistoryRecord record{.position = next_};
  Partition* taken = nullptr;
  for (auto& [number, partition] : partitions_) {
    if (!partition.head.has_value()) continue;
    any = true;
    if (partition.head->position == next_) taken = &partition;
    if (partition.head->position >= next_) continue;
    return absl::DataLossError(absl::StrCat("position ", partition.head->position, " of ", source_,
                                            " is in two partitions; restore a backup"));
  }
  if (!any) return std::nullopt;
  if (taken != nullptr) {
    record.payload = std::move(taken->head->payload);
    taken->last = next_;
    taken->head.reset();
    carried_.erase(next_);
  } else if (auto carried = carried_.extract(next_); !carried.empty()) {
    record.payload = std::move(carried.mapped());
    record.where = HistoryRecord::Where::kUnit;
  } else {
    ASSIGN_OR_RETURN(record, MakeLost(next_));
  }
  ++next_;
  ASSIGN_OR_RETURN(const common::v1::EventMeta meta, ReadMeta(record.payload));
  if (meta.position() != record.position || meta.source() != source_) {
    return absl::DataLossError(absl::StrCat("the event at position ", record.position, " of ",
                                            source_, " says of itself that it is at position ",
                                            meta.position(), " of \"", meta.source(), "\""));
  }
  last_time_ms_ = RecordedAtMs(meta);
  return record;
}

}  // namespace pitlane::stream
