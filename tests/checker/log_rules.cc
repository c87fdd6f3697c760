#include "tests/checker/log_rules.h"

#include <optional>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
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

uint64_t HashOf(std::string_view bytes) { return absl::HashOf(ToAbsl(bytes)); }
uint64_t IndexHash(std::string_view stream, uint64_t version) {
  return absl::HashOf(ToAbsl(stream), version);
}

// The area's event message, empty; nullptr for an area that has none.
const Message* PrototypeOf(const std::string& area) {
  if (area == "ticket") return &ticket::v1::TicketEvent::default_instance();
  if (area == "inventory") return &inventory::v1::InventoryEvent::default_instance();
  if (area == "payment") return &payment::v1::PaymentEvent::default_instance();
  if (area == "reporting") return &reporting::v1::ReportingEvent::default_instance();
  if (area == "customer_vehicle") {
    return &customer_vehicle::v1::CustomerVehicleEvent::default_instance();
  }
  if (area == "terminal_gateway") {
    return &terminal_gateway::v1::TerminalGatewayEvent::default_instance();
  }
  return nullptr;
}

// The full name of the message in the event's oneof; empty when none is set.
std::string_view TypeOf(const Message& event) {
  const auto* field =
      event.GetReflection()->GetOneofFieldDescriptor(event, event.GetDescriptor()->oneof_decl(0));
  return field == nullptr ? std::string_view() : field->message_type()->full_name();
}

const common::v1::EventMeta& MetaOf(const Message& event) {
  return static_cast<const common::v1::EventMeta&>(
      event.GetReflection()->GetMessage(event, event.GetDescriptor()->FindFieldByNumber(1)));
}

// What stands behind the meta, which is the first field: what happened, without when and why.
std::string_view ContentOf(std::string_view payload, const common::v1::EventMeta& meta) {
  const size_t size = meta.ByteSizeLong();
  size_t header = 2;
  for (size_t rest = size; rest >= 0x80; rest >>= 7) ++header;
  return payload.substr(std::min(payload.size(), header + size));
}

}  // namespace

uint64_t StoreLog::HeadOf(uint32_t partition) const {
  return partition < heads_.size() ? heads_[partition] : 0;
}

const Run* StoreLog::FindRun(std::string_view request_id) const {
  const auto found = runs_.find(ToAbsl(request_id));
  return found == runs_.end() ? nullptr : &found->second;
}

const std::string* StoreLog::FindAnswer(std::string_view request_id) const {
  const auto found = answers_.find(ToAbsl(request_id));
  return found == answers_.end() ? nullptr : &found->second;
}

absl::Status StoreLog::Check(EventFn on_event) {
  RETURN_IF_ERROR(CheckIdentity());
  heads_.assign(identity_.partition_count, 0);
  mark_ = ReadMark(store_.high_water_mark());
  bool readable = true;
  RETURN_IF_ERROR(store_.ForEach("log", "", [&](std::string_view key, std::string_view value) {
    readable = TakeRecord(key, value, on_event);
    return readable;
  }));
  report_.Count("records", facts_.size());
  report_.Count("streams", versions_.size());
  report_.Count("requests", runs_.size());
  RETURN_IF_ERROR(CheckMark());
  RETURN_IF_ERROR(CheckIndex());
  RETURN_IF_ERROR(CheckRequests());
  return CheckRuntimeRows();
}

absl::Status StoreLog::CheckIdentity() {
  std::optional<Identity> identity;
  RETURN_IF_ERROR(
      store_.ForEach("cursors", "m/identity", [&](std::string_view, std::string_view value) {
        identity = ReadIdentity(value);
        return false;
      }));
  report_.Expect("identity", identity.has_value() && identity->name() == store_.name(), [&] {
    return Fault{store_.name(), "",
                 identity ? absl::StrCat("the store says that it is ", identity->name())
                          : "the store does not say whose it is"};
  });
  if (!identity || PrototypeOf(identity->area) == nullptr) {
    return absl::DataLossError(absl::StrCat(store_.name(), " is no store of a known area"));
  }
  identity_ = *std::move(identity);
  return absl::OkStatus();
}

bool StoreLog::TakeRecord(std::string_view key, std::string_view value, EventFn on_event) {
  const uint64_t expected = facts_.size() + 1;
  const std::optional<uint64_t> position = ReadBe64(key);
  report_.Expect("positions", position == expected, [&] {
    return Fault{PlaceOf(expected).text(), "",
                 absl::StrCat("after ", facts_.size(), " comes ", position.value_or(0))};
  });
  const std::optional<LogValue> record = ReadLogValue(value);
  report_.Expect("record", record.has_value(), [&] {
    return Fault{PlaceOf(expected).text(), "", "the record cannot be read"};
  });
  // What stands behind a record that is not there cannot be told by its place.
  if (!record || position != expected) return false;

  const std::string chain = ChainOf(chain_, *position, record->body);
  report_.Expect("chain", chain == record->chain, [&] {
    return Fault{PlaceOf(expected).text(), std::string(record->stream),
                 "it or a record before it was altered"};
  });
  // From here on the stored chain counts, so that one fault is one fault.
  chain_ = std::string(record->chain);
  if (mark_ && mark_->position == expected) mark_chain_ = chain_;

  uint64_t& version = versions_[ToAbsl(record->stream)];
  report_.Expect("versions", record->version == version + 1, [&] {
    return Fault{PlaceOf(expected).text(), std::string(record->stream),
                 absl::StrCat("version ", record->version, " comes after ", version)};
  });
  version = record->version;
  facts_.push_back({.payload_hash = HashOf(record->payload),
                    .index_hash = IndexHash(record->stream, record->version)});
  const std::optional<uint32_t> slot = SlotOfStream(record->stream);
  const uint32_t partition = slot.value_or(0) % identity_.partition_count;
  report_.Expect("slot", slot && *slot % identity_.shard_count == identity_.shard, [&] {
    return Fault{PlaceOf(expected).text(), std::string(record->stream), "belongs to another shard"};
  });
  facts_.back().partition = partition;
  facts_.back().previous = std::exchange(heads_[partition], expected);
  TakeEvent(PlaceOf(expected, partition), *record, on_event);
  return true;
}

void StoreLog::TakeEvent(const Place& place, const LogValue& record, EventFn on_event) {
  std::unique_ptr<Message> event(PrototypeOf(identity_.area)->New());
  const bool parsed =
      event->ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()));
  const std::string_view type = parsed ? TypeOf(*event) : std::string_view();
  report_.Expect("event", !type.empty(), [&] {
    return Fault{place.text(), std::string(record.stream), "the payload is no event of the area"};
  });
  if (type.empty()) return;
  const common::v1::EventMeta& meta = MetaOf(*event);
  TakeMeta(place, record, meta, type);
  TakeCauses(place, record, meta);
  TakeRequest(place, meta);
  on_event(place, *event);
}

void StoreLog::TakeMeta(const Place& place, const LogValue& record,
                        const common::v1::EventMeta& meta, std::string_view type) {
  const std::optional<uint32_t> slot = SlotOfStream(record.stream);
  const bool same = ToStd(meta.stream_id()) == record.stream && meta.version() == record.version &&
                    meta.position() == place.position && ToStd(meta.type()) == type &&
                    meta.source() == identity_.name() && slot && meta.slot() == *slot;
  report_.Expect("meta", same && meta.has_occurred_at() && meta.has_recorded_at(), [&] {
    return Fault{place.text(), std::string(record.stream),
                 absl::StrCat("its meta says ", meta.ShortDebugString())};
  });
  const std::optional<IdBits> id = ReadId(meta.event_id());
  report_.Expect("event-id", id && causes_.events.insert(*id).second, [&] {
    return Fault{place.text(), meta.event_id(), "the event id is malformed or used before"};
  });
}

void StoreLog::TakeCauses(const Place& place, const LogValue& record,
                          const common::v1::EventMeta& meta) {
  const bool by_command = !meta.request_id().empty();
  const bool by_event = !meta.causation_id().empty();
  report_.Expect("cause", !(by_command && by_event) && !meta.correlation_id().empty(), [&] {
    return Fault{place.text(), meta.event_id(), "needs one cause and a correlation"};
  });
  if (by_command) causes_.correlations.insert(meta.request_id());
  if (by_event) {
    const IdBits cause = ReadId(meta.causation_id()).value_or(IdBits());
    causes_.causations.push_back({cause, place});
    // An order that the supplier never heard of is sent again; that it is confirmed once is a rule
    // of its own.
    if (meta.type() == "pitlane.inventory.v1.PurchaseOrderSent") return;
    const uint64_t effect =
        absl::HashOf(cause, ToAbsl(record.stream), ToAbsl(ContentOf(record.payload, meta)));
    report_.Expect("effect-twice", effects_.insert(effect).second, [&] {
      return Fault{place.text(), meta.causation_id(),
                   absl::StrCat(meta.type(), " of ", meta.stream_id(),
                                " came of the same event before, with the same content")};
    });
  }
  if (!by_command && !by_event) causes_.followers.emplace_back(meta.correlation_id(), place);
}

void StoreLog::TakeRequest(const Place& place, const common::v1::EventMeta& meta) {
  const std::string& request_id = meta.request_id();
  if (!request_id.empty()) {
    auto [entry, is_new] = runs_.try_emplace(request_id, Run{place.position, place.position});
    report_.Expect("request-twice", is_new || last_request_ == request_id, [&] {
      return Fault{place.text(), request_id,
                   absl::StrCat("has effects at ", entry->second.first, " already")};
    });
    entry->second.last = place.position;
    if (meta.actor().subject().rfind("service:", 0) == 0) service_requests_.insert(request_id);
  }
  last_request_ = request_id;
}

absl::Status StoreLog::CheckMark() {
  report_.Expect("mark", mark_.has_value(), [&] {
    return Fault{store_.name(), "", "the high-water mark is missing or damaged"};
  });
  if (!mark_) return absl::OkStatus();
  report_.Expect("mark", mark_->position <= last_position(), [&] {
    return Fault{PlaceOf(last_position()).text(), "",
                 absl::StrCat("the log ends; it had come to ", mark_->position)};
  });
  const bool known = mark_->position > 0 && mark_->position <= last_position();
  report_.Expect("mark", !known || mark_chain_ == mark_->chain, [&] {
    return Fault{PlaceOf(mark_->position).text(), "", "the mark is of another log"};
  });
  return absl::OkStatus();
}

absl::Status StoreLog::CheckIndex() {
  uint64_t rows = 0;
  RETURN_IF_ERROR(store_.ForEach("streams", "", [&](std::string_view key, std::string_view value) {
    ++rows;
    const std::optional<IndexKey> parts = ReadIndexKey(key);
    const uint64_t position = ReadBe64(value).value_or(0);
    const bool inside = position > 0 && position <= last_position();
    report_.Expect(
        "index",
        parts && inside && At(position).index_hash == IndexHash(parts->stream, parts->version),
        [&] {
          return Fault{PlaceOf(position).text(), parts ? std::string(parts->stream) : "",
                       "the index of streams points to another record"};
        });
    return true;
  }));
  report_.Expect("index", rows == last_position(), [&] {
    return Fault{store_.name(), "",
                 absl::StrCat("the index has ", rows, " rows for ", last_position(), " records")};
  });
  return absl::OkStatus();
}

absl::Status StoreLog::CheckRequests() {
  RETURN_IF_ERROR(store_.ForEach("requests", "", [&](std::string_view key, std::string_view value) {
    TakeAnswer(key, value);
    return true;
  }));
  for (const auto& [request_id, run] : runs_) {
    report_.Expect("answer", answers_.contains(request_id), [&] {
      return Fault{PlaceOf(run.first).text(), request_id, "has events and no stored answer"};
    });
  }
  return absl::OkStatus();
}

void StoreLog::TakeAnswer(std::string_view request_id, std::string_view value) {
  const std::optional<RequestValue> stored = ReadRequestValue(value);
  runtime::v1::RememberedAnswer answer;
  const bool readable = stored && answer.ParseFromArray(stored->answer.data(),
                                                        static_cast<int>(stored->answer.size()));
  const auto positions = readable ? ReadPositions(answer.positions()) : std::nullopt;
  const auto fault = [&](std::string text) {
    return Fault{PlaceOf(stored ? stored->position : 0).text(), std::string(request_id),
                 std::move(text)};
  };
  report_.Expect("answer", positions.has_value(),
                 [&] { return fault("the stored answer cannot be read"); });
  if (!positions) return;
  if (stored->fingerprint.empty()) return TakeLostAnswer(request_id, *stored);
  answers_.emplace(std::string(request_id), answer.positions());
  causes_.correlations.insert(std::string(request_id));
  const Run* run = FindRun(request_id);
  report_.Expect("answer", (run == nullptr) == positions->empty(), [&] {
    return fault(absl::StrCat("was answered \"", answer.positions(), "\" and has ",
                              run == nullptr ? "no events" : "events"));
  });
  if (run == nullptr) return;
  uint64_t last = 0;
  for (const auto& [source, position] : *positions) {
    last = std::max(last, position);
    const bool own = source.area == identity_.area && source.shard == identity_.shard;
    report_.Expect(
        "answer",
        own && position >= run->first && position <= run->last &&
            At(position).partition == source.partition,
        [&] { return fault(absl::StrCat("was not committed at ", source.name(), "@", position)); });
  }
  // More events than were answered for are those of a second time.
  report_.Expect("answer", last == run->last && stored->position == run->last, [&] {
    return fault(absl::StrCat("was answered up to ", last, " (stored at ", stored->position,
                              ") and has events up to ", run->last));
  });
}

// Of a request in a store that was made anew from its topic: it was done, and that is all.
void StoreLog::TakeLostAnswer(std::string_view request_id, const RequestValue& stored) {
  answers_.emplace(std::string(request_id), std::string());
  const Run* run = FindRun(request_id);
  report_.Expect("answer", run != nullptr && stored.position == run->last, [&] {
    return Fault{PlaceOf(stored.position).text(), std::string(request_id),
                 "is said to have been done where it has no events"};
  });
}

absl::Status StoreLog::CheckRuntimeRows() {
  for (const char* view : {"runtime/parked", "runtime/effects"}) {
    uint64_t rows = 0;
    const std::string prefix = std::string(view) + '\0';
    RETURN_IF_ERROR(store_.ForEach("views", prefix, [&](std::string_view, std::string_view) {
      ++rows;
      return true;
    }));
    report_.Count(view, rows);
  }
  return absl::OkStatus();
}

absl::Status StoreLog::CheckCursors(const std::vector<std::unique_ptr<StoreLog>>& all,
                                    Progress& progress) {
  progress.NoteReader(identity_);
  constexpr std::string_view kFeed = "cfeed/";
  RETURN_IF_ERROR(
      store_.ForEach("cursors", kFeed, [&](std::string_view key, std::string_view value) {
        const std::optional<Source> source = ReadSource(key.substr(kFeed.size()));
        const uint64_t position = ReadBe64(value).value_or(0);
        const StoreLog* of = nullptr;
        for (const auto& log : all) {
          const bool same = source && log->identity_.area == source->area &&
                            log->identity_.shard == source->shard;
          if (same) of = log.get();
        }
        const auto fault = [&](std::string text) {
          return Fault{store_.name(), std::string(key.substr(1)), std::move(text)};
        };
        report_.Expect("cursor", source.has_value(),
                       [&] { return fault("the cursor's name names no source"); });
        if (source) progress.Note(identity_, *source, position);
        // A part of an installation may be checked by itself.
        if (of == nullptr) return true;
        report_.Expect("cursor", position <= of->HeadOf(source->partition), [&] {
          return fault(absl::StrCat("is at ", position, "; the source ends at ",
                                    of->HeadOf(source->partition)));
        });
        const bool inside = position > 0 && position <= of->last_position();
        report_.Expect("cursor", !inside || of->At(position).partition == source->partition, [&] {
          return fault(absl::StrCat("is at ", position, ", which is in another partition"));
        });
        return true;
      }));
  constexpr std::string_view kHead = "cpartition_head/";
  std::map<uint32_t, uint64_t> heads;
  RETURN_IF_ERROR(
      store_.ForEach("cursors", kHead, [&](std::string_view key, std::string_view value) {
        heads[static_cast<uint32_t>(std::atoi(std::string(key.substr(kHead.size())).c_str()))] =
            ReadBe64(value).value_or(0);
        return true;
      }));
  // A store that never noted them is read correctly all the same.
  if (heads.empty()) return absl::OkStatus();
  for (uint32_t partition = 0; partition < identity_.partition_count; ++partition) {
    report_.Expect("partition-head", heads[partition] == heads_[partition], [&] {
      return Fault{
          store_.name(), absl::StrCat("partition_head/", partition),
          absl::StrCat("is ", heads[partition], "; the last record is at ", heads_[partition])};
    });
  }
  return absl::OkStatus();
}

}  // namespace pitlane::checker
