#include "tests/checker/testing_history.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/runtime/v1/records.pb.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"

namespace pitlane::checker {
namespace {

using google::protobuf::Message;

const std::map<std::string, std::vector<std::string>>& Listens() {
  static const auto* const areas = new std::map<std::string, std::vector<std::string>>{
      {"ticket", {"inventory", "customer_vehicle", "payment"}},
      {"inventory", {"ticket"}},
      {"customer_vehicle", {"ticket"}},
      {"payment", {"ticket", "terminal_gateway"}},
      {"terminal_gateway", {}},
      {"reporting", {"ticket", "inventory", "payment"}}};
  return *areas;
}

const Message& Prototype(const std::string& area) {
  if (area == "ticket") return ticket::v1::TicketEvent::default_instance();
  if (area == "inventory") return inventory::v1::InventoryEvent::default_instance();
  if (area == "payment") return payment::v1::PaymentEvent::default_instance();
  if (area == "reporting") return reporting::v1::ReportingEvent::default_instance();
  if (area == "customer_vehicle") {
    return customer_vehicle::v1::CustomerVehicleEvent::default_instance();
  }
  return terminal_gateway::v1::TerminalGatewayEvent::default_instance();
}

std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

// Maps in the order of their keys, as services write them.
std::string BytesOf(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::string MarkOf(uint64_t position, std::string_view chain) {
  std::string slot = absl::StrCat("pitlane-high-water-mark\n", Be32(1), Be64(1), Be64(position),
                                  Be64(position), ToAbsl(chain), std::string(1, '\1'));
  slot.append(Sha256(slot));
  slot.resize(512, '\0');
  return std::string(4096, '\0') + slot;
}

MemoryTopic::Record TopicRecordOf(const common::v1::EventMeta& meta, uint32_t partition,
                                  uint64_t previous, const std::string& payload) {
  const absl::Time time = absl::FromUnixSeconds(meta.occurred_at().seconds()) +
                          absl::Nanoseconds(meta.occurred_at().nanos());
  MemoryTopic::Record record{static_cast<int32_t>(partition), meta.stream_id(), payload, {}};
  record.headers = {
      {"ce_specversion", "1.0"},
      {"ce_id", meta.event_id()},
      {"ce_source", absl::StrCat("/pitlane/", meta.source())},
      {"ce_type", meta.type()},
      {"ce_time", absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone())},
      {"ce_subject", meta.stream_id()},
      {"ce_partitionkey", meta.stream_id()},
      {"content-type", "application/protobuf"},
      {"pitlane-position", absl::StrCat(meta.position())},
      {"pitlane-previous", absl::StrCat(previous)}};
  if (!meta.traceparent().empty()) {
    record.headers.emplace_back("ce_traceparent", meta.traceparent());
  }
  return record;
}

// One store and its topic, on their way into bytes.
class Writer {
 public:
  explicit Writer(const DraftStore& draft)
      : draft_(draft),
        store_(std::make_unique<MemoryStore>(draft.identity.name())),
        topic_(std::make_unique<MemoryTopic>(draft.identity.area)),
        heads_(draft.identity.partition_count, 0) {}

  void Run() {
    for (const char* family : {"log", "streams", "requests", "cursors", "views"}) {
      store_->families[family];
    }
    for (const DraftStore::Event& event : draft_.events) Append(*event);
    for (const std::string& request_id : draft_.eventless_requests) positions_[request_id];
    for (const auto& [request_id, positions] : positions_) PutAnswer(request_id, positions);
    const Identity& identity = draft_.identity;
    MemoryStore::Rows& cursors = store_->families["cursors"];
    cursors["m/identity"] = absl::StrCat(Be32(1), Be32(identity.shard), Be32(identity.shard_count),
                                         Be32(identity.partition_count), identity.area);
    cursors["m/commits"] = Be64(position_);
    for (uint32_t partition = 0; partition < heads_.size(); ++partition) {
      if (heads_[partition] > 0) {
        cursors[absl::StrCat("cpartition_head/", partition)] = Be64(heads_[partition]);
      }
    }
    store_->mark = MarkOf(position_, chain_);
  }

  std::vector<std::pair<std::string, uint64_t>> Cursors() const {
    std::vector<std::pair<std::string, uint64_t>> cursors;
    for (uint32_t partition = 0; partition < heads_.size(); ++partition) {
      if (heads_[partition] == 0) continue;
      cursors.emplace_back(absl::StrCat("cfeed/", draft_.identity.name(), ".", partition),
                           heads_[partition]);
    }
    return cursors;
  }

  const std::string& area() const { return draft_.identity.area; }
  MemoryStore& store() { return *store_; }
  std::unique_ptr<MemoryStore> TakeStore() { return std::move(store_); }
  std::unique_ptr<MemoryTopic> TakeTopic() { return std::move(topic_); }

 private:
  void Append(const Message& draft) {
    std::unique_ptr<Message> event(draft.New());
    event->CopyFrom(draft);
    common::v1::EventMeta& meta = MetaOf(*event);
    const auto* field = event->GetReflection()->GetOneofFieldDescriptor(
        *event, event->GetDescriptor()->oneof_decl(0));
    meta.set_type(field->message_type()->full_name());
    meta.set_source(draft_.identity.name());
    meta.set_position(++position_);
    meta.set_version(++versions_[meta.stream_id()]);
    meta.set_slot(SlotOfStream(meta.stream_id()).value_or(0));
    const uint32_t partition = meta.slot() % draft_.identity.partition_count;
    const std::string payload = BytesOf(*event);
    const std::string body = LogValueOf("", meta.stream_id(), meta.version(), payload).substr(1);
    chain_ = ChainOf(chain_, position_, body);
    store_->families["log"][Be64(position_)] =
        LogValueOf(chain_, meta.stream_id(), meta.version(), payload);
    store_->families["streams"][meta.stream_id() + '\0' + Be64(meta.version())] = Be64(position_);
    topic_->records.push_back(TopicRecordOf(meta, partition, heads_[partition], payload));
    heads_[partition] = position_;
    if (!meta.request_id().empty()) positions_[meta.request_id()][partition] = position_;
  }

  void PutAnswer(const std::string& request_id, const std::map<uint32_t, uint64_t>& positions) {
    runtime::v1::RememberedAnswer answer;
    answer.set_response("ok");
    std::string text;
    uint64_t last = 0;
    for (const auto& [partition, position] : positions) {
      absl::StrAppend(&text, text.empty() ? "" : ",", draft_.identity.name(), ".", partition, "@",
                      position);
      last = std::max(last, position);
    }
    answer.set_positions(text);
    store_->families["requests"][request_id] =
        absl::StrCat("\1", Varint(last), Varint(1), "f", answer.SerializeAsString());
  }

  const DraftStore& draft_;
  std::unique_ptr<MemoryStore> store_;
  std::unique_ptr<MemoryTopic> topic_;
  std::vector<uint64_t> heads_;
  uint64_t position_ = 0;
  std::string chain_ = std::string(kChainBytes, '\0');
  std::map<std::string, uint64_t> versions_;
  std::map<std::string, std::map<uint32_t, uint64_t>> positions_;
};

}  // namespace

absl::Status MemoryStore::ForEach(std::string_view family, std::string_view prefix,
                                  const RowFn& row) const {
  const auto rows = families.find(family);
  if (rows == families.end()) return absl::NotFoundError(absl::StrCat("no ", ToAbsl(family)));
  for (auto at = rows->second.lower_bound(std::string(prefix)); at != rows->second.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    if (!row(at->first, at->second)) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<MemoryStore>> CopyOf(const StoreReader& store) {
  auto copy = std::make_unique<MemoryStore>(store.name());
  for (const char* family : {"log", "streams", "requests", "cursors", "views"}) {
    MemoryStore::Rows& rows = copy->families[family];
    RETURN_IF_ERROR(store.ForEach(family, "", [&](std::string_view key, std::string_view value) {
      rows.emplace(key, value);
      return true;
    }));
  }
  copy->mark = store.high_water_mark();
  return copy;
}

absl::Status MemoryTopic::ForEach(const TopicFn& record) const {
  std::map<int32_t, int64_t> offsets;
  for (const Record& stored : records) {
    TopicRecord read{.partition = stored.partition,
                     .offset = offsets[stored.partition]++,
                     .key = stored.key,
                     .value = stored.value,
                     .headers = {}};
    for (const auto& [name, value] : stored.headers) read.headers.emplace_back(name, value);
    record(read);
  }
  return absl::OkStatus();
}

common::v1::EventMeta& MetaOf(Message& event) {
  return static_cast<common::v1::EventMeta&>(
      *event.GetReflection()->MutableMessage(&event, event.GetDescriptor()->FindFieldByNumber(1)));
}

std::string Be32(uint32_t value) { return Be64(value).substr(4); }

std::string Be64(uint64_t value) {
  std::string bytes(8, '\0');
  for (size_t i = 8; i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return bytes;
}

std::string LogValueOf(std::string_view chain, std::string_view stream, uint64_t version,
                       std::string_view payload) {
  return absl::StrCat("\1", ToAbsl(chain), Varint(stream.size()), ToAbsl(stream), Varint(version),
                      ToAbsl(payload));
}

void Draft::RecordEveryRequest() {
  has_clients = true;
  for (auto& [name, store] : stores) {
    std::set<std::string> seen;
    for (const DraftStore::Event& event : store.events) {
      const common::v1::EventMeta& meta = MetaOf(*event);
      if (meta.request_id().empty() || !seen.insert(meta.request_id()).second) continue;
      if (meta.actor().subject().rfind("service:", 0) == 0) continue;
      clients.push_back({.request_id = meta.request_id(),
                         .method = absl::StrCat("/pitlane.", store.identity.area, ".v1.Any/Any"),
                         .outcome = Outcome::kAcknowledged});
    }
    for (const std::string& request_id : store.eventless_requests) {
      clients.push_back({.request_id = request_id,
                         .method = absl::StrCat("/pitlane.", store.identity.area, ".v1.Any/Any"),
                         .outcome = Outcome::kAcknowledged});
    }
  }
}

History Write(const Draft& draft) {
  std::vector<Writer> writers;
  for (const auto& [name, store] : draft.stores) writers.emplace_back(store).Run();
  for (Writer& reader : writers) {
    for (const std::string& area : Listens().at(reader.area())) {
      for (const Writer& source : writers) {
        if (source.area() != area) continue;
        for (const auto& [name, position] : source.Cursors()) {
          reader.store().families["cursors"][name] = Be64(position);
        }
      }
    }
  }
  History history;
  for (Writer& writer : writers) {
    history.stores.push_back(writer.TakeStore());
    history.topics.push_back(writer.TakeTopic());
  }
  if (draft.has_clients) history.clients = draft.clients;
  if (draft.has_provider) history.provider = draft.provider;
  return history;
}

absl::StatusOr<Draft> DraftOf(const std::vector<std::unique_ptr<StoreReader>>& stores) {
  Draft draft;
  for (const auto& store : stores) {
    DraftStore& made = draft.stores[store->name()];
    std::set<std::string> with_events;
    RETURN_IF_ERROR(
        store->ForEach("cursors", "m/identity", [&](std::string_view, std::string_view value) {
          made.identity = ReadIdentity(value).value_or(Identity());
          return true;
        }));
    RETURN_IF_ERROR(store->ForEach("log", "", [&](std::string_view, std::string_view value) {
      made.events.emplace_back(Prototype(made.identity.area).New());
      const std::string payload(ReadLogValue(value)->payload);
      if (!made.events.back()->ParseFromString(payload)) return false;
      with_events.insert(MetaOf(*made.events.back()).request_id());
      return true;
    }));
    RETURN_IF_ERROR(store->ForEach("requests", "", [&](std::string_view key, std::string_view) {
      if (!with_events.contains(std::string(key))) made.eventless_requests.emplace_back(key);
      return true;
    }));
  }
  return draft;
}

MemoryStore& StoreOf(History& history, const std::string& name) {
  for (const auto& store : history.stores) {
    if (store->name() == name) return static_cast<MemoryStore&>(*store);
  }
  return static_cast<MemoryStore&>(*history.stores.front());
}

MemoryTopic& TopicOf(History& history, const std::string& area) {
  for (const auto& topic : history.topics) {
    if (topic->area() == area) return static_cast<MemoryTopic&>(*topic);
  }
  return static_cast<MemoryTopic&>(*history.topics.front());
}

}  // namespace pitlane::checker
