#include "gateway/door.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {
namespace {

constexpr char kEverything[] = "*";
constexpr absl::Duration kStreamsRetry = absl::Seconds(5);

// What the protocols and HTTP say for themselves, from one end of a connection to the other.
bool IsProtocols(std::string_view key) {
  static const auto* const names = new std::vector<std::string_view>{
      "accept",         "accept-encoding", "connection", "content-encoding",
      "content-length", "content-type",    "expect",     "host",
      "keep-alive",     "origin",          "te",         "transfer-encoding",
      "upgrade",        "user-agent",      "traceparent"};
  return key.empty() || key[0] == ':' || absl::StartsWith(ToAbsl(key), "grpc-") ||
         absl::StartsWith(ToAbsl(key), "connect-") ||
         std::find(names->begin(), names->end(), key) != names->end();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Door>> Door::Create(const DoorOptions& options,
                                                   rpc::ServerEnv& env) {
  std::unique_ptr<Door> door(new Door(options, env));
  ASSIGN_OR_RETURN(door->methods_, MethodTable::Create(options.descriptor_file));
  return door;
}

Door::Door(const DoorOptions& options, rpc::ServerEnv& env)
    : env_(env),
      options_(options),
      router_(options.areas, options.packages),
      in_flight_gauge_(env.metrics().Gauge("pitlane_gateway_calls_in_flight",
                                           "Calls and streams passing through.")),
      streams_gauge_(
          env.metrics().Gauge("pitlane_gateway_streams_open", "Streams passing through.")),
      overloaded_(env.metrics().Counter("pitlane_gateway_limited_total",
                                        "Refused because a limit was reached.",
                                        {{"limit", "calls"}})),
      streams_refused_(env.metrics().Counter("pitlane_gateway_limited_total",
                                             "Refused because a limit was reached.",
                                             {{"limit", "streams_per_caller"}})) {}

bool Door::GoesToService(std::string_view key) const {
  if (key == "authorization" || key == "tracestate" || key == "x-request-id" ||
      absl::StartsWith(ToAbsl(key), "pitlane-")) {
    return true;
  }
  return std::any_of(options_.passed_metadata.begin(), options_.passed_metadata.end(),
                     [&](const std::string& passed) {
                       return passed == key || (passed == kEverything && !IsProtocols(key));
                     });
}

absl::Status Door::Enter() {
  in_flight_gauge_.Increment();
  if (in_flight_.fetch_add(1) < options_.max_calls_in_flight) return absl::OkStatus();
  overloaded_.Increment();
  return rpc::Overloaded(absl::StrCat("all ", options_.max_calls_in_flight, " calls are taken"));
}

void Door::Leave() {
  in_flight_.fetch_sub(1);
  in_flight_gauge_.Decrement();
}

absl::Status Door::OpenStream(const std::string& caller) {
  {
    absl::MutexLock lock(&mutex_);
    int& open = streams_[caller];
    if (open < options_.max_streams_per_caller) {
      ++open;
      streams_gauge_.Increment();
      return absl::OkStatus();
    }
  }
  streams_refused_.Increment();
  return rpc::Overloaded(absl::StrCat("this caller has ", options_.max_streams_per_caller,
                                      " streams open; close one first"),
                         kStreamsRetry);
}

void Door::CloseStream(const std::string& caller) {
  absl::MutexLock lock(&mutex_);
  const auto open = streams_.find(caller);
  streams_gauge_.Decrement();
  if (--open->second == 0) streams_.erase(open);
}

}  // namespace pitlane::gateway
