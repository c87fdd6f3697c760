#include "libs/stream/journal_feed.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace pitlane::stream {

JournalFeed::JournalFeed(journal::Journal& journal)
    : journal_(journal),
      reader_(journal),
      subscription_(journal.OnCommit([this](uint64_t) { Wake(); })) {}

absl::Status JournalFeed::Seek(const std::map<Source, uint64_t>& cursors) {
  const journal::StoreIdentity& identity = journal_.identity();
  std::vector<uint64_t> positions(identity.partition_count, 0);
  for (const auto& [source, position] : cursors) {
    if (source.area != identity.service || source.shard != identity.shard) continue;
    if (source.partition >= identity.partition_count) {
      return absl::InvalidArgumentError(absl::StrCat("there is a cursor for ", source.ToString(),
                                                     ", but ", identity.service, " has ",
                                                     identity.partition_count, " partitions"));
    }
    positions[source.partition] = position;
  }
  const uint64_t end = journal_.last_position();
  if (absl::Status status = reader_.Seek(positions); !status.ok()) {
    // A reader that knows more than the journal: the journal has lost what was read from it.
    if (status.code() == absl::StatusCode::kFailedPrecondition) {
      return absl::DataLossError(status.message());
    }
    return status;
  }
  sought_ = true;
  end_at_seek_ = end;
  caught_up_ = reader_.scanned() >= end_at_seek_;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FeedRecord>> JournalFeed::Poll(size_t max_records) {
  if (!sought_) return absl::FailedPreconditionError("a feed is read only after Seek");
  const journal::StoreIdentity& identity = journal_.identity();
  ASSIGN_OR_RETURN(std::vector<PartitionRecord> records, reader_.Read(max_records));
  std::vector<FeedRecord> out;
  out.reserve(records.size());
  for (PartitionRecord& record : records) {
    out.push_back({.source = {identity.service, identity.shard, record.partition},
                   .position = record.position,
                   .previous = record.previous,
                   .payload = std::move(record.payload)});
  }
  if (reader_.scanned() >= end_at_seek_) caught_up_ = true;
  return out;
}

void JournalFeed::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&mutex_);
  wakeup_ = std::move(wakeup);
}

bool JournalFeed::caught_up() const { return caught_up_; }

void JournalFeed::Wake() {
  absl::MutexLock lock(&mutex_);
  if (wakeup_) wakeup_();
}

}  // namespace pitlane::stream
