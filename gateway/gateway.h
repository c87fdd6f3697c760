// The one door for front ends: a native gRPC address that passes every call to the service it
// belongs to, without decoding messages.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/router.h"
#include "grpcpp/generic/async_generic_service.h"
#include "libs/rpc/server.h"
#include "libs/rpc/server_env.h"

namespace pitlane::gateway {

struct GatewayOptions {
  rpc::ServerOptions server;  // max_message_bytes is the limit for messages passing through
  // The services by area ("ticket", "inventory", …): channels of rpc::MakeChannel, or in-process.
  std::map<std::string, std::shared_ptr<grpc::Channel>> areas;
  int max_calls_in_flight = 4096;  // unary calls and open streams of the whole process
};

// Thread-safe. Destruction shuts down without grace.
class Gateway {
 public:
  // Listens, and is ready at once: a service that is down concerns its own methods only. `env`
  // gives the token verifier, the default deadline of unary calls, metrics and logs; it must
  // outlive the gateway. FAILED_PRECONDITION: no areas. Else as rpc::Server::Start.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const GatewayOptions& options,
                                                        rpc::ServerEnv& env);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  rpc::Server& server() { return *server_; }
  int calls_in_flight() const;
  void Shutdown(absl::Duration grace) { server_->Shutdown(grace); }

 private:
  class Door;

  explicit Gateway(std::unique_ptr<Door> door);

  std::unique_ptr<Door> door_;
  // Last: its calls use the door.
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace pitlane::gateway
