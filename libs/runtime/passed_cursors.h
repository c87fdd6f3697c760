// Cursors over records that mean nothing to this service. A commit of their own would cost a sync
// for nothing: they are stored with the next one that is made anyway. Executor's thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/journal/journal.h"

namespace pitlane::runtime {

class PassedCursors {
 public:
  // 0 when nothing was passed.
  uint64_t Find(std::string_view name) const;
  void Move(std::string_view name, uint64_t position);
  // Takes the last Move of `name` back; `before` is what Find said before it.
  void MoveBack(std::string_view name, uint64_t before);
  // Records passed since the last Clear.
  size_t records() const { return records_; }
  // Puts those that are ahead of the batch into it.
  absl::Status PutInto(journal::Batch& batch) const;
  void Clear();

 private:
  std::map<std::string, uint64_t, std::less<>> positions_;
  size_t records_ = 0;
};

}  // namespace pitlane::runtime
