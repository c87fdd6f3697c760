#include "tools/pitlane/session.h"

namespace pitlane::tools {

Session::Session(std::shared_ptr<grpc::Channel> channel, std::string token, absl::Duration timeout)
    : channel_(std::move(channel)), token_(std::move(token)), timeout_(timeout) {}

void Session::PrepareStream(grpc::ClientContext& context, std::string_view area) const {
  rpc::AttachToken(context, token_);
  if (!area.empty()) context.AddMetadata("pitlane-service", std::string(area));
}

void Session::Prepare(grpc::ClientContext& context, std::string_view area) const {
  PrepareStream(context, area);
  rpc::SetTimeout(context, timeout_);
  absl::MutexLock lock(&mutex_);
  rpc::AttachAfter(context, seen_);
}

void Session::Remember(const grpc::ClientContext& context) {
  absl::StatusOr<rpc::PositionToken> positions = rpc::PositionsOf(context);
  if (!positions.ok() || positions->empty()) return;
  absl::MutexLock lock(&mutex_);
  // A token with more partitions than one may name starts again from the newest answer.
  if (!seen_.Merge(*positions).ok()) seen_ = *positions;
  last_ = *std::move(positions);
}

void Session::JoinIn(const Session& other) {
  rpc::PositionToken seen;
  {
    absl::MutexLock lock(&other.mutex_);
    seen = other.seen_;
  }
  absl::MutexLock lock(&mutex_);
  if (!seen_.Merge(seen).ok()) seen_ = std::move(seen);
}

std::string Session::last_positions() const {
  absl::MutexLock lock(&mutex_);
  return last_.Format();
}

}  // namespace pitlane::tools
