#include "libs/stream/cloud_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "libs/base/status_matchers.h"
#include "libs/stream/event_bytes.h"
#include "libs/stream/test_support.h"

namespace pitlane::stream {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

common::v1::EventMeta ClosedTicket() {
  common::v1::EventMeta meta;
  meta.set_event_id("evt_1");
  meta.set_type("pitlane.ticket.v1.TicketClosed");
  meta.set_stream_id("tkt_1");
  meta.set_position(42);
  meta.set_source("ticket.0");
  meta.mutable_occurred_at()->set_seconds(1767225601);
  meta.mutable_occurred_at()->set_nanos(250'000'000);
  return meta;
}

// Headers of a record by name, to be changed by a test.
class Headers {
 public:
  explicit Headers(const HeaderList& list) : values_(list.begin(), list.end()) {}
  std::map<std::string, std::string>& values() { return values_; }
  absl::StatusOr<TopicPlace> Read(std::string_view payload) const {
    return ReadPlace(
        [this](std::string_view name) -> std::optional<std::string_view> {
          const auto found = values_.find(std::string(name));
          if (found == values_.end()) return std::nullopt;
          return found->second;
        },
        payload);
  }

 private:
  std::map<std::string, std::string> values_;
};

Headers HeadersOf(const std::string& payload, uint64_t previous) {
  return Headers(MakeHeaders(*ReadMeta(payload), previous));
}

TEST(CloudEvent, EventThenHeadersOfBinaryModeAndItsPlace) {
  EXPECT_THAT(MakeHeaders(ClosedTicket(), 40),
              UnorderedElementsAre(Pair("ce_specversion", "1.0"), Pair("ce_id", "evt_1"),
                                   Pair("ce_source", "/pitlane/ticket.0"),
                                   Pair("ce_type", "pitlane.ticket.v1.TicketClosed"),
                                   Pair("ce_time", "2026-01-01T00:00:01.25Z"),
                                   Pair("ce_subject", "tkt_1"), Pair("ce_partitionkey", "tkt_1"),
                                   Pair("content-type", "application/protobuf"),
                                   Pair("pitlane-position", "42"), Pair("pitlane-previous", "40")));
}

TEST(CloudEvent, WholeSecondThenTimeWithoutFraction) {
  common::v1::EventMeta meta = ClosedTicket();
  meta.mutable_occurred_at()->set_nanos(0);
  EXPECT_THAT(MakeHeaders(meta, 0), IsSupersetOf({Pair("ce_time", "2026-01-01T00:00:01Z")}));
}

TEST(CloudEvent, TraceContextThenPassedOn) {
  common::v1::EventMeta meta = ClosedTicket();
  meta.set_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  EXPECT_THAT(MakeHeaders(meta, 0), IsSupersetOf({Pair("ce_traceparent", meta.traceparent())}));
}

TEST(CloudEvent, ReadBackThenTheSamePlace) {
  const std::string payload = MakeEvent("ticket", 42, 7);
  ASSERT_OK_AND_ASSIGN(const TopicPlace place, HeadersOf(payload, 40).Read(payload));
  EXPECT_EQ(place.source, "ticket.0");
  EXPECT_EQ(place.position, 42u);
  EXPECT_EQ(place.previous, 40u);
}

TEST(CloudEvent, HeaderMissingOrMalformedThenDataLossNamingIt) {
  const std::string payload = MakeEvent("ticket", 42, 7);
  for (const std::string name : {"pitlane-position", "pitlane-previous", "ce_source"}) {
    Headers missing = HeadersOf(payload, 40);
    missing.values().erase(name);
    EXPECT_THAT(missing.Read(payload), StatusIs(absl::StatusCode::kDataLoss)) << name;
    Headers malformed = HeadersOf(payload, 40);
    malformed.values()[name] = "4o";
    EXPECT_THAT(malformed.Read(payload), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("4o")))
        << name;
  }
}

TEST(CloudEvent, HeadersContradictTheEventThenDataLossSayingBoth) {
  const std::string payload = MakeEvent("ticket", 42, 7);
  Headers position = HeadersOf(payload, 40);
  position.values()["pitlane-position"] = "43";
  EXPECT_THAT(position.Read(payload),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("header says position 43")));
  Headers previous = HeadersOf(payload, 42);
  EXPECT_THAT(previous.Read(payload),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("not before its position 42")));
  Headers source = HeadersOf(payload, 40);
  source.values()["ce_source"] = "/pitlane/ticket.1";
  EXPECT_THAT(source.Read(payload), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("ticket.1")));
}

TEST(CloudEvent, ValueThatIsNoEventThenDataLoss) {
  const std::string payload = MakeEvent("ticket", 42, 7);
  const Headers headers = HeadersOf(payload, 40);
  EXPECT_THAT(headers.Read(""), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("no meta")));
  EXPECT_THAT(headers.Read("not protobuf"), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(headers.Read(payload.substr(0, payload.size() - 1)),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace pitlane::stream
