#include "libs/rpc/http_fetch.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace pitlane::rpc {
namespace {

struct Body {
  std::string bytes;
  size_t limit = 0;
};

size_t Receive(char* data, size_t size, size_t count, void* user) {
  auto& body = *static_cast<Body*>(user);
  const size_t length = size * count;
  if (body.bytes.size() + length > body.limit) return 0;
  body.bytes.append(data, length);
  return length;
}

struct CleanUp {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};

}  // namespace

absl::StatusOr<std::string> HttpGet(const std::string& url, absl::Duration timeout,
                                    size_t max_bytes) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, CleanUp> curl(global == CURLE_OK ? curl_easy_init() : nullptr);
  if (curl == nullptr) return absl::UnavailableError("libcurl does not start");
  Body body{.limit = max_bytes};
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(timeout)));
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &Receive);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode result = curl_easy_perform(curl.get());
  if (result != CURLE_OK) {
    return absl::UnavailableError(absl::StrCat(url, ": ", curl_easy_strerror(result)));
  }
  long code = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &code);
  if (code != 200) return absl::UnavailableError(absl::StrCat(url, ": HTTP status ", code));
  return std::move(body.bytes);
}

}  // namespace pitlane::rpc
