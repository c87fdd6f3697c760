// Where a record is, and how far each service has applied the records of the others.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "pitlane/common/v1/event_meta.pb.h"
#include "tests/checker/formats.h"
#include "tests/checker/report.h"

namespace pitlane::checker {

struct Place {
  const Identity* store = nullptr;  // lives as long as the check
  uint32_t partition = 0;
  uint64_t position = 0;

  std::string text() const { return absl::StrCat(store->name(), "@", position); }
  Source source() const { return {store->area, store->shard, partition}; }
};

// An event as the rules of the trade see it.
struct Occurrence {
  Place place;
  const common::v1::EventMeta& meta;

  Fault Says(std::string_view id, std::string text) const {
    return {place.text(), std::string(id), std::move(text)};
  }
};

// How far each service has applied the others' records.
class Progress {
 public:
  explicit Progress(bool settled) : settled_(settled) {}

  void Note(const Identity& reader, const Source& source, uint64_t position) {
    cursors_[{reader.area, source}][reader.shard] = position;
    readers_[reader.area] = reader.shard_count;
  }
  void NoteReader(const Identity& reader) { readers_[reader.area] = reader.shard_count; }
  bool settled() const { return settled_; }

  // True when `reader` has the record behind it, so that what follows from it must be there. While
  // things are settled a record that is still to come is a fault itself.
  bool HasApplied(std::string_view reader, const Place& place, Report& report) const {
    const auto shards = readers_.find(std::string(reader));
    if (shards == readers_.end()) return false;
    uint64_t lowest = 0;
    uint64_t highest = 0;
    if (const auto found = cursors_.find({std::string(reader), place.source()});
        found != cursors_.end()) {
      lowest = UINT64_MAX;
      for (const auto& [shard, position] : found->second) {
        lowest = std::min(lowest, position);
        highest = std::max(highest, position);
      }
      if (found->second.size() < shards->second) lowest = 0;
    }
    if (settled_) {
      report.Expect("settled", highest >= place.position, [&] {
        return Fault{place.text(), "", absl::StrCat(std::string(reader), " has not applied it")};
      });
      return highest >= place.position;
    }
    return lowest >= place.position;
  }

 private:
  const bool settled_;
  std::map<std::pair<std::string, Source>, std::map<uint32_t, uint64_t>> cursors_;
  std::map<std::string, uint32_t> readers_;
};

}  // namespace pitlane::checker
