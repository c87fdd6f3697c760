#include "tests/simulation/streams.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace pitlane::simulation {
namespace {

constexpr absl::Duration kRelayRetry = absl::Seconds(2);
constexpr absl::Duration kTopicCheck = absl::Seconds(30);

}  // namespace

// --- broker ----------------------------------------------------------------------------------

void Broker::SetUp(bool up) {
  up_ = up;
  for (const auto& [id, listener] : listeners_) listener.second();
}

std::vector<Broker::Partition>& Broker::Topic(const std::string& area) {
  std::vector<Partition>& topic = topics_[area];
  topic.resize(partitions_);
  return topic;
}

void Broker::Append(const std::string& area, uint32_t partition, Message message) {
  Topic(area)[partition].push_back(std::move(message));
  Tell(area);
}

void Broker::Forget(const std::string& area, uint32_t partition, size_t count) {
  Partition& messages = Topic(area)[partition];
  messages.resize(messages.size() - std::min(count, messages.size()));
  Tell(area);
}

uint64_t Broker::Listen(const std::string& area, std::function<void()> listener) {
  listeners_[++next_id_] = {area, std::move(listener)};
  return next_id_;
}

void Broker::Unlisten(uint64_t id) { listeners_.erase(id); }

void Broker::Tell(const std::string& area) {
  for (const auto& [id, listener] : listeners_) {
    if (listener.first == area) listener.second();
  }
}

// --- relay -----------------------------------------------------------------------------------

struct SimulatedRelay::Session {
  explicit Session(const journal::Journal& journal) : reader(journal) {}

  stream::PartitionReader reader;
  std::vector<size_t> ends;  // offset behind the last message of ours that arrived
  absl::Time last_arrival = absl::InfinitePast();
  bool broken = false;
  // What still arrives of a broken session: a beginning of what was under way.
  size_t may_arrive = 0;
};

SimulatedRelay::SimulatedRelay(World& world, const Plan& plan, Broker& broker,
                               journal::Journal& journal)
    : world_(world),
      plan_(plan),
      broker_(broker),
      journal_(journal),
      area_(journal.identity().service),
      draw_(world.Draws(absl::StrCat("relay ", area_, world.happenings()))) {
  actor_ = world_.Add({.name = "relay-" + area_,
                       .step = [this] { return Step(); },
                       .next =
                           [this] {
                             if (!broker_.up()) return absl::InfiniteFuture();
                             return session_ == nullptr ? retry_at_ : check_at_;
                           }});
  const auto wakeup = world_.WakeupOf(actor_);
  subscription_ = journal_.OnCommit([wakeup](uint64_t) { wakeup(); });
  listener_ = broker_.Listen(area_, wakeup);
}

SimulatedRelay::~SimulatedRelay() {
  if (session_ != nullptr) Break();
  broker_.Unlisten(listener_);
  world_.Remove(actor_);
}

void SimulatedRelay::Break() {
  session_->broken = true;
  session_->may_arrive = draw_.Below(4);
  session_ = nullptr;
  retry_at_ = world_.now() + kRelayRetry;
}

size_t SimulatedRelay::Step() {
  if (!broker_.up()) return 0;
  // What was under way when the broker went did not arrive.
  if (session_ != nullptr && session_->broken) Break();
  if (session_ == nullptr) {
    if (world_.now() < retry_at_) return 0;
    Open();
    if (session_ == nullptr) return 0;
  }
  const auto& topic = broker_.Topic(area_);
  for (size_t i = 0; i < topic.size(); ++i) {
    if (topic[i].size() >= session_->ends[i]) continue;
    // Noticed by the next acknowledgement or by the check of the topic, not at once.
    if (check_at_ == absl::InfiniteFuture()) check_at_ = world_.now() + kTopicCheck;
  }
  if (world_.now() >= check_at_) {
    check_at_ = absl::InfiniteFuture();
    world_.Note(absl::StrCat("relay ", area_, ": the topic went back"));
    Break();
    return 0;
  }
  if (draw_.Chance(plan_.Rate(Fault::kRelayBreaks)) && world_.now() < retry_at_ + absl::Hours(1)) {
    world_.coverage().Count("fault", NameOf(Fault::kRelayBreaks));
    Break();
    return 0;
  }
  auto records = session_->reader.Read(64);
  if (!records.ok()) {
    world_.Fail(absl::StrCat("the relay cannot read ", area_, ": ", records.status().ToString()));
    return 0;
  }
  for (stream::PartitionRecord& record : *records) Send(std::move(record));
  return records->size();
}

void SimulatedRelay::Open() {
  auto session = std::make_shared<Session>(journal_);  // shared with messages under way
  std::vector<uint64_t> positions;
  for (const Broker::Partition& partition : broker_.Topic(area_)) {
    stream::ChainScan scan(stream::ChainScan::From::kWhole);
    const Broker::Message* last = nullptr;
    for (const Broker::Message& message : partition) {
      if (scan.Add(message.position, message.previous)) last = &message;
    }
    positions.push_back(scan.end());
    session->ends.push_back(partition.size());
    if (last == nullptr) continue;
    const auto record = journal_.ReadLog(last->position, 1, 1);
    if (!record.ok() || record->size() != 1 || record->front().payload != *last->payload) {
      world_.Fail(absl::StrCat("the topic of ", area_, " has an event at ", last->position,
                               " that the journal does not have: it was published and lost"));
      return;
    }
  }
  if (const absl::Status sought = session->reader.Seek(positions); !sought.ok()) {
    world_.Fail(absl::StrCat("the relay cannot go on in ", area_, ": ", sought.ToString()));
    return;
  }
  session_ = std::move(session);
  check_at_ = absl::InfiniteFuture();
}

void SimulatedRelay::Send(stream::PartitionRecord record) {
  // In order within a session, as an idempotent producer sends.
  const absl::Time arrival =
      std::max(session_->last_arrival,
               world_.now() + draw_.Skewed(absl::Microseconds(300), absl::Milliseconds(300)));
  session_->last_arrival = arrival;
  Broker::Message message{
      .position = record.position,
      .previous = record.previous,
      .payload = std::make_shared<const std::string>(std::move(record.payload))};
  world_.After(arrival - world_.now(),
               [&broker = broker_, area = area_, partition = record.partition, session = session_,
                message = std::move(message)]() mutable {
                 if (session->broken && session->may_arrive == 0) return;
                 if (!broker.up()) {
                   // In order or not at all: librdkafka sends it again when the broker is back, and
                   // the model begins anew.
                   session->broken = true;
                   session->may_arrive = 0;
                   return;
                 }
                 if (session->broken) --session->may_arrive;
                 broker.Append(area, partition, std::move(message));
                 size_t& end = session->ends[partition];
                 end = std::max(end, broker.Topic(area)[partition].size());
               });
}

// --- feed of a topic -------------------------------------------------------------------------

BrokerFeed::BrokerFeed(Broker& broker, std::string area)
    : broker_(broker), area_(std::move(area)), listener_(broker.Listen(area_, [this] {
        if (wakeup_) wakeup_();
      })) {}

BrokerFeed::~BrokerFeed() { broker_.Unlisten(listener_); }

absl::Status BrokerFeed::Seek(const std::map<stream::Source, uint64_t>& cursors) {
  const auto& topic = broker_.Topic(area_);
  partitions_.assign(topic.size(), Reading());
  for (const auto& [source, position] : cursors) {
    if (source.area == area_) partitions_[source.partition].chain = stream::ChainFilter(position);
  }
  for (size_t i = 0; i < topic.size(); ++i) partitions_[i].end_at_seek = topic[i].size();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<stream::FeedRecord>> BrokerFeed::Poll(size_t max_records) {
  if (partitions_.empty()) return absl::FailedPreconditionError("seek first");
  std::vector<stream::FeedRecord> records;
  if (!broker_.up()) return records;
  const auto& topic = broker_.Topic(area_);
  const auto push = [&](size_t partition, const Broker::Message& message) {
    records.push_back({.source = {area_, 0, static_cast<uint32_t>(partition)},
                       .position = message.position,
                       .previous = message.previous,
                       .payload = *message.payload});
  };
  for (size_t i = 0; i < topic.size(); ++i) {
    Reading& reading = partitions_[i];
    // A partition that went back is read again from its beginning; the chain drops what is known.
    if (reading.offset > topic[i].size()) reading.offset = 0;
    for (; reading.offset < topic[i].size() && records.size() < max_records; ++reading.offset) {
      const Broker::Message& message = topic[i][reading.offset];
      switch (reading.chain.Offer(message.position, message.previous)) {
        case stream::ChainFilter::Verdict::kDrop:
          break;
        case stream::ChainFilter::Verdict::kDeliver:
          reading.held.reset();
          reading.reported = false;
          push(i, message);
          break;
        case stream::ChainFilter::Verdict::kMissing:
          if (!reading.held.has_value()) reading.held = message;
          break;
      }
    }
    const bool at_end = reading.offset >= topic[i].size();
    if (at_end && reading.held.has_value() && !reading.reported && records.size() < max_records) {
      // Nothing that is there fills the gap: the reader is told.
      reading.reported = true;
      push(i, *reading.held);
    }
  }
  return records;
}

void BrokerFeed::SetWakeup(std::function<void()> wakeup) { wakeup_ = std::move(wakeup); }

bool BrokerFeed::caught_up() const {
  return broker_.up() && !partitions_.empty() &&
         std::all_of(partitions_.begin(), partitions_.end(),
                     [](const Reading& reading) { return reading.offset >= reading.end_at_seek; });
}

// --- faults ----------------------------------------------------------------------------------

FaultyFeed::FaultyFeed(World& world, const Plan& plan, std::string name,
                       std::unique_ptr<stream::EventFeed> inside, std::function<bool()> healed)
    : world_(world),
      plan_(plan),
      draw_(world.Draws(absl::StrCat("feed ", name, world.happenings()))),
      inside_(std::move(inside)),
      healed_(std::move(healed)),
      wakeup_(std::make_shared<std::function<void()>>()) {}  // shared with timers

FaultyFeed::~FaultyFeed() { *wakeup_ = nullptr; }

absl::Status FaultyFeed::Seek(const std::map<stream::Source, uint64_t>& cursors) {
  waiting_.clear();
  not_before_ = absl::InfinitePast();
  return inside_->Seek(cursors);
}

void FaultyFeed::Take(stream::FeedRecord record) {
  const absl::Time now = world_.now();
  if (healed_()) {
    waiting_.push_back({std::max(now, not_before_), std::move(record)});
    return;
  }
  const auto strikes = [this](Fault fault) {
    if (!draw_.Chance(plan_.Rate(fault))) return false;
    world_.coverage().Count("fault", NameOf(fault));
    return true;
  };
  if (strikes(Fault::kRecordDelayed)) {
    not_before_ =
        std::max(not_before_, now) + draw_.Skewed(absl::Milliseconds(5), absl::Minutes(2));
  }
  const absl::Time due = std::max(now, not_before_);
  if (strikes(Fault::kRecordLate)) {
    waiting_.push_back({due + draw_.Skewed(absl::Seconds(1), absl::Minutes(5)), std::move(record)});
    return;
  }
  if (strikes(Fault::kRecordTwice)) {
    const bool at_once = draw_.Below(2) == 0;
    const absl::Time again =
        at_once ? due : due + draw_.Skewed(absl::Milliseconds(1), absl::Minutes(5));
    waiting_.push_back({again, record});
  }
  const bool swap =
      !waiting_.empty() && waiting_.back().due == due && strikes(Fault::kRecordsSwapped);
  waiting_.push_back({due, std::move(record)});
  if (swap) std::swap(waiting_.back().record, waiting_[waiting_.size() - 2].record);
}

absl::StatusOr<std::vector<stream::FeedRecord>> FaultyFeed::Poll(size_t max_records) {
  ASSIGN_OR_RETURN(std::vector<stream::FeedRecord> fresh, inside_->Poll(max_records));
  const bool more = fresh.size() == max_records;
  for (stream::FeedRecord& record : fresh) Take(std::move(record));
  std::vector<stream::FeedRecord> records;
  const absl::Time now = world_.now();
  absl::Time next = absl::InfiniteFuture();
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (it->due > now || records.size() == max_records) {
      next = std::min(next, it->due);
      ++it;
      continue;
    }
    records.push_back(std::move(it->record));
    it = waiting_.erase(it);
  }
  if (more) next = now;
  if (next < absl::InfiniteFuture()) WakeAt(next);
  return records;
}

void FaultyFeed::WakeAt(absl::Time due) {
  world_.After(due - world_.now(), [wakeup = wakeup_] {
    if (*wakeup) (*wakeup)();
  });
}

void FaultyFeed::SetWakeup(std::function<void()> wakeup) {
  *wakeup_ = wakeup;
  inside_->SetWakeup(std::move(wakeup));
}

}  // namespace pitlane::simulation
