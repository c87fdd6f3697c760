#include "tests/crash/small_disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace pitlane::crash {
namespace {

bool Run(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

bool MountLoop(const std::string& folder, int megabytes) {
  const std::string image = folder + ".ext4";
  return Run(absl::StrCat("truncate -s ", megabytes, "M '", image, "'")) &&
         Run(absl::StrCat("mkfs.ext4 -q -m 0 '", image, "'")) &&
         Run(absl::StrCat("mount -o loop '", image, "' '", folder, "'"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SmallDisk>> SmallDisk::Mount(const std::string& folder,
                                                            int megabytes) {
  std::filesystem::create_directories(folder);
  bool on_loop = MountLoop(folder, megabytes);
  if (!on_loop && mount("pitlane-crash", folder.c_str(), "tmpfs", 0,
                        absl::StrCat("size=", megabytes, "m").c_str()) != 0) {
    return absl::PermissionDeniedError(absl::StrCat("cannot mount a small disk at ", folder, ": ",
                                                    std::strerror(errno), "; run this as root"));
  }
  return std::unique_ptr<SmallDisk>(new SmallDisk(folder, on_loop));
}

SmallDisk::~SmallDisk() { umount2(folder_.c_str(), MNT_DETACH); }

absl::Status SmallDisk::Fill() const {
  const int fd = open(ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return absl::UnavailableError(absl::StrCat("cannot write ", ballast()));
  // Smaller and smaller pieces, until not even the smallest fits.
  static const std::array<char, 1 << 16> kPiece{};
  for (size_t size = kPiece.size(); size >= 512; size /= 2) {
    while (write(fd, kPiece.data(), size) > 0) {
    }
  }
  fsync(fd);
  close(fd);
  return absl::OkStatus();
}

absl::Status SmallDisk::Free() const {
  std::error_code error;
  std::filesystem::remove(ballast(), error);
  if (error) return absl::UnavailableError(absl::StrCat(ballast(), ": ", error.message()));
  return absl::OkStatus();
}

}  // namespace pitlane::crash
