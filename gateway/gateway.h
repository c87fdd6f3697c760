// The one door for front ends: an address for native gRPC, Connect and gRPC-Web, which passes every
// call to the service it belongs to.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/door.h"
#include "gateway/http_shared.h"
#include "gateway/listener.h"
#include "libs/rpc/server.h"
#include "libs/rpc/server_env.h"

namespace pitlane::gateway {

struct GatewayOptions {
  // `listen`, TLS and plaintext are for all protocols; the rest is for gRPC's connections.
  // max_message_bytes is the limit for messages passing through.
  rpc::ServerOptions server;
  // HOST:PORT of native gRPC alone, besides; see ListenerOptions::grpc_only. Empty: none.
  std::string grpc_listen;
  HttpOptions http;
  // The services by area ("ticket", "inventory", …): channels of rpc::MakeChannel.
  Router::Channels areas;
  DoorOptions door;  // its areas and max_message_bytes are taken from above
};

// Thread-safe. Destruction shuts down without grace.
class Gateway {
 public:
  // Listens, and is ready at once: a service that is down concerns its own methods only. `env`
  // gives the token verifier, the default deadline of unary calls, metrics and logs; it must
  // outlive the gateway. FAILED_PRECONDITION: no services. Else as Door::Create, rpc::Server::Start
  // and Listener::Start.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const GatewayOptions& options,
                                                        rpc::ServerEnv& env);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // HOST:PORT.
  const std::string& address() const { return listener_->address(); }
  int port() const { return listener_->port(); }
  // Empty without one.
  std::string grpc_address() const { return grpc_listener_ ? grpc_listener_->address() : ""; }
  int calls_in_flight() const { return door_->in_flight(); }
  // Takes no more calls, waits for those under way up to `grace`, then ends them.
  void Shutdown(absl::Duration grace);

 private:
  class GrpcDoor;

  explicit Gateway(std::unique_ptr<Door> door);

  // In the order of construction: the listeners hand connections to the server, whose calls use the
  // door.
  std::unique_ptr<Door> door_;
  std::unique_ptr<GrpcDoor> grpc_door_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<Listener> grpc_listener_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace pitlane::gateway
