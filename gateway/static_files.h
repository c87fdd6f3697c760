// What the gateway serves besides calls: /docs and /descriptors.binpb (tools/docs).
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "gateway/http_request.h"
#include "tools/docs/site.h"

namespace pitlane::gateway {

// No service has its name, so that nothing below it is a method.
inline constexpr char kStaticFolder[] = "/docs/";

// By "/docs", "/docs/ticket.html", …; nullptr when there is no such file. Thread-safe.
const docs::SiteFile* FindStaticFile(std::string_view path);

// The answer to a request for that file: GET and HEAD, 304 for whom already has it, 405 otherwise.
// `headers` are on it besides. What comes with it allows a page to load and call this origin only,
// and no script that is not a file of ours.
std::string StaticAnswer(const HttpHead& head, const docs::SiteFile& file, Headers headers,
                         bool keep, absl::Time now);

}  // namespace pitlane::gateway
