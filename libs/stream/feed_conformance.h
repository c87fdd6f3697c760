// What every EventFeed must do. Compiled into each binary that has a feed; instantiated there.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/stream/feed.h"
#include "libs/stream/test_support.h"

namespace pitlane::stream {

// A store, and a way from it to a feed.
class FeedWorld {
 public:
  virtual ~FeedWorld() = default;
  virtual EventStore& store() = 0;
  // Returns when everything in the store can be seen by feeds.
  virtual void Settle() = 0;
  virtual std::unique_ptr<EventFeed> NewFeed() = 0;
};

struct FeedKind {
  std::string name;
  std::function<std::unique_ptr<FeedWorld>(bool note_heads)> make;
  bool note_heads = true;
};

class FeedConformance : public ::testing::TestWithParam<FeedKind> {
 protected:
  void SetUp() override { world_ = GetParam().make(GetParam().note_heads); }

  EventStore& store() { return world_->store(); }
  FeedWorld& world() { return *world_; }
  void AppendAndSettle(uint64_t count) {
    store().Append(count);
    world_->Settle();
  }
  // The records of All() behind the cursors.
  std::vector<FeedRecord> Behind(const std::map<Source, uint64_t>& cursors) {
    std::vector<FeedRecord> result;
    for (FeedRecord& record : store().All()) {
      const auto cursor = cursors.find(record.source);
      if (cursor == cursors.end() || record.position > cursor->second) {
        result.push_back(std::move(record));
      }
    }
    return result;
  }

 private:
  std::unique_ptr<FeedWorld> world_;
};

}  // namespace pitlane::stream
