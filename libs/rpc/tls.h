// Where the certificates are, and when a connection may do without.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"

namespace pitlane::rpc {

// PEM files. Read once, when the server or channel is made.
struct TlsFiles {
  std::string certificate;  // our chain; a client may leave it and the key empty
  std::string private_key;
  std::string
      authorities;  // whom we trust: on a server, clients must then show a certificate (mTLS)
};

// "127.0.0.1:0", "localhost:1", "[::1]:1" and "unix:…": addresses no other computer reaches.
bool IsLoopback(std::string_view address);

// Without `tls`: plaintext, FAILED_PRECONDITION unless the address is loopback or
// `allow_plaintext`. NOT_FOUND: a file cannot be read.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsFor(
    const std::optional<TlsFiles>& tls, std::string_view address, bool allow_plaintext);
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentialsFor(
    const std::optional<TlsFiles>& tls, std::string_view address, bool allow_plaintext);

}  // namespace pitlane::rpc
