// Committed states of the aggregates used last, and what a batch has changed about them so far.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "libs/runtime/aggregate.h"

namespace pitlane::runtime {

// LRU by memory: a shop has thousands of small states (parts, stock) and a few hundred big ones
// (tickets). Holds committed states only. Executor's thread only.
class AggregateCache {
 public:
  // In bytes; the state used last stays, whatever its size.
  explicit AggregateCache(size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  // nullptr when it is not here. The pointer lives until the next Put or Clear.
  const StateEntry* Get(std::string_view stream_id);
  void Put(std::string_view stream_id, StateEntry entry);
  void Clear();
  size_t size() const { return index_.size(); }
  // About what an entry takes in memory.
  static size_t Cost(std::string_view stream_id, const StateEntry& entry);

 private:
  struct Item {
    std::string stream_id;
    StateEntry entry;
    size_t cost;
  };
  using Order = std::list<Item>;

  const size_t capacity_bytes_;
  size_t bytes_ = 0;  // of what is in order_
  Order order_;       // most recently used first
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
