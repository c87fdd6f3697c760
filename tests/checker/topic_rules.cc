#include "tests/checker/topic_rules.h"

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::checker {
namespace {

std::optional<std::string_view> HeaderOf(const TopicRecord& record, std::string_view name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<uint64_t> NumberIn(const TopicRecord& record, std::string_view name) {
  const std::string_view text = HeaderOf(record, name).value_or("");
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsTime(std::string_view text, const google::protobuf::Timestamp& time) {
  absl::Time parsed;
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, ToAbsl(text), &parsed, &error) &&
         parsed == absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

bool HeadersFit(const TopicRecord& record, const common::v1::EventMeta& meta) {
  const auto is = [&](std::string_view name, const std::string& value) {
    return HeaderOf(record, name).value_or("") == value;
  };
  return is("ce_specversion", "1.0") && is("ce_id", meta.event_id()) &&
         is("ce_type", meta.type()) && is("ce_subject", meta.stream_id()) &&
         is("ce_partitionkey", meta.stream_id()) &&
         is("ce_source", absl::StrCat("/pitlane/", meta.source())) &&
         is("content-type", "application/protobuf") && is("ce_traceparent", meta.traceparent()) &&
         IsTime(HeaderOf(record, "ce_time").value_or(""), meta.occurred_at());
}

class TopicCheck {
 public:
  TopicCheck(const TopicReader& topic, const std::vector<std::unique_ptr<StoreLog>>& logs,
             const Expectations& expectations, Report& report)
      : topic_(topic), expectations_(expectations), report_(report) {
    for (const auto& log : logs) {
      if (log->identity().area == topic.area()) logs_[log->identity().name()] = log.get();
    }
  }

  absl::Status Run() {
    RETURN_IF_ERROR(topic_.ForEach([this](const TopicRecord& record) { Take(record); }));
    report_.Count("topic records", records_);
    report_.Count("topic records out of turn or again", skipped_);
    for (const auto& [name, log] : logs_) CheckEnds(*log);
    return absl::OkStatus();
  }

 private:
  void Take(const TopicRecord& record) {
    ++records_;
    const auto says = [&](std::string text) {
      return Fault{absl::StrCat(topic_.area(), " ", record.partition, ":", record.offset),
                   std::string(record.key), std::move(text)};
    };
    common::v1::Envelope envelope;
    const bool readable =
        envelope.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()));
    const common::v1::EventMeta& meta = envelope.meta();
    const auto position = NumberIn(record, "pitlane-position");
    const auto previous = NumberIn(record, "pitlane-previous");
    report_.Expect("topic-headers",
                   readable && position && previous && *position == meta.position() &&
                       record.key == ToStd(meta.stream_id()) && HeadersFit(record, meta),
                   [&] { return says("its headers or its key do not fit its value"); });
    const auto found = logs_.find(meta.source());
    const StoreLog* log = found == logs_.end() ? nullptr : found->second;
    const bool inside =
        log != nullptr && position && *position > 0 && *position <= log->last_position();
    report_.Expect("topic-store",
                   inside && log->At(*position).payload_hash == absl::HashOf(ToAbsl(record.value)),
                   [&] { return says("is not what the store holds at that position"); });
    if (!inside || !previous) return;
    const StoreLog::Record& stored = log->At(*position);
    report_.Expect("topic-partition", static_cast<uint32_t>(record.partition) == stored.partition,
                   [&] { return says(absl::StrCat("belongs to partition ", stored.partition)); });
    report_.Expect("topic-previous", *previous == stored.previous, [&] {
      return says(
          absl::StrCat("names ", *previous, " as the one before it; that is ", stored.previous));
    });
    Follow(log->identity().name(), record.partition, *position, *previous, says);
  }

  // A reader takes what follows on what it has.
  template <class Says>
  void Follow(const std::string& source, int32_t partition, uint64_t position, uint64_t previous,
              const Says& says) {
    uint64_t& last = last_[{source, partition}];
    const bool follows = previous == last && position > last;
    if (expectations_.no_duplicates) {
      report_.Expect("topic-again", follows, [&] {
        return says(absl::StrCat("comes again or out of turn, after ", last));
      });
    }
    if (!follows) {
      ++skipped_;
      return;
    }
    last = position;
  }

  void CheckEnds(const StoreLog& log) {
    for (uint32_t partition = 0; partition < log.identity().partition_count; ++partition) {
      const uint64_t head = log.HeadOf(partition);
      const uint64_t last = last_[{log.identity().name(), static_cast<int32_t>(partition)}];
      // What the relay has not published yet is missing at the end only.
      report_.Expect("topic-missing", last == head || !expectations_.settled, [&] {
        return Fault{absl::StrCat(topic_.area(), " ", partition), log.identity().name(),
                     absl::StrCat("who follows it comes to ", last, "; the store to ", head)};
      });
    }
  }

  const TopicReader& topic_;
  const Expectations& expectations_;
  Report& report_;
  std::map<std::string, const StoreLog*> logs_;
  std::map<std::pair<std::string, int32_t>, uint64_t> last_;
  uint64_t records_ = 0;
  uint64_t skipped_ = 0;
};

}  // namespace

absl::Status CheckTopic(const TopicReader& topic,
                        const std::vector<std::unique_ptr<StoreLog>>& logs,
                        const Expectations& expectations, Report& report) {
  return TopicCheck(topic, logs, expectations, report).Run();
}

}  // namespace pitlane::checker
