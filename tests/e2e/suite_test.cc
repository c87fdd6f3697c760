// The main job, through all six services: on one computer without a broker, and as separate
// processes over a real Kafka. The same tests, the same end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.grpc.pb.h"
#include "tests/e2e/embedded.h"
#include "tests/e2e/end_state.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/script.h"
#include "tools/pitlane/areas.h"
#include "tools/pitlane/check.h"
#include "tools/pitlane/import.h"

namespace pitlane::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

enum class Size { kEmbedded, kKafka };

absl::StatusOr<std::unique_ptr<Deployment>> Make(Size size, std::string folder) {
  switch (size) {
    case Size::kEmbedded:
      return std::make_unique<Embedded>(std::move(folder));
    case Size::kKafka:
      return Installation::Make(std::move(folder));
  }
  return absl::InternalError("no such size");
}

class SuiteTest : public ::testing::TestWithParam<Size> {
 protected:
  void SetUp() override {
    folder_ = FreshFolder(::testing::UnitTest::GetInstance()->current_test_info()->name());
    auto made = Make(GetParam(), folder_);
    ASSERT_THAT(made.status(), IsOk());
    deployment_ = *std::move(made);
    Start();
  }
  void TearDown() override {
    session_.reset();
    deployment_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  void Start() {
    ASSERT_THAT(deployment_->Start(), IsOk());
    auto session = deployment_->Connect();
    ASSERT_THAT(session.status(), IsOk());
    session_ = *std::move(session);
  }
  void Stop() {
    session_.reset();
    ASSERT_THAT(deployment_->Stop(), IsOk());
  }

  // A few sales of four parts in two months, one at a time, so that numbers are given in order.
  tools::ReplayOptions SmallReplay() const {
    tools::ReplayOptions options;
    options.connection = deployment_->connection();
    options.file = folder_ + "/demand.csv";
    options.concurrency = 1;
    std::ofstream(options.file)
        << "index,part,1998-01,1998-02\n1,A,3,1\n2,B,0,2\n3,C,NaN,7\n4,D,11,0\n";
    return options;
  }

  std::map<std::string, uint64_t> Positions() {
    std::map<std::string, uint64_t> positions;
    for (std::string_view area : tools::kAreas) {
      const auto position = PositionOf(*session_, area);
      EXPECT_THAT(position.status(), IsOk());
      positions[std::string(area)] = position.value_or(0);
    }
    return positions;
  }

  std::string folder_;
  std::unique_ptr<Deployment> deployment_;
  std::unique_ptr<tools::Session> session_;
};

TEST_P(SuiteTest, OneSaleThenEveryServiceHasDoneItsPart) {
  EXPECT_THAT(PlayDemoSale(*session_), IsOkAndHolds(ElementsAreArray(StepsOfASale())));
  EXPECT_THAT(BrokenEquations(*session_), IsOkAndHolds(IsEmpty()));
  Stop();
}

TEST_P(SuiteTest, RestartBetweenTwoSalesThenBothAreThere) {
  ASSERT_THAT(PlayDemoSale(*session_), IsOk());
  Stop();
  Start();
  EXPECT_THAT(PlayDemoSale(*session_), IsOkAndHolds(ElementsAreArray(StepsOfASale())));
  EXPECT_THAT(BrokenEquations(*session_), IsOkAndHolds(IsEmpty()));
  const auto end = EndState(*session_);
  EXPECT_THAT(end, IsOkAndHolds(AllOf(HasSubstr("RO-00001"), HasSubstr("RO-00002"))));
}

TEST_P(SuiteTest, ReplayTwiceThenNothingIsSoldTwice) {
  tools::ReplayOptions replay = SmallReplay();
  replay.concurrency = 3;
  ASSERT_EQ(tools::RunReplay(replay), 0);
  EXPECT_THAT(BrokenEquations(*session_), IsOkAndHolds(IsEmpty()));
  const auto positions = Positions();
  ASSERT_EQ(tools::RunReplay(replay), 0);
  EXPECT_THAT(BrokenEquations(*session_), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(Positions(), positions);
}

// The figures are in end_state.txt; every installation has to come to them.
TEST_P(SuiteTest, SameScriptThenSameEndState) {
  ASSERT_THAT(PlayDemoSale(*session_), IsOk());
  ASSERT_EQ(tools::RunReplay(SmallReplay()), 0);
  EXPECT_THAT(BrokenEquations(*session_), IsOkAndHolds(IsEmpty()));
  ASSERT_OK_AND_ASSIGN(const std::string end, EndState(*session_));
  std::ifstream pinned(PITLANE_SOURCE_DIR "/tests/e2e/end_state.txt");
  const std::string expected{std::istreambuf_iterator<char>(pinned),
                             std::istreambuf_iterator<char>()};
  EXPECT_EQ(end, expected);
}

TEST_P(SuiteTest, PartImportedThenTheTillSellsItAtOnce) {
  ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session_));
  inventory::v1::PartRow row;
  row.set_number("NEW-1");
  row.set_description("New on the shelf");
  row.set_currency("USD");
  row.set_unit_cost_e4(10000);
  row.set_list_price_minor(250);
  ASSERT_OK_AND_ASSIGN(const auto part_ids, tools::ImportPartRows(*session_, {row}));
  // The till hears of the part by an event; the session has to wait for exactly that one.
  EXPECT_THAT(session_->last_positions(), StartsWith("inventory."));
  SmallSale sale = CounterSale("new-part", shop);
  sale.part_id = part_ids.at(0);
  EXPECT_THAT(WriteUpAndInvoice(*session_, sale), IsOk());
}

// A front end may write up a car whose registration is still on another device: its history has to
// wait for it, and nothing else may.
TEST_P(SuiteTest, CarNobodyRegisteredThenItsHistoryIsParkedAndTheRestFlows) {
  ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session_));
  const std::vector<std::string> cars = {tools::NamedId(VehicleId::kPrefix, 1, "first stranger"),
                                         tools::NamedId(VehicleId::kPrefix, 2, "second stranger")};
  std::vector<std::string> tickets;
  for (const std::string& car : cars) {
    SmallSale sale = CounterSale("stranger-" + car, shop);
    sale.vehicle_id = car;
    ASSERT_OK_AND_ASSIGN(tickets.emplace_back(), WriteUpAndInvoice(*session_, sale));
    ASSERT_THAT(PayAndClose(*session_, tickets.back()), IsOk());
  }
  EXPECT_THAT(PlayDemoSale(*session_), IsOkAndHolds(ElementsAreArray(StepsOfASale())));

  // Whoever asks, at whatever pace, is told of the same first culprit.
  ASSERT_OK_AND_ASSIGN(const auto slowly, tools::CheckAll(*session_, 1));
  ASSERT_OK_AND_ASSIGN(const auto quickly, tools::CheckAll(*session_, 16));
  std::string culprits;
  for (size_t i = 0; i < slowly.size(); ++i) {
    EXPECT_EQ(slowly[i].figures, quickly[i].figures);
    EXPECT_EQ(slowly[i].culprit, quickly[i].culprit);
    absl::StrAppend(&culprits, slowly[i].culprit, "\n");
  }
  EXPECT_THAT(culprits, AllOf(HasSubstr(std::min(cars[0], cars[1])),
                              Not(HasSubstr(std::max(cars[0], cars[1]))),
                              HasSubstr("customer_vehicle has 2 parked records")));

  const Output list = RunPitlane(*deployment_, "parked list");
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_THAT(list.text, AllOf(HasSubstr("customer_vehicle ticket.0."),
                               HasSubstr("TicketClosed " + tickets[0]),
                               HasSubstr("TicketClosed " + tickets[1]),
                               HasSubstr(cars[0] + ", which was never registered")));
  const auto parked = [&text = list.text](const std::string& ticket) {
    const size_t line = text.rfind("ticket.0.", text.find(ticket));
    return absl::StrCat("--service customer_vehicle --source ",
                        text.substr(line, text.find('@', line) - line), " --stream ", ticket);
  };
  // As long as the cause is there a retry changes nothing.
  const Output in_vain = RunPitlane(*deployment_, "parked retry " + parked(tickets[0]));
  EXPECT_EQ(in_vain.exit_code, 1);
  EXPECT_THAT(in_vain.text, HasSubstr("applied 0, still parked 1"));

  const auto people = customer_vehicle::v1::CustomerVehicleService::NewStub(session_->channel());
  for (size_t i = 0; i < cars.size(); ++i) {
    customer_vehicle::v1::RegisterVehicleRequest car;
    car.set_request_id("register-" + cars[i]);
    car.set_vehicle_id(cars[i]);
    car.set_unit_number(absl::StrCat("stranger ", i));
    ASSERT_THAT(
        session_->Call(*people,
                       &customer_vehicle::v1::CustomerVehicleService::Stub::RegisterVehicle, car),
        IsOk());
    const Output retry = RunPitlane(*deployment_, "parked retry " + parked(tickets[i]));
    EXPECT_EQ(retry.exit_code, 0) << retry.text;
    EXPECT_THAT(retry.text, HasSubstr("applied 1, still parked 0"));
  }
  EXPECT_EQ(RunPitlane(*deployment_, "parked list").text, "");
  EXPECT_THAT(BrokenEquations(*session_), IsOkAndHolds(IsEmpty()));
}

// The customer still holds the card to the reader when the computer loses power: the disk as it is
// at that moment is started elsewhere. What becomes of the charge is asked as soon as payment
// starts, whoever else has started by then.
TEST(EmbeddedTest, PowerLostWhileACardIsChargedThenItsOutcomeIsAskedAfterTheStart) {
  using Terminals = terminal_gateway::v1::TerminalGatewayService;
  using Payments = payment::v1::PaymentService;
  Embedded before(FreshFolder("power-lost-before"));
  ASSERT_THAT(before.Start(), IsOk());
  payment::v1::GetPaymentRequest get;
  {
    ASSERT_OK_AND_ASSIGN(const auto session, before.Connect());
    ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session));
    terminal_gateway::v1::ScriptSimulatorRequest script;
    script.set_request_id("slow-customer");
    script.set_reader_id(shop.reader_id);
    auto& outcome = *script.add_outcomes();
    outcome.set_kind(terminal_gateway::v1::SimulatedOutcome::KIND_APPROVE);
    outcome.mutable_delay()->set_seconds(3);
    ASSERT_THAT(session->Call(*Terminals::NewStub(session->channel()),
                              &Terminals::Stub::ScriptSimulator, script),
                IsOk());
    ASSERT_OK_AND_ASSIGN(const std::string ticket_id,
                         WriteUpAndInvoice(*session, CounterSale("slow", shop)));
    payment::v1::TakeCardRequest card;
    card.set_request_id("slow-card");
    card.set_ticket_id(ticket_id);
    card.set_reader_id(shop.reader_id);
    card.set_currency("USD");
    ASSERT_OK_AND_ASSIGN(const auto taken, session->Call(*Payments::NewStub(session->channel()),
                                                         &Payments::Stub::TakeCard, card));
    get.set_payment_id(taken.payment().payment_id());
  }
  Embedded after(FreshFolder("power-lost-after"));
  std::filesystem::copy(before.folder(), after.folder(), std::filesystem::copy_options::recursive);
  ASSERT_THAT(before.Stop(), IsOk());

  ASSERT_THAT(after.Start(), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto session, after.Connect());
  const auto payments = Payments::NewStub(session->channel());
  EXPECT_THAT(Await("the outcome of the charge",
                    [&]() -> absl::StatusOr<bool> {
                      ASSIGN_OR_RETURN(const auto answer,
                                       session->Call(*payments, &Payments::Stub::GetPayment, get));
                      const auto status = answer.payment().status();
                      return status != payment::v1::PAYMENT_STATUS_CREATED &&
                             status != payment::v1::PAYMENT_STATUS_COLLECTING;
                    }),
              IsOk());
  EXPECT_THAT(PlayDemoSale(*session), IsOkAndHolds(ElementsAreArray(StepsOfASale())));
  EXPECT_THAT(after.Stop(), IsOk());
  std::filesystem::remove_all(before.folder());
  std::filesystem::remove_all(after.folder());
}

INSTANTIATE_TEST_SUITE_P(Sizes, SuiteTest, ::testing::Values(Size::kEmbedded, Size::kKafka),
                         [](const auto& size) {
                           return size.param == Size::kEmbedded ? "Embedded" : "Kafka";
                         });

}  // namespace
}  // namespace pitlane::e2e
