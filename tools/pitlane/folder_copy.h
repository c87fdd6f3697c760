// A copy of a store's folder, to be opened in its place: opening a store changes its files.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace pitlane::tools {

// Beside the original; removed with this object.
class FolderCopy {
 public:
  // RESOURCE_EXHAUSTED or UNAVAILABLE, as the file system says.
  static absl::StatusOr<std::unique_ptr<FolderCopy>> Make(const std::string& original) {
    std::unique_ptr<FolderCopy> copy(new FolderCopy(original + ".opened"));
    std::error_code error;
    std::filesystem::remove_all(copy->path_, error);
    std::filesystem::copy(original, copy->path_, std::filesystem::copy_options::recursive, error);
    if (!error) return copy;
    return absl::UnavailableError(
        absl::StrCat("cannot copy ", original, " to ", copy->path_, ": ", error.message()));
  }
  ~FolderCopy() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  FolderCopy(const FolderCopy&) = delete;
  FolderCopy& operator=(const FolderCopy&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit FolderCopy(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

}  // namespace pitlane::tools
