#include "libs/runtime/passed_cursors.h"

#include <optional>

#include "libs/base/status.h"

namespace pitlane::runtime {

uint64_t PassedCursors::Find(std::string_view name) const {
  const auto it = positions_.find(name);
  return it == positions_.end() ? 0 : it->second;
}

void PassedCursors::Move(std::string_view name, uint64_t position) {
  ++records_;
  if (const auto it = positions_.find(name); it != positions_.end()) {
    it->second = position;
  } else {
    positions_.emplace(name, position);
  }
}

void PassedCursors::MoveBack(std::string_view name, uint64_t before) {
  --records_;
  const auto it = positions_.find(name);
  if (before > 0) {
    it->second = before;
  } else {
    positions_.erase(it);
  }
}

absl::Status PassedCursors::PutInto(journal::Batch& batch) const {
  for (const auto& [name, position] : positions_) {
    ASSIGN_OR_RETURN(const std::optional<uint64_t> stored, batch.GetCursor(name));
    if (stored.value_or(0) < position) batch.PutCursor(name, position);
  }
  return absl::OkStatus();
}

void PassedCursors::Clear() {
  positions_.clear();
  records_ = 0;
}

}  // namespace pitlane::runtime
