#include "tools/pitlane/up.h"

#include <signal.h>

#include <cstdio>
#include <iostream>

#include "fmt/core.h"
#include "libs/base/status.h"
#include "tools/pitlane/connection.h"
#include "tools/pitlane/play.h"
#include "tools/pitlane/suite.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::tools {
namespace {

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
  fmt::print(
      "  tokens    {}/identity/{{owner,advisor,technician,cashier}}.token (30 days)\n"
      "  shop      {}\n"
      "\nThe owner's token:\n{}\n"
      "\nTry:\n  build/release/bin/pitlane events tail --gateway {} --data {}\n"
      "\nCtrl-C stops it.\n",
      options.data_dir, shop.location_id, token, suite.address(), options.data_dir);
  std::fflush(stdout);
}

// Ctrl-C and SIGTERM are waited for, not handled: blocked while threads are made, so that only the
// waiting one gets them.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

absl::Status Wait(const UpOptions& options, const sigset_t& stop_signals) {
  int signal = 0;
  sigwait(&stop_signals, &signal);
  if (!options.json) fmt::print("\nStopping.\n");
  return absl::OkStatus();
}

absl::Status Run(const UpOptions& options, const sigset_t& stop_signals) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Suite> suite, Suite::Open({.data_dir = options.data_dir,
                                                                    .listen = options.listen,
                                                                    .admin = options.admin,
                                                                    .kafka = options.kafka}));
  RETURN_IF_ERROR(WriteTokenFiles(suite->issuer(), options.data_dir));
  // Through the gateway's port, as every front end would.
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session,
                   Connect({.gateway = suite->address(), .data_dir = options.data_dir}));
  if (options.no_sale) return Wait(options, stop_signals);
  ASSIGN_OR_RETURN(const DemoShop shop, LoadDemoShop(*session));
  if (!options.json) fmt::print("One sale, through all six services:\n");
  RETURN_IF_ERROR(PlaySale(*session, shop, options.json ? PrintStepAsJson : PrintStepAsText));
  if (options.once) return absl::OkStatus();
  if (!options.json) PrintWelcome(options, *suite, shop, session->token());
  return Wait(options, stop_signals);
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
