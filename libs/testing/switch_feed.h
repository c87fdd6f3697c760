// A feed from another service of the same test, which may be stopped and started meanwhile.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/journal/journal.h"
#include "libs/stream/feed.h"
#include "libs/stream/journal_feed.h"

namespace pitlane::testing {

// The journal a SwitchFeed reads, or none at the moment. Shared by the feed and the test, which
// switches. Thread-safe.
class JournalSwitch {
 public:
  // Goes on behind what was read last.
  void Attach(journal::Journal& journal);
  // Lets go of the journal; the feed is silent until the next Attach.
  void Detach();

  absl::Status Seek(const std::map<stream::Source, uint64_t>& cursors);
  absl::StatusOr<std::vector<stream::FeedRecord>> Poll(size_t max_records);
  void SetWakeup(std::function<void()> wakeup);
  bool caught_up() const;

 private:
  mutable absl::Mutex mutex_;
  std::map<stream::Source, uint64_t> read_ ABSL_GUARDED_BY(mutex_);
  bool sought_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> wakeup_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<stream::JournalFeed> feed_ ABSL_GUARDED_BY(mutex_);
};

class SwitchFeed final : public stream::EventFeed {
 public:
  explicit SwitchFeed(std::shared_ptr<JournalSwitch> target) : target_(std::move(target)) {}
  ~SwitchFeed() override { target_->SetWakeup(nullptr); }

  absl::Status Seek(const std::map<stream::Source, uint64_t>& cursors) override {
    return target_->Seek(cursors);
  }
  absl::StatusOr<std::vector<stream::FeedRecord>> Poll(size_t max_records) override {
    return target_->Poll(max_records);
  }
  void SetWakeup(std::function<void()> wakeup) override { target_->SetWakeup(std::move(wakeup)); }
  bool caught_up() const override { return target_->caught_up(); }

 private:
  std::shared_ptr<JournalSwitch> target_;  // shared with the test
};

}  // namespace pitlane::testing
