#include "tools/pitlane/suite.h"

#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/channel.h"
#include "services/customer_vehicle/customer_vehicle.h"
#include "services/inventory/inventory.h"
#include "services/payment/payment.h"
#include "services/reporting/reporting.h"
#include "services/terminal_gateway/terminal_gateway.h"
#include "services/ticket/ticket.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::tools {
namespace {

constexpr absl::Duration kDrain = absl::Seconds(2);
constexpr absl::Duration kServiceTokenLifetime = absl::Minutes(10);

}  // namespace

std::vector<runtime::ServiceDefinition> SuiteDefinitions() {
  std::vector<runtime::ServiceDefinition> definitions;
  definitions.push_back(ticket::MakeTicketService());
  definitions.push_back(
      inventory::MakeInventoryService({.supplier = nullptr, .auto_deliver = true}));
  definitions.push_back(customer_vehicle::MakeCustomerVehicleService());
  // Payment asks it, also for what was under way when the suite ended.
  definitions.push_back(terminal_gateway::MakeTerminalGatewayService());
  definitions.push_back(payment::MakePaymentService());
  definitions.push_back(reporting::MakeReportingService());
  return definitions;
}

absl::StatusOr<std::unique_ptr<Suite>> Suite::Open(const SuiteOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.data_dir, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("--data ", options.data_dir, ": cannot be made: ", error.message()));
  }
  std::unique_ptr<Suite> suite(new Suite());
  RETURN_IF_ERROR(suite->OpenIdentity(options));
  RETURN_IF_ERROR(suite->OpenServices(options));
  for (const auto& host : suite->hosts_) {
    host->WaitUntilServing();
    RETURN_IF_ERROR(host->Refusal());
  }
  RETURN_IF_ERROR(suite->OpenGateway(options));
  return suite;
}

absl::Status Suite::OpenIdentity(const SuiteOptions& options) {
  ASSIGN_OR_RETURN(issuer_, OpenIssuer(options.data_dir));
  rpc::TokenVerifierOptions tokens = issuer_->VerifierOptions();
  tokens.revoked = RevokedFile(options.data_dir);
  RETURN_IF_ERROR(MakeRevokedFile(options.data_dir));
  ASSIGN_OR_RETURN(verifier_, rpc::TokenVerifier::Create(std::move(tokens), Clock::System()));
  return absl::OkStatus();
}

absl::Status Suite::OpenServices(const SuiteOptions& options) {
  std::map<std::string, std::vector<std::string>> listens_to;
  for (runtime::ServiceDefinition& definition : SuiteDefinitions()) {
    for (const auto& [area, prototype] : definition.listens_to) {
      listens_to[definition.area].push_back(area);
    }
    runtime::HostOptions host;
    host.data_dir = options.data_dir;
    host.partition_count = options.partition_count;
    // Over loopback rather than gRPC's in-process transport, which loses the answer of a unary call
    // that is passed on as a stream, as the gateway does.
    host.server.listen = "127.0.0.1:0";
    host.verifier = verifier_.get();
    host.metrics = &metrics_;
    host.streams.kafka.bootstrap_servers = options.kafka;
    if (options.replicated) host.acknowledge = runtime::Acknowledge::kReplicated;
    host.channel_to =
        [this](std::string_view area) -> absl::StatusOr<std::shared_ptr<grpc::Channel>> {
      return ChannelTo(area);
    };
    host.service_token = [this] {
      return issuer_->Mint(CallerWith("service:suite", rpc::Role::kService), kServiceTokenLifetime);
    };
    ASSIGN_OR_RETURN(hosts_.emplace_back(),
                     runtime::ServiceHost::Open(std::move(definition), std::move(host)));
  }
  if (options.kafka.empty()) {
    for (const auto& listener : hosts_) {
      for (const std::string& area : listens_to[listener->area()]) {
        listener->Connect(area, host(area).journal());
      }
    }
  }
  for (const auto& host : hosts_) {
    RETURN_IF_ERROR(host->Start());
    absl::MutexLock lock(&mutex_);
    addresses_[host->area()] = absl::StrCat("127.0.0.1:", host->port());
  }
  return absl::OkStatus();
}

absl::Status Suite::OpenGateway(const SuiteOptions& options) {
  gateway::GatewayOptions gateway;
  gateway.server.listen = options.listen;
  gateway.server.tls = options.tls;
  gateway.http.allowed_origins = options.allowed_origins;
  for (const auto& host : hosts_) {
    ASSIGN_OR_RETURN(gateway.areas[host->area()], ChannelTo(host->area()));
  }
  gateway_env_ =
      std::make_unique<rpc::ServerEnv>(rpc::ServerEnv::Options{.area = "gateway"}, verifier_.get(),
                                       Clock::System(), Entropy::System(), metrics_);
  ASSIGN_OR_RETURN(gateway_, gateway::Gateway::Start(gateway, *gateway_env_));
  address_ = gateway_->address();
  if (options.admin.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(admin_, rpc::AdminHttp::Start(metrics_, options.admin));
  admin_address_ = absl::StrCat("127.0.0.1:", admin_->port());
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Suite::ChannelTo(std::string_view area) {
  rpc::ChannelOptions options;
  {
    absl::MutexLock lock(&mutex_);
    const auto address = addresses_.find(area);
    if (address == addresses_.end()) {
      return absl::UnavailableError(absl::StrCat(ToAbsl(area), " has not started yet"));
    }
    options.address = address->second;
  }
  return rpc::MakeChannel(options);
}

Suite::~Suite() { Stop(); }

void Suite::Stop() {
  if (gateway_ != nullptr) gateway_->Shutdown(kDrain);
  gateway_.reset();
  for (const auto& host : hosts_) host->StopFeeds();
  for (const auto& host : hosts_) host->Stop();
}

runtime::ServiceHost& Suite::host(std::string_view area) {
  for (const auto& host : hosts_) {
    if (host->area() == area) return *host;
  }
  PITLANE_CHECK(false) << "no such area: " << area;
}

}  // namespace pitlane::tools
