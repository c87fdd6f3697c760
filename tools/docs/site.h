// What the gateway serves besides calls: the descriptor set, OpenAPI and the reference. Made of the
// contracts by the build (api.py).
#pragma once

#include <span>
#include <string_view>

namespace pitlane::docs {

struct SiteFile {
  std::string_view path;  // "/docs/openapi.json"
  std::string_view content_type;
  std::string_view etag;  // with its quotes
  std::string_view body;
};

// All of them. Constant; thread-safe.
std::span<const SiteFile> Site();

}  // namespace pitlane::docs
