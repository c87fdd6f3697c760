// What there is to check, as bytes: stores, topics, and what clients and the card provider wrote
// down. Reading it and checking it are apart, so that a history can be made in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace pitlane::checker {

// A row of a column family. Returns false to stop.
using RowFn = std::function<bool(std::string_view key, std::string_view value)>;

// One store, docs/formats.md. Rows come in the order of their keys. Any number of readings, one at
// a time.
class StoreReader {
 public:
  virtual ~StoreReader() = default;
  // Name of the folder, e.g. "ticket.0".
  virtual const std::string& name() const = 0;
  // Rows of a family of docs/formats.md whose keys begin with `prefix`. An error when they cannot
  // be read.
  virtual absl::Status ForEach(std::string_view family, std::string_view prefix,
                               const RowFn& row) const = 0;
  // The bytes of the file high-water-mark; empty without one.
  virtual const std::string& high_water_mark() const = 0;
};

struct TopicRecord {
  int32_t partition = 0;
  int64_t offset = 0;
  std::string_view key;
  std::string_view value;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
};
using TopicFn = std::function<void(const TopicRecord&)>;

// One area's topic. The records of a partition come in its order.
class TopicReader {
 public:
  virtual ~TopicReader() = default;
  virtual const std::string& area() const = 0;
  virtual absl::Status ForEach(const TopicFn& record) const = 0;
};

enum class Outcome { kAcknowledged, kUnknown, kRefused, kRead };

// What a client wrote about one call.
struct ClientRecord {
  std::string request_id;
  std::string method;
  Outcome outcome = Outcome::kUnknown;
  std::string positions;
  std::string stream;
  std::optional<uint64_t> expected_version;
  std::optional<uint64_t> version;
  std::string reason;
  int64_t begin_us = 0;
  int64_t end_us = 0;  // 0: no times
};

// What the card provider wrote about one movement of money.
struct ProviderRecord {
  std::string action_id;
  bool refund = false;
  bool approved = false;
  int64_t amount_minor = 0;
};

struct History {
  std::vector<std::unique_ptr<StoreReader>> stores;
  std::vector<std::unique_ptr<TopicReader>> topics;
  // Absent: nobody wrote anything down, and what rests on it is not checked.
  std::optional<std::vector<ClientRecord>> clients;
  std::optional<std::vector<ProviderRecord>> provider;
};

struct Expectations {
  // Everything that was to happen has happened: all records applied, none parked, no call of the
  // outside world open. Otherwise each rule looks as far as the cursors say.
  bool settled = true;
  // No producer was given up: no record is in a topic twice.
  bool no_duplicates = false;
  // Requests that nobody wrote down begin with one of these, e.g. those that set up the shop.
  std::vector<std::string> unrecorded_requests;
};

}  // namespace pitlane::checker
