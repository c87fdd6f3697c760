// Limits that both ends of a connection must agree on.
#pragma once

namespace pitlane::rpc {

// All metadata of one direction of a call: a token, a position token and the rest.
inline constexpr int kMaxMetadataBytes = 32 << 10;

}  // namespace pitlane::rpc
