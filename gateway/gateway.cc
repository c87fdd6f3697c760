#include "gateway/gateway.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "gateway/proxy_call.h"
#include "grpcpp/generic/async_generic_service.h"
#include "libs/base/status.h"

namespace pitlane::gateway {
namespace {

// Room for gRPC to hand us a message that is too large, so that we can refuse it with a reason.
constexpr int kRefusalRoom = 2;
// The same limit holds for what gRPC sends, and answers are none of the gateway's to limit.
constexpr int kMinMessageBytes = 8 << 20;

}  // namespace

// Everything that comes by gRPC and is no health check.
class Gateway::GrpcDoor final : public grpc::CallbackGenericService {
 public:
  explicit GrpcDoor(Door& door) : door_(door) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    auto* call = new ProxyCall(door_, *context);
    call->Start();
    return call;
  }

 private:
  Door& door_;
};

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const GatewayOptions& options,
                                                        rpc::ServerEnv& env) {
  if (options.areas.empty() && options.door.packages.empty()) {
    return absl::FailedPreconditionError("a gateway needs services: give their addresses by area");
  }
  DoorOptions shared = options.door;
  shared.areas = options.areas;
  shared.max_message_bytes = options.server.max_message_bytes;
  ASSIGN_OR_RETURN(std::unique_ptr<Door> door, Door::Create(shared, env));
  std::unique_ptr<Gateway> gateway(new Gateway(std::move(door)));

  rpc::ServerOptions server = options.server;
  server.max_message_bytes = std::max(kRefusalRoom * server.max_message_bytes, kMinMessageBytes);
  server.listen.clear();  // the listener has the port
  ASSIGN_OR_RETURN(gateway->server_, rpc::Server::Start(server, {}, gateway->grpc_door_.get()));
  ListenerOptions listener{.listen = options.server.listen,
                           .tls = options.server.tls,
                           .allow_plaintext = options.server.allow_plaintext,
                           .http = options.http};
  ASSIGN_OR_RETURN(gateway->listener_,
                   Listener::Start(listener, *gateway->door_, *gateway->server_));
  if (!options.grpc_listen.empty()) {
    listener.listen = options.grpc_listen;
    listener.grpc_only = true;
    ASSIGN_OR_RETURN(gateway->grpc_listener_,
                     Listener::Start(listener, *gateway->door_, *gateway->server_));
  }
  gateway->server_->SetReady(true);
  return gateway;
}

Gateway::Gateway(std::unique_ptr<Door> door)
    : door_(std::move(door)), grpc_door_(std::make_unique<GrpcDoor>(*door_)) {}

Gateway::~Gateway() { Shutdown(absl::ZeroDuration()); }

void Gateway::Shutdown(absl::Duration grace) {
  if (listener_ == nullptr) return;
  const absl::Time end = absl::Now() + grace;
  if (grpc_listener_ != nullptr) grpc_listener_->Drain();
  listener_->Drain();
  server_->Shutdown(grace);
  listener_->Shutdown(std::max(end - absl::Now(), absl::ZeroDuration()));
}

}  // namespace pitlane::gateway
