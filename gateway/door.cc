#include "gateway/door.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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

prometheus::Counter& Limited(rpc::ServerEnv& env, const char* limit) {
  return env.metrics().Counter("pitlane_gateway_limited_total",
                               "Refused because a limit was reached.", {{"limit", limit}});
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
      overloaded_(Limited(env, "calls")),
      streams_refused_(Limited(env, "streams_per_caller")),
      token_refused_(Limited(env, "rate_per_token")),
      location_refused_(Limited(env, "rate_per_location")),
      address_refused_(Limited(env, "rate_per_address")),
      token_rate_(options.rate_per_token, env.clock()),
      location_rate_(options.rate_per_location, env.clock()),
      address_rate_(options.rate_per_address, env.clock()) {}

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

absl::Status Door::Enter(const rpc::internal::Carrier& carrier) {
  in_flight_gauge_.Increment();
  if (in_flight_.fetch_add(1) >= options_.max_calls_in_flight) {
    overloaded_.Increment();
    return rpc::Overloaded(absl::StrCat("all ", options_.max_calls_in_flight, " calls are taken"));
  }
  if (!options_.rate_per_address.limited()) return absl::OkStatus();
  return Take(address_rate_, AddressOfCaller(carrier), address_refused_, "from this address",
              options_.rate_per_address);
}

absl::Status Door::CheckRates(const rpc::Caller& caller) {
  RETURN_IF_ERROR(Take(token_rate_, absl::StrCat(caller.subject, "\n", caller.device_id),
                       token_refused_, "with this token", options_.rate_per_token));
  if (caller.grants.empty()) return absl::OkStatus();
  const std::string& location = caller.grants.front().location_id;
  const bool alone = !location.empty() && std::all_of(caller.grants.begin(), caller.grants.end(),
                                                      [&](const rpc::Grant& grant) {
                                                        return grant.location_id == location;
                                                      });
  if (!alone) return absl::OkStatus();
  return Take(location_rate_, location, location_refused_, "from this location",
              options_.rate_per_location);
}

absl::Status Door::Take(RateLimit& limit, std::string_view key, prometheus::Counter& refused,
                        std::string_view whose, const Rate& rate) {
  const std::optional<absl::Duration> wait = limit.Take(key);
  if (!wait.has_value()) return absl::OkStatus();
  refused.Increment();
  return rpc::Overloaded(
      absl::StrCat("more than ", rate.per_second, " calls a second ", ToAbsl(whose)), *wait);
}

void Door::HandedOver(int descriptor, std::string peer) {
  absl::MutexLock lock(&mutex_);
  peers_[descriptor] = std::move(peer);
}

std::string Door::AddressOfCaller(const rpc::internal::Carrier& carrier) {
  std::string peer = carrier.Peer();
  int descriptor = 0;
  if (absl::StartsWith(peer, "fd:") && absl::SimpleAtoi(peer.substr(3), &descriptor)) {
    absl::MutexLock lock(&mutex_);
    if (const auto known = peers_.find(descriptor); known != peers_.end()) peer = known->second;
  }
  std::string address = AddressOf(peer);
  const auto trusted = [this](const std::string& who) {
    const auto& proxies = options_.trusted_proxies;
    return std::find(proxies.begin(), proxies.end(), who) != proxies.end();
  };
  if (!trusted(address)) return address;
  const auto forwarded = carrier.Metadata("x-forwarded-for");
  if (!forwarded.has_value()) return address;
  // Each proxy appends whom it heard; what stands before the last stranger, the stranger wrote.
  const std::vector<std::string> hops = absl::StrSplit(*forwarded, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const std::string text(absl::StripAsciiWhitespace(*hop));
    const bool ipv6 = text.find(':') != std::string::npos;
    address = ipv6 ? AddressOf(absl::StrCat("ipv6:[", text, "]:0")) : text;
    if (!trusted(address)) break;
  }
  return address;
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
