#include "tools/pitlane/suite.h"

#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/customer_vehicle/customer_vehicle.h"
#include "services/inventory/inventory.h"
#include "services/payment/payment.h"
#include "services/reporting/reporting.h"
#include "services/terminal_gateway/terminal_gateway.h"
#include "services/ticket/ticket.h"

namespace pitlane::tools {
namespace {

constexpr std::string_view kIssuer = "pitlane-local";
constexpr std::string_view kAudience = "pitlane";
constexpr absl::Duration kTokenLifetime = absl::Hours(24 * 30);
constexpr absl::Duration kServiceTokenLifetime = absl::Minutes(10);

rpc::Caller Everywhere(std::string subject, rpc::Role role) {
  rpc::Caller caller;
  caller.subject = std::move(subject);
  caller.grants.push_back({.role = role, .everywhere = true, .location_id = ""});
  return caller;
}

std::vector<runtime::ServiceDefinition> Definitions() {
  std::vector<runtime::ServiceDefinition> definitions;
  definitions.push_back(ticket::MakeTicketService());
  definitions.push_back(
      inventory::MakeInventoryService({.supplier = nullptr, .auto_deliver = true}));
  definitions.push_back(customer_vehicle::MakeCustomerVehicleService());
  definitions.push_back(payment::MakePaymentService());
  definitions.push_back(terminal_gateway::MakeTerminalGatewayService());
  definitions.push_back(reporting::MakeReportingService());
  return definitions;
}

}  // namespace

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
  RETURN_IF_ERROR(suite->OpenGateway(options));
  for (const auto& host : suite->hosts_) host->WaitUntilServing();
  suite->gateway_->SetReady(true);
  return suite;
}

absl::Status Suite::OpenIdentity(const SuiteOptions& options) {
  ASSIGN_OR_RETURN(issuer_, rpc::TokenIssuer::Open(absl::StrCat(options.data_dir, "/identity"),
                                                   std::string(kIssuer), std::string(kAudience),
                                                   Clock::System()));
  ASSIGN_OR_RETURN(verifier_,
                   rpc::TokenVerifier::Create(issuer_->VerifierOptions(), Clock::System()));
  return absl::OkStatus();
}

absl::Status Suite::OpenServices(const SuiteOptions& options) {
  std::map<std::string, std::vector<std::string>> listens_to;
  for (runtime::ServiceDefinition& definition : Definitions()) {
    for (const auto& [area, prototype] : definition.listens_to) {
      listens_to[definition.area].push_back(area);
    }
    runtime::HostOptions host;
    host.data_dir = options.data_dir;
    host.partition_count = options.partition_count;
    host.server.listen.clear();  // reached in this process only
    host.verifier = verifier_.get();
    host.metrics = &metrics_;
    host.streams.kafka = options.kafka;
    host.channel_to =
        [this](std::string_view area) -> absl::StatusOr<std::shared_ptr<grpc::Channel>> {
      return this->host(area).InProcessChannel();
    };
    host.service_token = [this] {
      return issuer_->Mint(Everywhere("service:suite", rpc::Role::kService), kServiceTokenLifetime);
    };
    ASSIGN_OR_RETURN(hosts_.emplace_back(),
                     runtime::ServiceHost::Open(std::move(definition), std::move(host)));
  }
  if (options.kafka.empty()) {
    for (const auto& listener : hosts_) {
      for (const std::string& area : listens_to[listener->area()]) {
        listener->Connect(area, {&host(area).journal()});
      }
    }
  }
  for (const auto& host : hosts_) RETURN_IF_ERROR(host->Start());
  return absl::OkStatus();
}

absl::Status Suite::OpenGateway(const SuiteOptions& options) {
  gateway::GatewayOptions gateway;
  gateway.server.listen = options.listen;
  gateway.server.reflection = options.reflection;
  gateway.verifier = verifier_.get();
  gateway.metrics = &metrics_;
  for (const auto& host : hosts_) gateway.backends[host->area()] = host->InProcessChannel();
  ASSIGN_OR_RETURN(gateway_, gateway::Gateway::Start(std::move(gateway)));
  address_ = gateway_->address();
  if (options.admin.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(admin_, rpc::AdminHttp::Start(metrics_, options.admin));
  admin_address_ = absl::StrCat("127.0.0.1:", admin_->port());
  return absl::OkStatus();
}

Suite::~Suite() { Stop(); }

void Suite::Stop() {
  gateway_.reset();
  for (const auto& host : hosts_) host->StopFeeds();
  for (const auto& host : hosts_) host->Stop();
}

absl::StatusOr<std::string> Suite::Token(rpc::Role role) const {
  return issuer_->Mint(Everywhere(absl::StrCat("demo-", ToAbsl(rpc::RoleName(role))), role),
                       kTokenLifetime);
}

runtime::ServiceHost& Suite::host(std::string_view area) {
  for (const auto& host : hosts_) {
    if (host->area() == area) return *host;
  }
  PITLANE_CHECK(false) << "no such area: " << area;
}

}  // namespace pitlane::tools
