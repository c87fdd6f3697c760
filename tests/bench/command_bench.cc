// A durable command of one service, as it runs in a process of its own, beside an empty echo on the
// same server library, and beside the disk.
#include <atomic>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/server.h"
#include "libs/rpc/server_env.h"
#include "libs/rpc/testing/echo_service.h"
#include "libs/rpc/testing/test_identity.h"
#include "libs/runtime/service_host.h"
#include "libs/testing/fake_feed.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/testing/v1/echo_service.grpc.pb.h"
#include "services/inventory/inventory.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/one_computer.h"

namespace pitlane::bench {
namespace {

using Echo = pitlane::testing::v1::EchoService;
using Inventory = inventory::v1::InventoryService;

// A server with nothing but the empty echo.
class EchoServer {
 public:
  explicit EchoServer(rpc::testing::TestIdentity& identity)
      : env_({.area = "bench"}, &identity.verifier(), Clock::System(), Entropy::System(), metrics_),
        service_(env_) {}
  ~EchoServer() { server_->Shutdown(absl::Seconds(1)); }

  absl::Status Start() {
    ASSIGN_OR_RETURN(server_, rpc::Server::Start({}, {&service_}));
    server_->SetReady(true);
    return absl::OkStatus();
  }
  const std::string& address() const { return server_->address(); }

 private:
  rpc::Metrics metrics_;
  rpc::ServerEnv env_;
  rpc::testing::EchoService service_;
  std::unique_ptr<rpc::Server> server_;
};

// One call of a method; lives until it is answered.
template <class Request, class Response>
struct Call {
  grpc::ClientContext context;
  Request request;
  Response response;

  explicit Call(const std::string& token) {
    rpc::AttachToken(context, token);
    rpc::SetTimeout(context, absl::Seconds(20));
  }
};

class CommandBench {
 public:
  CommandBench(runtime::ServiceHost& host, std::string token, std::unique_ptr<Echo::Stub> echo_stub,
               std::unique_ptr<Inventory::Stub> inventory)
      : host_(host),
        token_(std::move(token)),
        echo_(std::move(echo_stub)),
        inventory_(std::move(inventory)) {}

  absl::Status Run(const Settings& settings, int in_flight) {
    std::vector<double> echo, durable, ratio, sync_us, echo_cpu, durable_cpu;
    const journal::Journal& journal = host_.journal();
    const journal::Stats before = journal.stats();
    const runtime::ExecutorCounters counted = host_.executor().counters();
    for (int round = 0; round < settings.rounds; ++round) {
      const Pace echoes = KeepInFlight(in_flight, settings.seconds,
                                       [this](std::function<void()> done) { CallEcho(done); });
      const Pace commands = KeepInFlight(in_flight, settings.seconds,
                                         [this](std::function<void()> done) { CallCommand(done); });
      echo.push_back(echoes.per_second);
      echo_cpu.push_back(echoes.cpu_us);
      durable.push_back(commands.per_second);
      durable_cpu.push_back(commands.cpu_us);
      ratio.push_back(durable.back() / echo.back());
      const journal::Stats now = journal.stats();
      const uint64_t bytes = (now.bytes - before.bytes) / (now.syncs - before.syncs);
      ASSIGN_OR_RETURN(const absl::Duration sync,
                       MeanFdatasync(settings.folder, bytes, settings.seconds / 4));
      sync_us.push_back(absl::ToDoubleMicroseconds(sync));
    }
    const journal::Stats after = journal.stats();
    const double syncs = static_cast<double>(after.syncs - before.syncs);
    nlohmann::ordered_json line = {
        {"bench", "durable_command_vs_empty_echo"},
        {"in_flight", in_flight},
        {"rounds", settings.rounds},
        {"echo_per_s", Median(echo)},
        {"durable_per_s", Median(durable)},
        {"ratio_median", Median(ratio)},
        {"echo_cpu_us", Median(echo_cpu)},
        {"durable_cpu_us", Median(durable_cpu)},
        {"events_per_sync", static_cast<double>(after.events - before.events) / syncs}};
    const runtime::ExecutorCounters spent = host_.executor().counters();
    const double batches = static_cast<double>(spent.batches - counted.batches);
    line["decide_us_per_batch"] =
        absl::ToDoubleMicroseconds(spent.decide_time - counted.decide_time) / batches;
    line["commit_us_per_batch"] =
        absl::ToDoubleMicroseconds(spent.commit_time - counted.commit_time) / batches;
    if (in_flight == 1) {
      // What a durable answer costs at least: the way there and back, and one sync.
      const double durable_us = 1e6 / Median(durable);
      const double echo_us = 1e6 / Median(echo);
      line["durable_us"] = durable_us;
      line["echo_us"] = echo_us;
      line["fdatasync_us"] = Median(sync_us);
      line["durable_vs_echo_and_fdatasync"] = durable_us / (echo_us + Median(sync_us));
    }
    Print(line);
    return absl::OkStatus();
  }

 private:
  void CallEcho(std::function<void()> done) {
    using EchoCall = Call<pitlane::testing::v1::EchoRequest, pitlane::testing::v1::EchoResponse>;
    auto call = std::make_shared<EchoCall>(token_);
    echo_->async()->Echo(&call->context, &call->request, &call->response,
                         [call, done = std::move(done)](const grpc::Status& status) {
                           PITLANE_CHECK_OK(rpc::FromGrpcStatus(status));
                           done();
                         });
  }

  void CallCommand(std::function<void()> done) {
    using RegisterCall =
        Call<inventory::v1::RegisterSupplierRequest, inventory::v1::RegisterSupplierResponse>;
    auto call = std::make_shared<RegisterCall>(token_);
    const int64_t number = next_++;
    call->request.set_request_id(absl::StrCat("bench-", nonce_, "-", number));
    call->request.set_name(absl::StrCat("Supplier ", nonce_, " ", number));
    inventory_->async()->RegisterSupplier(
        &call->context, &call->request, &call->response,
        [call, done = std::move(done)](const grpc::Status& status) {
          PITLANE_CHECK_OK(rpc::FromGrpcStatus(status));
          done();
        });
  }

  runtime::ServiceHost& host_;
  const std::string token_;
  const std::unique_ptr<Echo::Stub> echo_;
  const std::unique_ptr<Inventory::Stub> inventory_;
  const uint64_t nonce_ = Entropy::System().Next64() % 1000000;
  std::atomic<int64_t> next_{0};
};

}  // namespace

absl::Status BenchCommand(const Settings& settings) {
  rpc::testing::TestIdentity identity;
  EchoServer echo(identity);
  RETURN_IF_ERROR(echo.Start());
  // It hears of tickets, as ever; there are none.
  testing::FakeStream tickets("ticket");
  runtime::HostOptions options;
  options.data_dir = settings.folder;
  options.server.listen = "127.0.0.1:0";
  options.verifier = &identity.verifier();
  ASSIGN_OR_RETURN(const auto host,
                   runtime::ServiceHost::Open(inventory::MakeInventoryService({}), options));
  host->Connect("ticket", tickets.Feed());
  RETURN_IF_ERROR(host->Start());
  host->WaitUntilServing();
  ASSIGN_OR_RETURN(const auto echo_channel, ChannelTo(echo.address()));
  ASSIGN_OR_RETURN(const auto channel, ChannelTo(absl::StrCat("127.0.0.1:", host->port())));
  CommandBench bench(*host, identity.Token(rpc::Role::kOwner), Echo::NewStub(echo_channel),
                     Inventory::NewStub(channel));
  for (const int in_flight : {1, 16, 64}) RETURN_IF_ERROR(bench.Run(settings, in_flight));
  host->Stop();
  return absl::OkStatus();
}

}  // namespace pitlane::bench
