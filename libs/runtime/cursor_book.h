// Where the feeds' cursors are, in memory. Over a record that means nothing here a cursor is only
// passed: a commit of its own would cost a sync for nothing, so it is stored with the next one that
// is made anyway. Executor's thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/journal/journal.h"

namespace pitlane::runtime {

class CursorBook {
 public:
  // Nothing: only the store knows, if anybody does.
  std::optional<uint64_t> Find(std::string_view name) const;
  // A cursor that the batch holds, too.
  void Put(std::string_view name, uint64_t position) { Set(name, {position, false}); }
  // A cursor that nobody else knows of.
  void Pass(std::string_view name, uint64_t position) { Set(name, {position, true}); }

  // Everything since the mark is taken back. Marks are good until Keep.
  size_t Mark() const { return undo_.size(); }
  void RollBackTo(size_t mark);
  // Nothing so far will be taken back. `stored`: the batch with what PutPassedInto gave it was
  // committed.
  void Keep(bool stored);

  // Records passed since the cursors were last stored.
  size_t passed() const { return passed_; }
  void PutPassedInto(journal::Batch& batch) const;

 private:
  struct Entry {
    uint64_t position;
    bool passed;
  };
  struct Undo {
    std::string name;
    std::optional<Entry> before;
    size_t passed_before;
  };
  void Set(std::string_view name, Entry entry);

  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<Undo> undo_;
  size_t passed_ = 0;
};

}  // namespace pitlane::runtime
