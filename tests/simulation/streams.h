// How records travel in a simulation: a broker, the relay that fills it from a journal, the feed
// that reads it, and a feed that does to another one what networks do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/journal/journal.h"
#include "libs/stream/chain.h"
#include "libs/stream/feed.h"
#include "libs/stream/partition_reader.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/world.h"

namespace pitlane::simulation {

// Topics as Kafka keeps them: what arrives is appended, twice or out of turn as it comes.
class Broker {
 public:
  struct Message {
    uint64_t position = 0;
    uint64_t previous = 0;
    std::shared_ptr<const std::string> payload;  // shared by all who read it
  };
  using Partition = std::vector<Message>;

  explicit Broker(uint32_t partitions) : partitions_(partitions) {}

  bool up() const { return up_; }
  void SetUp(bool up);
  std::vector<Partition>& Topic(const std::string& area);
  void Append(const std::string& area, uint32_t partition, Message message);
  // Loses the newest messages of a partition.
  void Forget(const std::string& area, uint32_t partition, size_t count);
  // `listener` is told of every change of the area's topic, until Forget(listener's id).
  uint64_t Listen(const std::string& area, std::function<void()> listener);
  void Unlisten(uint64_t id);

 private:
  void Tell(const std::string& area);

  const uint32_t partitions_;
  bool up_ = true;
  uint64_t next_id_ = 0;
  std::map<std::string, std::vector<Partition>> topics_;
  std::map<uint64_t, std::pair<std::string, std::function<void()>>> listeners_;
};

// The relay's way of working (libs/stream/relay_session.cc) without librdkafka: it reads where each
// partition ends, goes on behind that, and begins anew after any fault.
class SimulatedRelay {
 public:
  SimulatedRelay(World& world, const Plan& plan, Broker& broker, journal::Journal& journal);
  ~SimulatedRelay();

 private:
  struct Session;

  size_t Step();
  void Open();
  void Send(stream::PartitionRecord record);
  void Break();

  World& world_;
  const Plan& plan_;
  Broker& broker_;
  journal::Journal& journal_;
  const std::string area_;
  Random draw_;
  uint64_t actor_ = 0;
  uint64_t listener_ = 0;
  absl::Time retry_at_ = absl::InfinitePast();
  absl::Time check_at_ = absl::InfiniteFuture();
  std::shared_ptr<Session> session_;  // shared with messages under way
  journal::Subscription subscription_;
};

// Reads a topic as the Kafka feed does.
class BrokerFeed final : public stream::EventFeed {
 public:
  BrokerFeed(Broker& broker, std::string area);
  ~BrokerFeed() override;

  absl::Status Seek(const std::map<stream::Source, uint64_t>& cursors) override;
  absl::StatusOr<std::vector<stream::FeedRecord>> Poll(size_t max_records) override;
  void SetWakeup(std::function<void()> wakeup) override;
  bool caught_up() const override;

 private:
  struct Reading {
    stream::ChainFilter chain{0};
    size_t offset = 0;
    size_t end_at_seek = 0;
    std::optional<Broker::Message> held;  // its predecessor has not come
    bool reported = false;
  };

  Broker& broker_;
  const std::string area_;
  const uint64_t listener_;
  std::vector<Reading> partitions_;
  std::function<void()> wakeup_;
};

// Delivers late, twice and in another order what the feed inside gives.
class FaultyFeed final : public stream::EventFeed {
 public:
  // `heal` says whether faults have ended.
  FaultyFeed(World& world, const Plan& plan, std::string name,
             std::unique_ptr<stream::EventFeed> inside, std::function<bool()> healed);
  ~FaultyFeed() override;

  absl::Status Seek(const std::map<stream::Source, uint64_t>& cursors) override;
  absl::StatusOr<std::vector<stream::FeedRecord>> Poll(size_t max_records) override;
  void SetWakeup(std::function<void()> wakeup) override;
  bool caught_up() const override { return inside_->caught_up() && waiting_.empty(); }

 private:
  struct Waiting {
    absl::Time due;
    stream::FeedRecord record;
  };
  void Take(stream::FeedRecord record);
  void WakeAt(absl::Time due);

  World& world_;
  const Plan& plan_;
  Random draw_;
  const std::unique_ptr<stream::EventFeed> inside_;
  const std::function<bool()> healed_;
  absl::Time not_before_ = absl::InfinitePast();
  std::deque<Waiting> waiting_;
  // Shared with timers, which may come after our end.
  std::shared_ptr<std::function<void()>> wakeup_;
};

}  // namespace pitlane::simulation
