#include "libs/runtime/aggregate_cache.h"

#include "libs/base/check.h"
#include "libs/base/text.h"

namespace pitlane::runtime {

const StateEntry* AggregateCache::Get(std::string_view stream_id) {
  const auto it = index_.find(ToAbsl(stream_id));
  if (it == index_.end()) return nullptr;
  order_.splice(order_.begin(), order_, it->second);
  return &it->second->second;
}

void AggregateCache::Put(std::string_view stream_id, StateEntry entry) {
  if (const auto it = index_.find(ToAbsl(stream_id)); it != index_.end()) {
    it->second->second = std::move(entry);
    order_.splice(order_.begin(), order_, it->second);
    return;
  }
  order_.emplace_front(std::string(stream_id), std::move(entry));
  index_.emplace(order_.front().first, order_.begin());
  if (index_.size() <= capacity_) return;
  index_.erase(order_.back().first);
  order_.pop_back();
}

void AggregateCache::Clear() {
  index_.clear();
  order_.clear();
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
