// pitlane-gateway: the one door for front ends.
#include <csignal>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "gateway/default_address.h"
#include "gateway/gateway.h"
#include "libs/base/lock_checks.h"
#include "libs/base/status.h"
#include "libs/rpc/admin_http.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/log.h"
#include "libs/rpc/token_flags.h"

namespace pitlane::gateway {
namespace {

struct Flags {
  GatewayOptions gateway{.server = {.listen = kDefaultAddress}};
  std::map<std::string, std::string> backends;
  rpc::TlsFiles tls;
  rpc::TlsFiles backend_tls;
  rpc::TokenVerifierOptions tokens{.jwks = "", .issuer = "pitlane", .audience = "pitlane"};
  std::string admin = "127.0.0.1:0";
  std::vector<std::string> packages;  // PACKAGE=HOST:PORT
  std::string log_level = "info";
  int grace_seconds = 20;
  int default_deadline_seconds = 30;
};

void DeclareRate(CLI::App& app, const std::string& flag, Rate& rate, const std::string& whose) {
  app.add_option_function<std::string>(
      flag,
      [flag, &rate](const std::string& text) {
        const absl::StatusOr<Rate> parsed = ParseRate(text);
        if (!parsed.ok()) {
          throw CLI::ValidationError(flag, std::string(parsed.status().message()));
        }
        rate = *parsed;
      },
      "CALLS or CALLS:BURST, calls a second " + whose + "; 0: no limit (0)");
}

void Declare(CLI::App& app, Flags& flags) {
  app.add_option("--listen", flags.gateway.server.listen, "HOST:PORT")->capture_default_str();
  app.add_option("--grpc-listen", flags.gateway.grpc_listen,
                 "HOST:PORT of native gRPC alone, for clients whose TLS offers http/1.1, too");
  for (const char* area :
       {"ticket", "inventory", "customer-vehicle", "payment", "terminal-gateway", "reporting"}) {
    std::string key = area;
    for (char& c : key) c = c == '-' ? '_' : c;
    app.add_option(std::string("--") + area, flags.backends[key], "HOST:PORT of that service");
  }
  app.add_option("--package", flags.packages,
                 "PACKAGE=HOST:PORT of a service of others, e.g. acme.loyalty.v1=10.0.0.9:7000");
  app.add_option("--descriptors", flags.gateway.door.descriptor_file,
                 "descriptor set of methods this build does not know, for their JSON");
  app.add_option("--pass-metadata", flags.gateway.door.passed_metadata,
                 "further metadata that goes to services; *: all");
  app.add_option("--allow-origin", flags.gateway.http.allowed_origins,
                 "origin of pages that may call, e.g. https://shop.example; *: every page");
  app.add_option("--tls-cert", flags.tls.certificate, "our certificate chain (PEM)");
  app.add_option("--tls-key", flags.tls.private_key, "its private key (PEM)");
  app.add_option("--tls-client-ca", flags.tls.authorities, "demand client certificates of these");
  app.add_option("--backend-ca", flags.backend_tls.authorities, "TLS to the services: trust these");
  app.add_option("--backend-cert", flags.backend_tls.certificate, "shown to the services (mTLS)");
  app.add_option("--backend-key", flags.backend_tls.private_key, "its private key");
  app.add_flag("--allow-plaintext", flags.gateway.server.allow_plaintext,
               "without TLS also beyond this computer; for networks that are protected themselves");
  rpc::DeclareTokenFlags(app, flags.tokens);
  app.get_option("--jwks")->required();
  app.add_option("--admin", flags.admin, "HOST:PORT of /metrics")->capture_default_str();
  app.add_option("--max-calls", flags.gateway.door.max_calls_in_flight)->capture_default_str();
  app.add_option("--default-deadline", flags.default_deadline_seconds,
                 "seconds for unary calls that come without one; 0: none")
      ->capture_default_str();
  app.add_option("--max-message-bytes", flags.gateway.server.max_message_bytes)
      ->capture_default_str();
  app.add_option("--max-streams-per-caller", flags.gateway.door.max_streams_per_caller)
      ->capture_default_str();
  DeclareRate(app, "--rate-per-token", flags.gateway.door.rate_per_token, "with one token");
  DeclareRate(app, "--rate-per-location", flags.gateway.door.rate_per_location,
              "with tokens for one location alone");
  DeclareRate(app, "--rate-per-address", flags.gateway.door.rate_per_address,
              "from one network address");
  app.add_option("--trusted-proxy", flags.gateway.door.trusted_proxies,
                 "address of a proxy in front, whose x-forwarded-for is believed");
  app.add_option("--max-connections", flags.gateway.http.max_connections, "over HTTP/1.1")
      ->capture_default_str();
  app.add_option("--log-level", flags.log_level)->capture_default_str();
  app.add_option("--grace-seconds", flags.grace_seconds, "to end calls")->capture_default_str();
}

absl::Status Connect(Flags& flags) {
  rpc::ChannelOptions options{.allow_plaintext = flags.gateway.server.allow_plaintext};
  if (!flags.backend_tls.authorities.empty()) options.tls = flags.backend_tls;
  for (const auto& [area, address] : flags.backends) {
    if (address.empty()) continue;
    options.address = address;
    ASSIGN_OR_RETURN(flags.gateway.areas[area], rpc::MakeChannel(options));
  }
  for (const std::string& package : flags.packages) {
    const size_t equals = package.find('=');
    if (equals == std::string::npos) {
      return absl::InvalidArgumentError("--package takes PACKAGE=HOST:PORT");
    }
    options.address = package.substr(equals + 1);
    ASSIGN_OR_RETURN(flags.gateway.door.packages[package.substr(0, equals)],
                     rpc::MakeChannel(options));
  }
  if (!flags.tls.certificate.empty()) flags.gateway.server.tls = flags.tls;
  return absl::OkStatus();
}

absl::Status Run(Flags flags, const sigset_t& stop_signals) {
  RETURN_IF_ERROR(rpc::SetLogLevel(flags.log_level));
  RETURN_IF_ERROR(Connect(flags));
  ASSIGN_OR_RETURN(const auto verifier, rpc::TokenVerifier::Create(flags.tokens, Clock::System()));
  rpc::Metrics metrics;
  const absl::Duration deadline = flags.default_deadline_seconds == 0
                                      ? absl::InfiniteDuration()
                                      : absl::Seconds(flags.default_deadline_seconds);
  rpc::ServerEnv env({.area = "gateway", .default_deadline = deadline}, verifier.get(),
                     Clock::System(), Entropy::System(), metrics);
  ASSIGN_OR_RETURN(const auto admin, rpc::AdminHttp::Start(metrics, flags.admin));
  ASSIGN_OR_RETURN(const auto gateway, Gateway::Start(flags.gateway, env));
  rpc::LogEvent(spdlog::level::info, "gateway_serving",
                {{"address", gateway->address()},
                 {"grpc_address", gateway->grpc_address()},
                 {"admin_port", int64_t{admin->port()}}});
  int signal = 0;
  sigwait(&stop_signals, &signal);
  gateway->Shutdown(absl::Seconds(flags.grace_seconds));
  return absl::OkStatus();
}

}  // namespace
}  // namespace pitlane::gateway

int main(int argc, char** argv) {
  pitlane::SwitchOffLockOrderChecks();
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  // Before any thread starts, so that none but main gets them.
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  CLI::App app("Pitlane's gateway: one address for all services");
  pitlane::gateway::Flags flags;
  pitlane::gateway::Declare(app, flags);
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = pitlane::gateway::Run(std::move(flags), stop_signals);
  if (!status.ok()) std::fprintf(stderr, "pitlane-gateway: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
