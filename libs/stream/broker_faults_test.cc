// Relay and feed over brokers that stop, die, hang, start late, or lose what they had.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "libs/stream/kafka_feed.h"
#include "libs/stream/kafka_test_support.h"
#include "libs/stream/relay.h"

namespace pitlane::stream {
namespace {

using testing::KafkaBroker;

// A broker of its own, a store with a relay, and a reader of the topic.
class BrokerFaults : public ::testing::Test {
 protected:
  void SetUp() override { broker_ = StartBroker(folder_.path() + "/kafka"); }

  RelayOptions Options() const {
    return {.kafka = Kafka(*broker_), .topic_check_interval = absl::Milliseconds(200)};
  }
  void StartRelay() {
    relay_ = std::make_unique<Relay>(store_.journal(), Options());
    ASSERT_THAT(relay_->Start(), IsOk());
  }
  void StartReader() {
    auto feed = KafkaFeed::Create("ticket", {.kafka = Kafka(*broker_), .partition_count = 4});
    ASSERT_THAT(feed, IsOk());
    feed_ = *std::move(feed);
    reader_ = std::make_unique<CheckingReader>(*feed_);
    ASSERT_THAT(feed_->Seek({}), IsOk());
  }
  void ExpectReaderGetsEverything() {
    ASSERT_TRUE(reader_->ReadUntilCount(store_.size()))
        << reader_->applied().size() << " of " << store_.size() << ", relay " << relay_->published()
        << " " << relay_->status().trouble;
    EXPECT_EQ(BySource(reader_->applied()), BySource(store_.All()));
  }
  void ExpectNewReaderGetsEverything() {
    reader_.reset();
    StartReader();
    ExpectReaderGetsEverything();
  }
  bool PublishesAll() {
    return relay_->WaitPublished(store_.size(), absl::Now() + kPatience) >= store_.size();
  }
  // Copies the broker's data, to be put back later. The broker must not run.
  void SaveBrokerData() {
    std::filesystem::copy(broker_->data_dir(), folder_.path() + "/saved",
                          std::filesystem::copy_options::recursive);
  }
  void RestoreBrokerData() {
    std::filesystem::remove_all(broker_->data_dir());
    std::filesystem::rename(folder_.path() + "/saved", broker_->data_dir());
  }

  ScratchFolder folder_;
  EventStore store_{{.area = "ticket"}};
  std::unique_ptr<KafkaBroker> broker_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<KafkaFeed> feed_;
  std::unique_ptr<CheckingReader> reader_;
};

TEST_F(BrokerFaults, KilledUnderLoadAndBackThenEveryRecordOnce) {
  StartRelay();
  StartReader();
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 60; ++i) {
      store_.Append(20);
      if (i == 30) {
        ASSERT_THAT(broker_->Kill(), IsOk());
      }
    }
    ASSERT_THAT(broker_->Restart(), IsOk());
    store_.Append(100);
    ExpectReaderGetsEverything();
  }
  ExpectNewReaderGetsEverything();
}

TEST_F(BrokerFaults, StoppedAndBackThenEveryRecordOnce) {
  StartRelay();
  StartReader();
  store_.Append(300);
  ASSERT_TRUE(PublishesAll());
  ASSERT_THAT(broker_->Stop(), IsOk());
  store_.Append(5000);
  ASSERT_THAT(broker_->Restart(), IsOk());
  ExpectReaderGetsEverything();
}

TEST_F(BrokerFaults, StartedLastThenEverythingComes) {
  ASSERT_THAT(broker_->Stop(), IsOk());
  StartReader();
  StartRelay();
  store_.Append(1000);
  ASSERT_TRUE(Eventually([&] { return !relay_->status().trouble.ok(); }));
  EXPECT_THAT(relay_->status().trouble, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(feed_->Poll(1), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_FALSE(feed_->caught_up());
  ASSERT_THAT(broker_->Restart(), IsOk());
  ExpectReaderGetsEverything();
  EXPECT_TRUE(PublishesAll());
}

TEST_F(BrokerFaults, HangsThenTheJournalGoesOnAndStopIsQuick) {
  StartRelay();
  StartReader();
  store_.Append(100);
  ExpectReaderGetsEverything();
  ASSERT_THAT(broker_->Pause(), IsOk());
  const absl::Time start = absl::Now();
  store_.Append(20'000);
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  EXPECT_LE(relay_->status().in_flight, Options().max_in_flight_records);
  const absl::Time stop = absl::Now();
  relay_->Stop();
  EXPECT_LT(absl::Now() - stop, absl::Seconds(10));
  StartRelay();
  ASSERT_THAT(broker_->Resume(), IsOk());
  ExpectReaderGetsEverything();
}

TEST_F(BrokerFaults, HangsForLongThenEveryRecordOnce) {
  StartRelay();
  StartReader();
  store_.Append(100);
  ExpectReaderGetsEverything();
  ASSERT_THAT(broker_->Pause(), IsOk());
  store_.Append(3000);
  // Longer than requests wait for their answers.
  EXPECT_FALSE(reader_->ReadUntilCount(store_.size(), absl::Seconds(13)));
  ASSERT_THAT(broker_->Resume(), IsOk());
  ExpectReaderGetsEverything();
  ExpectNewReaderGetsEverything();
}

TEST_F(BrokerFaults, LostItsEndWhileTheRelayWasStoppedThenGetsItAgain) {
  StartRelay();
  StartReader();
  store_.Append(1000);
  ASSERT_TRUE(PublishesAll());
  ASSERT_THAT(broker_->Stop(), IsOk());
  SaveBrokerData();
  ASSERT_THAT(broker_->Restart(), IsOk());
  store_.Append(500);
  ASSERT_TRUE(PublishesAll());
  relay_->Stop();
  ASSERT_THAT(broker_->Stop(), IsOk());
  RestoreBrokerData();
  ASSERT_THAT(broker_->Restart(), IsOk());
  StartRelay();
  store_.Append(100);
  ExpectReaderGetsEverything();
  ExpectNewReaderGetsEverything();
}

TEST_F(BrokerFaults, LostItsEndUnderARunningRelayThenGetsItAgain) {
  StartRelay();
  StartReader();
  store_.Append(1000);
  ASSERT_TRUE(PublishesAll());
  ASSERT_THAT(broker_->Stop(), IsOk());
  SaveBrokerData();
  ASSERT_THAT(broker_->Restart(), IsOk());
  store_.Append(500);
  ASSERT_TRUE(PublishesAll());
  ASSERT_THAT(broker_->Stop(), IsOk());
  RestoreBrokerData();
  store_.Append(50);
  ASSERT_THAT(broker_->Restart(), IsOk());
  store_.Append(100);
  ExpectReaderGetsEverything();
  ExpectNewReaderGetsEverything();
}

TEST_F(BrokerFaults, LostItsEndAndNothingHappensThenGetsItAgainAllTheSame) {
  StartRelay();
  store_.Append(1000);
  ASSERT_TRUE(PublishesAll());
  ASSERT_THAT(broker_->Stop(), IsOk());
  SaveBrokerData();
  ASSERT_THAT(broker_->Restart(), IsOk());
  store_.Append(500);
  ASSERT_TRUE(PublishesAll());
  ASSERT_THAT(broker_->Stop(), IsOk());
  RestoreBrokerData();
  ASSERT_THAT(broker_->Restart(), IsOk());
  StartReader();
  ExpectReaderGetsEverything();
}

TEST_F(BrokerFaults, LostEverythingThenFilledAgain) {
  StartRelay();
  StartReader();
  store_.Append(400);
  ExpectReaderGetsEverything();
  ASSERT_THAT(broker_->Kill(), IsOk());
  const std::string folder = broker_->data_dir();
  const std::string address = broker_->address();
  const int port = std::stoi(address.substr(address.find(':') + 1));
  broker_.reset();
  std::filesystem::remove_all(folder);
  auto fresh = KafkaBroker::Start(folder, port);
  ASSERT_THAT(fresh, IsOk());
  broker_ = *std::move(fresh);
  store_.Append(100);
  ExpectReaderGetsEverything();
  ExpectNewReaderGetsEverything();
}

}  // namespace
}  // namespace pitlane::stream
