// Real services in this process, on a disk in memory: for tests of services through their API.
//
//   TestCluster cluster;
//   cluster.Add(ticket::MakeTicketService());
//   cluster.Add(inventory::MakeInventoryService());
//   ASSERT_THAT(cluster.Start(), IsOk());
//   auto tickets = cluster.Stub<ticket::v1::TicketService>("ticket");
//   auto context = cluster.Context(rpc::Role::kAdvisor);
//   ...
//   EXPECT_TRUE(cluster.Eventually([&] { … }));
//
// Services that are both here hear of each other through journal feeds; an area that is listened to
// and is not here is a FakeStream, to publish on by hand (stream("payment")).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "libs/base/clock.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/positions.h"
#include "libs/rpc/token_issuer.h"
#include "libs/runtime/service_host.h"
#include "libs/testing/eventually.h"
#include "libs/testing/fake_feed.h"
#include "libs/testing/memory_disk.h"

namespace pitlane::testing {

struct TestClusterOptions {
  uint64_t seed = 1;
  uint32_t partition_count = 4;
  absl::Duration timeout = absl::Seconds(20);  // of calls and of Eventually
  // Changed for each host before it is opened.
  std::function<void(std::string_view area, runtime::HostOptions&)> adjust;
};

// One thread uses it. The clock is fake: it stands still until Advance.
class TestCluster {
 public:
  explicit TestCluster(TestClusterOptions options = {});
  ~TestCluster();

  // `make` is called again for each restart.
  void Add(std::function<runtime::ServiceDefinition()> make);
  // Opens and starts every service and waits until all serve.
  absl::Status Start();
  // Stops one service in good order, and starts it again on the same disk.
  absl::Status Restart(std::string_view area);
  // As a power cut: what was not synced is lost. The service starts again on what is left.
  absl::Status Crash(std::string_view area);
  // Only stops it; StartService brings it back.
  void StopService(std::string_view area);
  absl::Status StartService(std::string_view area);

  runtime::ServiceHost& host(std::string_view area);
  journal::Journal& journal(std::string_view area) { return host(area).journal(); }
  // Of an area that is listened to but not part of the cluster.
  FakeStream& stream(std::string_view area);
  MemoryDisk& disk(std::string_view area);
  rpc::Metrics& metrics(std::string_view area);
  FakeClock& clock() { return clock_; }
  Entropy& entropy() { return entropy_; }
  // Moves the clock and wakes whatever waits for a time.
  void Advance(absl::Duration by);

  template <class Service>
  std::unique_ptr<typename Service::Stub> Stub(std::string_view area) {
    return Service::NewStub(host(area).InProcessChannel());
  }
  // A context with a token of that role everywhere, a deadline, and everything this cluster's
  // callers have seen so far (AfterCall) as `pitlane-after`.
  std::unique_ptr<grpc::ClientContext> Context(rpc::Role role = rpc::Role::kOwner);
  std::unique_ptr<grpc::ClientContext> Context(const rpc::Caller& caller);
  // An owner's, with exactly this as `pitlane-after`.
  std::unique_ptr<grpc::ClientContext> ContextAfter(const rpc::PositionToken& after);
  // Remembers the positions of a finished call, and gives its status as absl::Status with details.
  absl::Status AfterCall(const grpc::ClientContext& context, const grpc::Status& status);

  // A unary call in one line: Call(&Stub::OpenTicket, *stub, request) with role owner.
  template <class StubType, class Request, class Response>
  absl::StatusOr<Response> Call(StubType& stub,
                                grpc::Status (StubType::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                                const Request& request, rpc::Role role = rpc::Role::kOwner) {
    auto context = Context(role);
    Response response;
    const grpc::Status status = (stub.*method)(context.get(), request, &response);
    absl::Status result = AfterCall(*context, status);
    if (!result.ok()) return result;
    return response;
  }

  // True once `predicate` is, looked at after each commit of any service.
  bool Eventually(const std::function<bool()>& predicate);
  // Waits until every service has applied everything the others have committed, and nothing more
  // comes of it.
  bool Settle();

 private:
  struct Member;

  absl::Status Open(Member& member);
  runtime::HostOptions OptionsOf(Member& member);
  void Connect(Member& member);
  Member& Find(std::string_view area);
  std::unique_ptr<grpc::ClientContext> MakeContext(const rpc::Caller& caller,
                                                   const rpc::PositionToken& after);
  std::string Token(const rpc::Caller& caller);
  std::map<std::string, uint64_t> Ends() const;
  bool AllApplied();

  const TestClusterOptions options_;
  FakeClock clock_;
  SeededEntropy entropy_;
  std::string directory_;  // of the issuer's key
  std::unique_ptr<rpc::TokenIssuer> issuer_;
  std::unique_ptr<rpc::TokenVerifier> verifier_;
  rpc::PositionToken seen_;
  Pulse pulse_;
  std::map<std::string, std::unique_ptr<FakeStream>, std::less<>> streams_;
  // Guards the hosts against channel_to, which effects call from their own threads.
  mutable absl::Mutex hosts_mutex_;
  std::map<std::string, std::unique_ptr<Member>, std::less<>> members_;
};

}  // namespace pitlane::testing
