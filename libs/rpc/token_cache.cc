#include "libs/rpc/token_cache.h"

#include <utility>

namespace pitlane::rpc {

std::optional<VerifiedToken> TokenCache::Get(const std::string& digest) {
  absl::MutexLock lock(&mutex_);
  const auto found = index_.find(digest);
  if (found == index_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->second;
}

void TokenCache::Put(const std::string& digest, VerifiedToken token) {
  absl::MutexLock lock(&mutex_);
  if (capacity_ == 0) return;
  if (const auto found = index_.find(digest); found != index_.end()) {
    found->second->second = std::move(token);
    entries_.splice(entries_.begin(), entries_, found->second);
    return;
  }
  if (entries_.size() >= capacity_) {
    index_.erase(entries_.back().first);
    entries_.pop_back();
  }
  entries_.emplace_front(digest, std::move(token));
  index_.emplace(digest, entries_.begin());
}

size_t TokenCache::size() const {
  absl::MutexLock lock(&mutex_);
  return entries_.size();
}

}  // namespace pitlane::rpc
