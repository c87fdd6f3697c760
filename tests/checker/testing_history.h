// Histories in memory, made by a writer of docs/formats.md that knows nothing of the one in
// libs/journal: as events that can be changed one by one, and as the bytes that come of them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "pitlane/common/v1/event_meta.pb.h"
#include "tests/checker/formats.h"
#include "tests/checker/history.h"

namespace pitlane::checker {

class MemoryStore final : public StoreReader {
 public:
  using Rows = std::map<std::string, std::string>;

  explicit MemoryStore(std::string name) : name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  absl::Status ForEach(std::string_view family, std::string_view prefix,
                       const RowFn& row) const override;
  const std::string& high_water_mark() const override { return mark; }

  std::map<std::string, Rows, std::less<>> families;
  std::string mark;

 private:
  const std::string name_;
};

// Everything that is in a store, in memory.
absl::StatusOr<std::unique_ptr<MemoryStore>> CopyOf(const StoreReader& store);

class MemoryTopic final : public TopicReader {
 public:
  struct Record {
    int32_t partition = 0;
    std::string key;
    std::string value;
    std::vector<std::pair<std::string, std::string>> headers;
  };

  explicit MemoryTopic(std::string area) : area_(std::move(area)) {}

  const std::string& area() const override { return area_; }
  absl::Status ForEach(const TopicFn& record) const override;

  std::vector<Record> records;

 private:
  const std::string area_;
};

// One store as events. Positions, versions and everything that follows from them are made when it
// is written, so an event can be taken away or put in and the bytes are still in order.
struct DraftStore {
  using Event = std::unique_ptr<google::protobuf::Message>;

  Identity identity;
  std::vector<Event> events;
  std::vector<std::string> eventless_requests;  // answered without an event
};

common::v1::EventMeta& MetaOf(google::protobuf::Message& event);

struct Draft {
  std::map<std::string, DraftStore> stores;  // by name
  std::vector<ClientRecord> clients;         // empty: nobody wrote anything down
  std::vector<ProviderRecord> provider;
  bool has_clients = false;
  bool has_provider = false;
  // An acknowledged line for each answered request.
  void RecordEveryRequest();
};

// The draft as it would have been found; all services have applied everything, and the topics hold
// all of it. `MemoryStore`s and `MemoryTopic`s in it may be changed.
History Write(const Draft& draft);

// The events of stores that were read from elsewhere.
absl::StatusOr<Draft> DraftOf(const std::vector<std::unique_ptr<StoreReader>>& stores);

MemoryStore& StoreOf(History& history, const std::string& name);
MemoryTopic& TopicOf(History& history, const std::string& area);

// Values as docs/formats.md has them.
std::string Be32(uint32_t value);
std::string Be64(uint64_t value);
std::string LogValueOf(std::string_view chain, std::string_view stream, uint64_t version,
                       std::string_view payload);

}  // namespace pitlane::checker
