#include "libs/runtime/cursor_book.h"

namespace pitlane::runtime {

std::optional<uint64_t> CursorBook::Find(std::string_view name) const {
  const auto it = entries_.find(name);
  if (it == entries_.end()) return std::nullopt;
  return it->second.position;
}

void CursorBook::Set(std::string_view name, Entry entry) {
  auto it = entries_.find(name);
  const bool known = it != entries_.end();
  undo_.push_back(
      {std::string(name), known ? std::optional<Entry>(it->second) : std::nullopt, passed_});
  if (!known) it = entries_.emplace(std::string(name), entry).first;
  it->second = entry;
  if (entry.passed) ++passed_;
}

void CursorBook::RollBackTo(size_t mark) {
  for (; undo_.size() > mark; undo_.pop_back()) {
    const Undo& undo = undo_.back();
    if (undo.before.has_value()) {
      entries_.find(undo.name)->second = *undo.before;
    } else {
      entries_.erase(undo.name);
    }
    passed_ = undo.passed_before;
  }
}

void CursorBook::Keep(bool stored) {
  undo_.clear();
  if (!stored || passed_ == 0) return;
  for (auto& [name, entry] : entries_) entry.passed = false;
  passed_ = 0;
}

void CursorBook::PutPassedInto(journal::Batch& batch) const {
  if (passed_ == 0) return;
  for (const auto& [name, entry] : entries_) {
    if (entry.passed) batch.PutCursor(name, entry.position);
  }
}

}  // namespace pitlane::runtime
