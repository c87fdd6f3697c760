// Committed states of the aggregates used last, and what a batch has changed about them so far.
#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "libs/runtime/aggregate.h"

namespace pitlane::runtime {

// LRU by count. Holds committed states only. Executor's thread only.
class AggregateCache {
 public:
  // At least one.
  explicit AggregateCache(size_t capacity) : capacity_(std::max<size_t>(capacity, 1)) {}

  // nullptr when it is not here. The pointer lives until the next Put or Clear.
  const StateEntry* Get(std::string_view stream_id);
  void Put(std::string_view stream_id, StateEntry entry);
  void Clear();
  size_t size() const { return index_.size(); }

 private:
  using Order = std::list<std::pair<std::string, StateEntry>>;
  size_t capacity_;
  Order order_;  // most recently used first
  absl::flat_hash_map<std::string, Order::iterator> index_;
};

// States on top of the cache, in layers: the batch is the lowest, above it a unit, above it what
// the unit tries. A state is copied when a layer touches it first; dropping a layer restores what
// was. Executor's thread only.
class StateLayers {
 public:
  void Push();
  // Keeps the changes of the topmost layer in the one below.
  void Merge();
  // Forgets the changes of the topmost layer.
  void Drop();

  // Topmost first; nullptr when no layer has it.
  const StateEntry* Find(std::string_view stream_id) const;
  // The entry in the topmost layer, copied from `base` unless the layer has one already.
  StateEntry& Touch(std::string_view stream_id, const StateEntry& base);
  // Keeps a state alive until ReleaseKept: units hand out references.
  void Keep(std::shared_ptr<google::protobuf::Message> state);
  void ReleaseKept() { kept_.clear(); }

  using Layer = absl::flat_hash_map<std::string, StateEntry>;
  // The lowest layer; CHECKs that it is the only one.
  Layer& Bottom();

 private:
  std::vector<Layer> layers_;
  std::vector<std::shared_ptr<google::protobuf::Message>> kept_;
};

}  // namespace pitlane::runtime
