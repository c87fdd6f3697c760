#include "gateway/http_request.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "boost/beast/http/error.hpp"
#include "gateway/static_files.h"
#include "libs/base/text.h"

namespace pitlane::gateway {
namespace {

namespace http = boost::beast::http;

bool IsPathLetter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_';
}

// "/package.Service/Method".
bool IsMethodPath(std::string_view path) {
  if (path.empty() || path[0] != '/') return false;
  const std::vector<absl::string_view> parts = absl::StrSplit(ToAbsl(path.substr(1)), '/');
  return parts.size() == 2 && !parts[0].empty() && !parts[1].empty() &&
         std::all_of(parts[0].begin(), parts[0].end(), IsPathLetter) &&
         std::all_of(parts[1].begin(), parts[1].end(), IsPathLetter);
}

// RFC 9110, 5.5: visible ASCII, spaces and tabs. Bytes beyond ASCII are allowed there but obsolete,
// and gRPC takes none.
bool IsHeaderValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\t'; });
}

// RFC 9110, 8.6, allows "2, 2" to be read as "2", and also to be refused.
bool IsNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

}  // namespace

const std::string* HttpHead::Find(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return &value;
  }
  return nullptr;
}

size_t HttpHead::Count(std::string_view name) const {
  return std::count_if(headers.begin(), headers.end(),
                       [&](const auto& header) { return header.first == name; });
}

std::optional<HttpFault> CheckHead(const HttpHead& head) {
  for (const auto& [name, value] : head.headers) {
    if (!IsHeaderValue(value)) {
      return HttpFault{400, absl::StrCat("the header ", name, " must be printable ASCII")};
    }
  }
  const size_t lengths = head.Count("content-length");
  const size_t codings = head.Count("transfer-encoding");
  if (lengths + codings > 1) {
    return HttpFault{400, "send either one Content-Length or one Transfer-Encoding"};
  }
  const std::string* length = head.Find("content-length");
  if (length != nullptr && !IsNumber(*length)) {
    return HttpFault{400, "Content-Length must be one number"};
  }
  if (codings == 1 && !absl::EqualsIgnoreCase(*head.Find("transfer-encoding"), "chunked")) {
    return HttpFault{501, "the only Transfer-Encoding here is chunked"};
  }
  if (head.version < 11 && codings == 1) {
    return HttpFault{400, "HTTP/1.0 has no Transfer-Encoding"};
  }
  if (head.Count("host") > 1 || (head.version == 11 && head.Count("host") == 0)) {
    return HttpFault{400, "send one Host"};
  }
  const bool method = IsMethodPath(head.path) && !absl::StartsWith(head.path, kStaticFolder);
  if (!method && FindStaticFile(head.path) == nullptr) {
    return HttpFault{404,
                     "there is nothing here; call /<package>.<Service>/<Method>, or see /docs"};
  }
  return std::nullopt;
}

HttpParser::HttpParser(size_t max_header_bytes) {
  header_limit(static_cast<std::uint32_t>(max_header_bytes));
  body_limit(boost::none);
}

void HttpParser::on_request_impl(http::verb, Text method, Text target, int version, Error&) {
  head_.method = std::string(method);
  head_.version = version;
  const std::string_view whole(target.data(), target.size());
  const size_t question = whole.find('?');
  head_.path = std::string(whole.substr(0, question));
  if (question != std::string_view::npos) head_.query = std::string(whole.substr(question + 1));
}

void HttpParser::on_response_impl(int, Text, int, Error& error) {
  error = http::make_error_code(http::error::bad_method);
}

void HttpParser::on_field_impl(Field, Text name, Text value, Error&) {
  if (trailers_) return;
  head_.headers.emplace_back(absl::AsciiStrToLower({name.data(), name.size()}), std::string(value));
}

void HttpParser::on_header_impl(Error&) { trailers_ = true; }

void HttpParser::on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) {}

std::size_t HttpParser::on_body_impl(Text body, Error&) {
  body_.append(body.data(), body.size());
  return body.size();
}

void HttpParser::on_chunk_header_impl(std::uint64_t, Text, Error&) {}

std::size_t HttpParser::on_chunk_body_impl(std::uint64_t, Text body, Error&) {
  body_.append(body.data(), body.size());
  return body.size();
}

void HttpParser::on_finish_impl(Error&) {}

HttpFault DescribeParseError(const boost::beast::error_code& error) {
  if (error == http::error::header_limit) return {431, "the headers are too large"};
  if (error == http::error::bad_version) return {505, "this is HTTP/1.1"};
  return {400, absl::StrCat("this is no HTTP: ", error.message())};
}

std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  if (query.empty()) return parameters;
  for (absl::string_view part : absl::StrSplit(ToAbsl(query), '&')) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    auto name = PercentDecode(ToStd(pair.first));
    auto value = PercentDecode(ToStd(pair.second));
    if (!name.has_value() || !value.has_value()) return std::nullopt;
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

}  // namespace pitlane::gateway
