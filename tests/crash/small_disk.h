// A disk of a few megabytes of its own, to be filled and freed. Needs root, as mounting does.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pitlane::crash {

class SmallDisk {
 public:
  // Mounts it at `folder`, which is made: a file with ext4 in it where loop devices are to be had,
  // otherwise memory (tmpfs). PERMISSION_DENIED without root.
  static absl::StatusOr<std::unique_ptr<SmallDisk>> Mount(const std::string& folder, int megabytes);
  // Unmounts it, as soon as nobody uses it any more.
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool on_loop() const { return on_loop_; }
  // Takes all space that is left.
  absl::Status Fill() const;
  // Gives it back.
  absl::Status Free() const;

 private:
  SmallDisk(std::string folder, bool on_loop) : folder_(std::move(folder)), on_loop_(on_loop) {}
  std::string ballast() const { return folder_ + "/ballast"; }

  const std::string folder_;
  const bool on_loop_;
};

}  // namespace pitlane::crash
