#include "libs/journal/space.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/journal/database.h"

namespace pitlane::journal::internal {
namespace {

constexpr size_t kProbeBytes = 1u << 20;

}  // namespace

absl::Status CheckFreeSpace(rocksdb::Env* env, const std::string& folder, uint64_t reserve_bytes) {
  uint64_t free_bytes = 0;
  if (!env->GetFreeSpace(folder, &free_bytes).ok() || free_bytes >= reserve_bytes) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat("on the disk of ", folder, " ", free_bytes,
                                                   " bytes are free, ", reserve_bytes,
                                                   " are needed"));
}

absl::Status ProbeSpace(rocksdb::Env* env, const std::string& folder, uint64_t reserve_bytes) {
  RETURN_IF_ERROR(CheckFreeSpace(env, folder, reserve_bytes));
  const std::string probe = folder + "/space-probe";
  const auto status = rocksdb::WriteStringToFile(env, std::string(kProbeBytes, '\0'), probe,
                                                 /*should_sync=*/true);
  env->DeleteFile(probe).PermitUncheckedError();
  return FromRocks(status, "write", probe);
}

}  // namespace pitlane::journal::internal
