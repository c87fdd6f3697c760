#include "libs/testing/switch_feed.h"

#include "libs/base/check.h"
#include "libs/base/status.h"

namespace pitlane::testing {

void JournalSwitch::Attach(journal::Journal& journal) {
  std::function<void()> wakeup;
  {
    absl::MutexLock lock(&mutex_);
    feed_ = std::make_unique<stream::JournalFeed>(journal);
    feed_->SetWakeup(wakeup_);
    if (sought_) {
      PITLANE_CHECK_OK(feed_->Seek(read_));
    }
    wakeup = wakeup_;
  }
  if (wakeup) wakeup();
}

void JournalSwitch::Detach() {
  std::unique_ptr<stream::JournalFeed> feed;
  {
    absl::MutexLock lock(&mutex_);
    feed.swap(feed_);
  }
}

absl::Status JournalSwitch::Seek(const std::map<stream::Source, uint64_t>& cursors) {
  absl::MutexLock lock(&mutex_);
  read_ = cursors;
  sought_ = true;
  return feed_ == nullptr ? absl::OkStatus() : feed_->Seek(cursors);
}

absl::StatusOr<std::vector<stream::FeedRecord>> JournalSwitch::Poll(size_t max_records) {
  absl::MutexLock lock(&mutex_);
  if (feed_ == nullptr) return std::vector<stream::FeedRecord>();
  ASSIGN_OR_RETURN(std::vector<stream::FeedRecord> records, feed_->Poll(max_records));
  for (const stream::FeedRecord& record : records) read_[record.source] = record.position;
  return records;
}

void JournalSwitch::SetWakeup(std::function<void()> wakeup) {
  absl::MutexLock lock(&mutex_);
  wakeup_ = wakeup;
  if (feed_ != nullptr) feed_->SetWakeup(std::move(wakeup));
}

bool JournalSwitch::caught_up() const {
  absl::MutexLock lock(&mutex_);
  return feed_ != nullptr && feed_->caught_up();
}

}  // namespace pitlane::testing
