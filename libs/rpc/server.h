// A gRPC server as every process of Pitlane runs it: limits, TLS, health, reflection by flag.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/impl/service_type.h"
#include "libs/rpc/tls.h"

namespace pitlane::rpc {

struct ServerOptions {
  // HOST:PORT; port 0 takes a free one. Empty: no port, only InProcessChannel.
  std::string listen = "127.0.0.1:0";
  std::optional<TlsFiles> tls;
  bool allow_plaintext = false;  // on addresses that other computers reach
  int max_message_bytes = 4 << 20;
  int max_concurrent_streams = 1024;                     // per connection
  absl::Duration keepalive_time = absl::Minutes(1);      // idle before we ask whether a peer lives
  absl::Duration keepalive_timeout = absl::Seconds(20);  // for its answer
  absl::Duration min_client_ping = absl::Seconds(10);    // clients that ping more often are cut off
  bool reflection = false;
};

// Health names besides those of the services and "" (the server as a whole).
inline constexpr std::string_view kLiveness = "liveness";
inline constexpr std::string_view kReadiness = "readiness";

// Thread-safe. Destruction shuts down without grace.
class Server {
 public:
  // Starts listening: "liveness" is SERVING, everything else NOT_SERVING until SetReady. The
  // services are borrowed and must outlive the server. `fallback` gets calls that no service has;
  // without one they are UNIMPLEMENTED with METHOD_UNKNOWN. FAILED_PRECONDITION: plaintext is not
  // allowed there, or a method declares no access. NOT_FOUND: a TLS file. UNAVAILABLE: the address
  // cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options, const std::vector<grpc::Service*>& services,
      grpc::CallbackGenericService* fallback = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The bound port; 0 without one.
  int port() const;
  // HOST:PORT to give to MakeChannel; empty without a port.
  const std::string& address() const;
  // A channel that does not leave the process; every call makes a new one. Not after Shutdown.
  std::shared_ptr<grpc::Channel> InProcessChannel() const;

  // Takes over a connected, non-blocking stream socket on which nothing has been read, and closes
  // it in the end: for what stands in front of a server without a port and tells protocols apart.
  // Its calls have the peer "fd:<socket>". Closes it at once after Shutdown.
  void Adopt(int socket);

  // Health of one name, known from then on.
  void SetServing(std::string_view name, bool serving);
  // "readiness", "" and every service of this server at once.
  void SetReady(bool ready);

  // Says NOT_SERVING everywhere, refuses new calls, lets running ones end for `grace`, then cancels
  // them; returns when all handlers have answered, so every Done must have been called or be about
  // to. Calls over in-process channels are cancelled at once: that transport knows no grace.
  // Idempotent.
  void Shutdown(absl::Duration grace);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pitlane::rpc
