#include "libs/stream/offset_finder.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/stream/names.h"
#include "libs/stream/topic_reader.h"

namespace pitlane::stream {
namespace {

constexpr absl::Duration kAnswerTimeout = absl::Seconds(10);

// Offsets below `low` are known to hold nothing new, `high` is the first known to, or the end.
struct Search {
  int64_t low = 0;
  int64_t high = 0;
  int64_t asked = 0;
  int64_t beginning = 0;       // of the partition
  bool found_any = false;      // `high` is a record, not the end
  bool behind_a_hole = false;  // and that record's predecessor was not read either
};

class Finder {
 public:
  Finder(TopicReader& reader, const FindRequest& request) : reader_(reader), request_(request) {}

  absl::Status Run(std::map<uint32_t, Search>& searches) {
    bool first_step = true;
    while (true) {
      std::set<uint32_t> waiting;
      for (auto& [partition, search] : searches) {
        if (search.low >= search.high) continue;
        // The end first: most readers have read everything.
        search.asked = first_step ? search.high - 1 : (search.low + search.high) / 2;
        RETURN_IF_ERROR(reader_.Seek(partition, search.asked));
        waiting.insert(partition);
      }
      if (waiting.empty()) return absl::OkStatus();
      RETURN_IF_ERROR(Step(searches, std::move(waiting)));
      first_step = false;
    }
  }

 private:
  absl::Status Step(std::map<uint32_t, Search>& searches, std::set<uint32_t> waiting) {
    while (!waiting.empty()) {
      ASSIGN_OR_RETURN(const TopicReader::Item item,
                       reader_.Await(kAnswerTimeout, request_.stopped));
      if (waiting.erase(item.partition) == 0) continue;
      RETURN_IF_ERROR(Narrow(item, searches.at(item.partition)));
    }
    return absl::OkStatus();
  }

  absl::Status Narrow(const TopicReader::Item& item, Search& search) {
    if (item.kind == TopicReader::Kind::kEnd || item.offset >= search.high) {
      search.high = search.asked;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const TopicPlace place, item.Place());
    ASSIGN_OR_RETURN(const ShardName name, ShardName::Parse(place.source));
    const auto known = request_.positions.find({name.area, name.shard, item.partition});
    const uint64_t position = known == request_.positions.end() ? 0 : known->second;
    if (place.position <= position) {
      search.low = item.offset + 1;
      return absl::OkStatus();
    }
    search.high = search.asked;
    search.found_any = true;
    search.behind_a_hole = place.previous > position;
    return absl::OkStatus();
  }

  TopicReader& reader_;
  const FindRequest& request_;
};

}  // namespace

absl::StatusOr<std::vector<int64_t>> FindOffsets(const KafkaOptions& kafka,
                                                 const FindRequest& request) {
  std::vector<int64_t> offsets;
  std::map<uint32_t, Search> searches;
  for (uint32_t partition = 0; partition < request.ranges.size(); ++partition) {
    const auto [low, high] = request.ranges[partition];
    offsets.push_back(low);
    size_t sources = 0;
    bool from_first_record = true;
    for (const auto& [source, position] : request.positions) {
      if (source.partition != partition) continue;
      ++sources;
      from_first_record = from_first_record && position == 0;
    }
    // Positions of several sources in one partition do not rise together, so halving would miss
    // some; then, and for a reader of everything, the partition is read from its beginning.
    if (sources != 1 || from_first_record) continue;
    searches.emplace(partition, Search{.low = low, .high = high, .beginning = low});
  }
  if (searches.empty()) return offsets;

  ASSIGN_OR_RETURN(
      const std::unique_ptr<TopicReader> reader,
      TopicReader::Open(kafka, request.topic, {.fetch_wait_ms = 10, .fetch_bytes = 32 << 10}));
  RETURN_IF_ERROR(Finder(*reader, request).Run(searches));
  for (const auto& [partition, search] : searches) {
    // Records written out of turn make the answer a wrong one, and show themselves by this.
    const bool misled = search.found_any && search.behind_a_hole;
    offsets[partition] = misled ? search.beginning : search.high;
  }
  return offsets;
}

}  // namespace pitlane::stream
