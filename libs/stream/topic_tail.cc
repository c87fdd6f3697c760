#include "libs/stream/topic_tail.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/stream/chain.h"
#include "libs/stream/topic_reader.h"

namespace pitlane::stream {
namespace {

constexpr absl::Duration kAnswerTimeout = absl::Seconds(10);

// Reads ranges of several partitions at once and follows the chain of one source through each.
class Scanner {
 public:
  struct Job {
    int64_t from = 0;
    int64_t to = 0;
    ChainScan scan;
    uint64_t first_previous = 0;  // of the source's first record in the range
    std::string payload;          // of the record at scan.end()
  };

  Scanner(TopicReader& reader, const TailRequest& request) : reader_(reader), request_(request) {}

  absl::Status Run(std::map<uint32_t, Job>& jobs) {
    std::map<uint32_t, Job*> open;
    for (auto& [partition, job] : jobs) {
      if (job.from >= job.to) continue;
      open[partition] = &job;
      RETURN_IF_ERROR(reader_.Seek(partition, job.from));
    }
    while (!open.empty()) {
      ASSIGN_OR_RETURN(const TopicReader::Item item,
                       reader_.Await(kAnswerTimeout, request_.stopped));
      const auto found = open.find(item.partition);
      if (found == open.end()) continue;
      Job& job = *found->second;
      if (item.kind == TopicReader::Kind::kRecord && item.offset < job.to) {
        RETURN_IF_ERROR(Take(item, job));
      }
      // An end before `to`: the broker has lost records since it was asked.
      if (item.kind == TopicReader::Kind::kEnd || item.offset + 1 >= job.to) open.erase(found);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Take(const TopicReader::Item& item, Job& job) {
    ASSIGN_OR_RETURN(const TopicPlace place, item.Place());
    if (place.source != request_.source) return absl::OkStatus();
    if (!job.scan.any()) job.first_previous = place.previous;
    if (job.scan.Add(place.position, place.previous)) job.payload = std::string(item.payload());
    return absl::OkStatus();
  }

  TopicReader& reader_;
  const TailRequest& request_;
};

using Jobs = std::map<uint32_t, Scanner::Job>;

Scanner::Job MakeJob(int64_t from, int64_t to, ChainScan::From what) {
  return {.from = from, .to = to, .scan = ChainScan(what), .first_previous = 0, .payload = {}};
}

}  // namespace

absl::StatusOr<std::vector<PartitionTail>> ReadTails(const KafkaOptions& kafka,
                                                     const TailRequest& request) {
  ASSIGN_OR_RETURN(
      const std::unique_ptr<TopicReader> reader,
      TopicReader::Open(kafka, request.topic, {.fetch_wait_ms = 10, .fetch_bytes = 256 << 10}));
  ASSIGN_OR_RETURN(
      const std::vector<PartitionRange> ranges,
      reader->client().QueryRanges(request.topic, request.partition_count, kAnswerTimeout));
  Scanner scanner(*reader, request);

  Jobs tails;
  Jobs first_records;
  for (uint32_t partition = 0; partition < request.partition_count; ++partition) {
    const auto [low, high] = ranges[partition];
    if (!request.wanted(partition) || low >= high) continue;
    const int64_t from = std::max(low, high - static_cast<int64_t>(request.window) - 1);
    const auto what = from == low ? ChainScan::From::kWhole : ChainScan::From::kTail;
    tails.emplace(partition, MakeJob(from, high, what));
    if (from > low) {
      first_records.emplace(partition, MakeJob(low, low + 1, ChainScan::From::kTail));
    }
  }
  RETURN_IF_ERROR(scanner.Run(first_records));
  RETURN_IF_ERROR(scanner.Run(tails));

  Jobs whole;
  for (const auto& [partition, job] : tails) {
    if (job.from == ranges[partition].low) continue;
    const Scanner::Job& first = first_records.at(partition);
    const bool begins_well = first.scan.any() && first.first_previous == 0;
    if (begins_well && job.scan.any() && job.scan.perfect()) continue;
    whole.emplace(partition,
                  MakeJob(ranges[partition].low, ranges[partition].high, ChainScan::From::kWhole));
  }
  RETURN_IF_ERROR(scanner.Run(whole));

  std::vector<PartitionTail> result(request.partition_count);
  for (uint32_t partition = 0; partition < request.partition_count; ++partition) {
    result[partition].end_offset = ranges[partition].high;
    Jobs& jobs = whole.contains(partition) ? whole : tails;
    const auto job = jobs.find(partition);
    if (job == jobs.end()) continue;
    result[partition].position = job->second.scan.end();
    result[partition].payload = std::move(job->second.payload);
  }
  return result;
}

}  // namespace pitlane::stream
