// W3C Trace Context (https://www.w3.org/TR/trace-context/), version 00: passed on, never stored.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/clock.h"

namespace pitlane::rpc {

inline constexpr std::string_view kTraceparentMetadata = "traceparent";

// "00-<32 hex>-<16 hex>-<2 hex>" in lower case, with ids that are not all zero.
bool IsTraceparent(std::string_view text);
// A new trace, not sampled.
std::string MakeTraceparent(Entropy& entropy);

}  // namespace pitlane::rpc
