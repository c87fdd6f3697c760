// Following the chain of predecessors through a partition, where records may come twice, come late,
// or be missing. Pure: no Kafka here.
#pragma once

#include <cstdint>

namespace pitlane::stream {

// The reading side: what to do with the next record of one source.
class ChainFilter {
 public:
  enum class Verdict {
    kDeliver,  // the successor of the last one delivered
    kDrop,     // was delivered before, or lies before the cursor
    kMissing,  // its predecessor has not come
  };

  explicit ChainFilter(uint64_t cursor) : last_(cursor) {}

  // A record whose predecessor lies before the cursor is delivered, too: such a cursor is not a
  // position of this source, and the reader, who compares, is told by getting it.
  Verdict Offer(uint64_t position, uint64_t previous) {
    if (position <= last_) return Verdict::kDrop;
    if (previous > last_) return Verdict::kMissing;
    last_ = position;
    return Verdict::kDeliver;
  }

  // Position of the last one delivered, or the cursor.
  uint64_t last() const { return last_; }

 private:
  uint64_t last_;
};

// The writing side: up to where a partition holds everything of one source.
//
// From the first record on (kWhole) the answer is exact, whatever was written twice or out of turn.
// From somewhere else on (kTail) it is exact as long as every record follows the one before it;
// otherwise perfect() is false and the partition must be read whole.
class ChainScan {
 public:
  enum class From { kWhole, kTail };

  explicit ChainScan(From from) : from_(from) {}

  // Returns whether the record is the new end of what is complete.
  bool Add(uint64_t position, uint64_t previous) {
    const bool first_of_tail = from_ == From::kTail && !any_;
    any_ = true;
    if (!first_of_tail && previous != end_) {
      perfect_ = false;
      return false;
    }
    end_ = position;
    return true;
  }

  bool any() const { return any_; }
  bool perfect() const { return perfect_; }
  // Position up to which the source is complete; 0 when its first record is not there.
  uint64_t end() const { return end_; }

 private:
  const From from_;
  bool any_ = false;
  bool perfect_ = true;
  uint64_t end_ = 0;
};

}  // namespace pitlane::stream
