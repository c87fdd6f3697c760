// The client's side: channels, and what goes with a call.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "libs/rpc/positions.h"
#include "libs/rpc/tls.h"

namespace pitlane::rpc {

struct ChannelOptions {
  std::string address;  // HOST:PORT or any gRPC target
  std::optional<TlsFiles> tls;
  bool allow_plaintext = false;  // to addresses that are not loopback
  int max_message_bytes = 4 << 20;
  absl::Duration connect_timeout = absl::Seconds(5);        // of one attempt
  absl::Duration max_reconnect_backoff = absl::Seconds(2);  // between attempts
  absl::Duration keepalive_time = absl::Minutes(1);
  absl::Duration keepalive_timeout = absl::Seconds(20);
};

// Connects when first used; each channel has connections of its own. FAILED_PRECONDITION: plaintext
// is not allowed there. NOT_FOUND: a TLS file.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const ChannelOptions& options);

// `authorization: Bearer …` for one call, also on channels without TLS.
void AttachToken(grpc::ClientContext& context, std::string_view token);
// `pitlane-after`; nothing for an empty token.
void AttachAfter(grpc::ClientContext& context, const PositionToken& after);
// Gives up after `timeout`, on the operating system's clock.
void SetTimeout(grpc::ClientContext& context, absl::Duration timeout);
// The trailer `pitlane-position` of a finished call. Empty when there is none; INVALID_ARGUMENT
// when it is malformed.
absl::StatusOr<PositionToken> PositionsOf(const grpc::ClientContext& context);

}  // namespace pitlane::rpc
