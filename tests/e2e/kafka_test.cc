// What only separate processes over a real Kafka can go through.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/status_matchers.h"
#include "libs/stream/kafka_test_support.h"
#include "pitlane/common/v1/event_meta.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/script.h"
#include "tools/pitlane/areas.h"

namespace pitlane::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KafkaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = FreshFolder(
        absl::StrCat("kafka-", ::testing::UnitTest::GetInstance()->current_test_info()->name()));
    auto installation = Installation::Make(folder_);
    ASSERT_THAT(installation.status(), IsOk());
    installation_ = *std::move(installation);
  }
  void TearDown() override {
    session_.reset();
    installation_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  void Start() {
    ASSERT_THAT(installation_->Start(), IsOk());
    Connect();
  }
  void Connect() {
    auto session = installation_->Connect();
    ASSERT_THAT(session.status(), IsOk());
    session_ = *std::move(session);
  }
  void Sale() { EXPECT_THAT(PlayDemoSale(*session_), IsOk()); }
  void ExpectEveryEquationHolds() {
    EXPECT_THAT(BrokenEquations(*session_), IsOkAndHolds(IsEmpty()));
  }

  // Waits until the area's journal has gone beyond `position`, or `also` is true.
  void AwaitPosition(
      const std::string& area, uint64_t position,
      const std::function<bool()>& also = [] { return false; }) {
    EXPECT_THAT(Await(absl::StrCat(area, "@", position),
                      [&]() -> absl::StatusOr<bool> {
                        ASSIGN_OR_RETURN(const uint64_t now, PositionOf(*session_, area));
                        return now > position || also();
                      }),
                IsOk());
  }
  void AwaitLog(const std::string& name, const std::string& text) {
    EXPECT_THAT(Await(absl::StrCat(name, " logging: ", text),
                      [&] { return installation_->LogOf(name).find(text) != std::string::npos; }),
                IsOk());
  }

  stream::KafkaOptions Kafka() const { return stream::Kafka(installation_->broker()); }
  void ExpectTopicsHoldTheJournals();

  std::string folder_;
  std::unique_ptr<Installation> installation_;
  std::unique_ptr<tools::Session> session_;
};

// A record of a topic, as kcat shows it.
struct CatRecord {
  std::string key;
  std::map<std::string, std::string> headers;
  std::string value;
};

// Everything that the topic holds.
std::vector<CatRecord> ReadByKcat(const std::string& broker, const std::string& topic) {
  const Output printed = Run(absl::StrCat("kcat -b ", broker, " -C -e -q -o beginning -t ", topic,
                                          " -f '%k\\n%h\\n%S\\n%s'"));
  EXPECT_EQ(printed.exit_code, 0) << printed.text;
  std::vector<CatRecord> records;
  std::istringstream text(printed.text);
  std::string headers, size;
  for (CatRecord record; std::getline(text, record.key); records.push_back(std::move(record))) {
    std::getline(text, headers);
    std::getline(text, size);
    record.headers.clear();
    for (const auto pair : absl::StrSplit(headers, ',')) {
      record.headers.insert(absl::StrSplit(pair, absl::MaxSplits('=', 1)));
    }
    record.value.assign(static_cast<size_t>(std::atoll(size.c_str())), '\0');
    text.read(record.value.data(), static_cast<std::streamsize>(record.value.size()));
  }
  return records;
}

// Every event of every journal is in its topic, once, as a CloudEvent that needs nothing else.
void KafkaTest::ExpectTopicsHoldTheJournals() {
  for (std::string_view name : tools::kAreas) {
    const std::string area(name);
    ASSERT_OK_AND_ASSIGN(const uint64_t last, PositionOf(*session_, area));
    EXPECT_GT(last, 0u) << area;
    std::vector<CatRecord> records;
    ASSERT_THAT(Await(area + " in its topic",
                      [&] {
                        records =
                            ReadByKcat(installation_->broker().address(), *stream::TopicName(area));
                        return records.size() >= last;
                      }),
                IsOk());
    std::set<uint64_t> positions;
    for (CatRecord& record : records) {
      common::v1::Envelope envelope;
      ASSERT_TRUE(envelope.ParseFromString(record.value));
      ASSERT_TRUE(tools::NewAreaEvent(area)->ParseFromString(record.value));
      const common::v1::EventMeta& meta = envelope.meta();
      EXPECT_EQ(record.key, meta.stream_id());
      EXPECT_EQ(record.headers["ce_specversion"], "1.0");
      EXPECT_EQ(record.headers["ce_id"], meta.event_id());
      EXPECT_EQ(record.headers["ce_source"], "/pitlane/" + meta.source());
      EXPECT_EQ(record.headers["ce_type"], meta.type());
      EXPECT_EQ(record.headers["ce_subject"], meta.stream_id());
      EXPECT_EQ(record.headers["content-type"], "application/protobuf");
      EXPECT_EQ(record.headers["pitlane-position"], absl::StrCat(meta.position()));
      EXPECT_TRUE(positions.insert(meta.position()).second) << area << "@" << meta.position();
    }
    EXPECT_EQ(positions.size(), last) << area;
    EXPECT_TRUE(positions.contains(last)) << area;
  }
}

TEST_F(KafkaTest, ConsumersStartedBeforeProducersThenTheSaleIsTheSameAndKcatReadsIt) {
  ASSERT_THAT(installation_->StartAll({"reporting", "terminal_gateway", "payment",
                                       "customer_vehicle", "inventory", "ticket"}),
              IsOk());
  Connect();
  Sale();
  ExpectEveryEquationHolds();
  ExpectTopicsHoldTheJournals();
}

TEST_F(KafkaTest, KafkaStartedLastThenServicesCatchUp) {
  ASSERT_THAT(installation_->broker().Stop(), IsOk());
  ASSERT_THAT(installation_->Start(), IsOk());
  ASSERT_THAT(installation_->broker().Restart(), IsOk());
  Connect();
  Sale();
  ExpectEveryEquationHolds();
}

TEST_F(KafkaTest, BrokerKilledAndBackThenNothingIsMissingOrDoubled) {
  Start();
  Sale();
  ASSERT_THAT(installation_->broker().Kill(), IsOk());
  ASSERT_THAT(installation_->broker().Restart(), IsOk());
  Sale();
  ExpectEveryEquationHolds();
}

TEST_F(KafkaTest, BrokerAwayDuringAReplayThenNothingIsRefused) {
  Start();
  ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session_));
  tools::ReplayOptions replay = SteadyDemand(*installation_, 40, 6);
  replay.concurrency = 4;
  // Not all at once, so that it is still selling when the broker goes.
  replay.rate = 40;
  std::future<int> replayed =
      std::async(std::launch::async, [&replay] { return tools::RunReplay(replay); });
  AwaitPosition("payment", 40);
  ASSERT_THAT(installation_->broker().Stop(), IsOk());
  ASSERT_EQ(replayed.wait_for(std::chrono::seconds(0)), std::future_status::timeout);

  // Whoever is writing up a ticket now does not notice: no answer waits for the broker.
  ASSERT_OK_AND_ASSIGN(const auto till, installation_->Dial(absl::Seconds(5)));
  ASSERT_OK_AND_ASSIGN(const std::string ticket_id,
                       WriteUpAndInvoice(*till, CounterSale("during-the-outage", shop)));

  ASSERT_THAT(installation_->broker().Restart(), IsOk());
  EXPECT_EQ(replayed.get(), 0);
  EXPECT_THAT(PayAndClose(*session_, ticket_id), IsOk());
  ExpectEveryEquationHolds();
}

TEST_F(KafkaTest, ConsumerKilledAndBackThenNothingIsMissingOrDoubled) {
  Start();
  Sale();
  installation_->Kill("reporting");
  installation_->Kill("inventory");
  ASSERT_THAT(installation_->StartOne("inventory"), IsOk());
  ASSERT_THAT(installation_->StartOne("reporting"), IsOk());
  Connect();
  Sale();
  ExpectEveryEquationHolds();
}

TEST_F(KafkaTest, ConsumerStoppedWhileALotHappensThenItGoesOnFromItsOldCursor) {
  Start();
  Sale();
  ASSERT_OK_AND_ASSIGN(const uint64_t before, PositionOf(*session_, "reporting"));
  ASSERT_THAT(installation_->StopOne("reporting"), IsOk());
  ASSERT_EQ(tools::RunReplay(SteadyDemand(*installation_, 40, 2)), 0);
  ASSERT_THAT(installation_->StartOne("reporting"), IsOk());
  Connect();
  ExpectEveryEquationHolds();
  // It is new facts that it wrote, on top of its old ones.
  EXPECT_THAT(PositionOf(*session_, "reporting"), IsOkAndHolds(::testing::Gt(before + 80)));
}

// Every process is killed once, in an order and at moments that the seed decides.
TEST_F(KafkaTest, EveryProcessKilledDuringAReplayThenNothingIsMissingOrDoubled) {
  const char* given = getenv("PITLANE_E2E_SEED");
  uint64_t seed = Entropy::System().Next64() % 1'000'000;
  ASSERT_TRUE(given == nullptr || absl::SimpleAtoi(given, &seed)) << given;
  const std::string how = absl::StrCat("PITLANE_E2E_SEED=", seed);
  std::cout << how << "\n";
  SCOPED_TRACE(how);
  SeededEntropy dice(seed);
  std::vector<std::string> names = Installation::UsualOrder();
  names.push_back("gateway");
  for (size_t i = names.size(); i > 1; --i) std::swap(names[i - 1], names[dice.Next64() % i]);

  Start();
  tools::ReplayOptions replay = SteadyDemand(*installation_, 40, 6);
  replay.rate = 30;
  std::atomic<int> runs{0};
  // A replay that gave up on a call is started again, as its user is told to.
  std::future<int> replayed = std::async(std::launch::async, [&] {
    while (++runs < 20) {
      if (tools::RunReplay(replay) == 0) return 0;
    }
    return 1;
  });
  const auto over = [&replayed] {
    return replayed.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  AwaitPosition("payment", 5, over);
  for (const std::string& name : names) {
    const auto position = PositionOf(*session_, "ticket");
    ASSERT_THAT(position.status(), IsOk());
    AwaitPosition("ticket", *position + dice.Next64() % 120, over);
    EXPECT_FALSE(over()) << "nothing was going on any more when " << name << " was killed";
    installation_->Kill(name);
    ASSERT_THAT(installation_->StartOne(name), IsOk());
  }
  EXPECT_EQ(replayed.get(), 0);
  std::cout << "the replay was started " << runs << " times\n";
  ExpectEveryEquationHolds();
}

TEST_F(KafkaTest, TopicsDeletedWhileServicesAreDownThenFilledAgainAndNothingIsDoubled) {
  Start();
  Sale();
  ExpectEveryEquationHolds();
  session_.reset();
  ASSERT_THAT(installation_->Stop(), IsOk());
  for (const char* area : {"ticket", "payment"}) stream::DeleteTopic(Kafka(), area);
  Start();
  ExpectEveryEquationHolds();
  Sale();
  ExpectEveryEquationHolds();
  ExpectTopicsHoldTheJournals();
}

TEST_F(KafkaTest, TopicWithAnotherPartitionCountThenRefusedUntilWhatTheLogSaysIsDone) {
  ASSERT_THAT(stream::EnsureTopic(Kafka(), {.area = "ticket", .partition_count = 3}, kPatience),
              IsOk());
  ASSERT_THAT(installation_->Start(), IsOk());
  for (const char* name : {"ticket", "inventory"}) {
    AwaitLog(name, "topic pitlane.ticket.events.v1 has 3 partitions");
    EXPECT_THAT(installation_->LogOf(name), HasSubstr("Delete the topic")) << name;
  }
  ASSERT_OK_AND_ASSIGN(const auto till, installation_->Dial(kPatience));
  // Who listens to the topic is not ready, and says why. Each time that it tries again, its feed is
  // not stopped for a moment.
  EXPECT_THAT(Await("inventory's feed being stopped for the topic",
                    [&]() -> absl::StatusOr<bool> {
                      ASSIGN_OR_RETURN(const auto listener, StatusOf(*till, "inventory"));
                      EXPECT_FALSE(listener.serving());
                      EXPECT_FALSE(listener.caught_up());
                      return listener.feeds_size() == 1 && listener.feeds(0).stopped() &&
                             absl::StrContains(listener.feeds(0).trouble(), "has 3 partitions");
                    }),
              IsOk());
  // The till goes on, and writes nothing where it would be lost.
  const auto tickets = ticket::v1::TicketService::NewStub(till->channel());
  ticket::v1::ConfigureLocationRequest location;
  location.set_request_id("location");
  location.mutable_location()->set_location_id(
      tools::NamedId(LocationId::kPrefix, 7, "another location"));
  location.mutable_location()->set_name("Side Street");
  location.mutable_location()->set_time_zone("America/Chicago");
  location.mutable_location()->set_currency("USD");
  location.mutable_location()->set_tax_rounding(ticket::v1::TAX_ROUNDING_DOCUMENT);
  ASSERT_THAT(till->Call(*tickets, &ticket::v1::TicketService::Stub::ConfigureLocation, location),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const auto status, StatusOf(*till, "ticket"));
  EXPECT_THAT(status.publish_trouble(),
              AllOf(HasSubstr("has 3 partitions, but the stores of its area have 8"),
                    HasSubstr("Delete the topic")));
  EXPECT_THAT(ReadByKcat(installation_->broker().address(), *stream::TopicName("ticket")),
              IsEmpty());

  stream::DeleteTopic(Kafka(), "ticket");
  Connect();
  Sale();
  ExpectEveryEquationHolds();
}

}  // namespace
}  // namespace pitlane::e2e
