#include "gateway/static_files.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/answer.h"
#include "libs/base/text.h"

namespace pitlane::gateway {
namespace {

constexpr std::string_view kFirstPage = "/docs/index.html";
constexpr char kContentSecurityPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// RFC 9110, 13.1.2; weakly, as that says.
bool HasIt(const HttpHead& head, std::string_view etag) {
  const std::string* known = head.Find("if-none-match");
  if (known == nullptr) return false;
  for (absl::string_view entry : absl::StrSplit(*known, ',')) {
    entry = absl::StripAsciiWhitespace(entry);
    absl::ConsumePrefix(&entry, "W/");
    if (entry == "*" || ToStd(entry) == etag) return true;
  }
  return false;
}

}  // namespace

const docs::SiteFile* FindStaticFile(std::string_view path) {
  if (path == "/docs" || path == "/docs/") path = kFirstPage;
  for (const docs::SiteFile& file : docs::Site()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

std::string StaticAnswer(const HttpHead& head, const docs::SiteFile& file, Headers headers,
                         bool keep, absl::Time now) {
  if (head.method != "GET" && head.method != "HEAD") {
    headers.emplace_back("allow", "GET, HEAD");
    return PlainAnswer({405, "this is a file: GET or HEAD"}, headers, keep, now);
  }
  headers.emplace_back("etag", std::string(file.etag));
  headers.emplace_back("cache-control", "no-cache");
  if (HasIt(head, file.etag)) return FileAnswer(304, headers, "", head.method != "HEAD", keep, now);
  headers.emplace_back("content-type", std::string(file.content_type));
  headers.emplace_back("x-content-type-options", "nosniff");
  headers.emplace_back("referrer-policy", "no-referrer");
  headers.emplace_back("content-security-policy", kContentSecurityPolicy);
  return FileAnswer(200, headers, file.body, head.method != "HEAD", keep, now);
}

}  // namespace pitlane::gateway
