#include "services/terminal_gateway/api/terminal_gateway_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "libs/testing/test_cluster.h"
#include "services/terminal_gateway/devices/simulated_reader.h"
#include "services/terminal_gateway/terminal_gateway.h"

namespace pitlane::terminal_gateway {
namespace {

using rpc::Role;
using Stub = v1::TerminalGatewayService::Stub;

// A device that answers nothing until it is told what.
class SilentReader final : public ReaderPort {
 public:
  void Start(const v1::ActionRecord&, AnswerFn answer) override { Answer(answer); }
  void Refund(const v1::ActionRecord&, AnswerFn answer) override { Answer(answer); }
  void Cancel(const v1::ActionRecord&, AnswerFn answer) override { Answer(answer); }
  void Query(const v1::ActionRecord&, AnswerFn answer) override { Answer(answer); }

  void Say(DeviceAnswer answer) {
    absl::MutexLock lock(&mutex_);
    answer_ = std::move(answer);
  }
  int asked() const {
    absl::MutexLock lock(&mutex_);
    return asked_;
  }

 private:
  void Answer(const AnswerFn& answer) {
    absl::StatusOr<DeviceAnswer> said = absl::DeadlineExceededError("the device is silent");
    {
      absl::MutexLock lock(&mutex_);
      ++asked_;
      if (answer_.has_value()) said = *answer_;
    }
    answer(std::move(said));
  }

  mutable absl::Mutex mutex_;
  std::optional<DeviceAnswer> answer_ ABSL_GUARDED_BY(mutex_);
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
};

class TerminalGateway : public ::testing::Test {
 protected:
  // One simulator for all lives of the service: it counts what reached the devices.
  void StartSimulated() {
    simulator_ = std::make_shared<SimulatedReader>(cluster_.clock());
    Start(simulator_);
  }

  void Start(std::shared_ptr<ReaderPort> port) {
    cluster_.Add([port] {
      return MakeTerminalGatewayService({.readers = [port](Clock&) { return port; }});
    });
    ASSERT_THAT(cluster_.Start(), IsOk());
    Connect();
    location_ = LocationId::Make(cluster_.clock(), cluster_.entropy(), 7).text();
    reader_ = RegisterOne();
  }

  void Connect() { stub_ = cluster_.Stub<v1::TerminalGatewayService>("terminal_gateway"); }

  std::string RegisterOne() {
    v1::RegisterReaderRequest request;
    request.set_request_id(NewRequestId());
    request.set_location_id(location_);
    request.set_label("Counter");
    request.set_simulated(true);
    auto response = cluster_.Call(*stub_, &Stub::RegisterReader, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->reader().reader_id() : "";
  }

  void Script(v1::SimulatedOutcome::Kind kind, absl::Duration delay = absl::ZeroDuration()) {
    v1::ScriptSimulatorRequest request;
    request.set_request_id(NewRequestId());
    request.set_reader_id(reader_);
    v1::SimulatedOutcome& outcome = *request.add_outcomes();
    outcome.set_kind(kind);
    outcome.mutable_delay()->set_seconds(absl::ToInt64Seconds(delay));
    ASSERT_THAT(cluster_.Call(*stub_, &Stub::ScriptSimulator, request), IsOk());
  }

  v1::ProcessPaymentRequest PaymentOf(int64_t amount_minor) {
    v1::ProcessPaymentRequest request;
    request.set_request_id(NewRequestId());
    request.set_reader_id(reader_);
    request.set_action_id(NewId<AttemptId>());
    request.set_amount_minor(amount_minor);
    request.set_currency("USD");
    request.set_ticket_id(NewId<TicketId>());
    return request;
  }

  absl::StatusOr<v1::Action> Pay(const v1::ProcessPaymentRequest& request) {
    auto response = cluster_.Call(*stub_, &Stub::ProcessPayment, request, Role::kService);
    if (!response.ok()) return response.status();
    return response->action();
  }

  absl::StatusOr<v1::Action> Refund(const std::string& charge, int64_t amount_minor) {
    v1::ProcessRefundRequest request;
    request.set_request_id(NewRequestId());
    request.set_reader_id(reader_);
    request.set_action_id(NewId<RefundId>());
    request.set_original_action_id(charge);
    request.set_amount_minor(amount_minor);
    request.set_currency("USD");
    request.set_ticket_id(NewId<TicketId>());
    auto response = cluster_.Call(*stub_, &Stub::ProcessRefund, request, Role::kService);
    if (!response.ok()) return response.status();
    return response->action();
  }

  absl::Status Cancel(const v1::Action& action) {
    v1::CancelActionRequest request;
    request.set_request_id(NewRequestId());
    request.set_reader_id(reader_);
    request.set_action_id(action.action_id());
    request.set_fencing_token(action.fencing_token());
    return cluster_.Call(*stub_, &Stub::CancelAction, request, Role::kService).status();
  }

  absl::StatusOr<v1::Action> Resolve(const std::string& action_id) {
    v1::ResolveActionRequest request;
    request.set_request_id(NewRequestId());
    request.set_reader_id(reader_);
    request.set_action_id(action_id);
    auto response = cluster_.Call(*stub_, &Stub::ResolveAction, request, Role::kService);
    if (!response.ok()) return response.status();
    return response->action();
  }

  v1::Action ActionOf(const std::string& action_id) {
    v1::GetActionRequest request;
    request.set_reader_id(reader_);
    request.set_action_id(action_id);
    auto response = cluster_.Call(*stub_, &Stub::GetAction, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->action() : v1::Action();
  }

  v1::Reader ReaderOf(const std::string& reader_id) {
    v1::GetReaderRequest request;
    request.set_reader_id(reader_id);
    auto response = cluster_.Call(*stub_, &Stub::GetReader, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->reader() : v1::Reader();
  }

  // Waits until everything that is due now is done.
  v1::ActionStatus StatusOf(const std::string& action_id) {
    EXPECT_TRUE(cluster_.Settle());
    return ActionOf(action_id).status();
  }

  template <class IdType>
  std::string NewId() {
    return IdType::Make(cluster_.clock(), cluster_.entropy(), 7).text();
  }
  std::string NewRequestId() { return absl::StrCat("r-", ++requests_); }

  testing::TestCluster cluster_;
  std::shared_ptr<SimulatedReader> simulator_;
  std::unique_ptr<Stub> stub_;
  std::string location_;
  std::string reader_;
  int requests_ = 0;
};

TEST_F(TerminalGateway, ChargeThenSucceededAndTheReaderIsIdleAgain) {
  StartSimulated();
  const v1::ProcessPaymentRequest request = PaymentOf(60000);
  ASSERT_OK_AND_ASSIGN(const v1::Action started, Pay(request));
  EXPECT_EQ(started.status(), v1::ACTION_STATUS_IN_PROGRESS);
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_SUCCEEDED);
  const v1::Action action = ActionOf(request.action_id());
  EXPECT_EQ(action.approved_minor(), 60000);
  EXPECT_EQ(action.result().last_four(), "4242");
  EXPECT_EQ(ReaderOf(reader_).state(), v1::READER_STATE_IDLE);
  EXPECT_EQ(simulator_->Deliveries(request.action_id()), 1);
}

TEST_F(TerminalGateway, ChargeRepeatedUnderAnyRequestIdThenChargedOnce) {
  StartSimulated();
  v1::ProcessPaymentRequest request = PaymentOf(60000);
  ASSERT_THAT(Pay(request), IsOk());
  ASSERT_THAT(Pay(request), IsOk());
  ASSERT_TRUE(cluster_.Settle());
  request.set_request_id(NewRequestId());
  ASSERT_OK_AND_ASSIGN(const v1::Action again, Pay(request));
  EXPECT_EQ(again.status(), v1::ACTION_STATUS_SUCCEEDED);
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(simulator_->Deliveries(request.action_id()), 1);
}

TEST_F(TerminalGateway, AmountOfTheTableThenDeclined) {
  StartSimulated();
  const v1::ProcessPaymentRequest request = PaymentOf(400001);
  ASSERT_THAT(Pay(request), IsOk());
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_FAILED);
  EXPECT_EQ(ActionOf(request.action_id()).failure_code(), "insufficient_funds");
}

TEST_F(TerminalGateway, BusyReaderThenReaderBusyAndFreeAfterwards) {
  StartSimulated();
  const v1::ProcessPaymentRequest slow = PaymentOf(400059);
  ASSERT_THAT(Pay(slow), IsOk());
  const v1::ProcessPaymentRequest second = PaymentOf(100);
  const absl::Status busy = Pay(second).status();
  EXPECT_TRUE(rpc::HasReason(busy, v1::READER_BUSY)) << busy;
  EXPECT_EQ(rpc::ErrorMetadata(busy)["ticket_id"], slow.ticket_id());
  EXPECT_EQ(StatusOf(slow.action_id()), v1::ACTION_STATUS_IN_PROGRESS);
  cluster_.Advance(absl::Minutes(1));
  EXPECT_EQ(StatusOf(slow.action_id()), v1::ACTION_STATUS_SUCCEEDED);
  ASSERT_THAT(Pay(second), IsOk());
  EXPECT_EQ(StatusOf(second.action_id()), v1::ACTION_STATUS_SUCCEEDED);
}

TEST_F(TerminalGateway, CanceledInTimeThenCanceled) {
  StartSimulated();
  const v1::ProcessPaymentRequest slow = PaymentOf(400059);
  ASSERT_OK_AND_ASSIGN(const v1::Action started, Pay(slow));
  cluster_.Advance(absl::Seconds(3));
  ASSERT_THAT(Cancel(started), IsOk());
  EXPECT_EQ(StatusOf(slow.action_id()), v1::ACTION_STATUS_CANCELED);
  EXPECT_EQ(ReaderOf(reader_).state(), v1::READER_STATE_IDLE);
  EXPECT_TRUE(rpc::HasReason(Cancel(started), v1::ACTION_FINISHED));
}

TEST_F(TerminalGateway, CanceledThenTheOutcomeMayStillBeASuccess) {
  StartSimulated();
  const v1::ProcessPaymentRequest request = PaymentOf(400057);
  ASSERT_OK_AND_ASSIGN(const v1::Action started, Pay(request));
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_IN_PROGRESS);
  cluster_.Advance(absl::Seconds(3));
  ASSERT_THAT(Cancel(started), IsOk());
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_SUCCEEDED);
  EXPECT_EQ(simulator_->Deliveries(request.action_id()), 1);
}

TEST_F(TerminalGateway, StaleTillThenCannotCancelTheNextCustomer) {
  StartSimulated();
  ASSERT_OK_AND_ASSIGN(const v1::Action lost, Pay(PaymentOf(400056)));
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_THAT(Pay(PaymentOf(400059)), IsOk());
  EXPECT_TRUE(rpc::HasReason(Cancel(lost), v1::STALE_FENCING_TOKEN));
}

TEST_F(TerminalGateway, LostAnswerThenTimedOutAndResolvedByAsking) {
  StartSimulated();
  const v1::ProcessPaymentRequest request = PaymentOf(400056);
  ASSERT_THAT(Pay(request), IsOk());
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_TIMED_OUT);
  EXPECT_EQ(ReaderOf(reader_).state(), v1::READER_STATE_IDLE);
  cluster_.Advance(absl::Seconds(5));
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_SUCCEEDED);
  EXPECT_EQ(ActionOf(request.action_id()).queries(), 1);
  EXPECT_EQ(simulator_->Deliveries(request.action_id()), 1);
}

TEST_F(TerminalGateway, SilentDeviceThenAskedAtTheHandbooksTimesUntilItAnswers) {
  auto silent = std::make_shared<SilentReader>();
  Start(silent);
  const v1::ProcessPaymentRequest request = PaymentOf(100);
  ASSERT_THAT(Pay(request), IsOk());
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_TIMED_OUT);
  int asked = 1;
  EXPECT_EQ(silent->asked(), asked);
  // From one query to the next: 5 s, 30 s, 5 min, 1 h, a day and two after the time-out.
  for (const absl::Duration wait : {absl::Seconds(5), absl::Seconds(25), absl::Seconds(270),
                                    absl::Minutes(55), absl::Hours(23)}) {
    cluster_.Advance(wait - absl::Seconds(1));
    ASSERT_TRUE(cluster_.Settle());
    EXPECT_EQ(silent->asked(), asked) << wait;
    cluster_.Advance(absl::Seconds(1));
    ASSERT_TRUE(cluster_.Eventually([&] { return silent->asked() == asked + 1; })) << wait;
    ASSERT_TRUE(cluster_.Settle());
    ++asked;
  }
  silent->Say({.what = DeviceAnswer::What::kApproved, .approved_minor = 100});
  cluster_.Advance(absl::Hours(24));
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_SUCCEEDED);
}

TEST_F(TerminalGateway, CrashedWhileTheCustomerWaitsThenAskedAndNotChargedAgain) {
  StartSimulated();
  const v1::ProcessPaymentRequest slow = PaymentOf(400059);
  ASSERT_THAT(Pay(slow), IsOk());
  ASSERT_TRUE(cluster_.Settle());
  stub_.reset();
  ASSERT_THAT(cluster_.Crash("terminal_gateway"), IsOk());
  Connect();
  EXPECT_EQ(StatusOf(slow.action_id()), v1::ACTION_STATUS_IN_PROGRESS);
  cluster_.Advance(absl::Minutes(1));
  EXPECT_EQ(StatusOf(slow.action_id()), v1::ACTION_STATUS_SUCCEEDED);
  EXPECT_EQ(simulator_->Deliveries(slow.action_id()), 1);
}

TEST_F(TerminalGateway, CrashedAfterACancelThenStillGivenUp) {
  StartSimulated();
  const v1::ProcessPaymentRequest request = PaymentOf(400056);
  ASSERT_OK_AND_ASSIGN(const v1::Action started, Pay(request));
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_THAT(Cancel(started), IsOk());
  stub_.reset();
  ASSERT_THAT(cluster_.Crash("terminal_gateway"), IsOk());
  Connect();
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_TIMED_OUT);
  cluster_.Advance(absl::Seconds(5));
  EXPECT_EQ(StatusOf(request.action_id()), v1::ACTION_STATUS_SUCCEEDED);
}

TEST_F(TerminalGateway, RefundsThenNeverMoreThanWasCharged) {
  StartSimulated();
  const v1::ProcessPaymentRequest charge = PaymentOf(1000);
  ASSERT_THAT(Pay(charge), IsOk());
  ASSERT_TRUE(cluster_.Settle());
  Script(v1::SimulatedOutcome::KIND_DECLINE);
  ASSERT_OK_AND_ASSIGN(const v1::Action declined, Refund(charge.action_id(), 900));
  EXPECT_EQ(StatusOf(declined.action_id()), v1::ACTION_STATUS_FAILED);
  ASSERT_OK_AND_ASSIGN(const v1::Action first, Refund(charge.action_id(), 600));
  const absl::Status refused = Refund(charge.action_id(), 401).status();
  EXPECT_TRUE(rpc::HasReason(refused, v1::REFUND_EXCEEDS_CHARGE)) << refused;
  ASSERT_OK_AND_ASSIGN(const v1::Action second, Refund(charge.action_id(), 400));
  EXPECT_EQ(StatusOf(first.action_id()), v1::ACTION_STATUS_SUCCEEDED);
  EXPECT_EQ(StatusOf(second.action_id()), v1::ACTION_STATUS_SUCCEEDED);
}

TEST_F(TerminalGateway, ResolvedBeforeItArrivedThenNeverCharged) {
  StartSimulated();
  const v1::ProcessPaymentRequest late = PaymentOf(100);
  ASSERT_OK_AND_ASSIGN(const v1::Action refused, Resolve(late.action_id()));
  EXPECT_EQ(refused.status(), v1::ACTION_STATUS_REFUSED);
  EXPECT_TRUE(rpc::HasReason(Pay(late).status(), v1::ACTION_WAS_REFUSED));
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_EQ(simulator_->MostDeliveries(), 0);
}

TEST_F(TerminalGateway, ResolvedAfterItArrivedThenTheAction) {
  StartSimulated();
  const v1::ProcessPaymentRequest request = PaymentOf(100);
  ASSERT_THAT(Pay(request), IsOk());
  ASSERT_TRUE(cluster_.Settle());
  ASSERT_OK_AND_ASSIGN(const v1::Action found, Resolve(request.action_id()));
  EXPECT_EQ(found.status(), v1::ACTION_STATUS_SUCCEEDED);
}

TEST_F(TerminalGateway, ListReadersThenPageByPage) {
  StartSimulated();
  const std::string second = RegisterOne();
  v1::ListReadersRequest request;
  request.set_location_id(location_);
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(auto page, cluster_.Call(*stub_, &Stub::ListReaders, request));
  ASSERT_EQ(page.readers_size(), 1);
  const std::string first = page.readers(0).reader_id();
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(page, cluster_.Call(*stub_, &Stub::ListReaders, request));
  ASSERT_EQ(page.readers_size(), 1);
  EXPECT_EQ(page.next_page_token(), "");
  EXPECT_THAT((std::vector{first, page.readers(0).reader_id()}),
              ::testing::UnorderedElementsAre(reader_, second));
}

TEST_F(TerminalGateway, WatchedFromTheStartThenEveryFactInOrder) {
  StartSimulated();
  ASSERT_THAT(Pay(PaymentOf(100)), IsOk());
  ASSERT_TRUE(cluster_.Settle());
  v1::WatchReadersRequest request;
  request.set_location_id(location_);
  request.set_after_position(0);
  auto context = cluster_.Context();
  auto stream = stub_->WatchReaders(context.get(), request);
  std::vector<v1::TerminalGatewayEvent::EventCase> seen;
  v1::WatchReadersResponse response;
  while (seen.size() < 3 && stream->Read(&response)) seen.push_back(response.event().event_case());
  EXPECT_THAT(seen, ::testing::ElementsAre(v1::TerminalGatewayEvent::kReaderRegistered,
                                           v1::TerminalGatewayEvent::kActionStarted,
                                           v1::TerminalGatewayEvent::kActionSucceeded));
  context->TryCancel();
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(TerminalGateway, WatchedFromTheFutureThenRefused) {
  StartSimulated();
  v1::WatchReadersRequest request;
  request.set_location_id(location_);
  request.set_after_position(1000);
  auto context = cluster_.Context();
  auto stream = stub_->WatchReaders(context.get(), request);
  v1::WatchReadersResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TerminalGateway, OnlyServicesMayCharge) {
  StartSimulated();
  const auto as_owner = cluster_.Call(*stub_, &Stub::ProcessPayment, PaymentOf(100), Role::kOwner);
  EXPECT_THAT(as_owner, StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(TerminalGateway, MalformedThenTheFieldIsNamed) {
  StartSimulated();
  const auto field_of = [](const absl::Status& status) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    const auto fields = rpc::FieldViolations(status);
    return fields.empty() ? "" : fields.front().field;
  };
  v1::ProcessPaymentRequest free = PaymentOf(0);
  EXPECT_EQ(field_of(Pay(free).status()), "amount_minor");
  v1::ProcessPaymentRequest coin = PaymentOf(100);
  coin.set_currency("XXX");
  EXPECT_EQ(field_of(Pay(coin).status()), "currency");
  v1::ProcessPaymentRequest refund_id = PaymentOf(100);
  refund_id.set_action_id(NewId<RefundId>());
  EXPECT_EQ(field_of(Pay(refund_id).status()), "action_id");

  v1::RegisterReaderRequest request;
  request.set_request_id(NewRequestId());
  request.set_location_id(location_);
  request.set_label("4242 4242 4242 4242");
  request.set_simulated(true);
  EXPECT_EQ(field_of(cluster_.Call(*stub_, &Stub::RegisterReader, request).status()), "label");
  request.set_label("Counter");
  request.set_reader_id(ReaderId::Make(cluster_.clock(), cluster_.entropy(), 8).text());
  EXPECT_EQ(field_of(cluster_.Call(*stub_, &Stub::RegisterReader, request).status()), "reader_id");
  request.clear_reader_id();
  request.set_simulated(false);
  EXPECT_EQ(field_of(cluster_.Call(*stub_, &Stub::RegisterReader, request).status()), "simulated");
}

}  // namespace
}  // namespace pitlane::terminal_gateway
