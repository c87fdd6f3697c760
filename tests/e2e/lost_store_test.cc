// Stores that are lost, or older than what Kafka has, over a real broker and real processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/status.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "libs/stream/kafka_test_support.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/script.h"

namespace pitlane::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Tickets = ticket::v1::TicketService::Stub;

class LostStoreKafkaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = FreshFolder(
        absl::StrCat("lost-", ::testing::UnitTest::GetInstance()->current_test_info()->name()));
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
  std::string StoreOf(const std::string& area) const {
    return absl::StrCat(folder_, "/data/", area, ".0");
  }
  // `pitlane journal <arguments>`.
  static Output Journal(const std::string& arguments) {
    return e2e::Run(absl::StrCat(PITLANE_BINARY_DIR, "/bin/pitlane journal ", arguments));
  }
  Output RestoreFromKafka(const std::string& area, const std::string& more = "") const {
    return Journal(absl::StrCat("restore --from-kafka ", installation_->broker().address(),
                                " --area ", area, " --data ", folder_, "/data ", more));
  }
  void Backup(const std::string& name) {
    const Output made = RunPitlane(*installation_, absl::StrCat("journal backup --name ", name));
    EXPECT_EQ(made.exit_code, 0) << made.text;
  }
  std::string BackupOf(const std::string& area, const std::string& name) const {
    return absl::StrCat(folder_, "/data/backups/", area, ".0-", name);
  }
  void ExpectEveryEquationHolds() {
    EXPECT_THAT(BrokenEquations(*session_), IsOkAndHolds(IsEmpty()));
  }
  stream::KafkaOptions Kafka() const { return stream::Kafka(installation_->broker()); }

  std::string folder_;
  std::unique_ptr<Installation> installation_;
  std::unique_ptr<tools::Session> session_;
};

// Clients that sell until they are stopped, and write down what they were answered.
class Sellers {
 public:
  // They know of everything that `first` was answered.
  Sellers(const Installation& installation, const tools::Session& first,
          const tools::DemoShop& shop, int count)
      : installation_(installation), first_(first), shop_(shop) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this, i] { Sell(i); });
  }
  ~Sellers() { Stop(); }

  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  size_t acknowledged() const {
    absl::MutexLock lock(&mutex_);
    return opened_.size();
  }
  // Request ids of tickets that were opened, with the tickets.
  std::map<std::string, std::string> opened() const {
    absl::MutexLock lock(&mutex_);
    return opened_;
  }
  std::set<std::string> closed() const {
    absl::MutexLock lock(&mutex_);
    return closed_;
  }
  std::vector<std::string> troubles() const {
    absl::MutexLock lock(&mutex_);
    return troubles_;
  }

 private:
  void Sell(int seller) {
    const auto session = installation_.Dial(kPatience);
    ASSERT_THAT(session.status(), IsOk());
    (*session)->JoinIn(first_);
    const auto tickets = ticket::v1::TicketService::NewStub((*session)->channel());
    for (int sale = 0; !stop_; ++sale) {
      const std::string name = absl::StrCat("seller-", seller, "-", sale);
      ticket::v1::OpenTicketRequest open;
      open.set_request_id(name + "-open");
      open.set_location_id(shop_.location_id);
      open.set_customer_id(shop_.customer_id);
      open.set_kind(ticket::v1::TICKET_KIND_COUNTER_SALE);
      const auto opened = (*session)->Call(*tickets, &Tickets::OpenTicket, open);
      Note(opened.status());
      if (opened.ok()) {
        absl::MutexLock lock(&mutex_);
        opened_[open.request_id()] = opened->ticket().ticket_id();
      }
      const auto ticket_id = WriteUpAndInvoice(**session, CounterSale(name, shop_));
      Note(ticket_id.status());
      if (!ticket_id.ok()) continue;
      const absl::Status closed = PayAndClose(**session, *ticket_id);
      Note(closed);
      if (!closed.ok()) continue;
      absl::MutexLock lock(&mutex_);
      closed_.insert(*ticket_id);
    }
  }
  // A request whose answer was lost with the store is a sale to be looked after, and no fault.
  void Note(const absl::Status& status) {
    if (status.ok() || rpc::HasReason(status, common::v1::ANSWER_LOST)) return;
    absl::MutexLock lock(&mutex_);
    troubles_.push_back(status.ToString());
  }

  const Installation& installation_;
  const tools::Session& first_;
  const tools::DemoShop shop_;
  std::atomic<bool> stop_{false};
  mutable absl::Mutex mutex_;
  std::map<std::string, std::string> opened_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> closed_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> troubles_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

TEST_F(LostStoreKafkaTest, StoresDeletedUnderLoadThenNothingThatWasAcknowledgedIsLostOrDoubled) {
  installation_->AcknowledgeReplicated();
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session_));
  // Keys of persons are in no topic.
  Backup("before");
  Sellers sellers(*installation_, *session_, shop, 6);
  for (const std::string area :
       {"ticket", "payment", "inventory", "customer_vehicle", "reporting", "ticket"}) {
    SCOPED_TRACE(area);
    const size_t before = sellers.acknowledged();
    ASSERT_THAT(Await("more sales", [&] { return sellers.acknowledged() > before + 10; }), IsOk());
    installation_->Kill(area);
    std::filesystem::remove_all(StoreOf(area));
    const Output restored = RestoreFromKafka(
        area,
        area == "customer_vehicle" ? "--secrets " + BackupOf("customer_vehicle", "before") : "");
    ASSERT_EQ(restored.exit_code, 0) << restored.text;
    EXPECT_THAT(restored.text, HasSubstr("sound"));
    ASSERT_THAT(installation_->StartOne(area), IsOk());
  }
  const size_t after = sellers.acknowledged();
  EXPECT_THAT(Await("sales after all that", [&] { return sellers.acknowledged() > after + 10; }),
              IsOk());
  sellers.Stop();
  EXPECT_THAT(sellers.troubles(), IsEmpty());
  ASSERT_NO_FATAL_FAILURE(Connect());
  ExpectEveryEquationHolds();

  std::multimap<std::string, std::string> opened;  // by request id
  std::multiset<std::string> closed;
  std::set<uint64_t> positions;
  for (const auto& [partition, records] : stream::ReadTopic(installation_->broker(), "ticket")) {
    for (const stream::RawRecord& record : records) {
      // A relay that was killed may have published a record twice.
      if (!positions.insert(record.position()).second) continue;
      ticket::v1::TicketEvent event;
      ASSERT_TRUE(event.ParseFromString(record.value));
      if (event.has_ticket_opened()) opened.emplace(event.meta().request_id(), record.key);
      if (event.has_ticket_closed()) closed.insert(record.key);
    }
  }
  EXPECT_GT(sellers.opened().size(), 60u);
  for (const auto& [request_id, ticket_id] : sellers.opened()) {
    EXPECT_EQ(opened.count(request_id), 1u) << request_id;
    if (!opened.contains(request_id)) continue;
    EXPECT_EQ(opened.find(request_id)->second, ticket_id);
  }
  for (const std::string& ticket_id : sellers.closed()) EXPECT_EQ(closed.count(ticket_id), 1u);
  std::cout << sellers.opened().size() << " tickets and " << sellers.closed().size()
            << " closed sales were acknowledged\n";
}

TEST_F(LostStoreKafkaTest, ReplicatedAndTheBrokerAwayThenCommittedNotAnsweredAndTheRetryIs) {
  installation_->AcknowledgeReplicated();
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session_));
  ASSERT_OK_AND_ASSIGN(const auto impatient, installation_->Dial(absl::Seconds(2)));
  const auto tickets = ticket::v1::TicketService::NewStub(impatient->channel());
  ticket::v1::OpenTicketRequest open;
  open.set_request_id("during-the-outage");
  open.set_location_id(shop.location_id);
  open.set_kind(ticket::v1::TICKET_KIND_COUNTER_SALE);
  ASSERT_THAT(installation_->broker().Stop(), IsOk());
  const absl::Status late = impatient->Call(*tickets, &Tickets::OpenTicket, open).status();
  EXPECT_THAT(late, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(rpc::HasReason(late, common::v1::NOT_REPLICATED)) << late;
  EXPECT_TRUE(rpc::RetryAfter(late).has_value());
  ASSERT_THAT(installation_->broker().Restart(), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto first, session_->Call(*tickets, &Tickets::OpenTicket, open));
  ASSERT_OK_AND_ASSIGN(const auto again, session_->Call(*tickets, &Tickets::OpenTicket, open));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
}

TEST_F(LostStoreKafkaTest, StoreOlderThanItsTopicThenRefusedUntilItIsCompleted) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_THAT(PlayDemoSale(*session_), IsOk());
  Backup("older");
  EXPECT_THAT(PlayDemoSale(*session_), IsOk());
  ExpectEveryEquationHolds();
  session_.reset();
  ASSERT_THAT(installation_->Stop(), IsOk());
  for (const std::string area : {"ticket", "payment"}) {
    std::filesystem::remove_all(StoreOf(area));
    const Output back = Journal(absl::StrCat("restore --from-backup ", BackupOf(area, "older"),
                                             " --area ", area, " --data ", folder_, "/data"));
    ASSERT_EQ(back.exit_code, 0) << back.text;
  }
  ASSERT_THAT(installation_->StartOne("ticket"), IsOk());
  EXPECT_THAT(Await("ticket refusing",
                    [&] {
                      return absl::StrContains(installation_->LogOf("ticket"),
                                               "pitlane journal restore --from-kafka");
                    }),
              IsOk());
  EXPECT_THAT(installation_->StopOne("ticket"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("did not stop cleanly")))
      << "it has ended by itself, with a code that says so";
  for (const std::string area : {"ticket", "payment"}) {
    const Output completed = RestoreFromKafka(area);
    ASSERT_EQ(completed.exit_code, 0) << completed.text;
    EXPECT_THAT(completed.text, HasSubstr("sound"));
  }
  ASSERT_NO_FATAL_FAILURE(Start());
  ExpectEveryEquationHolds();
  EXPECT_THAT(PlayDemoSale(*session_), IsOk());
  ExpectEveryEquationHolds();
}

TEST_F(LostStoreKafkaTest, BackupUnderLoadThenSoundAndAFlippedBitInItIsRefused) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session_));
  {
    Sellers sellers(*installation_, *session_, shop, 4);
    ASSERT_THAT(Await("some sales", [&] { return sellers.acknowledged() > 10; }), IsOk());
    Backup("busy");
    const size_t before = sellers.acknowledged();
    ASSERT_THAT(Await("more sales", [&] { return sellers.acknowledged() > before + 5; }), IsOk());
    sellers.Stop();
    EXPECT_THAT(sellers.troubles(), IsEmpty());
  }
  const std::string backup = BackupOf("ticket", "busy");
  const std::string elsewhere = folder_ + "/elsewhere";
  const std::string restore =
      absl::StrCat("restore --from-backup ", backup, " --area ticket --data ", elsewhere);
  const std::string copy = folder_ + "/ticket.0";
  std::filesystem::copy(backup, copy, std::filesystem::copy_options::recursive);
  const Output sound = Journal("verify " + copy);
  EXPECT_EQ(sound.exit_code, 0) << sound.text;
  EXPECT_THAT(sound.text, HasSubstr("sound"));
  const Output restored = Journal(restore);
  EXPECT_EQ(restored.exit_code, 0) << restored.text;
  std::filesystem::remove_all(elsewhere);

  const Output flipped =
      e2e::Run(absl::StrCat("f=$(ls ", backup,
                            "/rocksdb/MANIFEST-*) && printf '\\377' | dd of=$f bs=1 seek=40 "
                            "conv=notrunc status=none"));
  ASSERT_EQ(flipped.exit_code, 0) << flipped.text;
  const Output refused = Journal(restore);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.text, HasSubstr("Take another backup"));
  EXPECT_FALSE(std::filesystem::exists(elsewhere + "/ticket.0"));
}

}  // namespace
}  // namespace pitlane::e2e
