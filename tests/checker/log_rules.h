// What has to hold of one store by itself: positions, versions, chain, index, meta, requests,
// cursors. Also remembers what the rules about topics and requests need of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "tests/checker/formats.h"
#include "tests/checker/history.h"
#include "tests/checker/place.h"
#include "tests/checker/report.h"

namespace pitlane::checker {

// The events of one request: they stand side by side.
struct Run {
  uint64_t first = 0;
  uint64_t last = 0;
};

// Ids that any log mentions, and those that have to be among them.
struct Causes {
  struct Open {
    IdBits id;
    Place place;
  };
  absl::flat_hash_set<IdBits> events;
  absl::flat_hash_set<std::string> correlations;  // of commands
  std::vector<Open> causations;
  std::vector<std::pair<std::string, Place>> followers;  // correlation of what has no other cause
};

// Called for each record whose payload can be read; `event` is of the area's event message.
using EventFn = absl::FunctionRef<void(const Place&, const google::protobuf::Message& event)>;

class StoreLog {
 public:
  StoreLog(const StoreReader& store, Report& report, Causes& causes)
      : store_(store), report_(report), causes_(causes) {}
  StoreLog(const StoreLog&) = delete;

  // Reads everything. An error when the store cannot be read, or is none.
  absl::Status Check(EventFn on_event);
  // After Check, when the cursors of this store are to be held against the others'.
  absl::Status CheckCursors(const std::vector<std::unique_ptr<StoreLog>>& all, Progress& progress);

  const Identity& identity() const { return identity_; }
  uint64_t last_position() const { return facts_.size(); }

  struct Record {
    uint64_t payload_hash = 0;
    uint64_t index_hash = 0;  // of stream and version
    uint64_t previous = 0;    // in its partition
    uint32_t partition = 0;
  };
  // Of a position from 1 to last_position().
  const Record& At(uint64_t position) const { return facts_[position - 1]; }
  // Last position of a partition; 0: it has no record.
  uint64_t HeadOf(uint32_t partition) const;

  const Run* FindRun(std::string_view request_id) const;
  const absl::flat_hash_map<std::string, Run>& runs() const { return runs_; }
  // Requests that another service sent; nobody else writes those down.
  const absl::flat_hash_set<std::string>& service_requests() const { return service_requests_; }
  // What was answered to a request, as a position token; nullptr: it has no answer.
  const std::string* FindAnswer(std::string_view request_id) const;

 private:
  absl::Status CheckIdentity();
  bool TakeRecord(std::string_view key, std::string_view value, EventFn on_event);
  void TakeEvent(const Place& place, const LogValue& record, EventFn on_event);
  void TakeMeta(const Place& place, const LogValue& record, const common::v1::EventMeta& meta,
                std::string_view type);
  void TakeCauses(const Place& place, const LogValue& record, const common::v1::EventMeta& meta);
  void TakeRequest(const Place& place, const common::v1::EventMeta& meta);
  absl::Status CheckMark();
  absl::Status CheckIndex();
  absl::Status CheckRequests();
  void TakeAnswer(std::string_view request_id, std::string_view value);
  void TakeLostAnswer(std::string_view request_id, const RequestValue& stored);
  absl::Status CheckRuntimeRows();
  Place PlaceOf(uint64_t position, uint32_t partition = 0) const {
    return {&identity_, partition, position};
  }

  const StoreReader& store_;
  Report& report_;
  Causes& causes_;
  Identity identity_;
  std::vector<Record> facts_;
  std::string chain_ = std::string(kChainBytes, '\0');
  std::string mark_chain_;  // of the record that the mark names
  std::optional<Mark> mark_;
  std::vector<uint64_t> heads_;
  absl::flat_hash_map<std::string, uint64_t> versions_;
  absl::flat_hash_map<std::string, Run> runs_;
  absl::flat_hash_map<std::string, std::string> answers_;
  absl::flat_hash_set<std::string> service_requests_;
  absl::flat_hash_set<uint64_t> effects_;
  std::string last_request_;
};

}  // namespace pitlane::checker
