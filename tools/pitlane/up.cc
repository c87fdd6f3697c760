#include "tools/pitlane/up.h"

#include <signal.h>

#include <cstdio>
#include <iostream>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fmt/core.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "nlohmann/json.hpp"
#include "tools/pitlane/sale.h"
#include "tools/pitlane/suite.h"

namespace pitlane::tools {
namespace {

void PrintJson(const SaleStep& step) {
  nlohmann::ordered_json line = {{"step", step.step},
                                 {"ok", step.ok},
                                 {"event", step.event},
                                 {"position", step.position},
                                 {"elapsed_ms", absl::ToDoubleMilliseconds(step.elapsed)}};
  if (!step.ok) line["error"] = step.error;
  std::cout << line.dump() << std::endl;
}

void PrintText(const SaleStep& step) {
  const std::string_view event = std::string_view(step.event);
  const size_t dot = event.rfind('.');
  fmt::print("  {} {:>6.0f} ms  {:<17} {:<52} {}\n", step.ok ? "ok  " : "FAIL",
             absl::ToDoubleMilliseconds(step.elapsed), step.area, step.what,
             step.ok ? fmt::format("{} {}", event.substr(dot + 1), step.position) : step.error);
  std::fflush(stdout);
}

void PrintWelcome(const UpOptions& options, const Suite& suite, const DemoShop& shop,
                  const std::string& token) {
  fmt::print(
      "\nPitlane is running.\n"
      "  gateway   {} (gRPC, plaintext on this computer; reflection is on)\n"
      "  metrics   http://{}/metrics\n"
      "  data      {}\n"
      "  events    {}\n",
      suite.address(), suite.admin_address(), options.data_dir,
      options.kafka.empty() ? "in this process (no broker)" : "over Kafka at " + options.kafka);
  for (rpc::Role role :
       {rpc::Role::kOwner, rpc::Role::kAdvisor, rpc::Role::kTechnician, rpc::Role::kCashier}) {
    const absl::StatusOr<std::string> made = suite.Token(role);
    if (!made.ok()) continue;
    fmt::print("\n{}'s token (30 days):\n{}\n", rpc::RoleName(role), *made);
  }
  fmt::print(
      "\nTry:\n  build/release/bin/pitlane events tail --gateway {} --token-file {}/owner.token\n"
      "The demo shop is location {}.\nCtrl-C stops it.\n",
      suite.address(), options.data_dir, shop.location_id);
  std::fflush(stdout);
}

// Ctrl-C and SIGTERM are waited for, not handled; blocked before any thread is made.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

absl::Status Run(const UpOptions& options, const sigset_t& stop_signals) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Suite> suite, Suite::Open({.data_dir = options.data_dir,
                                                                    .listen = options.listen,
                                                                    .admin = options.admin,
                                                                    .kafka = options.kafka}));
  ASSIGN_OR_RETURN(const std::string token, suite->Token(rpc::Role::kOwner));
  RETURN_IF_ERROR(WriteTokenFile(options.data_dir, token));
  // Through the gateway's port, as every front end would.
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel,
                   rpc::MakeChannel({.address = suite->address()}));
  Session session(channel, token);
  ASSIGN_OR_RETURN(const DemoShop shop, LoadDemoShop(session));
  if (!options.json) fmt::print("One sale, through all six services:\n");
  RETURN_IF_ERROR(PlaySale(session, shop, options.json ? PrintJson : PrintText));
  if (options.once) return absl::OkStatus();
  if (!options.json) PrintWelcome(options, *suite, shop, token);
  int signal = 0;
  sigwait(&stop_signals, &signal);
  if (!options.json) fmt::print("\nStopping.\n");
  return absl::OkStatus();
}

}  // namespace

int RunUp(const UpOptions& options) {
  const sigset_t stop_signals = BlockStopSignals();
  const absl::Status status = Run(options, stop_signals);
  if (status.ok()) return 0;
  std::cerr << "pitlane up: " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
