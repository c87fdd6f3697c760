// Where the gateway listens, and where clients look for it, unless told otherwise.
#pragma once

namespace pitlane::gateway {

inline constexpr char kDefaultAddress[] = "127.0.0.1:7411";

}  // namespace pitlane::gateway
