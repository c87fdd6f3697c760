// Tokens that have been verified, so that a busy caller's signature is checked once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/rpc/identity.h"

namespace pitlane::rpc {

struct VerifiedToken {
  std::shared_ptr<const Caller> caller;  // shared with the calls under way
  absl::Time not_before = absl::InfinitePast();
  absl::Time expires = absl::InfinitePast();
  uint64_t key_generation = 0;       // of the key set that it was verified with
  std::string token_id, session_id;  // what it is revoked by; either may be empty
};

// Keeps the `capacity` most recently used. Keys are digests of tokens, never tokens. Thread-safe.
class TokenCache {
 public:
  explicit TokenCache(size_t capacity) : capacity_(capacity) {}

  std::optional<VerifiedToken> Get(const std::string& digest);
  void Put(const std::string& digest, VerifiedToken token);
  size_t size() const;

 private:
  using Entries = std::list<std::pair<std::string, VerifiedToken>>;  // most recently used first

  const size_t capacity_;
  mutable absl::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Entries::iterator> index_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pitlane::rpc
