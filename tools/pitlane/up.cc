#include "tools/pitlane/up.h"

#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "fmt/core.h"
#include "libs/base/status.h"
#include "tools/pitlane/connection.h"
#include "tools/pitlane/play.h"
#include "tools/pitlane/suite.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::tools {
namespace {

// Whom callers on this computer trust; empty without TLS.
std::string Authority(const UpOptions& options) {
  return options.tls_ca.empty() ? options.tls_certificate : options.tls_ca;
}

const char* Scheme(const UpOptions& options) {
  return Authority(options).empty() ? "http" : "https";
}

// A call that works when it is pasted into a shell.
std::string CurlCommand(const UpOptions& options, const Suite& suite, const DemoShop& shop) {
  const std::string authority = Authority(options);
  return fmt::format(
      "curl {}{}://{}/pitlane.ticket.v1.TicketService/ListTickets \\\n"
      "    -H \"Authorization: Bearer $(cat {}/identity/owner.token)\" \\\n"
      "    -H 'Content-Type: application/json' -d '{{\"locationId\": \"{}\"}}'",
      authority.empty() ? "" : "--cacert " + authority + " ", Scheme(options), suite.address(),
      options.data_dir, shop.location_id);
}

void PrintWelcome(const UpOptions& options, const Suite& suite, const DemoShop& shop,
                  const std::string& token) {
  fmt::print(
      "\nPitlane is running.\n"
      "  gateway   {} (gRPC, Connect and gRPC-Web; {})\n"
      "  reference {}://{}/docs (every method, with examples that run)\n"
      "  metrics   http://{}/metrics\n"
      "  data      {}\n"
      "  events    {}\n",
      suite.address(), Authority(options).empty() ? "plaintext" : "TLS", Scheme(options),
      suite.address(), suite.admin_address(), options.data_dir,
      options.kafka.empty() ? "in this process (no broker)" : "over Kafka at " + options.kafka);
  fmt::print(
      "  tokens    {}/identity/{{owner,advisor,technician,cashier}}.token (30 days)\n"
      "  shop      {}\n"
      "\nThe owner's token:\n{}\n"
      "\nTry (docs/front-end.md goes on from there):\n  {}\n"
      "  build/release/bin/pitlane events tail --gateway {} --data {}\n"
      "\nCtrl-C stops it.\n",
      options.data_dir, shop.location_id, token, CurlCommand(options, suite, shop), suite.address(),
      options.data_dir);
  std::fflush(stdout);
}

// Ctrl-C and SIGTERM. Made before any other thread, so that only its own gets them.
class StopSignal {
 public:
  StopSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::thread([this] { Listen(); }).detach();
  }

  // Returns when one has come.
  void Wait() {
    absl::MutexLock lock(&mutex_);
    waiting_ = true;
    mutex_.Await(absl::Condition(&came_));
  }

 private:
  // While the suite is still starting or selling, the process ends at once: what was acknowledged
  // is on the disk. Lives as long as the process.
  void Listen() {
    int signal = 0;
    sigwait(&signals_, &signal);
    absl::MutexLock lock(&mutex_);
    if (!waiting_) std::_Exit(128 + signal);
    came_ = true;
  }

  sigset_t signals_;
  absl::Mutex mutex_;
  bool waiting_ ABSL_GUARDED_BY(mutex_) = false;
  bool came_ ABSL_GUARDED_BY(mutex_) = false;
};

absl::Status Wait(const UpOptions& options, StopSignal& stop) {
  stop.Wait();
  if (!options.json) fmt::print("\nStopping.\n");
  return absl::OkStatus();
}

std::optional<rpc::TlsFiles> Tls(const UpOptions& options) {
  if (options.tls_certificate.empty()) return std::nullopt;
  return rpc::TlsFiles{.certificate = options.tls_certificate, .private_key = options.tls_key};
}

absl::Status Run(const UpOptions& options, StopSignal& stop) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Suite> suite,
                   Suite::Open({.data_dir = options.data_dir,
                                .listen = options.listen,
                                .tls = Tls(options),
                                .allowed_origins = options.allowed_origins,
                                .admin = options.admin,
                                .kafka = options.kafka,
                                .replicated = options.ack == "replicated"}));
  RETURN_IF_ERROR(WriteTokenFiles(suite->issuer(), options.data_dir));
  // Through the gateway's port, as every front end would.
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Connect({.gateway = suite->address(),
                                                                    .data_dir = options.data_dir,
                                                                    .tls_ca = Authority(options)}));
  if (options.no_sale) return Wait(options, stop);
  ASSIGN_OR_RETURN(const DemoShop shop, LoadDemoShop(*session));
  if (!options.json) fmt::print("One sale, through all six services:\n");
  RETURN_IF_ERROR(PlaySale(*session, shop, options.json ? PrintStepAsJson : PrintStepAsText));
  if (options.once) return absl::OkStatus();
  if (!options.json) PrintWelcome(options, *suite, shop, session->token());
  return Wait(options, stop);
}

}  // namespace

int RunUp(const UpOptions& options) {
  static StopSignal& stop = *new StopSignal();
  const absl::Status status = Run(options, stop);
  if (status.ok()) return 0;
  std::cerr << "pitlane up: " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
