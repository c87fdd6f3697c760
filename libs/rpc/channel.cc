#include "libs/rpc/channel.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/limits.h"

namespace pitlane::rpc {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const ChannelOptions& options) {
  ASSIGN_OR_RETURN(auto credentials,
                   ChannelCredentialsFor(options.tls, options.address, options.allow_plaintext));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(options.max_message_bytes);
  arguments.SetMaxSendMessageSize(options.max_message_bytes);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  // In spite of its name, the time that one attempt to connect may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, Milliseconds(options.connect_timeout));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, Milliseconds(options.max_reconnect_backoff));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout));
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(options.address, credentials, arguments);
}

void AttachToken(grpc::ClientContext& context, std::string_view token) {
  context.AddMetadata("authorization", absl::StrCat("Bearer ", ToAbsl(token)));
}

void AttachAfter(grpc::ClientContext& context, const PositionToken& after) {
  if (!after.empty()) context.AddMetadata(std::string(kAfterMetadata), after.Format());
}

void SetTimeout(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
}

absl::StatusOr<PositionToken> PositionsOf(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found =
      trailers.find(grpc::string_ref(kPositionMetadata.data(), kPositionMetadata.size()));
  if (found == trailers.end()) return PositionToken();
  return PositionToken::Parse(std::string_view(found->second.data(), found->second.size()));
}

}  // namespace pitlane::rpc
