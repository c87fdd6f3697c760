// What Pitlane's speed is made of, each beside its limit in one interleaved run. Prints one JSON
// object a line; see docs/operating.md for what the machine has to do with it.
#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/log.h"
#include "libs/rpc/server.h"
#include "libs/rpc/server_env.h"
#include "libs/rpc/testing/echo_service.h"
#include "libs/rpc/testing/test_identity.h"
#include "nlohmann/json.hpp"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/testing/v1/echo_service.grpc.pb.h"
#include "tools/pitlane/connection.h"
#include "tools/pitlane/sale.h"
#include "tools/pitlane/suite.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::bench {
namespace {

using Inventory = inventory::v1::InventoryService::Stub;
using Echo = pitlane::testing::v1::EchoService::Stub;

struct Settings {
  int rounds = 5;
  double seconds = 1.0;  // of each side in each round
  int sales = 30;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<size_t>(share * static_cast<double>(values.size())))];
}

// Calls `call` from `in_flight` threads for a while; calls a second.
double CallsPerSecond(int in_flight, double seconds, const std::function<void()>& call) {
  std::atomic<int64_t> calls{0};
  const absl::Time began = absl::Now();
  const absl::Time end = began + absl::Seconds(seconds);
  std::vector<std::thread> threads;
  for (int i = 0; i < in_flight; ++i) {
    threads.emplace_back([&] {
      while (absl::Now() < end) {
        call();
        ++calls;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(calls) / absl::ToDoubleSeconds(absl::Now() - began);
}

// An empty echo on the same server library, and a durable command, round by round.
class CommandBench {
 public:
  CommandBench(tools::Suite& suite, const std::string& token)
      : suite_(suite),
        token_(token),
        env_({.area = "bench"}, &identity_.verifier(), Clock::System(), Entropy::System(),
             metrics_),
        echo_service_(env_),
        echo_token_(identity_.Token(rpc::Role::kOwner)) {
    auto server = rpc::Server::Start({}, {&echo_service_});
    PITLANE_CHECK_OK(server.status());
    server_ = *std::move(server);
    server_->SetReady(true);
    echo_ = pitlane::testing::v1::EchoService::NewStub(Channel(server_->address()));
    inventory_ = inventory::v1::InventoryService::NewStub(
        Channel(absl::StrCat("127.0.0.1:", suite.host("inventory").port())));
  }
  ~CommandBench() { server_->Shutdown(absl::Seconds(1)); }

  void Run(const Settings& settings) {
    for (int in_flight : {1, 16, 64}) {
      std::vector<double> echo, durable, ratio;
      const journal::Stats before = suite_.host("inventory").journal().stats();
      for (int round = 0; round < settings.rounds; ++round) {
        echo.push_back(CallsPerSecond(in_flight, settings.seconds, [this] { CallEcho(); }));
        durable.push_back(CallsPerSecond(in_flight, settings.seconds, [this] { CallCommand(); }));
        ratio.push_back(durable.back() / echo.back());
      }
      const journal::Stats after = suite_.host("inventory").journal().stats();
      const double syncs = static_cast<double>(after.syncs - before.syncs);
      const nlohmann::ordered_json line = {
          {"bench", "durable_command_vs_empty_echo"},
          {"in_flight", in_flight},
          {"rounds", settings.rounds},
          {"echo_per_s", Median(echo)},
          {"durable_per_s", Median(durable)},
          {"ratio_median", Median(ratio)},
          {"events_per_sync", static_cast<double>(after.events - before.events) / syncs}};
      std::cout << line.dump() << std::endl;
    }
  }

 private:
  static std::shared_ptr<grpc::Channel> Channel(const std::string& address) {
    rpc::ChannelOptions options;
    options.address = address;
    auto channel = rpc::MakeChannel(options);
    PITLANE_CHECK_OK(channel.status());
    return *std::move(channel);
  }

  void CallEcho() {
    grpc::ClientContext context;
    rpc::AttachToken(context, echo_token_);
    rpc::SetTimeout(context, absl::Seconds(20));
    pitlane::testing::v1::EchoRequest request;
    pitlane::testing::v1::EchoResponse response;
    PITLANE_CHECK_OK(rpc::FromGrpcStatus(echo_->Echo(&context, request, &response)));
  }

  void CallCommand() {
    const int64_t number = next_++;
    grpc::ClientContext context;
    rpc::AttachToken(context, token_);
    rpc::SetTimeout(context, absl::Seconds(20));
    inventory::v1::RegisterSupplierRequest request;
    inventory::v1::RegisterSupplierResponse response;
    request.set_request_id(absl::StrCat("bench-", nonce_, "-", number));
    request.set_name(absl::StrCat("Supplier ", nonce_, " ", number));
    PITLANE_CHECK_OK(
        rpc::FromGrpcStatus(inventory_->RegisterSupplier(&context, request, &response)));
  }

  tools::Suite& suite_;
  const std::string token_;
  const uint64_t nonce_ = Entropy::System().Next64() % 1000000;
  std::atomic<int64_t> next_{0};
  rpc::Metrics metrics_;
  rpc::testing::TestIdentity identity_;
  rpc::ServerEnv env_;
  rpc::testing::EchoService echo_service_;
  const std::string echo_token_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<Echo> echo_;
  std::unique_ptr<Inventory> inventory_;
};

// From TicketClosed to the moment its last consequence was seen, as a client sees it.
absl::Status BenchSettling(tools::Session& session, const Settings& settings) {
  ASSIGN_OR_RETURN(const tools::DemoShop shop, tools::LoadDemoShop(session));
  std::vector<double> settled_ms, sale_ms;
  for (int i = 0; i < settings.sales; ++i) {
    absl::Duration closed, last;
    RETURN_IF_ERROR(tools::PlaySale(session, shop, [&](const tools::SaleStep& step) {
      if (step.step == "close") closed = step.elapsed;
      last = step.elapsed;
    }));
    settled_ms.push_back(absl::ToDoubleMilliseconds(last - closed));
    sale_ms.push_back(absl::ToDoubleMilliseconds(last));
  }
  const nlohmann::ordered_json line = {{"bench", "closed_to_settled"},
                                       {"sales", settings.sales},
                                       {"settled_ms_p50", Percentile(settled_ms, 0.5)},
                                       {"settled_ms_p99", Percentile(settled_ms, 0.99)},
                                       {"whole_sale_ms_p50", Percentile(sale_ms, 0.5)}};
  std::cout << line.dump() << std::endl;
  return absl::OkStatus();
}

absl::Status Run(const Settings& settings) {
  RETURN_IF_ERROR(rpc::SetLogLevel("error"));
  const rpc::testing::TempFolder folder;
  ASSIGN_OR_RETURN(
      const std::unique_ptr<tools::Suite> suite,
      tools::Suite::Open(
          {.data_dir = folder.path(), .listen = "127.0.0.1:0", .admin = "", .kafka = ""}));
  RETURN_IF_ERROR(tools::WriteTokenFiles(suite->issuer(), folder.path()));
  tools::ConnectionOptions connection;
  connection.gateway = suite->address();
  connection.data_dir = folder.path();
  ASSIGN_OR_RETURN(const std::unique_ptr<tools::Session> session, tools::Connect(connection));
  CommandBench(*suite, session->token()).Run(settings);
  return BenchSettling(*session, settings);
}

}  // namespace
}  // namespace pitlane::bench

int main(int argc, char** argv) {
  CLI::App app("Pitlane's benchmarks");
  pitlane::bench::Settings settings;
  app.add_option("--rounds", settings.rounds, "of each pair")->capture_default_str();
  app.add_option("--seconds", settings.seconds, "of each side in a round")->capture_default_str();
  app.add_option("--sales", settings.sales, "played one after another")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = pitlane::bench::Run(settings);
  if (!status.ok()) std::cerr << "pitlane-bench: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
