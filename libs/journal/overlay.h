// What a batch has changed in the families that can be changed (all but log and streams), kept in
// key order so that reads and scans can see it, with an undo log for save points.
//
// Several writes of one key become one write of the commit. Writer thread only.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "libs/journal/codec.h"

namespace pitlane::journal::internal {

class Overlay {
 public:
  using Value = std::optional<std::string>;  // empty: deleted
  using Map = absl::btree_map<std::string, Value, std::less<>>;
  struct Range {
    Family family;
    std::string from;
    std::string to;  // exclusive
  };

  void Put(Family family, std::string key, std::string value);
  void Delete(Family family, std::string key);
  // Deletes what is there now; keys put later are there again.
  void DeleteRange(Family family, std::string from, std::string to);

  // nullptr: the overlay says nothing about the key, ask the store. The pointer is good until the
  // next change.
  const Value* Find(Family family, std::string_view key) const;
  // True when a range deleted by this batch covers the key, so that the store's value is void.
  bool Covers(Family family, std::string_view key) const;

  const Map& changes(Family family) const { return maps_[static_cast<size_t>(family)]; }
  // To be written before the changes.
  const std::vector<Range>& ranges() const { return ranges_; }
  bool empty() const;
  size_t approximate_bytes() const { return bytes_; }

  void SetSavePoint() { save_points_.push_back({undo_.size(), ranges_.size(), bytes_}); }
  void RollbackToSavePoint();
  void PopSavePoint();
  bool has_save_point() const { return !save_points_.empty(); }

 private:
  struct Undo {
    Family family;
    std::string key;
    std::optional<Value> before;  // empty: the key was not in the map
  };
  struct SavePoint {
    size_t undo_size;
    size_t ranges_size;
    size_t bytes;
  };

  Map& map(Family family) { return maps_[static_cast<size_t>(family)]; }
  void Set(Family family, std::string key, Value value);

  std::array<Map, kFamilyCount> maps_;
  std::vector<Range> ranges_;
  std::vector<Undo> undo_;  // only while there are save points
  std::vector<SavePoint> save_points_;
  size_t bytes_ = 0;
};

}  // namespace pitlane::journal::internal
