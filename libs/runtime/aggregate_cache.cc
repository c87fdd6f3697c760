#include "libs/runtime/aggregate_cache.h"

#include "libs/base/check.h"
#include "libs/base/text.h"

namespace pitlane::runtime {

const StateEntry* AggregateCache::Get(std::string_view stream_id) {
  const auto it = index_.find(ToAbsl(stream_id));
  if (it == index_.end()) return nullptr;
  order_.splice(order_.begin(), order_, it->second);
  return &it->second->entry;
}

size_t AggregateCache::Cost(std::string_view stream_id, const StateEntry& entry) {
  // A message in memory is some times as big as on the wire; list, index and message have a fixed
  // part.
  constexpr size_t kFixed = 512, kTimes = 4;
  return kFixed + 2 * stream_id.size() + kTimes * entry.state->ByteSizeLong();
}

void AggregateCache::Put(std::string_view stream_id, StateEntry entry) {
  const size_t cost = Cost(stream_id, entry);
  bytes_ += cost;
  if (const auto it = index_.find(ToAbsl(stream_id)); it != index_.end()) {
    Item& item = *it->second;
    bytes_ -= item.cost;
    item.entry = std::move(entry);
    item.cost = cost;
    order_.splice(order_.begin(), order_, it->second);
  } else {
    order_.push_front({std::string(stream_id), std::move(entry), cost});
    index_.emplace(order_.front().stream_id, order_.begin());
  }
  while (bytes_ > capacity_bytes_ && order_.size() > 1) {
    bytes_ -= order_.back().cost;
    index_.erase(order_.back().stream_id);
    order_.pop_back();
  }
}

void AggregateCache::Clear() {
  index_.clear();
  order_.clear();
  bytes_ = 0;
}

void StateLayers::Push() { layers_.emplace_back(); }

void StateLayers::Merge() {
  PITLANE_CHECK(layers_.size() >= 2);
  Layer top = std::move(layers_.back());
  layers_.pop_back();
  for (auto& [stream_id, entry] : top) {
    StateEntry& below = layers_.back()[stream_id];
    if (below.state != nullptr) Keep(std::move(below.state));
    below = std::move(entry);
  }
}

void StateLayers::Drop() {
  PITLANE_CHECK(!layers_.empty());
  for (auto& [stream_id, entry] : layers_.back()) Keep(std::move(entry.state));
  layers_.pop_back();
}

const StateEntry* StateLayers::Find(std::string_view stream_id) const {
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    if (const auto it = layer->find(ToAbsl(stream_id)); it != layer->end()) return &it->second;
  }
  return nullptr;
}

StateEntry& StateLayers::Touch(std::string_view stream_id, const StateEntry& base) {
  Layer& top = layers_.back();
  if (const auto it = top.find(ToAbsl(stream_id)); it != top.end()) return it->second;
  StateEntry copy = base;
  copy.state = std::shared_ptr<google::protobuf::Message>(base.state->New());
  copy.state->CopyFrom(*base.state);
  Keep(base.state);
  return top.emplace(std::string(stream_id), std::move(copy)).first->second;
}

void StateLayers::Keep(std::shared_ptr<google::protobuf::Message> state) {
  kept_.push_back(std::move(state));
}

StateLayers::Layer& StateLayers::Bottom() {
  PITLANE_CHECK(layers_.size() == 1) << layers_.size();
  return layers_.front();
}

}  // namespace pitlane::runtime
