#include "gateway/rate_limit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/text.h"

namespace pitlane::gateway {
namespace {

constexpr double kMaxRate = 1e6;
constexpr double kBurstSeconds = 2;
// Looking through all of them takes a while; they are not in the way before there are many.
constexpr size_t kForgetFrom = 1024;
constexpr absl::Duration kForgetEvery = absl::Seconds(1);

// What all share for whom there is no room.
constexpr std::string_view kTheRest = "";

std::string NetworkOf(std::string_view address) {
  in6_addr bytes = {};
  if (inet_pton(AF_INET6, std::string(address).c_str(), &bytes) != 1) return std::string(address);
  // An IPv4 address as a socket for both kinds shows it.
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) {
    char text[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, bytes.s6_addr + 12, text, sizeof(text));
    return text;
  }
  std::fill(bytes.s6_addr + 8, bytes.s6_addr + 16, uint8_t{0});
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, &bytes, text, sizeof(text));
  return text;
}

}  // namespace

absl::StatusOr<Rate> ParseRate(std::string_view text) {
  Rate rate;
  const std::vector<absl::string_view> parts = absl::StrSplit(ToAbsl(text), ':');
  bool good = parts.size() <= 2 && absl::SimpleAtod(parts[0], &rate.per_second);
  rate.burst = std::max(1.0, rate.per_second * kBurstSeconds);
  if (parts.size() == 2) good = good && absl::SimpleAtod(parts[1], &rate.burst);
  good = good && rate.per_second >= 0 && rate.per_second <= kMaxRate && rate.burst >= 1 &&
         rate.burst <= kMaxRate;
  if (good) return rate;
  return absl::InvalidArgumentError(absl::StrCat(
      "'", ToAbsl(text), "' is no rate: CALLS or CALLS:BURST, e.g. 50 or 50:200, up to 1000000"));
}

RateLimit::RateLimit(Rate rate, Clock& clock)
    : rate_(rate),
      interval_(rate.limited() ? absl::Seconds(1) / rate.per_second : absl::ZeroDuration()),
      tolerance_(interval_ * (rate.burst - 1)),
      clock_(clock) {}

std::optional<absl::Duration> RateLimit::Take(std::string_view key) {
  if (!rate_.limited()) return std::nullopt;
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  if (full_again_.size() >= kForgetFrom && now >= next_look_) Forget(now);
  if (full_again_.size() >= kMaxRemembered && !full_again_.contains(ToAbsl(key))) key = kTheRest;
  absl::Time& full_again = full_again_.try_emplace(ToAbsl(key), now).first->second;
  // A clock that was set back must not lock anybody out.
  full_again = std::clamp(full_again, now, now + tolerance_ + interval_);
  const absl::Duration ahead = full_again - now;
  if (ahead > tolerance_) return ahead - tolerance_;
  full_again += interval_;
  return std::nullopt;
}

void RateLimit::Forget(absl::Time now) {
  absl::erase_if(full_again_, [now](const auto& entry) { return entry.second <= now; });
  next_look_ = now + kForgetEvery;
}

size_t RateLimit::remembered() const {
  absl::MutexLock lock(&mutex_);
  return full_again_.size();
}

std::string AddressOf(std::string_view peer) {
  const size_t colon = peer.rfind(':');
  if (absl::StartsWith(ToAbsl(peer), "ipv4:") && colon > 4) {
    return std::string(peer.substr(5, colon - 5));
  }
  if (!absl::StartsWith(ToAbsl(peer), "ipv6:")) return std::string(peer);
  std::string_view address = peer.substr(5, colon - 5);
  // gRPC escapes the brackets in some versions.
  for (const std::string_view open : {"[", "%5B"}) {
    if (absl::StartsWith(ToAbsl(address), ToAbsl(open))) address.remove_prefix(open.size());
  }
  for (const std::string_view close : {"]", "%5D"}) {
    if (absl::EndsWith(ToAbsl(address), ToAbsl(close))) address.remove_suffix(close.size());
  }
  return NetworkOf(address);
}

}  // namespace pitlane::gateway
