#include "services/terminal_gateway/domain/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rpc/errors.h"
#include "libs/testing/given.h"
#include "services/terminal_gateway/domain/action.h"

namespace pitlane::terminal_gateway {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::EventIs;
using testing::Given;
using ::testing::IsEmpty;
using What = DeviceAnswer::What;

constexpr char kReader[] = "rdr_01JGGZV1C0AFR0000000000001";
constexpr char kAttempt[] = "att_01JGGZV1C0AFR0000000000004";
constexpr char kSecond[] = "att_01JGGZV1C0AFR0000000000005";
constexpr char kRefund[] = "rfd_01JGGZV1C0AFR0000000000006";
constexpr char kTicket[] = "tkt_01JGGZV1C0AFR0000000000003";

const Context kContext{.now = absl::FromUnixSeconds(1767225600)};

v1::TerminalGatewayEvent Registered(bool simulated = true) {
  v1::TerminalGatewayEvent event;
  v1::Reader& reader = *event.mutable_reader_registered()->mutable_reader();
  reader.set_reader_id(kReader);
  reader.set_location_id("loc_01JGGZV1C0AFR0000000000002");
  reader.set_label("Counter 1");
  reader.set_state(v1::READER_STATE_IDLE);
  reader.set_simulated(simulated);
  return event;
}

v1::ProcessPaymentRequest PaymentOf(const char* action_id, int64_t amount_minor = 1000) {
  v1::ProcessPaymentRequest request;
  request.set_reader_id(kReader);
  request.set_action_id(action_id);
  request.set_amount_minor(amount_minor);
  request.set_currency("USD");
  request.set_ticket_id(kTicket);
  return request;
}

v1::ProcessRefundRequest RefundOf(int64_t amount_minor) {
  v1::ProcessRefundRequest request;
  request.set_reader_id(kReader);
  request.set_action_id(kRefund);
  request.set_original_action_id(kAttempt);
  request.set_amount_minor(amount_minor);
  request.set_currency("USD");
  request.set_ticket_id(kTicket);
  return request;
}

v1::TerminalGatewayEvent Started(const char* action_id, uint64_t token = 1) {
  v1::TerminalGatewayEvent event;
  v1::Action& action = *event.mutable_action_started()->mutable_action();
  action.set_action_id(action_id);
  action.set_reader_id(kReader);
  action.set_kind(v1::ACTION_KIND_CHARGE);
  action.set_status(v1::ACTION_STATUS_IN_PROGRESS);
  action.set_amount_minor(1000);
  action.set_currency("USD");
  action.set_ticket_id(kTicket);
  action.set_fencing_token(token);
  return event;
}

v1::TerminalGatewayEvent Succeeded(const char* action_id, int64_t approved_minor = 1000) {
  v1::TerminalGatewayEvent event;
  event.mutable_action_succeeded()->set_reader_id(kReader);
  event.mutable_action_succeeded()->set_action_id(action_id);
  event.mutable_action_succeeded()->set_kind(v1::ACTION_KIND_CHARGE);
  event.mutable_action_succeeded()->set_approved_minor(approved_minor);
  event.mutable_action_succeeded()->set_currency("USD");
  return event;
}

v1::TerminalGatewayEvent TimedOut(const char* action_id) {
  v1::TerminalGatewayEvent event;
  event.mutable_action_timed_out()->set_reader_id(kReader);
  event.mutable_action_timed_out()->set_action_id(action_id);
  event.mutable_action_timed_out()->set_kind(v1::ACTION_KIND_CHARGE);
  return event;
}

v1::TerminalGatewayEvent Refused(const char* action_id) {
  v1::TerminalGatewayEvent event;
  event.mutable_action_refused()->set_reader_id(kReader);
  event.mutable_action_refused()->set_action_id(action_id);
  return event;
}

v1::TerminalGatewayEvent Scripted(const char* outcomes) {
  v1::TerminalGatewayEvent event;
  event.mutable_simulator_scripted()->set_reader_id(kReader);
  EXPECT_TRUE(
      google::protobuf::TextFormat::MergeFromString(outcomes, event.mutable_simulator_scripted()));
  return event;
}

v1::ActionRecord RecordOf(std::initializer_list<v1::TerminalGatewayEvent> events) {
  v1::ActionRecord record;
  for (const v1::TerminalGatewayEvent& event : events) ApplyToAction(record, event);
  return record;
}

// Decides any command of a reader with the same context.
template <class Command>
auto Deciding(Command command) {
  return [command = std::move(command)](const v1::ReaderRecord& record) {
    return Decide(record, command, kContext);
  };
}

ProcessPayment Payment(const char* action_id, std::optional<v1::ActionRecord> known = {}) {
  return {.request = PaymentOf(action_id), .known = std::move(known)};
}

ProcessRefund Refund(int64_t amount_minor, std::optional<v1::ActionRecord> charge,
                     std::optional<v1::ActionRecord> known = {}) {
  return {
      .request = RefundOf(amount_minor), .known = std::move(known), .charge = std::move(charge)};
}

CancelAction Cancel(const char* action_id, uint64_t token, std::optional<v1::ActionRecord> known) {
  CancelAction command{.request = {}, .known = std::move(known)};
  command.request.set_reader_id(kReader);
  command.request.set_action_id(action_id);
  command.request.set_fencing_token(token);
  return command;
}

ResolveAction Resolving(std::optional<v1::ActionRecord> known) {
  ResolveAction command{.request = {}, .known = std::move(known)};
  command.request.set_reader_id(kReader);
  command.request.set_action_id(kAttempt);
  return command;
}

TEST(RegisterReader, NewReaderThenIdle) {
  RegisterReader command;
  command.set_reader_id(kReader);
  command.set_location_id("loc_01JGGZV1C0AFR0000000000002");
  command.set_label("Counter 1");
  command.set_simulated(true);
  Given<ReaderAggregate>().When(Deciding(command)).ThenState(EqualsProto(R"pb(
    reader {
      reader_id: "rdr_01JGGZV1C0AFR0000000000001"
      location_id: "loc_01JGGZV1C0AFR0000000000002"
      label: "Counter 1"
      state: READER_STATE_IDLE
      simulated: true
      version: 1
    }
  )pb"));
}

// ---- refusals, in the order of the enum ----

TEST(Reader, UnknownThenEveryCommandRefuses) {
  const Given<ReaderAggregate> nobody;
  ScriptSimulator script;
  script.set_reader_id(kReader);
  nobody.When(Deciding(script)).ThenRefused(absl::StatusCode::kNotFound, v1::READER_UNKNOWN);
  nobody.When(Deciding(Payment(kAttempt))).ThenRefused(v1::READER_UNKNOWN);
  nobody.When(Deciding(Refund(100, std::nullopt))).ThenRefused(v1::READER_UNKNOWN);
  nobody.When(Deciding(Cancel(kAttempt, 1, std::nullopt))).ThenRefused(v1::READER_UNKNOWN);
  nobody.When(Deciding(Resolving(std::nullopt))).ThenRefused(v1::READER_UNKNOWN);
}

TEST(RegisterReader, IdTakenThenReaderExists) {
  RegisterReader command;
  command.set_reader_id(kReader);
  Given<ReaderAggregate>({Registered()})
      .When(Deciding(command))
      .ThenRefused(absl::StatusCode::kAlreadyExists, v1::READER_EXISTS);
}

TEST(ScriptSimulator, RealReaderThenReaderNotSimulated) {
  ScriptSimulator script;
  script.set_reader_id(kReader);
  Given<ReaderAggregate>({Registered(/*simulated=*/false)})
      .When(Deciding(script))
      .ThenRefused(v1::READER_NOT_SIMULATED);
}

TEST(Reader, ActionNeverSeenThenActionUnknown) {
  const Given<ReaderAggregate> reader({Registered()});
  reader.When(Deciding(Cancel(kAttempt, 1, std::nullopt))).ThenRefused(v1::ACTION_UNKNOWN);
  reader.When(Deciding(Cancel(kAttempt, 0, RecordOf({Refused(kAttempt)}))))
      .ThenRefused(v1::ACTION_UNKNOWN);
  reader.When(Deciding(Refund(100, std::nullopt)))
      .ThenRefused(absl::StatusCode::kNotFound, v1::ACTION_UNKNOWN);
}

TEST(ProcessPayment, AskedAboutBeforeItArrivedThenActionWasRefused) {
  Given<ReaderAggregate>({Registered(), Refused(kAttempt)})
      .When(Deciding(Payment(kAttempt, RecordOf({Refused(kAttempt)}))))
      .ThenRefused(v1::ACTION_WAS_REFUSED);
}

TEST(ProcessPayment, IdUsedForAnotherAmountThenActionDiffers) {
  ProcessPayment other = Payment(kAttempt, RecordOf({Started(kAttempt)}));
  other.request.set_amount_minor(999);
  Given<ReaderAggregate>({Registered(), Started(kAttempt)})
      .When(Deciding(other))
      .ThenRefused(absl::StatusCode::kAlreadyExists, v1::ACTION_DIFFERS);
}

TEST(ProcessPayment, ReaderHeldThenReaderBusyNamingTheTicket) {
  auto outcome =
      Given<ReaderAggregate>({Registered(), Started(kAttempt)}).When(Deciding(Payment(kSecond)));
  outcome.ThenRefused(absl::StatusCode::kFailedPrecondition, v1::READER_BUSY);
  EXPECT_EQ(rpc::ErrorMetadata(outcome.result().status()).at("ticket_id"), kTicket);
  EXPECT_EQ(rpc::ErrorMetadata(outcome.result().status()).at("action_id"), kAttempt);
}

TEST(CancelAction, NewerActionHoldsTheReaderThenStaleFencingToken) {
  const Given<ReaderAggregate> reader(
      {Registered(), Started(kAttempt, 1), TimedOut(kAttempt), Started(kSecond, 2)});
  reader.When(Deciding(Cancel(kAttempt, 1, RecordOf({Started(kAttempt, 1), TimedOut(kAttempt)}))))
      .ThenRefused(v1::STALE_FENCING_TOKEN);
  reader.When(Deciding(Cancel(kSecond, 1, RecordOf({Started(kSecond, 2)}))))
      .ThenRefused(v1::STALE_FENCING_TOKEN);
}

TEST(CancelAction, OverThenActionFinished) {
  Given<ReaderAggregate>({Registered(), Started(kAttempt), Succeeded(kAttempt)})
      .When(Deciding(Cancel(kAttempt, 1, RecordOf({Started(kAttempt), Succeeded(kAttempt)}))))
      .ThenRefused(v1::ACTION_FINISHED);
}

TEST(ProcessRefund, ChargeTookNoMoneyThenActionNotSucceeded) {
  Given<ReaderAggregate>({Registered(), Started(kAttempt)})
      .When(Deciding(Refund(100, RecordOf({Started(kAttempt)}))))
      .ThenRefused(v1::ACTION_NOT_SUCCEEDED);
}

TEST(ProcessRefund, MoreThanIsLeftThenRefundExceedsCharge) {
  v1::ActionRecord charge = RecordOf({Started(kAttempt), Succeeded(kAttempt, 600)});
  charge.set_refunds_minor(200);
  const Given<ReaderAggregate> reader({Registered(), Started(kAttempt), Succeeded(kAttempt, 600)});
  auto outcome = reader.When(Deciding(Refund(401, charge)));
  outcome.ThenRefused(v1::REFUND_EXCEEDS_CHARGE);
  EXPECT_EQ(rpc::ErrorMetadata(outcome.result().status()).at("left_minor"), "400");
  EXPECT_THAT(reader.When(Deciding(Refund(400, charge))).result()->size(), 1);
}

TEST(ProcessRefund, OtherCurrencyThanTheChargeThenActionDiffers) {
  ProcessRefund command = Refund(100, RecordOf({Started(kAttempt), Succeeded(kAttempt)}));
  command.request.set_currency("CAD");
  Given<ReaderAggregate>({Registered()}).When(Deciding(command)).ThenRefused(v1::ACTION_DIFFERS);
}

// ---- what happens ----

TEST(ProcessPayment, FreeReaderThenStartedWithANewToken) {
  Given<ReaderAggregate>({Registered(), Started(kAttempt, 4), Succeeded(kAttempt)})
      .When(Deciding(Payment(kSecond)))
      .ThenEvents(ElementsAre(EventIs(R"pb(
        action_started {
          action {
            action_id: "att_01JGGZV1C0AFR0000000000005"
            reader_id: "rdr_01JGGZV1C0AFR0000000000001"
            kind: ACTION_KIND_CHARGE
            status: ACTION_STATUS_IN_PROGRESS
            amount_minor: 1000
            currency: "USD"
            ticket_id: "tkt_01JGGZV1C0AFR0000000000003"
            fencing_token: 5
            started_at { seconds: 1767225600 }
          }
          simulated { kind: KIND_APPROVE }
        }
      )pb")));
}

TEST(ProcessPayment, RepeatedThenNothingHappens) {
  const Given<ReaderAggregate> reader({Registered(), Started(kAttempt), Succeeded(kAttempt)});
  reader.When(Deciding(Payment(kAttempt, RecordOf({Started(kAttempt), Succeeded(kAttempt)}))))
      .ThenEvents(IsEmpty());
}

TEST(ProcessPayment, ScriptedThenEachActionTakesOneOutcome) {
  const Given<ReaderAggregate> reader(
      {Registered(),
       Scripted("outcomes { kind: KIND_DEVICE_ERROR } outcomes { kind: KIND_TIME_OUT }"),
       Started(kAttempt), Succeeded(kAttempt)});
  auto second = reader.When(Deciding(Payment(kSecond)));
  EXPECT_EQ(second.result()->front().action_started().simulated().kind(),
            v1::SimulatedOutcome::KIND_TIME_OUT);
  EXPECT_EQ(second.state().script_size(), 0);
}

TEST(ProcessPayment, AmountOfTheTableThenOnlyWhereAmountsSayIt) {
  const Given<ReaderAggregate> reader({Registered()});
  ProcessPayment command = Payment(kAttempt);
  command.request.set_amount_minor(400058);
  const auto kind = [&](bool by_amount) {
    const Context context{.now = kContext.now, .simulate_by_amount = by_amount};
    return Decide(reader.state(), command, context)->front().action_started().simulated().kind();
  };
  EXPECT_EQ(kind(true), v1::SimulatedOutcome::KIND_DEVICE_ERROR);
  EXPECT_EQ(kind(false), v1::SimulatedOutcome::KIND_APPROVE);
}

TEST(ProcessRefund, BusyReaderThenStartedAllTheSame) {
  auto outcome =
      Given<ReaderAggregate>({Registered(), Started(kSecond, 2)})
          .When(Deciding(Refund(100, RecordOf({Started(kAttempt), Succeeded(kAttempt)}))));
  ASSERT_TRUE(outcome.result().ok());
  EXPECT_EQ(outcome.state().reader().action().action_id(), kSecond);
  EXPECT_EQ(outcome.state().last_fencing_token(), 3u);
}

TEST(CancelAction, HoldingTheReaderThenRequestedOnce) {
  const Given<ReaderAggregate> reader({Registered(), Started(kAttempt)});
  v1::ActionRecord known = RecordOf({Started(kAttempt)});
  auto first = reader.When(Deciding(Cancel(kAttempt, 1, known)));
  first.ThenEvents(ElementsAre(EventIs(R"pb(
    action_cancel_requested {
      reader_id: "rdr_01JGGZV1C0AFR0000000000001"
      action_id: "att_01JGGZV1C0AFR0000000000004"
    }
  )pb")));
  known.mutable_cancel_requested_at()->set_seconds(1);
  reader.When(Deciding(Cancel(kAttempt, 1, known))).ThenEvents(IsEmpty());
}

TEST(ResolveAction, NeverArrivedThenRefusedForEver) {
  Given<ReaderAggregate>({Registered()})
      .When(Deciding(Resolving(std::nullopt)))
      .ThenEvents(ElementsAre(EventIs(Refused(kAttempt))));
}

TEST(ResolveAction, ArrivedThenNothingHappens) {
  Given<ReaderAggregate>({Registered(), Started(kAttempt)})
      .When(Deciding(Resolving(RecordOf({Started(kAttempt)}))))
      .ThenEvents(IsEmpty());
}

TEST(RecordAnswer, ApprovedThenSucceededAndTheReaderIsFree) {
  auto outcome = Given<ReaderAggregate>({Registered(), Started(kAttempt)})
                     .When(Deciding(RecordAnswer{
                         .known = RecordOf({Started(kAttempt)}),
                         .answer = {.what = What::kApproved, .approved_minor = 1000}}));
  EXPECT_EQ(outcome.result()->front().action_succeeded().approved_minor(), 1000);
  EXPECT_EQ(outcome.state().reader().state(), v1::READER_STATE_IDLE);
  EXPECT_FALSE(outcome.state().reader().has_action());
}

TEST(RecordAnswer, NoAnswerThenTimedOutOnceAndTheReaderIsFree) {
  const Given<ReaderAggregate> reader({Registered(), Started(kAttempt)});
  auto outcome = reader.When(Deciding(RecordAnswer{.known = RecordOf({Started(kAttempt)})}));
  outcome.ThenEvents(ElementsAre(EventIs(TimedOut(kAttempt))));
  EXPECT_EQ(outcome.state().reader().state(), v1::READER_STATE_IDLE);
  reader.When(Deciding(RecordAnswer{.known = RecordOf({Started(kAttempt), TimedOut(kAttempt)})}))
      .ThenEvents(IsEmpty());
}

TEST(RecordAnswer, TimedOutActionAnswersThenResolvedAndTheOutcome) {
  Given<ReaderAggregate>({Registered(), Started(kAttempt), TimedOut(kAttempt), Started(kSecond, 2)})
      .When(Deciding(RecordAnswer{.known = RecordOf({Started(kAttempt), TimedOut(kAttempt)}),
                                  .answer = {.what = What::kFailed, .code = "timed_out"},
                                  .queries = 2}))
      .ThenEvents(ElementsAre(EventIs(R"pb(
                                action_resolved {
                                  reader_id: "rdr_01JGGZV1C0AFR0000000000001"
                                  action_id: "att_01JGGZV1C0AFR0000000000004"
                                  queries: 2
                                }
                              )pb"),
                              EventIs(R"pb(
                                action_failed {
                                  reader_id: "rdr_01JGGZV1C0AFR0000000000001"
                                  action_id: "att_01JGGZV1C0AFR0000000000004"
                                  kind: ACTION_KIND_CHARGE
                                  code: "timed_out"
                                }
                              )pb")));
}

TEST(RecordAnswer, OutcomeKnownThenLateAnswersChangeNothing) {
  const v1::ActionRecord known = RecordOf({Started(kAttempt), Succeeded(kAttempt)});
  for (const What what : {What::kApproved, What::kFailed, What::kCanceled, What::kNoAnswer}) {
    Given<ReaderAggregate>({Registered(), Started(kAttempt), Succeeded(kAttempt)})
        .When(Deciding(RecordAnswer{.known = known, .answer = {.what = what}}))
        .ThenEvents(IsEmpty());
  }
}

TEST(RecordAnswer, FreesOnlyTheActionThatHoldsTheReader) {
  auto outcome =
      Given<ReaderAggregate>(
          {Registered(), Started(kAttempt), TimedOut(kAttempt), Started(kSecond, 2)})
          .When(Deciding(RecordAnswer{.known = RecordOf({Started(kAttempt), TimedOut(kAttempt)}),
                                      .answer = {.what = What::kApproved, .approved_minor = 1}}));
  EXPECT_EQ(outcome.state().reader().action().action_id(), kSecond);
}

}  // namespace
}  // namespace pitlane::terminal_gateway
