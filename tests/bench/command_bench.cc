// A durable command of one service, as it runs in a process of its own, beside an empty echo on the
// same server library, and beside the disk.
#include <memory>
#include <string>

#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/server.h"
#include "libs/rpc/server_env.h"
#include "libs/rpc/testing/echo_service.h"
#include "libs/rpc/testing/test_identity.h"
#include "libs/runtime/service_host.h"
#include "pitlane/testing/v1/echo_service.grpc.pb.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/inventory_alone.h"
#include "tests/bench/one_computer.h"
#include "tests/bench/unary_call.h"

namespace pitlane::bench {
namespace {

using Echo = pitlane::testing::v1::EchoService;

constexpr int kParts = 4000;

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

class CommandBench {
 public:
  CommandBench(InventoryAlone& inventory, std::string echo_token, std::unique_ptr<Echo::Stub> echo)
      : inventory_(inventory), echo_token_(std::move(echo_token)), echo_(std::move(echo)) {}

  absl::Status Run(const Settings& settings, int in_flight) {
    std::vector<double> echo, durable, ratio, sync_us, echo_cpu, durable_cpu;
    const journal::Journal& journal = inventory_.host().journal();
    const journal::Stats before = journal.stats();
    const runtime::ExecutorCounters counted = inventory_.host().executor().counters();
    for (int round = 0; round < settings.rounds; ++round) {
      const Pace echoes =
          KeepInFlight(in_flight, settings.seconds,
                       [this](std::function<void()> done) { CallEcho(std::move(done)); });
      const Pace commands = KeepInFlight(
          in_flight, settings.seconds,
          [this](std::function<void()> done) { inventory_.AdjustStock(std::move(done)); });
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
    const runtime::ExecutorCounters spent = inventory_.host().executor().counters();
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
    CallUnary<pitlane::testing::v1::EchoResponse>(
        echo_token_, pitlane::testing::v1::EchoRequest(),
        [this](auto... call) { echo_->async()->Echo(std::move(call)...); }, std::move(done));
  }

  InventoryAlone& inventory_;
  const std::string echo_token_;
  const std::unique_ptr<Echo::Stub> echo_;
};

}  // namespace

absl::Status BenchCommand(const Settings& settings) {
  rpc::testing::TestIdentity identity;
  EchoServer echo(identity);
  RETURN_IF_ERROR(echo.Start());
  ASSIGN_OR_RETURN(const auto channel, ChannelTo(echo.address()));
  ASSIGN_OR_RETURN(const auto inventory, InventoryAlone::Make(settings.folder, kParts));
  CommandBench bench(*inventory, identity.Token(rpc::Role::kOwner), Echo::NewStub(channel));
  for (const int in_flight : {1, 16, 64}) RETURN_IF_ERROR(bench.Run(settings, in_flight));
  return absl::OkStatus();
}

}  // namespace pitlane::bench
