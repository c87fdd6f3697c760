#include "libs/rpc/server.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/impl/server_builder_option.h"
#include "grpcpp/impl/server_builder_plugin.h"
#include "grpcpp/impl/server_initializer.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_posix.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/health.h"
#include "libs/rpc/limits.h"
#include "libs/rpc/permissions.h"

namespace pitlane::rpc {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

// Answers what no service of the server has; gRPC's own answer lacks details.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    class Reactor final : public grpc::ServerGenericBidiReactor {
     public:
      Reactor() {
        Finish(ToGrpcStatus(MakeError(absl::StatusCode::kUnimplemented, common::v1::METHOD_UNKNOWN,
                                      "this server has no such method")));
      }
      void OnDone() override { delete this; }
    };
    return new Reactor;
  }
};

// Notes the names of the services while the server is built; they are asked for nowhere else.
class NamePlugin final : public grpc::ServerBuilderPlugin {
 public:
  explicit NamePlugin(std::vector<std::string>* names) : names_(names) {}
  std::string name() override { return "pitlane_service_names"; }
  void InitServer(grpc::ServerInitializer*) override {}
  void Finish(grpc::ServerInitializer* initializer) override {
    *names_ = *initializer->GetServiceList();
  }
  void ChangeArguments(const std::string&, void*) override {}

 private:
  std::vector<std::string>* const names_;
};

// Plugins of this server alone. gRPC's reflection library adds itself to every server of a process
// that links it, so where it is not wanted it has to be taken out.
class PluginOption final : public grpc::ServerBuilderOption {
 public:
  PluginOption(std::vector<std::string>* names, bool reflection)
      : names_(names), reflection_(reflection) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const std::string reflection = grpc::reflection::ProtoServerReflectionPlugin().name();
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(),
                                  [&](const auto& plugin) { return plugin->name() == reflection; }),
                   plugins->end());
    if (reflection_) {
      plugins->push_back(std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>());
    }
    plugins->push_back(std::make_unique<NamePlugin>(names_));
  }

 private:
  std::vector<std::string>* const names_;
  const bool reflection_;
};

void SetLimits(grpc::ServerBuilder& builder, const ServerOptions& options) {
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  builder.SetMaxSendMessageSize(options.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             Milliseconds(options.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(options.min_client_ping));
  // Two processes on one port would each get half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

bool IsOurs(const std::string& service) { return !absl::StartsWith(service, "grpc."); }

absl::Status CheckAccess(const std::vector<std::string>& services) {
  for (const std::string& name : services) {
    if (!IsOurs(name)) continue;
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service != nullptr) RETURN_IF_ERROR(CheckAccessDeclared(*service));
  }
  return absl::OkStatus();
}

std::string AddressWithPort(const std::string& listen, int port) {
  if (listen.empty() || absl::StartsWith(listen, "unix:")) return listen;
  return absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
}

}  // namespace

class Server::Impl {
 public:
  absl::Status Start(const ServerOptions& options, const std::vector<grpc::Service*>& services,
                     grpc::CallbackGenericService* fallback) {
    grpc::ServerBuilder builder;
    SetLimits(builder, options);
    if (!options.listen.empty()) {
      ASSIGN_OR_RETURN(auto credentials,
                       ServerCredentialsFor(options.tls, options.listen, options.allow_plaintext));
      builder.AddListeningPort(options.listen, credentials, &port_);
    }
    builder.SetOption(std::make_unique<PluginOption>(&names_, options.reflection));
    builder.RegisterService(&health_);
    for (grpc::Service* service : services) builder.RegisterService(service);
    builder.RegisterCallbackGenericService(fallback != nullptr ? fallback : &unknown_methods_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", options.listen, "; is another process using it?"));
    }
    RETURN_IF_ERROR(CheckAccess(names_));
    address_ = AddressWithPort(options.listen, port_);
    SetReady(false);
    health_.Set(kLiveness, true);
    return absl::OkStatus();
  }

  ~Impl() { Shutdown(absl::ZeroDuration()); }

  void SetReady(bool ready) {
    for (const std::string& name : names_) {
      if (IsOurs(name)) health_.Set(name, ready);
    }
    health_.Set(kReadiness, ready);
    health_.Set("", ready);
  }

  void Shutdown(absl::Duration grace) {
    health_.Stop();
    absl::MutexLock lock(&shutdown_mutex_);
    if (server_ == nullptr || shut_down_) return;
    shut_down_ = true;
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  }

  void Adopt(int socket) {
    absl::MutexLock lock(&shutdown_mutex_);
    if (shut_down_) {
      close(socket);
      return;
    }
    grpc::AddInsecureChannelFromFd(server_.get(), socket);
  }

  int port_ = 0;
  std::string address_;
  std::vector<std::string> names_;
  HealthService health_;
  UnknownMethods unknown_methods_;
  absl::Mutex shutdown_mutex_;
  bool shut_down_ ABSL_GUARDED_BY(shutdown_mutex_) = false;
  // Last: its threads use everything above.
  std::unique_ptr<grpc::Server> server_;
};

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const std::vector<grpc::Service*>& services,
                                                      grpc::CallbackGenericService* fallback) {
  auto impl = std::make_unique<Impl>();
  RETURN_IF_ERROR(impl->Start(options, services, fallback));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

int Server::port() const { return impl_->port_; }
const std::string& Server::address() const { return impl_->address_; }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() const {
  return impl_->server_->InProcessChannel(grpc::ChannelArguments());
}

void Server::SetServing(std::string_view name, bool serving) { impl_->health_.Set(name, serving); }

void Server::Adopt(int socket) { impl_->Adopt(socket); }

void Server::SetReady(bool ready) { impl_->SetReady(ready); }
void Server::Shutdown(absl::Duration grace) { impl_->Shutdown(grace); }

}  // namespace pitlane::rpc
