#include "gateway/http_shared.h"

#include "absl/strings/str_cat.h"
#include "gateway/http_connection.h"

namespace pitlane::gateway {
namespace {

const char* ProtocolName(Protocol protocol) {
  switch (protocol) {
    case Protocol::kConnectUnary:
    case Protocol::kConnectGet:
    case Protocol::kConnectStream:
      return "connect";
    case Protocol::kGrpcWeb:
    case Protocol::kGrpcWebText:
      return "grpc_web";
  }
  return "unknown";
}

}  // namespace

HttpShared::HttpShared(Door& door, const HttpOptions& options)
    : door_(door),
      options_(options),
      connections_gauge_(door.env().metrics().Gauge("pitlane_gateway_http_connections",
                                                    "HTTP/1.1 connections open.")),
      connections_refused_(door.env().metrics().Counter("pitlane_gateway_limited_total",
                                                        "Refused because a limit was reached.",
                                                        {{"limit", "connections"}})) {}

bool HttpShared::Enter() {
  absl::MutexLock lock(&mutex_);
  if (connections_ >= options_.max_connections || draining_) {
    connections_refused_.Increment();
    return false;
  }
  ++connections_;
  connections_gauge_.Increment();
  return true;
}

void HttpShared::Leave() {
  absl::MutexLock lock(&mutex_);
  --connections_;
  connections_gauge_.Decrement();
}

void HttpShared::Add(const std::shared_ptr<HttpConnection>& connection) {
  absl::MutexLock lock(&mutex_);
  open_[connection.get()] = connection;
}

void HttpShared::Remove(const HttpConnection* connection) {
  absl::MutexLock lock(&mutex_);
  open_.erase(connection);
}

void HttpShared::WakeAll() {
  std::vector<std::shared_ptr<HttpConnection>> connections;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [address, weak] : open_) connections.push_back(weak.lock());
  }
  // Not under the lock: this may be the last to let go of one, which takes the lock itself.
  for (const auto& connection : connections) {
    if (connection != nullptr) connection->WakeFromOutside();
  }
}

void HttpShared::Drain() {
  draining_ = true;
  WakeAll();
}

void HttpShared::Stop() {
  draining_ = true;
  stopped_ = true;
  WakeAll();
}

bool HttpShared::WaitUntilEmpty(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const auto empty = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return connections_ == 0; };
  return mutex_.AwaitWithTimeout(absl::Condition(&empty), timeout);
}

void HttpShared::CountRequest(const Plan& plan) {
  door_.env()
      .metrics()
      .Counter("pitlane_gateway_http_requests_total", "Requests over HTTP/1.1, by protocol.",
               {{"protocol", ProtocolName(plan.protocol)}})
      .Increment();
}

void HttpShared::CountRefusal(int http_status) {
  door_.env()
      .metrics()
      .Counter("pitlane_gateway_http_refused_total", "Requests that HTTP itself refused.",
               {{"status", absl::StrCat(http_status)}})
      .Increment();
}

void HttpShared::CountTimeout(const char* what) {
  door_.env()
      .metrics()
      .Counter("pitlane_gateway_http_timeouts_total", "Clients that took too long.",
               {{"what", what}})
      .Increment();
}

}  // namespace pitlane::gateway
