#include "gateway/cors.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pitlane::gateway {
namespace {

constexpr char kAnyOrigin[] = "*";
constexpr char kMethods[] = "GET, POST";
constexpr char kRequestHeaders[] =
    "Authorization, Connect-Protocol-Version, Connect-Timeout-Ms, Content-Type, Grpc-Timeout, "
    "Pitlane-After, Pitlane-Service, Traceparent, Tracestate, X-Grpc-Web, X-Request-Id, "
    "X-User-Agent";
constexpr char kExposedHeaders[] =
    "Grpc-Message, Grpc-Status, Grpc-Status-Details-Bin, Pitlane-Position, Retry-After, "
    "Trailer-Pitlane-Position, X-Request-Id";
// The longest that any browser keeps it.
constexpr char kMaxAgeSeconds[] = "7200";

bool Allows(const std::vector<std::string>& origins, const std::string& origin) {
  return std::find(origins.begin(), origins.end(), origin) != origins.end();
}

}  // namespace

absl::Status CheckOrigin(const std::string& origin) {
  if (origin == kAnyOrigin) return absl::OkStatus();
  const size_t scheme = absl::StartsWith(origin, "https://")  ? 8
                        : absl::StartsWith(origin, "http://") ? 7
                                                              : 0;
  const bool clean = std::all_of(origin.begin(), origin.end(), [](char c) {
    return c > 0x20 && c < 0x7F && c != '*' && c != ',' && c != '"';
  });
  if (scheme == 0 || origin.size() == scheme || !clean ||
      origin.find('/', scheme) != std::string::npos) {
    return absl::FailedPreconditionError(absl::StrCat(
        "'", origin, "' is no origin: write https://shop.example, without a path, or *"));
  }
  return absl::OkStatus();
}

bool IsPreflight(const HttpHead& head) {
  return head.method == "OPTIONS" && head.Find("origin") != nullptr &&
         head.Find("access-control-request-method") != nullptr;
}

Headers CorsHeaders(const HttpHead& head, const std::vector<std::string>& allowed_origins) {
  if (allowed_origins.empty()) return {};
  Headers headers;
  const bool any = Allows(allowed_origins, kAnyOrigin);
  if (!any) headers.emplace_back("vary", "Origin");
  const std::string* origin = head.Find("origin");
  if (origin == nullptr || head.Count("origin") != 1) return headers;
  if (!any && !Allows(allowed_origins, *origin)) return headers;
  headers.emplace_back("access-control-allow-origin", any ? kAnyOrigin : *origin);
  headers.emplace_back("access-control-expose-headers", kExposedHeaders);
  return headers;
}

Headers PreflightHeaders(const HttpHead& head, const std::vector<std::string>& allowed_origins) {
  Headers headers = {
      {"vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}};
  for (auto& [name, value] : CorsHeaders(head, allowed_origins)) {
    if (name != "access-control-allow-origin") continue;
    headers.emplace_back(name, value);
    headers.emplace_back("access-control-allow-methods", kMethods);
    headers.emplace_back("access-control-allow-headers", kRequestHeaders);
    headers.emplace_back("access-control-max-age", kMaxAgeSeconds);
  }
  return headers;
}

}  // namespace pitlane::gateway
