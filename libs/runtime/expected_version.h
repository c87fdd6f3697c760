// A request's `optional uint64 expected_version`, as Unit::Execute takes it.
#pragma once

#include <cstdint>
#include <optional>

namespace pitlane::runtime {

template <class Request>
std::optional<uint64_t> ExpectedVersion(const Request& request) {
  if (!request.has_expected_version()) return std::nullopt;
  return request.expected_version();
}

}  // namespace pitlane::runtime
