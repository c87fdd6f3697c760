// Cross-origin requests of browsers (https://fetch.spec.whatwg.org/#http-cors-protocol), with the
// headers that https://connectrpc.com/docs/cors lists and Pitlane's own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gateway/http_request.h"

namespace pitlane::gateway {

// FAILED_PRECONDITION: not "https://shop.example[:port]" or "*".
absl::Status CheckOrigin(const std::string& origin);

// Whether the request asks what it may do, rather than doing it.
bool IsPreflight(const HttpHead& head);

// What an answer to the request says about origins. Credentials are never allowed: tokens travel in
// `authorization`, which a page sets itself, so "*" gives nothing away that a page did not have.
Headers CorsHeaders(const HttpHead& head, const std::vector<std::string>& allowed_origins);
// The same for a preflight.
Headers PreflightHeaders(const HttpHead& head, const std::vector<std::string>& allowed_origins);

}  // namespace pitlane::gateway
