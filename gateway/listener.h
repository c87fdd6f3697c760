// The one address of the gateway: tells native gRPC (HTTP/2) and HTTP/1.1 apart, and hands each
// connection to whom it concerns.
//
// In plaintext by the connection's first bytes, which are left unread: HTTP/2 begins with "PRI ".
// With TLS by ALPN: who offers "http/1.1" gets it, also beside "h2", because browsers offer both
// and gRPC's clients only "h2"; gRPC's bytes are then carried to the server in this process.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/door.h"
#include "gateway/http_shared.h"
#include "libs/rpc/server.h"
#include "libs/rpc/tls.h"

namespace pitlane::gateway {

struct ListenerOptions {
  std::string listen = "127.0.0.1:0";  // HOST:PORT; port 0 takes a free one
  std::optional<rpc::TlsFiles> tls;
  bool allow_plaintext = false;  // on addresses that other computers reach
  // Every connection is one of gRPC: for clients that offer "http/1.1" beside "h2" and mean gRPC,
  // as Go's net/http does.
  bool grpc_only = false;
  HttpOptions http;
  int threads = 2;  // of all HTTP/1.1 and TLS connections
};

// Thread-safe. Destruction shuts down without grace.
class Listener {
 public:
  // Listens at once. `door` and `grpc`, a server without a port of its own, must outlive it.
  // FAILED_PRECONDITION: plaintext is not allowed there, an origin or a TLS file is none.
  // NOT_FOUND: a TLS file. INVALID_ARGUMENT: no HOST:PORT. UNAVAILABLE: the address cannot be
  // bound.
  static absl::StatusOr<std::unique_ptr<Listener>> Start(const ListenerOptions& options, Door& door,
                                                         rpc::Server& grpc);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const;
  // HOST:PORT with the port taken.
  const std::string& address() const;

  // Takes no more connections and requests; those over HTTP/1.1 without a request end.
  void Drain();
  // Waits for calls over HTTP/1.1 up to `grace`, then ends them. After Drain.
  void Shutdown(absl::Duration grace);

 private:
  class Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pitlane::gateway
