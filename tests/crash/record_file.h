// What clients write down about their calls: docs/formats.md, one JSON object a line.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace pitlane::crash {

struct CallRecord {
  std::string request_id;
  std::string method;  // "/pitlane.ticket.v1.TicketService/OpenTicket"
  std::string_view outcome;
  std::string positions;
  std::string stream;
  std::optional<uint64_t> expected_version;
  std::optional<uint64_t> version;
  std::string reason;
  int64_t begin_us = 0;
  int64_t end_us = 0;
};

// "acknowledged", "refused" or "unknown": whether an error says that nothing has happened.
std::string_view OutcomeOf(const absl::Status& status);

// Microseconds of a clock that never goes back.
int64_t NowUs();

// Appends to the file. Thread-safe.
class RecordFile {
 public:
  explicit RecordFile(const std::string& path) : file_(std::fopen(path.c_str(), "ae")) {}
  ~RecordFile();
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  void Write(const CallRecord& record);

 private:
  absl::Mutex mutex_;
  std::FILE* const file_ ABSL_PT_GUARDED_BY(mutex_);
};

}  // namespace pitlane::crash
