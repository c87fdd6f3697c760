#include "libs/testing/fake_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "libs/base/check.h"
#include "libs/base/ids.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::testing {

class FakeStream::Reading final : public stream::EventFeed {
 public:
  explicit Reading(FakeStream& stream) : stream_(stream) {}
  ~Reading() override { SetWakeup(nullptr); }

  absl::Status Seek(const std::map<stream::Source, uint64_t>& cursors) override {
    absl::MutexLock lock(&stream_.mutex_);
    ++stream_.seeks_;
    stream_.sought_ = true;
    stream_.deliver_.clear();
    for (const stream::FeedRecord& record : stream_.records_) {
      const auto cursor = cursors.find(record.source);
      if (cursor == cursors.end() || record.position > cursor->second) {
        stream_.deliver_.push_back(record);
      }
    }
    stream_.left_to_end_ = stream_.deliver_.size();
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<stream::FeedRecord>> Poll(size_t max_records) override {
    absl::MutexLock lock(&stream_.mutex_);
    if (!stream_.sought_) return absl::FailedPreconditionError("seek first");
    if (!stream_.poll_error_.ok()) return stream_.poll_error_;
    std::vector<stream::FeedRecord> records;
    while (!stream_.deliver_.empty() && records.size() < max_records) {
      records.push_back(std::move(stream_.deliver_.front()));
      stream_.deliver_.pop_front();
      if (stream_.left_to_end_ > 0) --stream_.left_to_end_;
    }
    return records;
  }

  void SetWakeup(std::function<void()> wakeup) override {
    absl::MutexLock lock(&stream_.wakeup_mutex_);
    stream_.wakeup_ = std::move(wakeup);
  }

  bool caught_up() const override {
    absl::MutexLock lock(&stream_.mutex_);
    return stream_.sought_ && stream_.left_to_end_ == 0;
  }

 private:
  FakeStream& stream_;
};

FakeStream::FakeStream(std::string area)
    : area_(std::move(area)), entropy_(std::hash<std::string>()(area_)) {}

stream::FeedRecord FakeStream::Publish(google::protobuf::Message& event, std::string_view stream_id,
                                       uint32_t partition) {
  const google::protobuf::Descriptor* type = event.GetDescriptor();
  const google::protobuf::Reflection* reflection = event.GetReflection();
  auto& meta = static_cast<common::v1::EventMeta&>(
      *reflection->MutableMessage(&event, type->FindFieldByName("meta")));
  const google::protobuf::FieldDescriptor* field =
      reflection->GetOneofFieldDescriptor(event, type->oneof_decl(0));
  const auto slot = SlotOfId(stream_id.substr(0, stream_id.find('/')));
  PITLANE_CHECK(slot.ok()) << slot.status();
  stream::FeedRecord record;
  {
    absl::MutexLock lock(&mutex_);
    const uint64_t version = ++versions_[std::string(stream_id)];
    if (meta.event_id().empty()) {
      meta.set_event_id(EventId::Make(clock_, entropy_, *slot).text());
    }
    if (meta.type().empty() && field != nullptr) meta.set_type(field->message_type()->full_name());
    if (meta.stream_id().empty()) meta.set_stream_id(std::string(stream_id));
    if (meta.version() == 0) meta.set_version(version);
    if (meta.position() == 0) meta.set_position(last_position_ + 1);
    if (meta.source().empty()) meta.set_source(absl::StrCat(area_, ".0"));
    if (meta.slot() == 0) meta.set_slot(*slot);
    if (!meta.has_recorded_at()) {
      meta.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
    }
    if (!meta.has_occurred_at()) *meta.mutable_occurred_at() = meta.recorded_at();
    record = Append(event.SerializeAsString(), partition);
  }
  Wake();
  return record;
}

stream::FeedRecord FakeStream::PublishBytes(std::string payload, uint32_t partition) {
  stream::FeedRecord record;
  {
    absl::MutexLock lock(&mutex_);
    record = Append(std::move(payload), partition);
  }
  Wake();
  return record;
}

stream::FeedRecord FakeStream::Append(std::string payload, uint32_t partition) {
  const stream::Source source{.area = area_, .shard = 0, .partition = partition};
  stream::FeedRecord record{.source = source,
                            .position = ++last_position_,
                            .previous = ends_[source],
                            .payload = std::move(payload)};
  ends_[source] = record.position;
  records_.push_back(record);
  if (!held_ && sought_) deliver_.push_back(record);
  return record;
}

void FakeStream::Hold(bool hold) {
  absl::MutexLock lock(&mutex_);
  held_ = hold;
}

void FakeStream::Deliver(stream::FeedRecord record) {
  {
    absl::MutexLock lock(&mutex_);
    deliver_.push_back(std::move(record));
  }
  Wake();
}

void FakeStream::FailPolls(absl::Status status) {
  {
    absl::MutexLock lock(&mutex_);
    poll_error_ = std::move(status);
  }
  Wake();
}

int FakeStream::seeks() const {
  absl::MutexLock lock(&mutex_);
  return seeks_;
}

std::vector<stream::FeedRecord> FakeStream::records() const {
  absl::MutexLock lock(&mutex_);
  return records_;
}

std::map<stream::Source, uint64_t> FakeStream::ends() const {
  absl::MutexLock lock(&mutex_);
  return ends_;
}

std::unique_ptr<stream::EventFeed> FakeStream::Feed() { return std::make_unique<Reading>(*this); }

void FakeStream::Wake() {
  absl::MutexLock lock(&wakeup_mutex_);
  if (wakeup_) wakeup_();
}

}  // namespace pitlane::testing
