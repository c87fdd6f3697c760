#include "libs/journal/overlay.h"

#include <algorithm>
#include <utility>

#include "libs/base/check.h"

namespace pitlane::journal::internal {

void Overlay::Put(Family family, std::string key, std::string value) {
  Set(family, std::move(key), std::move(value));
}

void Overlay::Delete(Family family, std::string key) { Set(family, std::move(key), std::nullopt); }

void Overlay::Set(Family family, std::string key, Value value) {
  bytes_ += key.size() + (value ? value->size() : 0);
  if (save_points_.empty()) {
    map(family).insert_or_assign(std::move(key), std::move(value));
    return;
  }
  auto [it, inserted] = map(family).try_emplace(std::move(key));
  undo_.push_back(
      {family, it->first,
       inserted ? std::nullopt : std::optional<Value>(std::in_place, std::move(it->second))});
  it->second = std::move(value);
}

void Overlay::DeleteRange(Family family, std::string from, std::string to) {
  if (from >= to) return;
  Map& changes = map(family);
  const auto begin = changes.lower_bound(from);
  const auto end = changes.lower_bound(to);
  if (!save_points_.empty()) {
    for (auto it = begin; it != end; ++it) {
      undo_.push_back(
          {family, it->first, std::optional<Value>(std::in_place, std::move(it->second))});
    }
  }
  changes.erase(begin, end);
  bytes_ += from.size() + to.size();
  ranges_.push_back({family, std::move(from), std::move(to)});
}

const Overlay::Value* Overlay::Find(Family family, std::string_view key) const {
  static const Value kDeleted;
  const Map& changes = this->changes(family);
  if (!changes.empty()) {
    if (const auto it = changes.find(key); it != changes.end()) return &it->second;
  }
  return Covers(family, key) ? &kDeleted : nullptr;
}

bool Overlay::Covers(Family family, std::string_view key) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
    return range.family == family && key >= range.from && key < range.to;
  });
}

bool Overlay::empty() const {
  return ranges_.empty() &&
         std::all_of(maps_.begin(), maps_.end(), [](const Map& m) { return m.empty(); });
}

void Overlay::RollbackToSavePoint() {
  PITLANE_CHECK(!save_points_.empty());
  const SavePoint point = save_points_.back();
  save_points_.pop_back();
  while (undo_.size() > point.undo_size) {
    Undo& undo = undo_.back();
    if (undo.before) {
      map(undo.family).insert_or_assign(std::move(undo.key), std::move(*undo.before));
    } else {
      map(undo.family).erase(undo.key);
    }
    undo_.pop_back();
  }
  ranges_.erase(ranges_.begin() + static_cast<std::ptrdiff_t>(point.ranges_size), ranges_.end());
  bytes_ = point.bytes;
}

void Overlay::PopSavePoint() {
  PITLANE_CHECK(!save_points_.empty());
  save_points_.pop_back();
  if (save_points_.empty()) undo_.clear();
}

}  // namespace pitlane::journal::internal
