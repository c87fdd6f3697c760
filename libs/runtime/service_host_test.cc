#include "libs/runtime/service_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/log.h"
#include "libs/runtime/test_counter.h"
#include "libs/testing/eventually.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/test_cluster.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"

namespace pitlane::runtime {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Stub = tv1::CounterService::Stub;

// One counter service in a cluster; the area "pulse" is a FakeStream.
class CounterCluster {
 public:
  explicit CounterCluster(testing::TestClusterOptions options = {}) : cluster(std::move(options)) {
    cluster.Add([this] { return MakeCounterService(&tower, schema); });
    EXPECT_THAT(cluster.Start(), IsOk());
    Connect();
  }

  void Connect() {
    stub = cluster.Stub<tv1::CounterService>("counter");
    admin = cluster.Stub<admin::v1::AdminService>("counter");
  }
  CounterId NewCounter() { return CounterId::Make(cluster.clock(), cluster.entropy(), 1); }

  absl::StatusOr<tv1::OpenCounterResponse> Open(const CounterId& id) {
    tv1::OpenCounterRequest request;
    request.set_request_id("open-" + id.text());
    request.set_counter_id(id.text());
    request.set_name("a");
    return cluster.Call(*stub, &Stub::OpenCounter, request);
  }
  absl::StatusOr<tv1::IncreaseCounterResponse> Increase(const CounterId& id, int64_t by,
                                                        const std::string& request_id) {
    tv1::IncreaseCounterRequest request;
    request.set_request_id(request_id);
    request.set_counter_id(id.text());
    request.set_by(by);
    return cluster.Call(*stub, &Stub::IncreaseCounter, request);
  }
  absl::StatusOr<tv1::GetCounterResponse> Get(const CounterId& id) {
    tv1::GetCounterRequest request;
    request.set_counter_id(id.text());
    return cluster.Call(*stub, &Stub::GetCounter, request);
  }
  CounterId MustOpen() {
    const CounterId id = NewCounter();
    EXPECT_THAT(Open(id), IsOk());
    return id;
  }
  void Pulse(const CounterId& id, int64_t strength) {
    tv1::PulseEvent event;
    event.mutable_came()->set_counter_id(id.text());
    event.mutable_came()->set_strength(strength);
    cluster.stream("pulse").Publish(event, id.text());
  }
  absl::StatusOr<admin::v1::GetStatusResponse> Status() {
    return cluster.Call(*admin, &admin::v1::AdminService::Stub::GetStatus,
                        admin::v1::GetStatusRequest());
  }

  SignalTower tower;
  uint32_t schema = 1;
  testing::TestCluster cluster;
  std::unique_ptr<Stub> stub;
  std::unique_ptr<admin::v1::AdminService::Stub> admin;
};

TEST(CommandCall, CommandAnswersWithItsPosition) {
  CounterCluster c;
  const CounterId id = c.NewCounter();
  tv1::OpenCounterRequest request;
  request.set_request_id("r1");
  request.set_counter_id(id.text());
  request.set_name("a");
  auto context = c.cluster.Context();
  tv1::OpenCounterResponse response;
  ASSERT_TRUE(c.stub->OpenCounter(context.get(), request, &response).ok());
  EXPECT_EQ(response.version(), 1u);
  const auto positions = rpc::PositionsOf(*context);
  ASSERT_THAT(positions, IsOk());
  EXPECT_EQ(positions->Format(), "counter.0.1@1");
}

TEST(CommandCall, EventNamesTheCaller) {
  CounterCluster c;
  c.MustOpen();
  const auto records = c.cluster.journal("counter").ReadLog(1, 1, 1 << 20);
  ASSERT_THAT(records, IsOk());
  tv1::CounterEvent event;
  ASSERT_TRUE(event.ParseFromString(records->at(0).payload));
  EXPECT_EQ(event.meta().actor().subject(), "user-owner");
  EXPECT_THAT(event.meta().traceparent(), HasSubstr("00-"));
}

TEST(CommandCall, RequestIdIsRequiredAndPlain) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  for (const std::string& bad : {std::string(), std::string("a b"), std::string(129, 'x')}) {
    const auto result = c.Increase(id, 1, bad);
    EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument));
    ASSERT_THAT(rpc::FieldViolations(result.status()), SizeIs(1));
    EXPECT_EQ(rpc::FieldViolations(result.status())[0].field, "request_id");
  }
  EXPECT_THAT(c.Increase(id, 1, std::string(128, 'x')), IsOk());
  EXPECT_THAT(c.Increase(id, 1, "Az_09-:."), IsOk());
}

TEST(CommandCall, ShapeIsCheckedBeforeTheExecutor) {
  CounterCluster c;
  tv1::OpenCounterRequest request;
  request.set_request_id("r1");
  request.set_counter_id(c.NewCounter().text());
  const auto result = c.cluster.Call(*c.stub, &Stub::OpenCounter, request);
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(c.cluster.host("counter").executor().counters().commands, 0u);
}

TEST(CommandCall, SameRequestAcrossARestartGetsTheSameAnswer) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  const auto first = c.Increase(id, 5, "r1");
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(c.Increase(id, 7, "r2"), IsOk());
  ASSERT_THAT(c.cluster.Restart("counter"), IsOk());
  c.Connect();
  const auto again = c.Increase(id, 5, "r1");
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(*again, EqualsProto(*first));
  EXPECT_EQ(c.Get(id)->counter().total(), 12);
  EXPECT_TRUE(rpc::HasReason(c.Increase(id, 6, "r1").status(), common::v1::REQUEST_ID_REUSED));
}

TEST(CommandCall, RequestIdOfAnotherMethodIsReuse) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  EXPECT_TRUE(rpc::HasReason(c.Increase(id, 1, "open-" + id.text()).status(),
                             common::v1::REQUEST_ID_REUSED));
}

TEST(CommandCall, RefusalCarriesItsReason) {
  CounterCluster c;
  const auto result = c.Increase(c.NewCounter(), 1, "r1");
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_TRUE(rpc::HasReason(result.status(), tv1::COUNTER_NOT_OPEN));
}

TEST(CommandCall, VersionMismatchIsAborted) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  tv1::IncreaseCounterRequest request;
  request.set_request_id("r1");
  request.set_counter_id(id.text());
  request.set_by(1);
  request.set_expected_version(7);
  const auto result = c.cluster.Call(*c.stub, &Stub::IncreaseCounter, request);
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kAborted));
  EXPECT_TRUE(rpc::HasReason(result.status(), common::v1::VERSION_MISMATCH));
}

TEST(CommandCall, CallerWithoutThePermissionIsRefusedBeforeAnythingIsLookedAt) {
  CounterCluster c;
  tv1::OpenCounterRequest request;
  const auto result = c.cluster.Call(*c.stub, &Stub::OpenCounter, request, rpc::Role::kTechnician);
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(CommandCall, ReadOfAnAbsentAggregateIsNotFound) {
  CounterCluster c;
  EXPECT_THAT(c.Get(c.NewCounter()), StatusIs(absl::StatusCode::kNotFound));
}

TEST(CommandCall, ReadWaitsForWhatItsCallerHasSeen) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  ASSERT_TRUE(c.cluster.Settle());
  rpc::PositionToken after;
  ASSERT_THAT(after.Add({"pulse", 0, 0}, 1), IsOk());
  auto with_position = c.cluster.ContextAfter(after);
  tv1::GetCounterRequest request;
  request.set_counter_id(id.text());
  tv1::GetCounterResponse response;
  absl::Notification answered;
  c.stub->async()->GetCounter(with_position.get(), &request, &response, [&](grpc::Status status) {
    EXPECT_TRUE(status.ok()) << status.error_message();
    answered.Notify();
  });
  EXPECT_THAT(c.Get(id), IsOk()) << "who has not seen it does not wait";
  EXPECT_FALSE(answered.HasBeenNotified());
  c.Pulse(id, 9);
  ASSERT_TRUE(answered.WaitForNotificationWithTimeout(absl::Seconds(20)));
  EXPECT_EQ(response.counter().total(), 9);
}

TEST(CommandCall, PositionThatDoesNotComeIsAReason) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  rpc::PositionToken after;
  ASSERT_THAT(after.Add({"pulse", 0, 0}, 1), IsOk());
  auto context = c.cluster.ContextAfter(after);
  tv1::GetCounterRequest request;
  request.set_counter_id(id.text());
  tv1::GetCounterResponse response;
  absl::Notification answered;
  absl::Status result;
  c.stub->async()->GetCounter(context.get(), &request, &response, [&](grpc::Status status) {
    result = rpc::FromGrpcStatus(status);
    answered.Notify();
  });
  ASSERT_TRUE(c.cluster.Eventually([&] {
    c.cluster.Advance(absl::Seconds(5));
    return answered.HasBeenNotified();
  }));
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(rpc::HasReason(result, common::v1::POSITION_NOT_REACHED));
}

TEST(Watch, GivesWhatThereIsAndEveryChange) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  const CounterId other = c.MustOpen();
  tv1::WatchCounterRequest request;
  request.set_counter_id(id.text());
  auto context = c.cluster.Context();
  auto stream = c.stub->WatchCounter(context.get(), request);
  tv1::WatchCounterResponse seen;
  ASSERT_TRUE(stream->Read(&seen));
  EXPECT_EQ(seen.version(), 1u);
  ASSERT_THAT(c.Increase(other, 5, "r1"), IsOk());
  ASSERT_THAT(c.Increase(id, 2, "r2"), IsOk());
  ASSERT_TRUE(stream->Read(&seen));
  EXPECT_EQ(seen.counter().total(), 2);
  c.Pulse(id, 3);
  ASSERT_TRUE(stream->Read(&seen));
  EXPECT_EQ(seen.counter().total(), 5);
  context->TryCancel();
  while (stream->Read(&seen)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(Watch, AbsentCounterEndsTheStream) {
  CounterCluster c;
  tv1::WatchCounterRequest request;
  request.set_counter_id(c.NewCounter().text());
  auto context = c.cluster.Context();
  auto stream = c.stub->WatchCounter(context.get(), request);
  tv1::WatchCounterResponse seen;
  EXPECT_FALSE(stream->Read(&seen));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST(Watch, StopOfTheServiceEndsTheStream) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  tv1::WatchCounterRequest request;
  request.set_counter_id(id.text());
  auto context = c.cluster.Context();
  auto stream = c.stub->WatchCounter(context.get(), request);
  tv1::WatchCounterResponse seen;
  ASSERT_TRUE(stream->Read(&seen));
  c.cluster.StopService("counter");
  EXPECT_FALSE(stream->Read(&seen));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(ServiceHost, FeedsAreAppliedExactlyOnceAcrossCrashes) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  for (int i = 0; i < 5; ++i) {
    c.Pulse(id, 1);
    ASSERT_THAT(c.cluster.Crash("counter"), IsOk());
    c.Connect();
  }
  ASSERT_TRUE(c.cluster.Settle());
  EXPECT_EQ(c.Get(id)->counter().total(), 5);
}

TEST(ServiceHost, EffectIsPerformedOnceAndRecoveredAfterACrash) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  tv1::SendSignalRequest request;
  request.set_request_id("r1");
  request.set_counter_id(id.text());
  request.set_signal_id("s1");
  ASSERT_THAT(c.cluster.Call(*c.stub, &Stub::SendSignal, request), IsOk());
  ASSERT_TRUE(c.cluster.Eventually([&] { return c.tower.calls().size() == 1; }));
  ASSERT_THAT(c.cluster.Crash("counter"), IsOk());
  c.Connect();
  ASSERT_TRUE(c.cluster.Eventually([&] { return c.tower.calls().size() == 2; }));
  const auto calls = c.tower.calls();
  EXPECT_FALSE(calls[0].recover);
  EXPECT_TRUE(calls[1].recover);
  calls[1].done(SignalTower::Sent(calls[1]));
  EXPECT_TRUE(c.cluster.Eventually([&] { return c.Status()->open_effects() == 0; }));
}

TEST(ServiceHost, ServesAllTheSameWhenAFeedDoesNotCatchUp) {
  testing::TestClusterOptions options;
  options.adjust = [](std::string_view, HostOptions& host) {
    host.catch_up_timeout = absl::Milliseconds(1);
  };
  testing::TestCluster cluster(options);
  cluster.Add([] { return MakeCounterService(); });
  cluster.stream("pulse").FailPolls(absl::UnavailableError("the broker is away"));
  ASSERT_THAT(cluster.Start(), IsOk());
  const HostStatus status = cluster.host("counter").Status();
  EXPECT_TRUE(status.serving);
  EXPECT_FALSE(status.caught_up);
  cluster.stream("pulse").FailPolls(absl::OkStatus());
  EXPECT_TRUE(cluster.Eventually([&] {
    cluster.Advance(absl::Seconds(1));
    return cluster.host("counter").Status().caught_up;
  }));
}

// The area "pulse" as a service of its own: streams of pulses, emitted by hand.
struct PulseAggregate {
  using State = tv1::CounterState;
  using Event = tv1::PulseEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(State& state, const Event&) { state.set_changes(state.changes() + 1); }
};

ServiceDefinition MakePulseService() {
  ServiceDefinition definition;
  definition.area = "pulse";
  definition.event_prototype = &tv1::PulseEvent::default_instance();
  return definition;
}

void EmitPulse(ServiceHost& host, const CounterId& id, int64_t strength) {
  absl::Notification done;
  Command command;
  command.decide = [&](Unit& unit) -> absl::StatusOr<std::string> {
    tv1::PulseEvent event;
    event.mutable_came()->set_counter_id(id.text());
    event.mutable_came()->set_strength(strength);
    unit.Emit<PulseAggregate>(id.text(), {event}, {});
    return std::string();
  };
  command.done = [&](absl::StatusOr<Answer> answer) {
    EXPECT_THAT(answer, IsOk());
    done.Notify();
  };
  host.executor().Submit(std::move(command));
  done.WaitForNotification();
}

TEST(ServiceHost, ServicesHearOfEachOtherAcrossStopsAndCrashesOfEither) {
  testing::TestCluster cluster;
  cluster.Add([] { return MakeCounterService(); });
  cluster.Add([] { return MakePulseService(); });
  ASSERT_THAT(cluster.Start(), IsOk());
  auto stub = cluster.Stub<tv1::CounterService>("counter");
  const CounterId id = CounterId::Make(cluster.clock(), cluster.entropy(), 1);
  tv1::OpenCounterRequest open;
  open.set_request_id("r1");
  open.set_counter_id(id.text());
  open.set_name("a");
  ASSERT_THAT(cluster.Call(*stub, &Stub::OpenCounter, open), IsOk());

  EmitPulse(cluster.host("pulse"), id, 1);
  ASSERT_TRUE(cluster.Settle());
  EmitPulse(cluster.host("pulse"), id, 10);
  ASSERT_THAT(cluster.Crash("pulse"), IsOk());
  EmitPulse(cluster.host("pulse"), id, 100);
  cluster.StopService("counter");
  EmitPulse(cluster.host("pulse"), id, 1000);
  ASSERT_THAT(cluster.StartService("counter"), IsOk());
  ASSERT_THAT(cluster.Restart("pulse"), IsOk());
  ASSERT_THAT(cluster.Crash("counter"), IsOk());
  EmitPulse(cluster.host("pulse"), id, 10000);
  ASSERT_TRUE(cluster.Settle());
  stub = cluster.Stub<tv1::CounterService>("counter");
  tv1::GetCounterRequest get;
  get.set_counter_id(id.text());
  const auto counter = cluster.Call(*stub, &Stub::GetCounter, get);
  ASSERT_THAT(counter, IsOk());
  EXPECT_EQ(counter->counter().total(), 11111);
}

TEST(ServiceHost, ConnectedJournalIsFollowedAndItsLagIsKnown) {
  testing::MemoryDisk disk;
  HostOptions options;
  options.data_dir = "/data";
  options.env = disk.env();
  options.server.listen = "";
  auto pulse = ServiceHost::Open(MakePulseService(), options);
  ASSERT_THAT(pulse, IsOk());
  auto counter = ServiceHost::Open(MakeCounterService(), options);
  ASSERT_THAT(counter, IsOk());
  (*counter)->Connect("pulse", (*pulse)->journal());
  testing::Pulse changes;
  (*counter)->OnChange([&] { changes.Beat(); });
  ASSERT_THAT((*pulse)->Start(), IsOk());
  ASSERT_THAT((*counter)->Start(), IsOk());
  EXPECT_TRUE((*pulse)->WaitUntilServing());
  EXPECT_TRUE((*counter)->WaitUntilServing());
  const CounterId id = CounterId::Make(Clock::System(), Entropy::System(), 1);
  EmitPulse(**pulse, id, 1);
  EXPECT_TRUE(changes.Eventually(absl::Seconds(20), [&] { return (*counter)->Settled(); }));
  const HostStatus status = (*counter)->Status();
  ASSERT_THAT(status.feeds, SizeIs(1));
  EXPECT_EQ(status.feeds[0].lag, 0u);
  EXPECT_EQ(status.feeds[0].cursors.size(), 1u);
  (*counter)->StopFeeds();
  (*pulse)->StopFeeds();
  EXPECT_EQ((*counter)->Status().feeds[0].lag, std::nullopt);
  (*pulse)->Stop();
  *pulse = nullptr;
  (*counter)->Stop();
}

TEST(ServiceHost, ServicesThatStartTogetherWaitTogether) {
  testing::MemoryDisk disk;
  std::vector<std::string> warnings;
  rpc::ScopedLogCapture capture([&](std::string_view line) {
    if (absl::StrContains(ToAbsl(line), "serving_without")) warnings.emplace_back(line);
  });
  std::deque<testing::FakeStream> pulses;
  std::vector<std::unique_ptr<ServiceHost>> hosts;
  // The one that is asked first began to wait last.
  for (const absl::Duration patience : {absl::Seconds(2), absl::Seconds(1)}) {
    HostOptions options;
    options.data_dir = absl::StrCat("/", hosts.size());
    options.env = disk.env();
    options.server.listen = "";
    options.catch_up_timeout = patience;
    auto host = ServiceHost::Open(MakeCounterService(), options);
    ASSERT_THAT(host, IsOk());
    pulses.emplace_back("pulse").FailPolls(absl::UnavailableError("the broker is away"));
    (*host)->Connect("pulse", pulses.back().Feed());
    ASSERT_THAT((*host)->Start(), IsOk());
    hosts.push_back(*std::move(host));
  }
  EXPECT_FALSE(hosts[0]->WaitUntilServing());
  const absl::Time asked = absl::Now();
  EXPECT_FALSE(hosts[1]->WaitUntilServing());
  EXPECT_LT(absl::Now() - asked, absl::Milliseconds(900)) << "its time was up already";
  EXPECT_THAT(warnings,
              Each(AllOf(HasSubstr("\"area\":\"counter\""), HasSubstr("\"behind\":\"pulse\""))));
}

TEST(ServiceHost, HealthShowsAStoppedFeed) {
  CounterCluster c;
  const auto health =
      grpc::health::v1::Health::NewStub(c.cluster.host("counter").InProcessChannel());
  const auto serving = [&](const std::string& name) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(name);
    grpc::health::v1::HealthCheckResponse response;
    const grpc::Status status = health->Check(&context, request, &response);
    return status.ok() && response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
  };
  EXPECT_TRUE(serving("readiness"));
  EXPECT_TRUE(c.cluster.Eventually([&] { return serving("feed.pulse"); }));
  c.cluster.stream("pulse").FailPolls(absl::UnavailableError("the broker is away"));
  EXPECT_TRUE(c.cluster.Eventually([&] { return !serving("feed.pulse"); }));
  EXPECT_TRUE(serving("readiness"));
}

TEST(ServiceHost, AreaThatNothingTellsOfIsRefused) {
  testing::MemoryDisk disk;
  HostOptions options;
  options.data_dir = "/data";
  options.env = disk.env();
  auto host = ServiceHost::Open(MakeCounterService(), options);
  ASSERT_THAT(host, IsOk());
  EXPECT_THAT((*host)->Start(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("listens to pulse")));
}

TEST(ServiceHost, StoreOfAnotherShardIsRefused) {
  testing::MemoryDisk disk;
  HostOptions options;
  options.data_dir = "/data";
  options.env = disk.env();
  ASSERT_THAT(ServiceHost::Open(MakeCounterService(), options), IsOk());
  options.partition_count = 16;
  EXPECT_THAT(ServiceHost::Open(MakeCounterService(), options),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(ServiceHost, ChangedViewIsRebuiltBeforeItServes) {
  CounterCluster c;
  c.MustOpen();
  c.schema = 2;
  ASSERT_THAT(c.cluster.Restart("counter"), IsOk());
  c.Connect();
  const auto status = c.Status();
  ASSERT_THAT(status, IsOk());
  ASSERT_THAT(status->views(), SizeIs(1));
  EXPECT_EQ(status->views(0).schema(), 2u);
  EXPECT_FALSE(status->views(0).building());
}

TEST(ServiceHost, MetricsShowItsState) {
  CounterCluster c;
  c.MustOpen();
  const std::string text = c.cluster.metrics("counter").Text();
  EXPECT_THAT(text, HasSubstr("pitlane_runtime_last_position{area=\"counter\",shard=\"0\"} 1"));
  EXPECT_THAT(text, HasSubstr("pitlane_runtime_serving{area=\"counter\",shard=\"0\"} 1"));
}

TEST(AdminService, StatusShowsPositionsFeedsAndViews) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  c.Pulse(id, 1);
  ASSERT_TRUE(c.cluster.Settle());
  ASSERT_TRUE(c.cluster.Eventually([&] { return c.Status()->feeds(0).applied() == 1; }));
  const auto status = c.Status();
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->area(), "counter");
  EXPECT_EQ(status->shard_count(), 1u);
  EXPECT_EQ(status->last_position(), 2u);
  EXPECT_TRUE(status->serving());
  EXPECT_TRUE(status->caught_up());
  ASSERT_THAT(status->feeds(), SizeIs(1));
  EXPECT_THAT(status->feeds(0).sources(),
              ElementsAre(EqualsProto("source: 'pulse.0.0' position: 1")));
  ASSERT_THAT(status->views(), SizeIs(1));
  EXPECT_EQ(status->views(0).name(), "counter_totals");
}

TEST(AdminService, OnlyWhoMayOperateIsAnswered) {
  CounterCluster c;
  EXPECT_THAT(c.cluster.Call(*c.admin, &admin::v1::AdminService::Stub::GetStatus,
                             admin::v1::GetStatusRequest(), rpc::Role::kCashier),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(AdminService, TailGivesTheLogAndThenEnds) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  // More than a stream's buffer holds: the reader sets the pace.
  for (int i = 0; i < 3000; ++i) c.Pulse(id, 1);
  ASSERT_TRUE(c.cluster.Settle());
  admin::v1::TailEventsRequest request;
  request.set_from_position(2);
  auto context = c.cluster.Context();
  auto stream = c.admin->TailEvents(context.get(), request);
  admin::v1::TailEventsResponse event;
  uint64_t expected = 2;
  while (stream->Read(&event)) {
    ASSERT_EQ(event.position(), expected++);
    ASSERT_EQ(event.meta().position(), event.position());
  }
  const grpc::Status end = stream->Finish();
  EXPECT_TRUE(end.ok()) << end.error_message();
  EXPECT_EQ(expected, 3002u);
}

TEST(AdminService, TailFollows) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  admin::v1::TailEventsRequest request;
  request.set_follow(true);
  auto context = c.cluster.Context();
  auto stream = c.admin->TailEvents(context.get(), request);
  admin::v1::TailEventsResponse event;
  ASSERT_TRUE(stream->Read(&event));
  EXPECT_EQ(event.meta().type(), "pitlane.testing.v1.CounterOpened");
  ASSERT_THAT(c.Increase(id, 1, "r1"), IsOk());
  ASSERT_TRUE(stream->Read(&event));
  EXPECT_EQ(event.meta().type(), "pitlane.testing.v1.CounterIncreased");
  tv1::CounterEvent decoded;
  ASSERT_TRUE(decoded.ParseFromString(event.payload()));
  EXPECT_EQ(decoded.increased().by(), 1);
}

TEST(AdminService, ParkedRecordsAreListedRetriedAndDiscarded) {
  CounterCluster c;
  const CounterId id = c.NewCounter();
  c.Pulse(id, 1);
  c.Pulse(id, kCounterLimit);
  ASSERT_TRUE(c.cluster.Settle());
  ASSERT_TRUE(c.cluster.Eventually([&] { return c.Status()->parked() == 2; }));
  using AdminStub = admin::v1::AdminService::Stub;
  const auto listed =
      c.cluster.Call(*c.admin, &AdminStub::ListParked, admin::v1::ListParkedRequest());
  ASSERT_THAT(listed, IsOk());
  ASSERT_THAT(listed->parked(), SizeIs(2));
  EXPECT_EQ(listed->parked(0).stream_id(), id.text());

  ASSERT_THAT(c.Open(id), IsOk());
  admin::v1::RetryParkedRequest retry;
  retry.set_source(listed->parked(0).source());
  retry.set_stream_id(id.text());
  const auto retried = c.cluster.Call(*c.admin, &AdminStub::RetryParked, retry);
  ASSERT_THAT(retried, IsOk());
  EXPECT_EQ(retried->applied(), 1u);
  EXPECT_EQ(retried->left(), 1u);
  EXPECT_THAT(retried->failure(), HasSubstr("cannot hold that much"));

  admin::v1::DiscardParkedRequest discard;
  discard.set_source(retry.source());
  discard.set_stream_id(id.text());
  discard.set_position(listed->parked(1).position());
  EXPECT_THAT(c.cluster.Call(*c.admin, &AdminStub::DiscardParked, discard), IsOk());
  EXPECT_EQ(c.Status()->parked(), 0u);
  EXPECT_TRUE(rpc::HasReason(c.cluster.Call(*c.admin, &AdminStub::RetryParked, retry).status(),
                             admin::v1::PARKED_NOT_FOUND));
  EXPECT_TRUE(rpc::HasReason(c.cluster.Call(*c.admin, &AdminStub::DiscardParked, discard).status(),
                             admin::v1::PARKED_NOT_FOUND));
}

TEST(AdminService, ParkedRecordsArePaged) {
  CounterCluster c;
  for (int i = 0; i < 3; ++i) c.Pulse(c.NewCounter(), 1);
  ASSERT_TRUE(c.cluster.Eventually([&] { return c.Status()->parked() == 3; }));
  const auto list = [&](const admin::v1::ListParkedRequest& request) {
    return c.cluster.Call(*c.admin, &admin::v1::AdminService::Stub::ListParked, request);
  };
  admin::v1::ListParkedRequest request;
  request.set_page_size(2);
  const auto first = list(request);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(first->parked(), SizeIs(2));
  request.set_page_token(first->next_page_token());
  const auto second = list(request);
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(second->parked(), SizeIs(1));
  EXPECT_EQ(second->next_page_token(), "");
  request.set_source("pulse.0.0");
  EXPECT_THAT(list(request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.clear_page_token();
  request.set_page_size(1001);
  EXPECT_THAT(list(request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(AdminService, VerifyWalksTheJournal) {
  CounterCluster c;
  c.MustOpen();
  const auto report = c.cluster.Call(*c.admin, &admin::v1::AdminService::Stub::VerifyJournal,
                                     admin::v1::VerifyJournalRequest());
  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->sound()) << report->fault();
  EXPECT_EQ(report->records(), 1u);
  EXPECT_EQ(report->last_position(), 1u);
  EXPECT_EQ(report->chain().size(), 64u);
}

TEST(AdminService, CheckpointOpensAsAStore) {
  CounterCluster c;
  const CounterId id = c.MustOpen();
  using AdminStub = admin::v1::AdminService::Stub;
  admin::v1::CheckpointRequest request;
  for (const char* bad : {"", "../x", ".x", "a/b"}) {
    request.set_name(bad);
    EXPECT_THAT(c.cluster.Call(*c.admin, &AdminStub::Checkpoint, request),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  request.set_name("monday");
  const auto made = c.cluster.Call(*c.admin, &AdminStub::Checkpoint, request);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->folder(), "/data/backups/counter.0-monday");
  EXPECT_EQ(made->last_position(), 1u);
  EXPECT_TRUE(rpc::HasReason(c.cluster.Call(*c.admin, &AdminStub::Checkpoint, request).status(),
                             admin::v1::BACKUP_EXISTS));
  journal::Options options;
  options.path = made->folder();
  options.identity = c.cluster.journal("counter").identity();
  options.env = c.cluster.disk("counter").env();
  options.create_if_missing = false;
  const auto copy = journal::Journal::Open(options);
  ASSERT_THAT(copy, IsOk());
  EXPECT_THAT((*copy)->StreamVersion(id.text()), IsOkAndHolds(1));
}

TEST(AdminService, RebuildAnswersAfterTheSwap) {
  CounterCluster c;
  c.MustOpen();
  using AdminStub = admin::v1::AdminService::Stub;
  admin::v1::RebuildViewRequest request;
  request.set_view("counter_totals");
  const auto rebuilt = c.cluster.Call(*c.admin, &AdminStub::RebuildView, request);
  ASSERT_THAT(rebuilt, IsOk());
  EXPECT_EQ(rebuilt->generation(), c.Status()->views(0).generation());
  EXPECT_GT(rebuilt->generation(), 1u);
  EXPECT_EQ(rebuilt->built_to(), 1u);
  request.set_view("nothing");
  EXPECT_TRUE(rpc::HasReason(c.cluster.Call(*c.admin, &AdminStub::RebuildView, request).status(),
                             admin::v1::VIEW_UNKNOWN));
}

}  // namespace
}  // namespace pitlane::runtime
