// An HTTP/1.1 request as it comes off a connection, and the checks that concern no protocol above
// HTTP.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "boost/beast/http/basic_parser.hpp"

namespace pitlane::gateway {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpHead {
  std::string method;  // "POST"
  std::string path;    // "/pitlane.ticket.v1.TicketService/OpenTicket"
  std::string query;   // without '?'
  int version = 11;    // 10 or 11
  Headers headers;     // names in lower case, in the order of arrival

  // The first of that name; nullptr when there is none.
  const std::string* Find(std::string_view name) const;
  size_t Count(std::string_view name) const;
};

// Why a request cannot be answered by any protocol above HTTP, with the HTTP status for it.
struct HttpFault {
  int status = 400;
  std::string problem;
};

// nullopt: well-formed as far as the head can tell. Everything in doubt is refused, because a proxy
// before us may have read it otherwise (RFC 9112, 11.2): both or several of Content-Length and
// Transfer-Encoding, another coding than "chunked", none or several of Host, header values with
// control characters, a path that is none of a file of ours and has anything else than letters,
// digits, '.', '_' and two slashes.
std::optional<HttpFault> CheckHead(const HttpHead& head);

// Reads one request, whose body may be of any length: who takes it out limits it. Not thread-safe.
class HttpParser final : public boost::beast::http::basic_parser<true> {
 public:
  explicit HttpParser(size_t max_header_bytes);

  const HttpHead& head() const { return head_; }
  // What has come of the body since the last call.
  std::string TakeBody() { return std::exchange(body_, std::string()); }
  size_t body_bytes_waiting() const { return body_.size(); }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;
  using Field = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb verb, Text method, Text target, int version,
                       Error& error) override;
  void on_response_impl(int code, Text reason, int version, Error& error) override;
  void on_field_impl(Field field, Text name, Text value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& size, Error& error) override;
  std::size_t on_body_impl(Text body, Error& error) override;
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, Text body, Error& error) override;
  void on_finish_impl(Error& error) override;

  HttpHead head_;
  std::string body_;
  bool trailers_ = false;  // fields behind the body, which nobody asked for
};

// The HTTP status and the problem for what the parser found.
HttpFault DescribeParseError(const boost::beast::error_code& error);

// "a=1&b=%20": decoded. nullopt: a broken percent sign.
std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(std::string_view query);

}  // namespace pitlane::gateway
