#include "gateway/testing/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/base/text.h"

namespace pitlane::gateway::testing {

std::string HttpAnswer::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

HttpClient::HttpClient(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  PITLANE_CHECK(absl::SimpleAtoi(address.substr(colon + 1), &port)) << address;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  PITLANE_CHECK(connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0) << address;
}

HttpClient::~HttpClient() { Close(); }

void HttpClient::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

bool HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

bool HttpClient::ReceiveSome(absl::Time end) {
  pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
  const int64_t left = absl::ToInt64Milliseconds(end - absl::Now());
  if (closed_ || left <= 0 || poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
  char bytes[16 << 10];
  const ssize_t size = recv(socket_, bytes, sizeof(bytes), 0);
  closed_ = size <= 0;
  if (!closed_) raw_.append(bytes, size);
  return !closed_;
}

bool HttpClient::ParseHead(HttpAnswer& answer) {
  const size_t end = raw_.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::vector<std::string> lines = absl::StrSplit(raw_.substr(0, end), "\r\n");
  raw_.erase(0, end + 4);
  PITLANE_CHECK(lines[0].size() > 12) << lines[0];
  answer.status = std::atoi(lines[0].c_str() + 9);
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> line =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    answer.headers.emplace(absl::AsciiStrToLower(line.first), line.second);
  }
  // 100 Continue comes before the answer.
  if (answer.status != 100) return true;
  answer = HttpAnswer();
  return ParseHead(answer);
}

bool HttpClient::TakeChunks(std::string& body) {
  while (true) {
    const size_t line = raw_.find("\r\n");
    if (line == std::string::npos) return false;
    const size_t size = std::strtoul(raw_.c_str(), nullptr, 16);
    if (raw_.size() < line + 2 + size + 2) return false;
    body.append(raw_, line + 2, size);
    raw_.erase(0, line + 2 + size + 2);
    if (size == 0) return true;
  }
}

std::string HttpClient::PeekBytes(size_t bytes) {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (raw_.size() < bytes && ReceiveSome(end)) {
  }
  return raw_.substr(0, bytes);
}

HttpAnswer HttpClient::Receive(absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  HttpAnswer answer;
  while (!ParseHead(answer)) {
    if (!ReceiveSome(end)) return answer;
  }
  const std::string length = answer.Header("content-length");
  size_t size = 0;
  while (!answer.complete) {
    if (answer.Header("transfer-encoding") == "chunked") {
      answer.complete = TakeChunks(answer.body);
    } else if (absl::SimpleAtoi(length, &size)) {
      answer.complete = raw_.size() >= size;
      if (answer.complete) {
        answer.body = raw_.substr(0, size);
        raw_.erase(0, size);
      }
    } else {
      answer.complete = answer.status == 204 || closed_;
      if (answer.complete) answer.body = std::exchange(raw_, std::string());
    }
    if (!answer.complete && !ReceiveSome(end) && !closed_) return answer;
    if (!answer.complete && closed_ && !length.empty()) return answer;
    if (closed_ && raw_.empty() && !answer.complete && answer.status != 204) {
      answer.complete = length.empty() && answer.Header("transfer-encoding").empty();
      return answer;
    }
  }
  return answer;
}

HttpAnswer HttpClient::ReceiveHead() {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  HttpAnswer answer;
  while (!ParseHead(answer) && ReceiveSome(end)) {
  }
  return answer;
}

std::string HttpClient::ReceiveBody(size_t bytes) {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (!TakeChunks(streamed_) && streamed_.size() < bytes && ReceiveSome(end)) {
  }
  return std::exchange(streamed_, std::string());
}

bool HttpClient::WaitForClose(absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  while (ReceiveSome(end)) {
  }
  return closed_;
}

HttpAnswer HttpClient::Post(std::string_view path, std::string_view content_type,
                            std::string_view body, std::string_view headers) {
  Send(absl::StrCat(
      "POST ", ToAbsl(path), " HTTP/1.1\r\nHost: test\r\nContent-Type: ", ToAbsl(content_type),
      "\r\nContent-Length: ", body.size(), "\r\n", ToAbsl(headers), "\r\n", ToAbsl(body)));
  return Receive();
}

HttpAnswer HttpClient::Get(std::string_view target, std::string_view headers) {
  Send(
      absl::StrCat("GET ", ToAbsl(target), " HTTP/1.1\r\nHost: test\r\n", ToAbsl(headers), "\r\n"));
  return Receive();
}

}  // namespace pitlane::gateway::testing
