#include "tests/crash/record_file.h"

#include <chrono>

#include "libs/base/check.h"
#include "libs/rpc/errors.h"
#include "nlohmann/json.hpp"

namespace pitlane::crash {

std::string_view OutcomeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return "acknowledged";
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnauthenticated:
      return "refused";
    case absl::StatusCode::kResourceExhausted:
      // A commit that met a full disk may be found applied after the process ended.
      return rpc::ErrorReason(status) == "OVERLOADED" ? "refused" : "unknown";
    default:
      return "unknown";
  }
}

int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

RecordFile::~RecordFile() {
  absl::MutexLock lock(&mutex_);
  if (file_ != nullptr) std::fclose(file_);
}

void RecordFile::Write(const CallRecord& record) {
  nlohmann::json line = {{"request_id", record.request_id},
                         {"method", record.method},
                         {"outcome", record.outcome},
                         {"begin_us", record.begin_us},
                         {"end_us", record.end_us}};
  if (!record.positions.empty()) line["positions"] = record.positions;
  if (!record.stream.empty()) line["stream"] = record.stream;
  if (record.expected_version) line["expected_version"] = *record.expected_version;
  if (record.version) line["version"] = *record.version;
  if (!record.reason.empty()) line["reason"] = record.reason;
  const std::string text = line.dump() + "\n";
  absl::MutexLock lock(&mutex_);
  PITLANE_CHECK(file_ != nullptr &&
                std::fwrite(text.data(), 1, text.size(), file_) == text.size() &&
                std::fflush(file_) == 0)
      << "the clients' record cannot be written";
}

}  // namespace pitlane::crash
